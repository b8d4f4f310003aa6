"""Emissions against published intensities (GLEC v3.2) times distance and load."""

import pytest

from corridor_sim.economics import emissions as room
from corridor_sim.economics.cargo import Cargo
from corridor_sim.economics.emissions import Emissions, carbon_of, elements_of
from corridor_sim.economics.ledger import Postings
from corridor_sim.engine.program import NONE


def emissions(cargo: Cargo) -> Emissions:
    return room.emissions(cargo, elements_of(cargo.lowered))


AIR = {"air": {"wtw": "1.516", "ttw": "1.255", "per": "tonne_km"}}
SEA = {"sea": {"wtw": "0.0717", "ttw": "0.059", "per": "teu_km"}}
RAIL = {"rail": {"wtw": "0.0184", "ttw": "0.0184", "per": "tonne_km"}}
HUB = {"hub": {"wtw": "1.2", "ttw": "0", "per": "tonne"}}
FLIGHT = {"kind": "board", "mode": "air", "origin": "A", "destination": "B", "km": "1097 km"}
VOYAGE = {"kind": "board", "mode": "sea", "origin": "A", "destination": "B", "km": "1000 km"}
TRAIN = {"kind": "board", "mode": "rail", "origin": "A", "destination": "B", "km": "1000 km"}


def through(journey, steps, factors, sizes=None, **more):
    """Return a journey of one consignment through all steps, an hour each."""
    visits = [(0, step, step, step, step + 1, NONE) for step in range(len(steps))]
    money = {"emissions": factors} | more.pop("money", {})
    return journey(visits=visits, delivered=[len(steps)], steps=steps, money=money, sizes=sizes, **more)


def test_a_tonne_by_freighter_from_chongqing_to_hong_kong(journey):
    """1,516 g/tkm x 1,097 km = 1.663 t CO2e well-to-wheel, 1,255 g/tkm = 1.377 t tank-to-wheel."""
    emitted = emissions(through(journey, [FLIGHT], AIR).cargo())
    assert emitted.wtw_kg.tolist() == [pytest.approx([1663.052])]
    assert emitted.ttw_kg.tolist() == [pytest.approx([1376.735])]


def test_ships_count_teu_and_boxes_of_any_weight_emit_the_same(journey):
    """71.7 g/TEU-km x 2 TEU x 1,000 km = 143.4 kg."""
    for kg in (5000, 25000):
        emitted = emissions(through(journey, [VOYAGE], SEA, {"mass": kg, "teu": 2, "box": 1}).cargo())
        assert emitted.wtw_kg.tolist() == [pytest.approx([143.4])]


def test_a_mode_without_factor_makes_the_whole_figure_unavailable(journey):
    emitted = emissions(through(journey, [FLIGHT, VOYAGE], AIR).cargo())
    assert emitted.wtw_kg is None and emitted.ttw_kg is None
    assert tuple(map(str, emitted.remarks)) == (
        'emissions of way/step 1: money.emissions has no "sea" that can be counted here',
    )


def test_a_leg_without_km_is_not_free(journey):
    emitted = emissions(through(journey, [FLIGHT | {"km": "0 km"}], AIR).cargo())
    assert emitted.wtw_kg is None
    assert tuple(map(str, emitted.remarks)) == ("emissions of way/step 0: its km are not given",)


def test_a_factor_nobody_needs_may_be_missing(journey):
    """The second step is in the scenario, but no consignment went through it."""
    trip = journey(visits=[(0, 0, 0, 0, 1, NONE)], delivered=[1], steps=[FLIGHT, VOYAGE], money={"emissions": AIR})
    assert emissions(trip.cargo()).wtw_kg.tolist() == [pytest.approx([1663.052, 0])]


def test_what_has_not_started_has_not_emitted(journey):
    trip = journey(visits=[(0, 0, 0, NONE, NONE, NONE)], delivered=[NONE], steps=[FLIGHT], money={"emissions": AIR})
    assert emissions(trip.cargo()).wtw_kg.tolist() == [[0.0]]


def test_plugged_loads_use_the_reefer_factor(journey):
    """GLEC: 142.3 g/TEU-km for reefers by sea in place of 71.7; else the extra of `reefer` comes on top."""
    sizes = {"mass": 20000, "teu": 2, "plug": 1, "box": 1}
    own = SEA | {"reefer_sea": {"wtw": "0.1423", "ttw": "0.117", "per": "teu_km"}}
    extra = SEA | {"reefer": {"wtw": "0.03", "ttw": "0", "per": "teu_km"}}
    assert emissions(through(journey, [VOYAGE], own, sizes).cargo()).wtw_kg.tolist() == [pytest.approx([284.6])]
    assert emissions(through(journey, [VOYAGE], extra, sizes).cargo()).wtw_kg.tolist() == [pytest.approx([203.4])]
    assert emissions(through(journey, [VOYAGE], SEA, sizes).cargo()).wtw_kg is None


def test_a_place_is_one_hub_however_finely_it_is_modelled(journey):
    """Yard and crane at A are one hub, B another: 1.2 kg/t x 10 t each; customs is no chain element."""
    yard, crane, check = ({"kind": kind, "origin": "A"} for kind in ("seize", "work", "customs"))
    gate = {"kind": "work", "origin": "B"}
    emitted = emissions(through(journey, [yard, check, crane, TRAIN, gate], HUB | RAIL, {"mass": 10000}).cargo())
    assert emitted.wtw_kg.tolist() == [pytest.approx([12, 0, 0, 184, 12])]


def test_a_load_is_divided_among_its_members_by_mass(journey):
    """1 t and 3 t share a 40 ft box (2 TEU) by sea after 1 km of rail each."""
    short = TRAIN | {"km": "1 km"}
    trip = journey(
        visits=[
            (0, 0, 0, 0, 1, NONE),
            (0, 1, 1, 2, 2, 0),
            (0, 2, 2, 2, 3, NONE),
            (1, 0, 0, 0, 1, NONE),
            (1, 1, 1, 2, 2, 0),
        ],
        delivered=[3, 3],
        steps=[short, {"kind": "batch"}, VOYAGE],
        sizes=[{"mass": 1000, "teu": 0.5}, {"mass": 3000, "teu": 0.5}],
        becomes={"teu": 2000, "box": 1000},
        money={"emissions": SEA | RAIL},
    )
    emitted = emissions(trip.cargo())
    assert emitted.wtw_kg.tolist() == [pytest.approx([0.0184, 0, 143.4 / 4]), pytest.approx([0.0552, 0, 143.4 * 3 / 4])]


BOXES = {"boxes": {"40HQ": {"teu": "2", "payload": "26 t", "tare": "4 t"}}}
PLACES = {"places": {name: {"name": name, "at": [29, 106]} for name in "ABC"}}


def route(**box):
    steps = [{"rest": {"wait": "1 h"}}]
    return BOXES | PLACES | {"routes": {"way": {"box": {"type": "40HQ", "owner": "coc"} | box, "steps": steps}}}


def test_the_empty_box_is_brought_back_where_its_km_are_known(journey):
    """10 t and back 4 t of tare over 1,000 km at 18.4 g/tkm: 184 + 73.6 kg; half the 73.6 if half are reused."""
    for box, expected in (({}, 257.6), ({"reuse": "50 %"}, 220.8)):
        sizes = {"mass": 10000, "teu": 2, "box": 1}
        trip = through(journey, [TRAIN], RAIL, sizes, **route(return_to="A", **box))
        emitted = emissions(trip.cargo())
        assert emitted.wtw_kg.tolist() == [pytest.approx([expected])]
        assert emitted.remarks == ()


def test_an_empty_leg_of_unknown_length_is_said_to_be_left_out(journey):
    trip = through(journey, [TRAIN], RAIL, {"mass": 10000, "teu": 2, "box": 1}, **route(empty_from="C"))
    emitted = emissions(trip.cargo())
    assert emitted.wtw_kg.tolist() == [pytest.approx([184])]
    assert tuple(map(str, emitted.remarks)) == (
        "emissions of the empty box from C to A: left out, km, mode or tare not known",
    )


def test_carbon_at_the_price_of_the_chinese_market(journey, cents):
    """1.663052 t x 62.36 CNY/t = 103.71 CNY per tonne by air, about 0.10 CNY/kg; posted at its step."""
    cargo = through(journey, [FLIGHT], AIR, money={"carbon": {"price": "62.36 CNY/t"}}).cargo()
    postings = Postings()
    room.post_carbon(cargo, carbon_of(cargo.lowered), emissions(cargo), postings)
    assert cents(postings, 1, activity="carbon", base="carbon") == [103_71]
    assert postings.ledger().columns["step"].tolist() == [0]


def test_no_carbon_is_posted_where_emissions_are_not_available(journey):
    cargo = through(journey, [FLIGHT], {}, money={"carbon": {"price": "62.36 CNY/t"}}).cargo()
    postings = Postings()
    room.post_carbon(cargo, carbon_of(cargo.lowered), emissions(cargo), postings)
    assert postings.entries == []
