"""A world of plums and lemons whose tables can be worked out by hand, and a busier one."""

from __future__ import annotations

import json
from typing import Any

import corridor_sim
from corridor_sim import ScenarioFile
from small_world import world

BY_TRAIN = [
    {"pack": {"batch": "2 consignments", "or_after": "6 h"}},
    {"ride": {"board": "train"}},
    {"lift": {"at": "crane", "takes": "2 h"}},
]
BY_ROAD = [{"drive": {"road": "A to B", "takes": "9 h", "km": "500 km"}}]
PRICES = {"ride": "100 CNY/t", "lift": "30 CNY/consignment", "drive": "400 CNY/t"}
"""A tonne each, so a load of two rides for 200 CNY; a load is lifted as one."""
PLUMS = {
    "on": [f"{day} {hour}:00" for day in ("mon", "thu") for hour in ("08", "09", "18")],
    "due": {"within": "3 days"},
}
LEMONS = {"on": ["tue 08:00", "tue 09:00"], "value": "9 CNY/kg"}


def small(**more: Any) -> ScenarioFile:
    """Plums and lemons go in loads of two by the trains of Monday and Friday; plums by truck in the alternative."""
    told = {
        "flows": {"plums": PLUMS, "lemons": LEMONS},
        "routes": {"by train": {"steps": BY_TRAIN}, "by road": {"steps": BY_ROAD}},
        "facilities": {"crane": {"at": "B"}},
        "services": {"train": {"departs": "mon,fri 20:00"}},
        "alternatives": {"base": {}, "truck": {"set": {"flows.plums.route": "by road"}}},
    }
    document = json.loads(world(**{**told, **more}))
    for flow in document["flows"].values():
        flow["route"] = "by train"
    for route in document["routes"].values():
        for step in route["steps"]:
            for name, body in step.items():
                if name in PRICES:
                    body["price"] = PRICES[name]
    return corridor_sim.load(json.dumps(document))


def busy() -> ScenarioFile:
    """The same with cargo by chance, others' work at the crane, and a window that begins when cargo is under way."""
    flows = {
        "plums": {"arrives": {"poisson": "5 consignments per day"}, "due": {"within": "3 days"}},
        "lemons": {"arrives": {"poisson": "2 consignments per day"}, "due": {"within": "4 days"}},
    }
    crane = {"at": "B", "background": {"load": "40 %", "takes": "1 h"}}
    return small(flows=flows, facilities={"crane": crane}, measure="2026-01-08 to 2026-01-14")
