"""What a run keeps for its readers: pictures, and the page that needs no network."""

from __future__ import annotations

from corridor_sim.report.figures import draw_figures
from corridor_sim.report.html.page import page_html
from corridor_sim.report.run import REPORT, Run
from corridor_sim.study.executors import Executor


def for_readers(run: Run, hands: Executor) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Return pictures by chart, drawn by `hands`, and reports by file name."""
    return draw_figures(run, hands), {REPORT: page_html(run).encode()}
