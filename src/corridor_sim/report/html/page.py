"""One self-contained HTML file of a run: no network, three scripts, light and dark, printable."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from corridor_sim.reading.located import printable
from corridor_sim.report.charts.base import Spec
from corridor_sim.report.charts.canvas import BASELINE_COLOUR
from corridor_sim.report.charts.late_because import MOST_CAUSES
from corridor_sim.report.charts.registry import BY_NAME, CHARTS
from corridor_sim.report.charts.replay import replay_data, replay_words
from corridor_sim.report.html import sections
from corridor_sim.report.html.answer import answer, focus_of
from corridor_sim.report.html.library import chart_library
from corridor_sim.report.html.markup import Numbers, spans, tell
from corridor_sim.report.lateness import late_rows
from corridor_sim.report.run import Run
from corridor_sim.report.script.figures import kpi_words
from corridor_sim.report.script.notes import notes_of
from corridor_sim.report.script.verdicts import answer_words
from corridor_sim.report.script.words import LANGUAGES, Words, say, text_words
from corridor_sim.report.words import LONGEST_TEXT, PERCENT

LANGUAGE_NAMES = (("zh-Hans", "简体"), ("zh-Hant-HK", "繁體（香港）"), ("en", "English"))
MOST_LATE = MOST_CAUSES
"""As many as in the picture, so that what is left over is the same."""
SECTIONS = (
    *("answer", "figures", "changes", "cargo", "claims", "charts", "replay"),
    *("late", "inputs", "sources", "model", "again"),
)


def page_html(run: Run, language: str | None = None, library: str | None = None) -> str:
    """Return the report of a run as one HTML file, at first in `language`, by default in that of its reader.

    `library`: the charting library's script, when it is at hand already (see `chart_library`).
    """
    numbers = Numbers(run.summary)
    specs = {chart.name: spec for chart in CHARTS if (spec := chart.spec(run)) is not None}
    replay = replay_data(run)
    shown = [chart for chart in CHARTS if chart.name in specs]
    parts = {**_parts(run, numbers), "charts": shown, "replay": replay is not None}
    scripts = [library or chart_library(), _asset("replay.js"), _asset("page.js")]
    page: str = _template().render(
        **parts,
        language=language,
        languages=LANGUAGE_NAMES,
        sections=[name for name in SECTIONS if name not in parts or parts[name]],
        data=_data(run, specs, replay),
        style=Markup(_asset("style.css")),
        scripts=[Markup(script) for script in scripts],
    )
    return page


def _parts(run: Run, numbers: Numbers) -> dict[str, Any]:
    """Return what the template shows, by the names it uses."""
    summary = run.summary
    scenario = text_words(summary["scenario"]["title"], summary["scenario"]["name"])
    inputs = sections.input_rows(run)
    supposed = {one["name"] for one in run.alternatives if one["supposition"]}
    figures = sections.figure_rows(run, numbers)
    return {
        "summary": summary,
        "title": say("page.title", scenario=scenario),
        "scenario": scenario,
        "question": text_words(summary["scenario"]["question"], ""),
        "made": _made(summary),
        "answer": answer(run, numbers),
        "figures": figures,
        "unresolved": any('class="mark"' in cell for row in figures for _, cell in row.cells),
        "notes": notes_of(summary, run.name, run.alternative),
        "changes": sections.change_rows(run, numbers),
        "thresholds": [
            (text_words(one["says"], one["name"]), one["of"] in supposed, answer_words(one), in_use(run, one["vary"]))
            for one in summary["thresholds"]
        ],
        "cargo": sections.cargo_rows(run, numbers),
        "claims": sections.claim_rows(run),
        "alternatives": [(name, run.alternative(name)) for name in run.names],
        "main": focus_of(run),
        "late": [
            (run.alternative(one["name"]), late_rows(one["late_because"], MOST_LATE, run.name))
            for one in run.alternatives
        ],
        "inputs": inputs,
        "grades": sections.grade_counts(inputs),
        "sources": sections.source_rows(run, inputs),
        "flows": sections.flow_rows(run),
        "routes": sections.route_rows(run),
        "services": sections.service_rows(run),
        "again": tell(
            "page.again_says",
            version=summary["version"],
            results_version=str(summary["results_version"]),
            key=str(run.manifest.get("key", "–")),
        ),
        "command": run.manifest.get("command") or f"corridor-sim run {summary['scenario']['file']}",
    }


def in_use(run: Run, path: str) -> str:
    """Return the value that an input has in this run, as it is written; nothing where it is not listed."""
    found = (one for one in run.summary["inputs"] if one["path"] == path)
    return next((printable(one["text"], LONGEST_TEXT) for one in found), "")


def _made(summary: Mapping[str, Any]) -> Words:
    run = summary["run"]
    begin, end = (*run["measure"], "")[:2]
    return say(
        "page.made",
        replications=str(run["replications"]),
        seed=str(run["seed"]),
        begin=begin,
        end=end,
        confidence=f"{PERCENT.factor * run['confidence']:g}",
    )


def _data(run: Run, specs: Mapping[str, Spec], replay: Mapping[str, Any] | None) -> Markup:
    """Return what the page's script reads, as JSON that cannot end its element."""
    content = {
        "languages": LANGUAGES,
        "main": focus_of(run),
        "baseline_colour": BASELINE_COLOUR,
        "of_one": [chart.name for chart in CHARTS if chart.of_one and chart.name in specs],
        "charts": specs,
        "titles": {name: BY_NAME[name].title for name in specs},
        "replay": None if replay is None else {"data": replay, "words": replay_words(run, replay)},
    }
    return Markup(_json(content))


def _json(content: Any) -> str:
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


@cache
def _template() -> Any:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined)
    environment.globals |= {
        "say": say,
        "spans": spans,
        "words": _json_text,
        "tell": tell,
        "own": lambda text: Markup('<span class="own">{}</span>').format(text),
        "base_words": lambda base: say(f"page.base_{base}"),
        "perspective_words": kpi_words,
    }
    return environment.from_string(_asset("template.html"))


def _json_text(words: Words) -> str:
    return json.dumps({language: words[language] for language in LANGUAGES}, ensure_ascii=False)


def _asset(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")
