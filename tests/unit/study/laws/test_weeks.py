"""The law of whole weeks keeps, finds stretches without holidays, and catches worlds that know the date."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from pydantic import BaseModel

from corridor_sim.network import lower as lowering
from corridor_sim.scenario import goods, model, money, steps
from corridor_sim.scenario import world as world_parts
from corridor_sim.scenario.load import load
from corridor_sim.study.laws import weeks
from corridor_sim.study.laws.dates import DATED, Stretch, moved, same_clockwork
from corridor_sim.study.laws.weeks import WHOLE_WEEKS, two_stretches
from small_world import world

DATES = re.compile(r"\b(DateRange|Moment|Day|Timetable)\b")
RIDE = [
    {
        "serve": {"at": "desk", "takes": {"uniform": ["1 h", "5 h"]}},
    },
    {"ride": {"board": "train"}},
]
WORLD = {
    "flows": {"f": {"arrives": {"poisson": "40 consignments per week"}}},
    "facilities": {"desk": {"opens": "mon-fri 08:00-18:00"}},
    "services": {"train": {"departs": ["mon,thu 20:00 from 2026-01-08", "on 2026-01-10 09:00"]}},
    "steps": RIDE,
}
HONG_KONG_AND_MAINLAND = {"desk": {"opens": "mon-fri 08:00-18:00", "holidays": "CN"}, "shed": {"holidays": "HK"}}
OFF_2026 = [
    *[date(2026, 1, day) for day in (1, 2, 3, 4)],
    *[date(2026, 2, day) for day in (14, *range(15, 24), 28)],
    *[date(2026, 4, day) for day in (3, 4, 5, 6, 7)],
    *[date(2026, 5, day) for day in (1, 2, 3, 4, 5, 9, 25)],
    *[date(2026, 6, day) for day in (19, 20, 21)],
    date(2026, 7, 1),
    *[date(2026, 9, day) for day in (20, 25, 26, 27)],
    *[date(2026, 10, day) for day in (1, 2, 3, 4, 5, 6, 7, 10, 19)],
    *[date(2026, 12, day) for day in (25, 26)],
]
"""Days off and make-up workdays of the mainland, and general holidays of Hong Kong, as they were announced for 2026."""


def kinds(found: list[Any]) -> list[str]:
    return [each.kind for each in found]


def test_a_world_without_holidays_is_the_same_a_week_later_as_a_whole(held):
    (found,) = held(WHOLE_WEEKS, replications=2, **WORLD)
    assert found.kind == "kept"
    assert found.what.endswith(" consignments, the whole of it from 2026-01-05 on and 1 weeks later")


@pytest.mark.parametrize("piece", ["clocks", "tariffs", "holidays", "extensions", "cuts and closures pause"])
def test_closures_holidays_clocks_and_dated_tariffs_keep_the_law(held, golden_text, piece):
    assert "broken" not in kinds(held(WHOLE_WEEKS, golden_text(piece)))
    assert "kept" in kinds(held(WHOLE_WEEKS, golden_text(piece)))


def test_a_stretch_without_holidays_is_found_where_there_is_none():
    steps_there = [*RIDE, {"rest": {"at": "shed", "takes": "1 h"}}]
    text = world(**{**WORLD, "facilities": HONG_KONG_AND_MAINLAND, "steps": [steps_there[0], steps_there[2]]})
    found = two_stretches(load(text).base)
    assert found is not None
    for stretch in found[:2]:
        assert not set(stretch.days) & set(OFF_2026)
        assert stretch.first.year == stretch.last.year == 2026
        assert stretch.first.weekday() == 0


def test_draws_that_know_the_date_are_caught(held, monkeypatch):
    exact = lowering.plan_releases

    def dated(flow: Any, clock: Any, horizon: int) -> Any:
        curve, fixed = exact(flow, clock, horizon)
        assert curve is not None
        return (curve[0] + clock.start.day, curve[1]), fixed

    monkeypatch.setattr(lowering, "plan_releases", dated)
    (found,) = held(WHOLE_WEEKS, **WORLD)
    assert found.kind == "broken" and found.what.startswith("the Trace of replication 0, the whole of it")


def test_a_price_that_does_not_move_is_caught(held, monkeypatch):
    tariff = {
        "activity": "handling",
        "price": "100 CNY/t",
        "tax": {"basis": "exempt"},
        "valid": "2026-01-05 to 2026-01-16",
    }
    steps_here = [{"serve": {"at": "desk", "takes": "1 h", "charges": ["lift"]}}, RIDE[1]]
    priced = {**WORLD, "steps": steps_here, "tariffs": {"lift": tariff}}
    assert kinds(held(WHOLE_WEEKS, **priced)) == ["kept"]
    monkeypatch.delitem(DATED, money.Tariff)
    found, *_ = held(WHOLE_WEEKS, **priced)
    assert found.kind == "broken" and found.what.startswith("the ledger of replication 0")


def test_demand_by_the_month_is_taken_off_and_shown(held):
    profile = {"weekly": {"mon": 1, "tue": 2}, "monthly": {"2026-01": 2, "2026-02": 0.5}}
    flows = {"f": {"arrives": {"poisson": "40 consignments per week", "profile": profile}}}
    shown, kept = held(WHOLE_WEEKS, **{**WORLD, "flows": flows})
    assert (shown.kind, shown.what, kept.kind) == ("exception", "1 flows", "kept")


def test_no_stretch_and_nothing_to_see_are_shown(held, monkeypatch):
    rare = {"arrives": {"poisson": "0.001 consignments per year"}}
    (empty,) = held(WHOLE_WEEKS, **{**WORLD, "flows": {"f": rare}})
    assert (empty.kind, empty.because) == ("exception", "nothing is released in this stretch")
    monkeypatch.setattr(weeks, "is_quiet", lambda days, regions: False)
    (shown,) = held(WHOLE_WEEKS, **WORLD)
    assert (shown.kind, shown.because) == ("exception", "no 2 weeks without holidays were found twice")


def test_a_world_that_cannot_be_simulated_later_is_caught(held, monkeypatch):
    rates = {"rates": [{"rate": "0.9 CNY", "on": "2026-01-05"}], "hold_last": "2026-02-17"}
    rules = {"price_year": 2026, "time_cost": {"finance_only": "3 %"}, "reliability": {"none": True}}
    tariff = {"activity": "handling", "price": "100 HKD/t", "tax": {"basis": "exempt"}}
    steps_here = [{"serve": {"at": "desk", "takes": "1 h", "charges": ["lift"]}}, RIDE[1]]
    abroad = {**WORLD, "steps": steps_here, "tariffs": {"lift": tariff}, "money": {**rules, "rates": {"HKD": rates}}}
    assert kinds(held(WHOLE_WEEKS, **abroad)) == ["kept"]
    monkeypatch.delitem(DATED, money.Exchange)
    (found,) = held(WHOLE_WEEKS, **abroad)
    assert (found.kind, found.expected) == ("broken", "it can be simulated there")
    assert "money.rates.HKD: known until 2026-02-17" in found.found


def test_weeks_that_alternate_and_clocks_that_change_keep_their_distance():
    alternating = load(world(**{**WORLD, "services": {"train": {"departs": "odd weeks mon 20:00"}}})).base
    days = Stretch.whole(alternating).days
    whole = Stretch.whole(alternating)
    assert not same_clockwork(alternating, days, whole.later(1))
    assert same_clockwork(alternating, days, whole.later(2))
    clock = {"start": "2026-01-05 00:00", "timezone": "Europe/Berlin", "measure": "2026-01-05", "follow_up": "7 days"}
    berlin = Stretch.whole(load(world(**{**WORLD, "clock": clock})).base)
    # the clocks change on 29 March 2026, twelve weeks after 4 January
    assert same_clockwork(berlin.scenario, berlin.days, berlin.later(10))
    assert not same_clockwork(berlin.scenario, berlin.days, berlin.later(11))


def test_a_season_of_storms_that_reaches_another_year_is_not_compared():
    act = [{"places": ["A"], "modes": ["rail"]}]
    season = ["2026-02-02 to 2026-03-01", "2026-11-02 to 2026-12-20"]
    storm = {"rate": "2 per year", "season": season, "lasts": "9 h", "acts": act}
    whole = Stretch.whole(load(world(**{**WORLD, "closures": {"storm": storm}})).base)
    assert same_clockwork(whole.scenario, whole.days, whole.later(8))
    assert not same_clockwork(whole.scenario, whole.days, whole.later(9))


def test_a_cut_begins_less_than_a_week_before_what_is_measured_and_lasts_whole_weeks():
    clock = {"start": "2026-01-06 06:00", "measure": "2026-02-01 to 2026-05-01", "follow_up": "60 days"}
    cut = Stretch.whole(load(world(**{**WORLD, "clock": clock})).base).cut(4)
    assert (cut.first, cut.last) == (date(2026, 1, 27), date(2026, 2, 23))
    told = cut.scenario.clock
    assert (told.start, told.measure) == ("2026-01-27 06:00", "2026-02-01 to 2026-02-09")
    assert told.follow_up.value == 14 * 86_400


def test_every_date_moves_and_no_name_does():
    parts = {
        **WORLD,
        "flows": {"of 2026-01-05": {"on": ["08:00"], "season": "2026-01-05 to 2026-01-18"}},
        "closures": {"c": {"on": ["2026-01-07"], "acts": [{"places": ["A"], "modes": ["rail"]}]}},
        "facilities": {"desk": {"cuts": [{"on": "2026-01-08", "servers": 0}]}},
        "subsidies": {
            "s": {
                "step": "ride",
                "amount": "1 CNY",
                "recipient": "shipper",
                "pass_through": "50 %",
                "valid": "2026-01-05 to 2026-01-06",
            }
        },
    }
    later = moved(load(world(**parts)).base, 2)
    assert (later.clock.start, later.clock.measure) == ("2026-01-19 00:00", "2026-01-19 to 2026-02-01")
    assert later.services["train"].departs == ("mon,thu 20:00 from 2026-01-22", "on 2026-01-24 09:00")
    flow = later.flows["of 2026-01-05"]
    assert (flow.season, flow.arrives.on) == ("2026-01-19 to 2026-02-01", ("2026-01-19 08:00",))
    assert later.closures["c"].on == ("2026-01-21",)
    assert later.facilities["desk"].cuts[0].on == "2026-01-22"
    assert later.subsidies["s"].valid == "2026-01-19 to 2026-01-20"


@pytest.mark.parametrize("room", [goods, model, money, steps, world_parts], ids=lambda room: room.__name__)
def test_every_field_of_a_scenario_that_is_a_date_is_known(room):
    for part in vars(room).values():
        if isinstance(part, type) and issubclass(part, BaseModel) and part.__module__ == room.__name__:
            dated = {name for name, kind in part.__annotations__.items() if DATES.search(str(kind))}
            assert dated == set(DATED.get(part, ())), part
