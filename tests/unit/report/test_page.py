"""The results part of a docs page: below its marker, from the summary, with nothing that breaks Markdown."""

from __future__ import annotations

import pytest

from corridor_sim.errors import InputError
from corridor_sim.report.page import MARKER, results_page, table, with_results


def test_results_replace_whatever_stands_below_the_marker() -> None:
    page = f"# Title\n\nwords\n\n{MARKER}\n\nold results\n"
    assert with_results(page, "new\n", "p.md") == f"# Title\n\nwords\n\n{MARKER}\n\nnew\n"
    with pytest.raises(InputError, match="has no line"):
        with_results("# Title\n", "new", "p.md")


def test_a_table_keeps_its_columns_whatever_the_cells_hold() -> None:
    lines = table(("a", "b"), [("x | y", "<script>"), ("two\nlines", "")]).splitlines()
    assert lines == ["| a | b |", "| --- | --- |", "| x \\| y | &lt;script> |", "| two\\nlines |  |"]


def test_the_page_has_each_alternative_its_pictures_legs_and_sources(results) -> None:
    summary = results.summary
    text = results_page(summary, "corridor-sim run x.yaml", "../images/x_")
    for one in summary["alternatives"]:
        assert f"**{one['name']}**" in text
    assert "![Time and cost over distance](../images/x_time_cost_distance.png)" in text
    assert "`corridor-sim run x.yaml`" in text and text.count("## Results") == 1
    shown = f"{summary['alternatives'][0]['assumptions']['cost_share'] * 100:.1f} %"
    assert shown in text
    assert "| crisp plum | **-12.0 ±3.0**" in text and "| lemon | 1.0 ±2.0" in text
    widths = {line.count(" | ") for line in text.splitlines() if line.startswith("| **")}
    assert len(widths) == 1
