"""How long `check` takes for all shipped scenarios: where the engine has yet to be compiled, and again."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.tables import Section

ROOT = Path(__file__).parents[2]
MOST_SECONDS = 90


def trial(arguments: list[str]) -> Section:
    """Return a row for each of two turns."""
    argparse.ArgumentParser(prog="check_time").parse_args(arguments)
    files = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "scenarios").glob("*.yaml"))
    command = [sys.executable, "-m", "corridor_sim", "check", *files]
    rows = []
    with TemporaryDirectory() as cache:
        for turn in ("the engine is compiled, too", "again"):
            begun = time.monotonic()
            code = subprocess.run(
                command, cwd=ROOT, env=os.environ | {"NUMBA_CACHE_DIR": cache}, stdout=sys.stderr, check=False
            ).returncode
            rows.append((turn, str(code), f"{time.monotonic() - begun:.0f}"))
    said = f"Asked: {len(files)} scenarios, laws included, within {MOST_SECONDS} s on two cores."
    return Section("Time of check", ("turn", "exit", "s by the clock"), rows, [said])
