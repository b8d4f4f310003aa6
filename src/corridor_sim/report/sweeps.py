"""What a sweep found, in a terminal: points down, alternatives across; the list of results; the answer of a query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from corridor_sim.metrics.kpis import kpi_of
from corridor_sim.reading.located import printable
from corridor_sim.report.screen import Summary
from corridor_sim.report.terminal import ASCII_HEAD, Row, chunks, side_by_side, wrap_name
from corridor_sim.report.words import BASES, CNY_PER, Footnotes, Unit, text_of, unit_of

MOST_SHOWN = 24
"""Points that are shown."""
MOST_ROWS = 200
LABEL_COLUMNS = 26
LONGEST_CELL = 60
Rows = Sequence[Mapping[str, Any]]


def show_sweep(summary: Summary, rows: Rows, figures: Sequence[str], folder: str, console: Console) -> None:
    """Print some figures of a sweep; `rows` are those of its table for them, all flows together."""
    console.print(Text(text_of(summary["scenario"]["title"]), style="bold"))
    console.print(Text(_size(summary)))
    footnotes = Footnotes()
    for names in chunks(summary["alternatives"]):
        heads = [wrap_name(printable(name), LABEL_COLUMNS) for name in names]
        sections = [(_title(name, rows), list(_points(summary, names, name, rows, footnotes))) for name in figures]
        console.print()
        console.print(side_by_side(console, [[" ".join(head)] for head in heads], sections, LABEL_COLUMNS))
    points = len(summary["design"]["points"])
    if points > MOST_SHOWN:
        console.print(Text(f"... and {points - MOST_SHOWN:,} more points; see corridor-sim results query"))
    console.print()
    for line in (*_precision(summary), *map(printable_line, summary["notes"]), *footnotes.lines()):
        console.print(Text(line))
    console.print(Text(f"Results: {folder}"), soft_wrap=True)


def printable_line(text: str) -> str:
    """Return a note on one line."""
    return printable(text, LONGEST_CELL**2)


def _size(summary: Summary) -> str:
    points = summary["design"]["points"]
    counts = sorted({point["replications"] for point in points})
    each = f"{counts[0]:,}" if len(counts) == 1 else f"{counts[0]:,} to {counts[-1]:,}"
    simulated, kind = summary["simulated"], summary["design"]["kind"]
    sizes = [f"{_many(len(points), 'point')} ({kind})", _many(len(summary["alternatives"]), "alternative")]
    found = [_many(simulated["programs"], "distinct model"), _many(simulated["distinct"], "priced case")]
    return f"{', '.join(sizes)}, {each} replications; {', '.join(found)}"


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _title(name: str, rows: Rows) -> str:
    unit = next((str(row["unit"]) for row in rows if row["kpi"] == name), "")
    kpi, _, key = name.partition(":")
    try:
        found = kpi_of(kpi)
    except KeyError:
        return f"{name}, {_unit(name, unit).words}"
    base, *others = key.split("/")
    words = f"{BASES.get(base, base)} {found.words} per {found.per} ({', '.join(others)})" if key else found.words
    return f"{words}, {_unit(name, unit).words}"


def _unit(name: str, unit: str) -> Unit:
    per = name.partition(":")[0].rpartition("_per_")[2]
    return CNY_PER[per] if unit == "CNY" and per in CNY_PER else unit_of(unit)


def _points(summary: Summary, names: Sequence[str], figure: str, rows: Rows, footnotes: Footnotes) -> Iterator[Row]:
    found = {(row["point"], row["alternative"]): row for row in rows if row["kpi"] == figure}
    short = _short(summary["design"]["vary"])
    for place, point in enumerate(summary["design"]["points"][:MOST_SHOWN]):
        values = zip(short, point["values"], strict=True)
        label = ", ".join(f"{path} {printable(value)}" for path, value in values)
        cells = []
        for name in names:
            row = found.get((place, name))
            cells.append("" if row is None else footnotes.cell(row, _unit(figure, row["unit"])))
        yield label, cells


def _short(paths: Sequence[str]) -> list[str]:
    """Return the ends of paths, as short as they can be told apart."""
    parts = [path.split(".") for path in paths]
    for length in range(1, max(map(len, parts)) + 1):
        ends = [".".join(each[-length:]) for each in parts]
        if len(set(ends)) == len(ends):
            return ends
    return list(paths)


def _precision(summary: Summary) -> Iterator[str]:
    asked = summary["precision"]
    if asked is None:
        return
    missed = asked["not_reached"]
    if not missed:
        yield f"{asked['kpi']} is known to {asked['asked']} at every point."
        return
    yield (
        f"{asked['kpi']} is not known to {asked['asked']} in {len(missed)} cases with {asked['cap']:,} "
        "replications at most (raise --cap):"
    )
    for each in missed[:MOST_SHOWN]:
        point = summary["design"]["points"][each["point"]]
        where = ", ".join(
            f"{path}={value}" for path, value in zip(summary["design"]["vary"], point["values"], strict=True)
        )
        yield f"  {each['alternative']} at {where}: {_half(each)}"
    if len(missed) > MOST_SHOWN:
        yield f"  ... and {len(missed) - MOST_SHOWN:,} more, in summary.json"


def _half(figure: Mapping[str, Any]) -> str:
    if figure["low"] is None or figure["high"] is None:
        return "no interval"
    return f"{figure['value']:.4g} ±{(figure['high'] - figure['low']) / 2:.2g}"


def show_table(heads: Sequence[str], rows: Iterable[Sequence[object]], console: Console) -> None:
    """Print rows under their heads, at most MOST_ROWS; one below the other where they are wider than the console."""
    rows = list(rows)
    shown = [[_cell(value) for value in row] for row in rows[:MOST_ROWS]]
    names = [printable(head, LONGEST_CELL) for head in heads]
    widths = [max(map(cell_len, column)) for column in zip(names, *shown, strict=True)]
    if sum(widths) + len(widths) <= console.width:
        console.print(_table(names, shown, rows))
    else:
        _below_each_other(names, shown, console)
    if len(rows) > MOST_ROWS:
        console.print(Text(f"... and {len(rows) - MOST_ROWS:,} more rows; --csv and --json give all"))


def _table(names: Sequence[str], shown: Sequence[Sequence[str]], rows: Sequence[Sequence[object]]) -> Table:
    table = Table(box=ASCII_HEAD, padding=0, show_edge=False)
    for place, name in enumerate(names):
        numeric = bool(rows) and isinstance(rows[0][place], int | float)
        table.add_column(Text(name, style="bold"), justify="right" if numeric else "left")
    for cells in shown:
        table.add_row(*map(Text, cells))
    return table


def _below_each_other(names: Sequence[str], shown: Sequence[Sequence[str]], console: Console) -> None:
    width = max(map(cell_len, names))
    for place, cells in enumerate(shown, start=1):
        console.print(Text(f"-- {place}", style="bold"))
        for name, cell in zip(names, cells, strict=True):
            console.print(Text(f"{name:<{width}}  {cell}"), soft_wrap=True)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    return printable(str(value), LONGEST_CELL)
