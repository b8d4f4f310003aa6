"""Writes small worlds as scenario text: everything that a test does not tell is as plain as can be."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from corridor_sim.scenario.calendars import WEEKDAYS

DAYS = (*WEEKDAYS, *(f"next {day}" for day in WEEKDAYS))
"""Worlds start on Monday 2026-01-05 00:00 unless they say otherwise, and know two weeks by name."""
FREE = ("at", "board", "road", "rail", "sea", "barge", "air")
"""Kinds of step that have to say what they cost."""


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
