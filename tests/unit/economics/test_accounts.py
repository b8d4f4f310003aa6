"""The whole settlement of a replication: order, completeness and sums."""

import numpy as np
import pytest

from corridor_sim.economics import accounts
from corridor_sim.economics.rollup import check_invariants, total
from corridor_sim.engine.program import NONE

DAY = 86_400
PLUMS = {"shelf_life": "20 d", "at": "5 degC", "q10": "2", "least_remaining": "0.2", "value_lost_at_end": "0.5"}
MONEY = {
    "time_cost": {"carrying": {"capital": "7.3 %", "obsolescence": "0", "storage": "0", "insurance": "1 %"}},
    "reliability": {"ratio": "1"},
    "insurance": {"rate": "0.3 %", "on": "110 %"},
    "trade_finance": {"rate": "3.65 %", "days": "2 d"},
    "carbon": {"price": "100 CNY/t"},
    "emissions": {"rail": {"wtw": "0.02", "ttw": "0.01", "per": "tonne_km"}},
    "delay_penalty": "500 CNY/consignment/day",
}
RIDE = {"kind": "board", "mode": "rail", "origin": "A", "destination": "B", "km": "1000 km"}


@pytest.fixture
def shipment(journey, monkeypatch):
    """Two loads of plums, 1 t and 3 t, in one box: 4 days of waiting apart, then a day by rail for 23,000 CNY."""

    def freight(lowered, inputs, trace, postings):
        ours = {"flow": 0, "currency": "CNY", "payer": "consignee", "payee": "carrier"}
        postings.add(1, consignment=0, step=1, activity="line_haul", amount=23_000_00, amount_cny=23_000_00, **ours)

    monkeypatch.setattr(accounts, "post_charges", freight)
    return journey(
        visits=[
            (0, 0, 0, 4 * DAY, 4 * DAY, 0),
            (0, 1, 4 * DAY, 4 * DAY, 5 * DAY, NONE),
            (1, 0, 4 * DAY, 4 * DAY, 4 * DAY, 0),
        ],
        delivered=[5 * DAY, 5 * DAY],
        release=[0, 4 * DAY],
        steps=[{"kind": "batch"}, RIDE],
        sizes=[{"mass": 1000}, {"mass": 3000}],
        money=MONEY,
        flows={"plums": {"decay": PLUMS, "due": {"within": "4 d"}, "value": "100 CNY/kg"}},
    )


def settled(trip):
    return accounts.settle(trip.lowered, trip.inputs, trip.trace, np.array([5 * DAY, 3 * DAY]))


def test_every_part_is_posted_once_to_the_cent(shipment, cents):
    """Worth 100,000 and 300,000 CNY; 5 days and 1 day under way.

    insurance: 1.1 x 0.3 % / (1 - 0.0033) of (100,000 + 5,750) and (300,000 + 17,250), freight divided by mass
    finance: 3.65 % for 2 days = 0.02 % of value; capital 0.02 % a day beyond those two days: 3 days and none
    reliability: lateness 0 and 2 days has sd 1.41421..., a day is worth 8.3 % / 365 of value
    delay: one day late; decay: 5 and 1 of 20 days of life, at half the value
    carbon: 1 t and 3 t x 1,000 km x 20 g = 20 and 60 kg at 0.1 CNY
    """
    ledger = settled(shipment).ledger
    assert cents(ledger, 2, activity="insurance") == [350_13, 1050_39]
    assert cents(ledger, 2, activity="finance") == [20_00, 60_00]
    assert cents(ledger, 2, activity="stock_in_transit") == [60_00, 0]
    assert cents(ledger, 2, activity="reliability") == [32_16, 96_48]
    assert cents(ledger, 2, activity="delay") == [500_00, 0]
    assert cents(ledger, 2, activity="decay") == [12_500_00, 7_500_00]
    assert cents(ledger, 2, activity="carbon") == [2_00, 6_00]


def test_each_consignment_knows_its_worth_life_and_emissions(shipment):
    books = settled(shipment)
    assert books.value_cny_cents.tolist() == [100_000_00, 300_000_00]
    assert books.remaining_life == pytest.approx([0.75, 0.95])
    assert books.saleable == pytest.approx([0.875, 0.975])
    assert books.emissions_wtw_kg.tolist() == [pytest.approx([0, 20]), pytest.approx([0, 60])]
    assert books.emissions_ttw_kg.tolist() == [pytest.approx([0, 10]), pytest.approx([0, 30])]
    assert books.remarks == ()


def test_postings_sum_to_the_three_bases(shipment):
    ledger = settled(shipment).ledger
    check_invariants(ledger)
    cash = 23_000_00 + 350_13 + 1050_39 + 80_00
    time = 60_00 + 32_16 + 96_48 + 500_00 + 20_000_00
    assert total(ledger, "cash") == cash
    assert total(ledger, "total_logistics") == cash + time
    assert total(ledger, "with_carbon") == cash + time + 8_00


def test_dividing_loads_leaves_alone_what_is_a_members_own(shipment, cents):
    divided = shipment.divided(settled(shipment).postings)
    assert cents(divided, 2, activity="carbon") == [2_00, 6_00]
    assert cents(divided, 2, activity="line_haul") == [5_750_00, 17_250_00]
    assert cents(divided, 2, activity="insurance") == [350_13, 1050_39]


def test_what_could_not_be_counted_is_remarked(journey, monkeypatch):
    monkeypatch.setattr(accounts, "post_charges", lambda lowered, inputs, trace, postings: None)
    trip = journey(visits=[(0, 0, 0, 0, DAY, NONE)], delivered=[DAY], steps=[RIDE], money=MONEY | {"emissions": {}})
    books = accounts.settle(trip.lowered, trip.inputs, trip.trace, np.array([NONE]))
    assert books.emissions_wtw_kg is None
    assert [str(remark).split(":")[0] for remark in books.remarks] == [
        "reliability of goods",
        "emissions of way/step 0",
    ]


def test_a_replication_without_consignments_settles_to_nothing(journey):
    trip = journey(visits=[], delivered=[], steps=[RIDE], money=MONEY)
    assert len(accounts.settle(trip.lowered, trip.inputs, trip.trace, np.zeros(0, np.int64)).ledger) == 0
