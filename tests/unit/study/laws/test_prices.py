"""The law of a doubled price keeps by hand computation, and catches prices that do not double or move others."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import permutations
from typing import Any

import numpy as np
import pytest

from corridor_sim.economics import insurance, price, transfers
from corridor_sim.economics.ledger import Ledger
from corridor_sim.economics.money import Exchange
from corridor_sim.economics.rating import RateTable
from corridor_sim.study.laws.doubled import Price, groups_of
from corridor_sim.study.laws.prices import PRICE_TIMES_TWO, by_hand

EXEMPT = {"tax": {"basis": "exempt"}}
TARIFFS = {
    "haul": {"activity": "line_haul", "price": "1000 CNY/consignment", **EXEMPT},
    "lift": {"activity": "handling", "price": "100 HKD/consignment", **EXEMPT},
    "papers": {"activity": "documents", "price": "33.333 CNY/t", **EXEMPT},
}
MONEY = {
    "price_year": 2026,
    "time_cost": {"finance_only": "3 %"},
    "reliability": {"none": True},
    "insurance": {"rate": "1 %", "on": "110 %"},
    "rates": {"HKD": {"rates": [{"rate": "0.9 CNY", "on": "2026-01-01"}], "hold_last": "2026-12-31"}},
}
# a tonne for 10,000 CNY goes by road for 1,000 CNY, lifted for 100 HKD, with papers for 33.33 CNY
LORRY = {
    "flows": {"f": {"on": ["08:00", "tue 09:00"], "value": "10 CNY/kg"}},
    "steps": [{"leg": {"road": "A to B", "takes": "10 h", "charges": ["haul", "lift", "papers"]}}],
    "tariffs": TARIFFS,
    "money": MONEY,
}
TRAIN = {
    "flows": {"f": "08:00"},
    "services": {
        "train": {
            "departs": "daily 20:00",
            "capacity": "10 t",
            "cost_per_departure": "1000 CNY",
            "load_measure": "mass",
        }
    },
    "steps": [{"ride": {"board": "train"}}],
}


def broken(found: list[Any]) -> list[tuple[str, str]]:
    return [(each.expected, each.found) for each in found if each.kind == "broken"]


@pytest.mark.parametrize("parts", [LORRY, TRAIN], ids=["lorry", "train"])
def test_prices_that_double_keep_the_law(held, parts):
    (found,) = held(PRICE_TIMES_TWO, **parts)
    assert found.kind == "kept"


@pytest.mark.parametrize("piece", ["tariffs", "clocks", "subsidies", "reefers", "through bill", "holidays"])
def test_tiers_limits_subsidies_and_taxes_keep_the_law(held, golden_text, piece):
    found = held(PRICE_TIMES_TWO, golden_text(piece))
    assert {each.kind for each in found} <= {"kept", "exception"} and found[0].kind == "kept"


def test_pricing_that_forgets_the_freight_of_cif_is_caught(held, monkeypatch):
    monkeypatch.setattr(insurance, "freight_cents", lambda cargo, clocks, postings: np.zeros_like(cargo.value))
    # CIF of 10,000 + 2 x 1,000 is 12,000 / (1 - 0.011) = 12,133.47; of the value alone 10,111.22; 1.1 % of each
    assert ("133.47 CNY", "111.22 CNY") in broken(held(PRICE_TIMES_TWO, **LORRY))


def test_pricing_that_insures_handling_too_is_caught(held, monkeypatch):
    def all_invoiced(ledger: Ledger) -> Any:
        return ledger.where(base="cash", view="price")

    monkeypatch.setattr(insurance, "freight_rows", all_invoiced)
    assert {expected for expected, _ in broken(held(PRICE_TIMES_TWO, **LORRY))} <= {"122.35 CNY", "133.47 CNY"}
    assert broken(held(PRICE_TIMES_TWO, **LORRY))


def test_amounts_that_are_cut_off_instead_of_rounded_are_caught(held, monkeypatch):
    def floor(table: RateTable, row: Any, quantities: Any) -> Any:
        exact = (quantities.astype(object) * table.factors.weights[row]).sum(axis=1)
        return (exact // table.factors.denominators[row]).astype(np.int64)

    monkeypatch.setattr(RateTable, "cents", floor)
    # 2 x 33.333 CNY
    assert broken(held(PRICE_TIMES_TWO, **LORRY))[0] == ("66.67 CNY", "66.66 CNY; 2 lines are wrong")


def test_another_rate_for_large_amounts_is_caught(held, monkeypatch):
    exact = Exchange.cny_cents

    def dearer(self: Exchange, currency: Any, cents: Any, ticks: Any) -> Any:
        return exact(self, currency, np.where((cents == 20_000) & (currency >= 0), 20_200, cents), ticks)

    monkeypatch.setattr(Exchange, "cny_cents", dearer)
    # 200 HKD at 0.9
    assert ("180.00 CNY", "181.80 CNY") in broken(held(PRICE_TIMES_TWO, **LORRY))


def test_a_price_that_moves_another_is_caught(held, monkeypatch):
    exact = price.charge_table

    def tied(lowered: Any, headings: Any) -> Any:
        leg, haul, lift, papers = lowered.tariffs.charges
        charges = (leg, haul, lift, replace(papers, rates=haul.rates))
        return exact(replace(lowered, tariffs=replace(lowered.tariffs, charges=charges)), headings)

    monkeypatch.setattr(price, "charge_table", tied)
    found = held(PRICE_TIMES_TWO, **LORRY)
    assert ("1,000.00 CNY", "2,000.00 CNY; 2 lines are wrong") in broken(found)
    assert any("what was not doubled: documents by papers of consignment 0 at r/leg" in each.what for each in found)


def test_a_departure_that_costs_the_same_at_twice_the_price_is_caught(held, monkeypatch):
    exact = transfers.departure_tables

    def fixed(lowered: Any, headings: Any) -> Any:
        return [replace(one, cost=replace(one.cost, cents=Fraction(100_000))) for one in exact(lowered, headings)]

    monkeypatch.setattr(price, "departure_tables", fixed)
    assert broken(held(PRICE_TIMES_TWO, **TRAIN))[0] == ("2,000.00 CNY", "1,000.00 CNY")


def test_a_subsidy_that_does_not_double_is_caught(held, golden_text, monkeypatch):
    exact, known = price.subsidy_tables, []

    def as_before(lowered: Any, headings: Any) -> Any:
        known.append(exact(lowered, headings))
        return known[0]

    monkeypatch.setattr(price, "subsidy_tables", as_before)
    found = [each for each in held(PRICE_TIMES_TWO, golden_text("subsidies")) if each.kind == "broken"]
    assert found and all("subsidy" in each.what for each in found)


def test_a_world_without_prices_says_so(held):
    steps = [{"take": {"seize": "desk"}}, {"rest": {"wait": "1 h"}}, {"give": {"release": "desk"}}]
    (found,) = held(PRICE_TIMES_TWO, flows={"f": "08:00"}, steps=steps, facilities={"desk": {}})
    assert (found.kind, found.because) == ("exception", "it has none that could be doubled")


def test_a_price_that_nothing_is_charged_by_is_shown(held):
    lanes = {"usual": {"steps": [LORRY["steps"][0]]}, "never": {"share": "0 %", "steps": [{"toll": {"wait": "1 h"}}]}}
    lanes["never"]["steps"][0]["toll"]["charges"] = ["papers"]
    lanes["usual"]["steps"][0]["leg"]["charges"] = ["haul", "lift"]
    kept, shown = held(PRICE_TIMES_TWO, **{**LORRY, "steps": [{"way": {"branch": lanes}}]})
    assert kept.kind == "kept" and kept.what == "4 prices, doubled in 4 groups"
    assert (shown.kind, shown.what) == ("exception", "the prices papers")


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 20, 71])
def test_of_any_two_prices_some_group_has_the_one_without_the_other(count):
    prices = [Price(str(number), "handling") for number in range(count)]
    groups = groups_of(prices)
    assert all(any(one in group and other not in group for group in groups) for one, other in permutations(prices, 2))
    assert all(any(one in group for group in groups) for one in prices)


def test_twelve_groups_tell_924_prices_apart():
    assert len(groups_of([Price(str(number), "handling") for number in range(924)])) == 12


def test_amounts_by_hand_are_exact_and_halves_go_to_the_even_cent():
    assert by_hand(np.array([1, 3, 5, 10**15 + 1]), Fraction(1, 2)).tolist() == [0, 2, 2, 5 * 10**14]
