"""Writes sheets as one workbook: real numbers, texts that are never formulas, the same bytes for the same sheets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from math import ceil
from typing import Any

from rich.cells import cell_len

from corridor_sim.reading.located import printable
from corridor_sim.report.excel.sheet import Cell, Cuts, Line, Sheet, Shown, Value, column, number_format
from corridor_sim.report.links import is_link
from corridor_sim.report.script.words import in_language, say
from corridor_sim.report.words import Unit, number
from corridor_sim.study.bundle import FORMULA_SIGNS

LONGEST_TEXT, MOST_ROWS, LONGEST_TAB = 32_767, 1_048_576, 31
"""Excel's limits: characters of a cell (in UTF-16), rows of a sheet, characters of a sheet's name."""
CREATED = datetime(2000, 1, 1)
"""Every workbook says this day, so that the same run gives the same bytes."""
OPTIONS = {"in_memory": True, **dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)}
WIDEST, NARROWEST, MARGIN, WIDEST_HEAD = 60, 6, 2, 16
LINE_POINTS, MOST_HEAD_LINES = 15, 6
NOTE_LINE, NOTE_LINE_PIXELS, NOTE_WIDTH = 34, 18, 260
HEAD = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#DDE8F0"}
GROUP = {"bold": True, "text_wrap": True, "align": "center", "valign": "top", "bg_color": "#DDE8F0", "left": 1}
TITLE = {"bold": True, "font_size": 14}
WEAK = {"italic": True, "font_color": "#767676"}
LINKED = {"font_color": "#0000EE", "underline": 1}
RIGHT, INDENTED = {"align": "right"}, {"indent": 1}
TRUTH = '"TRUE";"TRUE";"FALSE"'
"""Shows yes and no; without a format LibreOffice shows some of them as 0 and 1."""
A4 = 9
UTF16_BYTES = 2


class Exact(float):
    """A number that is written with all its digits: XlsxWriter would write 16, and 17 are needed."""

    def __format__(self, spec: str) -> str:
        """Return the shortest text that is read as this very number."""
        return repr(float(self))


def book_bytes(sheets: Sequence[Sheet], language: str, properties: Mapping[str, str]) -> bytes:
    """Return the workbook of some sheets and, at its end, one that says what each holds and what was cut."""
    import xlsxwriter

    stream = BytesIO()
    with xlsxwriter.Workbook(stream, OPTIONS) as workbook:
        workbook.set_properties({**properties, "created": CREATED})
        book = _Book(workbook, language)
        for sheet in sheets:
            book.add(sheet)
        book.add(_contents(sheets, book))
    return stream.getvalue()


@dataclass
class _Book:
    workbook: Any
    language: str
    cuts: Cuts = field(default_factory=Cuts)
    counts: dict[str, int] = field(default_factory=dict)
    formats: dict[tuple[tuple[str, Any], ...], Any] = field(default_factory=dict)

    def style(self, **looks: Any) -> Any:
        """Return a format of the workbook, made once for the same looks."""
        key = tuple(sorted(looks.items()))
        if key not in self.formats:
            self.formats[key] = self.workbook.add_format(dict(looks))
        return self.formats[key]

    def add(self, sheet: Sheet) -> None:
        """Write a sheet: what stands above, heads, lines, what stands below."""
        page = _Page(self, self.workbook.add_worksheet(tab_name(sheet.title[self.language])), sheet)
        for place, line in enumerate(sheet.above):
            page.loose(line, TITLE if place == 0 else {})
        page.groups()
        head, page.row = page.row, page.row + 1
        for line in sheet.lines:
            if page.row >= MOST_ROWS - 1:
                self.cuts.lines[sheet.key] = self.cuts.lines.get(sheet.key, 0) + 1
                continue
            page.line(line)
        self.counts[sheet.key] = page.row - head - 1
        if sheet.key in self.cuts.lines:
            page.loose(Line([say("excel.cut_lines", count=f"{self.cuts.lines[sheet.key]:,}")]), {})
        page.finish(head)
        for line in sheet.below:
            page.loose(line, {})

    def text(self, words: str | Mapping[str, str]) -> str:
        """Return a text in the workbook's language, on one line, as long as a cell may be."""
        whole = in_language(words, self.language)
        shown = fitting(whole)
        self.cuts.texts += shown.endswith("...") and not whole.endswith("...")
        return shown


@dataclass
class _Page:
    book: _Book
    target: Any
    sheet: Sheet
    row: int = 0
    widths: dict[int, int] = field(default_factory=dict)
    numeric: set[int] = field(default_factory=set)
    """Columns of numbers, whose heads stand to the right."""

    def loose(self, line: Line, looks: Mapping[str, Any]) -> None:
        """Write a line outside the table."""
        looks = looks or ({"bold": True} if line.bold else {})
        for place, cell in enumerate(line.cells):
            self.put(place, cell, None, looks, runs_on=len(line.cells) == 1)
        self.row += 1

    def groups(self) -> None:
        """Write the heads over several columns, if there are any."""
        for title, first, last in self.sheet.groups:
            words, looks = self.book.text(title), self.book.style(**GROUP)
            if first < last:
                self.target.merge_range(self.row, first, self.row, last, "", looks)
            self.target.write_string(self.row, first, words, self.book.style(**GROUP, **_prefix(words)))
        self.row += 1 if self.sheet.groups else 0

    def heads(self, row: int) -> None:
        """Write the head of each column, with its note, as high as its words need."""
        most_lines = 1
        for place, head in enumerate(self.sheet.columns):
            title = self.book.text(head.title)
            width = max(self.widths.get(place, NARROWEST), min(cell_len(title) + MARGIN, WIDEST_HEAD))
            self.widths[place] = width
            most_lines = max(most_lines, ceil((cell_len(title) + MARGIN) / width))
            looks = {**HEAD, **(RIGHT if place in self.numeric else self._indent(place)), **_prefix(title)}
            self.target.write_string(row, place, title, self.book.style(**looks))
            if head.note is not None:
                note = self.book.text(head.note)
                height = NOTE_LINE_PIXELS * (MARGIN + cell_len(note) // NOTE_LINE)
                options = {"width": NOTE_WIDTH, "height": height, "author": ""}
                self.target.write_comment(row, place, note, options)
        self.target.set_row(row, LINE_POINTS * min(most_lines, MOST_HEAD_LINES))

    def line(self, line: Line) -> None:
        """Write a line of the table."""
        looks = {"bold": True} if line.bold else {}
        for place, (cell, head) in enumerate(zip(line.cells, self.sheet.columns, strict=True)):
            self.put(place, cell, head.unit, looks)
        self.row += 1

    def put(self, place: int, cell: Cell, unit: Unit | None, looks: Mapping[str, Any], runs_on: bool = False) -> None:
        """Write one cell; one that `runs_on` over its neighbours widens no column."""
        shown = cell if isinstance(cell, Shown) else Shown(cell)
        unit = shown.unit or unit
        looks = {**looks, **(WEAK if shown.weak else {}), **({"bg_color": shown.fill} if shown.fill else {})}
        width = self._written(place, shown.value, unit, looks, shown.link)
        if not runs_on:
            self.widths[place] = max(self.widths.get(place, NARROWEST), min(width + MARGIN, WIDEST))

    def _written(self, place: int, value: Value, unit: Unit | None, looks: dict[str, Any], link: bool) -> int:
        """Write a value in the current row; return how many columns of text it takes."""
        style = self.book.style
        if value is None:
            self.target.write_blank(self.row, place, None, style(**looks))
            return 0
        if isinstance(value, bool):
            self.target.write_boolean(self.row, place, value, style(**looks, num_format=TRUTH))
            return len(str(value))
        if isinstance(value, int | float):
            self.numeric.add(place)
            form = {"num_format": number_format(unit)} if unit else {}
            self.target.write_number(self.row, place, Exact(value), style(**looks, **form))
            return len(number(value, Unit("", decimals=unit.decimals if unit else 0))) + 1
        text = self.book.text(value)
        if link and is_link(text):
            self.target.write_url(self.row, place, text, style(**looks, **LINKED, **self._indent(place)), text)
        else:
            self.target.write_string(self.row, place, text, style(**looks, **self._indent(place), **_prefix(text)))
        return cell_len(text)

    def _indent(self, place: int) -> dict[str, int]:
        """Return the looks that keep a text from touching the number before it."""
        return INDENTED if place else {}

    def finish(self, head: int) -> None:
        """Freeze the heads, let readers filter, set widths and how it is printed."""
        self._fit_groups(head - 1)
        self.heads(head)
        columns, last = len(self.sheet.columns), max(head + 1, self.row - 1)
        self.target.freeze_panes(head + 1, self.sheet.frozen)
        self.target.autofilter(head, 0, last, columns - 1)
        for place in range(columns):
            self.target.set_column(place, place, self.widths.get(place, NARROWEST))
        self.target.set_landscape()
        self.target.set_paper(A4)
        self.target.fit_to_pages(1, 0)
        self.target.repeat_rows(head)

    def _fit_groups(self, row: int) -> None:
        """Widen columns for the head above them, and make it higher where that is not enough."""
        most_lines = 1
        for title, first, last in self.sheet.groups:
            wanted, columns = cell_len(self.book.text(title)) + MARGIN, range(first, last + 1)
            for place in columns:
                each = min(ceil(wanted / len(columns)), WIDEST_HEAD)
                self.widths[place] = max(self.widths.get(place, NARROWEST), each)
            most_lines = max(most_lines, ceil(wanted / sum(self.widths[place] for place in columns)))
        if self.sheet.groups:
            self.target.set_row(row, LINE_POINTS * min(most_lines, MOST_HEAD_LINES))


def _prefix(text: str) -> dict[str, bool]:
    """Return the looks of a text that stays text even when a user edits its cell."""
    return {"quote_prefix": True} if text.startswith(FORMULA_SIGNS) else {}


def fitting(text: str) -> str:
    """Return a text on one line, control characters escaped, cut where a cell ends."""
    shown = printable(text, LONGEST_TEXT)
    if len(shown.encode("utf-16-le")) <= LONGEST_TEXT * UTF16_BYTES:
        return shown
    room = (LONGEST_TEXT - len("...")) * UTF16_BYTES
    return shown.encode("utf-16-le")[:room].decode("utf-16-le", errors="ignore") + "..."


def tab_name(title: str) -> str:
    """Return the name of a sheet without what Excel forbids in it."""
    return re.sub(r"[\[\]:*?/\\']", " ", printable(title, LONGEST_TAB)).strip()


def _contents(sheets: Iterable[Sheet], book: _Book) -> Sheet:
    """Return the sheet that says what the others hold, how many lines they have, and what was cut."""
    lines = [Line([sheet.title, float(book.counts[sheet.key]), sheet.says]) for sheet in sheets]
    cut = [say("excel.cut_texts", count=f"{book.cuts.texts:,}")] if book.cuts.texts else []
    below = [Line([]), *(Line([words]) for words in (*cut, say("excel.legend_weak"), say("excel.legend_interval")))]
    columns = (column("sheet"), column("lines", Unit("")), column("holds"))
    return Sheet("contents", columns, lines, below=below)
