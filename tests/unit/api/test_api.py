"""Ways to a result, what a notebook shows of it, its charts and its folder."""

from __future__ import annotations

import copy
import io
import json
import shlex
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

import corridor_sim
from corridor_sim import InputError, ModelError, Result, ResultsError
from corridor_sim.api.plot import Picture
from corridor_sim.api.result import TABLES
from corridor_sim.cli.app import app
from corridor_sim.report.charts.registry import BY_NAME, KEPT
from corridor_sim.report.screen import show_run
from corridor_sim.report.script.words import LANGUAGES
from corridor_sim.report.terminal import console_for
from corridor_sim.study.evaluate import evaluate
from fruit_worlds import small

SCENARIO = """
corridor_sim: 1
name: written
title: a written world
question: which way
clock: {start: 2026-01-05 00:00, measure: 2026-01-05 to 2026-01-11, follow_up: 10 days, replications: 3, seed: 7}
money: {price_year: 2026, time_cost: {finance_only: 3 %}, reliability: {none: true}}
places: {A: {name: A, at: [0, 0]}, B: {name: B, at: [0, 1]}}
routes:
  road:
    steps:
      - drive: {road: A to B, takes: {pert: [8 h, 9 h, 14 h]}, km: 500 km, price: 400 CNY/t}
flows:
  plums:
    route: road
    terms: {incoterm: DAP, place: A}
    arrives: {poisson: 3 consignments per day}
    size: 1 consignment
    weight: 1 t
    value: 1 CNY/kg
    due: {within: 10 h}
baseline: base
alternatives: {base: {}}
"""
HOSTILE = "<script>alert(1)</script> =HYPERLINK() $\\frac{1}{2}$ & \"'> 重庆 🚢 \x1b[31m\u202e" + "x" * 200


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "written.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path


def test_a_path_a_text_path_and_a_loaded_file_are_the_same_run(written: Path) -> None:
    first = corridor_sim.run(written)
    assert first.summary["run"]["replications"] == 3 and first.summary["run"]["seed"] == 7
    for other in (corridor_sim.run(str(written)), corridor_sim.run(corridor_sim.load(written))):
        assert other.summary == first.summary
        pd.testing.assert_frame_equal(other.ledger, first.ledger)


def test_arguments_mean_what_they_mean_on_the_command_line(written: Path) -> None:
    how = {"flows.plums.due.within": "12 h", "flows.plums.weight": "2 t", "clock.replications": 4}
    result = corridor_sim.run(written, set=how, seed=8)
    sets = ["flows.plums.due.within=12 h", "flows.plums.weight=2 t", "clock.replications=4"]
    assert result.summary == evaluate(corridor_sim.load(written, sets), seed=8).summary
    listed = corridor_sim.run(written, set={"places.B.at": [10, 20]}, noise=False)
    assert listed.run.scenario()["places"]["B"]["at"] == [10, 20]
    done: list[tuple[int, int]] = []
    corridor_sim.run(written, replications=5, progress=lambda *count: done.append(count), engine="reference")
    assert done[-1] == (5, 5)


def test_lanes_are_chosen_without_noise(written: Path) -> None:
    text = SCENARIO.replace("      - drive:", "      - fork: {branch: {far: {share: 10 %}, near: {}}}\n      - drive:")
    written.write_text(text, encoding="utf-8")
    result = corridor_sim.run(written, noise=False, lanes={"fork": "far"})
    assert result.summary["run"]["lanes"] == {"fork": "far"} and result.summary["run"]["replications"] == 1
    (lane,) = result.visits.query("step == 'fork'").units.unique()
    assert lane == 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"replications": 0}, "replications: 0 is no number from 1 to 1,000,000"),
        ({"replications": True}, "replications: True is no number"),
        ({"replications": 2.5}, "replications: 2.5 is no number"),
        ({"seed": -1}, "seed: -1 is no whole number"),
        ({"seed": 1 << 63}, "seed: 9223372036854775808 is no whole number"),
        ({"workers": 0}, "workers: 0 is no number from 1 to 1,024"),
        ({"engine": "compild"}, 'engine: "compild" is no engine (did you mean "compiled"?)'),
        ({"lanes": {"fork": "far"}}, "lanes: lanes are chosen by chance unless noise is False"),
        ({"set": {"flows.plumps.weight": "2 t"}}, "plumps"),
        ({"set": {"": "2 t"}}, "expected path=value"),
    ],
)
def test_a_wrong_argument_is_told_in_one_line(written: Path, wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as caught:
        corridor_sim.run(written, **wrong)
    (problem,) = caught.value.problems
    assert said in str(problem)


def test_what_is_no_scenario_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        corridor_sim.run(tmp_path / "nowhere.yaml")
    anything: Any = 3
    with pytest.raises(InputError, match="file: expected a path of a scenario, or what load gave, not int"):
        corridor_sim.run(anything)
    with pytest.raises(InputError, match="set: what load gave is resolved already"):
        corridor_sim.run(small(), set={"flows.plums.weight": "2 t"})
    with pytest.raises(ModelError, match="service train has no departure in the run"):
        corridor_sim.run(small(services={"train": {"departs": "every 24 h from 2026-03-01 20:00"}}), noise=False)


def test_what_is_saved_is_read_again(busy_result: Result, tmp_path: Path) -> None:
    folder = busy_result.save(tmp_path)
    assert folder.parent == tmp_path / "small" and (folder / "kpis.csv").is_file()
    assert {path.stem for path in (folder / "figures").iterdir()} <= set(BY_NAME)
    again = corridor_sim.read(str(folder))
    assert again.summary == json.loads(json.dumps(busy_result.summary))
    for table in TABLES:
        pd.testing.assert_frame_equal(getattr(again, table), getattr(busy_result, table))
    assert again.save(tmp_path / "more").name == folder.name


def test_a_saved_result_says_how_the_command_line_makes_it_again(written: Path, tmp_path: Path) -> None:
    for how in ({"set": {"flows.plums.due.within": "12 h"}, "replications": 2, "seed": 5}, {"noise": False}):
        folder = corridor_sim.run(written, **how).save(tmp_path / "results")
        command = shlex.split(json.loads((folder / "manifest.json").read_text())["command"])
        assert command[:3] == ["corridor-sim", "run", str(written)]
        made = CliRunner().invoke(app, [*command[1:], "--out", str(tmp_path / "again"), "--quiet"])
        assert made.exit_code == 0, made.output
        assert Path(made.stdout.strip()).name == folder.name
        assert (folder / "summary.json").read_bytes() == (Path(made.stdout.strip()) / "summary.json").read_bytes()


def test_a_folder_that_is_not_ours_is_refused(busy_result: Result, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(ResultsError, match="no result of a run; expected a folder results/<scenario>/<key>"):
            corridor_sim.read(folder)
    saved = busy_result.save(tmp_path)
    (saved / "lines.parquet").write_bytes(b"no table")
    with pytest.raises(ResultsError, match=r"damaged \(lines.parquet\); run it again"):
        _ = corridor_sim.read(saved).lines
    (saved / "lines.parquet").unlink()
    with pytest.raises(ResultsError, match=r"damaged \(lines.parquet\); run it again"):
        corridor_sim.read(saved)
    (tmp_path / "file").write_text("")
    with pytest.raises(ResultsError):
        busy_result.save(tmp_path / "file")


def test_the_report_is_the_one_of_the_folder(busy_result: Result, tmp_path: Path) -> None:
    folder = busy_result.save(tmp_path)
    page = busy_result.to_html(tmp_path / "one.html")
    assert page.read_bytes() == (folder / "report.html").read_bytes()
    assert '<html lang="zh-Hans"' in busy_result.to_html(str(page), language="zh-Hans").read_text("utf-8")
    with pytest.raises(InputError, match='"fr" is no language of reports'):
        busy_result.to_html(page, language="fr")
    with pytest.raises(ResultsError):
        busy_result.to_html(tmp_path / "one.html" / "two.html")


def test_the_workbook_has_the_figures_as_numbers(busy_result: Result, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(busy_result.to_excel(tmp_path / "book.xlsx"))
    cells = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}
    assert set(busy_result.costs.value.dropna()) <= cells
    names = openpyxl.load_workbook(busy_result.to_excel(tmp_path / "zh.xlsx", language="zh-Hans")).sheetnames
    assert names != book.sheetnames
    with pytest.raises(InputError, match='"fr" is no language of reports'):
        busy_result.to_excel(tmp_path / "fr.xlsx", language="fr")
    with pytest.raises(ResultsError):
        busy_result.to_excel(tmp_path / "book.xlsx" / "two.xlsx")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["book.xlsx", "zh.xlsx"]


class Shown(HTMLParser):
    """What a browser takes from the HTML: tags, their attributes, the text, and the cells of figures."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.texts: list[str] = []
        self.cells: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if self.open and self.open[-1] == "td":
            self.cells.append(data)


def test_a_notebook_shows_the_figures_of_the_terminal(busy_result: Result) -> None:
    shown, stream = Shown(busy_result._repr_html_()), io.StringIO()
    show_run(busy_result.summary, None, console_for(stream))
    lines = stream.getvalue().splitlines()
    assert len(shown.cells) > 20 and shown.open == []
    for base, truck in zip(shown.cells[::2], shown.cells[1::2], strict=True):
        assert any(f" {base} " in f"{line} " and line.endswith(f" {truck}") for line in lines), (base, truck)
    figure = busy_result.kpis.query("alternative == 'base' and flow == 'all' and kpi == 'on_time'").iloc[0]
    assert f"{100 * figure.value:.1f} ±{100 * (figure.high - figure.value):.1f}" in shown.cells


def test_hostile_names_are_text(calm_result: Result) -> None:
    summary = copy.deepcopy(dict(calm_result.summary))
    summary["scenario"] |= {"title": {"en": HOSTILE}, "question": {"en": HOSTILE}}
    for one in summary["alternatives"]:
        one |= {"title": {"en": HOSTILE}, "name": f"{one['name']} {HOSTILE}", "supposition": True, "sources": [HOSTILE]}
    summary["baseline"] = summary["alternatives"][0]["name"]
    html = Result(replace(calm_result.run, summary=summary))._repr_html_()
    shown = Shown(html)
    assert shown.tags == {"div", "p", "strong", "br", "table", "thead", "tbody", "tr", "th", "td"}
    assert shown.attributes == {"style", "scope", "colspan"}
    text = "".join(shown.texts)
    assert text.count("<script>alert(1)</script> =HYPERLINK() $\\frac{1}{2}$ & \"'> 重庆 🚢") >= 4
    assert not {"\x1b", "\u202e"} & set(html)


def test_it_says_what_it_is_in_one_line(busy_result: Result) -> None:
    assert repr(busy_result) == "<Result of small: base, truck; 11 replications, seed 1>"


@pytest.mark.parametrize("name", BY_NAME)
def test_every_chart_is_a_method_that_shows_itself(busy_result: Result, name: str, tmp_path: Path) -> None:
    assert name in dir(busy_result.plot)
    drawing: Callable[..., Picture] = getattr(busy_result.plot, name)
    assert BY_NAME[name].says["en"] in str(drawing.__doc__)
    if name not in KEPT and BY_NAME[name].draw(busy_result.run, "en", "truck") is None:
        with pytest.raises(InputError, match=f"this run has nothing to show in {name}"):
            drawing()
        return
    for alternative in (None, "truck") if BY_NAME[name].of_one else (None,):
        picture = drawing(language="en", alternative=alternative)
        content, size = picture._repr_png_()
        assert content.startswith(b"\x89PNG") and b"seed 1, 11 replications" in content
        width, height = picture.figure.get_size_inches()
        assert size["width"] / size["height"] == pytest.approx(width / height, rel=0.01)
        assert picture.save(tmp_path / "one.png").read_bytes() == content
        svg = picture.save(str(tmp_path / "one.SVG")).read_text("utf-8")
        assert "scenario small, seed 1, 11 replications" in svg


def test_a_chart_speaks_three_languages_or_says_so(busy_result: Result) -> None:
    draw = busy_result.plot.transit_times
    titles = {draw(language=language).title for language in LANGUAGES}
    assert titles == set(BY_NAME["transit_times"].title.values()) and len(titles) > 1
    with pytest.raises(InputError, match='"fr" is no language of reports; expected en, zh-Hans, zh-Hant-HK'):
        draw(language="fr")


def test_what_cannot_be_drawn_is_told(busy_result: Result, tmp_path: Path) -> None:
    plot = busy_result.plot
    with pytest.raises(AttributeError, match=r'no chart "transit_time" \(did you mean "transit_times"\?\); there are '):
        _ = plot.transit_time
    assert not hasattr(plot, "_repr_html_")
    with pytest.raises(InputError, match="transit_times shows all alternatives; it takes none"):
        plot.transit_times(alternative="truck")
    with pytest.raises(
        InputError, match=r'"trunk" is no alternative \(did you mean "truck"\?\); there are base, truck'
    ):
        plot.save(tmp_path, alternative="trunk")
    with pytest.raises(InputError, match='"fr" is no language of reports'):
        plot.save(tmp_path, language="fr")
    with pytest.raises(InputError, match='"gif" is no format of pictures; expected png or svg'):
        plot.save(tmp_path, format="gif")
    with pytest.raises(InputError, match=r"ends in no format of pictures; expected .png or .svg"):
        plot.transit_times().save(tmp_path / "picture.pdf")
    with pytest.raises(ResultsError, match="No such file or directory"):
        plot.transit_times().save(tmp_path / "nowhere" / "picture.png")
    assert list(tmp_path.iterdir()) == []


def test_all_charts_are_saved_that_have_something_to_show(written: Path, tmp_path: Path) -> None:
    alone = corridor_sim.run(written)
    with pytest.raises(InputError, match="this run has nothing to show in cost_waterfall"):
        alone.plot.cost_waterfall()
    folder = tmp_path / "pictures"
    files = alone.plot.save(folder, format="png")
    assert sorted(files) == sorted(folder.iterdir())
    assert {"transit_times", "cost_breakdown"} <= {path.stem for path in files} <= set(BY_NAME) - {"cost_waterfall"}
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in files)
