"""What the byte-level fuzzer feeds: readers of scenarios, of kept results and of words; each may refuse, not break.

The first byte of an input chooses the reader, the second a part of it; the rest is what is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from corridor_sim.errors import CorridorSimError, ResultsError
from corridor_sim.reading.yaml_reader import read_yaml
from corridor_sim.scenario.calendars import (
    Clock,
    HolidayCalendar,
    open_windows,
    parse_date_range,
    parse_moment,
    parse_time_of_day,
    parse_weekly,
)
from corridor_sim.scenario.load import load
from corridor_sim.scenario.overrides import parse_path
from corridor_sim.scenario.texts import parse_event_rate
from corridor_sim.scenario.timetables import parse_timetable
from corridor_sim.study.archive import kept_below, sweep_rows, whole_table
from corridor_sim.study.chunks import Chunk
from corridor_sim.study.layout import MANIFEST, RESOLVED, SUMMARY, TABLE
from corridor_sim.study.prepare import prepare
from corridor_sim.study.stored import claims_beside, read_run
from corridor_sim.units import SECONDS_PER_WEEK, parse_any, parse_number, parse_price, parse_quantity, parse_rate
from tests.trials.stored_samples import SMALL, fit_manifest

CLOCK = Clock(datetime(2026, 1, 5, tzinfo=ZoneInfo("Asia/Shanghai")), ZoneInfo("Asia/Shanghai"))
HORIZON = 8 * SECONDS_PER_WEEK
Refusals = tuple[type[Exception], ...]
PARSERS: tuple[tuple[Callable[[str], object], Refusals], ...] = (
    (parse_number, (ValueError,)),
    (lambda text: parse_quantity(text, "duration"), (ValueError,)),
    (parse_any, (ValueError,)),
    (parse_rate, (ValueError,)),
    (parse_price, (ValueError,)),
    (parse_moment, (ValueError,)),
    (parse_date_range, (ValueError,)),
    (lambda text: parse_time_of_day(text, as_end=True), (ValueError,)),
    (lambda text: open_windows(parse_weekly(text), HolidayCalendar(), (), CLOCK, HORIZON), (ValueError,)),
    (lambda text: parse_timetable(text.split("|"), CLOCK, HORIZON), (ValueError,)),
    (parse_event_rate, (ValueError,)),
    (parse_path, (CorridorSimError,)),
)
"""Readers of words, and how each says no."""


def sections_of(text: str) -> list[str]:
    """Return the blocks of a scenario that begin with a key at the margin."""
    return [part for part in re.split(r"(?m)^(?=\S)", text) if part.strip()]


class Targets:
    """The readers, with a kept run and a kept sweep whose files they damage."""

    def __init__(self, run: Path, sweep: Path) -> None:
        self.run, self.sweep = run, sweep
        self.sections = sections_of(SMALL.read_text(encoding="utf-8"))
        self.whole = {path: path.read_bytes() for path in (*run.iterdir(), *sweep.iterdir()) if path.is_file()}
        self.tables = sorted(path for path in run.iterdir() if path.suffix == ".parquet")
        self.readers: tuple[Callable[[int, bytes], None], ...] = (
            self.scenario,
            self.section,
            self.words,
            self.json,
            self.parquet,
        )

    def read(self, content: bytes) -> None:
        """Let a reader read an input; what it may not raise comes out."""
        if len(content) >= len(b"12"):
            self.readers[content[0] % len(self.readers)](content[1], content[2:])

    def scenario(self, _: int, content: bytes) -> None:
        """Read the text of a whole scenario."""
        self._load(content.decode("utf-8", "replace"))

    def section(self, place: int, content: bytes) -> None:
        """Read a sound scenario in which one section is another."""
        sections = list(self.sections)
        sections[place % len(sections)] = content.decode("utf-8", "replace") + "\n"
        self._load("".join(sections))

    def words(self, place: int, content: bytes) -> None:
        """Read a quantity, a time, a timetable or the like."""
        parse, refusals = PARSERS[place % len(PARSERS)]
        with suppress(*refusals):
            parse(content.decode("utf-8", "replace"))

    def json(self, place: int, content: bytes) -> None:
        """Read what is kept, one of whose texts is another; where a manifest lists its digest, it fits."""
        texts = (
            self.run / MANIFEST,
            self.run / SUMMARY,
            self.run / RESOLVED,
            self.sweep / "recipe.json",
            self.sweep / SUMMARY,
        )
        self._with(texts[place % len(texts)], content)

    def parquet(self, place: int, content: bytes) -> None:
        """Read a table or a chunk of a sweep."""
        places = (*self.tables, self.sweep / "sweep.parquet", None)
        path = places[place % len(places)]
        if path is not None:
            self._with(path, content)
            return
        with suppress(ValueError):
            chunk = Chunk(content, "what is read")
            for case in chunk.label.cases:
                list(chunk.replications(case))

    def _load(self, text: str) -> None:
        try:
            read_yaml(text)
            prepare(load(text), with_tables=False)
        except CorridorSimError as error:
            assert error.problems
            assert all(str(problem).isprintable() for problem in error.problems), error.problems

    def _with(self, path: Path, content: bytes) -> None:
        path.write_bytes(content)
        try:
            if path.parent == self.run and path.name in (SUMMARY, RESOLVED):
                fit_manifest(self.run, [path.name])
            self._read_kept(path)
        finally:
            for each in (path, self.run / MANIFEST):
                each.write_bytes(self.whole[each])

    def _read_kept(self, changed: Path) -> None:
        if changed.parent == self.sweep and changed.suffix == TABLE:
            with suppress(ResultsError):
                sweep_rows(whole_table(self.sweep), ["transit_mean"])
        elif changed.suffix == TABLE:
            with suppress(ResultsError):
                read_run(self.run).tables[changed.stem].head()
        elif changed.parent == self.run and changed.name != MANIFEST:
            with suppress(ResultsError):
                read_run(self.run)
        else:
            for kept in kept_below(self.run.parents[1]):
                with suppress(ResultsError):
                    kept.summary()
            claims_beside(self.run)
