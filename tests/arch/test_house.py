"""The house rules that a machine can check: small rooms, no stray numbers, one public list, no leftovers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCENARIOS = sorted((ROOT / "scenarios").glob("*.yaml"))
SOURCES = sorted((ROOT / "src" / "corridor_sim").rglob("*.py"))
DATA_FREE = [path for path in SOURCES if path.name != "units.py" and "report" not in path.parts]
"""Units define numbers, and the layout of a picture is no number of the model."""
LONGEST_FILE, LONGEST_FUNCTION = 400, 60
LONGEST_KERNEL = 1850
"""All that is compiled stands in one file, because numba's cache does not see changes in others (ADR 14)."""
PUBLIC = {
    *("run", "read", "Result", "load", "ScenarioFile", "lower", "simulate", "Replication"),
    *("CorridorSimError", "InputError", "ModelError", "EngineError", "ResultsError"),
}
MOST_PUBLIC = 15
WRONG_WORDS = ("滞期费", "滯期費", "图定渝深", "渝深图定班列")


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_rooms_are_small_and_say_their_purpose(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= (LONGEST_KERNEL if path.name == "kernel.py" else LONGEST_FILE)
    assert not text.strip() or ast.get_docstring(tree(path)), "the first line says the purpose"
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            length = node.end_lineno - body[0].lineno + 1 if body and node.end_lineno else 0
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"


def stray_numbers(module: ast.Module) -> Iterator[ast.Constant]:
    """Yield numbers other than 0 and 1 inside functions: named constants stand at the top of a file or class.

    Places in a tuple (`parts[2]`), steps of a slice and the 2 of a square or a half are no numbers of the model.
    """
    places = {id(part) for node in ast.walk(module) if isinstance(node, ast.Subscript) for part in ast.walk(node.slice)}
    places |= {
        id(node.right)
        for node in ast.walk(module)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow | ast.Div) and ast.unparse(node.right) == "2"
    }
    for function in (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef | ast.Lambda)):
        for node in ast.walk(function):
            number = isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value not in (0, 1)
            if number and id(node) not in places:
                yield node


@pytest.mark.parametrize("path", DATA_FREE, ids=lambda path: path.name)
def test_numbers_live_in_data(path: Path) -> None:
    found = [f"{path.name}:{node.lineno}: {node.value}" for node in stray_numbers(tree(path))]
    assert found == []


def test_the_public_list_is_what_the_package_gives() -> None:
    import corridor_sim

    assert set(corridor_sim.__all__) == PUBLIC
    assert len(PUBLIC) <= MOST_PUBLIC
    assert all(hasattr(corridor_sim, name) for name in PUBLIC)


def test_nothing_is_left_for_later() -> None:
    leftover = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b|type: ignore|noqa")
    found = [
        f"{path.name}:{number}"
        for path in SOURCES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if leftover.search(line)
    ]
    assert found == []


def test_the_wrong_words_of_the_glossary_appear_nowhere() -> None:
    pages = [*SOURCES, *(ROOT / "scenarios").glob("*.yaml"), *(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
    found = [(path.name, word) for path in pages for word in WRONG_WORDS if word in path.read_text(encoding="utf-8")]
    assert found == []


def test_draws_never_come_from_numpys_generator_or_the_clock() -> None:
    forbidden = re.compile(r"numpy\.random|np\.random|import random|default_rng|datetime\.now|time\.time\(")
    found = [path.name for path in SOURCES if forbidden.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_no_figure_of_a_claim_stands_in_the_code() -> None:
    """What is claimed is data: neither in words nor as a number does the code know it."""
    ends = {
        end
        for path in SCENARIOS
        for end in re.findall(r"interval: \[([\d.]+) %, ([\d.]+) %\]", path.read_text("utf-8"))
    }
    figures = {number for pair in ends for number in pair}
    assert figures, "the shipped claims have intervals"
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        for figure in figures:
            assert not re.search(rf"(?<![\d.]){re.escape(figure)} ?(%|per ?cent)", text), path.name
        known = {float(figure) / 100 for figure in figures}
        numbers = {node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)}
        assert not {number for number in numbers if type(number) is float} & known, path.name
