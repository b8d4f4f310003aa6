"""Files of kept results that were cut off, emptied or replaced: what do those say who read them?"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.trials.commands import Ended
from tests.trials.fault_cases import RESULTS, RESULTS_CODE, Case, Fault, code_words
from tests.trials.forked import forked
from tests.trials.kept_whole import LOCK, REPORTS, is_file, tree_of

DAMAGED = Fault(
    "file cut off, emptied, foreign, a folder, a loop",
    "exit 5, one line that names it and says what to do; or the very answer of the whole one, where it is not needed",
)
TO_DO = ("again", "away", "first", "expected")
NO_SUCH = 2
"""The exit code where a damaged folder does not count as a result any more."""
DEEP = 100_000
ALIKE, READ = ("chunks", "figures"), "consignments.parquet"
Damage = Callable[[Path], object]


def cut(share: float) -> Damage:
    """Return what cuts a file off after a share of it."""

    def damage(path: Path) -> None:
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * share)])

    return damage


def replaced(content: bytes) -> Damage:
    """Return what puts something else in the place of a file."""
    return lambda path: path.write_bytes(content)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _loop(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


DAMAGES: dict[str, Damage] = {
    "emptied": cut(0),
    "cut to a third": cut(0.33),
    "cut at the end": lambda path: path.write_bytes(path.read_bytes()[:-2]),
    "other JSON": replaced(json.dumps({"results_version": 4, "run": {"replications": 3}, "files": {}}).encode()),
    "deep JSON": replaced(b"[" * DEEP + b"]" * DEEP),
    "noise": replaced(bytes(range(256)) * 16),
    "removed": lambda path: path.unlink(),
    "a folder": _folder,
    "a loop": _loop,
}


def files_of(case: Case) -> list[str]:
    """Return the files of results that a command has written, no lock or report; one of each kind stands for all.

    Of the tables of a run that is one which the report reads.
    """
    kinds: dict[str, str] = {}
    for path in sorted(case.wanted):
        folder, name = Path(path).parent, Path(path).name
        alike = folder.name in ALIKE or (case.name == "run" and name.endswith(".parquet"))
        if (
            path.startswith(f"{RESULTS}/")
            and name not in (LOCK, *REPORTS)
            and (not alike or name == READ or folder.name in ALIKE)
        ):
            kinds.setdefault(str(folder) if alike else path, path)
    return list(kinds.values())


def readers_of(folder: str, command: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the commands that read a folder of results, and the one that made it."""
    name = Path(folder).name
    yield ("results", "list")
    yield ("results", "show", name)
    yield ("results", "query", "select count(*) as rows from kpis")
    if "-" not in name:
        yield ("compare", folder)
        yield ("report", folder)
    elif name.startswith("sweep-"):
        yield ("results", "query", "select count(*) as rows, sum(value) as total from sweep")
        yield command


def file_fault(case: Case, path: str, where: Path) -> Fault:
    """Damage one file in every way and read it in every way."""
    fault = Fault(DAMAGED.name, DAMAGED.asked)
    folder = "/".join(Path(path).parts[:3])
    whole = {}
    _lay_out(case, where)
    for words in readers_of(folder, case.words):
        whole[words] = forked(where, words), tree_of(where)
        _lay_out(case, where)
    for name, damage in DAMAGES.items():
        for words, (ended, tree) in whole.items():
            damage(where / path)
            found = forked(where, words)
            wrong = _judged(found, ended, words, folder)
            if found.code == 0 and words[0] in ("report", "sweep"):
                differ = [each for each, content in tree.items() if each != path and _content(where / each) != content]
                wrong += [f"it gave another {each}" for each in differ]
            fault.note(code_words(found), [f"{path} {name}: {' '.join(words)}: {each}" for each in wrong])
            _lay_out(case, where)
    shutil.rmtree(where)
    return fault


def _lay_out(case: Case, where: Path) -> None:
    shutil.rmtree(where, ignore_errors=True)
    shutil.copytree(case.before, where)
    for path, content in case.wanted.items():
        (where / path).parent.mkdir(parents=True, exist_ok=True)
        (where / path).write_bytes(content)


def _content(path: Path) -> bytes:
    return path.read_bytes() if is_file(path) else b""


def _judged(found: Ended, whole: Ended, words: tuple[str, ...], folder: str) -> list[str]:
    if found.code == 0:
        same = found.out == whole.out or words[:2] == ("results", "list")
        return [] if same and not found.has_traceback else [f"it answered otherwise: {found}"]
    lines = found.err.splitlines()
    says = len(lines) == 1 and any(word in lines[0] for word in TO_DO)
    if found.code == RESULTS_CODE and says and not found.has_traceback:
        return []
    # the folder counts as no result any more, or what was asked for is not even in a whole one
    gone = found.code == NO_SUCH and len(lines) == 1 and ("is no result" in lines[0] or whole.code == NO_SUCH)
    return [] if gone else [f"it ended otherwise than with 5 and one line: {found} (of {folder})"]
