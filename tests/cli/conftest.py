"""A made-up run , as `evaluate` would return it."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def results() -> Any:
    return runpy.run_path(str(Path(__file__).parents[1] / "unit" / "report" / "fake.py"))["results"]()
