"""Maps and replay: the plane, the land, courses of legs, names that stand clear, and where each consignment is when."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from itertools import pairwise
from math import hypot, log, pi, tan
from typing import Any

import pandas as pd
import pytest

from corridor_sim.engine.base import DEPARTURES, VISITS
from corridor_sim.report.charts.canvas import PNG, picture
from corridor_sim.report.charts.corridor_map import CORRIDOR_MAP, readable_upto
from corridor_sim.report.charts.replay import MOST_TRACKS, Ride, Track, replay_data, replay_words, tracks_of
from corridor_sim.report.geography.atlas import Atlas
from corridor_sim.report.geography.courses import BOW_STEP, course, drawn
from corridor_sim.report.geography.land import land_in
from corridor_sim.report.geography.make_land import significances, with_seas
from corridor_sim.report.geography.mercator import (
    Point,
    Window,
    clipped,
    distance_km,
    mercator,
    on_globe,
    western_edge,
)
from corridor_sim.report.run import Run
from corridor_sim.report.script.words import LANGUAGES

HOSTILE = "<script>alert(1)</script> =HYPERLINK() $\\frac \x00 重庆 '] || 1"
CHONGQING, QINZHOU, HONG_KONG = (106.4, 29.6), (108.62, 21.72), (114.12, 22.34)
SHANGHAI, ROTTERDAM, LOS_ANGELES = (122.07, 30.62), (4.05, 51.95), (-118.26, 33.74)
KB = 1000


def est(value: float | None, unit: str = "h") -> dict[str, Any]:
    return {"value": value, "low": None, "high": None, "unit": unit, "n": 30, "resolved": True, "method": "x"}


def step(route: str, name: str, kind: str, mode: str, ends: str, hours: float, travelling: float, cny: float) -> Any:
    origin, _, destination = ends.partition(">")
    figures = {"hours": est(hours), "waiting": est(hours - travelling), "travelling": est(travelling)}
    where = {"origin": origin, "destination": destination or origin, "lane": "", "elapsed": None}
    km = {"km_from": 0.0, "km_to": 1200.0 if mode else 0.0}
    money = {"cost": est(cny, "CNY"), "emissions": est(12.0, "kg CO2e/t")}
    return {"route": route, "step": name, "kind": kind, "mode": mode} | figures | where | km | money


STEPS = (
    step("fruit", "fill", "batch", "", "CKG", 10, 0, 0),
    step("fruit", "train", "board", "rail", "CKG>QZH", 50, 40, 6000),
    step("fruit", "handling", "work", "", "QZH", 8, 0, 300),
    step("fruit", "feeder", "board", "sea", "QZH>HKG", 30, 20, 4000),
    step("fruit", "sale", "work", "", "HKG", 1, 0, 50),
    step("pork", "train for pork", "board", "rail", "CKG>QZH", 20, 16, 5000),
)
PLACES = {"CKG": CHONGQING, "QZH": QINZHOU, "HKG": HONG_KONG}
HOUR = 3600
T = {name: number for number, name in enumerate(("fill", "gate", "train", "handling", "feeder", "sale", "pork"))}
STEP_NAMES = ("fruit/fill", "fruit/train", "fruit/train", "fruit/handling", "fruit/feeder", "fruit/sale", "pork/x")


def visit(consignment: int, seq: int, name: str, times: str, resource: int = -1, units: int = 0) -> dict[str, Any]:
    """One row of visits; times are hours, "-" for what has not happened."""
    ready, start, end = (-1 if part == "-" else round(float(part) * HOUR) for part in times.split())
    row = (consignment, seq, T[name], T[name], ready, start, end, resource, units)
    return dict(zip(VISITS, row, strict=True)) | {"step_name": STEP_NAMES[T[name]], "alternative": "by rail"}


LEADER = [
    visit(0, 0, "fill", "1 5 5", 0, 2),
    visit(0, 1, "gate", "5 6 6", 3, 1000),
    visit(0, 2, "train", "6 10 34", 0),
    visit(0, 3, "handling", "34 34 40"),
    visit(0, 4, "feeder", "40 60 82", 1),
    visit(0, 5, "sale", "82 82 83"),
]
FOLLOWER = [visit(1, 0, "fill", "3 5 5", 0, 2)]
STUCK = [
    visit(2, 0, "fill", "20 20 20", 2, 1),
    visit(2, 1, "gate", "20 20 20", 3, 1000),
    visit(2, 2, "train", "20 - -"),
]
AT_SEA = [
    visit(3, 0, "fill", "20 20 20", 3, 1),
    visit(3, 1, "train", "20 30 54", 2),
    visit(3, 2, "handling", "54 54 60"),
    visit(3, 3, "feeder", "60 70 -", 3),
]
OTHERS = [{**visit(4, 0, "pork", "0 0 1"), "step_name": "others"}]


def departures() -> pd.DataFrame:
    arrived = (30 * HOUR, 80 * HOUR, 50 * HOUR, -1)
    rows = [dict.fromkeys(DEPARTURES, 0) | {"arrived": tick, "alternative": "by rail"} for tick in arrived]
    return pd.DataFrame(rows)


def run_of(
    steps: Any = STEPS, places: Any = PLACES, visits: Any = (*LEADER, *FOLLOWER, *STUCK, *AT_SEA, *OTHERS)
) -> Run:
    one = {
        "name": "by rail",
        "title": {"en": "By rail"},
        "is_baseline": True,
        "supposition": False,
        "steps": list(steps),
    }
    summary = {
        "version": "0.1.0",
        "scenario": {"name": "small", "title": {"en": "Small"}},
        "run": {"seed": 1, "replications": 30},
        "baseline": "by rail",
        "alternatives": [one],
    }
    known = {
        name: {"name": {"en": f"Place {name}", "zh-Hans": f"地点{name}"}, "at": [north, east]}
        for name, (east, north) in places.items()
    }
    clock = {"start": "2026-04-20 00:00", "timezone": "Asia/Shanghai"}
    taken = pd.DataFrame(
        {"alternative": "by rail", "route": ["fruit", "fruit", "pork"], "consignments": [300, 290, 100]}
    )
    tables = {"time_cost_distance": taken, "visits_0": pd.DataFrame(list(visits)), "departures_0": departures()}
    return Run(summary, {"by rail": {"places": known, "clock": clock}}, tables)


def inside(polygons: Any, point: Point) -> bool:
    """Whether an odd number of edges lies east of a point."""
    x, y = mercator(*point)
    odd = False
    for polygon in polygons:
        for (x0, y0), (x1, y1) in pairwise([*polygon, polygon[0]]):
            if (y0 > y) != (y1 > y) and x < x0 + (y - y0) / (y1 - y0) * (x1 - x0):
                odd = not odd
    return odd


def area(polygon: Any) -> float:
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise([*polygon, polygon[0]]))) / 2


# ---- the plane


def test_mercator_is_what_a_hand_computes() -> None:
    radius = 6378.137
    assert mercator(180, 0) == pytest.approx((pi * radius, 0))
    assert mercator(-90, 45) == pytest.approx((-pi / 2 * radius, log(tan(pi / 4 + pi / 8)) * radius))
    assert mercator(180, 45)[0] == pytest.approx(20037.508, abs=1e-3)
    assert on_globe(*mercator(114.12, 22.34)) == pytest.approx((114.12, 22.34))
    assert distance_km((0, 0), (90, 0)) == pytest.approx(pi / 2 * 6371)


def test_the_globe_is_cut_where_nobody_goes() -> None:
    assert western_edge([106, 108, 114]) == pytest.approx((114 + 106 + 360) / 2 - 360)
    assert western_edge([4, 106, 140, 242]) == pytest.approx((242 + 364) / 2 - 360)
    # without a place in the Pacific it is the widest stretch, but the leg over it is not to be cut
    assert western_edge([4, 106, 242]) == pytest.approx((106 + 242) / 2)
    assert western_edge([4, 106, 242], [(106, 242), (106, 4)]) == pytest.approx((242 + 364) / 2 - 360)


def test_a_polygon_is_clipped_to_its_part_inside() -> None:
    window = Window(0, 0, 10, 10)
    assert area(clipped([(-5, -5), (5, -5), (5, 5), (-5, 5)], window)) == pytest.approx(25)
    assert area(clipped([(5, 5), (25, 5), (5, 25)], window)) == pytest.approx(25)
    assert area(clipped([(-90, -90), (90, -90), (90, 90), (-90, 90)], window)) == pytest.approx(100)
    assert clipped([(20, 20), (30, 20), (20, 30)], window) == []


# ---- the land


def test_known_places_are_land_and_others_sea() -> None:
    window = Window(*mercator(-20, -20), *mercator(160, 70))
    polygons = land_in(window, [HONG_KONG])
    land = {"Hainan": (109.7, 19.2), "New Territories": (114.1, 22.4), "Taiwan": (121.0, 23.8), "Honshu": (138.5, 36.2)}
    sea = {"South China Sea": (114, 15), "Taiwan Strait": (119.3, 24.4), "Caspian Sea": (51, 42), "Gulf": (107.8, 20)}
    assert {name for name, point in land.items() if not inside(polygons, point)} == set()
    assert {name for name, point in sea.items() if inside(polygons, point)} == set()


def test_land_across_the_antimeridian_is_found_in_a_window_that_goes_on_eastwards() -> None:
    polygons = land_in(Window(*mercator(100, 0), *mercator(260, 70)), [])
    assert inside(polygons, (242, 40)) and inside(polygons, (186, 67)) and not inside(polygons, (200, 40))


def test_land_is_finer_near_places() -> None:
    window = Window(*mercator(0, 0), *mercator(200, 60))
    around = Window(*mercator(112, 21), *mercator(116, 24))

    def count(polygons: Any) -> int:
        return sum(around.west < x < around.east and around.south < y < around.north for p in polygons for x, y in p)

    assert count(land_in(window, [HONG_KONG])) > 3 * count(land_in(window, [ROTTERDAM]))


def test_the_packaged_land_says_where_it_comes_from_and_is_small() -> None:
    path = files("corridor_sim.report") / "data" / "land.json"
    content = path.read_bytes()
    assert len(content) < 300 * KB
    head = json.loads(content)
    assert "Natural Earth" in head["source"] and "public domain" in head["source"]


def test_points_matter_by_how_far_they_stand_out() -> None:
    square = [(0.0, 0.0), (1.0, 0.01), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0)]
    sizes = significances(square)
    assert sizes.index(min(sizes)) == 1
    assert sizes[1] == pytest.approx(0.01, abs=1e-4)
    sea = [[1.0, 1.0, 3], [1.2, 1.0, 3], [1.2, 1.2, 3]]
    ring = with_seas([[0, 0, 5], [2, 0, 5], [2, 2, 5], [0, 2, 5]], [sea])
    assert area([(x, y) for x, y, _ in ring]) in (pytest.approx(4 - 0.02), pytest.approx(4 + 0.02))
    assert len(ring) == 4 + 3 + 2


# ---- courses


def test_a_ship_takes_the_canal_or_the_cape_by_what_the_leg_is_long() -> None:
    by_canal = course("sea", SHANGHAI, ROTTERDAM, 19450)
    by_cape = course("sea", SHANGHAI, ROTTERDAM, 26000)
    assert min(north for _, north in by_canal) > 0
    assert min(north for _, north in by_cape) < -34
    for line in (by_canal, by_cape):
        assert (line[0], line[-1]) == (SHANGHAI, ROTTERDAM)


def test_a_course_over_the_pacific_goes_on_eastwards() -> None:
    east = (LOS_ANGELES[0] + 360, LOS_ANGELES[1])
    line = course("sea", SHANGHAI, east, 10600)
    assert all(one[0] < other[0] for one, other in pairwise(line))
    assert line[-1] == east


def test_a_barge_follows_the_river_and_a_flight_the_great_circle() -> None:
    river = course("barge", (106.79, 29.61), SHANGHAI, 2400)
    assert any(hypot(east - 114.3, north - 30.6) < 0.3 for east, north in river), "by Wuhan"
    flight = course("air", HONG_KONG, (8.57, 50.03), 9200)
    whole = distance_km(flight[0], flight[-1])
    for point in flight:
        assert distance_km(flight[0], point) + distance_km(point, flight[-1]) == pytest.approx(whole)
    stretches = [distance_km(one, other) for one, other in pairwise(flight)]
    assert stretches == pytest.approx([whole / len(stretches)] * len(stretches))
    assert course("road", CHONGQING, HONG_KONG, 1400) == [CHONGQING, HONG_KONG]


def test_legs_between_the_same_places_are_bowed_to_both_sides() -> None:
    there, back = [(100.0, 0.0), (110.0, 0.0)], [(110.0, 0.0), (100.0, 0.0)]
    length = mercator(10, 0)[0]
    up, down = drawn(there, 0.5, 1e9), drawn(there, -0.5, 1e9)
    assert max(y for _, y in up) == pytest.approx(length * BOW_STEP / 2)
    assert min(y for _, y in down) == pytest.approx(-length * BOW_STEP / 2)
    assert max(y for _, y in drawn(back, 0.5, 1e9)) == pytest.approx(length * BOW_STEP / 2)
    assert max(y for _, y in drawn(there, 1, 8.0)) == pytest.approx(8)
    assert up[0] == pytest.approx(mercator(100, 0)) and up[-1] == pytest.approx(mercator(110, 0), abs=1e-6)


# ---- the map


def test_places_have_the_mean_over_all_consignments_and_legs_their_own_figures() -> None:
    atlas = Atlas(run_of())
    legs = {leg.step: leg for leg in atlas.legs("by rail")}
    assert [legs[name].bow for name in ("train", "train for pork", "feeder")] == [-0.5, 0.5, 0]
    assert legs["feeder"].cny == 4000
    spots = {spot.place: spot for spot in atlas.spots("by rail")}
    # 300 wait 10 h for a load and 10 h for the train, 100 wait 4 h for it: (300 x 20 + 100 x 4) / 400
    assert spots["CKG"].hours == pytest.approx(16)
    assert spots["QZH"].hours == pytest.approx(300 * (8 + 10) / 400)
    assert spots["QZH"].cny == pytest.approx(300 * 300 / 400)
    assert [stay.step for stay in spots["CKG"].stays] == ["fill", "train", "train for pork"]


def test_names_are_readable_from_as_far_as_they_stand_clear() -> None:
    points = [(0.0, 0.0), (10.0, 0.0), (0.0, 28.0)]
    widths = [50.0, 50.0, 50.0]
    # to the east of the second is free once its point is 8 + 50 + 8 pixels from the first; the third is 14 pixels high
    found = readable_upto(points, widths, [(1,), (1,), (1,)])
    assert found[0][1] > 1000
    assert found[1] == (1, pytest.approx(10 / 66))
    assert found[2] == (1, pytest.approx(28 / 14))
    # on their outer sides two names never meet but for their points
    assert readable_upto(points[:2], widths, [(-1,), (-1, 1)])[1] == (1, pytest.approx(10 / 16))


def test_the_specification_holds_the_figures_of_the_summary() -> None:
    spec = CORRIDOR_MAP.spec(run_of())
    assert spec is not None
    legs = spec["datasets"]["legs"][0]
    at = legs["cny"].index(6000)
    assert (legs["hours"][at], legs["waited"][at], legs["cost"][at]) == ("50.0 h", "10.0 h", "6,000 CNY")
    assert legs["mode"][at] == "mode:rail"
    spots = spec["datasets"]["spots"][0]
    place = spec["params"][0]["value"][str(spots["place"][0])]
    assert set(place) == set(LANGUAGES)
    assert len(json.dumps(spec)) < 40 * KB


def test_a_run_without_known_places_has_no_map(results: Any) -> None:
    run = results.run()
    assert CORRIDOR_MAP.spec(run) is None
    assert CORRIDOR_MAP.draw(run, "en", run.main) is None
    assert replay_data(run) is None


def hostile_run() -> Run:
    def renamed(name: str) -> str:
        return f"{name} {HOSTILE}"

    steps = [row | {key: renamed(row[key]) for key in ("route", "step", "origin", "destination")} for row in STEPS]
    return run_of(steps, {renamed(name): at for name, at in PLACES.items()})


def test_hostile_names_never_stand_in_an_expression() -> None:
    spec = CORRIDOR_MAP.spec(hostile_run())
    assert spec is not None
    said = spec.pop("params"), spec.pop("datasets")
    assert "script" not in json.dumps(spec)
    assert "script" in json.dumps(said[0]) and "\x00" not in json.dumps(said)


def test_the_picture_is_drawn_whatever_the_names() -> None:
    for run in (run_of(), hostile_run(), run_of(STEPS[:1])):
        figure = CORRIDOR_MAP.draw(run, "en", "by rail")
        assert figure is not None
        assert picture(figure, run.summary, "map", PNG).startswith(b"\x89PNG")


# ---- the replay


def test_consignments_are_where_their_visits_say() -> None:
    run = run_of()
    legs: dict[Any, int] = {}
    tracks = tracks_of(run, "by rail", Atlas(run), legs)
    train, feeder = 0, [key[0] for key in legs].index("sea")
    # vessels arrive before their cargo is free: the train at 30, not 34; the feeder at 80, not 82
    rides = (Ride(train, 10 * HOUR, 30 * HOUR), Ride(feeder, 60 * HOUR, 80 * HOUR))
    assert tracks == [
        Track("CKG", 1 * HOUR, rides, 83 * HOUR),
        Track("CKG", 3 * HOUR, rides, 83 * HOUR),
        Track("CKG", 20 * HOUR, (), -1),
        Track("CKG", 20 * HOUR, (Ride(train, 30 * HOUR, 50 * HOUR), Ride(feeder, 70 * HOUR, -1)), -1),
    ]


def test_tracks_are_told_as_minutes_between_what_happens() -> None:
    run = run_of()
    data = replay_data(run)
    assert data is not None
    (one,) = data["alternatives"]
    minutes = [row[1:] for row in one["tracks"]]
    assert minutes[0] == [60, 9 * 60, 20 * 60, 30 * 60, 20 * 60, 3 * 60]
    assert minutes[2] == [20 * 60]
    assert minutes[3] == [20 * 60, 10 * 60, 20 * 60, 20 * 60]
    assert [one["paths"][row[0]] for row in one["tracks"]][2] == [0]
    assert (data["from"], data["to"]) == (60, 83 * 60)
    # midnight in Shanghai is 16:00 of the day before in Greenwich
    assert pd.Timestamp(data["start_ms"], unit="ms") == pd.Timestamp("2026-04-19 16:00")
    words = replay_words(run, data)
    assert len(words["places"]) == len(data["places"]) and len(words["speeds"]) == len(data["speeds"])
    assert words["shown"][0]["en"].startswith("All 4 ")


def test_legs_of_the_replay_begin_and_end_at_their_places() -> None:
    data = replay_data(run_of())
    assert data is not None
    for leg in data["legs"]:
        xs, ys = leg["line"][::2], leg["line"][1::2]
        assert [xs[0], ys[0]] == data["places"][leg["ends"][0]]
        assert [sum(xs), sum(ys)] == data["places"][leg["ends"][1]]
    x, y = data["places"][0]
    assert [x / 10, -y / 10] == pytest.approx(mercator(*CHONGQING), abs=0.06)


def test_of_many_consignments_every_other_is_shown_and_the_page_says_so() -> None:
    many = MOST_TRACKS + 1
    rows = pd.DataFrame(LEADER)
    visits = pd.concat([rows.assign(consignment=number) for number in range(many)], ignore_index=True)
    visits.loc[visits["step"] == T["fill"], "resource"] = visits["consignment"]
    run = run_of(visits=visits.to_dict("records"))
    data = replay_data(run)
    assert data is not None
    (one,) = data["alternatives"]
    assert (one["every"], one["all"], len(one["tracks"])) == (2, many, (many + 1) // 2)
    said = replay_words(run, data)["shown"][0]["en"]
    assert str((many + 1) // 2) in said and str(many) in said
    assert len(json.dumps(data, separators=(",", ":"))) < 500 * KB


def test_the_script_of_the_replay_writes_text_only_and_may_stand_in_a_page() -> None:
    script = (files("corridor_sim.report") / "html" / "replay.js").read_text(encoding="utf-8")
    assert not re.search(r"</script|innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", script)
    assert set(re.findall(r"https?://[^\"]+", script)) == {"http://www.w3.org/2000/svg"}
    texts = set(re.findall(r"words\.(\w+)", script)) | {"not_yet", "standing", "on_the_way", "delivered"}
    run = run_of()
    data = replay_data(run)
    assert data is not None
    assert texts <= set(replay_words(run, data))
