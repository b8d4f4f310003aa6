"""Charts of what flows, from small tables whose rows are counted by hand; both forms show the same rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from corridor_sim.report.charts.base import Chart, Spec
from corridor_sim.report.charts.canvas import SVG, picture
from corridor_sim.report.charts.late_because import causes_of
from corridor_sim.report.charts.load_rows import loads_of
from corridor_sim.report.charts.moments import Span, span_of
from corridor_sim.report.charts.on_time_by_weekday import cells_of
from corridor_sim.report.charts.queue_rows import edges_of, levels, queues_of
from corridor_sim.report.charts.registry import BY_NAME
from corridor_sim.report.charts.string_rows import MOST_DEPARTURES, end_of, heights_of, strings_of
from corridor_sim.report.run import Run
from corridor_sim.report.script.words import LANGUAGES

H, DAY = 3600, 86400
NONE = -1
PLANNED, RAN, CANCELLED = 0, 1, 2
MEASURES = ("teu", "box", "mass", "volume", "plug", "uld", "pallet", "consignment")
OWN = [f"own_{one}" for one in MEASURES]
CHARTS = (
    "string_line",
    "queues_over_time",
    "loads_over_time",
    "on_time_by_weekday",
    "missed_connections",
    "late_because",
)
HOSTILE = "$\\frac{a}{b}$ <script>alert('x')</script> =HYPERLINK() \x07 🚂 重庆 \"];datum."


def est(value: float | None, half: float = 0.0, unit: str = "h") -> dict[str, Any]:
    ends = {"low": None if value is None else value - half, "high": None if value is None else value + half}
    return {"value": value, **ends, "unit": unit, "n": 12, "resolved": True, "method": "t"}


def step(name: str, origin: str, destination: str, km: tuple[float, float], lane: str = "") -> dict[str, Any]:
    ends = {"origin": origin, "destination": destination, "km_from": km[0], "km_to": km[1]}
    return {"route": "by rail", "step": name, "kind": "", "mode": "", "lane": lane, **ends}


def late(kind: str, share: float, name: str = "", service: str = "", weekday: str = "") -> dict[str, Any]:
    where = {"step": name, "service": service, "weekday": weekday, "mode": "rail" if service else ""}
    return {"cause": kind, "kind": kind, **where, "share": share, **est(share, 0.01, "share")}


def visit(consignment: int, name: str, hours: tuple[float, float, float], resource: int, units: int = 0) -> list[Any]:
    ticks = [NONE if hour < 0 else int(hour * H) for hour in hours]
    return ["rail", consignment, 0, 0, 0, *ticks, resource, units, name]


VISITS = [
    visit(0, "by rail/gate", (0, 0, 2), 0, 1000),
    visit(0, "by rail/gate", (0, 0, 2), 0),
    visit(0, "by rail/note", (2, 2, 2), 1, 1),
    visit(0, "by rail/train", (2, 10, 30), 0),
    visit(0, "by rail/last mile", (30, 30, 32), NONE),
    visit(1, "by rail/gate", (1, 2, 3), 0, 1000),
    visit(1, "by rail/train", (3, 10, 30), 0),
    visit(1, "by rail/last mile", (30, 30, 31), NONE),
    visit(2, "by rail/gate", (1.5, 3, 4), 0, 1000),
    visit(2, "by rail/train", (4, NONE, NONE), NONE),
    visit(3, "others", (2, 4, 5), 0, 1000),
]
"""Two catch the train at hour 10, a third still waits; cargo of others queues at the gate from hour 2 to 4."""


def departure(
    scheduled: float, state: int, left: float, arrived: float, own: Mapping[str, float], behind: int
) -> list[Any]:
    ticks = [NONE if hour < 0 else int(hour * H) for hour in (scheduled, left, arrived)]
    carried = [own.get(measure, 0.0) for measure in MEASURES]
    return ["rail", 0, ticks[0], state, 0, *ticks[1:], NONE, NONE, behind, "train", *carried]


DEPARTURES = [
    departure(10, RAN, 10, 30, {"teu": 4, "plug": 3, "consignment": 2}, 1),
    departure(34, CANCELLED, NONE, NONE, {}, 0),
    departure(58, RAN, 60, 80, {}, 0),
    departure(82, PLANNED, NONE, NONE, {}, NONE),
]
VISIT_COLUMNS = ["alternative", "consignment", "seq", "step", "visit", "ready", "start", "end", "resource", "units"]
DEPARTURE_COLUMNS = ["alternative", "service", "scheduled", "state", "closed", "actual", "arrived", "berthed", "left"]
SCENARIO = {
    "clock": {"start": "2026-01-05 00:00", "timezone": "Asia/Shanghai"},
    "places": {"A": {"name": {"en": "Alpha", "zh-Hans": "甲"}}},
    "services": {"train": {"capacity": ["10 TEU", "4 plugs"], "taken_by_others": "pert 20 %, 60 %, 100 %"}},
    "routes": {
        "by rail": {
            "steps": {
                "gate": {"at": "yard"},
                "note": {"mark": "yard"},
                "train": {"board": "train"},
                "last mile": {"mode": "road"},
            }
        }
    },
}


def consignments() -> pd.DataFrame:
    """Twelve replications: on Monday two released in each, of which both or one in time; on Tuesday one in all."""
    rows = []
    for replication in range(12):
        rows += [(replication, 0, 50.0, True), (replication, DAY - 1, 60.0, replication % 2 == 0)]
    rows.append((3, DAY, 70.0, True))
    columns = ["replication", "release", "hours", "on_time"]
    return pd.DataFrame(rows, columns=columns).assign(alternative="rail")


def summary() -> dict[str, Any]:
    steps = [
        step("gate", "A", "A", (0, 0)),
        step("train", "A", "B", (0, 900)),
        step("detour", "A", "D", (0, 50), "note/lane"),
        step("last mile", "B", "C", (900, 1000)),
    ]
    rail = {
        "name": "rail",
        "title": {"en": "By rail"},
        "supposition": False,
        "sources": [],
        "is_baseline": True,
        "main_route": "by rail",
        "steps": steps,
        "missed": {
            "cut-off": {"hours": est(5.0, 1.0), "cost": est(2.5, 0.5, "CNY")},
            "no room": {"hours": est(0.5, 0.25), "cost": est(0.25, 0.0, "CNY")},
            "cancelled": {"hours": est(0.0), "cost": est(0.0, 0.0, "CNY")},
        },
        "late_because": [
            late("inspection hold", 0.75, "gate", "train", "fri"),
            *(late("slow transit", 0.25 / 9, "train") for _ in range(9)),
        ],
        "services": [
            {
                "service": "train",
                "load_factor": est(0.7, 0.01, "share"),
                "own_load_factor": est(0.2, 0.01, "share"),
                "left_behind": est(1.5, 0.5, "count"),
            }
        ],
        "facilities": [{"facility": "yard", "mean_queue": est(0.02, 0.01), "longest_queue": est(2.25, 0.25)}],
    }
    still = {"missed": {}, "late_because": [], "main_route": "", "steps": [], "services": [], "facilities": []}
    return {
        "version": "0.1.0",
        "scenario": {"name": "tiny", "title": {"en": "A tiny corridor"}},
        "run": {"seed": 7, "replications": 12, "measure": ["2026-01-05", "2026-01-11"]},
        "baseline": "rail",
        "alternatives": [rail, {**rail, **still, "name": "nothing", "title": {"en": "Nothing"}, "is_baseline": False}],
    }


def made(told: dict[str, Any] | None = None, scenario: Mapping[str, Any] = SCENARIO) -> Run:
    tables = {
        "visits_0": pd.DataFrame(VISITS, columns=[*VISIT_COLUMNS, "step_name"]),
        "departures_0": pd.DataFrame(DEPARTURES, columns=[*DEPARTURE_COLUMNS, "left_behind", "service_name", *OWN]),
        "consignments": consignments(),
    }
    return Run(told or summary(), {"rail": scenario, "nothing": {**scenario, "routes": {}}}, tables)


@pytest.fixture
def run() -> Run:
    return made()


@pytest.fixture
def span(run: Run) -> Span:
    found = span_of(run)
    assert found is not None
    return found


def rows_of(spec: Spec | None, alternative: str = "rail") -> list[dict[str, Any]]:
    assert spec is not None
    return [row for row in spec["data"]["values"] if row["alternative"] == alternative]


def test_the_measured_window_counts_both_its_days(span: Span) -> None:
    assert (span.begin, span.end) == (0, 7 * DAY)
    assert span.date(7 * DAY - 1) == "2026-01-11"
    assert span.first_shown(30 * DAY) == (0, 21 * DAY)
    assert span.first_shown(5 * DAY) == (0, 5 * DAY)


def test_places_stand_by_km_but_never_closer_than_they_can_be_read() -> None:
    assert heights_of([0, 900, 1000]) == pytest.approx((0, 0.9, 1))
    near = heights_of([0, 1, 1001, 2001])
    assert near == pytest.approx((0, 0.085, 0.085 + 0.915 / 2, 1))
    assert heights_of([5, 5, 5]) == pytest.approx((0, 0.5, 1))
    crowd = np.diff(heights_of(list(range(31))))
    assert crowd == pytest.approx(1 / 30)


def test_departures_are_segments_and_those_that_did_not_run_crosses(run: Run, span: Span) -> None:
    strings = strings_of(run, run.alternatives[0], span)
    assert strings is not None
    assert strings.way.places == ("A", "B", "C")
    (train,) = strings.departures
    assert (train.origin, train.destination) == pytest.approx((0, 0.9))
    assert list(zip(train.scheduled, train.left, train.arrived, strict=True)) == [(600, 600, 1800), (3480, 3600, 4800)]
    assert (train.teu, train.not_run) == ([4.0, 0.0], [34 * 60])


def test_paths_wait_level_and_move_sloped(run: Run, span: Span) -> None:
    strings = strings_of(run, run.alternatives[0], span)
    assert strings is not None
    assert (strings.loads, strings.every) == (2, 1)
    assert strings.paths == {
        0: [(0, 0.0), (600, 0.0), (1800, pytest.approx(0.9)), (1920, pytest.approx(1.0))],
        1: [(60, 0.0), (600, 0.0), (1800, pytest.approx(0.9)), (1860, pytest.approx(1.0))],
    }


def test_the_string_line_ends_where_there_are_too_many_departures(span: Span) -> None:
    assert end_of([1, 2, 3], span) == span.end
    assert end_of(list(range(MOST_DEPARTURES + 5)), span) == MOST_DEPARTURES


def test_an_alternative_that_goes_nowhere_has_no_string_line(run: Run, span: Span) -> None:
    assert strings_of(run, run.alternatives[1], span) is None
    assert BY_NAME["string_line"].draw(run, "en", "nothing") is None


def test_both_forms_of_the_string_line_show_the_same_lines(run: Run) -> None:
    services, *paths = rows_of(BY_NAME["string_line"].spec(run))
    left = [due + late for due, late in zip(services["scheduled"], services["late"], strict=True)]
    ends = zip(left, services["takes"], strict=True)
    lines = [[(begin, services["y"]), (begin + takes, services["y2"])] for begin, takes in ends]
    figure = BY_NAME["string_line"].draw(run, "en", "rail")
    assert figure is not None
    (axes,) = figure.axes
    drawn = [[tuple(point) for point in line] for line in axes.collections[0].get_segments()]
    assert drawn == lines
    by_data = [list(zip(row["at"], row["height"], strict=True)) for row in paths]
    crosses, *others = (list(zip(*line.get_data(), strict=True)) for line in axes.lines)
    assert crosses == [(minute, services["y"]) for minute in services["not_run"]]
    assert [line for line in others if line] == by_data


def test_levels_are_counted_by_hand() -> None:
    mean, most = levels(np.array([0, 5, 5, 15]), np.array([5, 10, 25, 20]), np.array([0, 10, 20, 30]))
    assert mean.tolist() == [1.5, 1.5, 0.5]
    assert most.tolist() == [2, 2, 1]


def test_queues_count_those_who_wait_also_of_others_and_those_still_waiting(run: Run, span: Span) -> None:
    queues, left_out = queues_of(run, "rail", span)
    assert (left_out, edges_of(span)[1]) == (0, H)
    train, yard = queues
    assert (train.place, yard.place) == (("service", "train"), ("facility", "yard"))
    assert yard.mean[:6].tolist() == [0, 1.5, 2, 1, 0, 0]
    assert yard.most[:6].tolist() == [0, 2, 2, 1, 0, 0]
    assert train.mean[:5].tolist() == [0, 0, 1, 2, 3]
    assert set(train.most[4:10].tolist()) == {3}
    assert set(train.mean[10:].tolist()) == {1}
    assert queues_of(run, "nothing", span) == ([], 0)


def test_both_forms_of_queues_show_the_same_steps(run: Run) -> None:
    figure = BY_NAME["queues_over_time"].draw(run, "en", "rail")
    assert figure is not None
    patches = {patch.get_label(): patch.get_data() for patch in figure.axes[0].patches}
    for row in rows_of(BY_NAME["queues_over_time"].spec(run)):
        for kind in ("mean", "most"):
            drawn = patches[f"{kind} {row['place']}"]
            last = np.searchsorted(row["at"], drawn.edges[:-1], side="right") - 1
            foot, full = row["place"] + 0.94, 0.46
            shown = (foot - np.asarray(drawn.values)) / full * row["top"]
            assert shown == pytest.approx(np.asarray(row[kind])[last], abs=0.006)


def test_loads_are_told_in_the_measure_that_fills_first(run: Run, span: Span) -> None:
    ((loads,), left_out) = loads_of(run, "rail", span)
    assert (left_out, loads.left_out) == (0, 0)
    assert (loads.measure, loads.capacity, loads.top) == ("plug", 4.0, 4.0)
    assert (loads.scheduled, loads.load, loads.teu) == ([600], [3.0], [4.0])
    assert (loads.behind, loads.not_run) == ([(600, 1)], [34 * 60])


def test_both_forms_of_loads_show_the_same_bars(run: Run) -> None:
    (row,) = rows_of(BY_NAME["loads_over_time"].spec(run))
    figure = BY_NAME["loads_over_time"].draw(run, "en", "rail")
    assert figure is not None
    (axes,) = figure.axes
    bars = axes.collections[0].get_segments()
    assert [bar[0][0] for bar in bars] == row["at"]
    assert [(bar[0][1] - bar[1][1]) / 0.46 * row["top"] for bar in bars] == pytest.approx(row["load"])
    crosses, behind, _ = axes.lines
    assert list(crosses.get_xdata()) == row["not_run"]
    assert list(behind.get_xdata()) == row["behind_at"]


def test_labels_give_the_numbers_of_the_summary_in_every_script(run: Run) -> None:
    for name, number in (
        ("queues_over_time", "2.25 ±0.25"),
        ("queues_over_time", "1.50 ±0.50"),
        ("loads_over_time", "20.0 ±1.0 %"),
    ):
        told = params(BY_NAME[name].spec(run))["told"]
        for language in LANGUAGES:
            said = " ".join(words[language].replace("\n", " ") for words in told.values())
            assert number in said, (name, language)


def params(spec: Spec | None) -> dict[str, Any]:
    assert spec is not None
    return {one["name"]: one.get("value") for one in spec["params"]}


def test_shares_by_weekday_are_ratios_of_sums_with_intervals_over_replications(run: Run) -> None:
    monday, tuesday = cells_of(run)
    assert (monday.weekday, monday.consignments, tuesday.weekday, tuesday.consignments) == (0, 24, 1, 1)
    # residuals 2 - 1.5 and 1 - 1.5, over 2 a replication: 0.25; t of 11 degrees 2.200985
    half = 2.200985 * (12 * 0.25**2 / (12 * 11)) ** 0.5
    assert monday.on_time["value"] == 0.75
    assert (monday.on_time["low"], monday.on_time["high"]) == pytest.approx((0.75 - half, 0.75 + half))
    assert tuesday.on_time["value"] == 1
    assert (monday.hours["P50"]["value"], monday.hours["P90"]["value"]) == (50.0, 60.0)


def test_a_weekday_is_that_of_local_clocks_also_when_they_are_changed() -> None:
    clock = {"start": "2026-03-23 00:00", "timezone": "Europe/Berlin"}
    run = made(scenario={**SCENARIO, "clock": clock})
    late_on_sunday = 6 * DAY + 23 * H + H // 2
    run.tables["consignments"]["release"] = late_on_sunday
    (cell,) = cells_of(run)
    assert cell.weekday == 0, "an hour was skipped that Sunday morning, so it is half past midnight of Monday"


def test_both_forms_of_weekdays_show_the_same_numbers(run: Run) -> None:
    cells = rows_of(BY_NAME["on_time_by_weekday"].spec(run))
    figure = BY_NAME["on_time_by_weekday"].draw(run, "en", "rail")
    assert figure is not None
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert texts == [text for cell in cells for text in (cell["shown"], cell["half"])]
    assert [cell["shown"] for cell in cells] == ["75.0", "100.0"]


def test_missed_connections_are_those_of_the_summary_in_both_forms(run: Run) -> None:
    rows = rows_of(BY_NAME["missed_connections"].spec(run))
    assert [(row["kind"], row["hours"], row["hours_text"]) for row in rows] == [
        ("cut-off", 5.0, "5.0 ±1.0"),
        ("no room", 0.5, "0.5 ±0.2"),
        ("cancelled", 0.0, "0.0 ±0.0"),
    ]
    figure = BY_NAME["missed_connections"].draw(run, "en", "rail")
    assert figure is not None
    assert [bar.get_width() for bar in figure.axes[0].patches] == [row["hours"] for row in rows]


def test_nothing_missed_and_nothing_late_have_no_chart() -> None:
    told = summary()
    for one in told["alternatives"]:
        one["late_because"] = []
        for reason in one["missed"].values():
            reason["hours"] = est(0.0)
    run = made(told)
    for name in ("missed_connections", "late_because"):
        assert BY_NAME[name].spec(run) is None
        assert BY_NAME[name].draw(run, "en", "rail") is None


def test_causes_of_lateness_are_sentences_and_the_small_ones_add_up(run: Run) -> None:
    first, *_, rest = causes = causes_of(run, "rail")
    assert len(causes) == 9
    assert (
        first.said["en"]
        == "75.0 ±1.0 % of the late: an inspection hold (gate) carried them past the Friday cut-off of train"
    )
    assert (rest.is_rest, rest.low) == (True, None)
    assert rest.share == pytest.approx(0.25 / 9 * 2)
    assert sum(cause.share for cause in causes) == pytest.approx(1)
    figure = BY_NAME["late_because"].draw(run, "en", "rail")
    assert figure is not None
    rows = rows_of(BY_NAME["late_because"].spec(run))
    assert [bar.get_width() for bar in figure.axes[0].patches] == [row["share"] for row in rows]


def texts_in(spec: Any) -> Iterator[str]:
    """Yield every expression of a specification: what stands in `expr`, `calculate`, `filter`, `labelExpr`, `test`."""
    if isinstance(spec, dict):
        for key, part in spec.items():
            if key in ("expr", "calculate", "filter", "labelExpr", "test") and isinstance(part, str):
                yield part
            yield from texts_in(part)
    elif isinstance(spec, list):
        for part in spec:
            yield from texts_in(part)


def renamed(tree: Any, names: Mapping[str, str]) -> Any:
    """Return data with names replaced wherever they stand whole, as keys or as values."""
    if isinstance(tree, Mapping):
        return {names.get(key, key): renamed(part, names) for key, part in tree.items()}
    if isinstance(tree, list):
        return [renamed(part, names) for part in tree]
    return names.get(tree, tree) if isinstance(tree, str) else tree


def hostile_run() -> Run:
    names = {name: f"{name} {HOSTILE}" for name in ("rail", "by rail", "train", "yard", "gate", "A", "B", "C")}
    steps = {f"by rail/{one}": f"{names['by rail']}/{names.get(one, one)}" for one in ("gate", "train", "last mile")}
    run = made()
    tables = {key: table.replace(names | steps) for key, table in run.tables.items()}
    return Run(renamed(run.summary, names), renamed(run.resolved, names), tables)


@pytest.mark.parametrize("chart", [BY_NAME[name] for name in CHARTS], ids=CHARTS)
def test_hostile_names_are_text(chart: Chart) -> None:
    run = hostile_run()
    name = run.names[0]
    figure = chart.draw(run, "zh-Hans", name)
    assert figure is not None
    assert b"<script" not in picture(figure, run.summary, "x", SVG)
    spec = json.loads(json.dumps(chart.spec(run)))
    assert not [text for text in texts_in(spec) if "script" in text or "frac" in text]
    assert "script" in json.dumps(spec)


@pytest.mark.parametrize("name", CHARTS)
def test_charts_have_words_and_are_in_the_registry(name: str) -> None:
    chart = BY_NAME[name]
    assert all(chart.title[language] and chart.says[language] for language in LANGUAGES)
    empty = Run(summary() | {"alternatives": []}, {}, made().tables)
    assert chart.spec(empty) is None
