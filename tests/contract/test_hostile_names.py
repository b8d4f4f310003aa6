"""Whatever a scenario calls its things is text everywhere: never a formula, a tag, mathematics, or a broken line.

Names that stand in paths (of alternatives, flows, steps, places, facilities, services, sources) the loader keeps to
letters and digits of any script, spaces and `_ - . ( )`, at most 80 of them, and it refuses invisible characters in
every text: one line each. All other texts are free, and here they are hostile.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from io import BytesIO, StringIO
from itertools import cycle
from pathlib import Path
from typing import Any, ClassVar
from xml.etree import ElementTree

import openpyxl
import pytest
import yaml
from markdown_it import MarkdownIt

from corridor_sim.errors import InputError
from corridor_sim.report.charts.base import Chart
from corridor_sim.report.charts.canvas import SVG
from corridor_sim.report.charts.registry import CHARTS
from corridor_sim.report.comparison import show_comparison
from corridor_sim.report.excel.workbook import workbook_bytes
from corridor_sim.report.figures import draw_figures
from corridor_sim.report.page import results_page
from corridor_sim.report.run import Run, stored_run
from corridor_sim.report.screen import show_run
from corridor_sim.report.script.words import LANGUAGES
from corridor_sim.report.stress import stress_report
from corridor_sim.report.terminal import console_for
from corridor_sim.scenario.load import load
from corridor_sim.study.bundle import kpis_csv, write_bundle
from corridor_sim.study.evaluate import evaluate
from corridor_sim.study.stored import read_run

SMALL = Path(__file__).parents[1] / "unit" / "scenario" / "small.yaml"
FORMULA, TAG, MATHS = '=HYPERLINK("http://x","y")', "<script>alert(1)</script>", r"$\frac{1}{2}$"
OTHERS = "[red]x[/red] :smile: | `a` *b* {c} ${d} &amp; 😀 重庆 _x0041_ 'q' \"r\" \u202e\\"
TEXTS = {
    "formula": f"{FORMULA} {TAG} {MATHS} {OTHERS}",
    "tag": f"{TAG} {MATHS} {FORMULA} {OTHERS}",
    "mathematics": f"{MATHS} {TAG} {FORMULA} {OTHERS}",
    "long": "+" + "长" * 99 + "x" * 100,
}
LONG_NAME = "李" * 77 + "_-("
EXPRESSIONS = ("calculate", "filter", "expr", "labelExpr", "test")
"""Keys of a Vega-Lite specification whose text is read as code."""


class PlainDumper(yaml.CSafeDumper):
    """Writes every text plainly where it can, so that numbers stay numbers."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}


def scenario_with(text: str, flow: str = LONG_NAME) -> str:
    """The small scenario with a text in every place where its author writes freely."""
    tree = yaml.load(SMALL.read_text(encoding="utf-8").replace("plums", flow), Loader=yaml.CBaseLoader)
    words = dict.fromkeys(LANGUAGES, text)
    tree |= {"title": words, "question": words, "words": {"check": words, "lift": words, "inspection": words}}
    for kind in ("alternatives", "flows", "routes"):
        for one in tree[kind].values():
            one["title"] = words
    for place in tree["places"].values():
        place["name"] = words
    for source in tree["sources"].values():
        source |= {"title": text, "url": text, "note": text, "date": text}
    tree["parameters"]["loading"]["because"] = text
    tree["alternatives"]["truck"] |= {"supposition": "true", "source": "leaflet"}
    tree["thresholds"]["weight"]["says"] = words
    tree["claims"]["saves"]["statement"] = words
    return yaml.dump(tree, Dumper=PlainDumper, allow_unicode=True, sort_keys=False, width=100_000)


@pytest.fixture(scope="module", params=list(TEXTS))
def hostile(request: pytest.FixtureRequest) -> str:
    return TEXTS[request.param]


@pytest.fixture(scope="module")
def text(hostile: str) -> str:
    """The same as readers see it: the invisible sign that turns the direction of writing is escaped."""
    return hostile.replace("\u202e", r"\u202e")


@pytest.fixture(scope="module")
def folder(hostile: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three replications of the hostile scenario, written as a result folder."""
    return write_bundle(evaluate(load(scenario_with(hostile)), replications=3), tmp_path_factory.mktemp("out"), {})


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    return stored_run(read_run(folder))


def test_the_terminal_prints_texts_as_they_are(run: Run, text: str) -> None:
    for show in (lambda console: show_run(run.summary, None, console), lambda c: show_comparison(run.summary, c)):
        stream = StringIO()
        console = console_for(stream)
        console.width = 1000
        show(console)
        shown = stream.getvalue()
        assert text in shown
        assert [sign for sign in shown if not sign.isprintable() and sign != "\n"] == []


def test_no_cell_of_the_csv_file_is_a_formula(run: Run, text: str) -> None:
    # names of this scenario could not be hostile; those of a summary made otherwise could
    renamed = [{**one, "name": text} for one in run.alternatives]
    rows = list(csv.reader(StringIO(kpis_csv({**run.summary, "alternatives": renamed}))))
    assert {len(row) for row in rows} == {9}
    words = [cell for row in rows for cell in row if not re.fullmatch(r"-?[\d.]+(e[+-]?\d+)?", cell)]
    assert [cell for cell in words if cell.startswith(("=", "+", "-", "@"))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_holds_texts_and_no_formulas(run: Run, text: str, language: str) -> None:
    workbook = openpyxl.load_workbook(BytesIO(workbook_bytes(run, language)))
    cells = [cell for sheet in workbook.worksheets for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"n", "s", "b"}
    assert not any(cell.hyperlink for cell in cells), "none of these addresses is one"
    exact = [cell for cell in cells if cell.value == text]
    assert len(exact) > len(LANGUAGES)
    assert all(cell.quotePrefix == text.startswith(("=", "+")) for cell in exact)


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.name)
# which letters the fonts of this machine have is not the matter here
@pytest.mark.filterwarnings("ignore:Glyph .* missing from font")
def test_pictures_draw_texts_and_read_no_mathematics(run: Run, chart: Chart, hostile: str) -> None:
    language = dict(zip(TEXTS.values(), cycle(LANGUAGES)))[hostile]
    (drawn, *_) = [*draw_figures(run, names=(chart.name,), language=language, form=SVG).values(), b"<svg/>"]
    tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(drawn).iter()}
    assert tags.isdisjoint({"script", "a", "foreignObject"})


def test_a_picture_writes_the_signs_of_a_formula_as_they_are(run: Run, text: str) -> None:
    (picture,) = draw_figures(run, names=("transit_times",), form=SVG).values()
    shown = "".join(ElementTree.fromstring(picture).itertext())
    # letters that no font of this machine has are drawn as question marks
    assert re.search("".join(re.escape(sign) if sign.isascii() else rf"[{sign}?]" for sign in text[:10]), shown)


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.name)
def test_specifications_are_plain_json_and_keep_texts_out_of_code(run: Run, chart: Chart) -> None:
    spec = chart.spec(run)
    # json refuses what is no plain data, and here NaN and infinities too
    written = json.dumps(spec, allow_nan=False, ensure_ascii=False)
    assert (spec is None) is (written == "null")
    for code in code_of(spec):
        # the hostile texts and names of this scenario, by what only they have
        assert not re.search(r"alert|frac|HYPERLINK|长|李", code), code


def code_of(part: Any, key: str = "") -> Iterator[str]:
    """The texts of a specification that Vega reads as expressions."""
    if isinstance(part, Mapping):
        for name, value in part.items():
            yield from code_of(value, name)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from code_of(value, key)
    elif isinstance(part, str) and key in EXPRESSIONS:
        yield part


def test_pages_have_no_tags_of_the_scenario(run: Run) -> None:
    page = results_page(run.summary, "corridor-sim run x.yaml", "images/x_")
    listed = "\n".join(stress_report(run.manifest, run.summary, run.resolved))
    for markdown in (page, listed):
        html = MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown)
        assert "<script" not in html.lower()
    for block in re.findall(r"(?:^\|.*\|\n)+", page, flags=re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1, block


KINDS = ("alternatives", "flows", "routes", "places", "facilities", "services", "sources", "tariffs", "boxes")
REFUSED = {
    FORMULA: '"="',
    TAG: '"<"',
    MATHS: '"$"',
    "a\tb": '"\\t"',
    "😀": '"😀"',
    "x" * 200: "too long",
    "- x": '"-"',
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", REFUSED)
def test_names_that_stand_in_paths_are_refused_in_one_line(kind: str, name: str) -> None:
    tree = yaml.load(SMALL.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)
    tree[kind][name] = next(iter(tree[kind].values()))
    with pytest.raises(InputError) as caught:
        load(yaml.dump(tree, Dumper=PlainDumper, allow_unicode=True, sort_keys=False, width=100_000))
    lines = [str(problem) for problem in caught.value.problems]
    assert any(REFUSED[name] in line for line in lines), lines
    assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x1b", "\x85", "\ufffe"])
def test_invisible_characters_are_refused_in_one_line_where_they_stand(sign: str) -> None:
    (problem,) = refused(json.dumps({"corridor_sim": 1, "name": "x", "title": f"a{sign}b"}), "invisible")
    assert problem.endswith(f"title: the invisible character U+{ord(sign):04X} is not allowed; remove it")


def refused(scenario: str, about: str) -> list[str]:
    """The lines about something with which a scenario is refused."""
    with pytest.raises(InputError) as caught:
        load(scenario)
    return [str(problem) for problem in caught.value.problems if about in str(problem)]
