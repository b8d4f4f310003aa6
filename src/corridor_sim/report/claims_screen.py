"""The answers to claims on the screen: what anybody understands first, then the findings, in 80 columns."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from corridor_sim.reading.located import printable
from corridor_sim.report.claims_text import findings, in_two_sentences
from corridor_sim.report.words import text_of

INDENT = 2


def show_answers(answers: Mapping[str, Any], folder: Path, console: Console) -> None:
    """Print the answer to each claim and where everything is written."""
    for answer in answers["claims"]:
        console.print(Text(printable(answer["name"]), style="bold"))
        console.print(
            Padding(Text(f"“{text_of(answer['statement'])}”", style="italic"), (0, 0, 0, INDENT), expand=False)
        )
        console.print(Text(in_two_sentences(answer)))
        for line in findings(answer):
            console.print(Padding(Text(f"- {line}"), (0, 0, 0, INDENT), expand=False))
        console.print()
    for said in answers["run"]["left_out"]:
        console.print(Text(f"Left out: {said}."))
    console.print(Text(f"Answers: {folder}"))
