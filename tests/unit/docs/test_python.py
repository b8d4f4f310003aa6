"""The page and the notebook about Python: their names exist, the notebook runs and shows what is fit to be shown."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import corridor_sim
from corridor_sim.api.columns import columns_page
from corridor_sim.api.plot import Plots
from corridor_sim.report.charts.registry import BY_NAME

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "python.md").read_text(encoding="utf-8")
NOTEBOOK = (DOCS / "python.ipynb").read_text(encoding="utf-8")
CELLS = json.loads(NOTEBOOK)["cells"]
CODE = ["".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "code"]
LARGEST_BYTES = 600_000


def test_the_tables_of_the_page_are_those_of_the_program() -> None:
    _, _, below = PAGE.partition("<!-- results -->\n\n")
    assert below == columns_page(), "make notebook renews them"


@pytest.mark.parametrize("text", [PAGE, *CODE, (DOCS.parent / "README.md").read_text(encoding="utf-8")])
def test_the_names_they_use_exist(text: str) -> None:
    for name in re.findall(r"\bcorridor_sim\.([a-z]\w*)\(", text):
        assert name in corridor_sim.__all__
    for name in re.findall(r"\bresult\.([a-z]\w*)", text):
        assert hasattr(corridor_sim.Result, name), name
    for name in re.findall(r"\.plot\.([a-z]\w*)", text):
        assert name in BY_NAME or hasattr(Plots, name), name


def test_the_page_names_all_that_is_public() -> None:
    assert {name for name in corridor_sim.__all__ if f"`{name}" not in PAGE} == set()


def shown(value: Any) -> list[Any]:
    """Ask a value for everything that a notebook asks it for."""
    found = [getattr(value, name, None) for name in ("_repr_html_", "_repr_png_")]
    return [ask() for ask in found if ask is not None] or [repr(value)]


@pytest.mark.filterwarnings("ignore:Glyph .* missing from font")  # a machine that tests need not have Chinese letters
def test_every_cell_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The cells one after the other, as in the notebook but for few replications and results that go elsewhere."""
    monkeypatch.chdir(DOCS)
    names: dict[str, Any] = {}
    with pd.option_context("display.max_colwidth", 50):
        for number, source in enumerate(CODE):
            tree = ast.parse(source)
            *_, last = tree.body
            value = tree.body.pop() if isinstance(last, ast.Expr) else None
            exec(compile(tree, f"cell {number}", "exec"), names)
            if isinstance(value, ast.Expr):
                assert shown(eval(compile(ast.Expression(value.value), f"cell {number}", "eval"), names))
            if not number:
                assert set(names) - {"__builtins__"} == {"Path", "SCENARIO", "OUT", "REPLICATIONS"}
                names |= {"OUT": tmp_path, "REPLICATIONS": 2}
    assert names["again"].summary["run"]["replications"] == 2


def test_what_the_notebook_shows_was_executed_in_order_and_tells_nothing_of_the_machine() -> None:
    executed = [cell for cell in CELLS if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in executed] == list(range(1, len(executed) + 1))
    outputs = [output for cell in executed for output in cell["outputs"]]
    assert {output["output_type"] for output in outputs} == {"execute_result"}
    kinds = {kind for output in outputs for kind in output["data"]}
    assert kinds == {"text/plain", "text/html", "image/png"}
    assert len(NOTEBOOK.encode()) < LARGEST_BYTES
    assert re.findall(r"/(?:home|root|tmp|work|Users)/|[A-Z]:\\\\|0x[0-9a-f]{8}", NOTEBOOK) == []
    assert set(json.loads(NOTEBOOK)["metadata"]) == {"kernelspec", "language_info"}
