"""The folder of a sweep: what is kept, what is refused, and what a full disk or a second run leaves."""

from __future__ import annotations

import errno
import io
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corridor_sim.errors import ResultsError
from corridor_sim.study import aside, sweep
from corridor_sim.study.aside import locked
from corridor_sim.study.chunks import Chunk, Label, chunk_bytes
from corridor_sim.study.figures import Figures
from corridor_sim.study.store import Store, batch_key

RECIPE = {"results_version": 2, "seed": 7, "key": "x"}
CASES = ("a" * 64, "b" * 64)
BATCH = batch_key(CASES)
Swept = tuple[Path, Figures]
RunSweep = Callable[..., Swept]


def opened(folder: Path, recipe: Any = RECIPE) -> Store:
    folder.mkdir(exist_ok=True)
    return Store(folder, recipe, [CASES])


def chunk(start: int, stop: int, version: int = 2, seed: int = 7, cases: tuple[str, ...] = CASES) -> bytes:
    return chunk_bytes(Label(version, seed, cases, start, stop), [[] for _ in cases])


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "chunks").glob("*"))


def test_what_is_kept_is_not_missing(tmp_path: Path) -> None:
    kept = opened(tmp_path / "s")
    assert kept.missing(BATCH, 10) == [range(0, 10)]
    for start, stop in [(4, 6), (0, 2), (9, 12)]:
        kept.keep(BATCH, chunk(start, stop))
    for known in (kept, opened(tmp_path / "s")):
        assert known.missing(BATCH, 10) == [range(2, 4), range(6, 9)]
        assert known.missing(BATCH, 5) == [range(2, 4)]
        assert known.missing(BATCH, 14) == [range(2, 4), range(6, 9), range(12, 14)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (chunk(0, 2, version=1), "results version 1, and this program makes 2"),
        (chunk(0, 2, seed=8), "other inputs"),
        (chunk(0, 2, cases=("a" * 64, "c" * 64)), "other inputs"),
        (chunk(0, 3), "other inputs"),
    ],
)
def test_chunks_of_something_else_are_refused(tmp_path: Path, content: bytes, said: str) -> None:
    opened(tmp_path / "s")
    (tmp_path / "s" / "chunks").mkdir()
    (tmp_path / "s" / "chunks" / f"{BATCH}-0000000-0000002.parquet").write_bytes(content)
    with pytest.raises(ResultsError) as caught:
        opened(tmp_path / "s")
    assert said in str(caught.value)
    assert (caught.value.exit_code, len(caught.value.problems)) == (5, 1)


def test_a_file_that_is_no_chunk_of_this_sweep_is_refused(tmp_path: Path) -> None:
    opened(tmp_path / "s")
    (tmp_path / "s" / "chunks").mkdir()
    for name in ("notes.txt", f"{'0' * 16}-0000000-0000002.parquet"):
        path = tmp_path / "s" / "chunks" / name
        path.write_bytes(chunk(0, 2))
        with pytest.raises(ResultsError, match="no chunk of this sweep"):
            opened(tmp_path / "s")
        path.unlink()


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.symlink_to(path.name)], ids=["a folder", "a loop"])
def test_what_is_no_file_in_the_place_of_a_chunk_is_told(tmp_path: Path, make: Callable[[Path], None]) -> None:
    opened(tmp_path / "s")
    (tmp_path / "s" / "chunks").mkdir()
    make(tmp_path / "s" / "chunks" / f"{BATCH}-0000000-0000002.parquet")
    with pytest.raises(ResultsError, match="is no chunk of this sweep; move it away"):
        opened(tmp_path / "s")


FOREIGN = io.BytesIO()
pq.write_table(pa.table({"replication": [0, 1]}), FOREIGN)
DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut off": lambda whole: whole[:-9],
    "empty": lambda whole: b"",
    "foreign": lambda whole: FOREIGN.getvalue(),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_chunk_counts_as_missing(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    opened(tmp_path / "s").keep(BATCH, chunk(0, 2))
    (path,) = (tmp_path / "s" / "chunks").iterdir()
    path.write_bytes(damage(path.read_bytes()))
    assert opened(tmp_path / "s").missing(BATCH, 2) == [range(0, 2)]


def test_a_bit_that_flipped_is_found_and_the_same_command_mends_it(
    run_sweep: RunSweep, finished: Swept, same_bytes: Callable[[Path], None], tmp_path: Path
) -> None:
    shutil.copytree(finished[0].parent, tmp_path / "small")
    path = sorted((tmp_path / "small" / finished[0].name).glob("chunks/*"))[0]
    content = bytearray(path.read_bytes())
    content[len(content) // 4] ^= 1
    path.write_bytes(content)
    with pytest.raises(ResultsError, match="damaged") as caught:
        run_sweep(tmp_path)
    assert len(caught.value.problems) == 1
    same_bytes(run_sweep(tmp_path)[0])


@pytest.mark.parametrize(
    ("recipe", "said"),
    [
        ({**RECIPE, "results_version": 1}, "results version 1, and this program makes 2"),
        ({**RECIPE, "seed": 8}, "other inputs"),
        ([], "damaged"),
    ],
)
def test_a_folder_of_something_else_is_refused(tmp_path: Path, recipe: Any, said: str) -> None:
    folder = tmp_path / "s"
    folder.mkdir()
    (folder / "recipe.json").write_text(json.dumps(recipe))
    with pytest.raises(ResultsError, match=said):
        opened(folder)


def test_a_folder_with_strange_things_is_not_begun(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    folder.mkdir()
    (folder / "thesis.doc").write_text("x")
    with pytest.raises(ResultsError, match=r"no sweep \(thesis.doc\)"):
        opened(folder)
    assert [path.name for path in folder.iterdir()] == ["thesis.doc"]


def test_a_worker_of_another_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="a worker runs another version"):
        opened(tmp_path / "s").keep(BATCH, chunk(0, 2, version=1))


def test_left_overs_of_a_killed_run_go(tmp_path: Path) -> None:
    opened(tmp_path / "s").keep(BATCH, chunk(0, 2))
    half = tmp_path / "s" / "chunks" / ".writing-x.parquet"
    half.write_bytes(b"half")
    opened(tmp_path / "s")
    assert not half.exists()


def test_a_second_run_on_the_folder_is_refused_and_says_whose_it_is(tmp_path: Path) -> None:
    with locked(tmp_path / "s"):
        with pytest.raises(ResultsError, match=f"process {os.getpid()} on") as caught, locked(tmp_path / "s"):
            pytest.fail("two runs hold the same lock")
        assert caught.value.exit_code == 5
    with locked(tmp_path / "s"):
        owner = json.loads((tmp_path / "s" / "lock").read_bytes())
        assert owner["pid"] == os.getpid()
    assert not (tmp_path / "s" / "lock").exists()


def test_a_lock_that_a_dead_process_left_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "lock").write_text('{"pid": 4194303, "host": "elsewhere, and a longer text than ours"}')
    with locked(tmp_path / "s"):
        assert json.loads((tmp_path / "s" / "lock").read_bytes())["pid"] == os.getpid()


@pytest.mark.parametrize("writes", [0, 2, 7])
def test_a_full_disk_stops_the_sweep_and_keeps_what_is_complete(
    run_sweep: RunSweep,
    same_bytes: Callable[[Path], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    writes: int,
) -> None:
    flush, left = aside.flush, [writes]

    def full(path: Path) -> None:
        if path.name.startswith(aside.ASIDE):
            left[0] -= 1
            if left[0] < 0:
                raise OSError(errno.ENOSPC, "No space left on device")
        flush(path)

    monkeypatch.setattr(aside, "flush", full)
    with pytest.raises(ResultsError, match="No space left on device") as caught:
        run_sweep(tmp_path)
    assert len(caught.value.problems) == 1
    folders = list((tmp_path / "small").iterdir())
    # one write is the recipe's
    assert [len(names(folder)) for folder in folders] == [max(0, writes - 1)]
    assert [path.name for path in tmp_path.rglob(f"{aside.ASIDE}*")] == []
    monkeypatch.setattr(aside, "flush", flush)
    same_bytes(run_sweep(tmp_path)[0])


def test_results_of_another_version_are_refused_in_one_line(
    run_sweep: RunSweep, finished: Swept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(finished[0].parent, tmp_path / "small")
    monkeypatch.setattr(sweep, "RESULTS_VERSION", 1_000_000)
    with pytest.raises(ResultsError) as caught:
        run_sweep(tmp_path)
    assert len(caught.value.problems) == 1
    assert "this program makes 1000000" in str(caught.value)


def test_a_chunk_gives_back_what_was_put_in(finished: Swept) -> None:
    path = sorted(finished[0].glob("chunks/*"))[0]
    read = Chunk(path.read_bytes(), path.name)
    again = Chunk(chunk_bytes(read.label, [list(read.replications(case)) for case in read.label.cases]), "again")
    for case in read.label.cases:
        for one, other in zip(read.replications(case), again.replications(case), strict=True):
            assert (one.number, one.closures, one.outages) == (other.number, other.closures, other.outages)
            for name in ("flow", "door_to_door", "late_promised", "remaining_life"):
                assert getattr(one, name).tobytes() == getattr(other, name).tobytes()
            assert list(one.terms) == list(other.terms)
            for kpi, sides in one.terms.items():
                assert [side.tobytes() for side in sides] == [side.tobytes() for side in other.terms[kpi]]
