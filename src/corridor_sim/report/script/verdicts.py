"""What was found, in sentences in three scripts: thresholds, printed figures, and what breaks first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from corridor_sim.report.script.figures import unit_words
from corridor_sim.report.script.words import ENGLISH, Words, as_written, joined, say, text_words
from corridor_sim.report.words import PERCENT, number, short_number

Row = Mapping[str, Any]
Namer = Callable[[str], Words]
"""Says a name of the scenario, as `Run.name` does."""


def verdict_words(verdict: str) -> Words:
    """Return a verdict on a claim in a word, such as "falls short"."""
    return say(f"verdicts.{verdict}")


def difference_words(saving: Row | None) -> Words:
    """Return whether a saving of the summary is shown to be one: cheaper, dearer, or undecided."""
    if saving is None or not saving["separated"]:
        return say("verdicts.undecided")
    return say("verdicts.cheaper" if saving["cny"]["value"] > 0 else "verdicts.dearer")


def threshold_words(threshold: Row) -> Words:
    """Return what a threshold asks and its answer in one sentence."""
    says = text_words(threshold["says"], threshold["name"])
    return say("verdicts.threshold", says=says, answer=answer_words(threshold))


def answer_words(threshold: Row) -> Words:
    """Return the verdict with the value at which it turns and how sure that is, or the range that was tried."""
    unit, crossing, phrase = threshold["unit"], threshold["crossing"], f"verdicts.{threshold['verdict']}"
    tried = [point["number"] for point in threshold["points"]]
    first, last = short_number(min(tried)), short_number(max(tried))
    if crossing is None or crossing["value"] is None:
        return say(phrase, low=first, high=last, unit_within=_within(unit))
    low, high = (None if crossing[end] is None else short_number(crossing[end]) for end in ("low", "high"))
    return say(
        phrase,
        value=short_number(crossing["value"]),
        unit=unit_words(unit),
        unit_within=_within(unit),
        low=say("verdicts.at_most", value=first) if low is None else low,
        high=say("verdicts.at_least", value=last) if high is None else high,
    )


def _within(unit: str) -> Words:
    """Return a unit as it stands within a sentence: in Chinese with a space after Latin letters and signs."""
    return {
        language: f"{text} " if language != ENGLISH and text.isascii() else text
        for language, text in unit_words(unit).items()
    }


def anomaly_words(anomaly: Row, name: Namer = as_written) -> Words:
    """Return which readings of a printed figure the timetable can carry."""
    readings = [
        say(
            "verdicts.fits" if one["fits"] else "verdicts.cannot be",
            reading=name(one["reading"]),
            tonnes=short_number(one["t"]),
        )
        for one in anomaly["readings"]
    ]
    return say(
        "verdicts.anomaly",
        name=name(anomaly["name"]),
        lift=short_number(anomaly["lift_t"]),
        readings=joined(readings, say("verdicts.readings_between")),
    )


def broken_words(alternative: Row, name: Namer = as_written) -> Words:
    """Return what of an alternative breaks first, when, and how often."""
    if not alternative["breaks"]:
        return say("verdicts.nothing_breaks")
    first = alternative["breaks"][0]
    return say(
        "verdicts.broken_first",
        kind=say(f"verdicts.{first['kind']}"),
        name=name(first["name"]),
        days=short_number(first["broke_after"]["value"]),
        often=number(first["broken"]["value"], PERCENT),
    )
