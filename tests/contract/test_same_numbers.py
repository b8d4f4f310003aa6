"""Any number that is shown anywhere is the number of summary.json: in CSV, Parquet, the workbook and the terminal."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from io import BytesIO, StringIO
from itertools import product
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from rich.console import Console

from corridor_sim.report.excel.workbook import workbook_bytes
from corridor_sim.report.html.page import page_html
from corridor_sim.report.run import Run, stored_run
from corridor_sim.report.screen import FIGURES, HEADLINE_SAVING, SHOWN_BASES, SHOWN_PERSPECTIVES, UNITS_SHOWN, show_run
from corridor_sim.report.waterfall import PER_TONNE
from corridor_sim.report.words import (
    CNY_PER,
    DAYS,
    PERCENT,
    READY_PERCENT,
    UNITS,
    Unit,
    has_interval,
    number,
    row_with,
    savings_of,
    with_interval,
)
from corridor_sim.scenario.load import load
from corridor_sim.study.bundle import write_bundle
from corridor_sim.study.evaluate import evaluate
from corridor_sim.study.stored import read_run
from html_numbers import at_path, numbers_in_html, wrong_numbers

SMALL = Path(__file__).parents[1] / "unit" / "scenario" / "small.yaml"
REPLICATIONS = 12
ENDS = ("value", "low", "high")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with intervals, written as a result folder."""
    return write_bundle(evaluate(load(SMALL), replications=REPLICATIONS), tmp_path_factory.mktemp("out"), {})


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    return stored_run(read_run(folder))


@pytest.fixture(scope="module")
def workbook(run: Run) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(workbook_bytes(run, "en")))


def table_of(workbook: openpyxl.Workbook, name: str) -> list[dict[str, Any]]:
    """The lines of a sheet whose heads stand in its first row."""
    heads, *rows = workbook[name].iter_rows(values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def figures_of(summary: Any) -> Iterator[tuple[str, str, str, Any]]:
    """Yield (alternative, flow, name of kpis.csv, estimate) read off the summary by hand."""
    for one in summary["alternatives"]:
        for flow, kpis in {"all": one["kpis"], **one["by_flow"]}.items():
            for kpi, figure in kpis.items():
                yield one["name"], flow, kpi, figure
        for row in one["costs"]:
            key = f"cost_per_{row['per']}:{row['base']}/{row['perspective']}/{row['subsidy']}"
            yield one["name"], "all", key, row
        for name, figure in one["corridor"].items():
            yield one["name"], "all", name, figure
    for pair in summary["comparisons"]:
        for kpi, figure in pair["kpis"].items():
            yield pair["alternative"], "all", f"difference_to_{pair['against']}:{kpi}", figure
        for row in pair["savings"]:
            for measure in ("cny", "percent"):
                kind = f"{row['per']}:{row['base']}/{row['perspective']}/{row['subsidy']}"
                yield pair["alternative"], "all", f"saving_{measure}_to_{pair['against']}_per_{kind}", row[measure]


def test_kpis_csv_has_the_numbers_of_the_summary(folder: Path) -> None:
    summary = json.loads((folder / "summary.json").read_bytes())
    rows = list(csv.DictReader(StringIO((folder / "kpis.csv").read_text(encoding="utf-8"))))
    found = {(row["alternative"], row["flow"], row["kpi"]): row for row in rows}
    wanted = {(alternative, flow, kpi): figure for alternative, flow, kpi, figure in figures_of(summary)}
    assert set(found) == set(wanted) and len(rows) == len(wanted)
    for key, figure in wanted.items():
        shown = [None if found[key][end] == "" else float(found[key][end]) for end in ENDS]
        assert shown == [figure[end] for end in ENDS], key
    assert any(figure["low"] is not None for figure in wanted.values())


def test_the_workbook_has_the_numbers_of_the_summary(workbook: openpyxl.Workbook, run: Run) -> None:
    rows = table_of(workbook, "Figures")
    flows = {str(run.name(name)["en"]): name for name in run.scenario()["flows"]} | {"all flows": "all"}
    found = {(row["Alternative"], flows[row["Flow"]], row["Name in kpis.csv"]): row for row in rows}
    wanted = {(alternative, flow, kpi): figure for alternative, flow, kpi, figure in figures_of(run.summary)}
    assert set(found) == set(wanted) and len(rows) == len(wanted)
    for key, figure in wanted.items():
        assert [found[key][head] for head in ("Value", "Low", "High")] == [figure[end] for end in ENDS], key


def test_the_comparisons_of_the_workbook_are_those_of_the_summary(workbook: openpyxl.Workbook, run: Run) -> None:
    (pair,) = run.summary["comparisons"]
    savings = [row[measure] for row in pair["savings"] for measure in ("cny", "percent")]
    by_flow = [figure for bases in pair["flow_savings"].values() for figure in bases.values()]
    wanted = [[figure[end] for end in ENDS] for figure in (*pair["kpis"].values(), *savings, *by_flow)]
    rows = table_of(workbook, "Comparisons")
    assert [[row[head] for head in ("Value", "Low", "High")] for row in rows] == wanted
    where = [*pair["where"]["bars"], *pair["where"]["totals"]]
    rows = table_of(workbook, "Where costs differ")
    assert [row["CNY per tonne"] for row in rows] == [bar["per_tonne"]["value"] for bar in where]
    assert [round(row["CNY, all replications"] * 100) for row in rows] == [bar["cents"] for bar in where]


def test_parquet_and_workbook_agree_and_add_up_to_the_summary(
    workbook: openpyxl.Workbook, run: Run, folder: Path
) -> None:
    distance = pd.read_parquet(folder / "time_cost_distance.parquet")
    rows = table_of(workbook, "Time and cost over distance")
    assert [row["Hours since release, mean"] for row in rows] == distance["hours_mean"].tolist()
    assert [row["CNY per box, so far"] for row in rows] == distance["cny_per_box"].tolist()
    lines = pd.read_parquet(folder / "lines.parquet")
    sheet = [[cell.value for cell in row] for row in workbook["Costs by activity"].iter_rows()]
    heads, body, names = sheet[1], sheet[2:], run.names
    assert heads[4:] == [*names, *names]
    bases = {"cash": ("cash",), "total_logistics": ("cash", "time"), "with_carbon": ("cash", "time", "carbon")}
    for line, (base, parts) in zip(body[-len(bases) :], bases.items(), strict=True):
        for place, one in enumerate(run.summary["alternatives"]):
            inside = lines[(lines["alternative"] == one["name"]) & lines["base"].isin(parts)]
            assert line[4 + place] == pytest.approx(inside["cny"].sum() / REPLICATIONS, rel=1e-12)
            cost = row_with(one["costs"], base=base, per="box", perspective="chain", subsidy="after")
            assert cost is not None and line[4 + len(names) + place] == cost["value"]
    for place, one in enumerate(run.summary["alternatives"]):
        shown = sorted(line[4 + len(names) + place] for line in body[: -len(bases)] if line[4 + len(names) + place])
        assert shown == sorted(row["value"] for row in one["activities"] if row["value"])


def said(figure: Any, unit: Unit) -> str:
    """A figure as the words of reports write it."""
    return with_interval(figure, unit) if has_interval(figure) else number(figure["value"], unit)


def test_the_terminal_writes_the_numbers_of_the_summary(run: Run) -> None:
    stream = StringIO()
    console = Console(file=stream, width=400, markup=False, emoji=False, highlight=False)
    show_run(run.summary, None, console)
    lines = [" ".join(line.split()) for line in stream.getvalue().splitlines()]
    alternatives = run.summary["alternatives"]
    wanted = [
        [said(one["kpis"][kpi], unit) for one in alternatives] for kpi, _, unit in FIGURES if kpi != "undelivered"
    ]
    for per, bases in SHOWN_BASES.items():
        for base, perspective in product(bases, SHOWN_PERSPECTIVES):
            kind = {"base": base, "perspective": perspective, "per": per, "subsidy": "after"}
            costs = [row for one in alternatives for row in one["costs"] if kind.items() <= row.items()]
            wanted.append([said(row, UNITS_SHOWN[per]) for row in costs])
    (saving,) = [
        row
        for row in savings_of(run.summary, "truck")
        if {**HEADLINE_SAVING, "subsidy": "after"}.items() <= row.items()
    ]
    wanted.append(["-", said(saving["cny"], UNITS_SHOWN["kg"])])
    wanted.append(["-", said(saving["percent"], READY_PERCENT)])
    for cells in wanted:
        assert any(line.endswith(" ".join(cells)) for line in lines), cells
    assert {len(cells) for cells in wanted} == {2} and any("±" in cell for cells in wanted for cell in cells)


def test_the_first_sheet_and_the_terminal_show_the_same(workbook: openpyxl.Workbook, run: Run) -> None:
    """What a spreadsheet displays of a cell, by its format, is what the terminal writes of the number."""
    (p50_line,) = [row for row in workbook["Summary"].iter_rows() if row[1].value == "days"][:1]
    for one, cell in zip(run.summary["alternatives"], p50_line[2::3], strict=True):
        assert displayed(cell) == number(one["kpis"]["transit_p50"]["value"], FIGURES[0][2])
    shares = [row for row in workbook["Summary"].iter_rows() if row[1].value == "%"]
    for one, cell in zip(run.summary["alternatives"], shares[0][2::3], strict=True):
        assert displayed(cell) == f"{number(one['kpis']['on_time']['value'], FIGURES[2][2])}%"


def displayed(cell: Any) -> str:
    """What a spreadsheet shows of a number with one of the formats of this house."""
    pattern = re.fullmatch(r'(#,##)?0(\.0+)?("?%"?)?', cell.number_format)
    assert pattern is not None, cell.number_format
    decimals, sign = len(pattern[2] or ".") - 1, pattern[3] or ""
    value = cell.value * 100 if sign == "%" else cell.value
    return f"{value:,.{decimals}f}{sign.strip(chr(34))}"


def test_the_page_marks_each_number_with_its_place_and_writes_it_as_everywhere(run: Run) -> None:
    html = page_html(run, None)
    assert wrong_numbers(html, run.summary) == []
    shown = numbers_in_html(html)
    units = (*UNITS.values(), *UNITS_SHOWN.values(), *CNY_PER.values(), DAYS, PERCENT, READY_PERCENT, PER_TONNE)
    for path, value, text in shown:
        assert text.lstrip("+").split(" ")[0] in {number(value, unit) for unit in units}, (path, value, text)
    assert {path.split("/")[0] for path, _, _ in shown} >= {"alternatives", "comparisons"}


PAGE = """<p>Half arrive within <data value="191.5" data-at="alternatives/1/kpis/transit_p50"><b>8.0</b>
 &plusmn;0.0</data> days, <data value="0.9" data-at="alternatives/1/kpis/on~1time">90 %</data>,
 <data value="30" data-at="run/replications">30</data> replications; <data value="7">not of the summary</data></p>"""


def test_the_numbers_of_a_page_are_found_with_their_paths_and_texts() -> None:
    assert numbers_in_html(PAGE) == [
        ("alternatives/1/kpis/transit_p50", 191.5, "8.0 ±0.0"),
        ("alternatives/1/kpis/on~1time", 0.9, "90 %"),
        ("run/replications", 30.0, "30"),
    ]


def test_a_number_of_a_page_that_is_not_the_summarys_is_told() -> None:
    kpis = {"transit_p50": {"value": 191.5}, "on/time": {"value": 0.9}}
    summary = {"alternatives": [{}, {"kpis": kpis}], "run": {"replications": 30}}
    assert at_path(summary, "alternatives/1/kpis/on~1time") == {"value": 0.9}
    assert wrong_numbers(PAGE, summary) == []
    kpis["transit_p50"]["value"] = 191.6
    del summary["run"]
    first, second = wrong_numbers(PAGE, summary)
    assert first.startswith("alternatives/1/kpis/transit_p50: 191.6 in the summary, 191.5 on the page")
    assert second.startswith("run/replications: the summary has nothing there")
