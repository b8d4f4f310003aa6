"""The report in a real browser: nothing leaves the file, every label changes script, everything can be reached."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
ARTEFACTS = Path(__file__).parents[2] / "test-artefacts"
LANGUAGES = {"en-US": "en", "zh-CN": "zh-Hans", "zh-HK": "zh-Hant-HK"}
"""Language of a browser -> the script in which a report opens in it."""
OPEN_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")
AXE_OPTIONS = {"runOnly": {"type": "tag", "values": list(OPEN_RULES)}}
OF_THE_SAME_KIND = """
.drawing svg > *, .cards tbody tr:nth-child(n+5), .sources li:nth-child(n+10), #late ul:nth-of-type(n+3),
#cargo details:nth-of-type(n+3), #model li:nth-child(n+6) { display: none !important; }
"""
"""The inside of a picture, which is one image with a name, and further rows of the same kind: they only take time."""
CODES = re.compile(
    r"\b(P\d\d|CNY|HKD|USD|EUR|TEU|FEU|CO2e?|CIF|DAP|FOB|CFS|Natural Earth|corridor[_-]sim|JavaScript|kg|km|UNESCAP"
    r"|Vega|EXW|DDP|LCL|RCEP|NACCS|ULD)\b"
)
"""Codes and names of other languages that read the same in every script."""
WORD = re.compile(r"[A-Za-z]{3,}")
OWN_TEXTS = ".own, .path, .list td, .sources, pre, code, .small, option, script, style, .switch, noscript, summary code"
"""What the scenario's author wrote in one language: paths, reasons, sources, notes."""


class Page:
    """A report that is open: what it logged, and what it asked for."""

    def __init__(self, browser: Any, path: Path, size: Any, locale: str, dark: bool = False) -> None:
        scheme = "dark" if dark else "light"
        self.context = browser.new_context(viewport=size, locale=locale, color_scheme=scheme, reduced_motion="reduce")
        self.tab = self.context.new_page()
        self.logged: list[str] = []
        self.asked: list[str] = []
        self.tab.on("console", lambda message: self.logged.append(f"{message.type}: {message.text}"))
        self.tab.on("pageerror", lambda error: self.logged.append(str(error)))
        self.tab.on("request", lambda request: self.asked.append(request.url))
        self.tab.goto(path.as_uri())
        self.tab.wait_for_selector("html[data-ready=yes]")

    def draw_all(self) -> int:
        """Scroll to every chart until it is drawn; return how many there are."""
        boxes = self.tab.query_selector_all("figure:not([hidden]) [data-chart]")
        for box in boxes:
            box.scroll_into_view_if_needed()
            name = box.get_attribute("data-chart")
            self.tab.wait_for_selector(f'[data-chart="{name}"] svg', state="attached")
        return len(boxes)

    def unfold(self) -> None:
        """Open all that is folded."""
        self.tab.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")

    def labels(self) -> set[str]:
        """Every visible text that is a label: none of the scenario's own texts."""
        found = self.tab.evaluate(
            """(own) => {
              const texts = new Set();
              const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
              while (walk.nextNode()) {
                const node = walk.currentNode, box = node.parentElement;
                if (!node.data.trim() || box.closest(own)) continue;
                if (box.checkVisibility({checkVisibilityCSS: true})) texts.add(node.data.trim());
              }
              return [...texts];
            }""",
            OWN_TEXTS,
        )
        return {text for text in found if WORD.search(CODES.sub("", text))}

    def choose(self, language: str) -> None:
        """Switch the script, and wait for the charts that are in view."""
        self.tab.click(f'button[data-language="{language}"]')
        self.tab.wait_for_function(
            "(l) => [...document.querySelectorAll('[data-drawn]')].every((box) => box.dataset.drawn === l)",
            arg=language,
        )


@pytest.fixture(scope="module")
def desk(browser: Any, report: Path) -> Iterator[Page]:
    """A report on a desk, all charts drawn, all that is folded opened; tests leave it in English and light."""
    page = Page(browser, report, DESK, "en-US")
    page.draw_all()
    page.unfold()
    yield page
    page.context.close()


@pytest.fixture(scope="module")
def phone(browser: Any, report: Path) -> Iterator[Page]:
    """A report on a phone, in Chinese and dark, all charts drawn."""
    page = Page(browser, report, PHONE, "zh-CN", dark=True)
    page.draw_all()
    yield page
    page.context.close()


def test_nothing_is_logged_and_nothing_leaves_the_file(desk: Page, phone: Page, report: Path) -> None:
    for page in (desk, phone):
        assert page.logged == []
        assert [url for url in page.asked if not url.startswith("data:")] == [report.as_uri()]


def test_the_switch_changes_every_visible_label(desk: Page) -> None:
    english = desk.labels()
    assert len(english) > 1
    for language in ("zh-Hans", "zh-Hant-HK"):
        desk.choose(language)
        assert desk.labels() & english == set()
    desk.choose("en")
    assert desk.labels() == english


@pytest.mark.parametrize("locale", LANGUAGES)
def test_it_opens_in_its_readers_script(browser: Any, report: Path, locale: str) -> None:
    page = Page(browser, report, DESK, locale)
    assert page.tab.get_attribute("html", "lang") == LANGUAGES[locale]
    page.context.close()


def test_it_can_be_read_by_all(desk: Page, phone: Page) -> None:
    for page in (desk, phone):
        thin = page.tab.add_style_tag(content=OF_THE_SAME_KIND)
        found = Axe().run(page.tab, options=AXE_OPTIONS).response
        thin.evaluate("(style) => style.remove()")
        wrong = [(rule["id"], node["html"][:200]) for rule in found["violations"] for node in rule["nodes"][:2]]
        assert wrong == []


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1440"])
def test_it_fits_the_screen(desk: Page, phone: Page, report: Path, size: Any) -> None:
    page = phone if size is PHONE else desk
    page.tab.evaluate("window.scrollTo(0, 0)")
    assert page.tab.evaluate("document.documentElement.scrollWidth") <= size["width"]
    small = page.tab.evaluate(
        """() => [...document.querySelectorAll("p, li, td, th, h1, h2, h3, button, select")]
          .filter((one) => one.checkVisibility() && parseFloat(getComputedStyle(one).fontSize) < 12)
          .map((one) => one.outerHTML.slice(0, 100))"""
    )
    assert small == []
    ARTEFACTS.mkdir(exist_ok=True)
    picture = ARTEFACTS / f"{report.stem}_{size['width']}.jpeg"
    page.tab.screenshot(path=picture, full_page=True, type="jpeg", quality=70)


def test_everything_is_reached_by_the_keyboard(phone: Page) -> None:
    tab = phone.tab
    tab.evaluate("window.scrollTo(0, 0); document.activeElement.blur()")
    wanted = set(
        tab.evaluate(
            """() => [...document.querySelectorAll("button, select, input, summary, [tabindex='0']")]
              .filter((one) => one.checkVisibility({checkVisibilityCSS: true}))
              .map((one, place) => { one.dataset.stop = place; return place; })"""
        )
    )
    tab.evaluate("for (const link of document.querySelectorAll('main a')) link.tabIndex = -1")
    met = set()
    for _ in range(2 * len(wanted) + 20):
        tab.keyboard.press("Tab")
        stop = tab.evaluate("document.activeElement.dataset.stop")
        met.add(None if stop is None else int(stop))
    assert wanted - met == set()
    for language in ("en", "zh-Hans"):
        tab.focus(f'button[data-language="{language}"]')
        tab.keyboard.press("Enter")
        assert tab.get_attribute("html", "lang") == language


def test_the_slider_moves_consignments(desk: Page) -> None:
    slider = desk.tab.query_selector("#replay-stage input[type=range]")
    assert slider is not None
    slider.scroll_into_view_if_needed()
    seen = set()
    for share in (0.3, 0.5, 0.7):
        slider.evaluate(
            """(one, share) => {
              one.value = String(Number(one.min) + share * (Number(one.max) - Number(one.min)));
              one.dispatchEvent(new Event("input", {bubbles: true}));
            }""",
            share,
        )
        seen.add(desk.tab.inner_text("#replay-stage"))
    assert len(seen) > 1


def test_another_alternative_is_shown_by_the_charts_of_one(desk: Page) -> None:
    names = desk.tab.evaluate("[...document.getElementById('alternative').options].map((one) => one.value)")
    before = desk.tab.inner_html('[data-chart="corridor_map"]')
    shown = desk.tab.input_value("#alternative")
    other = next(name for name in reversed(names) if name != shown)
    desk.tab.select_option("#alternative", other)
    changed = "(old) => document.querySelector('[data-chart=corridor_map]').innerHTML !== old"
    desk.tab.wait_for_function(changed, arg=before)
    desk.tab.select_option("#alternative", shown)
    assert desk.logged == []
