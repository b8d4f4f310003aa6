"""Figures, units and labels of figures in three scripts."""

from __future__ import annotations

import re

from corridor_sim.reading.located import printable
from corridor_sim.report.script.words import ENGLISH, LANGUAGES, LONGEST_TEXT, NAMES, Words, joined, room, same, say
from corridor_sim.report.words import Figure, Unit, interval_text

KPIS = "kpis"
PARTS_OF_A_UNIT = re.compile(r"\s*(?:/|\bper\b)\s*")
PER = "/"


def estimate_words(figure: Figure, unit: Unit) -> Words:
    """Return an estimate with its interval where it has one, or that it is not available."""
    if figure["value"] is None:
        return say("verdicts.not_available")
    to = say("verdicts.to")
    return {language: interval_text(figure, unit, to[language]) for language in LANGUAGES}


def unit_words(unit: str) -> Words:
    """Return a unit, such as "CNY/TEU" or "pallets per week", in words; in English as it is written."""
    shown = printable(unit, LONGEST_TEXT)
    known = room(KPIS).get(f"unit {unit}")
    if known:
        return known
    parts = [_part(part) for part in PARTS_OF_A_UNIT.split(shown)]
    return {**joined(parts, PER), ENGLISH: shown}


def _part(unit: str) -> Words:
    return room(KPIS).get(f"unit {unit}") or room(NAMES).get(unit) or same(unit)


def kpi_words(name: str) -> Words:
    """Return the label of a figure, such as "on_time"; one that has no words as it is written."""
    return room(KPIS).get(name) or same(printable(name.replace("_", " "), LONGEST_TEXT))


def cost_words(base: str, perspective: str, per: str, subsidy: str | None = None) -> Words:
    """Return the label of a cost: its base, whose it is, what it is counted by, and before or after subsidy."""
    parts = {"base": kpi_words(base), "perspective": kpi_words(perspective), "per": kpi_words(per)}
    if subsidy is None:
        return say(f"{KPIS}.cost_of_short", **parts)
    return say(f"{KPIS}.cost_of", subsidy=kpi_words(subsidy), **parts)
