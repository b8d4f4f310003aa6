"""Roll-ups sum to the total, invariants catch a spoiled ledger, and loads are divided to the cent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from corridor_sim.economics.ledger import Ledger, Postings
from corridor_sim.economics.passages import passages_of
from corridor_sim.economics.price import post_charges, price_tables
from corridor_sim.economics.rollup import check_invariants, roll_up, total
from corridor_sim.engine.base import Trace
from corridor_sim.engine.program import MEASURES, NONE, Inputs
from corridor_sim.errors import CheckFailed
from corridor_sim.network.instructions import instructions_of
from corridor_sim.network.lowered import Lowered
from corridor_sim.network.rates import DatedRates
from corridor_sim.network.tariffs import lower_tariffs
from corridor_sim.study.play import box_shares


def charge(lowered: Lowered, inputs: Inputs, trace: Trace, postings: Postings) -> None:
    instructions, tables = instructions_of(lowered), price_tables(lowered)
    postings.headings = tables.headings.copy()
    post_charges(tables, instructions, passages_of(lowered, instructions, inputs, trace), postings)


HOUR = 3600
DAY = 24 * HOUR
LEGS = [
    {"name": "truck", "kind": "move", "mode": "road", "origin": "A", "destination": "B"},
    {"name": "load", "kind": "batch", "origin": "B"},
    {"name": "ride", "kind": "move", "mode": "rail", "origin": "B", "destination": "A"},
]
EXCHANGE = {"HKD": DatedRates((0,), (Fraction("0.9"),), DAY)}


def small_ledger() -> Ledger:
    postings = Postings()
    row = {"currency": "CNY", "tax": "exempt", "quantity": 1000, "unit_price": 0, "payee": "carrier", "flow": 0}
    postings.add(
        2,
        consignment=np.array([0, 1]),
        step=0,
        activity="line_haul",
        payer="shipper",
        tariff="rail",
        amount=np.array([100, 200]),
        amount_cny=np.array([100, 200]),
        **row,
    )
    postings.add(
        1,
        consignment=0,
        step=1,
        activity="storage",
        payer="consignee",
        tariff="yard",
        amount=30,
        amount_cny=30,
        common=True,
        **row,
    )
    postings.add(
        1, consignment=0, step=0, activity="subsidy", payer="carrier", tariff="aid", amount=-5, amount_cny=-5, **row
    )
    postings.add(
        1, consignment=0, activity="stock_in_transit", payer="consignee", base="time", amount=7, amount_cny=7, **row
    )
    postings.add(1, consignment=0, activity="carbon", payer="consignee", base="carbon", amount=2, amount_cny=2, **row)
    postings.add(
        1,
        consignment=0,
        step=0,
        activity="line_haul",
        payer="operator",
        view="resource",
        amount=90,
        amount_cny=90,
        **row,
    )
    return postings.ledger()


def test_totals_by_cost_base_view_and_perspective() -> None:
    ledger = small_ledger()
    assert [total(ledger, base) for base in ("cash", "total_logistics", "with_carbon")] == [330, 337, 339]
    assert [total(ledger, perspective=who) for who in ("shipper", "consignee")] == [300, 30]
    assert total(ledger, view="resource") == 90


def test_roll_ups_use_words_and_sum_to_the_total() -> None:
    ledger = small_ledger()
    assert roll_up(ledger, ["activity"]) == {("line_haul",): 300, ("storage",): 30}
    assert roll_up(ledger, ["payer", "common"]) == {("shipper", 0): 300, ("consignee", 1): 30}
    assert roll_up(ledger, ["cost_class"], "with_carbon") == {("transport",): 302, ("storage",): 37}
    assert roll_up(ledger, ["step"], "total_logistics") == {(NONE,): 7, (0,): 300, (1,): 30}
    assert roll_up(ledger, ["activity"], rows=ledger.columns["consignment"] == 1) == {("line_haul",): 200}
    assert roll_up(ledger, []) == {(): 330}


def test_a_sound_ledger_passes_and_a_spoiled_one_is_named() -> None:
    ledger = small_ledger()
    check_invariants(ledger)
    for column, value, message in (("amount_cny", 1, "row 0 .* differ"), ("payer", 99, "without a word in payer")):
        spoiled = {**ledger.columns, column: ledger.columns[column].copy()}
        spoiled[column][0] = value
        with pytest.raises(CheckFailed, match=message):
            check_invariants(replace(ledger, columns=spoiled))


def test_columns_that_differ_in_length_are_no_ledger() -> None:
    ledger = small_ledger()
    with pytest.raises(CheckFailed, match="columns differ in length"):
        check_invariants(replace(ledger, columns={**ledger.columns, "step": ledger.columns["step"][1:]}))


def test_a_total_too_large_to_be_counted_is_not_the_sum_of_its_parts() -> None:
    postings = Postings()
    for activity in ("line_haul", "storage"):
        postings.add(1, consignment=0, activity=activity, currency="CNY", amount=1 << 62, amount_cny=1 << 62)
    with pytest.raises(CheckFailed, match="the cash roll-up by activity does not sum to the total"):
        check_invariants(postings.ledger())


def test_without_rates_a_converted_amount_may_be_any_of_its_sign() -> None:
    for amount, sound in ((91, True), (-91, False)):
        postings = Postings()
        postings.add(1, consignment=0, currency="HKD", amount=100, amount_cny=amount)
        if sound:
            check_invariants(postings.ledger())
        else:
            with pytest.raises(CheckFailed, match="row 0 of the ledger changes its sign from HKD to CNY"):
                check_invariants(postings.ledger())


def test_converted_amounts_are_checked_against_the_rates() -> None:
    for cny, sound in ((90, True), (91, False)):
        postings = Postings()
        postings.add(1, consignment=0, currency="HKD", amount=100, amount_cny=cny)
        if sound:
            check_invariants(postings.ledger(), EXCHANGE)
        else:
            with pytest.raises(CheckFailed, match="at no known rate"):
                check_invariants(postings.ledger(), EXCHANGE)


def loaded(journey: Callable[..., Any]) -> Any:
    """Three consignments of 1, 1 and 5 t in one load led by the second; the ride costs 100.01 CNY a load."""
    visits = [(who, 0, 0, 0, HOUR, NONE) for who in range(3)]
    visits += [(who, 1, HOUR, 2 * HOUR, 2 * HOUR, 1) for who in range(3)] + [(1, 2, 2 * HOUR, 2 * HOUR, 3 * HOUR, NONE)]
    yard = {"starts": "end of truck", "stops": "start of ride", "unit": "hour", "tiers": [{"price": "1 CNY/t"}]}
    fees = {
        "yard": {"activity": "storage", "clock": yard, "tax": {"basis": "exempt"}},
        "fee": {"activity": "delivery", "price": "3 CNY/t", "tax": {"basis": "exempt"}},
    }
    steps = [
        {"truck": {"road": "A to B", "takes": "1 h", "price": "10 CNY/t"}},
        {"load": {"batch": "7 t"}},
        {"ride": {"rail": "B to A", "takes": "1 h", "price": "100.01 CNY", "charges": "yard"}},
    ]
    made = journey(
        visits=visits,
        delivered=[3 * HOUR] * 3,
        steps=LEGS,
        tariffs=fees,
        flow_of=[0, 0, 1],
        flows={"a": {}, "b": {}},
        sizes=[{"mass": 1000}, {"mass": 1000}, {"mass": 5000}],
        routes={"way": {"steps": steps, "charges_per_consignment": ["fee"]}},
    )
    tariffs = lower_tariffs(made.lowered.scenario, made.lowered.steps, made.lowered.clock)
    return replace(made, lowered=replace(made.lowered, tariffs=tariffs))


def test_loads_are_divided_among_their_members_by_mass(journey: Callable[..., Any], cents: Callable[..., Any]) -> None:
    made, postings = loaded(journey), Postings()
    charge(made.lowered, made.inputs, made.trace, postings)
    ledger = postings.ledger()
    divided = made.divided(postings)
    # the load's leader pays the ride: 10,001 cents over 1 : 1 : 5 are 1,428.71, 1,428.71, 7,143.57
    assert cents(ledger, 3, tariff="way/ride") == [0, 10_001, 0]
    assert cents(divided, 3, tariff="way/ride") == [1_429, 1_429, 7_143]
    # what each ran up before the load was formed, and at its own delivery, stays its own
    for name, expected in (("way/truck", [1000, 1000, 5000]), ("yard", [100, 100, 500]), ("fee", [300, 300, 1500])):
        assert cents(ledger, 3, tariff=name) == expected
        assert cents(divided, 3, tariff=name) == expected
    assert total(divided) == total(ledger)
    check_invariants(ledger)
    # the first two are of flow a, the third of flow b
    assert cents(divided, 3) == [1429 + 1400, 1429 + 1400, 7143 + 7000]


def test_the_box_of_a_load_of_loads_is_shared_by_all_within(journey: Callable[..., Any]) -> None:
    """1 t joins 2 t, and both join 1 t of another in its box: a quarter, a half and a quarter of it are theirs."""
    pair = [(who, 0, 0, HOUR, HOUR, 1) for who in (0, 1)]
    box = [(who, 1, HOUR, 2 * HOUR, 2 * HOUR, 2) for who in (1, 2)]
    made = journey(
        visits=[*pair, *box, (2, 2, 2 * HOUR, 2 * HOUR, 3 * HOUR, NONE)],
        delivered=[3 * HOUR] * 3,
        steps=[{"name": name, "kind": "batch"} for name in ("pair", "box")] + [{"name": "rest"}],
        sizes=[{"mass": mass} for mass in (1000, 2000, 1000)],
        becomes={"box": 1000},
    )
    assert made.passages().final_leader().tolist() == [2, 2, 2]
    assert box_shares(made.passages()).tolist() == [250, 500, 250]


def test_time_and_carbon_are_already_each_members_own(journey: Callable[..., Any]) -> None:
    made, postings = loaded(journey), Postings()
    postings.add(1, base="carbon", consignment=1, step=2, currency="CNY", amount=50, amount_cny=50)
    divided = made.divided(postings)
    assert divided.columns["amount_cny"].tolist() == [50]


def test_places_of_a_roll_up_come_from_the_steps(journey: Callable[..., Any]) -> None:
    made, postings = loaded(journey), Postings()
    charge(made.lowered, made.inputs, made.trace, postings)
    legs = roll_up(postings.ledger(), ["leg"], lowered=made.lowered)
    assert legs == {("A to B",): 7000, ("B to A",): 10_001 + 700, ("",): 2100}


def test_loads_of_loads_keep_all_their_cargo(journey: Callable[..., Any]) -> None:
    # 0 and 1 form a load led by 0; with 2, all at the same tick, it forms one led by 2
    legs = [{"name": "a", "kind": "batch"}, {"name": "b", "kind": "batch"}, {"name": "c"}]
    visits = [
        (0, 0, 0, HOUR, HOUR, 0),
        (1, 0, 0, HOUR, HOUR, 0),
        (0, 1, HOUR, HOUR, HOUR, 2),
        (2, 1, 0, HOUR, HOUR, 2),
        (2, 2, HOUR, HOUR, 2 * HOUR, NONE),
    ]
    made = journey(visits=visits, delivered=[2 * HOUR] * 3, steps=legs, sizes=[{"mass": 1}, {"mass": 2}, {"mass": 4}])
    passages = made.passages()
    # rows: 0 at a, 0 at b, 1 at a, 2 at b, 2 at c
    assert passages.sizes[:, MEASURES.index("mass")].tolist() == [3000, 0, 0, 7000, 7000]
    load = passages.load_of(passages.held)[-1]
    assert passages.members[passages.members[:, 0] == load, 1].tolist() == [0, 1, 2]
    assert passages.joined.tolist() == [3, 0, NONE]
