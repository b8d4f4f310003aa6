"""A folder that somebody else packed: its links, listed files, settings and modules reach nothing outside, run nothing.

What a folder may hold that a scenario or a result came in: symbolic links, a manifest that lists other folders' files,
tags and pickles inside the files, modules with the names of Python's own, settings of libraries.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from shutil import copytree

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corridor_sim.errors import CorridorSimError, InputError, ResultsError
from corridor_sim.scenario.load import load
from corridor_sim.study.answers import key_of, write_answer
from corridor_sim.study.archive import kept_below
from corridor_sim.study.bundle import write_bundle
from corridor_sim.study.design import lay_out
from corridor_sim.study.engines import COMPILED, choose_engine
from corridor_sim.study.evaluate import evaluate
from corridor_sim.study.executors import Here
from corridor_sim.study.kinds import Kind
from corridor_sim.study.pages import write_files
from corridor_sim.study.query import ask
from corridor_sim.study.stored import StoredTables, read_run
from corridor_sim.study.sweep import Question, sweep

SMALL = Path(__file__).parents[1] / "unit" / "scenario" / "small.yaml"
PRICES = ("tariffs.lift.price=HKD 300/box,HKD 600/box",)
PRECIOUS = b"what another program needs"
SUMMARY = {"scenario": {"name": "small"}, "key": key_of({})}
ANSWER = f"claims-{SUMMARY['key']}"
SHADOWED = ("multiprocessing", "selectors", "signal", "socket", "numba", "numpy", "yaml", "sitecustomize", "typing")
"""Modules that Python or this program imports, in the process of a command or in its workers."""
SCRIPT = "from corridor_sim.cli.app import main\n\nif __name__ == '__main__':\n    main()\n"
"""What an installer makes of the entry point."""
NUMBA_SETTINGS = ".numba_config.yaml"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder of the user beside the results, with a file in it."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "precious").write_bytes(PRECIOUS)
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "results"
    (folder / "small").mkdir(parents=True)
    return folder


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was played once for all tests. Not to be changed."""
    return write_bundle(evaluate(load(SMALL), replications=2), tmp_path_factory.mktemp("kept"), {})


@pytest.fixture
def packed(kept: Path, out: Path) -> Path:
    """A copy of it, to be changed."""
    return copytree(kept, out / "small" / kept.name)


def is_untouched(folder: Path) -> bool:
    return [path.name for path in folder.iterdir()] == ["precious"] and (folder / "precious").read_bytes() == PRECIOUS


def test_results_are_not_written_through_a_link_that_leads_away(kept: Path, out: Path, elsewhere: Path) -> None:
    (out / "small").rmdir()
    (out / "small").symlink_to(elsewhere)
    with pytest.raises(ResultsError) as caught:
        write_bundle(evaluate(load(SMALL), replications=2), out, {})
    assert str(caught.value) == f"{out}/small/{kept.name} a symbolic link leads out of {out}; remove it"
    with pytest.raises(ResultsError):
        write_answer("claims", SUMMARY, out, {})
    with pytest.raises(ResultsError):
        sweep(Question(load(SMALL), lay_out(PRICES, Kind.GRID, None, 7), 7, 2), out, Here())
    assert is_untouched(elsewhere)


def test_the_folder_of_results_itself_may_be_a_link(tmp_path: Path, elsewhere: Path) -> None:
    (tmp_path / "linked").symlink_to(elsewhere)
    folder = write_answer("claims", SUMMARY, tmp_path / "linked", {"figures/a.png": b"a"})
    assert (elsewhere / "small" / folder.name / "figures" / "a.png").read_bytes() == b"a"


def test_links_inside_a_sweep_are_refused(out: Path, elsewhere: Path) -> None:
    question = Question(load(SMALL), lay_out(PRICES, Kind.GRID, None, 7), 7, 2)
    folder, _ = sweep(question, out, Here())
    for chunk in (folder / "chunks").iterdir():
        chunk.unlink()
    (folder / "chunks").rmdir()
    (folder / "chunks").symlink_to(elsewhere)
    with pytest.raises(ResultsError, match="a symbolic link leads out of"):
        sweep(question, out, Here())
    assert is_untouched(elsewhere)


@pytest.mark.parametrize(
    "link", ["lock", ".writing-summary.json", ".writing-answers.csv", "summary.json", "answers.csv", "figures"]
)
def test_links_in_the_place_of_files_reach_no_other_file(out: Path, elsewhere: Path, link: str) -> None:
    folder = out / "small" / ANSWER
    folder.mkdir()
    (folder / link).symlink_to(elsewhere if link == "figures" else elsewhere / "precious")
    # refused or replaced, but never followed
    with suppress(ResultsError):
        write_answer("claims", SUMMARY, out, {"answers.csv": b"new", "figures/a.png": b"new"})
    assert is_untouched(elsewhere)


def test_a_report_is_not_written_through_a_link_either(packed: Path, elsewhere: Path) -> None:
    for name in ("report.html", f".report.html.{os.getpid()}", ".writing-report.html"):
        (packed / name).symlink_to(elsewhere / "precious")
    with suppress(ResultsError):
        write_files({packed / "report.html": b"new"})
    assert is_untouched(elsewhere)


@pytest.mark.parametrize("form", ["absolute", "climbing", "through a folder"])
def test_a_manifest_that_lists_files_of_other_folders_is_damaged(packed: Path, elsewhere: Path, form: str) -> None:
    foreign = elsewhere / "secret.parquet"
    pq.write_table(pa.table({"word": ["sesame"]}), foreign)
    name = {
        "absolute": str(foreign),
        "climbing": os.path.relpath(foreign, packed),
        "through a folder": f"figures/{os.path.relpath(foreign, packed / 'figures')}",
    }[form]
    (packed / "figures").mkdir(exist_ok=True)
    manifest = json.loads((packed / "manifest.json").read_bytes())
    manifest["files"][name] = sha256(foreign.read_bytes()).hexdigest()
    (packed / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ResultsError, match="damaged"):
        read_run(packed)
    (state,) = (each.state for each in kept_below(packed.parents[1]))
    assert state == "damaged"
    with pytest.raises(ResultsError):
        ask("select * from consignments", packed.parents[1])


def test_tags_in_a_stored_scenario_run_nothing(packed: Path, elsewhere: Path) -> None:
    text = b"train: !!python/object/apply:os.mkdir [" + os.fsencode(elsewhere / "made") + b"]\n"
    (packed / "resolved.yaml").write_bytes(text)
    manifest = json.loads((packed / "manifest.json").read_bytes())
    manifest["files"]["resolved.yaml"] = sha256(text).hexdigest()
    (packed / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ResultsError, match="damaged"):
        read_run(packed)
    assert is_untouched(elsewhere)


def test_the_name_of_a_table_is_a_name_in_a_query(packed: Path) -> None:
    name = 'x" as select 1; create table planted(a int); --'
    pq.write_table(pa.table({"a": [1]}), packed / f"{name}.parquet")
    shown = ask("select table_name from information_schema.tables", packed.parents[1]).rows
    assert (name,) in shown and ("planted",) not in shown


def test_tables_of_two_results_that_do_not_fit_together_are_told_in_one_line(packed: Path) -> None:
    other = copytree(packed, packed.with_name("0" * 16))
    for folder in (packed, other):
        pq.write_table(pa.table({"scenario": ["one name twice"]}), folder / "odd.parquet")
    with pytest.raises(ResultsError) as caught:
        ask("select 1", packed.parents[1])
    assert str(caught.value).startswith("the tables odd cannot be read together: ")


class Planted:
    """Makes a folder when it is unpickled."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self._place),)


# older pyarrow says that it does not open it
@pytest.mark.filterwarnings("ignore:pickle-based deserialization")
@pytest.mark.filterwarnings("ignore:pyarrow.PyExtensionType is deprecated")
def test_a_pickle_in_a_stored_table_is_not_opened(packed: Path, elsewhere: Path) -> None:
    packing = {
        b"ARROW:extension:name": b"arrow.py_extension_type",
        b"ARROW:extension:metadata": pickle.dumps(Planted(elsewhere / "made")),
    }
    field = pa.field("hours", pa.float64(), metadata=packing)
    table = packed / "consignments.parquet"
    pq.write_table(pa.table([[1.0]], schema=pa.schema([field])), table)
    # whoever plants a table can say its digest too
    digest = sha256(table.read_bytes()).hexdigest()
    with suppress(ResultsError):
        StoredTables(packed, {table.name: digest})["consignments"]
    # an extension type that it does not know is no concern of a query: the values are read, the metadata is not
    with suppress(CorridorSimError):
        ask("select hours from consignments", packed.parents[1])
    assert is_untouched(elsewhere)


def test_a_table_with_any_byte_of_its_description_changed_is_read_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "consignments.parquet"
    pq.write_table(pa.table({"boxes": pa.array([1, 2], pa.uint8())}), path)
    whole = path.read_bytes()
    described = int.from_bytes(whole[-8:-4], "little") + 8
    refused = Counter[str]()
    for place in range(len(whole) - described, len(whole)):
        path.write_bytes(whole[:place] + b"B" + whole[place + 1 :])
        try:
            StoredTables(tmp_path, {path.name: sha256(path.read_bytes()).hexdigest()})["consignments"]
        except ResultsError as error:
            refused[str(error.__cause__)] += 1
    assert refused["Integers with more than 64 bits not implemented"]
    assert sum(refused.values()) < described


def test_the_compiled_engine_obeys_no_settings_of_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / NUMBA_SETTINGS).write_text("cache_dir: planted\n")
    with pytest.raises(CorridorSimError, match=r"numba would obey \.numba_config\.yaml"):
        choose_engine(COMPILED, 0)
    assert choose_engine("auto", 0).name == "reference"


def test_a_command_runs_no_module_and_no_settings_of_the_current_folder(tmp_path: Path) -> None:
    here, program = tmp_path / "theirs", tmp_path / "bin" / "corridor-sim"
    here.mkdir()
    program.parent.mkdir()
    program.write_text(SCRIPT)
    (here / "x.yaml").write_bytes(SMALL.read_bytes())
    for name in (*SHADOWED, "planted"):
        (here / f"{name}.py").write_text(f"open({str(here / f'ran_{name}')!r}, 'w')")
    (here / "matplotlibrc").write_text("backend: module://planted\ntext.usetex: True\n")
    (here / NUMBA_SETTINGS).write_text("cache_dir: planted_cache\n")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"}
    command = [sys.executable, str(program), "run", "x.yaml", "--replications", "2"]
    done = subprocess.run(command, cwd=here, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in here.glob("ran_*")} == set()
    assert not (here / "planted_cache").exists()
    assert (here / "results").is_dir()


@pytest.mark.parametrize("name", ["../x", "/x", "a/b", "..", ".x", "a\\b", "a\x00b"])
def test_no_name_of_a_scenario_leads_out_of_the_folder(name: str) -> None:
    text = SMALL.read_text(encoding="utf-8").replace("name: small", f"name: {json.dumps(name)}", 1)
    with pytest.raises(InputError):
        load(text)
