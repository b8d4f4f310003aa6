"""Rules of corridors that a scenario may not break: boxes, stations, plugs, tonnages, claims, emission factors."""

from __future__ import annotations

from pathlib import Path

import pytest

from corridor_sim.errors import InputError
from corridor_sim.scenario.load import load

SMALL = Path(__file__).with_name("small.yaml").read_text(encoding="utf-8")


def problems(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        load(text)
    assert caught.value.exit_code == 2
    return [str(problem) for problem in caught.value.problems]


def changed(*pairs: tuple[str, str]) -> str:
    text = SMALL
    for old, new in pairs:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    return text


TO_SEA = ("mode: rail", "mode: sea")
RAILWAY = ("owner: coc, empty_from: Port", "owner: railway")


def test_a_railways_own_box_stays_on_land_unless_the_route_says_otherwise() -> None:
    assert any("this railway box may not go to sea" in line for line in problems(changed(TO_SEA, RAILWAY)))
    assert load(changed(RAILWAY)).base.routes["by_rail"].box is not None
    allowed = (RAILWAY[0], "owner: railway, may_go_to_sea: true")
    assert load(changed(TO_SEA, allowed)).base.services["train"].mode == "sea"


def test_a_carriers_box_may_be_kept_from_the_sea() -> None:
    kept = (RAILWAY[0], "owner: coc, may_go_to_sea: false")
    assert any("this coc box may not go to sea" in line for line in problems(changed(TO_SEA, kept)))


def test_dangerous_goods_need_a_station_that_takes_them() -> None:
    flow = ("    size: 1 pallet\n", "    size: 1 pallet\n    dangerous_goods: true\n")
    assert load(changed(flow)).base.flows["plums"].dangerous_goods
    station = next(line for line in SMALL.splitlines() if line.strip().startswith("Yard: {"))
    closed = (station, station.replace("Yard: {", "Yard: {dangerous_goods: false, "))
    found = problems(changed(flow, closed))
    assert any("the station Yard takes no dangerous goods" in line for line in found)
    by_road = ("route: by_rail", "route: by_truck")
    assert load(changed(flow, closed, by_road)).base.flows["plums"].route == "by_truck"


def test_reefers_need_plugs_and_not_more_than_there_are() -> None:
    assert any("states none" in line for line in problems(changed(("[50 TEU, 8 plugs]", "50 TEU"))))
    assert any("plugs" in line for line in problems(changed(("plugs: 1}", "plugs: 1}"), ("8 plugs]", "0.5 plugs]"))))


# daily trains of 100 t lift 36,500 t a year
TONNES = ("[50 TEU, 8 plugs]", "[50 TEU, 8 plugs, 100 t]")


def test_no_service_carries_more_in_a_year_than_its_timetable_lifts() -> None:
    carried = ("    cutoff: 6 h\n", "    cutoff: 6 h\n    carried: {load}\n")
    fits = changed(TONNES, (carried[0], carried[1].format(load="36500 t")))
    assert load(fits).base.services["train"].carried is not None
    too_much = problems(changed(TONNES, (carried[0], carried[1].format(load="36501 t"))))
    assert any("36501 t a year is more than the timetable can lift, 36 500 t" in line for line in too_much)
    no_capacity = problems(changed((carried[0], carried[1].format(load="1 t"))))
    assert any("needs a capacity in tonnes" in line for line in no_capacity)


ANOMALY = """anomalies:
  printed: {statement: It carries a million tonnes, services: [train], readings: {as printed: 1000000 t}}
"""


def test_an_anomaly_names_services_that_can_lift_something() -> None:
    assert load(changed(TONNES) + ANOMALY).base.anomalies["printed"].services == ("train",)
    assert any("tonnage needs a capacity" in line for line in problems(SMALL + ANOMALY))
    twice = problems(changed(TONNES) + ANOMALY.replace("[train]", "[train, train]"))
    assert any("stands twice" in line for line in twice)
    wrong = problems(changed(TONNES) + ANOMALY.replace("[train]", "[trian]"))
    assert any('did you mean "train"' in line for line in wrong)


def test_a_claims_own_source_may_not_feed_what_tests_it() -> None:
    fed = changed(("takes: {published: 38.7 h, source: timetable}", "takes: {published: 38.7 h, source: leaflet}"))
    found = problems(fed)
    line = fed[: fed.index("source: leaflet")].count("\n") + 1
    assert any(f":{line}:" in each and 'source of the claim "saves"' in each for each in found)


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("    source: leaflet\n", "source"),
        ("    cost_base: cash\n", "cost_base"),
        ("    perspective: chain\n", "perspective"),
        ("    scope: [plums]\n", "scope"),
    ],
)
def test_a_claim_says_by_whom_whose_cost_and_of_which_goods(line: str, key: str) -> None:
    head, claims = SMALL.split("claims:\n")
    found = problems(f"{head}claims:\n{claims.replace(line, '')}")
    assert any(f"claims.saves.{key}" in each and "missing" in each for each in found)


def test_a_claim_is_split_by_alternatives_that_exist_and_speaks_of_flows_that_do() -> None:
    split = ("    scope: [plums]\n", "    scope: all\n    by_way_of: {the train: train}\n")
    claim = load(changed(split)).base.claims["saves"]
    assert claim.flows(["plums", "pears"]) == ("plums", "pears")
    assert any(
        'did you mean "train"' in each
        for each in problems(changed((split[0], split[1].replace(": train}", ": trian}"))))
    )
    assert any('did you mean "plums"' in each for each in problems(changed((split[0], "    scope: [plum]\n"))))


def test_an_emission_factor_is_that_of_a_mode_or_one_that_a_step_names() -> None:
    factors = ("  price_year: 2026\n", "  price_year: 2026\n  emissions: {barge big: {wtw: 1, ttw: 1, per: teu_km}}\n")
    assert any("no mode, hub or factor" in line for line in problems(changed(factors)))
    named = ("    cutoff: 6 h\n", "    cutoff: 6 h\n    emits: barge big\n")
    assert load(changed(factors, named)).base.services["train"].emits == "barge big"
    assert any('"barge big" is no emission factor' in line for line in problems(changed(named)))
