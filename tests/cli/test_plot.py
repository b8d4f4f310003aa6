"""`plot`: charts of a stored run as files, with their origin inside; what there is not is said in one line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from corridor_sim.cli import plot as plot_command
from corridor_sim.cli.app import app
from corridor_sim.cli.options import Language
from corridor_sim.cli.plot import Format
from corridor_sim.report.charts import fonts
from corridor_sim.report.charts.canvas import FORMATS
from corridor_sim.report.charts.registry import BY_NAME
from corridor_sim.report.script.words import LANGUAGES
from corridor_sim.scenario.load import load
from corridor_sim.study.bundle import write_bundle
from corridor_sim.study.evaluate import evaluate
from corridor_sim.study.stored import read_run
from small_world import world

SEED = 77
DRAWN = ["time_cost_distance", "transit_times", "cost_breakdown", "cost_waterfall", "change_waterfall"]
"""Of the charts of this file's subject, those that the small run has something to show in."""


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stored run of a small world with three alternatives, the last made from the second."""
    text = world(
        flows={"plums": {"arrives": {"poisson": "3 consignments per day"}}},
        steps=[{"ride": {"board": "train", "price": "900 CNY/box"}}],
        services={"train": {"departs": "mon,fri 20:00", "cutoff": "2 h"}},
        title="plums & <trains> 重庆",
        alternatives={
            "base": {"title": {"en": "As it is"}},
            "daily": {
                "title": {"en": "Every day", "zh-Hans": "每天"},
                "set": {"services.train.departs": "daily 20:00"},
            },
            "faster": {"like": "daily", "title": {"en": "And faster"}, "set": {"services.train.takes": "5 h"}},
        },
    )
    results = evaluate(load(text), replications=2, seed=SEED)
    return write_bundle(results, tmp_path_factory.mktemp("results"), {}, "corridor-sim run x")


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(plot_command, "workers", lambda: 1)


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["plot", *map(str, arguments)])


def test_all_charts_with_something_to_show_are_drawn_into_the_current_folder(stored: Path) -> None:
    result = call(stored)
    assert (result.exit_code, result.stderr) == (0, "")
    scenario = json.loads((stored / "summary.json").read_bytes())["scenario"]["name"]
    paths = [Path(line) for line in result.stdout.splitlines()]
    assert set(map(str, paths)) >= {f"{scenario}_{name}.png" for name in DRAWN}
    assert f"{scenario}_claims.png" not in map(str, paths), "no claims were tested"
    assert sorted(Path().iterdir()) == sorted(paths), "nothing else is left behind"


def test_a_png_says_what_it_was_made_from_to_any_reader(stored: Path) -> None:
    call(stored, "cost_breakdown", "--out", "a/b", "--lang", "zh-Hans")
    (path,) = Path("a/b").iterdir()
    summary = json.loads((stored / "summary.json").read_bytes())
    assert path.name == f"{summary['scenario']['name']}_cost_breakdown_zh-Hans.png"
    with Image.open(path) as picture:
        picture.verify()
        said = picture.info
    assert said["Software"] == f"corridor_sim {summary['version']}"
    assert said["Description"] == f"scenario {summary['scenario']['name']}, seed {SEED}, 2 replications"
    assert said["Title"] == "每箱费用构成（全链条）"


def test_an_svg_says_it_too_and_its_words_are_text(stored: Path) -> None:
    result = call(stored, "time_cost_distance", "transit_times", "--format", "svg")
    assert [Path(line).suffix for line in result.stdout.splitlines()] == [".svg", ".svg"]
    for line in result.stdout.splitlines():
        root = ElementTree.parse(line).getroot()
        metadata = " ".join(text for text in root.find("{*}metadata").itertext() if text.strip())
        assert f"seed {SEED}" in metadata and "corridor_sim" in metadata
        assert any("plums & <trains>" in text for text in root.itertext())


def test_the_alternative_asked_for_is_shown(stored: Path) -> None:
    for asked, other in (("daily", "faster"), ("faster", "daily")):
        call(stored, "cost_waterfall", "--format", "svg", "--alternative", asked)
        (path,) = Path().glob("*_cost_waterfall.svg")
        words = " ".join(ElementTree.parse(path).getroot().itertext())
        assert f"{asked} against base" in words and other not in words


def test_the_same_call_gives_the_same_bytes(stored: Path) -> None:
    for out in ("one", "two"):
        call(stored, "cost_breakdown", "--out", out)
    (one,), (two,) = (list(Path(out).iterdir()) for out in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (["cost_brakdown"], 'there is no chart "cost_brakdown" (did you mean "cost_breakdown"?); there are: '),
        (
            ["--alternative", "dayly"],
            'there is no alternative "dayly" (did you mean "daily"?); there are: base, daily,',
        ),
        (["--alternative", ""], 'there is no alternative ""; there are: base,'),
        (["claims"], "this run has nothing to show in: claims"),
    ],
)
def test_what_there_is_not_is_one_line_and_nothing_is_written(stored: Path, asked: list[str], says: str) -> None:
    result = call(stored, *asked)
    assert (result.exit_code, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith(says)
    assert list(Path().iterdir()) == []


def test_every_wrong_name_is_said_at_once(stored: Path) -> None:
    result = call(stored, "x", "y", "--alternative", "z")
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 3)


def test_a_folder_that_is_not_ours_or_incomplete_ends_with_5(stored: Path, tmp_path: Path) -> None:
    less = Path(shutil.copytree(stored, tmp_path / "less"))
    (less / "consignments.parquet").unlink()
    for folder in (tmp_path, less, tmp_path / "nowhere"):
        result = call(folder)
        assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (5, "", 1)


def test_a_folder_that_cannot_be_written_to_ends_with_5_and_leaves_nothing(stored: Path) -> None:
    Path("taken").write_text("a file")
    result = call(stored, "cost_breakdown", "--out", "taken")
    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (5, "", 1)
    assert [path.name for path in Path().iterdir()] == ["taken"]


def test_without_a_font_for_chinese_one_line_says_what_to_install(
    stored: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "installed", lambda: frozenset({"DejaVu Sans"}))
    result = call(stored, "cost_breakdown", "--format", "svg", "--lang", "zh-Hant-HK")
    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        "no font with Chinese letters is installed; install for instance Noto Sans CJK (Debian: fonts-noto-cjk)"
    ]
    words = " ".join(ElementTree.parse(result.stdout.strip()).getroot().itertext())
    assert "Cost per box by activity" in words and "費用" not in words


def test_names_of_files_stay_in_their_folder(stored: Path) -> None:
    assert plot_command.file_name("../../etc/x y", "claims", Language.EN, Format.PNG) == "-..-etc-x-y_claims.png"
    assert plot_command.file_name("钦州", "map", Language.ZH_HANS, Format.SVG) == "钦州_map_zh-Hans.svg"


def test_options_name_what_there_is(stored: Path) -> None:
    assert tuple(one.value for one in Format) == FORMATS
    assert tuple(one.value for one in Language) == LANGUAGES
    assert set(DRAWN) <= set(BY_NAME)
    assert read_run(stored).summary["changes"], "the small world has a change to show"
