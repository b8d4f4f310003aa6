"""Schema-aware fuzzing of loader, overrides, command line and store: `-- [--cases 100000] [--workers 2] [--found DIR]`.

Each batch of cases is decided by its kind and number, so that a run can be repeated.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from benchmarks.tables import Section

from corridor_sim.study.engines import COMPILED, choose_engine
from tests.trials.schema_cases import Tally, Trial, begin, loaded, overridden
from tests.trials.store_cases import commanded, kept, make_samples

CASES, BATCH, BATCHES_OF_A_PROCESS = 100_000, 250, 40
KINDS = {"loader": (loaded, 82), "overrides": (overridden, 12), "command line": (commanded, 3), "store": (kept, 3)}
"""Kind -> what tries one case of it, and its share in per cent."""
PERCENT = 100
OUTCOMES = ("accepted", "exit 0", "exit 1", "exit 2", "exit 3", "exit 4", "exit 5")


def trial(arguments: list[str]) -> Section:
    """Try the cases and return the table."""
    parser = argparse.ArgumentParser(prog="fuzz_schema")
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--found", type=Path, default=None, help="folder in which cases that break something stay")
    asked = parser.parse_args(arguments)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as aside:
        found = asked.found or Path(aside) / "found"
        found.mkdir(parents=True, exist_ok=True)
        if "store" in asked.kinds:
            make_samples(Path(aside) / "samples")
        tally = try_all(asked.cases, asked.kinds, asked.seed, found, asked.workers)
    return section(tally, time.monotonic() - begun)


def try_all(cases: int, kinds: list[str], first: int, found: Path, workers: int) -> Tally:
    """Try cases of some kinds, in so many processes; `first` is the number that decides the first batch."""
    whole = sum(KINDS[kind][1] for kind in kinds)
    counts = {kind: -(-cases * KINDS[kind][1] // whole) for kind in kinds}
    jobs = [
        (kind, number, min(BATCH, count - number))
        for kind, count in counts.items()
        for number in range(0, count, BATCH)
    ]
    choose_engine(COMPILED, 0)
    tally = Tally()
    step = BATCHES_OF_A_PROCESS * workers
    for some in (jobs[start : start + step] for start in range(0, len(jobs), step)):
        # new processes after a while; a pool that replaces them itself may wait for ever for the next one
        with ProcessPoolExecutor(workers, get_context("spawn"), begin) as hands:
            running = [
                hands.submit(try_batch, kind, first * cases + number, count, found) for kind, number, count in some
            ]
            for each in as_completed(running):
                tally.add(each.result())
                done = sum(tally.outcomes.values())
                told = f"\r{done:,} of {cases:,}, found {sum(tally.found.values())}"
                print(told, end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return tally


def try_batch(kind: str, number: int, count: int, found: Path) -> Tally:
    """Try `count` cases of a kind; as hypothesis passes over cases that it has had, some batches may be needed."""
    tally, more = Tally(), 0
    while (left := count - sum(tally.outcomes.values())) > 0:
        tally.add(Trial(found).run(KINDS[kind][0], number + more, left))
        more += 1
    return tally


def section(tally: Tally, seconds: float) -> Section:
    """Return the table."""
    kinds = sorted({kind for kind, _ in tally.outcomes} - {"found"})
    rows = []
    for kind in kinds:
        here = Counter({outcome: count for (each, outcome), count in tally.outcomes.items() if each == kind})
        rows.append((kind, f"{here.total():,}", *(f"{here[outcome]:,}" for outcome in OUTCOMES)))
    every = Counter(
        {outcome: sum(n for (_, each), n in tally.outcomes.items() if each == outcome) for outcome in OUTCOMES}
    )
    rows.append(("all", f"{tally.outcomes.total():,}", *(f"{every[outcome]:,}" for outcome in OUTCOMES)))
    slow, kind, outcome = tally.slowest
    remarks = [
        f"Unhandled exceptions, hangs and disagreements: {tally.found.total()}. "
        f"Both engines played {tally.agreed:,} alternatives of accepted cases and agreed on "
        f"{'all' if not tally.found else 'all but those found'}, row by row and cent by cent. "
        f"The slowest case took {slow:.1f} s ({kind}, {outcome}); all took {seconds / 60:.0f} min.",
        *(f"Found {count} times: {what}" for what, count in tally.found.most_common()),
    ]
    return Section("Scenarios, overrides, command lines and kept results", ("kind", "cases", *OUTCOMES), rows, remarks)
