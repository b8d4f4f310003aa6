"""What was put in: every value with its grade, range and reason, and the sources it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from corridor_sim.report.excel.names import Names, code_words
from corridor_sim.report.excel.sheet import Line, Sheet, Shown, column

Source = Mapping[str, Any]
FILLS = {"assumption": "#FBE3C8", "analogue": "#FFF3CC", "stated": "#EEEEEE"}
"""Grades that rest on nobody's measurement or publication -> the colour behind them."""
BETWEEN = "; "


def input_sheets(names: Names) -> list[Sheet]:
    """Return the inputs and the sources; none where a run lists none."""
    summary = names.run.summary
    inputs, sources = summary["inputs"], summary["sources"]
    used = {name for row in inputs for name in row["sources"]}
    used |= {name for one in summary["alternatives"] for name in one["sources"]}
    heads = ("path", "as_written", "grade", "range_low", "range_high", "reason", "source_names", "source_titles")
    sheets = []
    if inputs:
        columns = [column(head) for head in (*heads, "source_addresses")]
        sheets.append(Sheet("inputs", columns, _inputs(inputs, sources)))
    if sources:
        columns = [column(head) for head in ("source_names", "source_title", "address", "date", "confidence", "remark")]
        sheets.append(Sheet("sources", [*columns, column("used")], _sources(sources, used)))
    return sheets


def _inputs(inputs: Sequence[Source], sources: Mapping[str, Source]) -> Iterator[Line]:
    for row in inputs:
        known = [sources[name] for name in row["sources"] if name in sources]
        yield Line(
            [
                row["path"],
                row["text"],
                Shown(code_words("grade", row["grade"]), fill=FILLS.get(row["grade"], "")),
                row["low"],
                row["high"],
                row["because"] or "",
                BETWEEN.join(row["sources"]),
                BETWEEN.join(source["title"] for source in known),
                BETWEEN.join(filter(None, (source["url"] for source in known))),
            ]
        )


def _sources(sources: Mapping[str, Source], used: set[str]) -> Iterator[Line]:
    """Yield the sources; an address of the web can be clicked, and reads as where it leads."""
    for name, source in sorted(sources.items()):
        confidence = code_words("confidence", source["confidence"])
        address = Shown(source["url"], link=True)
        yield Line([name, source["title"], address, source["date"], confidence, source["note"], name in used])
