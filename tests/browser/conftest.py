"""A real browser, and the report of each shipped scenario in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from corridor_sim.report.html.page import page_html
from corridor_sim.report.run import run_of
from corridor_sim.scenario.load import load
from corridor_sim.study.evaluate import evaluate

ROOT = Path(__file__).parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
SCENARIOS = sorted((ROOT / "scenarios").glob("*.yaml"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium; where none is installed these tests cannot be made."""
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("no Chromium is installed (Debian: chromium)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session", params=SCENARIOS, ids=lambda path: path.stem)
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a shipped scenario, run twice."""
    path: Path = request.param
    folder = tmp_path_factory.mktemp(path.stem)
    page = folder / f"{path.stem}.html"
    page.write_text(page_html(run_of(evaluate(load(path), replications=2), folder)), encoding="utf-8")
    return page
