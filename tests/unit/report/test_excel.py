"""The workbook: its numbers are those of the summary to the last digit, its texts stay texts, its bytes repeat."""

from __future__ import annotations

import re
import warnings
from io import BytesIO
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from corridor_sim.report.excel import book
from corridor_sim.report.excel.book import book_bytes
from corridor_sim.report.excel.ledger_sheet import mean_cny
from corridor_sim.report.excel.sheet import Column, Line, Sheet, Shown, number_format
from corridor_sim.report.excel.workbook import sheets_of, workbook_bytes
from corridor_sim.report.links import is_link
from corridor_sim.report.run import Run
from corridor_sim.report.script.figures import kpi_words
from corridor_sim.report.script.words import LANGUAGES, room, same
from corridor_sim.report.words import CNY_PER_BOX, DAYS, PERCENT, READY_PERCENT, UNITS, Unit, number
from corridor_sim.study.bundle import figure_rows, indicator_rows

HOSTILE = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://x","y")',
    "+1",
    "@SUM(A1)",
    "-2",
    "$\\frac{1}{2}$",
    "重庆 😀",
    "_x0041_",
    " two  blanks ",
    "'quoted",
    "https://example.org/?a=1&b=<2>",
    "x" * 200,
)


def opened(content: bytes) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return openpyxl.load_workbook(BytesIO(content))


def written(sheet: Sheet, language: str = "en") -> Worksheet:
    """The first sheet of a workbook of one sheet."""
    return opened(book_bytes([sheet], language, {})).worksheets[0]


def one_column(*cells: Any, unit: Unit | None = None) -> Sheet:
    return Sheet("kpis", [Column(same("head"), unit)], [Line([cell]) for cell in cells])


def below(sheet: Worksheet, head: str) -> list[Any]:
    """The cells of a column below its head."""
    (cell,) = [cell for row in sheet.iter_rows() for cell in row if cell.value == head][:1]
    return [sheet.cell(row, cell.column) for row in range(cell.row + 1, sheet.max_row + 1)]


def test_every_figure_is_the_number_of_the_summary_and_none_is_a_text(results: Any) -> None:
    run = results.run()
    sheet = opened(workbook_bytes(run, "en"))["Figures"]
    rows = [*figure_rows(run.summary), *indicator_rows(run.summary)]
    for head, end in (("Value", "value"), ("Low", "low"), ("High", "high"), ("Replications", "n")):
        cells = below(sheet, head)
        assert [cell.value for cell in cells] == [figure[end] for *_, figure in rows]
        assert {type(cell.value) for cell in cells} <= {float, int, type(None)}
    assert [cell.value for cell in below(sheet, "Name in kpis.csv")] == [kpi for _, _, kpi, _ in rows]
    assert [cell.value for cell in below(sheet, "Alternative")] == [alternative for alternative, *_ in rows]
    assert [cell.value for cell in below(sheet, "Resolved")] == [figure["resolved"] for *_, figure in rows]


def test_a_number_keeps_all_its_digits() -> None:
    numbers = [0.1 + 0.2, 1 / 3, 12345.678901234567, 1e-300, 2.5e15 + 0.5, -0.1, 7.0]
    assert [cell.value for cell in below(written(one_column(*numbers)), "head")] == numbers
    assert f"{0.1 + 0.2:.16G}" != repr(0.1 + 0.2), "sixteen digits are not enough"


def test_what_is_not_known_is_an_empty_cell() -> None:
    sheet = written(one_column(None, Shown(None, CNY_PER_BOX)))
    assert [cell.value for cell in below(sheet, "head")] == [None, None]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_run_gives_the_same_bytes_and_no_formula(results: Any, language: str) -> None:
    content = workbook_bytes(results.run(), language)
    assert content == workbook_bytes(results.run(), language)
    workbook = opened(content)
    assert workbook.properties.created.year == 2000
    kinds = {cell.data_type for sheet in workbook.worksheets for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds and {"n", "s", "b"} <= kinds


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_come_back_as_they_are(text: str) -> None:
    (cell,) = below(written(one_column(text)), "head")
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)
    # a spreadsheet would take it for a formula as soon as somebody edits the cell
    assert cell.quotePrefix == text.startswith(("=", "+", "-", "@"))


def test_control_and_invisible_signs_are_escaped() -> None:
    (cell,) = below(written(one_column("a\x00b\x1b[2J\u202ec\nd")), "head")
    assert cell.value == r"a\x00b\x1b[2J\u202ec\nd"


def test_hostile_names_of_a_run_stay_texts(results: Any) -> None:
    summary = results.summary
    for one, text in zip(summary["alternatives"], HOSTILE, strict=False):
        one["title"] = {"en": text, "zh-Hans": text}
        for step in one["steps"]:
            step["step"] = text
    summary["scenario"]["question"] = {"en": HOSTILE[1]}
    summary["inputs"] = [
        {"path": text, "text": text, "grade": "stated", "sources": [text], "because": text, "low": None, "high": 0.1}
        for text in HOSTILE
    ]
    source = {"url": "javascript:alert(1)", "date": "=1", "confidence": "H", "note": "=2"}
    summary["sources"] = {text: {"title": text, **source} for text in HOSTILE}
    workbook = opened(workbook_bytes(results.run(), "zh-Hans"))
    cells = [cell for sheet in workbook.worksheets for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"n", "s", "b"}
    assert [cell.value for cell in below(workbook["输入参数"], "理由")] == list(HOSTILE)
    assert not any(cell.hyperlink for cell in cells)


@pytest.mark.parametrize(
    ("address", "clickable"),
    [
        ("https://www.example.org/a?b=c&d#e", True),
        ("http://例子.中国/页", True),
        ("javascript:alert(1)", False),
        ("file:///etc/passwd", False),
        ("internal:Sheet1!A1", False),
        ("https://", False),
        ("https://[half", False),
        ("https://a b.org", False),
        ("https://example.org/" + "x" * 3000, False),
        ("letterofcredit.biz", False),
    ],
)
def test_only_addresses_of_the_web_can_be_clicked(address: str, clickable: bool) -> None:
    (cell,) = below(written(one_column(Shown(address, link=True))), "head")
    assert is_link(address) is clickable is (cell.hyperlink is not None)
    assert cell.value == address
    if cell.hyperlink is not None:
        place = f"#{cell.hyperlink.location}" if cell.hyperlink.location else ""
        assert f"{cell.hyperlink.target}{place}" == address


@pytest.mark.parametrize(
    ("unit", "wanted"),
    [
        (DAYS, "#,##0.0"),
        (UNITS["h"], "#,##0.0"),
        (CNY_PER_BOX, "#,##0"),
        (Unit("CNY", decimals=2), "#,##0.00"),
        (PERCENT, "0.0%"),
        (READY_PERCENT, '0.0"%"'),
    ],
)
def test_numbers_are_shown_as_the_terminal_shows_them(unit: Unit, wanted: str) -> None:
    assert number_format(unit) == wanted
    decimals = wanted.partition(".")[2].count("0")
    assert len(number(1234.5678, unit).partition(".")[2]) == decimals


def test_the_first_sheet_has_the_figures_of_the_screen_side_by_side(results: Any) -> None:
    run = results.run()
    sheet = opened(workbook_bytes(run, "en"))["Summary"]
    assert sheet["A1"].value == "Chongqing produce to Hong Kong through Qinzhou"
    lines = {row[0].value: row for row in sheet.iter_rows()}
    p50 = lines[kpi_words("transit_p50")["en"]]
    figures = [one["kpis"]["transit_p50"] for one in run.alternatives]
    assert [cell.value for cell in p50[2:]] == [
        one[end] * (1 / 24) for one in figures for end in ("value", "low", "high")
    ]
    assert {cell.number_format for cell in p50[2:]} == {"#,##0.0"}
    on_time = lines[kpi_words("on_time")["en"]]
    assert (on_time[2].value, on_time[2].number_format) == (0.931, "0.0%")
    # a box costs 16,650 by Qinzhou and 22,400 by truck (fake.py)
    assert [cell.value for cell in lines["So it is"][2::3]] == ["-", "cheaper", "cheaper", "cheaper"]
    merged = {str(each) for each in sheet.merged_cells.ranges}
    assert merged == {"C5:E5", "F5:H5", "I5:K5", "L5:N5"}
    assert sheet.freeze_panes == "C7"


def test_sheets_are_named_and_filtered_in_every_language(results: Any) -> None:
    sheets = sheets_of(results.run())
    for language in LANGUAGES:
        workbook = opened(workbook_bytes(results.run(), language))
        names = [workbook[name].title for name in workbook.sheetnames]
        assert names[:-1] == [sheet.title[language] for sheet in sheets]
        assert all(sheet.auto_filter.ref and sheet.freeze_panes for sheet in workbook.worksheets)
    for key, words in room("excel").items():
        assert set(words) == set(LANGUAGES), key
        if key.startswith("sheet_"):
            assert all(0 < len(name) <= 31 and not re.search(r"[\[\]:*?/\\']", name) for name in words.values())
    for language in LANGUAGES:
        names = [words[language] for key, words in room("excel").items() if key.startswith("sheet_")]
        assert len(set(names)) == len(names)


def test_a_text_longer_than_a_cell_is_cut_and_told() -> None:
    workbook = opened(book_bytes([one_column("x" * 32_767, "y" * 32_768, "😀" * 20_000)], "en", {}))
    whole, cut, wide = (cell.value for cell in below(workbook.worksheets[0], "head"))
    assert (len(whole), len(cut), cut[-4:]) == (32_767, 32_767, "y...")
    # Excel counts the halves of signs beyond the first 65,536
    assert len(wide.encode("utf-16-le")) // 2 <= 32_767 and wide.endswith("😀...")
    told = [row[0] for row in workbook["About this file"].iter_rows(values_only=True)]
    assert "2 texts were cut to the length that a cell can hold." in told


def test_lines_beyond_the_end_of_a_sheet_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "MOST_ROWS", 5)
    sheet = written(one_column("a", "b", "c", "d", "e"))
    values = [row[0] for row in sheet.iter_rows(values_only=True)]
    assert values == [
        "head",
        "a",
        "b",
        "c",
        "2 more lines do not fit into a sheet; they are in the files of the result folder.",
    ]


def test_the_mean_of_a_replication_is_exact_to_the_cent() -> None:
    rows = [
        # (replication, base, activity, tariff, common, CNY): 0.1 + 0.2 in replication 0, 0.3 in 1, nothing in 2
        (0, "cash", "line_haul", "lorry", False, 0.1),
        (0, "cash", "line_haul", "rail", False, 0.2),
        (1, "cash", "line_haul", "lorry", False, 0.3),
        (2, "time", "decay", "", False, 5.0),
    ]
    columns = ["replication", "base", "activity", "tariff", "common", "cny"]
    table = pd.DataFrame(rows, columns=columns).assign(alternative="a")
    assert mean_cny(table) == {("a", "cash", "line_haul", False): 60 / 300, ("a", "time", "decay", False): 500 / 300}


def test_two_alternatives_of_the_same_title_are_told_apart(results: Any) -> None:
    for one in results.summary["alternatives"]:
        one["title"] = {"en": "way", "zh-Hans": "路线"}
    sheet = opened(workbook_bytes(results.run(), "zh-Hans"))["全部指标"]
    shown = {cell.value for cell in below(sheet, "方案")}
    assert shown == {f"路线 [{one['name']}]" for one in results.summary["alternatives"]}


def test_one_alternative_and_nothing_known_still_gives_a_workbook(results: Any) -> None:
    summary = results.summary
    (truck, *_) = summary["alternatives"]
    for figure in (*truck["kpis"].values(), *truck["costs"], *truck["activities"]):
        figure |= {"value": None, "low": None, "high": None}
    alone = {**summary, "alternatives": [truck], "comparisons": []}
    workbook = opened(workbook_bytes(Run(alone, results.resolved, {}), "en"))
    assert workbook.sheetnames == ["Summary", "Figures", "About this file"]


def share(value: float) -> dict[str, Any]:
    return {"value": value, "low": value, "high": value, "resolved": True}


def claim() -> dict[str, Any]:
    """An answer as `claims` keeps it, with what the workbook reads."""
    spread = {"low": -18.5, "median": -10.25, "high": -1.5}
    stated = {"value": -11.75, "low": -12.0, "high": -11.5, "resolved": True}
    chances = {side: share(chance) for side, chance in (("below", 0.875), ("inside", 0.0625), ("above", 0.0625))}
    cell = {"flow": "lemon", "teu": 12.5, "value_cny": 1e6, "stated": stated, "chance": 0.125, **spread}
    return {
        "name": "saves",
        "statement": {"en": "=saves 5 % to 8 %"},
        "source": ["leaflet"],
        "says": "can",
        "interval": [5.0, 8.0],
        "of": "qinzhou_ordinary",
        "against": "truck",
        "cost_base": "cash",
        "perspective": "chain",
        "verdict": "falls short",
        "stated": stated,
        "doubt": {"chances": {**chances, "at_least": share(0.125)}, **spread},
        "cells": {"by_teu": share(0.5), "by_value": share(0.25), "cells": [cell]},
    }


def test_claims_stand_in_sheets_of_their_own(results: Any) -> None:
    run = results.run()
    answers = {"claims": [claim()], "run": {"points": 1024}}
    workbook = opened(workbook_bytes(Run(run.summary, run.resolved, run.tables, answers), "zh-Hans"))
    heads, line, *below_it = workbook["外界说法"].iter_rows(values_only=True)
    assert [value for value in line if isinstance(value, int | float)] == [
        *(5.0, 8.0),
        *(-11.75, -12.0, -11.5),
        *(0.875, 0.0625, 0.0625, 0.125),
        *(-18.5, -10.25, -1.5),
        *(0.5, 0.25),
    ]
    assert len(heads) == len(line) and {"=saves 5 % to 8 %", "未达"} <= set(line)
    assert "1,024" in str(below_it[-1][0])
    (cell,) = workbook["外界说法（分货流）"].iter_rows(min_row=2, values_only=True)
    assert cell[2:] == (12.5, 1e6, -11.75, -12.0, -11.5, 0.125, -18.5, -10.25, -1.5)


def test_why_bars_stand_in_a_sheet_of_their_own(results: Any) -> None:
    (first, *_) = results.summary["comparisons"]
    bar = {"base": "cash", "group": "route", "cents": -12345, "separated": True}
    figures = {"per_tonne": share(-1.5), "per_box": share(-27.0)}
    groups = [{"name": "route", "sets": ["flows.plum.route", "flows.lemon.route"]}]
    first["why"] = {"groups": groups, "bars": [bar | figures], "notes": ["one bar, because"]}
    sheet = opened(workbook_bytes(results.run(), "en"))["Why costs differ"]
    assert next(cell.value for cell in below(sheet, "CNY, all replications")) == -123.45
    assert next(cell.value for cell in below(sheet, "Overrides")) == "flows.plum.route, flows.lemon.route"
    assert "Note: one bar, because" in {row[0] for row in sheet.iter_rows(values_only=True)}
