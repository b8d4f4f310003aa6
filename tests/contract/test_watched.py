"""Whole commands under watch: what they connect to, start, write and remove, as Python's own audit hooks report it.

They run on one processor, so that all of their work is done in the process that is watched.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SMALL = Path(__file__).parents[1] / "unit" / "scenario" / "small.yaml"
WATCHED = """
import json, os, sys
from pathlib import Path

from corridor_sim.cli.app import main

MODES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
NAMED = {"os.rename": (1, 3), "os.remove": (0, 1), "os.mkdir": (0, 2), "os.rmdir": (0, 1), "os.link": (1, 3),
         "os.symlink": (1, 2), "os.truncate": (0, None)}
OUTSIDE = {"socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto", "webbrowser.open", "urllib.Request",
           "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.startfile"}
seen, (log, *commands) = [], sys.argv[1:]

def path_of(path, descriptor):
    # a relative path may be meant from an open folder, as in shutil.rmtree
    below = f"/proc/self/fd/{descriptor}" if descriptor is not None and descriptor >= 0 else "."
    return os.path.join(os.path.realpath(below), os.fsdecode(path))

def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], str | bytes) and arguments[2] & MODES:
        seen.append((event, os.path.abspath(os.fsdecode(arguments[0]))))
    elif event in NAMED and isinstance(arguments[NAMED[event][0]], str | bytes | os.PathLike):
        path, at = NAMED[event]
        seen.append((event, path_of(arguments[path], None if at is None else arguments[at])))
    elif event in OUTSIDE:
        seen.append((event, repr(arguments)))

if __name__ == "__main__":
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    sys.addaudithook(watch)
    for command in commands:
        sys.argv[1:] = json.loads(command)
        try:
            main()
        except SystemExit as stop:
            assert not stop.code, command
    found = list(seen)
    Path(log).write_text(json.dumps(found))
"""
COMMANDS = (
    ("run", "x.yaml", "--replications", "2", "--excel"),
    ("sweep", "x.yaml", "--vary", "tariffs.lift.price=HKD 300/box,HKD 600/box", "--replications", "2"),
)
CACHES = ("__pycache__", "matplotlib", "numba")
"""Parts of the paths where Python and libraries keep what they compiled: what is no result and holds nothing of one."""


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[str, str]]]:
    """The folder in which the commands ran, and what was seen: (event, path or arguments)."""
    folder = tmp_path_factory.mktemp("watched")
    here, script, log = folder / "here", folder / "corridor-sim", folder / "log"
    here.mkdir()
    script.write_text(WATCHED)
    (here / "x.yaml").write_bytes(SMALL.read_bytes())
    command = [sys.executable, str(script), str(log), *map(json.dumps, COMMANDS)]
    done = subprocess.run(command, cwd=here, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return here, [(event, text) for event, text in json.loads(log.read_text())]


def test_commands_connect_to_nothing_and_start_nothing(watched: tuple[Path, list[tuple[str, str]]]) -> None:
    _, seen = watched
    outside = [(event, text) for event, text in seen if event.partition(".")[0] in ("socket", "webbrowser", "urllib")]
    assert outside == []
    # matplotlib asks the system once which fonts there are, and keeps the answer
    started = [text for event, text in seen if event in ("subprocess.Popen", "os.system", "os.posix_spawn", "os.exec")]
    assert [text for text in started if "fc-list" not in text] == []


def test_all_they_write_and_remove_lies_below_the_folder_of_results(
    watched: tuple[Path, list[tuple[str, str]]],
) -> None:
    here, seen = watched
    touched = {Path(text) for event, text in seen if event == "open" or event.startswith("os.")}
    assert any(path.name == "report.html" or "report.html" in path.name for path in touched), "the watch sees writing"
    caches = [Path(os.environ[name]) for name in ("MPLCONFIGDIR", "NUMBA_CACHE_DIR") if name in os.environ]
    outside = {
        path
        for path in touched
        if not path.is_relative_to(here / "results")
        and path != Path(os.devnull)
        and not any(path.is_relative_to(cache) for cache in caches)
        and not set(CACHES) & set(path.parts)
    }
    assert outside == set()
    assert sorted(path.name for path in here.iterdir()) == ["results", "x.yaml"]
