"""Says in plain words, in three scripts, why it was late: "an inspection hold carried them past the Friday cut-off"."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from corridor_sim.reading.located import printable
from corridor_sim.report.script.figures import estimate_words
from corridor_sim.report.script.words import ENGLISH, Words, as_written, say, spaced
from corridor_sim.report.words import LONGEST_TEXT, PERCENT, number

Row = Mapping[str, Any]
"""A row of `late_because` of the summary."""
Namer = Callable[[str], Words]
"""Says a name of the scenario, as `Run.name` does."""
SEA_MODES = ("sea", "barge")
NO_ROOM, CANCELLED = "no room", "cancelled departure"
AT_SEA = " at sea"
MOST_TOLD = 5


def late_words(row: Row, name: Namer = as_written) -> Words:
    """Return why a share of the late was late, such as "41.0 ±2.3 % of the late: ..."."""
    share = estimate_words(row, PERCENT)
    why = {language: text.strip() for language, text in _reason(row, name).items()}
    said = say("late.told", share=share, why=why)
    return {language: printable(text, LONGEST_TEXT) for language, text in said.items()}


def late_sentence(row: Row, language: str = ENGLISH, name: Namer = as_written) -> str:
    """Return the same in one script."""
    return late_words(row, name)[language]


def _reason(row: Row, name: Namer) -> Words:
    kind, step, service = (row[key] for key in ("kind", "step", "service"))
    at_sea = AT_SEA if row["mode"] in SEA_MODES else ""
    cause = say(f"late.cause {kind}")
    if service:
        missed = {"service": spaced(name(service)), "day": say(f"late.{row['weekday']}")}
        if kind in (NO_ROOM, CANCELLED):
            fate = say(f"late.fate {kind}{at_sea if kind == CANCELLED else ''}")
            return say("late.departure", fate=fate, **missed)
        where = say("late.where", cause=cause, step=name(step))
        return say("late.carried_past", cause=where, cutoff=say(f"late.cutoff{at_sea}"), **missed)
    return say("late.where", cause=cause, step=name(step)) if step else cause


def late_rows(rows: Sequence[Row], most: int = MOST_TOLD, name: Namer = as_written) -> list[Words]:
    """Return the sentences of the biggest causes, and what share the others have together."""
    said = [late_words(row, name) for row in rows[:most]]
    rest = sum(row["share"] for row in rows[most:])
    return [*said, say("late.rest", share=number(rest, PERCENT))] if rest else said


def late_sentences(
    rows: Sequence[Row], language: str = ENGLISH, most: int = MOST_TOLD, name: Namer = as_written
) -> list[str]:
    """Return the same in one script."""
    return [words[language] for words in late_rows(rows, most, name)]
