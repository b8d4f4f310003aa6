"""Small worlds held against a law; played by the reference engine, so that a test can plant a fault anywhere."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corridor_sim.scenario.load import load
from corridor_sim.study.engines import REFERENCE, Choice
from corridor_sim.study.laws import world as laws_world
from corridor_sim.study.laws.law import Finding, Law
from small_world import world

GOLDEN = Path(__file__).parents[3] / "golden" / "small_scenarios.py"
Held = Callable[..., list[Finding]]


@pytest.fixture(autouse=True)
def by_the_reference_engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Play laws by the reference engine, but for what is played at length."""
    if request.node.get_closest_marker("verify") is None:
        monkeypatch.setattr(laws_world, "choose_engine", lambda wanted, work: Choice(REFERENCE))


@pytest.fixture
def held() -> Held:
    """Return a function that holds a small world, told by its parts or as text, against a law."""

    def hold(law: Law, text: str = "", replications: int = 1, **parts: Any) -> list[Finding]:
        return law.test(load(text or world(**parts)), replications)

    return hold


@pytest.fixture(scope="session")
def golden_text() -> Callable[[str], str]:
    """Return a function that gives the text of a small golden scenario by the name of its piece."""
    spec = importlib.util.spec_from_file_location("small_scenarios_of_laws", GOLDEN)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return lambda piece: str(module.text_with(module.PIECES[piece]))
