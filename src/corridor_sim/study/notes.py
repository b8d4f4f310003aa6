"""What a reader must know before the figures: rows of data for reports in any script, and sentences in English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from corridor_sim.economics.remarks import SENTENCES as REMARKS
from corridor_sim.economics.remarks import Remark, remark
from corridor_sim.network.lowered import Lowered
from corridor_sim.scenario.calendars import holiday_days
from corridor_sim.study.figures import Figures
from corridor_sim.study.play import Played
from corridor_sim.study.summary import unresolved_events

UNRESOLVED, HOLIDAYS = "unresolved", "holidays"
SENTENCES = {
    **REMARKS,
    UNRESOLVED: "{event} was met in too few replications: figures are not resolved",
    HOLIDAYS: "holidays {region} {year}: no arrangement is published, so they are assumed",
}
"""Kind of a note -> its sentence."""


def note_rows(lowered: Mapping[str, Lowered], played: Mapping[Any, Sequence[Played]]) -> list[Figures]:
    """Return what a reader must know before the figures; the same note of several alternatives stands once.

    `kind` is a key of SENTENCES, `parts` fill its sentence, `alternatives` are those it holds for: none for all.
    """
    found: dict[Remark, list[str]] = {}
    for name, one in lowered.items():
        for note in dict.fromkeys(_notes(one, played[name])):
            found.setdefault(note, []).append(name)
    return [
        {"kind": note.kind, "parts": dict(note.parts), "alternatives": [] if len(names) == len(lowered) else names}
        for note, names in found.items()
    ]


def note_text(row: Figures) -> str:
    """Return a note in English."""
    sentence = SENTENCES[row["kind"]].format(**row["parts"])
    return f"{sentence} ({', '.join(row['alternatives'])})" if row["alternatives"] else sentence


def _notes(lowered: Lowered, played: Sequence[Played]) -> Iterator[Remark]:
    yield from holiday_notes(lowered)
    for event in unresolved_events(lowered, played):
        yield remark(UNRESOLVED, event=event)
    for one in played:
        yield from one.remarks


def holiday_notes(lowered: Lowered) -> list[Remark]:
    """Return a note for each region and year whose holiday arrangement is not published."""
    regions = {facility.holidays for facility in lowered.scenario.facilities.values()} - {"none"}
    notes = []
    for region in sorted(regions):
        years = holiday_days(region, lowered.clock.years(lowered.program.horizon)).assumed_years
        notes += [remark(HOLIDAYS, region=region, year=str(year)) for year in sorted(years)]
    return notes
