"""`kill -9` at random moments of a sweep, a run and a report: is all that was finished there, and is the rest made?

After each kill every result that can be seen is whole, what was kept before is untouched, and no process is left over;
after a few kills in a row the same command gives, file by file, the very bytes of one that nobody disturbed.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, fields
from itertools import cycle, islice
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.tables import Section

from tests.trials.commands import RUN, SWEEP, Ended, Started, folder_for, is_writing, some_delay, workers_of
from tests.trials.forked import Forked, forked, load_program
from tests.trials.kept_whole import Tree, chunks_of, half_written, left_overs, seen, tree_of

GROUP, MAIN, WORKER = "all its processes", "the main process", "one worker"
ANY, WRITING = "any moment", "while it writes"
RESULTS = "results"
MOST_DELAY_SECONDS = 0.03
MOST_TRIES = 20
IN_A_ROW = 3
SHARES = {"sweep": 10, "run": 4, "run again": 3, "report": 3}
"""Of twenty kills, how many each command gets."""
HOW = ((GROUP, WRITING), (GROUP, ANY), (MAIN, ANY), (WORKER, ANY), (MAIN, WRITING), (GROUP, ANY))


@dataclass(frozen=True)
class Case:
    """A command, what its folder holds when it begins, and what it holds when nobody has disturbed it."""

    name: str
    words: tuple[str, ...]
    before: Path
    wanted: Tree
    work_seconds: float
    """Processor time of its main process."""


Cases = Mapping[str, Case]
Kind = tuple[str, str, str]
"""Command, victim, moment."""


@dataclass(frozen=True)
class Row:
    """Kills (victim, moment) of a command one after the other."""

    case: Case
    ways: tuple[tuple[str, str], ...]
    seed: str
    where: Path


@dataclass
class Found:
    """What became of the kills of one kind."""

    kills: int = 0
    survived: int = 0
    chunks_kept: int = 0
    left_over: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Found) -> None:
        """Add what became of others."""
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))


def trial(arguments: list[str]) -> Section:
    """Kill commands so often and return what was found, by command, victim and moment."""
    parser = argparse.ArgumentParser(prog="kills")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=2)
    asked = parser.parse_args(arguments)
    load_program()
    with TemporaryDirectory() as place:
        cases = make_cases(Path(place))
        found = kill_all(cases, asked.kills, asked.seed, asked.at_once, Path(place))
    rows = [_row(key, one) for key, one in sorted(found.items())]
    kills, survived = (sum(getattr(one, name) for one in found.values()) for name in ("kills", "survived"))
    remarks = [
        f"{survived} of {kills} kills survived. A kill is survived if every result that can be seen is whole (all "
        "digests of its manifest, every chunk of a sweep), nothing that was there before it is lost, no process is "
        "left over, and the same command then gives the same bytes as one that nobody disturbed: every file, the "
        f"report too. They come up to {IN_A_ROW} in a row before the command may end; where one worker is killed, the "
        "command itself has to go on and give these bytes. Commands are forked from a process that has loaded the "
        "program, so that every moment falls into their work. Moments are "
        "spread evenly over the processor time of the main process, or fall into the writing of a file; left-overs "
        f"are what a killed command had begun to write (`{'.writing-'}...`) and the next one removed.",
        *(f"Not survived: {wrong}" for one in found.values() for wrong in one.wrong),
    ]
    head = ("command", "killed", "moment", "kills", "survived", "chunks kept", "left-overs")
    return Section("Killed with kill -9", head, rows, remarks)


def _row(key: tuple[str, str, str], one: Found) -> list[str]:
    return [*key, *map(str, (one.kills, one.survived, one.chunks_kept, one.left_over))]


def make_cases(place: Path) -> dict[str, Case]:
    """Return the commands, each run once without any trouble."""
    empty = folder_for(place / "empty")
    kept = place / "kept"
    shutil.copytree(empty, kept)
    _fine(forked(kept, RUN))
    (result,) = (path.relative_to(kept) for path in (kept / RESULTS).glob("*/*"))
    report = ("report", str(result), "--lang", "zh-Hans")
    asked = {"sweep": (SWEEP, empty), "run": (RUN, empty), "run again": (RUN, kept), "report": (report, kept)}
    cases = {}
    for name, (words, before) in asked.items():
        whole = place / f"undisturbed {name}"
        shutil.copytree(before, whole)
        started = Forked(whole, words)
        work_seconds = 0.0
        while started.process.poll() is None:
            work_seconds = started.worked_seconds or work_seconds
        _fine(started.end())
        cases[name] = Case(name, tuple(words), before, tree_of(whole / RESULTS), work_seconds)
    return cases


def _fine(ended: Ended) -> None:
    if ended.code:
        raise RuntimeError(f"an undisturbed command failed: {ended}")


def kill_all(cases: Cases, kills: int, seed: int, at_once: int, place: Path) -> dict[Kind, Found]:
    """Kill the commands in turn, each in every way, a few times in a row before it may end."""
    found: dict[Kind, Found] = {}
    ways = {name: cycle([how for how in HOW if how[0] != WORKER or name != "report"]) for name in cases}
    names = cycle([name for name, share in SHARES.items() for _ in range(share)])
    rows = []
    for begin in range(0, kills, IN_A_ROW):
        name = next(names)
        row = tuple(islice(ways[name], min(IN_A_ROW, kills - begin)))
        rows.append(Row(cases[name], row, f"{seed} {begin}", place / f"row {begin}"))
    with ProcessPoolExecutor(at_once, get_context("fork")) as hands:
        for number, (row_of, kinds) in enumerate(zip(rows, hands.map(kill_row, rows), strict=True), 1):
            for way, one in zip(row_of.ways, kinds, strict=True):
                found.setdefault((row_of.case.name, *way), Found()).add(one)
            wrong = [each for one in kinds for each in one.wrong]
            told = f"{row_of.case.name}, {row_of.ways}: {wrong or 'survived'}"
            print(f"{number} of {len(rows)}: {told}", file=sys.stderr, flush=True)
    return found


def kill_row(row: Row) -> list[Found]:
    """Kill a command a few times in a row, and return what was found at each kill."""
    shutil.copytree(row.case.before, row.where)
    found = [Found(kills=1) for _ in row.ways]
    found[0].wrong += _killed_in_a_row(row.case, row.ways, found, random.Random(row.seed), row.where)
    for one in found:
        one.survived = int(not found[0].wrong)
    shutil.rmtree(row.where)
    return found


def _killed_in_a_row(
    case: Case, row: Sequence[tuple[str, str]], kinds: Sequence[Found], chance: random.Random, where: Path
) -> Iterator[str]:
    """Kill a command a few times, look at what is left each time, let it end; yield what is not as it should be."""
    results, kept = where / RESULTS, dict[str, int]()
    for (victim, moment), found in zip(row, kinds, strict=True):
        before = tree_of(results)
        started = _killed(case, victim, moment, chance, where)
        if started is None:
            yield "it could not be killed: it was always done before"
            return
        yield from _after(case, victim, started, before, tree_of(results), found)
        kept |= {path: (results / path).stat().st_ino for path in chunks_of(tree_of(results))}
    again = forked(where, case.words)
    if again.code or again.has_traceback:
        yield f"the same command failed: {again}"
    yield from different(tree_of(results), case.wanted)
    yield from (f"{path} was made again" for path, inode in kept.items() if (results / path).stat().st_ino != inode)


def _killed(case: Case, victim: str, moment: str, chance: random.Random, where: Path) -> Started | None:
    """Return a command that was killed, None where it was always done before."""
    aside = where.with_name(f"{where.name} as it was")
    shutil.copytree(where, aside)
    for _ in range(MOST_TRIES):
        started = Forked(where, case.words)
        if started.wait_until(_moment(case, victim, moment, chance, started, where)) and _kill(started, victim, chance):
            shutil.rmtree(aside)
            return started
        started.end()
        shutil.rmtree(where)
        shutil.copytree(aside, where)
    return None


def _moment(
    case: Case, victim: str, moment: str, chance: random.Random, started: Started, where: Path
) -> Callable[[], bool]:
    """Return whether a randomly chosen moment has come."""
    if moment == WRITING:
        passed, after = Counter[str](), chance.randrange(len(case.wanted) if case.name == "sweep" else 1)

        def writes() -> bool:
            passed["begun"] += is_writing(where / RESULTS)
            return passed["begun"] > after

        return writes
    worked = chance.uniform(0, case.work_seconds)
    if victim == WORKER:
        return lambda: bool(workers_of(started)) and started.worked_seconds >= worked
    return lambda: started.worked_seconds >= worked


def _kill(started: Started, victim: str, chance: random.Random) -> bool:
    """Kill; return False where it was too late."""
    some_delay(chance, MOST_DELAY_SECONDS)
    try:
        if victim == GROUP:
            os.killpg(started.pid, signal.SIGKILL)
        elif victim == MAIN:
            os.kill(started.pid, signal.SIGKILL)
        else:
            os.kill(chance.choice(workers_of(started) or [started.others()[0]]), signal.SIGKILL)
    except (OSError, IndexError):
        return False
    if victim == WORKER:
        return True
    return started.end().code == -signal.SIGKILL


def _after(case: Case, victim: str, started: Started, before: Tree, after: Tree, found: Found) -> Iterator[str]:
    """Yield what is wrong after a kill."""
    ended, orphans = started.end(), started.orphans()
    if orphans:
        yield f"{len(orphans)} processes were left over"
    if victim == WORKER and (ended.code or ended.has_traceback):
        yield f"the command did not get over it: {ended}"
    yield from half_written(after)
    found.left_over += bool(left_overs(after))
    found.chunks_kept += len(chunks_of(after)) - len(chunks_of(before))
    for path, content in seen(after).items():
        if content not in (before.get(path), case.wanted.get(path)):
            yield f"{path} is neither what it was nor what it is to be"
    yield from (f"{path} is lost" for path in seen(before) if path not in after)


def different(found: Tree, wanted: Tree) -> Sequence[str]:
    """Return the files that are not the same, byte by byte, or there on one side only."""
    return [
        f"{path} differs from an undisturbed run"
        for path in sorted({**found, **wanted})
        if found.get(path) != wanted.get(path)
    ]
