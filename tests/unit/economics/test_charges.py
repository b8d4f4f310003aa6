"""What passages, deliveries, subsidies and departures post, against sums done by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from corridor_sim.economics.ledger import Ledger, Postings
from corridor_sim.economics.passages import passages_of
from corridor_sim.economics.price import post_charges, price_tables
from corridor_sim.economics.transfers import operator_gap
from corridor_sim.engine.base import Trace
from corridor_sim.engine.program import MEASURES, NONE, Departures, Inputs, Instruction, Op
from corridor_sim.errors import ModelError
from corridor_sim.network.instructions import instructions_of
from corridor_sim.network.lowered import Lowered
from corridor_sim.network.tariffs import lower_tariffs


def charge(lowered: Lowered, inputs: Inputs, trace: Trace, postings: Postings, fast: bool = False) -> None:
    instructions, tables = instructions_of(lowered), price_tables(lowered)
    postings.headings = tables.headings.copy()
    post_charges(tables, instructions, passages_of(lowered, instructions, inputs, trace, fast), postings)


HOUR = 3600
DAY = 24 * HOUR
HKD = {
    "HKD": {
        "rates": [{"rate": "0.9 CNY", "on": "2026-05-01"}, {"rate": "0.8 CNY", "on": "2026-06-02"}],
        "hold_last": "2027-01-01",
    }
}
TAX_FREE = {"basis": "exempt"}
BOX = {"box": 1, "teu": 2, "mass": 20_000}
LEGS = [
    {"name": "road", "kind": "move", "mode": "road", "origin": "A", "destination": "B", "km": "100 km"},
    {"name": "lift", "kind": "work", "origin": "B"},
]
BATCHED = [
    {"name": "truck", "kind": "move", "mode": "road", "origin": "A", "destination": "A"},
    {"name": "load", "kind": "batch", "origin": "A"},
    {"name": "lift", "kind": "work", "origin": "A"},
]


def world(*steps: dict[str, Any], per_consignment: tuple[str, ...] = (), **parts: Any) -> dict[str, Any]:
    """Return parts of a scenario with one route of `steps`, a 40 ft box, a crane and exchange rates."""
    return {
        "boxes": {"40GP": {"teu": 2, "payload": "25 t"}},
        "facilities": {"crane": {"at": "B"}},
        "routes": {
            "way": {
                "box": {"type": "40GP", "owner": "coc"},
                "steps": list(steps),
                "charges_per_consignment": list(per_consignment),
            }
        },
        "money": {"rates": HKD},
        **parts,
    }


def road(**body: Any) -> dict[str, Any]:
    return {"road": {"road": "A to B", "takes": "4 h", "km": "100 km", **body}}


def lift(**body: Any) -> dict[str, Any]:
    return {"lift": {"at": "crane", "takes": "1 h", **body}}


def ledger_of(journey: Any, **changed: Any) -> Ledger:
    """Price a journey with the tariffs of its own scenario."""
    lowered = replace(journey.lowered, **changed)
    lowered = replace(lowered, tariffs=lower_tariffs(lowered.scenario, lowered.steps, lowered.clock))
    postings = Postings()
    charge(lowered, journey.inputs, journey.trace, postings, journey.fast)
    return postings.ledger()


def rows(ledger: Ledger, *columns: str) -> list[tuple[Any, ...]]:
    """Return the wanted columns of all postings, codes as words."""
    words = ledger.words
    read = [[words[name][code] if name in words else int(code) for code in ledger.columns[name]] for name in columns]
    return list(zip(*read, strict=True))


@pytest.fixture
def one_box(journey: Callable[..., Any]) -> Callable[..., Ledger]:
    """A box that leaves A at 1 h and is at B from 5 h; lifted until 6 h on the first day."""

    def price(*steps: dict[str, Any], size: dict[str, float] = BOX, **parts: Any) -> Ledger:
        made = journey(
            visits=[(0, 0, HOUR, HOUR, 5 * HOUR, NONE), (0, 1, 5 * HOUR, 5 * HOUR, 6 * HOUR, NONE)],
            delivered=[6 * HOUR],
            steps=LEGS,
            sizes=size,
            **world(*steps, **parts),
        )
        return ledger_of(made)

    return price


def test_base_and_distance_are_one_posting(one_box: Callable[..., Ledger]) -> None:
    ledger = one_box(road(price=["500 CNY/box", "3.185 CNY/box/km"]), lift(price="0 CNY"))
    # 500 + 318.50 CNY, paid by the consignee: FOB A
    assert rows(ledger, "activity", "payer", "payee", "quantity", "unit_price", "amount_cny") == [
        ("line_haul", "consignee", "carrier", 1000, 818_500_000, 81_850),
        ("handling", "consignee", "terminal", 1000, 0, 0),
    ]


@pytest.mark.parametrize(
    ("price", "cents"),
    [
        ("1800 CNY/FEU", 180_000),
        ("1800 CNY/TEU", 360_000),
        ("0.35 CNY/t/km", 70_000),
        ("12.5 CNY/h", 5_000),
        ("12.5 CNY/box/h", 5_000),
        ("2 CNY/kg", 4_000_000),
        ("2 CNY/ckg", 4_000_000),
    ],
)
def test_quantities_are_counted_by_the_unit_of_the_price(
    one_box: Callable[..., Ledger], price: str, cents: int
) -> None:
    ledger = one_box(road(price=price), lift(price="0 CNY"))
    assert ledger.columns["amount_cny"].tolist() == [cents, 0]


def test_bulky_air_cargo_pays_by_volume(one_box: Callable[..., Ledger]) -> None:
    # 600 L / 6 = 100 kg is more than the 80 kg it weighs
    ledger = one_box(road(price="20 CNY/ckg"), lift(price="0 CNY"), size={"mass": 80, "volume": 600})
    assert ledger.columns["quantity"][0] == 100_000
    assert ledger.columns["amount_cny"][0] == 200_000


def test_a_price_per_box_without_a_box_is_an_error(one_box: Callable[..., Ledger]) -> None:
    with pytest.raises(ModelError, match=r"way/road at way/road: a price per box meets a load without any box"):
        one_box(road(price="20 CNY/box"), lift(price="0 CNY"), size={"mass": 80})


def test_a_product_past_int64_is_exact(one_box: Callable[..., Ledger]) -> None:
    # 200,000 kg at 10^10 CNY, tax of 9 % taken off: 2 x 10^19 / 109 cents, 28/109 below a whole number
    tariff = {"activity": "handling", "price": "10000000000 CNY/kg", "tax": {"basis": "included", "rate": "9 %"}}
    ledger = one_box(road(price="0 CNY"), lift(charges="t"), tariffs={"t": tariff}, size=BOX | {"mass": 200_000})
    assert ledger.columns["amount_cny"].tolist() == [0, 183_486_238_532_110_092]


@pytest.mark.parametrize(
    ("tax", "cents"),
    [
        ({"basis": "included", "rate": "9 %"}, 165_138),
        ({"basis": "included", "rate": "9 %", "recoverable": False}, 180_000),
        ({"basis": "excluded", "rate": "6 %"}, 180_000),
        ({"basis": "excluded", "rate": "6 %", "recoverable": False}, 190_800),
        ({"basis": "zero_rated"}, 180_000),
        ({"basis": "unknown", "rate": "9 %"}, 180_000),
    ],
)
def test_amounts_are_net_of_recoverable_tax(one_box: Callable[..., Ledger], tax: dict[str, Any], cents: int) -> None:
    # 1,800 / 1.09 = 1,651.376
    tariff = {"activity": "handling", "price": "1800 CNY/box", "tax": tax}
    ledger = one_box(road(price="0 CNY"), lift(charges="t"), tariffs={"t": tariff})
    assert (ledger.columns["amount"][1], ledger.columns["unit_price"][1]) == (cents, 1_800_000_000)


@pytest.mark.parametrize(("price", "cents"), [("10 CNY/t", 30_000), ("20 CNY/t", 40_000), ("90 CNY/t", 50_000)])
def test_minimum_and_maximum_hold_for_each_posting(one_box: Callable[..., Ledger], price: str, cents: int) -> None:
    tariff = {"activity": "handling", "price": price, "minimum": "300 CNY", "maximum": "500 CNY"}
    use = {"tariff": "t", "count": 2}
    tariffs = {"t": tariff | {"tax": {"basis": "exempt"}}}
    ledger = one_box(road(price="0 CNY"), lift(charges=[use]), tariffs=tariffs)
    assert ledger.columns["amount"][1] == 2 * cents


def test_exchange_is_by_the_date_of_the_posting(journey: Callable[..., Any]) -> None:
    # HKD 2,140 at 0.9 on 1 June, at 0.8 on 2 June
    made = journey(
        visits=[
            (0, 0, 0, 0, HOUR, NONE),
            (0, 1, HOUR, HOUR, DAY - 1, NONE),
            (1, 0, 0, 0, HOUR, NONE),
            (1, 1, HOUR, HOUR, DAY, NONE),
        ],
        delivered=[DAY - 1, DAY],
        steps=LEGS,
        sizes=BOX,
        **world(road(price="0 CNY"), lift(price="HKD 2140/box")),
    )
    ledger = ledger_of(made)
    lifted = ledger.where(activity="handling")
    assert ledger.columns["amount"][lifted].tolist() == [214_000, 214_000]
    assert ledger.columns["amount_cny"][lifted].tolist() == [192_600, 171_200]


def test_a_large_sum_is_exchanged_to_the_cent_at_a_rate_of_nine_places(one_box: Callable[..., Ledger]) -> None:
    fine = {"HKD": {"rates": [{"rate": "0.912345678 CNY", "on": "2026-05-01"}], "hold_last": "2027-01-01"}}
    ledger = one_box(road(price="0 CNY"), lift(price="HKD 9876543210/box"), money={"rates": fine})
    lifted = ledger.where(activity="handling")
    # 9,876,543,210 x 0.912345678 is 9,010,821,511.2237 CNY; the cents times the rate's numerator are beyond 64 bits
    assert ledger.columns["amount_cny"][lifted].tolist() == [901082151122]


def test_a_tariff_is_posted_only_while_it_is_valid(journey: Callable[..., Any]) -> None:
    made = journey(
        visits=[(who, 0, 0, 0, DAY - 1 + who, NONE) for who in range(2)],
        delivered=[DAY - 1, DAY],
        steps=LEGS[:1],
        sizes=BOX,
        **world(
            road(charges=["june first", "later"]),
            tariffs={
                "june first": {"activity": "line_haul", "price": "5 CNY", "tax": TAX_FREE, "valid": "2026-06-01"},
                "later": {
                    "activity": "line_haul",
                    "price": "6 CNY",
                    "tax": TAX_FREE,
                    "valid": "2026-06-02 to 2027-01-01",
                },
            },
        ),
    )
    assert rows(ledger_of(made), "consignment", "amount_cny") == [(0, 500), (1, 600)]


def test_charges_at_delivery_are_those_of_the_route_that_was_taken(journey: Callable[..., Any]) -> None:
    # two routes, the second joined by the second consignment; each has its own fee
    parts = world(road(price="0 CNY"), per_consignment=("fee",))
    other = {"steps": [road(price="0 CNY")], "charges_per_consignment": ["other fee"]}
    parts["routes"]["way"]["steps"].insert(
        0, {"full": {"switch": {"queue_at": "crane", "over": 3}, "to": "other", "join": "road"}}
    )
    fee = {"activity": "delivery", "price": "5 CNY", "tax": TAX_FREE}
    legs = [{"name": "full", "kind": "switch"}, LEGS[0], LEGS[0] | {"route": "other"}]
    visits = [(0, 0, 0, 0, 0, NONE), (0, 1, 0, 0, HOUR, NONE), (1, 0, 0, 0, 0, NONE), (1, 2, 0, 0, HOUR, NONE)]
    tariffs = {"fee": fee, "other fee": fee | {"price": "6 CNY"}}
    made = journey(
        visits=visits,
        delivered=[HOUR] * 2,
        steps=legs,
        sizes=BOX,
        **parts | {"routes": parts["routes"] | {"other": other}, "tariffs": tariffs},
    )
    ledger = ledger_of(made)
    found = ledger.where(activity="delivery")
    assert ledger.columns["amount_cny"][found].tolist() == [500, 600]


def test_every_visit_is_charged_and_what_was_not_passed_is_not(journey: Callable[..., Any]) -> None:
    made = journey(
        visits=[(0, 0, 0, 0, 1, NONE), (0, 0, 1, 1, 2, NONE), (0, 1, 2, 2, NONE, NONE)],
        delivered=[NONE],
        steps=LEGS,
        sizes=BOX,
        **world(road(price="7 CNY/box"), lift(price="9 CNY/box")),
    )
    assert ledger_of(made).columns["amount_cny"].tolist() == [700, 700]


def batched(journey: Callable[..., Any], *steps: dict[str, Any], **parts: Any) -> Any:
    """Three pallets of 1, 2 and 3 t: the first two share a box that the second leads, the third waits on."""
    pallets = [{"mass": 1000.0 * (n + 1), "pallet": 1, "box": 0.05, "teu": 0.1} for n in range(3)]
    visits = [(n, 0, 0, 0, HOUR, NONE) for n in range(3)]
    visits += [(0, 1, HOUR, 2 * HOUR, 2 * HOUR, 1), (1, 1, HOUR, 2 * HOUR, 2 * HOUR, 1), (2, 1, HOUR, NONE, NONE, NONE)]
    visits += [(1, 2, 2 * HOUR, 2 * HOUR, 3 * HOUR, NONE)]
    return journey(
        visits=visits,
        delivered=[3 * HOUR, 3 * HOUR, NONE],
        steps=BATCHED,
        sizes=pallets,
        becomes={"box": 1000, "teu": 2000},
        **world(*steps, **parts),
    )


def test_members_pay_for_themselves_before_a_batch_and_not_after_it(journey: Callable[..., Any]) -> None:
    truck = {"truck": {"road": "A to A", "takes": "1 h", "price": "10 CNY/t"}}
    load = {"load": {"batch": "20 pallets", "price": "30 CNY/box"}}
    made = batched(journey, truck, load, lift(price="40 CNY/t"))
    assert rows(ledger_of(made), "consignment", "step", "amount_cny") == [
        (0, 0, 1000),
        (1, 0, 2000),
        (2, 0, 3000),  # 10 CNY a tonne each
        (1, 1, 3000),  # one box is stuffed
        (1, 2, 12_000),  # 40 CNY x 3 t
    ]


def test_charges_at_delivery_are_each_consignments_own(journey: Callable[..., Any]) -> None:
    truck, load = {"truck": {"road": "A to A", "takes": "1 h", "price": "0 CNY"}}, {"load": {"batch": "20 pallets"}}
    fee = {"activity": "delivery", "price": ["5 CNY", "1 CNY/t"], "payer": "consignee", "tax": {"basis": "exempt"}}
    made = batched(journey, truck, load, lift(price="0 CNY"), per_consignment=("fee",), tariffs={"fee": fee})
    ledger = ledger_of(made)
    found = ledger.where(tariff="fee")
    assert ledger.columns["consignment"][found].tolist() == [0, 1]
    assert ledger.columns["amount_cny"][found].tolist() == [600, 700]
    assert ledger.columns["step"][found].tolist() == [NONE, NONE]


def test_background_and_other_flows_terms(journey: Callable[..., Any]) -> None:
    visits = [(who, 0, 0, 0, HOUR, NONE) for who in range(3)]
    made = journey(
        visits=visits,
        delivered=[HOUR] * 3,
        steps=LEGS[:1],
        sizes=BOX,
        flow_of=[0, 1, 2],
        flows={"a": {"terms": {"incoterm": "DAP", "place": "B"}}, "b": {}, "others": {}},
        **world(road(price="7 CNY/box")),
    )
    program = made.lowered.program
    program = replace(program, flows=(*program.flows[:2], replace(program.flows[2], background=True)))
    ledger = ledger_of(made, program=program)
    assert rows(ledger, "consignment", "flow", "payer") == [(0, 0, "shipper"), (1, 1, "consignee")]


def subsidised(journey: Callable[..., Any], **subsidy: Any) -> list[tuple[Any, ...]]:
    """Three boxes pass the road at 3 h, 1 h and 2 h; the fourth was released after the window of ten days."""
    visits = [
        (0, 0, 0, 0, 3 * HOUR, NONE),
        (1, 0, 0, 0, HOUR, NONE),
        (2, 0, 0, 0, 2 * HOUR, NONE),
        (3, 0, 11 * DAY, 11 * DAY, 12 * DAY, NONE),
    ]
    rule = {"step": "road", "amount": "1000 CNY/box", "recipient": "carrier", "pass_through": "60 %"} | subsidy
    made = journey(
        visits=visits,
        delivered=[3 * HOUR, HOUR, 2 * HOUR, 12 * DAY],
        steps=LEGS[:1],
        sizes=BOX,
        release=[0, 0, 0, 11 * DAY],
        **world(road(price="5000 CNY/box"), subsidies={"aid": rule}),
    )
    ledger = ledger_of(made)
    chosen = ledger.where(activity="subsidy")
    assert set(np.array(ledger.words["payee"])[ledger.columns["payee"][chosen]]) <= {"government"}
    every = rows(ledger, "consignment", "payer", "amount_cny")
    return [row for row, wanted in zip(every, chosen, strict=True) if wanted]


def test_a_subsidy_is_passed_through_in_part(journey: Callable[..., Any]) -> None:
    assert subsidised(journey) == [
        (0, "consignee", -60_000),
        (1, "consignee", -60_000),
        (2, "consignee", -60_000),
        (0, "carrier", -40_000),
        (1, "carrier", -40_000),
        (2, "carrier", -40_000),
    ]


def test_a_subsidy_to_the_shipper_is_whole(journey: Callable[..., Any]) -> None:
    assert subsidised(journey, recipient="shipper") == [(who, "shipper", -100_000) for who in range(3)]


def test_a_cap_is_used_up_in_the_order_of_time(journey: Callable[..., Any]) -> None:
    # 1,500 CNY: the box at 1 h gets 1,000, that at 2 h 500, that at 3 h nothing
    assert subsidised(journey, cap="1500 CNY", recipient="shipper") == [
        (1, "shipper", -100_000),
        (2, "shipper", -50_000),
    ]


def test_nothing_is_paid_below_the_threshold(journey: Callable[..., Any]) -> None:
    assert len(subsidised(journey, threshold=3, recipient="shipper")) == 3
    assert subsidised(journey, threshold=4) == []


def railway(journey: Callable[..., Any], background: list[int]) -> Ledger:
    """Two own boxes of 2 and 1 TEU on the first of three departures; the third is cancelled. 1,000 CNY each."""
    line = {"mode": "rail", "from": "A", "to": "B", "departs": "daily 20:00", "capacity": "50 TEU", "takes": "10 h"}
    visits = [(0, 0, 0, HOUR, 9 * HOUR, 0), (1, 0, 0, HOUR, 9 * HOUR, 0)]
    sizes = [{"box": 1, "teu": 2, "mass": 1}, {"box": 1, "teu": 1, "mass": 1}]
    made = journey(
        visits=visits,
        delivered=[9 * HOUR] * 2,
        sizes=sizes,
        steps=[{"name": "rail", "kind": "board", "mode": "rail", "destination": "B", "service": "rail"}],
        **world(
            {"rail": {"board": "rail", "price": "400 CNY/box"}},
            services={"rail": line | {"cost_per_departure": "1000 CNY"}},
        ),
    )
    program = replace(made.lowered.program, code=(Instruction(Op.BOARD, NONE, 0),), service_names=("rail",))
    none, wide = np.zeros(3, np.int64), np.zeros((3, len(MEASURES)), np.int64)
    taken = wide.copy()
    taken[:, MEASURES.index("teu")] = background
    departures = Departures(none, np.arange(3), none, none, none, wide, taken, none)
    table = np.array([[0, n, state, 0, n * HOUR, 9 * HOUR, NONE, NONE, 0] for n, state in enumerate((1, 1, 2))])
    made = replace(
        made, inputs=replace(made.inputs, departures=departures), trace=replace(made.trace, departures=table, own=wide)
    )
    return ledger_of(made, program=program)


def test_a_departure_is_divided_over_its_actual_load(journey: Callable[..., Any]) -> None:
    ledger = railway(journey, [4000, 0, 0])
    resource = ledger.columns["view"] == 1
    found = [
        row
        for row, mine in zip(rows(ledger, "consignment", "departure", "payee", "amount_cny"), resource, strict=True)
        if mine
    ]
    # 100,000 cents over 2 + 1 + 4 TEU: 28,571.43, 14,285.71, 57,142.86; the cents left go to .86 and .71
    assert found == [
        (0, 0, "operator", 28_571),
        (1, 0, "operator", 14_286),
        (NONE, 0, "others", 57_143),
        (NONE, 1, "nobody", 100_000),
    ]


def test_the_operators_gap_is_price_less_resource(journey: Callable[..., Any]) -> None:
    # 800.00 - 285.71 - 142.86 CNY on our cargo
    assert operator_gap(railway(journey, [4000, 0, 0])) == {0: 80_000 - 28_571 - 14_286}
    price = railway(journey, [4000, 0, 0]).where(view="price")
    assert railway(journey, [4000, 0, 0]).columns["departure"][price].tolist() == [0, 0]
