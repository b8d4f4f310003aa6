"""How long a study may take: times one replication of two alternatives."""

from __future__ import annotations

from time import perf_counter

from corridor_sim.errors import CorridorSimError
from corridor_sim.scenario.load import ScenarioFile
from corridor_sim.study.doubt import Doubted, play_at
from corridor_sim.study.engines import AUTO
from corridor_sim.study.play import play
from corridor_sim.study.prepare import prepare_scenarios
from corridor_sim.units import SECONDS_PER_DAY, SECONDS_PER_HOUR, SECONDS_PER_MINUTE

TIMED = 1
"""The replication that is timed."""
MOST_TIMED = 10
"""Replications of a point that are timed; more take as much longer."""
SOME = 2
"""From so many of a unit on it is used."""
UNITS = {"days": SECONDS_PER_DAY, "h": SECONDS_PER_HOUR, "min": SECONDS_PER_MINUTE}


def seconds_each(file: ScenarioFile) -> float | None:
    """Return the seconds one replication of one alternative takes here; None where the file cannot be run as it is."""
    names = {file.baseline, list(file.alternatives)[-1]}
    try:
        lowered = prepare_scenarios(file.file, {name: file.alternatives[name] for name in sorted(names)})
        spent = []
        for one in lowered.values():
            # the first replication also pays for what is loaded once
            play([one], [1], range(1), file.base.clock.seed)
            begun = perf_counter()
            play([one], [TIMED + 1], range(TIMED, TIMED + 1), file.base.clock.seed)
            spent.append(perf_counter() - begun)
    except CorridorSimError:
        return None
    return sum(spent) / len(spent)


def seconds_a_point(known: Doubted, replications: int, engine: str = AUTO) -> float | None:
    """Return the seconds that a point of inputs in doubt takes here, read, lowered and played; None as above."""
    timed = min(replications, MOST_TIMED)
    try:
        for _ in range(SOME):
            # the first time also pays for what is loaded once
            begun = perf_counter()
            play_at(known, [{}], timed, engine=engine)
            spent = perf_counter() - begun
    except CorridorSimError:
        return None
    return spent * replications / timed


def in_words(seconds: float) -> str:
    """Return a duration in its largest unit, such as "25 min"."""
    for unit, size in UNITS.items():
        if seconds >= SOME * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(seconds, 1):.0f} s"
