"""The table of the statistical verification is made of what its tests told, and says which of them failed."""

from __future__ import annotations

from pathlib import Path

from tests.trials import verification

TOLD = """
import pytest

@pytest.mark.verify
def test_of_three(verified):
    verified("worlds", "all alike", "3, no difference")
    verified("", "of snow:", "1")
    verified("", "of sand:", "2")

@pytest.mark.verify
def test_that_fails(verified):
    verified("hours", "20 within 1.0%", "23 ± 0.9%")
    assert False

@pytest.mark.verify
def test_that_says_nothing():
    pass

def test_of_every_day():
    assert False
"""


def test_rows_and_what_failed(tmp_path: Path) -> None:
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "conftest.py").write_text((Path(__file__).parents[2] / "conftest.py").read_text(encoding="utf-8"))
    (folder / "test_some.py").write_text(TOLD, encoding="utf-8")
    strictly = ["-W", "error", "-o", "markers=verify: slow"]
    section = verification.trial([str(folder), f"--rootdir={tmp_path}", *strictly])
    assert list(section.rows) == [
        ("worlds", "all alike", "3, no difference"),
        ("hours", "20 within 1.0%", "23 ± 0.9%"),
    ]
    words, ends, failed, spent = section.remarks
    assert words == "Worlds. Of these: of snow: 1; of sand: 2."
    assert ends == "3 tests, 1 of them failed, 0 were skipped."
    assert failed == "**Failed**: test_that_fails."
    assert spent.startswith("They took ")
