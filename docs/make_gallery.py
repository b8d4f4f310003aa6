"""Makes the gallery: each scenario's report in a browser, as pictures, and the page that shows them.

python docs/make_gallery.py      (needs Chromium, and `pip install -e '.[dev]'`; `make gallery`)
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
PAGE = ROOT / "docs" / "gallery.md"
SIZE = {"width": 1280, "height": 1000}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
SHOWN = (("first", "#answer", "zh-CN"), ("map", "#chart-corridor_map", "en-US"))
"""What is shown of each report: name, where it is, language of the browser."""
HEAD = """# Gallery

The first screen and the map of each scenario's report, as a browser shows them, and the command that makes it. The
report switches between 简体, 香港繁體 and English; its charts answer to the pointer, and one replication can be
replayed on the map. Made by `make gallery`.
"""


def run(scenario: Path, out: Path) -> Path:
    """Run a scenario; return its folder."""
    command = [sys.executable, "-m", "corridor_sim", "run", str(scenario), "--out", str(out), "--quiet"]
    return Path(subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout.strip())


def shoot(browser: Any, report: Path, name: str) -> list[str]:
    """Write the pictures of a report; return their file names."""
    written = []
    for kind, where, locale in SHOWN:
        context = browser.new_context(viewport=SIZE, locale=locale, color_scheme="light")
        page = context.new_page()
        page.goto(report.absolute().as_uri())
        page.wait_for_selector("html[data-ready=yes]")
        found = page.query_selector(where)
        if found is not None:
            if kind == "first":
                page.screenshot(path=IMAGES / f"report_{name}_{kind}.png")
            else:
                found.scroll_into_view_if_needed()
                page.wait_for_selector(f"{where} svg")
                found.screenshot(path=IMAGES / f"report_{name}_{kind}.png")
            written.append(f"report_{name}_{kind}.png")
        context.close()
    return written


def main() -> None:
    """Make all pictures and the page."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        sys.exit("no Chromium is installed (Debian: chromium)")
    blocks = [HEAD]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for scenario in sorted((ROOT / "scenarios").glob("*.yaml")):
            folder = run(scenario, ROOT / "results")
            pictures = shoot(browser, ROOT / folder / "report.html", scenario.stem)
            shown = "\n\n".join(f"![{scenario.stem}](images/{picture})" for picture in pictures)
            command = f"python -m corridor_sim run scenarios/{scenario.name}"
            blocks.append(f"## [{scenario.stem}](scenarios/{scenario.stem}.md)\n\n```sh\n{command}\n```\n\n{shown}\n")
        browser.close()
    PAGE.write_text("\n".join(blocks), encoding="utf-8")


if __name__ == "__main__":
    main()
