"""What the sections of the report hold, as rows for its template: figures, changes, claims, inputs, sources, model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from corridor_sim.reading.located import printable
from corridor_sim.report.html.markup import NOT_RESOLVED_MARK, Numbers, spans
from corridor_sim.report.html.ranges import range_text
from corridor_sim.report.links import is_link
from corridor_sim.report.run import Run
from corridor_sim.report.screen import HEADLINE_SAVING, UNITS_SHOWN, headline
from corridor_sim.report.script.verdicts import difference_words, verdict_words
from corridor_sim.report.script.words import Words, say, text_words
from corridor_sim.report.words import (
    DAYS,
    LONGEST_TEXT,
    PERCENT,
    READY_PERCENT,
    Figure,
    row_with,
    short_number,
)

KPI_COLUMNS = (
    ("p50", "transit_p50", DAYS),
    ("p90", "transit_p90", DAYS),
    ("on_time", "on_time", PERCENT),
    ("leave", "latest_departure", DAYS),
)
"""Label, KPI and unit of the first columns."""
COST_COLUMNS = (
    ("shipper_cash", "cash", "shipper", "box"),
    ("shipper_total", "total_logistics", "shipper", "box"),
    ("consignee_total", "total_logistics", "consignee", "box"),
    ("chain_total", "total_logistics", "chain", "box"),
    ("chain_kg", "total_logistics", "chain", "kg"),
)
"""Label, cost base, perspective and unit of cargo of the columns that follow."""
GRADES = ("assumption", "analogue", "derived", "published", "stated")
"""What an input rests on, the softest first."""
LAST_INPUTS = ("money.", "clock.")
"""What of a grade stands at the end of the list: rates of exchange and the like."""


@dataclass(frozen=True)
class Row:
    """A row of a table that is headed by an alternative."""

    name: str
    head: Words
    title: Words
    marks: Sequence[Words]
    against: Words | None
    cells: Sequence[tuple[Words, Markup]]


def figure_rows(run: Run, numbers: Numbers) -> list[Row]:
    """Return the first screen: an alternative a row."""
    undelivered = any(one["undelivered"]["value"] for one in run.alternatives)
    return [
        Row(one["name"], run.alternative(one["name"]), run.title(one["name"]), marks(one), None, list(cells))
        for cells, one in (
            (_figure_cells(run, place, one, numbers, undelivered), one) for place, one in enumerate(run.alternatives)
        )
    ]


def marks(one: Mapping[str, Any]) -> list[Words]:
    """Return what a reader must know of an alternative at once."""
    found = [say("page.baseline")] if one["is_baseline"] else []
    return [*found, say("page.supposition")] if one["supposition"] else found


def _figure_cells(
    run: Run, place: int, one: Mapping[str, Any], numbers: Numbers, undelivered: bool
) -> Iterator[tuple[Words, Markup]]:
    for label, kpi, unit in KPI_COLUMNS:
        yield say(f"page.{label}"), numbers.text(one["kpis"].get(kpi), unit)
    if undelivered:
        yield say("page.undelivered"), numbers.text(one["undelivered"], PERCENT)
    for label, base, perspective, per in COST_COLUMNS:
        cost = row_with(one["costs"], base=base, perspective=perspective, per=per, subsidy="after")
        if cost is not None:
            yield say(f"page.{label}"), numbers.text(cost, UNITS_SHOWN[per])
    if len(run.alternatives) > 1:
        saving = headline(run.summary, one["name"])
        yield say("page.saving"), numbers.text(None if saving is None else saving["percent"], READY_PERCENT)
        yield say("page.verdict"), Markup("–") if saving is None else _verdict(saving)
    for label, part in (("assumed_cost", "cost_share"), ("assumed_time", "time_share")):
        shown = numbers.plain(one["assumptions"][part], f"alternatives/{place}/assumptions/{part}", PERCENT)
        yield say(f"page.{label}"), shown


def _verdict(saving: Figure) -> Markup:
    word = "undecided" if not saving["separated"] else "good" if saving["cny"]["value"] > 0 else "bad"
    mark = "" if saving["cny"]["resolved"] else NOT_RESOLVED_MARK
    return Markup('<span class="verdict {}">{}</span>').format(word, spans(difference_words(saving))) + mark


def change_rows(run: Run, numbers: Numbers) -> list[Row]:
    """Return what each alternative changes against the one it starts from."""
    by_name = {one["name"]: one for one in run.alternatives}
    rows = []
    for change in run.summary.get("changes", ()):
        name = change["alternative"]
        cash = row_with(change["savings"], base="cash", perspective="chain", per="kg", subsidy="after")
        saving = row_with(change["savings"], **HEADLINE_SAVING, subsidy="after")
        cells = [
            (say("page.d_p50"), numbers.text(change["kpis"].get("transit_p50"), DAYS, sign=True)),
            (say("page.d_p90"), numbers.text(change["kpis"].get("transit_p90"), DAYS, sign=True)),
            (say("page.d_on_time"), numbers.text(change["kpis"].get("on_time"), PERCENT, sign=True)),
            (say("page.d_cash"), numbers.text(None if cash is None else cash["percent"], READY_PERCENT)),
            (say("page.saving"), numbers.text(None if saving is None else saving["percent"], READY_PERCENT)),
            (say("page.verdict"), Markup("–") if saving is None else _verdict(saving)),
        ]
        against = run.alternative(change["against"])
        rows.append(Row(name, run.alternative(name), run.title(name), marks(by_name[name]), against, cells))
    return rows


def cargo_rows(run: Run, numbers: Numbers) -> list[tuple[Words, list[Row]]]:
    """Return the first figures of each kind of cargo, an alternative a row; nothing where there is but one kind."""
    pairs = {pair["alternative"]: pair for pair in run.summary["comparisons"]}
    flows = list(run.alternatives[0]["by_flow"])
    if len(flows) <= 1:
        return []
    return [
        (
            run.name(flow),
            [
                Row(
                    one["name"],
                    run.alternative(one["name"]),
                    run.alternative(one["name"]),
                    marks(one),
                    None,
                    list(_cargo_cells(one, pairs.get(one["name"]), flow, numbers)),
                )
                for one in run.alternatives
            ],
        )
        for flow in flows
    ]


def _cargo_cells(
    one: Mapping[str, Any], pair: Mapping[str, Any] | None, flow: str, numbers: Numbers
) -> Iterator[tuple[Words, Markup]]:
    for label, kpi, unit in KPI_COLUMNS[:3]:
        yield say(f"page.{label}"), numbers.text(one["by_flow"][flow].get(kpi), unit)
    cost = one.get("flow_costs", {}).get(flow, {}).get("total_logistics")
    yield say("page.chain_kg"), numbers.text(cost, UNITS_SHOWN["kg"])
    saving = None if pair is None else pair.get("flow_savings", {}).get(flow, {}).get("total_logistics")
    yield say("page.saving"), numbers.text(saving, READY_PERCENT)


@dataclass(frozen=True)
class ClaimRow:
    """A claim as the report tells it."""

    statement: Words
    verdict: Words | None
    alternative: Words
    perspective: str
    base: str
    cells: Sequence[tuple[Words, Markup]]


def claim_rows(run: Run) -> list[ClaimRow]:
    """Return the claims of the scenario, with their answers where these are kept."""
    if run.claims is None:
        return [
            ClaimRow(text_words(one["statement"], name), None, run.alternative(one["of"]), "", "", [])
            for name, one in run.scenario().get("claims", {}).items()
        ]
    numbers = Numbers(run.claims)
    rows = []
    for one in run.claims["claims"]:
        chances = one["doubt"]["chances"]
        low, high = (short_number(end) for end in one["interval"])
        cells = [
            (say("page.claimed"), escape(f"{low} – {high}")),
            (say("page.found"), numbers.text(one["stated"], READY_PERCENT)),
            (say("page.chance_at_least"), numbers.text(chances["at_least"], PERCENT)),
            (say("page.chance_below"), numbers.text(chances["below"], PERCENT)),
        ]
        statement = text_words(one["statement"], one["name"])
        of = run.alternative(one["of"])
        rows.append(ClaimRow(statement, verdict_words(one["verdict"]), of, one["perspective"], one["cost_base"], cells))
    return rows


@dataclass(frozen=True)
class InputRow:
    """An input of the scenario: where, what, between which ends, resting on what."""

    path: str
    text: str
    span: str
    grade: str
    because: str
    sources: Sequence[str]


def input_rows(run: Run) -> list[InputRow]:
    """Return all inputs, those that rest on least first."""
    rows = [
        InputRow(
            printable(one["path"], LONGEST_TEXT),
            printable(one["text"], LONGEST_TEXT),
            range_text(one["text"], one["low"], one["high"]),
            one["grade"] if one["grade"] in GRADES else GRADES[0],
            printable(one["because"], LONGEST_TEXT),
            [name for name in one["sources"] if name in run.summary["sources"]],
        )
        for one in run.summary["inputs"]
    ]
    return sorted(rows, key=lambda row: (GRADES.index(row.grade), row.path.startswith(LAST_INPUTS)))


def grade_counts(rows: Sequence[InputRow]) -> list[tuple[str, int]]:
    """Return how many inputs rest on what."""
    counts = Counter(row.grade for row in rows)
    return [(grade, counts[grade]) for grade in GRADES if counts[grade]]


@dataclass(frozen=True)
class SourceRow:
    """A source: only an address of the web becomes a link."""

    key: str
    title: str
    address: str
    link: bool
    date: str
    confidence: str
    note: str


def source_rows(run: Run, inputs: Sequence[InputRow]) -> list[SourceRow]:
    """Return the sources that inputs or alternatives name."""
    used = {name for row in inputs for name in row.sources}
    used |= {name for one in run.alternatives for name in one["sources"]}
    return [
        SourceRow(
            key,
            title=printable(one["title"], LONGEST_TEXT),
            address=printable(one["url"], LONGEST_TEXT),
            link=is_link(one["url"]),
            date=printable(one["date"]),
            confidence=printable(one["confidence"]),
            note=printable(one["note"], LONGEST_TEXT),
        )
        for key, one in sorted(run.summary["sources"].items())
        if key in used
    ]


@dataclass(frozen=True)
class ModelRow:
    """A route, a service or a flow of the model, by its words and those of its parts."""

    head: Words
    parts: Sequence[Words]
    text: str = ""


def route_rows(run: Run) -> list[ModelRow]:
    """Return the routes that any alternative uses, with their steps in order."""
    used = dict.fromkeys(row["route"] for one in run.alternatives for row in one["steps"])
    found: dict[str, Mapping[str, Any]] = {}
    for scenario in run.resolved.values():
        found = {**scenario.get("routes", {}), **found}
    return [
        ModelRow(run.name(name), [run.name(step) for step in found[name].get("steps", {})])
        for name in used
        if name in found
    ]


def service_rows(run: Run) -> list[ModelRow]:
    """Return the timetabled services: from, to, and when they depart."""
    rows = []
    for name, one in run.scenario().get("services", {}).items():
        ends = [run.name(one[end]) for end in ("origin", "from", "destination", "to") if one.get(end)]
        rows.append(ModelRow(run.name(name), ends, departs_text(one.get("departs"))))
    return rows


def departs_text(departs: Any) -> str:
    """Return a timetable as it is written."""
    if isinstance(departs, str):
        return printable(departs, LONGEST_TEXT)
    if isinstance(departs, Sequence):
        return printable(", ".join(map(str, departs)), LONGEST_TEXT)
    return ""


def flow_rows(run: Run) -> list[ModelRow]:
    """Return the cargo: on which routes it goes in which alternatives."""
    flows: dict[str, dict[str, None]] = {}
    seasons: dict[str, str] = {}
    for scenario in run.resolved.values():
        for name, one in scenario.get("flows", {}).items():
            flows.setdefault(name, {})[str(one.get("route", ""))] = None
            seasons[name] = printable(str(one.get("season") or ""), LONGEST_TEXT)
    return [
        ModelRow(run.name(name), [run.name(route) for route in routes], seasons[name]) for name, routes in flows.items()
    ]
