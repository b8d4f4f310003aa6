"""A disk that is full, or may only be read: small file systems in memory, which only root can mount."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.trials.fault_cases import Case, Fault, code_words, left_aside, refused
from tests.trials.forked import forked
from tests.trials.kept_whole import tree_of

ROOMY = 64 * 1024
ROOMS = (0, 40 * 1024, 200 * 1024)
"""Bytes that are left when a command begins; what it writes takes 60 to 3,000 kB."""
NOBODY = 65534
FULL = Fault("full disk", "exit 5, one line; what was there is whole, nothing half-written; again: the same bytes")
READ_ONLY = Fault("read-only disk", "exit 5, one line; nothing changed; when it may be written: the same bytes")
STRANGER = Fault("folder of somebody else", "exit 5, one line; nothing changed")


def disk_fault(case: Case, where: Path, room: int) -> Fault:
    """Run a command where only so much room is left, then where there is enough."""
    fault = Fault(FULL.name, FULL.asked)
    with mounted(where, case.before):
        used_kib = -(-used_bytes(where) // 1024) + room // 1024
        remount(where, f"size={used_kib}k")
        ended = forked(where, case.words)
        if ended.code == 0:
            fault.note("had room", [])
            return fault
        wrong = [*refused(ended), *case.after(tree_of(where)), *left_aside(where)]
        remount(where, f"size={ROOMY}k")
        wrong += case.again(where)
    fault.note(code_words(ended), [f"{case.name}, {room} bytes left: {each}" for each in wrong])
    return fault


def read_only_fault(case: Case, where: Path) -> Fault:
    """Run a command where nothing may be written."""
    fault = Fault(READ_ONLY.name, READ_ONLY.asked)
    with mounted(where, case.before):
        remount(where, "ro")
        ended = forked(where, case.words)
        remount(where, "rw")
        wrong = refused(ended)
        wrong += [] if tree_of(where) == tree_of(case.before) else ["something was written"]
    fault.note(code_words(ended), [f"{case.name}: {each}" for each in wrong])
    return fault


def stranger_fault(case: Case, where: Path) -> Fault:
    """Run a command as a user who may only read the folder."""
    fault = Fault(STRANGER.name, STRANGER.asked)
    shutil.copytree(case.before, where)
    ended = forked(where, case.words, become_nobody)
    wrong = refused(ended)
    wrong += [] if tree_of(where) == tree_of(case.before) else ["something was written"]
    shutil.rmtree(where)
    fault.note(code_words(ended), [f"{case.name}: {each}" for each in wrong])
    return fault


def become_nobody() -> None:
    """Give up all rights."""
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def used_bytes(where: Path) -> int:
    """Return how much of a file system is taken."""
    found = os.statvfs(where)
    return (found.f_blocks - found.f_bfree) * found.f_frsize


@contextmanager
def mounted(where: Path, before: Path) -> Iterator[None]:
    """Mount a file system in memory and fill it with what is to be there."""
    where.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOMY}k", "tmpfs", str(where)], check=True)
    try:
        shutil.copytree(before, where, dirs_exist_ok=True)
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(where)], check=True)
        where.rmdir()


def remount(where: Path, options: str) -> None:
    """Change what a mounted file system allows."""
    subprocess.run(["mount", "-o", f"remount,{options}", str(where)], check=True)


def can_mount() -> bool:
    """Return whether this process may mount file systems."""
    return os.geteuid() == 0 and shutil.which("mount") is not None
