"""The commands that look things up in the catalog, and those that renew pages of the documentation."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from corridor_sim.catalog import store
from corridor_sim.cli.app import app

RUNNER = CliRunner()
TINY = Path(__file__).parents[1] / "unit" / "scenario" / "small.yaml"


def said(*arguments: str) -> SimpleNamespace:
    """Run the command line in a process of its own, as its user would."""
    done = subprocess.run(
        [sys.executable, "-m", "corridor_sim", *arguments], capture_output=True, text=True, check=False
    )
    return SimpleNamespace(code=done.returncode, out=done.stdout, err=done.stderr)


def test_list_finds_ids_by_words_and_grade() -> None:
    listed = RUNNER.invoke(app, ["catalog", "list", "barge", "yangtze", "lock"])
    ids = [line.split()[0] for line in listed.stdout.splitlines() if line and not line.startswith(" ")]
    assert ids and all(name.startswith("barge.yangtze") for name in ids)
    assumed = RUNNER.invoke(app, ["catalog", "list", "rail.chongqing_yantian.cutoff", "--grade", "published"])
    assert assumed.stdout == ""


def test_show_gives_value_provenance_and_sources() -> None:
    shown = RUNNER.invoke(app, ["catalog", "show", "rail.tariff_40"]).stdout
    assert "532 CNY/box + 4.479 CNY/box/km (published)" in shown
    assert "rail_code: " in shown and "price_year: 2022" in shown


def test_an_unknown_id_or_grade_is_one_line_and_exit_2() -> None:
    unknown = said("catalog", "show", "rail.tariff_4O")
    assert (unknown.code, unknown.out, unknown.err.count("\n")) == (2, "", 1)
    assert 'did you mean "rail.tariff_40"' in unknown.err
    assert said("catalog", "list", "--grade", "guess").code == 2
    assert said("catalog", "audit", "--today", "tomorrow").code == 2


def test_the_audit_is_clean_and_fails_when_reviews_grow_old() -> None:
    clean = said("catalog", "audit", "--today", "2026-11-22")
    assert clean.code == 0 and "clean" in clean.out
    old = said("catalog", "audit", "--today", "2030-01-01")
    assert old.code == 1 and "last reviewed on" in old.err and "Traceback" not in old.err


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A small scenario in a folder of its own, with a page for its results."""
    file = tmp_path / "small.yaml"
    file.write_text(TINY.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "small.md").write_text("# Small\n\nwords\n\n<!-- results -->\n\nold\n", encoding="utf-8")
    return file


def test_a_page_is_renewed_below_its_marker_with_its_pictures(tiny: Path) -> None:
    page, images, out = tiny.with_suffix(".md"), tiny.parent / "images", tiny.parent / "results"
    arguments = ["page", str(tiny), "--into", str(page), "--images", str(images), "--out", str(out)]
    done = RUNNER.invoke(app, [*arguments, "--replications", "2", "--quiet"])
    assert done.exit_code == 0, done.output
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# Small\n\nwords\n\n<!-- results -->\n") and "old" not in text
    drawn = sorted(path.name for path in images.iterdir())
    names = ("cost_breakdown", "cost_waterfall", "time_cost_distance", "transit_times")
    assert [f"small_{name}.png" for name in names] == drawn
    summary = json.loads(next(out.glob("small/*/summary.json")).read_text(encoding="utf-8"))
    assert all(f"**{one['name']}**" in text for one in summary["alternatives"])


def test_a_page_without_marker_or_that_is_not_there_is_told_before_anything_runs(tiny: Path) -> None:
    page = tiny.with_suffix(".md")
    page.write_text("# Small\n", encoding="utf-8")
    without = said("page", str(tiny), "--into", str(page))
    assert without.code == 2 and "<!-- results -->" in without.err and page.read_text() == "# Small\n"
    assert said("page", str(tiny), "--into", str(tiny.parent / "none.md")).code == 2


def test_facts_are_set_beside_figures_and_a_stored_run_is_used_again(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = tiny.read_text(encoding="utf-8")
    tiny.write_text(text.replace("replications: 10", "replications: 2"), encoding="utf-8")
    row = {"fact": "train_two_days", "scenario": "small", "alternative": "train", "measure": {"kpi": "transit_mean"}}
    monkeypatch.setattr("corridor_sim.study.validation.rows_wanted", lambda: [row])
    page, out = tiny.with_suffix(".md"), tiny.parent / "results"
    run = ["run", str(tiny), "--out", str(out), "--quiet"]
    assert RUNNER.invoke(app, run).exit_code == 0

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("what is stored is not run again")

    monkeypatch.setattr("corridor_sim.study.evaluate.evaluate", refuse)
    where = ["--scenarios", str(tiny.parent), "--out", str(out)]
    done = RUNNER.invoke(app, ["validation", "--into", str(page), *where, "--quiet"])
    assert done.exit_code == 0, done.output
    written = page.read_text(encoding="utf-8")
    assert "1 published facts; 1 of them are validation" in written
    summary = json.loads(next(out.glob("small/*/summary.json")).read_text(encoding="utf-8"))
    mean = next(one for one in summary["alternatives"] if one["name"] == "train")["kpis"]["transit_mean"]["value"]
    assert f"{float(f'{mean:.3g}'):g} h" in written


def test_every_row_of_the_validation_page_is_about_something() -> None:
    rows = store.document("validation").data["rows"]
    facts = store.facts()
    assert len(rows) >= 20
    assert [row["fact"] for row in rows if row["fact"] not in facts] == []
    sources = store.sources()
    assert [name for fact in facts.values() for name in fact["source"] if name not in sources] == []
