"""Writes files and folders aside and then puts them in their place, so that each is there wholly or not at all.

    .writing-<name>      a file that is being written, locked by its process
    .writing-<random>/   lock  held by the process that writes a folder
                         new   the folder, which takes its place in one step
                         old   what stood there, where the file system cannot exchange two folders

The system frees a lock when its process ends, however that happens. So what a killed process left is known, and the
next one that writes the same file, or a folder in the same place, removes it.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from corridor_sim.errors import Problem, ResultsError
from corridor_sim.study.kept_files import UNFIT, kept_json

ASIDE, LOCK = ".writing-", "lock"
NEW, OLD = "new", "old"
MOST_TRIES = 100
LOCK_MODE = 0o644
FILE_MODE = 0o666
TAKEN = (errno.ENOTEMPTY, errno.EEXIST)
NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP)
"""What file systems answer that have no locks."""
NO_EXCHANGE = (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EXDEV)
"""What file systems answer that cannot exchange two folders."""
FROM_HERE, EXCHANGE = -100, 2
"""AT_FDCWD and RENAME_EXCHANGE of Linux."""


@contextmanager
def as_results_error(place: Path, doing: str = "written") -> Iterator[None]:
    """Turn what the system refuses into a ResultsError that names the place and what could not be done with it."""
    try:
        yield
    except OSError as error:
        why = "a folder stands there; move it away" if error.errno == errno.EISDIR else error.strerror or error
        raise ResultsError(Problem(f"cannot be {doing}: {why}", file=str(place))) from error


def flush(path: Path) -> None:
    """Make the system write a file or a folder's entries to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, fill: Callable[[Path], None]) -> None:
    """Let `fill` write a file aside, then put it in its place; of several that write it at once the last one stays.

    Raises ResultsError, leaving what stood there.
    """
    aside = path.with_name(f"{ASIDE}{path.name}")
    with as_results_error(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = _lock(aside, FILE_MODE, wait=True)
        try:
            fill(aside)
            flush(aside)
            aside.replace(path)
        except BaseException:
            with suppress(OSError):
                aside.unlink(missing_ok=True)
            raise
        finally:
            os.close(handle)
        flush(path.parent)


def write_bytes_whole(path: Path, content: bytes) -> None:
    """Write a file that is there wholly or not at all."""

    def fill(aside: Path) -> None:
        aside.write_bytes(content)

    write_whole(path, fill)


def write_folder_whole(path: Path, fill: Callable[[Path], None]) -> None:
    """Let `fill` write a new folder aside and flush it, then exchange it for what stands in its place.

    Of several that write it at once the last one stays. Raises ResultsError, leaving what stood there.
    """
    with as_results_error(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        for left_over in path.parent.glob(f"{ASIDE}*"):
            _clear(left_over, path)
        aside, handle = _begin(path.parent)
        try:
            fill(aside / NEW)
            _put(aside, path)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
            os.close(handle)
        flush(path.parent)


def _begin(parent: Path) -> tuple[Path, int]:
    """Return a new folder aside and its lock."""
    for _ in range(MOST_TRIES):
        aside = Path(tempfile.mkdtemp(prefix=ASIDE, dir=parent))
        # before it is locked, another process that clears up may take it for a left-over
        with suppress(FileNotFoundError, BlockingIOError):
            return aside, _lock(aside / LOCK, LOCK_MODE)
    raise FileExistsError(errno.EEXIST, "other runs keep clearing up what is begun")


def _clear(left_over: Path, path: Path) -> None:
    """Remove what a killed process left; what one that lives is writing stays."""
    if not left_over.is_dir() or left_over.is_symlink():
        return
    with suppress(OSError):
        left_over.rmdir()
    with suppress(OSError):
        handle = _lock(left_over / LOCK, LOCK_MODE)
        if (left_over / OLD / path.name).exists() and not path.exists():
            (left_over / OLD / path.name).rename(path)
        shutil.rmtree(left_over, ignore_errors=True)
        os.close(handle)


def _put(aside: Path, path: Path) -> None:
    """Move the new folder to its place in one step; what stood there is then aside."""
    for _ in range(MOST_TRIES):
        try:
            (aside / NEW).rename(path)
            return
        except OSError as error:
            if error.errno not in TAKEN:
                raise
        with suppress(FileNotFoundError):
            _exchange(aside, path)
            return
    raise FileExistsError(errno.EEXIST, "other runs keep writing the same results")


def _exchange(aside: Path, path: Path) -> None:
    """Exchange the new folder for the one that stands in its place."""
    try:
        _rename_both(aside / NEW, path)
    except OSError as error:
        if error.errno not in NO_EXCHANGE:
            raise
        (aside / OLD).mkdir(exist_ok=True)
        old = aside / OLD / path.name
        path.rename(old)
        try:
            (aside / NEW).rename(path)
        except BaseException:
            if not path.exists():
                old.rename(path)
            raise


def _rename_both(one: Path, other: Path) -> None:
    """Exchange the names of two folders at once, where Python has no call of its own."""
    exchange = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if exchange is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if exchange(FROM_HERE, os.fsencode(one), FROM_HERE, os.fsencode(other), EXCHANGE):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(other))


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder; the system frees it when the process ends, however that happens.

    The file says who holds it. Raises ResultsError where another process does.
    """
    with as_results_error(folder):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            handle = _lock(folder / LOCK, LOCK_MODE, strict=True)
        except BlockingIOError:
            message = f"another run is at work on this folder{_owner(folder / LOCK)}; wait for it or give another --out"
            raise ResultsError(Problem(message, file=str(folder))) from None
        owner = {"pid": os.getpid(), "host": socket.gethostname()}
        os.ftruncate(handle, 0)
        os.write(handle, json.dumps(owner).encode())
    try:
        yield
    finally:
        with suppress(OSError):
            (folder / LOCK).unlink()
        os.close(handle)


def _lock(path: Path, mode: int, wait: bool = False, strict: bool = False) -> int:
    """Return the open and locked file; one that was left by a dead process is taken over.

    Raises BlockingIOError where another process holds it, unless it waits. Where the file system has no locks, that
    is an error only if `strict`.
    """
    import fcntl

    for _ in range(MOST_TRIES):
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, mode)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except OSError as error:
                if strict or error.errno not in NO_LOCKS:
                    raise
            # another process may have removed or moved the file between our opening and locking it
            if path.exists() and os.path.samestat(os.fstat(handle), path.stat()):
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)
    raise FileNotFoundError(errno.ENOENT, "the lock cannot be held: it keeps vanishing", str(path))


def _owner(path: Path) -> str:
    try:
        owner = kept_json(path)
        return f" (process {int(owner['pid'])} on {str(owner['host'])[:LONGEST_HOST]})"
    except UNFIT:
        return ""


LONGEST_HOST = 256
