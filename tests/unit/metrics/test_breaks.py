"""What breaks first: queues of hand-made traces that never empty again."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np

from corridor_sim.engine.base import Trace
from corridor_sim.engine.program import NONE
from corridor_sim.metrics.breaks import Break, breaks

DAY = 86_400
WINDOW_DAYS = 100
RAN, CANCELLED = 1, 2


def trace_of(waits: Sequence[tuple[float, float]], behind: Sequence[tuple[int, int, int]]) -> Trace:
    """`waits`: (joined, served) days at the crane; `behind`: (day, state, left behind) of the train."""
    visits = [
        (n, 0, 0, 0, int(joined * DAY), NONE if served == NONE else int(served * DAY), NONE, 0, 1000)
        for n, (joined, served) in enumerate(waits)
    ]
    departures = [(0, day * DAY, state, NONE, NONE, NONE, NONE, NONE, left) for day, state, left in behind]
    none = np.zeros((0, 4), np.int64)
    return Trace(
        np.array(visits, np.int64).reshape(-1, 9),
        np.array(departures, np.int64).reshape(-1, 9),
        none,
        none,
        none,
        (WINDOW_DAYS + 30) * DAY,
    )


def found(waits: Sequence[tuple[float, float]] = (), behind: Sequence[tuple[int, int, int]] = ()) -> list[Break]:
    program = SimpleNamespace(
        window_from=0,
        window_to=WINDOW_DAYS * DAY,
        facility_names=("crane",),
        service_names=("train",),
    )
    view = SimpleNamespace(lowered=SimpleNamespace(program=program), seizes=np.array([0]))
    return breaks(view, trace_of(waits, behind))


def test_nothing_breaks_where_nobody_waits() -> None:
    assert found() == []
    assert found(waits=[(1, 2), (99, 99)], behind=[(10, RAN, 3), (20, RAN, 0)]) == []


def test_a_queue_that_never_empties_broke_when_its_last_stretch_began() -> None:
    # empty between day 12 and 40; from 40 on somebody always waits, though nobody for ever
    waits = [(5, 12), (40, 60), (55, 90), (80, 105)]
    assert found(waits) == [Break("facility", "crane", 40.0)]


def test_somebody_never_served_waits_until_the_end() -> None:
    assert found([(30, NONE)]) == [Break("facility", "crane", 30.0)]


def test_a_backlog_of_less_than_four_weeks_is_no_break() -> None:
    assert found([(73, NONE)]) == []
    assert found([(72, NONE)]) == [Break("facility", "crane", 72.0)]


def test_a_service_broke_with_the_first_departure_after_the_last_that_took_all() -> None:
    departures = [(10, RAN, 4), (20, RAN, 0), (30, RAN, 2), (35, CANCELLED, NONE), (40, RAN, 5), (90, RAN, 9)]
    assert found(behind=departures) == [Break("service", "train", 30.0)]
    assert found(behind=[*departures, (95, RAN, 0)]) == []


def test_what_breaks_first_comes_first() -> None:
    departures = [(10, RAN, 0), (20, RAN, 1), (90, RAN, 1)]
    assert [each.name for each in found([(30, NONE)], departures)] == ["train", "crane"]
    assert [each.name for each in found([(11, NONE)], departures)] == ["crane", "train"]
