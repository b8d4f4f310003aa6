"""Summary of why it was late: what carried consignments past which departure, as shares of the late."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from corridor_sim.engine.program import NONE
from corridor_sim.evidence.compare import lateness_causes
from corridor_sim.metrics.causes import USUAL, USUAL_COURSE, Chain
from corridor_sim.metrics.spent import WORDS, Spent
from corridor_sim.network.lowered import Lowered
from corridor_sim.scenario.calendars import WEEKDAYS
from corridor_sim.study.figures import Figures, figure
from corridor_sim.study.play import Played


class Because(NamedTuple):
    """A Chain in words: `kind` of cause at a `step`; `service`, its `mode` and `weekday` of what was missed, or ""."""

    kind: str
    step: str
    service: str
    weekday: str
    mode: str


def late_because(lowered: Lowered, played: Sequence[Played]) -> list[Figures]:
    """Return the causes of lateness with their shares of the late consignments, the biggest first.

    Steps of the same name count together, on whatever route they are. The shares sum to 1.
    """
    shares = lateness_causes([one.measured for one in played], lambda chain: because(lowered, chain))
    rows = []
    for told, share in shares.items():
        cause = f"{told.kind} ({told.step})" if told.step else told.kind
        rows.append({"cause": cause, **told._asdict(), "share": share.value, **figure(share, "share")})
    return rows


def because(lowered: Lowered, chain: Chain) -> Because:
    """Return a Chain in the scenario's words."""
    if chain == USUAL:
        return Because(USUAL_COURSE, "", "", "", "")
    step, cause = lowered.steps[chain.step].name, WORDS[Spent(chain.cause)]
    if chain.service == NONE:
        return Because(cause, step, "", "", "")
    service = lowered.program.service_names[chain.service]
    return Because(cause, step, service, WEEKDAYS[chain.weekday], lowered.scenario.services[service].mode)
