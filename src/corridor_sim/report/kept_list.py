"""The screen of `results list`: what is kept, scenario by scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from rich.console import Console

from corridor_sim.reading.located import printable
from corridor_sim.report.terminal import say

Row = Mapping[str, Any]
"""What `study.archive.Kept` says: scenario, key, kind, points, replications, version, state."""

GAP = "  "
COMPLETE = "complete"
NOTHING = "Nothing is kept in {out}; see corridor-sim run, sweep and claims."


def show_list(rows: Sequence[Row], version: int, out: str, console: Console) -> None:
    """Print what is kept below `out`: key, kind, size and state; `version` is the results version of this program."""
    if not rows:
        say(console, NOTHING.format(out=printable(out)))
    cells = [[printable(row["key"]), row["kind"], _size(row)] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    begins = sum(widths) + len(GAP) * len(widths)
    told = zip(rows, cells, strict=True)
    for scenario, ours in groupby(told, key=lambda each: str(each[0]["scenario"])):
        say(console, printable(scenario), style="bold")
        for row, words in ours:
            padded = [f"{word:<{width}}" for word, width in zip(words, widths, strict=True)]
            say(console, GAP + GAP.join([*padded, _state(row, version)]), begins)


def _size(row: Row) -> str:
    """Return how much was played, such as "20 points x 30 replications"."""
    points = [_many(row["points"], "point")] if row["points"] > 1 else []
    return " x ".join([*points, *([_many(row["replications"], "replication")] if row["replications"] else [])])


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _state(row: Row, version: int) -> str:
    old = row["state"] == COMPLETE and row["version"] != version
    return f"of version {row['version']}: run it again" if old else str(row["state"])
