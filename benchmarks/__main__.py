"""`python -m benchmarks`: run all races and print their tables as Markdown."""

from __future__ import annotations

import argparse
import platform
import sys
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.processors import one_thread_each

one_thread_each()

from benchmarks.sections import LONG, QUICK, SECTIONS, made  # noqa: E402
from benchmarks.tables import with_section  # noqa: E402

PACKAGES = ("corridor-sim", "numpy", "numba", "simpy", "salabim", "ciw")


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rounds, small sizes: a look, no measurement")
    parser.add_argument("--rounds", type=int, help="rounds of each race")
    parser.add_argument("--only", nargs="+", choices=list(SECTIONS), metavar="TABLE", help=", ".join(SECTIONS))
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the tables between the marks of this page")
    asked = parser.parse_args(arguments)
    length = QUICK if asked.quick else LONG
    if asked.rounds is not None:
        if asked.rounds < 1:
            parser.error("--rounds: at least 1")
        length = replace(length, rounds=asked.rounds)
    parts = [machine() + (" A quick look." if asked.quick else "")]
    print(parts[0], flush=True)
    for section in made(asked.only or list(SECTIONS), length):
        parts.append(section.markdown())
        print(f"\n{parts[-1]}", flush=True)
    if asked.write is not None:
        page = asked.write.read_text(encoding="utf-8")
        asked.write.write_text(with_section(page, "\n\n".join(parts)), encoding="utf-8")
    return 0


def machine() -> str:
    """Return what ran where, in one line."""
    versions = []
    for package in PACKAGES:
        try:
            versions.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            versions.append(f"no {package}")
    return f"Measured on {platform.machine()}, Python {platform.python_version()}, {', '.join(versions)}."


if __name__ == "__main__":
    sys.exit(main())
