"""The process that reads what libFuzzer makes: `python -m tests.trials.byte_child FOUND [flags] CORPUS`."""

from __future__ import annotations

import hashlib
import sys
import tempfile
import traceback
import warnings
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["corridor_sim"]):
    from tests.trials.byte_targets import Targets
    from tests.trials.stored_samples import keep_run, keep_sweep


def main() -> None:
    """Fuzz until libFuzzer ends the process."""
    found = Path(sys.argv.pop(1))
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as aside:
        targets = Targets(keep_run(Path(aside)), keep_sweep(Path(aside)))

        def read(content: bytes) -> None:
            try:
                targets.read(content)
            except Exception as error:
                keep(found, error, content)

        atheris.Setup(sys.argv, read)
        atheris.Fuzz()


def keep(found: Path, error: Exception, content: bytes) -> None:
    """Keep the shortest input that ends at this place of the program in this way."""
    places = traceback.extract_tb(error.__traceback__)
    ours = [f"{Path(place.filename).name}:{place.lineno}" for place in places if "corridor_sim" in place.filename]
    name = hashlib.sha256(f"{type(error).__name__} {ours[-1:]}".encode()).hexdigest()[:12]
    kept = found / f"{name}.bin"
    if not kept.exists() or len(content) < kept.stat().st_size:
        kept.write_bytes(content)
        (found / f"{name}.txt").write_text("".join(traceback.format_exception(error)), encoding="utf-8")


if __name__ == "__main__":
    main()
