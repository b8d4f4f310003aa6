"""A result as a notebook shows it: the table of the first screen in HTML, in the colours of the page around it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from corridor_sim.reading.located import printable
from corridor_sim.report.run import Run
from corridor_sim.report.screen import HEADLINE_SAVING, LEGEND, head_of, interval_words, sections, size_of
from corridor_sim.report.terminal import Row
from corridor_sim.report.words import BASES, Footnotes, say_supposed, text_of

RULE = "border-bottom: 1px solid; border-color: rgba(128, 128, 128, 0.5)"
HEAD = f"text-align: right; vertical-align: bottom; padding-left: 1.5em; {RULE}"
TABLE = "border-collapse: collapse; color: inherit; font-size: inherit"
LABEL, NUMBER = "text-align: left; white-space: nowrap", "text-align: right; white-space: nowrap; padding-left: 1.5em"
LONGEST_LINE = 2000
FAINT = "opacity: 0.75; font-size: 0.9em"


def overview(run: Run) -> str:
    """Return the title, the figures of all alternatives with their intervals, and what the marks in them mean.

    The cells are those of the terminal's table. Every text of the scenario is escaped; nothing is loaded.
    """
    footnotes = Footnotes()
    scenario, made = run.summary["scenario"], run.summary["run"]
    title, question = (text_of(scenario[part]) for part in ("title", "question"))
    rest = [f"{size_of(made)}; {interval_words(made['confidence'])}"]
    rest += [f"{one['name']}: {text_of(one['title'])}{say_supposed(one)}" for one in run.alternatives if one["title"]]
    heads = [head_of(one, footnotes) for one in run.alternatives]
    table = [_head(heads), *_body(sections(run.summary, run.alternatives, footnotes), len(heads))]
    legend = LEGEND.format(base=BASES[HEADLINE_SAVING["base"]], perspective=HEADLINE_SAVING["perspective"])
    return "\n".join(
        [
            '<div style="overflow-x: auto">',
            f"<p><strong>{_text(title)}</strong><br>{_text(question)}</p>",
            _small(rest),
            f'<table style="{TABLE}">',
            *table,
            "</table>",
            _small([legend, *footnotes.lines()]),
            "</div>",
        ]
    )


def _head(heads: Sequence[Sequence[str]]) -> str:
    cells = ("<br>".join(map(_text, lines)) for lines in heads)
    columns = "".join(f'<th scope="col" style="{HEAD}">{cell}</th>' for cell in cells)
    return f'<thead><tr><th style="{HEAD}"></th>{columns}</tr></thead>'


def _body(parts: Iterable[tuple[str, Iterable[Row]]], columns: int) -> Iterable[str]:
    yield "<tbody>"
    for title, rows in parts:
        if title:
            yield f'<tr><th colspan="{columns + 1}" style="{LABEL}">{_text(title)}</th></tr>'
        for label, cells in rows:
            numbers = "".join(f'<td style="{NUMBER}">{_text(cell)}</td>' for cell in cells)
            yield f'<tr><th scope="row" style="{LABEL}; font-weight: normal">{_text(label)}</th>{numbers}</tr>'
    yield "</tbody>"


def _small(lines: Sequence[str]) -> str:
    return f'<p style="{FAINT}">{"<br>".join(map(_text, lines))}</p>'


def _text(words: str) -> str:
    """Return words as HTML that shows them: no tag, no control character."""
    return escape(printable(words, LONGEST_LINE))
