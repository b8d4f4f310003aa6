"""Shows again what is kept, by its kind, as when it was made."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console


def show_kept(kind: str, summary: Mapping[str, Any], folder: Path, console: Console) -> None:
    """Print a run or an answer (see `study.answers.KINDS`)."""
    match kind:
        case "claims":
            from corridor_sim.report.claims_screen import show_answers

            show_answers(summary, folder, console)
        case "breakeven":
            from corridor_sim.report.breakeven import show_break_even

            show_break_even(summary, str(folder), console)
        case "modemap":
            from corridor_sim.report.modemap import show_mode_map

            show_mode_map(summary, str(folder), console)
        case "sensitivity":
            from corridor_sim.report.sensitivity import show_sensitivity

            show_sensitivity(summary, str(folder), console)
        case _:
            from corridor_sim.report.screen import show_run

            show_run(summary, folder, console)
