"""The words of a charge clock -> ClockRule: its events, unit, zone, tiers and the closures that stop it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from corridor_sim.errors import did_you_mean
from corridor_sim.network.charge_rules import ClockRule, Event, TierRule
from corridor_sim.network.info import StepInfo
from corridor_sim.network.rates import Basis, lower_price
from corridor_sim.scenario.calendars import parse_clock
from corridor_sim.scenario.model import Scenario
from corridor_sim.scenario.money import ChargeClock
from corridor_sim.scenario.steps import Branch, Customs, Mark, Step
from corridor_sim.units import SECONDS_PER_DAY, SECONDS_PER_HOUR

UNIT_SECONDS = {
    "hour": SECONDS_PER_HOUR,
    "24 h": SECONDS_PER_DAY,
    "calendar day": SECONDS_PER_DAY,
    "working day": SECONDS_PER_DAY,
}
"""Charge unit -> seconds of it that a price per time stands for."""
_EVENT = re.compile(r"(ready|start|end) of (.+)|mark (.+)")


@dataclass(frozen=True, slots=True)
class ClockReader:
    """Reads the charge clocks used at one step."""

    scenario: Scenario
    info: StepInfo

    def read(self, clock: ChargeClock, basis: Basis, discount: Fraction) -> ClockRule:
        """Return the rule of a clock. Raises ValueError for unknown events and tiers that do not go on upwards."""
        per_unit = Basis(basis.km, basis.box_teu, UNIT_SECONDS[clock.unit])
        tiers = tuple(TierRule(tier.up_to, lower_price(tier.price, per_unit, discount)) for tier in clock.tiers)
        ends = [tier.up_to for tier in tiers]
        bounded = [end for end in ends if end is not None]
        if ends[-1] is not None or len(bounded) != len(ends) - 1 or bounded != sorted(set(bounded)):
            raise ValueError("tiers rise by `up_to`, and the last has none: nothing is free by accident")
        zone = clock.timezone or self.scenario.clock.timezone
        parse_clock(self.scenario.clock.start, zone)
        here = {self.info.origin, self.info.destination}
        by_name = sorted(self.scenario.closures.items())
        closures = [
            number for number, (_, closure) in enumerate(by_name) if any(here & set(act.places) for act in closure.acts)
        ]
        return ClockRule(
            self.event(clock.starts, self.info.route),
            self.event(clock.stops, ""),
            clock.start_rule == "next midnight",
            clock.free,
            clock.unit,
            zone,
            clock.holidays,
            tuple(closures) if clock.closures_stop_it else (),
            tiers,
        )

    def event(self, text: str, route: str) -> Event:
        """Return an event of this step's route, which may happen on `route` only, or anywhere if that is empty."""
        match = _EVENT.fullmatch(text.strip())
        if not match:
            raise ValueError(f'"{text}" is no event; expected such as "end of rail" or "mark yard"')
        names, marks = _names(self.scenario.routes[self.info.route].steps)
        if match[3]:
            if match[3] not in marks:
                raise ValueError(
                    f'no step of route {self.info.route} sets the mark "{match[3]}"{did_you_mean(match[3], marks)}'
                )
            return Event("end", mark=match[3], route=route)
        if match[2] not in names:
            raise ValueError(f'"{match[2]}" is no step of route {self.info.route}{did_you_mean(match[2], names)}')
        return Event(match[1], step=match[2], route=route)


def _names(steps: Mapping[str, Step]) -> tuple[set[str], set[str]]:
    """Return the names of steps and of the marks that they set, those in lanes too."""
    names, marks = set(steps), set[str]()
    for body in steps.values():
        if isinstance(body, Mark):
            marks.add(body.mark)
        if isinstance(body, Customs) and body.marks:
            marks.add(body.marks)
        for lane in body.branch.values() if isinstance(body, Branch) else ():
            inner = _names(lane.steps)
            names, marks = names | inner[0], marks | inner[1]
    return names, marks
