"""Parameters of the catalog in words: a list, one in full with its sources, and the audit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import IO, Any

from rich.text import Text

from corridor_sim.catalog import store
from corridor_sim.catalog.audit import Audit, graded_of
from corridor_sim.catalog.laws import law_text
from corridor_sim.catalog.values import GRADES, grade_key
from corridor_sim.report.terminal import console_for

INDENT = "  "


def _grade_and_value(value: Mapping[str, Any]) -> tuple[str, str]:
    key = grade_key(value)
    raw = value[key]
    return GRADES[key], " + ".join(map(str, raw)) if isinstance(raw, list) else law_text(raw)


def show_entries(words: Iterable[str], grade: str, stream: IO[str]) -> None:
    """Print one or two lines for each entry whose id or words hold all `words`, and which has values of `grade`."""
    console = console_for(stream)
    wanted = [word.lower() for word in words]
    for room in store.room_names():
        for entry in store.room(room).values():
            values = [_grade_and_value(value) for _, value in graded_of(entry)]
            text = f"{entry.id} {entry.says}".lower()
            if all(word in text for word in wanted) and (not grade or any(grade == each for each, _ in values)):
                shown = f"whole, {len(values)} values" if entry.is_whole else " ".join(values[0])
                console.print(Text(entry.id, style="bold"), Text(shown), soft_wrap=True)
                console.print(Text(f"{INDENT}{entry.says}", style="dim"), soft_wrap=True)


def show_entry(entry: store.Entry, stream: IO[str]) -> None:
    """Print an entry with the provenance of each of its values, and the sources they cite."""
    console = console_for(stream)
    console.print(Text(entry.id, style="bold"))
    console.print(Text(entry.says))
    cited: dict[str, None] = {}
    pointer = entry.body.get(store.WHOLE)
    if isinstance(pointer, Mapping) and "param" in pointer:
        console.print(Text(f"{INDENT}the same as {pointer['param']}"))
    for path, value in graded_of(entry):
        grade, text = _grade_and_value(value)
        console.print(Text(f"{INDENT}{path + ': ' if path else ''}{text}"), Text(f"({grade})", style="dim"))
        for note, content in value.items():
            if note in GRADES or note == "reviewed":
                continue
            listed = content if isinstance(content, list) else [content]
            console.print(Text(f"{INDENT * 2}{note}: {', '.join(map(str, listed))}"))
            cited |= dict.fromkeys(map(str, listed)) if note == "source" else {}
    console.print(Text(f"{INDENT}reviewed: {entry.body.get('reviewed', 'never')}", style="dim"))
    for name in cited:
        source = store.source(name)
        marks = ", ".join(str(source[key]) for key in ("date", "confidence") if key in source)
        console.print(Text(f"{INDENT}{name}: {source['title']} ({marks})"))
        if source.get("url"):
            console.print(Text(f"{INDENT * 2}{source['url']}"), soft_wrap=True)


def show_audit(audit: Audit, stream: IO[str]) -> None:
    """Print how many values there are of each grade, and by kind how much is wrong."""
    console = console_for(stream)
    console.print(Text(f"{audit.entries} parameters from {audit.sources} sources", style="bold"))
    total = sum(audit.grades.values())
    for grade, count in audit.grades.items():
        console.print(Text(f"{INDENT}{count:5d} {grade}" + (f" ({count / total:.0%})" if total else "")))
    kinds: dict[str, int] = {}
    for finding in audit.findings:
        kinds[finding.kind] = kinds.get(finding.kind, 0) + 1
    for kind, count in sorted(kinds.items()):
        console.print(Text(f"{INDENT}{count:5d} found: {kind}", style="red"))
    if not kinds:
        console.print(Text("clean: nothing unsourced, undated, stale, unreviewed or clashing"))
