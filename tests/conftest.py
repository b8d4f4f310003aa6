"""Lets all tests import what they share: the modules that stand beside this file; and tell what was verified."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

VERIFIED = "verified"
"""The property of a test report that holds a row of the table of docs/reliability.md (tests/trials/verification.py)."""


@pytest.fixture
def verified(record_property: Callable[[str, object], None]) -> Callable[[str, str, str], None]:
    """Tell what was looked at, what was asked of it and what came out, for the table of `make verify`."""

    def tell(what: str, asked: str, measured: str) -> None:
        record_property(VERIFIED, json.dumps([what, asked, measured]))

    return tell
