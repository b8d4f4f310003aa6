"""The field's indicators of a whole small scenario, calculated by hand: noise off, one road and two offices."""

import json

import pytest

from corridor_sim import load
from corridor_sim.study.evaluate import evaluate
from small_world import world

CHANNELS = {
    "export": {"declaration": "1 h", "selected": "0 %", "price": "70 CNY/declaration"},
    "import": {"declaration": "3 h", "selected": "0 %", "release": "1 h", "price": "140 CNY/declaration"},
}
STEPS = [
    {"leave": {"customs": "export", "channel": "export"}},
    {"drive": {"road": "A to B", "km": "400 km", "takes": "8 h"}},
    {"enter": {"customs": "import", "channel": "import"}},
]
RATES = {"USD": {"rates": [{"rate": "7 CNY", "on": "2026-01-01"}], "hold_last": "2026-12-31"}}


def _results(**money):
    text = world(
        flows={"f": {"on": ["mon 08:00", "tue 08:00"], "size": "1 box", "weight": "10 t"}},
        steps=STEPS,
        customs_channels=CHANNELS,
    )
    document = json.loads(text)
    document["routes"]["r"]["steps"][1]["drive"]["price"] = "1600 CNY/consignment"
    document["money"] |= money
    document["boxes"] = {}
    return evaluate(load(json.dumps(document)), noise=False)


def _values(figures):
    return {name: (round(each["value"], 6), each["unit"]) for name, each in figures.items()}


def test_trade_facilitation_indicators():
    (one,) = _results(rates=RATES).summary["alternatives"]
    # two offices of 1 and 4 hours; 70 and 140 CNY for a box; 13 hours for 400 km, 8 of them in motion; 1,810 CNY for
    # 10 t over 400 km, which is 4 tenths of a section of 500 km and 20 t
    assert _values(one["corridor"]) == {
        "tfi1_border_hours": (2.5, "h"),
        "tfi2_border_cost_cny": (105, "CNY"),
        "tfi2_border_cost_usd": (15, "USD"),
        "tfi3_section_cost_cny": (1810 / 0.4, "CNY"),
        "tfi3_section_cost_usd": (round(1810 / 0.4 / 7, 6), "USD"),
        "tfi4_speed_without_delay": (50, "km/h"),
        "tfi4_speed_with_delay": (round(400 / 13, 6), "km/h"),
    }
    assert one["kpis"]["planning_time_index"]["value"] == 1
    assert one["kpis"]["planning_time_index"]["unit"] == "ratio"


def test_without_a_rate_there_are_no_dollars():
    (one,) = _results().summary["alternatives"]
    assert not [name for name in one["corridor"] if name.endswith("usd")]


def test_time_cost_distance_by_leg_and_node():
    table = _results().tables["time_cost_distance"]
    kept = ["step", "kind", "km", "hours_mean", "hours_p95", "hours_max", "step_cny_per_box", "cny_per_box"]
    assert table[kept].values.tolist() == [
        ["leave", "node", 0, 1, 1, 1, 70, 70],
        ["drive", "leg", 400, 9, 9, 9, 1600, 1670],
        ["enter", "node", 400, 13, 13, 13, 140, 1810],
    ]


def test_time_release_by_office_and_lane():
    table = _results().tables["time_release"]
    enter = table[(table["step"] == "enter") & (table["lane"] == "clear")]
    assert dict(zip(enter["interval"], enter["hours_mean"], strict=True)) == {
        "lodgement to acceptance": 3,
        "decision to release": 1,
        "arrival to release": 4,
    }
    assert set(enter["count"]) == {2}
    assert "selected" not in set(table["lane"])


@pytest.mark.parametrize("name", ["tfi4_speed_with_delay", "planning_time_index"])
def test_single_figures_stand_in_the_tidy_table(name):
    from corridor_sim.study.bundle import kpis_csv

    assert f"base,all,{name}," in kpis_csv(_results().summary)
