"""`report --stress`: the list filled from a stored run; what is no run of ours is one line and exit 5."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from corridor_sim import load
from corridor_sim.cli.app import app
from corridor_sim.report.stress import NOT_STATED
from corridor_sim.study.bundle import write_bundle
from corridor_sim.study.evaluate import evaluate
from small_world import world

NUMBERS = [
    *("1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "2.4", "2.5.1", "2.5.2", "2.5.3", "2.5.4", "2.5.5"),
    *("3.1", "3.2", "3.3", "3.4", "4.1", "4.2", "4.3", "5.1", "5.2", "5.3", "5.4", "6.1"),
]
"""The items of Monks et al. (2019); sharing is their item 6.1."""
STEPS = [
    {"pack": {"batch": "2 consignments", "or_after": "6 h"}},
    {"check": {"customs": "export", "channel": "usual"}},
    {"ride": {"board": "train"}},
    {"lift": {"at": "crane", "takes": "2 h"}},
    {
        "last mile": {
            "branch": {"far": {"share": "20 %", "steps": [{"drive": {"road": "B to B", "takes": "9 h"}}]}, "near": {}}
        }
    },
]


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stored run of a small world."""
    flow = {"title": "plums <script>", "arrives": {"poisson": "3 consignments per day"}, "due": {"within": "5 days"}}
    text = world(
        flows={"plums": flow},
        steps=STEPS,
        facilities={"crane": {"at": "B", "servers": 2, "opens": "mon-fri 08:00-18:00"}},
        services={"train": {"departs": "mon,fri 20:00", "cutoff": "2 h", "loading": "strict"}},
        customs_channels={"usual": {"declaration": "1 h", "selected": "10 %", "hold": "8 h", "inspection": "2 h"}},
        title="plums | by <train>",
    )
    return write_bundle(evaluate(load(text), noise=False), tmp_path_factory.mktemp("results"), {}, "corridor-sim run x")


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def items(text: str) -> dict[str, str]:
    """Return the answer to each item, by its number."""
    parts = re.split(r"^### (\S+) .*$", text, flags=re.MULTILINE)
    answers = {number: answer.split("\n\n", 2)[2] for number, answer in zip(parts[1::2], parts[2::2], strict=True)}
    return {number: answer.split("\n## ")[0].strip() for number, answer in answers.items()}


@pytest.fixture(scope="module")
def told(stored: Path) -> dict[str, str]:
    result = call("report", stored, "--stress")
    assert result.exit_code == 0, result.output
    return items(result.stdout)


def test_every_item_of_the_list_is_there_in_order(told: dict[str, str]) -> None:
    assert list(told) == NUMBERS


def test_what_is_not_told_stays_blank(told: dict[str, str]) -> None:
    # the machine and an address of the model are nowhere in a result, and this scenario has no sources
    assert [number for number, answer in told.items() if answer == NOT_STATED] == ["3.1", "5.4", "6.1"]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("1.1", "which rule"),
        ("1.2", "`on_time` (share): delivered by the due time"),
        ("1.3", "* base (baseline): base"),
        ("2.3", "* base: the scenario as it stands"),
        ("2.4", "* r, pack: a load leaves at 2 consignments, or after 6 h"),
        ("2.4", "* r, check: selected for inspection by chance: 10 %"),
        ("2.4", "* r, last mile: one of the lanes far, near by chance"),
        ("2.5.1", "* plums &lt;script>: size 1 consignment; weight 1 t; value 1 CNY/kg; due within 5 days; priority 0"),
        ("2.5.2", "* r, check (customs export): declaration 1 h; hold 8 h; inspection 2 h"),
        ("2.5.2", "* r, ride (board train): ride 10 h"),
        ("2.5.2", "* r, last mile/far: drive (road B to B): takes 9 h"),
        ("2.5.3", "* facility crane at B: servers 2; open mon-fri 08:00-18:00"),
        (
            "2.5.3",
            "* service train, rail from A to B: departs mon,fri 20:00; capacity 100 consignments; cut-off yard 2 h",
        ),
        ("2.5.4", "* service train: strict"),
        ("2.5.5", "* plums: poisson 3 consignments per day; in at pack, out after last mile"),
        ("3.3", "| services.train.takes | 10 h | stated |  |"),
        ("4.1", "* the world is empty at 2026-01-05 00:00 (Asia/Shanghai)"),
        ("4.2", "* terminating; measured: consignments released 2026-01-05 to 2026-01-18"),
        ("4.3", "* 1 replications from seed 1, noise off: everything at its mean"),
        ("5.3", "* command: `corridor-sim run x`"),
    ],
)
def test_items_are_filled_from_the_scenario(told: dict[str, str], number: str, said: str) -> None:
    assert said in told[number]


def test_the_diagram_is_a_chain_of_steps(told: dict[str, str]) -> None:
    chain = "[pack: batch 2 consignments] -> [check: customs export] -> [ride: board train]"
    assert f"r: released -> {chain} -> [lift: at crane] -> [last mile: branch]" in told["2.1"]
    assert "[last mile/far: drive: road B to B]" in told["2.1"]


def test_texts_of_a_scenario_are_no_tags(stored: Path) -> None:
    text = call("report", stored, "--stress").stdout
    assert text.startswith("# STRESS-DES: plums | by &lt;train>\n")
    assert "<script" not in text


def test_it_can_be_written_to_a_page_and_of_several_runs(stored: Path, tmp_path: Path) -> None:
    page = tmp_path / "stress.md"
    result = call("report", stored, stored, "--stress", "--into", page)
    assert (result.exit_code, result.stdout) == (0, f"{page}\n")
    once = call("report", stored, "--stress").stdout
    assert page.read_text(encoding="utf-8") == f"{once}\n{once}"


def refused(folder: Path) -> str:
    """Return the one line with which a folder is refused."""
    result = call("report", folder, "--stress")
    assert result.exit_code == 5 and result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"{folder} ")
    return line.removeprefix(f"{folder} ")


def test_a_folder_that_is_not_ours_is_refused_in_one_line(tmp_path: Path, stored: Path) -> None:
    nothing = "no result of a run; expected a folder results/<scenario>/<key>"
    assert refused(tmp_path) == refused(tmp_path / "nowhere") == nothing
    assert refused(stored / "summary.json") == nothing
    (tmp_path / "recipe.json").write_text("{}")
    assert refused(tmp_path).startswith("a sweep; ")


@pytest.mark.parametrize(
    "manifest", ["", "{}", "[]", '{"results_version": 4}', "\x00", '{"files": 1, "results_version": 4}']
)
def test_a_manifest_that_is_no_manifest_is_damaged(tmp_path: Path, manifest: str) -> None:
    (tmp_path / "manifest.json").write_text(manifest)
    assert refused(tmp_path) == "damaged; run it again"


def test_an_incomplete_or_altered_run_and_one_of_another_version_are_refused(stored: Path, tmp_path: Path) -> None:
    def copy(name: str) -> Path:
        return Path(shutil.copytree(stored, tmp_path / name))

    less, changed, old = (copy(name) for name in ("less", "changed", "old"))
    (less / "lines.parquet").unlink()
    assert refused(less) == "damaged (lines.parquet); run it again"
    (changed / "resolved.yaml").write_text("base: {}\n")
    assert refused(changed) == "damaged (resolved.yaml); run it again"
    manifest = json.loads((old / "manifest.json").read_text())
    (old / "manifest.json").write_text(json.dumps(manifest | {"results_version": 2}))
    assert refused(old).startswith("made with results version 2, and this program makes ")


def test_it_writes_a_page_into_the_results_folder(stored: Path) -> None:
    page = stored / "report.html"
    result = call("report", stored)
    assert (result.exit_code, result.stdout) == (0, f"{page}\n")
    first = page.read_bytes()
    assert call("report", stored).exit_code == 0
    assert page.read_bytes() == first
    assert first.startswith(b"<!DOCTYPE html>")


def test_it_opens_in_a_script_and_goes_where_it_is_told(stored: Path, tmp_path: Path) -> None:
    page = tmp_path / "elsewhere" / "page.html"
    result = call("report", stored, "--lang", "zh-Hant-HK", "--into", page)
    assert result.exit_code == 0
    assert '<html lang="zh-Hant-HK"' in page.read_text(encoding="utf-8")


def test_several_reports_do_not_fit_into_one_file(stored: Path, tmp_path: Path) -> None:
    result = call("report", stored, stored, "--into", tmp_path / "page.html")
    assert (result.exit_code, result.stderr) == (2, "--into takes one report; give one result\n")
    assert list(tmp_path.iterdir()) == []


def test_without_a_browser_it_says_so_and_leaves_the_page(stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import webbrowser

    monkeypatch.setattr(webbrowser, "open", lambda address: False)
    result = call("report", stored, "--open")
    page = stored / "report.html"
    assert (result.exit_code, result.stderr) == (0, f"no browser could be opened; open {page} yourself\n")
    assert page.is_file()
