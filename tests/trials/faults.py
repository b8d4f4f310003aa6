"""Full and read-only disks, stops, damaged files, readers that go, several at once, wrong clocks: asked and found."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.tables import Section

from tests.trials.commands import Started
from tests.trials.fault_cases import ANSWERS, Case, Fault, make_cases
from tests.trials.fault_disk import ROOMS, can_mount, disk_fault, read_only_fault, stranger_fault
from tests.trials.fault_files import file_fault, files_of
from tests.trials.fault_signals import stop_fault
from tests.trials.fault_streams import ALLOWED, stream_fault, talking
from tests.trials.fault_together import SHIFTS, clock_fault, faketime, future_fault, together_fault
from tests.trials.forked import load_program

KINDS = ("files", "disk", "read", "stranger", "stops", "streams", "together", "clock")
STOPPED = ("run", "sweep", "report", "claims")
CROWDS = ("runs", "runs over a run", "sweeps", "reports", "a run, readers")
CLOCKED = ("run again", "sweep", "report")
Try = Callable[[], Fault]


def trial(arguments: list[str]) -> Section:
    """Try every fault and return what was asked and what was found."""
    parser = argparse.ArgumentParser(prog="faults")
    parser.add_argument("--only", action="append", choices=KINDS)
    parser.add_argument("--rounds", type=int, default=4, help="rounds of stops, each with four stops of each command")
    parser.add_argument("--at-once", type=int, default=2)
    asked = parser.parse_args(arguments)
    load_program()
    with TemporaryDirectory() as name:
        place = Path(name)
        place.chmod(0o755)
        cases = make_cases(place)
        tries = list(tries_of(asked.only or KINDS, cases, place, asked.rounds))
        with ProcessPoolExecutor(asked.at_once, get_context("fork")) as hands:
            found = list(_told(hands.map(_do, tries), len(tries)))
    return _section(found)


def _do(one: Try) -> Fault:
    return one()


def _told(found: Iterator[Fault], total: int) -> Iterator[Fault]:
    for number, fault in enumerate(found, 1):
        print(
            f"{number} of {total}: {fault.name}, {fault.told}: {fault.wrong or 'as asked'}", file=sys.stderr, flush=True
        )
        yield fault


def tries_of(kinds: tuple[str, ...], cases: dict[str, Case], place: Path, rounds: int) -> Iterator[Try]:
    """Yield what is to be tried, each in a folder of its own."""
    for kind in kinds:
        for number, one in enumerate(_of_kind(kind, cases, rounds)):
            yield partial(one, where=place / f"{kind} {number}")


def _of_kind(kind: str, cases: dict[str, Case], rounds: int) -> Iterator[Callable[..., Fault]]:
    match kind:
        case "disk" if can_mount():
            yield from (partial(disk_fault, case, room=room) for case, room in product(cases.values(), ROOMS))
        case "read" if can_mount():
            yield from (partial(read_only_fault, case) for case in cases.values())
        case "stranger" if can_mount():
            yield from (partial(stranger_fault, case) for case in cases.values())
        case "stops":
            for turn, name in product(range(rounds), STOPPED):
                yield partial(_stops, cases[name], seed=f"{turn} {name}")
        case "files":
            for name in ("run", "sweep", "claims"):
                yield from (partial(file_fault, cases[name], path) for path in files_of(cases[name]))
        case "streams":
            kept = cases["report"]
            for words, how in product(talking(kept.words[1]), ALLOWED):
                yield partial(stream_fault, words, kept.before, how=how)
        case "together":
            yield from (partial(together_fault, name, cases) for name in CROWDS)
        case "clock":
            yield from (partial(future_fault, cases[name]) for name in CLOCKED)
            library = faketime()
            for name, shift in product(CLOCKED, SHIFTS if library else ()):
                yield partial(clock_fault, cases[name], library=library or "", shift=shift)


def _stops(case: Case, where: Path, seed: str) -> Fault:
    """Measure how long the command works, then stop it at moments within."""
    measured = where.with_name(f"{where.name} measured")
    started = Started(_laid_out(case, measured), case.words)
    work_seconds = 0.0
    while started.process.poll() is None:
        work_seconds = started.worked_seconds or work_seconds
    return stop_fault(case, where, work_seconds, seed)


def _laid_out(case: Case, where: Path) -> Path:
    shutil.copytree(case.before, where)
    return where


def _section(found: list[Fault]) -> Section:
    together: dict[str, Fault] = {}
    for one in found:
        whole = together.setdefault(one.name, Fault(one.name, one.asked))
        whole.tried += one.tried
        whole.wrong += one.wrong
        for how, count in one.told.items():
            whole.told[how] = whole.told.get(how, 0) + count
    remarks = [f"Not as asked: {wrong}" for one in together.values() for wrong in one.wrong]
    head = ("fault", "asked", "tried", "not as asked", "commands ended with")
    return Section("Faults", head, [one.row() for one in together.values()], [*_remarks(), *remarks])


def _remarks() -> Iterator[str]:
    yield (
        f"Full disks, read-only disks and strangers are tried with the commands run (also over an earlier result, and "
        f"with a workbook), sweep, report, plot, page, {', '.join(ANSWERS)}; a full disk has {len(ROOMS)} sizes, down "
        "to no room at all. A command that found room for all is no fault and told so. Damaged files: one of every "
        "kind of a run, a sweep and an answer, read by results list, show and query, compare and report, and by the "
        "command that made it."
    )
    if not can_mount():
        yield "Full and read-only disks were not tried here: they need root, to mount file systems in memory."
    if not faketime():
        yield "Wrong clocks were not tried here, only files of the future: libfaketime is not installed."
