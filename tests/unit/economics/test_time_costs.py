"""Time costs against sums done on paper."""

import math

import numpy as np
import pytest

from corridor_sim.economics import time_costs
from corridor_sim.economics.cargo import Cargo
from corridor_sim.economics.checks import check_money
from corridor_sim.economics.ledger import Postings
from corridor_sim.engine.program import NONE


def post_stock_in_transit(cargo: Cargo, postings: Postings) -> None:
    time_costs.post_stock_in_transit(cargo, time_costs.stock_rates(cargo.lowered), postings)


def post_delay(cargo: Cargo, postings: Postings) -> None:
    time_costs.post_delay(cargo, time_costs.due_within(cargo.lowered), postings)


def post_reliability(cargo: Cargo, postings: Postings, promised: np.ndarray) -> tuple[str, ...]:
    return time_costs.post_reliability(cargo, time_costs.unreliability_of(cargo.lowered), postings, promised)


DAY = 86_400


def straight(journey, *ends, stop=90 * DAY, **more):
    """Return a journey of consignments released at 0 that spend all their time in one step."""
    visits = [(who, 0, 0, 0, end, NONE) for who, end in enumerate(ends)]
    return journey(visits=visits, delivered=ends, stop=stop, **more)


def in_transit(trip):
    postings = Postings()
    post_stock_in_transit(trip.cargo(), postings)
    return postings


def test_interest_on_laptops_in_transit(journey, cents):
    """1,000 laptops at CNY 2,861 for 12 days at 5 % a year: 2,861,000 x 0.05 x 12 / 365 = 4,703.013... CNY."""
    laptops = {"goods": {"value": "2861 CNY/pallet"}}
    trip = straight(journey, 12 * DAY, flows=laptops, sizes={"mass": 2500, "pallet": 1000})
    assert cents(in_transit(trip), 1, activity="stock_in_transit", base="time") == [470301]


def test_half_a_cent_goes_to_the_even_one(journey, cents):
    """365 CNY at 1 % a year cost exactly 1 cent a day, so 12 h cost half a cent and 36 h one and a half."""
    money = {"time_cost": {"finance_only": "1 %"}}
    trip = straight(journey, DAY // 2, 3 * DAY // 2, flows={"goods": {"value": "365 CNY/consignment"}}, money=money)
    assert cents(in_transit(trip), 2, activity="stock_in_transit") == [0, 2]


def test_value_in_dollars_enters_at_the_exchange_of_the_release_date(journey, cents):
    """USD 1,000 released on 2 June at 7.1 (7.0 the day before): 7,100 CNY x 36.5 % x 10 / 365 = 71 CNY."""
    rates = {"USD": {"rates": [{"rate": "7 CNY", "on": "2026-06-01"}, {"rate": "7.1 CNY", "on": "2026-06-02"}]}}
    money = {"rates": rates, "time_cost": {"finance_only": "36.5 %"}}
    trip = journey(
        visits=[(0, 0, DAY, DAY, 11 * DAY, NONE)],
        delivered=[11 * DAY],
        release=[DAY],
        flows={"goods": {"value": "1000 USD/consignment"}},
        money=money,
    )
    assert trip.cargo().value.tolist() == [710_000]
    assert cents(in_transit(trip), 1, activity="stock_in_transit") == [7100]


def test_the_owner_pays_by_the_terms(journey):
    def payer(incoterm):
        flows = {"goods": {"terms": {"incoterm": incoterm, "place": "A"}}}
        return in_transit(straight(journey, DAY, flows=flows)).ledger().words["payer"]

    assert [payer(term)[0] for term in ("EXW", "FOB", "CIF", "DAP", "DDP")] == ["consignee"] * 3 + ["shipper"] * 2


CARRYING = {"capital": "7.3 %", "obsolescence": "3.65 %", "storage": "1.825 %", "insurance": "0.73 %"}


@pytest.mark.parametrize(
    ("money", "parts", "flow", "expected"),
    [
        # 100,000 CNY for 10 days: capital 200, obsolescence 100, storage 50, insurance 20 CNY
        ({}, {}, {}, 370_00),
        ({"insurance": {"rate": "0.3 %", "on": "110 %"}}, {}, {}, 350_00),
        ({"trade_finance": {"rate": "4 %", "days": "4 d"}}, {}, {}, 290_00),
        ({"trade_finance": {"rate": "4 %", "days": "60 d"}}, {}, {}, 170_00),
        (
            {},
            {"tariffs": {"yard": {"activity": "storage", "price": "1 CNY/box", "tax": {"basis": "exempt"}}}},
            {},
            320_00,
        ),
        (
            {},
            {},
            {
                "decay": {
                    "shelf_life": "30 d",
                    "at": "5 degC",
                    "q10": "2",
                    "least_remaining": "0",
                    "value_lost_at_end": "0",
                }
            },
            270_00,
        ),
    ],
    ids=["all", "insurance posted", "4 days financed", "all days financed", "storage posted", "decay posted"],
)
def test_a_component_posted_elsewhere_is_zero(journey, cents, money, parts, flow, expected):
    trip = straight(
        journey, 10 * DAY, money=money | {"time_cost": {"carrying": CARRYING}}, flows={"goods": flow}, **parts
    )
    assert cents(in_transit(trip), 1, activity="stock_in_transit") == [expected]


def test_hummels_schaur_is_a_share_of_value_per_day(journey, cents):
    """0.6 % a day (AER 2013, lower end) of 100,000 CNY for 2.5 days is 1,500 CNY."""
    trip = straight(journey, 5 * DAY // 2, money={"time_cost": {"hummels_schaur": "0.6 %"}})
    assert cents(in_transit(trip), 1, activity="stock_in_transit") == [1500_00]


def test_what_is_not_delivered_costs_to_the_stop_and_what_is_not_released_nothing(journey, cents):
    """36.5 % a year is 0.1 % or 100 CNY a day; the run stops after 20 days."""
    trip = journey(
        visits=[(0, 0, 0, 0, NONE, NONE)],
        delivered=[NONE, NONE],
        release=[0, 30 * DAY],
        stop=20 * DAY,
        money={"time_cost": {"finance_only": "36.5 %"}},
    )
    assert cents(in_transit(trip), 2, activity="stock_in_transit") == [2000_00, 0]


def test_a_delay_costs_per_started_day(journey, cents):
    """Due within 5 days: on time, one second late, exactly a day late, a second more; 500 CNY a day."""
    ends = (5 * DAY, 5 * DAY + 1, 6 * DAY, 6 * DAY + 1)
    postings = Postings()
    post_delay(straight(journey, *ends, money={"delay_penalty": "500 CNY/consignment/day"}).cargo(), postings)
    assert cents(postings, 4, activity="delay", base="time") == [0, 500_00, 500_00, 1000_00]


SAFETY = {"safety_stock": {"service_level": "97.7249868052 %", "owner": "consignee", "demand_cv": "50 %"}}


def test_safety_stock_is_the_textbook_formula(journey):
    """z = 2; demand 365 t a year = 1,000 kg a day with sd 500; L = 9 days; lateness 0, 1, 2 days has variance 1.

    2 sqrt(9 x 500^2 + 1000^2 x 1) = 2 sqrt(3,250,000) = 3,605.551 kg of 100 CNY/kg, at 5 % a year for 10 days.
    """
    trip = straight(
        journey,
        *(8 * DAY, 9 * DAY, 10 * DAY),
        money={"reliability": SAFETY},
        flows={"goods": {"annual_demand": "365 t"}},
    )
    postings = Postings()
    assert post_reliability(trip.cargo(), postings, np.full(3, 8 * DAY)) == ()
    ledger = postings.ledger()
    cost = 2 * math.sqrt(3_250_000) * 100 * 0.05 * 10 / 365
    assert ledger.columns["amount_cny"].tolist() == [round(100 * cost)] == [49391]
    assert ledger.columns["consignment"].tolist() == [NONE]
    assert ledger.where(activity="safety_stock", base="time", payer="consignee").all()


def test_the_demand_of_the_window_serves_where_none_is_stated(journey):
    """Three consignments of 1 t in a window of 10 days: 300 kg a day; lateness never varies, nor is it costed.

    2 sqrt(9 x 150^2) = 900 kg x 100 CNY/kg x 5 % x 10 / 365 = 123.29 CNY.
    """
    trip = straight(journey, 9 * DAY, 9 * DAY, 9 * DAY, money={"reliability": SAFETY})
    postings = Postings()
    post_reliability(trip.cargo(), postings, np.full(3, 8 * DAY))
    assert postings.ledger().columns["amount_cny"].tolist() == [12329]


def test_waiting_for_a_timetable_is_not_unreliability(journey, cents):
    """Transit of 2, 5 and 9 days as promised costs nothing; a day early, on time, a day late has sd 1 day.

    Ratio 1.2 x value of a day (100,000 x 36.5 % / 365 = 100 CNY) x 1 = 120 CNY each.
    """
    money = {"time_cost": {"finance_only": "36.5 %"}, "reliability": {"ratio": "1.2"}}
    trip, ends = straight(journey, 2 * DAY, 5 * DAY, 9 * DAY, money=money), np.array([2, 5, 9]) * DAY
    punctual, unpunctual = Postings(), Postings()
    post_reliability(trip.cargo(), punctual, ends)
    post_reliability(trip.cargo(), unpunctual, ends - np.array([-1, 0, 1]) * DAY)
    assert cents(punctual, 3, activity="reliability") == [0, 0, 0]
    assert cents(unpunctual, 3, activity="reliability", base="time") == [120_00, 120_00, 120_00]


def test_too_few_promises_are_told_and_not_costed(journey):
    money = {"reliability": {"ratio": "1.2"}}
    postings = Postings()
    remarks = post_reliability(straight(journey, DAY, DAY, money=money).cargo(), postings, np.array([DAY, NONE]))
    assert len(postings.ledger()) == 0
    assert tuple(map(str, remarks)) == ("reliability of goods: fewer than 2 promised arrivals, not costed",)


DECAY = {"shelf_life": "30 d", "at": "5 degC", "q10": "2", "least_remaining": "0", "value_lost_at_end": "1"}
HUMMELS = {"hummels_schaur": "0.6 %"}
PENALTY = {"activity": "delay", "price": "100 CNY/consignment", "tax": {"basis": "exempt"}}


@pytest.mark.parametrize(
    ("money", "flow", "parts", "paths"),
    [
        ({}, {}, {}, []),
        ({"reliability": SAFETY, "trade_finance": {"rate": "4 %", "days": "4 d"}}, {"decay": DECAY}, {}, []),
        ({"time_cost": HUMMELS}, {}, {}, []),
        ({"time_cost": HUMMELS}, {"decay": DECAY}, {}, ["flows.goods.decay"]),
        ({"time_cost": HUMMELS, "reliability": SAFETY}, {}, {}, ["money.reliability"]),
        ({"time_cost": HUMMELS, "reliability": {"ratio": "1"}}, {}, {}, ["money.reliability"]),
        (
            {"time_cost": HUMMELS, "trade_finance": {"rate": "4 %", "days": "4 d"}},
            {},
            {},
            ["money.trade_finance"],
        ),
        ({}, {}, {"tariffs": {"late": PENALTY}}, []),
        ({"delay_penalty": "500 CNY/consignment/day"}, {}, {"tariffs": {"late": PENALTY}}, ["tariffs.late"]),
        (
            {"delay_penalty": "500 CNY/consignment/day"},
            {},
            {"tariffs": {"yard": PENALTY | {"activity": "storage"}}},
            [],
        ),
        ({"delay_penalty": "500 CNY/consignment"}, {}, {}, ["money.delay_penalty"]),
        ({"carbon": {"price": "62.36 CNY/box"}}, {}, {}, ["money.carbon.price"]),
        ({}, {"value": "10 CNY/km"}, {}, ["flows.goods.value"]),
        ({"insurance": {"rate": "95 %", "on": "110 %"}}, {}, {}, ["money.insurance.rate"]),
        (
            {"reliability": {"safety_stock": SAFETY["safety_stock"] | {"service_level": "40 %"}}},
            {},
            {},
            ["money.reliability.safety_stock.service_level"],
        ),
    ],
)
def test_nothing_is_counted_twice(scenario, money, flow, parts, paths):
    assert [problem.path for problem in check_money(scenario(money, {"goods": flow}, **parts))] == paths
