"""Byte-level fuzzing of the readers, guided by coverage (atheris): `-- [--seconds 3600] [--found DIR]`.

A child process reads inputs that libFuzzer makes from shipped scenarios, worlds made by chance and kept results. It
goes on after an exception that nobody expected, and is started again where it dies, hangs or takes too much memory.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from benchmarks.tables import Section

from random_worlds import made_world
from tests.trials.byte_targets import PARSERS, Targets, sections_of
from tests.trials.stored_samples import SMALL, keep_run, keep_sweep

SHIPPED = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))
HOUR_SECONDS = 3600
LONGEST_INPUT_BYTES = 131_072
LONGEST_CASE_SECONDS = 60
MOST_MEMORY_MIB = 2048
WORLDS = 40
WORDS = (
    "90 min", "3.185 CNY/box/km", "HKD 2140", "70 %", "30 pallets per week", "1.5 per year", "2026-06-01 08:30",
    "2026-06-26 to 2026-08-31", "mon-fri 08:00-20:00, sat 09:00-12:00", "always", "odd weeks tue 10:00 from 2026-02-01",
    "every 3.5 days from 2026-01-06 20:00 to 2026-02-01", "on 2026-01-07 10:00, 2026-01-09 10:00",
    'parameters."rail.transit".value', "routes.r.steps[2].takes",
)  # fmt: skip
_STATUS = re.compile(r"#(\d+)\s+\S+\s+cov: (\d+)")


@dataclass
class Told:
    """What the children said: inputs read, edges of the program reached, and what broke."""

    inputs: int = 0
    edges: int = 0
    found: dict[str, str] = field(default_factory=dict)
    restarts: int = 0


def trial(arguments: list[str]) -> Section:
    """Fuzz for some seconds and return the table."""
    parser = argparse.ArgumentParser(prog="fuzz_bytes")
    parser.add_argument("--seconds", type=int, default=HOUR_SECONDS)
    parser.add_argument("--found", type=Path, default=None, help="folder in which inputs that break something stay")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as aside:
        found = asked.found or Path(aside) / "found"
        found.mkdir(parents=True, exist_ok=True)
        told = fuzz(Path(aside), found, asked.seconds, asked.seed)
    rows = [
        ("time", f"{asked.seconds:,} s"),
        ("inputs read", f"{told.inputs:,}"),
        ("edges of the program reached", f"{told.edges:,}"),
        ("unhandled exceptions", str(sum(not name.startswith("child") for name in told.found))),
        ("hangs, crashes and more memory than 2 GiB", str(told.restarts)),
    ]
    remarks = [f"Found: {name}: {words}" for name, words in sorted(told.found.items())]
    return Section("Bytes", ("", "figure"), rows, remarks or ["Nothing was found."])


def fuzz(aside: Path, found: Path, seconds: int, seed: int) -> Told:
    """Run children until the seconds are over; `aside` is a folder for their corpus."""
    corpus = aside / "corpus"
    write_corpus(corpus, aside / "seeds")
    words = aside / "words"
    words.write_text("\n".join(f'"{word}"' for word in dictionary()), encoding="utf-8")
    told, ends = Told(), time.monotonic() + seconds
    while (left := int(ends - time.monotonic())) > 0:
        before = told.inputs
        flags = [
            f"-max_total_time={left}",
            f"-max_len={LONGEST_INPUT_BYTES}",
            f"-timeout={LONGEST_CASE_SECONDS}",
            f"-report_slow_units={LONGEST_CASE_SECONDS}",
            f"-rss_limit_mb={MOST_MEMORY_MIB}",
            f"-dict={words}",
            f"-seed={seed + told.restarts}",
            f"-artifact_prefix={found}/child-",
            "-print_final_stats=1",
        ]
        child = [sys.executable, "-m", "tests.trials.byte_child", str(found), *flags, str(corpus)]
        # what wrote the corpus has said that children look for modules only where Python is installed
        here = os.environ | {"PYTHONSAFEPATH": ""}
        with subprocess.Popen(child, env=here, stderr=subprocess.PIPE, text=True, errors="replace") as running:
            assert running.stderr is not None
            for line in running.stderr:
                _hear(told, line, before)
        if not running.returncode:
            break
        told.restarts += 1
    for path in sorted(found.glob("*.txt")):
        told.found[path.stem] = path.read_text(encoding="utf-8").strip().splitlines()[-1]
    told.found.update({path.name: "hung, crashed or took too much" for path in found.glob("child-*")})
    return told


def _hear(told: Told, line: str, before: int) -> None:
    status = _STATUS.match(line)
    if status:
        told.inputs = before + int(status[1])
        told.edges = max(told.edges, int(status[2]))
    elif not line.startswith(("INFO", "\tNEW_FUNC", "stat::")):
        sys.stderr.write(line)
    if status and "pulse" in line:
        sys.stderr.write(line)


def write_corpus(corpus: Path, aside: Path) -> None:
    """Write what the fuzzer begins with: an input for each reader and each thing that is sound for it."""
    corpus.mkdir()
    targets = Targets(keep_run(aside), keep_sweep(aside))
    scenario, section, words, json, parquet = range(len(targets.readers))
    inputs = [(scenario, 0, SMALL.read_bytes())]
    inputs += [(scenario, 0, made_world(Random(number)).encode()) for number in range(WORLDS)]
    for path in SHIPPED:
        for part in sections_of(path.read_text(encoding="utf-8")):
            place = next((n for n, own in enumerate(targets.sections) if own[:4] == part[:4]), 0)
            inputs.append((section, place, part.encode()[:LONGEST_INPUT_BYTES]))
    inputs += [(words, place, word.encode()) for word in WORDS for place in range(len(PARSERS))]
    texts = ("manifest.json", "summary.json", "resolved.yaml")
    inputs += [(json, place, (targets.run / name).read_bytes()) for place, name in enumerate(texts)]
    kept = ("recipe.json", "summary.json")
    inputs += [(json, len(texts) + place, (targets.sweep / name).read_bytes()) for place, name in enumerate(kept)]
    inputs += [(parquet, place, path.read_bytes()) for place, path in enumerate(targets.tables)]
    inputs += [(parquet, len(targets.tables), (targets.sweep / "sweep.parquet").read_bytes())]
    chunks = sorted((targets.sweep / "chunks").glob("*.parquet"))
    inputs += [(parquet, len(targets.tables) + 1, path.read_bytes()) for path in chunks]
    for number, (reader, place, content) in enumerate(inputs):
        (corpus / f"{number:04}").write_bytes(bytes((reader, place)) + content)


def dictionary() -> list[str]:
    """Return words of the format for the fuzzer to put in."""
    from corridor_sim.scenario.schema import json_schema

    keys = {key for part in json_schema()["$defs"].values() for key in part.get("properties", {})}
    nasty = ("&a", "*a", "<<: *a", "!!int", "{}", "[]", "-1", "0", "1e3", ".nan", "999999999999999", "null", "true")
    return [word.replace("\\", "\\\\").replace('"', '\\"') for word in (*sorted(keys), *WORDS, *nasty)]
