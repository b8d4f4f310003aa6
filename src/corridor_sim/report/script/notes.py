"""What a reader must know before the figures, in three scripts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from corridor_sim.reading.located import printable
from corridor_sim.report.script.words import LONGEST_TEXT, Words, as_written, joined, room, same, say

Namer = Callable[[str], Words]
NAMED = ("event", "flow", "route", "step", "start", "stop")
"""Parts of notes that are names of the scenario."""
REGION = "region"


def notes_of(summary: Mapping[str, Any], name: Namer = as_written, alternative: Namer = as_written) -> list[Words]:
    """Return the notes of a summary; those of older folders, which have no rows, in English in every script."""
    rows = summary.get("note_rows")
    if rows is None:
        return [same(printable(note, LONGEST_TEXT)) for note in summary["notes"]]
    return [note_words(row, name, alternative) for row in rows]


def note_words(row: Mapping[str, Any], name: Namer = as_written, alternative: Namer = as_written) -> Words:
    """Return a row of `note_rows`: its sentence, and for which alternatives it holds where it does not for all.

    `name` and `alternative` say names of the scenario and of alternatives, as `Run.name` and `Run.alternative` do.
    """
    parts = {key: _part(key, str(text), name) for key, text in row["parts"].items()}
    said = say(f"notes.{row['kind']}", **parts)
    if not row["alternatives"]:
        return said
    return say(
        "notes.of_some", note=said, alternatives=joined(map(alternative, row["alternatives"]), say("notes.between"))
    )


def _part(key: str, text: str, name: Namer) -> Words:
    if key in NAMED:
        return name(text)
    if key == REGION and f"{REGION} {text}" in room("notes"):
        return say(f"notes.{REGION} {text}")
    return same(printable(text, LONGEST_TEXT))
