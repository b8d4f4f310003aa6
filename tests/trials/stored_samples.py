"""Makes small kept results, of every kind there is, for trials that damage them."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from corridor_sim.study.answers import KINDS
from corridor_sim.study.bundle import json_bytes
from corridor_sim.study.layout import MANIFEST

HERE = Path(__file__).parents[1]
SMALL = HERE / "unit" / "scenario" / "small.yaml"
CLAIMED = HERE / "unit" / "study" / "claimed.yaml"
TWO_WAYS = HERE / "unit" / "study" / "two_ways.yaml"
FEW = ("--replications", "2")
SWEEP = ("--vary", "tariffs.lift.price=HKD 300/box:HKD 600/box:2", "--workers", "1", *FEW)
DISCOUNT = ("--vary", "tariffs.list price.discount=0 %:50 %", "--of", "dear and fast", "--beats", "cheap")


def keep_run(out: Path, scenario: Path = SMALL) -> Path:
    """Run a scenario twice, keep it below `out` without pictures, and return its folder."""
    from corridor_sim.scenario.load import load
    from corridor_sim.study.bundle import write_bundle
    from corridor_sim.study.evaluate import evaluate

    return write_bundle(evaluate(load(scenario), replications=2), out, {})


def keep_sweep(out: Path) -> Path:
    """Sweep a price below `out` and return the folder."""
    code, told = told_by(["sweep", str(SMALL), *SWEEP, "--out", str(out)])
    if code:
        raise RuntimeError(told)
    return next(folder for folder in (out / "small").iterdir() if folder.name.startswith("sweep-"))


def keep_answers(out: Path) -> list[Path]:
    """Let every command that answers one question keep its answer below `out`; return their folders."""
    few = (*FEW, "--engine", "reference", "--out", str(out), "--quiet")
    ways = ["--value", "1 CNY/kg:100 CNY/kg", "--cells", "4", "--replications", "3"]
    asked = (
        ["claims", str(CLAIMED), "--quick", *few],
        ["breakeven", str(TWO_WAYS), *DISCOUNT, "--workers", "1", *few],
        ["sensitivity", str(CLAIMED), "--of", "train", "--method", "tornado", "--workers", "1", *few],
        ["modemap", str(TWO_WAYS), "--flow", "parts", *ways, "--out", str(out), "--quiet", "--workers", "1"],
    )
    for words in asked:
        subprocess.run([sys.executable, "-m", "corridor_sim", *words], check=True, capture_output=True)
    kinds = tuple(f"{kind}-" for kind in KINDS)
    return sorted(folder for folder in out.glob("*/*") if folder.name.startswith(kinds))


def fit_manifest(folder: Path, names: Sequence[str]) -> None:
    """Let the manifest of a run list the files `names` as they are now, as a forger would."""
    import json

    manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
    for name in names:
        manifest["files"][name] = sha256((folder / name).read_bytes()).hexdigest()
    (folder / MANIFEST).write_bytes(json_bytes(manifest))


@contextlib.contextmanager
def streams_kept() -> Iterator[tuple[io.TextIOWrapper, io.TextIOWrapper]]:
    """Keep what is printed, as bytes streams with an encoding like those of a terminal."""
    before = sys.stdout, sys.stderr
    kept = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8")
    sys.stdout, sys.stderr = kept
    try:
        yield kept
    finally:
        sys.stdout, sys.stderr = before


def told_by(words: Sequence[str]) -> tuple[int, str]:
    """Run a command in this process as its user would; return its exit code and what it wrote on stderr.

    What is not handled at all comes out as it is.
    """
    from corridor_sim.cli.app import main

    before, sys.argv = sys.argv, ["corridor-sim", *words]
    try:
        with streams_kept() as (_, told), contextlib.suppress(BrokenPipeError):
            try:
                main()
                code = 0
            except SystemExit as end:
                code = int(end.code or 0)
            told.flush()
            return code, told.buffer.getvalue().decode("utf-8")
    finally:
        sys.argv = before
    return os.EX_SOFTWARE, "a broken pipe"
