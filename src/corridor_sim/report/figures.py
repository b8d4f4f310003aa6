"""The pictures of a run as bytes by file name; the same run gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

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
    tasks = [picture_task(run, name, language, form, alternative) for name in names]
    drawn: dict[str, bytes | None] = {}
    for task, content in (hands or Here()).run(_drawn, tasks):
        drawn[task[0]] = content
        if progress is not None:
            progress(len(drawn), len(tasks))
    pictures = ((name, drawn[name]) for name in names)
    return {name: content for name, content in pictures if content is not None}


def picture_task(run: Run, name: str, language: str = ENGLISH, form: str = PNG, alternative: str | None = None) -> Task:
    """Return what `draw_picture` is to draw, with only the tables that the chart reads."""
    chart = BY_NAME[name]
    needed = replace(run, tables={table: run.tables[table] for table in chart.tables})
    return name, needed, language_drawn(language), chart.shown(run, alternative), form


def draw_picture(name: str, run: Run, language: str, alternative: str, form: str) -> bytes | None:
    """Return a chart as a file's bytes; None where the run has nothing to show in it."""
    figure = BY_NAME[name].draw(run, language, alternative)
    return None if figure is None else picture(figure, run.summary, BY_NAME[name].title[language], form)


def _drawn(task: Task) -> bytes | None:
    return draw_picture(*task)
