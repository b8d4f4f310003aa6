"""`make package`: build source archive and wheel, look into both, install the wheel afresh and use it elsewhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from release.contents import files_of_git, wrong_contents
from release.fresh import make_fresh

ROOT = Path(__file__).parents[1]
DIST = ROOT / "dist"
SCENARIO = ROOT / "tests" / "unit" / "scenario" / "small.yaml"
PROGRAM = "corridor-sim"
TRIED = (
    ("--version",),
    ("doctor",),
    ("validate", "x.yaml"),
    ("run", "x.yaml", "--replications", "2", "--engine", "reference", "--excel"),
    ("results", "query", "select count(*) from kpis"),
)
"""Commands that must end well; together they read every kind of data that the package brings."""
WRITTEN = ("report.html", "report.xlsx", "summary.json", "figures/transit_times.png")


def main(words: Sequence[str] = ()) -> list[str]:
    """Do all of it and return what is wrong, a line each."""
    source, wheel = build(DIST)
    tree = files_of_git(ROOT)
    if tree is None:
        print("this is no checkout of git, so what the source archive ought to hold is not known")
    problems = wrong_contents(source, wheel, tree)
    with TemporaryDirectory(prefix="corridor-sim-package-") as folder:
        python = make_fresh(Path(folder) / "fresh", wheel)
        problems += tried(python, Path(folder) / "work")
    if not problems:
        print(f"{source.name} and {wheel.name} are whole; the wheel works where nothing but what it needs is installed")
    return problems


def build(into: Path) -> tuple[Path, Path]:
    """Build the source archive, and the wheel from it, each by tools in an environment of its own; return both."""
    for old in (*into.glob("*.tar.gz"), *into.glob("*.whl")):
        old.unlink()
    subprocess.run([sys.executable, "-m", "build", "--outdir", str(into), str(ROOT)], check=True, capture_output=True)
    (source,), (wheel,) = into.glob("*.tar.gz"), into.glob("*.whl")
    return source, wheel


def tried(python: Path, work: Path) -> Iterator[str]:
    """Yield which commands of an installed package do not work in an empty folder."""
    work.mkdir()
    shutil.copy(SCENARIO, work / "x.yaml")
    alone = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    for words in TRIED:
        done = subprocess.run([python.with_name(PROGRAM), *words], cwd=work, env=alone, capture_output=True, text=True)
        if done.returncode:
            yield f"{PROGRAM} {' '.join(words)}: exit code {done.returncode}: {done.stderr.strip()}"
    for name in WRITTEN:
        if not list(work.glob(f"results/*/*/{name}")):
            yield f"the installed package writes no {name}"
