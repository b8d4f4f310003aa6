"""Statistical verification before a release: `pytest -m verify`, and a table of what each of its tests found.

The tests themselves tell the rows (the fixture `verified` of tests/conftest.py), so that no figure is typed by hand.
Arguments go to pytest: a file, or `-k mm1`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

from benchmarks.tables import Section

ROOT = Path(__file__).parents[2]
VERIFIED = "verified"
HEAD = ("what was looked at", "asked", "found")
SECONDS_PER_MINUTE = 60
Row = tuple[str, ...]


def trial(arguments: list[str]) -> Section:
    """Run the verification and return its table; a test that fails is named under it."""
    before = getrusage(RUSAGE_CHILDREN).ru_utime
    with TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        # the newer form of the report has no place for properties
        form = ["-o", "junit_family=xunit1", f"--junitxml={report}"]
        command = [sys.executable, "-m", "pytest", "-m", "verify", *form, *arguments]
        subprocess.run(command, cwd=ROOT, stdout=sys.stderr, check=False)
        section = section_of(report.read_text(encoding="utf-8"))
    minutes = (getrusage(RUSAGE_CHILDREN).ru_utime - before) / SECONDS_PER_MINUTE
    spent = f"They took {minutes:.0f} minutes of one processor."
    return Section(section.title, section.head, section.rows, (*section.remarks, spent))


def section_of(report: str) -> Section:
    """Return the table of a report of pytest in JUnit's XML."""
    cases = list(ElementTree.fromstring(report).iter("testcase"))
    told = [row for case in cases for row in _told(case)]
    failed = [f"{case.get('name')}" for case in cases if _ended(case) & {"failure", "error"}]
    skipped = sum("skipped" in _ended(case) for case in cases)
    ends = [f"{len(cases)} tests, {len(failed)} of them failed, {skipped} were skipped."]
    ends += [f"**Failed**: {', '.join(failed)}."] if failed else []
    rows = [row for row in told if row[0]]
    return Section("Statistical verification", HEAD, rows, (*_parts(told), *ends))


def _told(case: ElementTree.Element) -> Iterator[Row]:
    """Yield (what, asked, found) of one test."""
    for one in case.iter("property"):
        if one.get("name") == VERIFIED:
            yield tuple(json.loads(one.get("value", "")))


def _ended(case: ElementTree.Element) -> set[str]:
    return {part.tag for part in case}


def _parts(told: list[Row]) -> Iterator[str]:
    """Yield in words the rows without a first column, which belong to the one before them."""
    parts: dict[str, list[str]] = {}
    what = ""
    for row in told:
        what = row[0] or what
        if not row[0]:
            parts.setdefault(what, []).append(f"{row[1]} {row[2]}")
    for name, words in parts.items():
        yield f"{name[:1].upper()}{name[1:]}. Of these: {'; '.join(words)}."
