"""Prices of a scenario become exact charges, payers and problems."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from corridor_sim.catalog.values import read_priced
from corridor_sim.errors import InputError
from corridor_sim.network.info import StepInfo
from corridor_sim.network.payers import inside_through_bill
from corridor_sim.network.rates import MILLION, Basis, Rate, lower_price, parse_tax
from corridor_sim.network.tariffs import Tariffs, lower_tariffs
from corridor_sim.scenario.calendars import parse_clock
from corridor_sim.scenario.model import Route, Scenario
from corridor_sim.units import UnitProblem

STEPS: list[dict[str, Any]] = [
    {"drayage": {"road": "farm to CKG", "takes": "4 h", "km": "60 km", "price": "1800 CNY/FEU"}},
    {"rail": {"board": "rail", "price": ["500 CNY/box", "3 CNY/box/km"]}},
    {"lift": {"at": "crane", "takes": "1 h", "charges": ["thc"]}},
    {"feeder": {"board": "feeder", "price": "2000 CNY/box"}},
    {"delivery": {"road": "HKG to market", "takes": "2 h", "price": "900 CNY"}},
]
PLACES = {
    "drayage": ("farm", "CKG"),
    "rail": ("CKG", "QZH"),
    "lift": ("QZH", "QZH"),
    "feeder": ("QZH", "HKG"),
    "delivery": ("HKG", "market"),
}
KINDS = {"drayage": "move", "rail": "board", "lift": "work", "feeder": "board", "delivery": "move"}
KM = {"drayage": 60, "rail": 1000, "feeder": 800}
THC = {"activity": "terminal_handling", "price": "HKD 2140/box", "payee": "terminal", "tax": {"basis": "exempt"}}
HKD = {"HKD": {"rates": [{"rate": "0.9 CNY", "on": "2026-05-01"}], "hold_last": "2027-01-01"}}


def infos(kinds: dict[str, str]) -> tuple[StepInfo, ...]:
    return tuple(
        StepInfo(
            "way",
            name,
            kinds[name],
            "road" if kinds[name] == "move" else "",
            *PLACES[name],
            Fraction(KM.get(name, 0)),
            row,
            service=name if kinds[name] == "board" else "",
        )
        for row, name in enumerate(PLACES)
    )


def lowered(
    steps: dict[str, Any] | None = None,
    terms: tuple[str, str] = ("FOB", "QZH"),
    money: dict[str, Any] | None = None,
    route: dict[str, Any] | None = None,
    kinds: dict[str, str] | None = None,
    **parts: Any,
) -> Tariffs:
    """Lower the small world with some steps, the Incoterm and other parts replaced."""
    line = {"departs": "daily 20:00", "capacity": "50 TEU", "takes": "10 h"}
    raw = {
        "corridor_sim": 1,
        "name": "small",
        "title": "Small",
        "question": "Who pays what?",
        "clock": {"start": "2026-06-01 00:00", "measure": "2026-06-01 to 2026-06-30", "follow_up": "30 d"},
        "money": {"price_year": 2026, "time_cost": {"finance_only": "5 %"}, "reliability": {"none": True}, "rates": HKD}
        | (money or {}),
        "places": {key: {"name": f"{key} town", "at": [20, 110]} for key in ("farm", "CKG", "QZH", "HKG", "market")},
        "boxes": {"40RF": {"teu": 2, "payload": "25 t"}, "20GP": {"teu": 1, "payload": "20 t"}},
        "facilities": {"crane": {"at": "QZH"}},
        "services": {
            "rail": {"mode": "rail", "from": "CKG", "to": "QZH", "km": "1000 km", **line},
            "feeder": {"mode": "sea", "from": "QZH", "to": "HKG", **line},
        },
        "tariffs": {"thc": THC},
        "routes": {
            "way": {
                "box": {"type": "40RF", "owner": "coc"},
                "steps": [{name: (steps or {}).get(name, body)} for step in STEPS for name, body in step.items()],
            }
            | (route or {})
        },
        "flows": {
            "fruit": {
                "route": "way",
                "terms": {"incoterm": terms[0], "place": terms[1]},
                "arrives": {"poisson": "1 boxes per day"},
                "size": "1 boxes",
                "weight": "20 t",
                "value": "10000 CNY/t",
                "due": {"within": "5 d"},
            }
        },
        "baseline": "today",
        "alternatives": {"today": {}},
    }
    scenario = Scenario.model_validate(raw | parts)
    return lower_tariffs(
        scenario, infos(KINDS | (kinds or {})), parse_clock(scenario.clock.start, scenario.clock.timezone)
    )


def problems(**changes: Any) -> list[str]:
    with pytest.raises(InputError) as caught:
        lowered(**changes)
    return [str(problem) for problem in caught.value.problems]


def rates(text: str, **basis: Any) -> tuple[Rate, ...]:
    return lower_price(read_priced(text), Basis(**basis))


def test_distance_becomes_part_of_the_price() -> None:
    # 500 + 3 x 1000 km = 3,500 CNY a box
    rail = next(charge for charge in lowered().charges if charge.name == "way/rail")
    assert rail.rates == (Rate(Fraction(3500 * MILLION), "box"),)
    assert rail.currency == "CNY"


def test_price_units_say_what_is_counted() -> None:
    counted = {
        "10 CNY": "passage",
        "10 CNY/bill": "passage",
        "10 CNY/declaration": "passage",
        "10 CNY/TEU": "teu",
        "10 CNY/kg": "mass",
        "10 CNY/ckg": "chargeable_kg",
        "10 CNY/pallet": "pallet",
        "10 CNY/ULD": "uld",
        "10 CNY/consignment": "passage",
        "10 CNY/L": "volume",
    }
    assert {text: rates(text) for text in counted} == {
        text: (Rate(Fraction(10 * MILLION), measure),) for text, measure in counted.items()
    }
    assert rates("0.5 CNY/t/km", km=Fraction(200)) == (Rate(Fraction(MILLION, 10), "mass"),)
    assert rates("36 CNY/box/h") == (Rate(Fraction(MILLION, 100), "box", timed=True),)


@pytest.mark.parametrize(
    ("text", "teu", "message"),
    [
        ("10 CNY/FEU", 1, "box of 1 TEU"),
        ("10 CNY/FEU", None, "no box"),
        ("10 CNY/box/km", 2, "no distance"),
        ("10 CNY/box/kg", 2, "two things"),
        ("10 CNY/departure", 2, "departure"),
    ],
)
def test_prices_that_cannot_be_counted_say_why(text: str, teu: int | None, message: str) -> None:
    with pytest.raises(UnitProblem, match=message):
        rates(text, box_teu=None if teu is None else Fraction(teu))


def test_tax_in_words() -> None:
    assert parse_tax("included 9 %").net == Fraction(100, 109)
    assert parse_tax("included 9 %, not recoverable").net == 1
    assert parse_tax("excluded 6 %").net == 1
    assert parse_tax("excluded 6 %, not recoverable").net == Fraction(106, 100)
    assert [parse_tax(text).net for text in ("zero_rated", "exempt", "unknown 9 %", "")] == [1, 1, 1, 1]
    with pytest.raises(UnitProblem, match="no tax"):
        parse_tax("plus VAT")


def test_activities_follow_from_the_kind_of_step() -> None:
    found = {charge.name: charge.activity for charge in lowered().charges}
    assert found == {
        "way/drayage": "drayage",
        "way/rail": "line_haul",
        "thc": "terminal_handling",
        "way/feeder": "line_haul",
        "way/delivery": "drayage",
    }
    assert lowered().cost_classes()["thc"] == "transport"
    assert lowered(tariffs={"thc": {**THC, "cost_class": "management"}}).cost_classes()["thc"] == "management"


@pytest.mark.parametrize(
    ("terms", "paid_by_shipper"),
    [
        (("EXW", "QZH"), []),
        (("FCA", "CKG"), ["drayage"]),
        (("FOB", "QZH"), ["drayage", "rail", "lift"]),
        (("CFR", "QZH"), ["drayage", "rail"]),
        (("CIF", "HKG"), ["drayage", "rail", "lift", "feeder"]),
        (("DAP", "market town"), ["drayage", "rail", "lift", "feeder", "delivery"]),
        (("DDP", "market"), ["drayage", "rail", "lift", "feeder", "delivery"]),
        (("FCA", "farm"), []),
    ],
)
def test_incoterms_divide_the_route(terms: tuple[str, str], paid_by_shipper: list[str]) -> None:
    payers = lowered(terms=terms).payers["fruit"]
    assert [name for name, payer in zip(PLACES, payers, strict=True) if payer == "shipper"] == paid_by_shipper


def test_a_named_place_off_the_route_is_a_problem() -> None:
    assert any(
        'flows.fruit.terms.place: "QZ" is no place of route way' in line for line in problems(terms=("DAP", "QZ"))
    )


def test_unknown_tariffs_are_named_with_a_hint() -> None:
    lift = {"at": "crane", "takes": "1 h", "charges": ["thx"]}
    expected = 'routes.way.steps.lift.charges: "thx" is no tariff (did you mean "thc"?)'
    assert problems(steps={"lift": lift}) == [expected]


def test_nothing_is_free_by_accident() -> None:
    found = problems(steps={"lift": {"at": "crane", "takes": "1 h"}, "feeder": {"board": "feeder"}})
    assert [line.split(":")[0] for line in found] == ["routes.way.steps.lift", "routes.way.steps.feeder"]
    assert all("nothing is free by accident" in line for line in found)
    assert lowered(steps={"feeder": {"board": "feeder", "price": "0 CNY"}})


def test_a_price_of_a_missing_distance_is_a_problem() -> None:
    found = problems(steps={"delivery": {"road": "HKG to market", "takes": "2 h", "price": "9 CNY/km"}})
    assert len(found) == 1
    assert found[0].startswith("routes.way.steps.delivery.price")


def test_rates_must_cover_the_run() -> None:
    # the run ends on 2026-07-30
    short = {"rates": {"HKD": {"rates": [{"rate": "0.9 CNY", "on": "2026-05-01"}], "hold_last": "2026-07-29"}}}
    enough = {"rates": {"HKD": {"rates": [{"rate": "0.9 CNY", "on": "2026-05-01"}], "hold_last": "2026-07-30"}}}
    late = {"rates": {"HKD": {"rates": [{"rate": "0.9 CNY", "on": "2026-06-02"}], "hold_last": "2026-07-30"}}}
    assert "known until 2026-07-29" in problems(money=short)[0]
    assert "after the start of the run" in problems(money=late)[0]
    assert "thc is priced in HKD" in problems(money={"rates": {}})[0]
    assert "the delay penalty is priced in USD" in problems(money={"delay_penalty": "USD 500/consignment/day"})[0]
    assert lowered(money=enough).exchange["HKD"].rates == (Fraction("0.9"),)


def test_a_gap_between_validities_is_a_problem() -> None:
    june, july = ({**THC, "valid": f"2026-0{month}-01 to 2026-0{month}-30"} for month in (6, 7))
    lift = {"at": "crane", "takes": "1 h", "charges": ["june", "july"]}
    assert lowered(steps={"lift": lift}, tariffs={"june": june, "july": july})
    july["valid"] = "2026-07-03 to 2026-07-30"
    found = problems(steps={"lift": lift}, tariffs={"june": june, "july": july})
    assert found == ["routes.way.steps.lift.charges: no charge is valid on 2026-07-01"]


def test_discount_is_taken_off_the_price_and_limits_are_in_cents() -> None:
    tariff = {**THC, "price": "1000 CNY/box", "discount": "15 %", "minimum": "200 CNY", "maximum": "5000 CNY"}
    thc = next(charge for charge in lowered(tariffs={"thc": tariff}).charges if charge.name == "thc")
    assert thc.rates == (Rate(Fraction(850 * MILLION), "box"),)
    assert (thc.least_cents, thc.most_cents) == (20_000, 500_000)
    assert "one currency" in problems(tariffs={"thc": {**tariff, "minimum": "HKD 200"}})[0]


def test_relay_handling_is_inside_a_through_bill() -> None:
    through = {"contracts": [{"from": "CKG", "to": "HKG", "terms": "through bill"}]}
    ending = {"contracts": [{"from": "CKG", "to": "QZH", "terms": "through bill"}]}
    merchant = {"contracts": [{"from": "CKG", "to": "HKG", "terms": "merchant"}]}
    names = [[charge.name for charge in lowered(route=route).charges] for route in (through, ending, merchant)]
    assert ["thc" in found for found in names] == [False, True, True]


def test_handling_at_the_ports_of_a_through_bill_is_charged() -> None:
    places = ["CKG", "CKG", "CKG-QZH", "QZH", "QZH-HKG", "HKG", "HKG", "HKG-market", "market"]
    steps = [
        StepInfo("way", str(row), "work", "", text.split("-")[0], text.split("-")[-1], Fraction(0), row)
        for row, text in enumerate(places)
    ]
    contract = {"from": "CKG", "to": "HKG", "terms": "through bill"}
    route = Route.model_validate({"contracts": [contract], "steps": [{"rest": {"wait": "1 h"}}]})
    assert inside_through_bill(route, range(len(steps)), steps) == {3}


def test_clock_words_are_checked() -> None:
    def with_clock(**words: Any) -> dict[str, Any]:
        clock = {"starts": "end of rail", "stops": "start of feeder", "tiers": [{"price": "40 CNY/box"}]}
        lift = {"at": "crane", "takes": "1 h", "charges": ["thc", "yard"]}
        yard = {"activity": "storage", "clock": clock | words, "tax": {"basis": "exempt"}}
        return {"steps": {"lift": lift}, "tariffs": {"thc": THC, "yard": yard}}

    assert 'did you mean "rail"?' in problems(**with_clock(starts="end of rial"))[0]
    assert "is no event" in problems(**with_clock(stops="rail"))[0]
    assert "sets the mark" in problems(**with_clock(stops="mark yard"))[0]
    bounded = {"up_to": 3, "price": "40 CNY/box"}
    for tiers in ([bounded], [{"price": "40 CNY/box"}, bounded], [bounded, bounded, {"price": "40 CNY/box"}]):
        assert "tiers rise" in problems(**with_clock(tiers=tiers))[0]
    daily = with_clock(tiers=[{"price": "48 CNY/box/day"}], unit="hour")
    clock = next(charge.clock for charge in lowered(**daily).charges if charge.clock)
    assert clock.tiers[0].rates == (Rate(Fraction(2 * MILLION), "box"),)


def test_the_grade_of_a_price_is_kept() -> None:
    price = {"assume": "900 CNY", "range": ["500 CNY", "1200 CNY"], "because": "a guess", "price_year": 2024}
    tariffs = lowered(steps={"delivery": {"road": "HKG to market", "takes": "2 h", "price": price}})
    kept = tariffs.provenance()["way/delivery"]
    assert (kept.grade, kept.price_year) == ("assumption", 2024)


def test_time_is_priced_only_where_some_passes() -> None:
    hourly = {"price": "5 CNY/h"}
    assert lowered(steps={"lift": {"at": "crane", "takes": "1 h", **hourly}})
    found = problems(steps={"lift": {"mark": "yard", **hourly}}, kinds={"lift": "mark"})
    assert len(found) == 1
    assert "a mark step takes none" in found[0]


def test_customs_channels_are_priced_by_declaration_and_inspection() -> None:
    channel = {"selected": "5 %", "price": "100 CNY", "inspection_price": "400 CNY"}
    check = {"steps": {"lift": {"customs": "export", "channel": "ordinary"}}, "kinds": {"lift": "customs"}}
    assert "no `inspection`" in problems(**check, customs_channels={"ordinary": channel})[0]
    del channel["inspection_price"]
    charges = lowered(**check, customs_channels={"ordinary": channel}).charges
    assert [(c.name, c.activity, c.payee) for c in charges if c.step == 2] == [
        ("ordinary declaration", "declaration", "customs")
    ]


def test_only_services_in_use_have_costs_of_departures() -> None:
    line = {
        "departs": "daily 20:00",
        "capacity": "50 TEU",
        "takes": "10 h",
        "from": "CKG",
        "to": "QZH",
        "km": "1000 km",
    }
    price = {"published": "109 CNY/km", "source": "x", "tax": "included 9 %"}
    trains = {name: {"mode": "rail", **line, "cost_per_departure": price} for name in ("rail", "other", "feeder")}
    del trains["feeder"]["cost_per_departure"]
    costs = lowered(services=trains).departure_costs
    # 109 CNY x 1,000 km less 9 % VAT
    assert [(cost.service, cost.cents, cost.measure) for cost in costs] == [("rail", 10_000_000, "teu")]


def test_a_departure_has_one_cost_and_a_known_tax() -> None:
    def found(price: Any) -> list[str]:
        line = {"mode": "rail", "from": "CKG", "to": "QZH", "departs": "daily 20:00", "capacity": "50 TEU"}
        train = {**line, "takes": "10 h", "cost_per_departure": price}
        return problems(services={"rail": train, "feeder": {**train, "cost_per_departure": None}})

    path = "services.rail.cost_per_departure"
    assert found("90000 CNY/box") == [
        f'{path}: "90000 CNY/box" is per something; expected a plain amount such as "500 CNY"'
    ]
    assert found({"published": "90000 CNY", "source": "x", "tax": "plus VAT"}) == [
        f'{path}: "plus VAT" is no tax; expected such as "included 9 %", "excluded 6 %", "zero_rated"'
    ]


def test_subsidies() -> None:
    subsidy = {"step": "rail", "amount": "1000 CNY/FEU", "recipient": "carrier", "pass_through": "60 %"}
    rule = lowered(subsidies={"rail": {**subsidy, "cap": "5000 CNY"}}).subsidies[0]
    assert rule.places == ((1, (Rate(Fraction(1000 * MILLION), "feu"),)),)
    assert rule.most_cents == 500_000
    # a cap is one amount for all boxes
    (found,) = problems(subsidies={"rail": {**subsidy, "cap": "5000 CNY/box"}})
    assert found == 'subsidies.rail: "5000 CNY/box" is per something; expected a plain amount such as "500 CNY"'
