"""Where the work is done: every task is done once and told once, also when a worker is killed."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from multiprocessing import get_all_start_methods
from pathlib import Path
from typing import Any

import pytest

from corridor_sim.errors import EngineError, InputError, Problem
from corridor_sim.study import dask_executor as dasked
from corridor_sim.study.dask_executor import dask_executor
from corridor_sim.study.executors import FORKED, MOST_DEATHS, PRELOADED, local_executor
from corridor_sim.study.figures import Figures
from corridor_sim.study.kinds import Where

RunSweep = Callable[..., tuple[Path, Figures]]
Check = Callable[[Path], None]


TASKS = """
import os, signal, sys
from pathlib import Path
from corridor_sim.errors import InputError, Problem

def twice(number):
    return 2 * number

def twice_or_die(task):
    number, path = task
    if path and not Path(path).exists():
        Path(path).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * number

def die(_):
    os.kill(os.getpid(), signal.SIGKILL)

def loaded(name):
    return name in sys.modules, signal.getsignal(signal.SIGINT) is signal.SIG_IGN

def fail(_):
    raise InputError([Problem("one"), Problem("two")])
"""


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return functions that other processes can import too."""
    (tmp_path / "work_of_executors.py").write_text(TASKS)
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("work_of_executors")
    del sys.modules["work_of_executors"]


@pytest.mark.parametrize("where", [Where.THREADS, Where.PROCESSES])
def test_every_task_comes_back_once_with_its_result(work: Any, where: Where) -> None:
    with local_executor(where, 2) as executor:
        assert sorted(executor.run(work.twice, range(20))) == [(number, 2 * number) for number in range(20)]
        assert list(executor.run(work.twice, ())) == []


def test_one_worker_needs_neither_thread_nor_process() -> None:
    with local_executor(Where.PROCESSES, 1) as executor:
        assert list(executor.run(lambda number: (number, os.getpid()), [1])) == [(1, (1, os.getpid()))]


@pytest.mark.skipif(FORKED not in get_all_start_methods(), reason="this system does not fork")
def test_processes_begin_with_what_playing_needs_and_leave_ctrl_c_to_others(work: Any) -> None:
    needed = [PRELOADED, "corridor_sim.study.points", "corridor_sim.study.play"]
    with local_executor(Where.PROCESSES, 2) as executor:
        assert sorted(executor.run(work.loaded, needed)) == [(name, (True, True)) for name in sorted(needed)]
    assert PRELOADED not in sys.modules, "only the process from which workers are forked is changed"


def test_tasks_are_taken_only_as_they_are_needed(work: Any) -> None:
    taken: list[int] = []

    def tasks() -> Any:
        for number in range(100):
            taken.append(number)
            yield number

    with local_executor(Where.THREADS, 2) as executor:
        answers = executor.run(work.twice, tasks())
        next(answers)
        assert len(taken) < 10
        assert len(list(answers)) == 99


def test_what_a_killed_process_was_at_is_done_by_another(work: Any, tmp_path: Path) -> None:
    tasks = [(number, str(tmp_path / "died") if number == 3 else "") for number in range(8)]
    with local_executor(Where.PROCESSES, 2) as executor:
        assert sorted(result for _, result in executor.run(work.twice_or_die, tasks)) == [2 * n for n in range(8)]
    assert (tmp_path / "died").exists()


def test_processes_that_keep_dying_end_it(work: Any) -> None:
    assert MOST_DEATHS < 5
    with pytest.raises(EngineError, match="keep dying"), local_executor(Where.PROCESSES, 2) as executor:
        list(executor.run(work.die, [1]))


def test_problems_come_out_of_a_process_as_they_were(work: Any) -> None:
    with pytest.raises(InputError) as caught, local_executor(Where.PROCESSES, 2) as executor:
        list(executor.run(work.fail, [1]))
    assert caught.value.problems == (Problem("one"), Problem("two"))


def test_dask_gives_the_same_bytes_though_one_of_its_two_workers_is_killed(
    run_sweep: RunSweep, same_bytes: Check, tmp_path: Path
) -> None:
    distributed = pytest.importorskip("distributed")
    killed: list[int] = []
    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None)
    with cluster, dask_executor(cluster.scheduler_address, 2) as executor:
        pids = [worker.pid for worker in cluster.workers.values()]

        def kill_one(what: str, done: int, total: int) -> None:
            if what == "replications" and 0 < done < total and not killed:
                killed.append(pids[0])
                os.kill(pids[0], signal.SIGKILL)

        folder, _ = run_sweep(tmp_path, executor, kill_one, most_in_chunk=1)
    assert killed == pids[:1]
    same_bytes(folder)


@pytest.mark.parametrize(
    ("scheduler", "said"),
    [
        ("tcp://127.0.0.1:1", "no scheduler answers; gave up after"),
        ("here", "no address"),
        ("xyz://1.2.3.4:5", "no address"),
    ],
)
def test_a_scheduler_that_does_not_answer_is_one_line(
    scheduler: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(dasked, "SECONDS_TO_CONNECT", 1)
    with pytest.raises(InputError, match=said) as caught, dask_executor(scheduler, 1):
        pytest.fail("nobody is there")
    assert caught.value.exit_code == 2
    assert len(caught.value.problems) == 1


def test_without_dask_a_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(dasked, "import_module", missing)
    with pytest.raises(InputError, match=r"corridor-sim\[dask\]"), dask_executor(None, 1):
        pytest.fail("there is no Dask")


SERVERS = """
import os, signal
from multiprocessing import forkserver, resource_tracker
from pathlib import Path
from corridor_sim.study.executors import prepare_processes
prepare_processes()
for pid in (forkserver._forkserver._forkserver_pid, resource_tracker._resource_tracker._pid, os.getpid()):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (mask,) = (int(line.split()[1], 16) for line in lines if line.startswith("SigBlk"))
    print([bool(mask >> (number - 1) & 1) for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM)])
"""


def test_neither_ctrl_c_nor_a_closed_terminal_is_for_the_servers_of_workers() -> None:
    ran = subprocess.run([sys.executable, "-c", SERVERS], capture_output=True, text=True, check=True)
    server, tracker, ours = ran.stdout.splitlines()
    # what the tracker does about the two others is its own affair
    assert (server, tracker.split(", ")[1], ours) == ("[True, True, False]", "True", "[False, False, False]")


STOPS = """
import signal, sys
from corridor_sim.study import executors, stop
from corridor_sim.study.kinds import Where
from corridor_sim.study.stop import Stopped, listen

# workers that have only just begun are waited for, which may take long on a busy machine
stop.PATIENCE_SECONDS = 50

def stopped_in(where, name):
    whole = getattr(where, name)

    def with_ctrl_c(*arguments, **options):
        signal.raise_signal(signal.SIGINT)
        print(name, "went on")
        return whole(*arguments, **options)

    setattr(where, name, with_ctrl_c)

listen()
name = sys.argv[1]
stopped_in(executors if name == "wait" else executors.ProcessPoolExecutor, name)
try:
    with executors.local_executor(Where.PROCESSES, 2) as pool:
        list(pool.run(abs, range(3)))
except Stopped as stopped:
    print(stopped)
"""


@pytest.mark.parametrize("call", ["submit", "wait", "shutdown"])
def test_a_stop_waits_while_a_pool_may_hold_a_lock(call: str) -> None:
    ran = subprocess.run([sys.executable, "-c", STOPS, call], capture_output=True, text=True, timeout=60, check=True)
    assert (ran.stdout, ran.stderr) == (f"{call} went on\nstopped by Ctrl-C\n", "")
