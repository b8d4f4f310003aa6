"""Plays small hand-made worlds through the public API and reads their traces in words."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from corridor_sim import load, lower
from corridor_sim.engine.base import DEPARTURES, VISITS, Trace
from corridor_sim.engine.program import NONE, Inputs, Op, Program
from corridor_sim.engine.reference import run as reference
from corridor_sim.network.inputs import draw_inputs
from corridor_sim.scenario.calendars import WEEKDAYS

DAYS = (*WEEKDAYS, *(f"next {day}" for day in WEEKDAYS))
"""Worlds start on Monday 2026-01-05 00:00 unless they say otherwise, and know two weeks by name."""
FREE = ("at", "board", "road", "rail", "sea", "barge", "air")
"""Kinds of step that have to say what they cost."""

Row = dict[str, int]


def tick(words: str) -> int:
    """Return the tick of "08:00" (Monday), "tue 08:00", "next wed 08:00" or "tue 08:00:01"."""
    day, _, clock = words.rpartition(" ")
    hours, minutes, *seconds = map(int, clock.split(":"))
    return (((DAYS.index(day or "mon") * 24) + hours) * 60 + minutes) * 60 + sum(seconds)


def moment(words: str) -> str:
    """Return the same moment as a scenario writes it."""
    day, _, clock = words.rpartition(" ")
    return f"2026-01-{5 + DAYS.index(day or 'mon'):02} {clock}"


def priced(steps: Any) -> Any:
    """Return steps, also those inside lanes, with a price of nothing where one is due."""
    named = [next(iter(item.items())) for item in steps]
    return [{name: _priced_body(body)} for name, body in named]


def _priced_body(body: Mapping[str, Any]) -> dict[str, Any]:
    price = {"price": "0 CNY"} if any(kind in body for kind in FREE) else {}
    lanes = {
        name: lane | ({"steps": priced(lane["steps"])} if "steps" in lane else {})
        for name, lane in body.get("branch", {}).items()
    }
    return {**body, **price, **({"branch": lanes} if lanes else {})}


def world(
    flows: Mapping[str, Any],
    routes: Mapping[str, Any] | None = None,
    steps: Sequence[Any] = (),
    facilities: Mapping[str, Any] | None = None,
    services: Mapping[str, Any] | None = None,
    start: str = "2026-01-05 00:00",
    measure: str = "2026-01-05 to 2026-01-18",
    **more: Any,
) -> str:
    """Return a scenario as text. `steps` are those of the only route; everything not told is as plain as can be."""
    plain_flow = {
        "route": "r",
        "terms": {"incoterm": "DAP", "place": "A"},
        "size": "1 consignment",
        "weight": "1 t",
        "value": "1 CNY/kg",
        "due": {"within": "30 days"},
    }
    lines = {"mode": "rail", "from": "A", "to": "B", "takes": "10 h", "capacity": "100 consignments"}
    tracks = routes or {"r": {"steps": steps}}
    return json.dumps(
        {
            "corridor_sim": 1,
            "name": "small",
            "title": "a small world",
            "question": "which rule",
            "clock": {"start": start, "measure": measure, "follow_up": "30 days"},
            "money": {"price_year": 2026, "time_cost": {"finance_only": "3 %"}, "reliability": {"none": True}},
            "places": {"A": {"name": "A", "at": [0, 0]}, "B": {"name": "B", "at": [0, 1]}},
            "facilities": {name: {"at": "A", **body} for name, body in (facilities or {}).items()},
            "services": {name: {**lines, **body} for name, body in (services or {}).items()},
            "routes": {name: {**body, "steps": priced(body["steps"])} for name, body in tracks.items()},
            "flows": {name: {**plain_flow, **_arriving(body)} for name, body in flows.items()},
            "baseline": "base",
            "alternatives": {"base": {}},
            **more,
        }
    )


def _arriving(body: Any) -> dict[str, Any]:
    """Open the short form of a flow: a moment, several, or a mapping whose `on` is such."""
    if not isinstance(body, Mapping):
        body = {"on": body}
    if "on" not in body:
        return dict(body)
    moments = [body["on"]] if isinstance(body["on"], str) else body["on"]
    rest = {key: value for key, value in body.items() if key != "on"}
    return {"arrives": {"on": [moment(words) for words in moments]}, **rest}


@dataclass(frozen=True)
class Played:
    """One replication with its words. Ticks that never came are None."""

    program: Program
    inputs: Inputs
    trace: Trace

    def numbers(self, flow: str) -> list[int]:
        """Return the consignments of a flow, by ordinal."""
        return np.flatnonzero(self.inputs.consignments.flow == self.program.flow_names.index(flow)).tolist()

    def delivered(self, flow: str) -> list[int | None]:
        """Return when the consignments of a flow were delivered."""
        return [_known(self.trace.outcomes[number, 0]) for number in self.numbers(flow)]

    def rows(self, flow: str, step: str, op: Op) -> list[Row]:
        """Return the visits by `flow` of the instructions `op` that a step became, by consignment."""
        numbers, program = set(self.numbers(flow)), self.program
        return [
            dict(zip(VISITS, row, strict=True))
            for row in self.trace.visits.tolist()
            if row[0] in numbers
            and program.code[row[2]].op is op
            and program.step_names[row[2]].split("/", 1)[1] == step
        ]

    def started(self, flow: str, step: str, op: Op = Op.SEIZE) -> list[int | None]:
        """Return when each visit of a step began: for a SEIZE the grant, for a BOARD the departure."""
        return [_known(row["start"]) for row in self.rows(flow, step, op)]

    def durations(self, flow: str, step: str) -> list[int]:
        """Return how long each DELAY of a step took."""
        return [row["end"] - row["start"] for row in self.rows(flow, step, Op.DELAY)]

    def departures(self, service: str) -> list[dict[str, int]]:
        """Return the departures of a service with the consignments each carried of ours."""
        number = self.program.service_names.index(service)
        table = zip(self.trace.departures.tolist(), self.trace.own.tolist(), strict=True)
        return [
            {**dict(zip(DEPARTURES, row, strict=True)), "own": own[-1] // 1000}
            for row, own in table
            if row[0] == number
        ]


def _known(ticks: int) -> int | None:
    return None if ticks == NONE else int(ticks)


Play = Callable[..., Played]


def play_text(
    text: str,
    seed: int = 1,
    replication: int = 0,
    noise: bool = True,
    lanes: Mapping[int, int] | None = None,
    departures: Mapping[str, Mapping[int, int]] | None = None,
) -> Played:
    """Run one replication of a scenario; `departures` overwrites drawn columns: {"notice": {row: tick}}."""
    file = load(text)
    lowered = lower(file.base, file.baseline)
    inputs = draw_inputs(lowered.program, lowered.plan, seed, replication, noise, lanes)
    for column, values in (departures or {}).items():
        changed = getattr(inputs.departures, column).copy()
        changed[list(values)] = list(values.values())
        inputs = replace(inputs, departures=replace(inputs.departures, **{column: changed}))
    return Played(lowered.program, inputs, reference(lowered.program, inputs))


@pytest.fixture
def play() -> Play:
    """Build a world from its parts (see `world`) and run one replication of it."""
    how = ("seed", "replication", "noise", "lanes", "departures")

    def run(**parts: Any) -> Played:
        return play_text(
            world(**{key: part for key, part in parts.items() if key not in how}),
            **{key: part for key, part in parts.items() if key in how},
        )

    return run


@pytest.fixture
def at() -> Callable[[str], int]:
    """Read a moment in words as a tick."""
    return tick


@pytest.fixture(name="world")
def world_text() -> Callable[..., str]:
    """Write a world as scenario text."""
    return world


@pytest.fixture(name="play_text")
def play_a_text() -> Play:
    """Run one replication of a scenario text."""
    return play_text


@pytest.fixture
def as_text() -> Callable[[Any], str]:
    """Write a document as scenario text: JSON is YAML."""
    return lambda document: json.dumps(document, default=str)
