"""The charting library is kept as one script, and what is kept is used only when it is whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from corridor_sim.report.html import library


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place for the script, and a library that is made at once."""
    monkeypatch.setattr(library, "cache_from_source", lambda _: str(tmp_path / "kept" / "library.pyc"))
    monkeypatch.setattr(library, "version", lambda _: "9")
    monkeypatch.setattr(library, "_made", lambda: f"made\n//{library.SNIPPET}")
    return tmp_path / "kept" / "vega-9.js"


def test_it_is_made_once_and_then_read(kept: Path) -> None:
    made = library.chart_library.__wrapped__()
    assert kept.read_text() == made
    kept.write_text(f"as kept\n//{library.SNIPPET}")
    assert library.chart_library.__wrapped__().startswith("as kept")


@pytest.mark.parametrize("content", [b"", b"half a scr", b"\xff\xfe"])
def test_what_is_not_whole_is_made_again(kept: Path, content: bytes) -> None:
    kept.parent.mkdir()
    kept.write_bytes(content)
    assert library.chart_library.__wrapped__().startswith("made")


def test_where_nothing_can_be_kept_it_is_made_all_the_same(kept: Path) -> None:
    kept.parent.write_text("a file in the way")
    assert library.chart_library.__wrapped__().startswith("made")


def test_the_library_itself_is_one_script_without_its_end() -> None:
    script = library.chart_library()
    assert "vegaEmbed" in script and "</script" not in script
