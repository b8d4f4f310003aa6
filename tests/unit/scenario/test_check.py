"""Checks of a whole scenario: what the rules of WORLD.md, MONEY.md and EVIDENCE.md allow, and what they refuse."""

from __future__ import annotations

import gc
from fractions import Fraction
from pathlib import Path

import pytest
from pydantic import ValidationError

from corridor_sim.errors import InputError
from corridor_sim.reading.yaml_reader import Document, read_yaml
from corridor_sim.scenario.goods import Flow
from corridor_sim.scenario.load import load
from corridor_sim.scenario.model import Box, Scenario
from corridor_sim.scenario.partial import check_valid_parts
from corridor_sim.scenario.sizes import consignment_amounts, load_amounts
from corridor_sim.scenario.steps import Batch

GOOD = Path(__file__).with_name("small.yaml").read_text(encoding="utf-8")


def edited(*changes):
    text = GOOD
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    return text


def messages(*changes):
    with pytest.raises(InputError) as caught:
        load(edited(*changes))
    return [str(problem) for problem in caught.value.problems]


def only_message(*changes):
    (message,) = messages(*changes)
    return message


BY_SEA = [("    mode: rail", "    mode: sea")]
RAILWAY_BOX = [("type: 40RF, owner: coc", "type: 40RF, owner: railway, may_go_to_sea: false")]


def test_a_box_that_may_not_go_to_sea_stays_on_land():
    load(edited(*RAILWAY_BOX))
    load(edited(*BY_SEA))
    assert "may not go to sea" in only_message(*RAILWAY_BOX, *BY_SEA)
    assert "may not go to sea" in only_message(*RAILWAY_BOX, ("road: Farm to Yard", "barge: Farm to Yard"))


def test_dry_boxes_need_no_plugs():
    no_plugs = ("capacity: [50 TEU, 8 plugs]", "capacity: [50 TEU]")
    dry = [
        ("type: 40RF, owner: coc", "type: 20GP, owner: coc"), ("20 pallets, or_after: 48", "10 pallets, or_after: 48"),
        ("units: 2 TEU", "units: 1 TEU"), ("1800 CNY/FEU", "1800 CNY/TEU"), ("6000 CNY/FEU", "6000 CNY/TEU"),
    ]  # fmt: skip
    load(edited(no_plugs, *dry))
    assert "needs plugs" in only_message(no_plugs)


def test_a_load_that_just_fits_is_accepted():
    # 20 pallets of 1300 kg are the payload of 26 t, of 3.35 m3 the 67 m3 of the box
    load(edited(("weight: 900 kg", "weight: 1300 kg"), ("volume: 1.5 m3", "volume: 3.35 m3")))
    assert len(messages(("weight: 900 kg", "weight: 1300.1 kg"))) == 1
    assert len(messages(("volume: 1.5 m3", "volume: 3.36 m3"))) == 1


def test_a_consignment_may_be_as_large_as_the_least_capacity_on_its_way():
    boxes = [
        ("      - pallets: {batch: 20 pallets, or_after: 48 h}\n", ""), ("size: 1 pallet", "size: 4 boxes"),
        ("100 pallets per week", "5 boxes per week"), ("flows.plums.route: by_truck", "flows.plums.priority: 1"),
        ("units: 2 TEU", "units: 8 TEU"),
    ]  # fmt: skip
    load(edited(*boxes, ("[50 TEU, 8 plugs]", "[8 TEU, 4 plugs]")))
    assert "takes 8 TEU, more than the 7 TEU" in only_message(*boxes, ("[50 TEU, 8 plugs]", "[7 TEU, 4 plugs]"))
    assert "takes 4 plugs, more than the 3 plugs" in only_message(*boxes, ("[50 TEU, 8 plugs]", "[50 TEU, 3 plugs]"))


def test_sizes_by_hand():
    box = Box.model_validate({"teu": 2, "payload": "26 t", "pallets": 20, "plugs": 1})
    flow = Flow.model_validate({
        "route": "r", "terms": {"incoterm": "EXW", "place": "p"}, "arrives": {"poisson": "1 pallet per day"},
        "size": "4 pallets", "weight": "2.8 t", "value": "1 CNY/t", "due": {"within": "1 day"},
    })  # fmt: skip
    one = consignment_amounts(flow, box)
    assert one == {"teu": Fraction(2, 5), "box": Fraction(1, 5), "plug": Fraction(1, 5), "uld": 0, "pallet": 4,
                   "mass": 2800, "volume": 0, "consignment": 1}  # fmt: skip
    # six consignments of four pallets would be more than 22 pallets, five of them are 20
    full = load_amounts(one, Batch.model_validate({"batch": "22 pallets"}), box)
    assert (full["pallet"], full["mass"], full["teu"], full["box"], full["consignment"]) == (20, 14000, 2, 1, 5)


def test_loops_are_bounded_and_take_time():
    gate = "steps: [look: {at: inspection, takes: 1 h, price: 0 CNY}], again: check, at_most: 2"
    load(edited((gate, "again: check, at_most: 2")))
    load(edited((gate, "steps: [look: {at: inspection, takes: 1 h, price: 0 CNY}], again: gate, at_most: 2")))
    no_time = ("ordinary: {declaration: 2 h, ", "ordinary: {")
    assert "the loop takes no time" in only_message((gate, "again: check, at_most: 2"), no_time)


def test_lanes_give_back_what_they_took():
    look = "look: {at: inspection, takes: 1 h, price: 0 CNY}"
    again = ", again: check, at_most: 2"
    assert "same things held" in messages((look + "]" + again, "look: {release: port yard}]"))[0]
    assert "end at different places" in only_message((f"{look}]{again}", "look: {road: Port to Farm, takes: 1 h}]"))
    taken = messages((look, "look: {seize: port yard, units: 2 TEU}"))
    assert "held here already" in taken[0]


def test_a_yard_that_the_train_unloads_into_is_held_from_then_on():
    seize = ("      - stack: {seize: port yard, units: 2 TEU}\n", "")
    load(edited(seize, ("charges: lift}", "charges: lift, enters: port yard}")))
    assert "is at Port, not at Yard" in messages(seize, ("charges: lift}", "charges: lift, leaves: port yard}"))[0]


def test_a_switch_may_join_a_route_where_it_stands():
    switch = "{switch: {next_departure_of: train, later_than: 30 h}, to: by_truck, join: truck}"
    load(edited(("      - haul:\n", f"      - late: {switch}\n      - haul:\n")))
    at_yard = ("- loading: {wait: {param: loading}}", f"- late: {switch}")
    assert 'step "truck" of route "by_truck" is at Farm, this one at Yard' in only_message(at_yard)


def test_switches_may_lead_on_but_not_back():
    there = "      - over: {switch: {queue_at: inspection, over: 3}, to: by_truck, join: truck}\n      - haul:\n"
    back = "24 h}\n      - back: {switch: {queue_at: inspection, over: 3}, to: by_rail, join: over}"
    load(edited(("      - haul:\n", there)))
    # who goes back from `back` to `over` joins `truck`, behind it
    load(edited(("      - haul:\n", there), ("24 h}", back)))
    circle = there.replace("join: truck", "join: back")
    found = messages(("      - haul:\n", circle), ("24 h}", back))
    assert len(found) == 2
    assert all("in a circle" in message for message in found)


def test_departures_are_bounded_over_all_services():
    every_minute = ("departs: daily 20:00", "departs: [every 1 min]")
    load(edited(every_minute))
    long = [("measure: 2026-06-08 to 2026-06-28", "measure: 2026-06-08 to 2029-06-28"), ("2026-12-31]", "2029-12-31]")]
    assert any("more than 1000000 departures" in message for message in messages(every_minute, long[0]))


def test_a_run_ends_while_calendars_are_known():
    late = [("start: 2026-06-01", "start: 2098-12-01"), ("measure: 2026-06-08 to 2026-06-28", "measure: 2098-12-08"),
            ("follow_up: 20 days", "follow_up: 23 days")]  # fmt: skip
    assert any("goes on after 2098" in message for message in messages(*late))
    late[-1] = ("follow_up: 20 days", "follow_up: 22 days")
    assert not any("goes on after 2098" in message for message in messages(*late))


def test_a_season_goes_with_a_rate():
    days = ("    rate: 1.5 per year\n", "    on: [2026-06-10 to 2026-06-11]\n")
    no_length = ("    lasts: 20 h\n", "")
    assert "a season goes with `rate`" in only_message(days, no_length)
    load(edited(days, no_length, ("    season: [2026-06-01 to 2026-09-30]\n", "")))


def test_a_season_is_at_most_a_year_long():
    # all events of a year fall in the season: of two years in one range each would have but half of them
    season = "season: [2026-06-01 to 2026-09-30]"
    load(edited((season, "season: [2026-06-01 to 2027-05-31, 2027-06-01 to 2027-09-30]")))
    assert "longer than a year" in only_message((season, "season: [2026-06-01 to 2027-06-01]"))


def test_a_limit_in_volume_needs_the_volume_of_the_goods():
    limit = ("capacity: [50 TEU, 8 plugs]", "capacity: [50 TEU, 8 plugs, 1000 m3]")
    load(edited(limit))
    assert "states no `volume`" in only_message(limit, ("    volume: 1.5 m3\n", ""))


def test_a_mistake_is_not_told_again_by_what_follows_from_it():
    assert len(messages(("road: Farm to Yard", "road: Fram to Yard"))) == 1
    assert len(messages(("type: 40RF, owner: coc", "type: 40RH, owner: coc"))) == 1
    assert len(messages(("seize: port yard", "seize: port yrd"))) == 1


def test_rates_cover_the_run_with_its_follow_up():
    # 28 June and 20 days of follow-up end with 18 July
    load(edited(("hold_last: 2026-12-31", "hold_last: 2026-07-18")))
    assert "known until 2026-07-17, but the run ends on 2026-07-18" in only_message(
        ("hold_last: 2026-12-31", "hold_last: 2026-07-17")
    )


def test_the_named_place_may_be_written_by_its_name_and_must_lie_on_every_route():
    load(edited(("place: Port}\n", "place: 港}\n")))
    # the yard is on the rail route, so only the alternative by lorry misses it
    assert 'no place of route "by_truck"' in only_message(("place: Port}\n", "place: Yard}\n"))
    load(edited(("{incoterm: DAP, place: Port}", "{incoterm: EXW, place: anywhere}")))


def test_unused_parameters_are_checked_too():
    assert "says why" in only_message(("parameters:\n", "parameters:\n  idle: {assume: 2 h}\n"))
    bad_source = ("parameters:\n", "parameters:\n  idle: {published: 2 h, source: [5]}\n")
    assert "source is a name" in only_message(bad_source)
    no_source = ("parameters:\n", "parameters:\n  idle: {published: 2 h, source: cri}\n")
    assert '"cri" is no source' in only_message(no_source)


MIXED = [
    ([("seed: 7", "sead: 7"), ("road: Farm to Yard", "road: Fram to Yard"), ("takes: 30 h", "takes: 3 kg")], ["Fram"]),
    # what stands in an invalid part, or leads to it, is not said to be missing
    ([("    servers: 2", "    servers: two"), ("from: Yard\n", "from: Yrd\n")], ["Yrd"]),
    ([("takes: {published: 38.7 h", "takes: {published: 38.7 kg"), ("baseline: train", "baseline: trian")], ["trian"]),
    ([("- stack: {seize: port yard, units: 2 TEU}", "- stack: {seize: port yard, units: no}")], []),
    ([("{release: port yard}", "{relese: port yard}"), ("road: Farm to Yard", "road: Fram to Yard")], ["Fram"]),
    ([("      - out: {release: port yard}", "      - {out: 1, in: 2}")], []),
    ([("  follow_up: 20 days\n", ""), ("places: [Port]", "places: [Pot]")], ["Pot"]),
    ([("acts: [{places: [Port]", "acts: [{places: 5"), ("name: small", "name: a/b")], ["a/b"]),
    ([("places:\n", "planes:\n"), ("baseline: train", "baseline: trian")], []),
]


@pytest.mark.parametrize(("changes", "names"), MIXED)
def test_what_names_nothing_is_found_beside_invalid_parts(changes, names):
    document = read_yaml(edited(*changes, ("{param: loading}", "2 h")), "x.yaml")
    with pytest.raises(ValidationError) as caught:
        Scenario.model_validate(document.data)
    found = check_valid_parts(caught.value, document)
    assert [name in str(problem) for problem, name in zip(found, names, strict=True)] == [True] * len(names)
    assert all(problem.line > 0 for problem in found)


def test_nothing_of_a_wrong_file_stays_in_memory() -> None:
    small = Path(__file__).with_name("small.yaml").read_text(encoding="utf-8")
    # without its box, the flow is wrong, too
    wrong = small.replace("box: {type: 40RF", "box: {tpye: 40RF").replace("again: check", "agian: check")
    before = documents_in_memory()
    with pytest.raises(InputError, match="agian"):
        load(wrong)
    assert documents_in_memory() == before


def documents_in_memory() -> int:
    gc.collect()
    return sum(type(each) is Document for each in gc.get_objects())
