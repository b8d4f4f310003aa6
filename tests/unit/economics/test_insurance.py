"""Insurance on 110 % of CIF and trade finance against their closed forms."""

import pytest

from corridor_sim.economics import insurance
from corridor_sim.economics.cargo import Cargo
from corridor_sim.economics.clocks import clock_table
from corridor_sim.economics.insurance import post_trade_finance
from corridor_sim.economics.ledger import Postings
from corridor_sim.engine.program import NONE


def post_insurance(cargo: Cargo, postings: Postings) -> None:
    insurance.post_insurance(cargo, clock_table(cargo.lowered), postings)


DAY = 86_400
RULE = {"insurance": {"rate": "0.3 %", "on": "110 %"}}


def one(journey, **more):
    return journey(visits=[(0, 0, 0, 0, DAY, NONE)], delivered=[DAY], **more).cargo()


def test_the_premium_covers_itself(journey, cents):
    """CIF = (C + F) / (1 - 1.1 r) includes the premium: C + F + premium = CIF and premium = 1.1 r CIF.

    C = 100,000, F = 23,000 CNY, r = 0.3 %: CIF = 123,000 / 0.9967 = 123,407.24; premium 407.24 CNY.
    """
    cargo, postings = one(journey, money=RULE), Postings()
    postings.add(1, consignment=0, activity="line_haul", amount_cny=20_000_00)
    postings.add(1, consignment=0, activity="drayage", amount_cny=3_000_00)
    post_insurance(cargo, postings)
    assert cents(postings, 1, activity="insurance", base="cash", payee="insurer") == [407_24]
    cif = 123_000 + 407.24
    assert cif * 1.1 * 0.003 == pytest.approx(407.24, abs=0.005)


@pytest.mark.parametrize(
    "other", [{"activity": "handling"}, {"view": "resource"}, {"base": "time"}, {"consignment": NONE}]
)
def test_only_freight_that_is_invoiced_for_these_goods_counts(journey, cents, other):
    """Of 100,000 CNY without freight: 330 / 0.9967 = 331.09 CNY."""
    cargo, postings = one(journey, money=RULE), Postings()
    postings.add(1, **({"consignment": 0, "activity": "line_haul", "amount_cny": 99_000_00} | other))
    post_insurance(cargo, postings)
    assert cents(postings, 1, activity="insurance") == [331_09]


@pytest.mark.parametrize(
    ("incoterm", "payer"),
    [
        ("EXW", "consignee"),
        ("FOB", "consignee"),
        ("CFR", "consignee"),
        ("CIF", "shipper"),
        ("CIP", "shipper"),
        ("DAP", "shipper"),
    ],
)
def test_who_insures(journey, incoterm, payer):
    postings = Postings()
    post_insurance(one(journey, money=RULE, flows={"goods": {"terms": {"incoterm": incoterm, "place": "B"}}}), postings)
    assert postings.ledger().words["payer"] == (payer,)


def test_trade_finance_is_interest_and_a_fee(journey, cents):
    """100,000 CNY x 4.38 % x 60 / 365 = 720 CNY, and HKD 500 at 0.898 = 449 CNY."""
    money = {
        "trade_finance": {"rate": "4.38 %", "days": "60 d", "fee": "500 HKD/consignment"},
        "rates": {"HKD": {"rates": [{"rate": "0.898 CNY", "on": "2026-06-01"}]}},
    }
    postings = Postings()
    post_trade_finance(one(journey, money=money), postings)
    assert cents(postings, 1, activity="finance", tariff="interest", base="cash", payee="bank") == [720_00]
    assert cents(postings, 1, activity="finance", tariff="fee", base="cash", currency="HKD") == [449_00]
    assert postings.ledger().columns["amount"].tolist() == [720_00, 500_00]


def test_nothing_is_posted_without_rules(journey):
    postings = Postings()
    post_insurance(one(journey), postings)
    post_trade_finance(one(journey), postings)
    assert postings.entries == []
