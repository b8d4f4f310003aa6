"""The commands that the trial of faults disturbs, each run once without any trouble; and how a fault is told."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.trials.commands import RUN, SWEEP, Ended, folder_for
from tests.trials.forked import forked
from tests.trials.kept_whole import Tree, half_written, left_overs, seen, tree_of

STUDIES = Path(__file__).parents[1] / "unit" / "study"
RESULTS = "results"
PAGE = "# A page\n\n<!-- results -->\n"
FEW = ("--replications", "3", "--quiet")
HERE = ("--engine", "reference", "--workers", "1", "--quiet")
ANSWERS = {
    "claims": ("claims", "claimed.yaml", "--quick", "--engine", "reference", *FEW),
    "sensitivity": ("sensitivity", "claimed.yaml", "--of", "train", "--cost-base", "cash", "--scope", "plums", *HERE),
    "breakeven": (
        *("breakeven", "two_ways.yaml", "--vary", "tariffs.list price.discount=0 %:50 %"),
        *("--of", "dear and fast", "--beats", "cheap and fast", *HERE),
    ),
    "modemap": (
        *("modemap", "two_ways.yaml", "--flow", "parts", "--alternatives", "cheap,dear and fast"),
        *("--cells", "12", *HERE),
    ),
}
RESULTS_CODE = 5


@dataclass(frozen=True)
class Case:
    """A command, what its folder holds when it begins, and what it holds when nobody has disturbed it."""

    name: str
    words: tuple[str, ...]
    before: Path
    wanted: Tree

    def after(self, tree: Tree) -> Iterator[str]:
        """Yield what is wrong in its folder after a fault: each file is what it was or what it is to be."""
        before = tree_of(self.before)
        for path, content in seen(tree).items():
            if content not in (before.get(path), self.wanted.get(path)):
                yield f"{path} is neither what it was nor what it is to be"
        yield from (f"{path} is lost" for path in before if path not in tree)
        yield from half_written(_below_results(tree))

    def again(self, where: Path) -> Iterator[str]:
        """Run it again undisturbed and yield what is not as it should be then."""
        ended = forked(where, self.words)
        if ended.code or ended.has_traceback:
            yield f"again it failed: {ended}"
        found = tree_of(where)
        yield from (
            f"{path} differs from an undisturbed run"
            for path in sorted({**found, **self.wanted})
            if found.get(path) != self.wanted.get(path)
        )


@dataclass
class Fault:
    """A kind of fault: what is asked of the program, how often it was tried, and what was not as asked."""

    name: str
    asked: str
    tried: int = 0
    wrong: list[str] = field(default_factory=list)
    told: dict[str, int] = field(default_factory=dict)
    """How often commands ended in which way."""

    def note(self, how: str, wrong: list[str]) -> None:
        """Count one trial."""
        self.tried += 1
        self.told[how] = self.told.get(how, 0) + 1
        self.wrong += wrong

    def row(self) -> list[str]:
        """Return the row of the table."""
        found = ", ".join(f"{count} x {how}" for how, count in sorted(self.told.items()))
        return [self.name, self.asked, str(self.tried), str(len(self.wrong)), found]


def _below_results(tree: Tree) -> Tree:
    start = f"{RESULTS}/"
    return {path.removeprefix(start): content for path, content in tree.items() if path.startswith(start)}


def code_words(ended: Ended) -> str:
    """Return how a command ended, for the table."""
    return f"exit {ended.code}" if ended.code >= 0 else f"signal {-ended.code}"


def refused(ended: Ended, code: int = RESULTS_CODE) -> list[str]:
    """Return what is wrong with how a command was refused: one line and a code are asked."""
    lines = ended.err.splitlines()
    fine = ended.code == code and len(lines) == 1 and not ended.out and not ended.has_traceback
    return [] if fine else [f"it ended otherwise than with {code} and one line: {ended}"]


def left_aside(where: Path) -> list[str]:
    """Return that something was left aside, if so."""
    found = left_overs(tree_of(where))
    return [f"left aside: {found}"] if found else []


def make_cases(place: Path) -> dict[str, Case]:
    """Return the commands that write, each run once without any trouble."""
    empty = folder_for(place / "empty")
    for name in ("claimed.yaml", "two_ways.yaml"):
        shutil.copy(STUDIES / name, empty / name)
    (empty / "page.md").write_text(PAGE, encoding="utf-8")
    kept = place / "kept"
    shutil.copytree(empty, kept)
    _fine(forked(kept, RUN))
    (result,) = (str(path.relative_to(kept)) for path in (kept / RESULTS).glob("*/*"))
    page = ("page", "small.yaml", "--into", "page.md", "--images", "images", *FEW)
    asked: dict[str, tuple[tuple[str, ...], Path]] = {
        "run": (RUN, empty),
        "run again": (RUN, kept),
        "run --excel": ((*RUN, "--excel"), empty),
        "sweep": (SWEEP, empty),
        "report": (("report", result, "--lang", "zh-Hans"), kept),
        "report --excel": (("report", result, "--excel"), kept),
        "report --stress": (("report", result, "--stress", "--into", "stress.md"), kept),
        "plot": (("plot", result, "transit_times", "cost_breakdown", "--out", "pictures"), kept),
        "page": (page, empty),
        **{name: (words, empty) for name, words in ANSWERS.items()},
    }
    return {name: _case(name, words, before, place) for name, (words, before) in asked.items()}


def _case(name: str, words: tuple[str, ...], before: Path, place: Path) -> Case:
    whole = place / f"undisturbed {name}"
    shutil.copytree(before, whole)
    _fine(forked(whole, words))
    return Case(name, words, before, tree_of(whole))


def _fine(ended: Ended) -> None:
    if ended.code:
        raise RuntimeError(f"an undisturbed command failed: {ended}")
