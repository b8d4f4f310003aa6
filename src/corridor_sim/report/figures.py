"""The pictures of a run as bytes by file name; the same run gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from corridor_sim.report.charts.canvas import PNG, picture
from corridor_sim.report.charts.fonts import language_drawn
from corridor_sim.report.charts.registry import BY_NAME, KEPT
from corridor_sim.report.run import Run
from corridor_sim.report.script.words import ENGLISH
from corridor_sim.study.executors import Executor, Here

Task = tuple[str, Run, str, str, str]
"""Name of a chart, what it shows, language, alternative, format."""


def draw_figures(
    run: Run,
    hands: Executor | None = None,
    names: Sequence[str] = KEPT,
    language: str = ENGLISH,
    form: str = PNG,
    alternative: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, bytes]:
    """Return pictures of a run by chart; a chart that has nothing to show is left out.

    They are drawn by `hands`, or else here; `form` is one of `canvas.FORMATS`; charts of one show the `alternative`.
    Without a font for Chinese letters the words are English. `progress` is told (charts done, charts in all).
    """
    written = language_drawn(language)
    tasks: list[Task] = [
        (name, _needed(run, name), written, BY_NAME[name].shown(run, alternative), form) for name in names
    ]
    drawn: dict[str, bytes | None] = {}
    for task, content in (hands or Here()).run(_drawn, tasks):
        drawn[task[0]] = content
        if progress is not None:
            progress(len(drawn), len(tasks))
    pictures = ((name, drawn[name]) for name in names)
    return {name: content for name, content in pictures if content is not None}


def _needed(run: Run, name: str) -> Run:
    """Return the run with only the tables that a chart reads, which is what other processes are sent."""
    return replace(run, tables={table: run.tables[table] for table in BY_NAME[name].tables})


def _drawn(task: Any) -> bytes | None:
    name, run, language, alternative, form = task
    figure = BY_NAME[name].draw(run, language, alternative)
    return None if figure is None else picture(figure, run.summary, BY_NAME[name].title[language], form)
