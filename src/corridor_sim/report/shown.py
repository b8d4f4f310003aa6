"""What a run keeps for its readers: pictures, and the page that needs no network."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from corridor_sim.report.charts.registry import KEPT
from corridor_sim.report.figures import draw_picture, picture_task
from corridor_sim.report.html.library import chart_library
from corridor_sim.report.html.page import page_html
from corridor_sim.report.run import REPORT, Run
from corridor_sim.study.executors import Executor

LIBRARY = "the charting library"


def for_readers(run: Run, hands: Executor) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Return pictures by chart, and reports by file name; drawn by `hands` side by side."""
    makers: dict[str, Callable[[], Any]] = {LIBRARY: chart_library}
    makers |= {name: partial(draw_picture, *picture_task(run, name)) for name in KEPT}
    made = {name: content for (name, _), content in hands.run(_make, list(makers.items()))}
    page = page_html(run, None, made.pop(LIBRARY))
    pictures = {name: made[name] for name in KEPT if made[name] is not None}
    return pictures, {REPORT: page.encode()}


def _make(task: tuple[str, Callable[[], Any]]) -> Any:
    return task[1]()
