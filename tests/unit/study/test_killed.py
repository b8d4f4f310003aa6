"""`kill -9` at any moment of a sweep loses at most the chunk under way; the same command gives the same bytes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from corridor_sim.study.figures import Figures

SMALL = Path(__file__).parents[1] / "scenario" / "small.yaml"
RunSweep = Callable[..., tuple[Path, Figures]]
KILLED = """
import os, signal, sys
from pathlib import Path
from corridor_sim.study import aside
from corridor_sim.scenario.load import load
from corridor_sim.study.design import lay_out
from corridor_sim.study.executors import local_executor
from corridor_sim.study.kinds import Kind, Where

moment, file, workers, scenario, out = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5]
write_whole, written = aside.write_whole, []

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def killing(path, fill):
    written.append(path)
    if len(written) != file:
        return write_whole(path, fill)
    def half(new):
        fill(new)
        if moment == "half":
            new.write_bytes(new.read_bytes()[:100])
        die()
    if moment == "after":
        write_whole(path, fill)
        die()
    return write_whole(path, half)

aside.write_whole = killing
from corridor_sim.study import sweep
if __name__ == "__main__":
    vary = ["tariffs.lift.price=HKD 300/box,HKD 600/box", "services.train.cutoff=6 h,12 h"]
    design = lay_out(vary, Kind.GRID, None, 7)
    question = sweep.Question(load(Path(scenario)), design, 7, 11, None, 4)
    with local_executor(Where.PROCESSES, workers) as executor:
        sweep.sweep(question, Path(out), executor)
"""
FILES = 1 + 9 + 3
"""A recipe, three chunks for each of three Programs, two tables and a summary."""


@pytest.mark.parametrize(
    ("moment", "file", "workers", "kept"),
    [
        ("before", 1, 1, 0),
        ("after", 1, 1, 0),
        ("half", 4, 1, 2),
        ("after", 5, 2, 4),
        ("before", 9, 1, 7),
        ("half", 12, 1, 9),
        ("before", FILES, 1, 9),
    ],
)
def test_what_was_finished_is_there_and_the_rest_is_made(
    run_sweep: RunSweep,
    same_bytes: Callable[[Path], None],
    tmp_path: Path,
    moment: str,
    file: int,
    workers: int,
    kept: int,
) -> None:
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    out = tmp_path / "out"
    arguments = [moment, str(file), str(workers), str(SMALL), str(out)]
    done = subprocess.run([sys.executable, str(script), *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    (folder,) = (out / "small").iterdir()
    chunks = {path.name: path.stat().st_ino for path in folder.glob("chunks/[0-9a-f]*")}
    assert len(chunks) == kept
    assert (folder / "lock").exists()
    run_sweep(out)
    same_bytes(folder)
    assert chunks.items() <= {path.name: path.stat().st_ino for path in folder.glob("chunks/*")}.items()
    left_over = [path for path in folder.rglob("*") if path.name == "lock" or path.name.startswith(".")]
    assert left_over == []


def test_workers_end_when_the_process_that_asked_them_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    read, write = os.pipe()
    started = subprocess.Popen(
        [sys.executable, str(script), "after", "3", "2", str(SMALL), str(tmp_path / "out")],
        stdout=write,
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    assert started.wait() == -signal.SIGKILL
    # the pipe ends when the last process that holds it has ended; an orphan would hold it for ever
    assert os.read(read, 1) == b""
    os.close(read)
