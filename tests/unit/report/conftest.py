"""A made-up run for every test of this room."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def results() -> Any:
    return runpy.run_path(str(Path(__file__).with_name("fake.py")))["results"]()
