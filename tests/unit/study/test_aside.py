"""Files and folders that are there wholly or not at all, whoever else writes them, and whatever a killed one left."""

from __future__ import annotations

import errno
import fcntl
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from corridor_sim.errors import ResultsError
from corridor_sim.study import aside
from corridor_sim.study.aside import write_bytes_whole, write_folder_whole, write_whole


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def with_file(content: bytes) -> Callable[[Path], None]:
    def fill(folder: Path) -> None:
        folder.mkdir()
        (folder / "a").write_bytes(content)

    return fill


def held(path: Path) -> int:
    """Hold the lock of a file as another process would."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT)
    fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


def no_exchange(one: Path, other: Path) -> None:
    raise OSError(errno.EINVAL, "this file system cannot exchange folders")


def test_two_that_write_a_file_at_once_wait_for_each_other(tmp_path: Path) -> None:
    path, begun, go_on = tmp_path / "x", threading.Event(), threading.Event()

    def slowly(new: Path) -> None:
        new.write_bytes(b"half")
        begun.set()
        go_on.wait()
        new.write_bytes(b"one")

    first = threading.Thread(target=write_whole, args=(path, slowly))
    first.start()
    begun.wait()
    second = threading.Thread(target=write_bytes_whole, args=(path, b"the other"))
    second.start()
    assert names(tmp_path) == [".writing-x"]
    go_on.set()
    first.join()
    second.join()
    assert (names(tmp_path), path.read_bytes()) == (["x"], b"the other")


def test_what_a_killed_process_left_of_a_file_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / ".writing-x").write_bytes(b"a longer half than the whole")
    write_bytes_whole(tmp_path / "x", b"whole")
    assert (names(tmp_path), (tmp_path / "x").read_bytes()) == (["x"], b"whole")


def test_a_file_aside_that_leads_elsewhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "mine").write_bytes(b"mine")
    (tmp_path / ".writing-x").symlink_to(tmp_path / "mine")
    with pytest.raises(ResultsError, match="cannot be written"):
        write_bytes_whole(tmp_path / "x", b"whole")
    assert (tmp_path / "mine").read_bytes() == b"mine"


def test_a_file_system_without_locks_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(handle: int, how: int) -> None:
        raise OSError(errno.ENOLCK, "no locks available")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    write_bytes_whole(tmp_path / "x", b"whole")
    write_folder_whole(tmp_path / "f", with_file(b"1"))
    assert names(tmp_path) == ["f", "x"]
    with pytest.raises(ResultsError, match="no locks available"), aside.locked(tmp_path):
        pytest.fail("a sweep needs its lock")


def test_a_folder_takes_its_place_in_one_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "f"
    write_folder_whole(folder, with_file(b"1"))
    before = folder.stat().st_ino
    steps = []
    monkeypatch.setattr(
        aside, "_rename_both", lambda one, other: steps.append((one.name, other.name)) or both(one, other)
    )
    write_folder_whole(folder, with_file(b"2"))
    assert steps == [("new", "f")]
    assert (folder / "a").read_bytes() == b"2" and folder.stat().st_ino != before
    assert names(tmp_path) == ["f"]


both = aside._rename_both


def test_without_an_exchange_of_folders_two_renames_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "_rename_both", no_exchange)
    write_folder_whole(tmp_path / "f", with_file(b"1"))
    write_folder_whole(tmp_path / "f", with_file(b"2"))
    assert (names(tmp_path), (tmp_path / "f" / "a").read_bytes()) == (["f"], b"2")


def test_a_library_without_the_call_is_told_as_a_system_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside.ctypes, "CDLL", lambda name, use_errno: object())
    with pytest.raises(OSError, match=os.strerror(errno.ENOSYS)):
        aside._rename_both(Path("a"), Path("b"))


def test_what_stood_there_comes_back_if_it_was_killed_between_two_renames(tmp_path: Path) -> None:
    old = tmp_path / ".writing-killed" / "old" / "f"
    old.mkdir(parents=True)
    (old / "a").write_bytes(b"1")

    def fails(folder: Path) -> None:
        assert (tmp_path / "f" / "a").read_bytes() == b"1"
        raise OSError(errno.ENOSPC, "disk full")

    with pytest.raises(ResultsError, match="disk full"):
        write_folder_whole(tmp_path / "f", fails)
    assert (names(tmp_path), (tmp_path / "f" / "a").read_bytes()) == (["f"], b"1")


def test_left_overs_go_and_what_another_is_writing_stays(tmp_path: Path) -> None:
    for name in ("dead", "alive", "empty"):
        (tmp_path / f".writing-{name}").mkdir()
    (tmp_path / ".writing-dead" / "lock").touch()
    (tmp_path / ".writing-dead" / "new").mkdir()
    (tmp_path / ".writing-a file").touch()
    other = held(tmp_path / ".writing-alive" / "lock")
    write_folder_whole(tmp_path / "f", with_file(b"1"))
    os.close(other)
    assert names(tmp_path) == [".writing-a file", ".writing-alive", "f"]


def test_a_folder_that_was_cleared_up_before_it_was_locked_is_begun_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, begun = aside.tempfile.mkdtemp, []

    def cleared(**how: object) -> str:
        begun.append(made(**how))
        if len(begun) == 1:
            Path(begun[0]).rmdir()
        return begun[-1]

    monkeypatch.setattr(aside.tempfile, "mkdtemp", cleared)
    write_folder_whole(tmp_path / "f", with_file(b"1"))
    assert len(begun) == 2
    assert names(tmp_path) == ["f"]


def test_one_that_is_always_cleared_up_gives_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside.tempfile, "mkdtemp", lambda **how: str(tmp_path / "gone"))
    with pytest.raises(ResultsError, match="keep clearing up"):
        write_folder_whole(tmp_path / "f", with_file(b"1"))


def test_a_place_that_others_keep_taking_and_leaving_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken(one: Path, other: Path) -> None:
        raise FileNotFoundError(errno.ENOENT, "gone again")

    write_folder_whole(tmp_path / "f", with_file(b"1"))
    monkeypatch.setattr(aside, "_rename_both", taken)
    with pytest.raises(ResultsError, match="keep writing the same results"):
        write_folder_whole(tmp_path / "f", with_file(b"2"))
    assert (tmp_path / "f" / "a").read_bytes() == b"1"


def test_a_lock_that_keeps_vanishing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside.os.path, "samestat", lambda one, other: False)
    with pytest.raises(ResultsError, match="keeps vanishing"):
        write_bytes_whole(tmp_path / "x", b"whole")


def test_a_process_that_ends_leaves_its_lock_to_the_next(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from corridor_sim.study.aside import locked\n"
        "with locked(Path(sys.argv[1])): os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "s")], check=True)
    assert names(tmp_path / "s") == ["lock"]
    with aside.locked(tmp_path / "s"):
        assert names(tmp_path / "s") == ["lock"]
    assert names(tmp_path / "s") == []
