"""`python -m tests.trials NAME...`: run long trials of reliability and write their tables into docs/reliability.md.

A trial is a module of this folder with a function `trial(arguments) -> Section`, where the arguments are the words
after `--`. Its table is printed and put between the marks of its name on the page.
"""

from __future__ import annotations

import argparse
import platform
import sys
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from benchmarks.tables import Section, with_section

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
HERE = Path(__file__).parent


def trials() -> list[str]:
    """Return the names of all trials."""
    return sorted(path.stem for path in HERE.glob("*.py") if "def trial(" in path.read_text(encoding="utf-8"))


def main(words: list[str]) -> int:
    """Run the trials that are asked for and return the exit code."""
    ours, theirs = _cut(words)
    parser = argparse.ArgumentParser(prog="python -m tests.trials", description=__doc__)
    parser.add_argument("names", nargs="+", choices=trials(), metavar="NAME", help=", ".join(trials()))
    parser.add_argument("--page", type=Path, default=PAGE, help="the page to write; it has the marks of each trial")
    asked = parser.parse_args(ours)
    for name in asked.names:
        section: Section = import_module(f"tests.trials.{name}").trial(theirs)
        text = f"{section.markdown()}\n\n{_made(name, theirs)}"
        print(text, flush=True)
        page = asked.page.read_text(encoding="utf-8")
        asked.page.write_text(with_section(page, text, name), encoding="utf-8")
    return 0


def _cut(words: list[str]) -> tuple[list[str], list[str]]:
    """Return what stands before and after a `--`."""
    place = words.index("--") if "--" in words else len(words)
    return words[:place], words[place + 1 :]


def _made(name: str, words: list[str]) -> str:
    """Return how a table was made, in one line."""
    command = " ".join(["python -m tests.trials", name, *(["--", *words] if words else [])])
    where = f"{platform.machine()}, Python {platform.python_version()}, corridor-sim {version('corridor-sim')}"
    return f"Made by `{command}` on {datetime.now(UTC):%Y-%m-%d}, {where}."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
