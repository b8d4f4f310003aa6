"""The results part of a scenario's docs page, in Markdown: everything below the line that marks it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from corridor_sim.errors import InputError
from corridor_sim.reading.located import printable
from corridor_sim.report.charts.cost_waterfall import most_different
from corridor_sim.report.lateness import late_sentence, late_sentences
from corridor_sim.report.links import is_link
from corridor_sim.report.screen import NOT_APPLICABLE, UNITS_SHOWN, findings, headline
from corridor_sim.report.script.words import HONG_KONG, SIMPLIFIED
from corridor_sim.report.waterfall import signed, where_of, why_of
from corridor_sim.report.words import (
    BASES,
    CNY_PER_BOX,
    DAYS,
    LONGEST_TEXT,
    PERCENT,
    READY_PERCENT,
    Figure,
    Footnotes,
    Unit,
    has_interval,
    number,
    row_with,
    say_supposed,
    text_of,
    with_interval,
)

Summary = Mapping[str, Any]
MARKER = "<!-- results -->"
PICTURES = {
    "time_cost_distance": "Time and cost over distance",
    "transit_times": "Door-to-door times",
    "cost_breakdown": "What the cost is made of",
    "cost_waterfall": "Where the cost differs most from the baseline",
}
"""Picture of a run -> its words."""
VIEWS_HEAD = ("alternative", "service", "price", "cost", "operator keeps", "ours", "others'", "empty runs")
COSTS_SHOWN = (("cash", "kg"), ("total_logistics", "kg"), ("total_logistics", "box"))
MOST_SOURCES = 400
WHERE = ("alternative", "activity", "where", "CNY/t")
WHY = ("alternative", "what it sets", "", "CNY/t")
MOST_ON_PAGE = 4
WHERE_WORDS = (
    "Total logistics cost of the whole chain, alternative minus baseline, in CNY per tonne of all cargo: the largest "
    "differences by activity and leg. All bars sum to the difference to the cent (`summary.json`, `where`)."
)
WHY_WORDS = (
    "The same difference by what the alternative sets otherwise than the baseline: Shapley values, so that what two "
    "changes do only together is divided evenly between them."
)
LEGS = ("alternative", "route", "step", "from - to", "hours", "waiting", "CNY", "kg CO2e/t")


def with_results(page: str, results: str, name: str) -> str:
    """Return a page with `results` in the place of whatever stands below its marker. Raises InputError without one."""
    above, marker, _ = page.partition(MARKER)
    if not marker:
        raise InputError(f'{name} has no line "{MARKER}", below which the results go')
    return f"{above}{MARKER}\n\n{results}"


def results_page(summary: Summary, command: str, images: str) -> str:
    """Return the results of a run as Markdown; `images` is the path before the name of each picture."""
    footnotes = Footnotes()
    blocks = [
        "## Results",
        _how(summary, command),
        table(("", *_NAMES), [_row(summary, one, footnotes) for one in summary["alternatives"]]),
        *footnotes.lines(),
        "\n".join(_sentences(summary)),
        *_flows(summary),
        *_late(summary),
        *_views(summary),
        *_waterfalls(summary, MOST_ON_PAGE),
        *(f"![{words}]({images}{picture}.png)" for picture, words in _pictures(summary).items()),
        "### Legs and nodes",
        "Mean hours at each step, and how many of them are spent waiting; cash per box; greenhouse gases by chain "
        "element, well to wheel, per tonne of all cargo.",
        table(LEGS, list(_legs(summary))),
        "### Sources",
        "\n".join(_sources(summary)),
    ]
    return "\n\n".join(blocks) + "\n"


_NAMES = (
    "P50 d",
    "P90 d",
    "on time",
    f"{BASES['cash']} CNY/kg",
    f"{BASES['total_logistics']} CNY/kg",
    f"{BASES['total_logistics']} CNY/box",
    "saving",
    "cost assumed",
    "time assumed",
)


def _flows(summary: Summary) -> list[str]:
    """Return the saving of each flow in each alternative; nothing where there is one flow or one alternative."""
    pairs = [pair for pair in summary["comparisons"] if pair["against"] == summary["baseline"]]
    flows = list(pairs[0]["flow_savings"]) if pairs else []
    if len(flows) < 1 + 1:
        return []
    words = (
        "Saving in total logistics cost by flow, in % against the baseline, with its interval; bold where the interval "
        "leaves out nought. A flow that goes the same way as in the baseline saves nothing."
    )
    rows = [[flow, *(_saving_cell(pair["flow_savings"][flow]["total_logistics"]) for pair in pairs)] for flow in flows]
    return ["### Saving by flow", words, table(("flow", *(pair["alternative"] for pair in pairs)), rows)]


def _late(summary: Summary) -> list[str]:
    """Return why it was late in each alternative, the biggest cause in three scripts; nothing where nothing was."""
    told = [one for one in summary["alternatives"] if one["late_because"]]
    if not told:
        return []
    words = (
        "Shares of the late consignments (by the due time, the undelivered included), which sum to 100 %: the last "
        "departure that would have brought them on time, and what carried them past it; see the model's "
        "[algorithms](../model.md#24-algorithms)."
    )
    lines = []
    for one in told:
        first, *others = late_sentences(one["late_because"])
        lines += [f"* **{printable(one['name'])}**: {_escaped(first)}", *(f"  * {_escaped(words)}" for words in others)]
        scripts = (late_sentence(one["late_because"][0], language) for language in (SIMPLIFIED, HONG_KONG))
        lines += [f"  * {_escaped(words)}" for words in scripts]
    return ["### Late because", words, "\n".join(lines)]


def _saving_cell(saving: Figure) -> str:
    if saving["value"] is None:
        return NOT_APPLICABLE
    shown = with_interval(saving, READY_PERCENT) if has_interval(saving) else number(saving["value"], READY_PERCENT)
    return f"**{shown}**" if saving["separated"] else shown


def _views(summary: Summary) -> list[str]:
    """Return the two views of each service with a stated cost of departures, or nothing."""
    rows = [
        [
            one["name"],
            view["service"],
            *(_plain(view[key], CNY_PER_BOX) for key in ("price", "resource", "gap")),
            *(_plain(view[key], PERCENT) for key in ("own_share", "others_share", "empty_share")),
        ]
        for one in summary["alternatives"]
        for view in one["views"]
    ]
    if not rows:
        return []
    words = (
        "Two views of the same carriage, never added, in CNY per TEU of ours: what our cargo pays, and what the "
        "departures cost over their actual loads; then whose share of that cost it is, in per cent."
    )
    return ["### Price and resource view", words, table(VIEWS_HEAD, rows)]


def _waterfalls(summary: Summary, most: int) -> list[str]:
    """Return where each alternative differs from the baseline and, where it was asked for, why; or nothing."""
    blocks = []
    for title, words, head, read in (
        ("Where the cost differs", WHERE_WORDS, WHERE, lambda pair: where_of(pair, most)),
        ("Why the cost differs", WHY_WORDS, WHY, why_of),
    ):
        found = filter(None, map(read, summary["comparisons"]))
        rows = [
            [waterfall.alternative if first else "", bar.what, bar.place, signed(bar.figure)]
            for waterfall in found
            for first, bar in zip(
                (True, *[False] * len(waterfall.rows)), (*waterfall.rows, waterfall.total), strict=True
            )
        ]
        blocks += [f"### {title}", words, table(head, rows)] if rows else []
    return blocks


def _pictures(summary: Summary) -> Mapping[str, str]:
    """Return the pictures that a run has, with their words."""
    waterfall = most_different(summary) is not None
    return {name: words for name, words in PICTURES.items() if waterfall or name != "cost_waterfall"}


def _how(summary: Summary, command: str) -> str:
    run = summary["run"]
    return (
        f"`{command}`: {run['replications']} replications, seed {run['seed']}, cargo released "
        f"{' to '.join(run['measure'])}; ± is a {PERCENT.factor * run['confidence']:g} % interval. Saving is that of "
        "total logistics cost of the chain per kg against the baseline, after subsidy. The last columns are the shares "
        "of cost and of time that rest on assumptions."
    )


def _row(summary: Summary, one: Mapping[str, Any], footnotes: Footnotes) -> list[str]:
    title = text_of(one["title"]) or one["name"]
    saving = headline(summary, one["name"])
    cells = [footnotes.cell(one["kpis"].get(name), DAYS) for name in ("transit_p50", "transit_p90")]
    cells.append(footnotes.cell(one["kpis"].get("on_time"), PERCENT))
    cells += [footnotes.cell(_cost(one, base, per), UNITS_SHOWN[per]) for base, per in COSTS_SHOWN]
    cells.append(NOT_APPLICABLE if saving is None else footnotes.cell(saving["percent"], READY_PERCENT))
    cells += [f"{number(one['assumptions'][key], PERCENT)} %" for key in ("cost_share", "time_share")]
    base = " (baseline)" if one["is_baseline"] else ""
    return [f"**{printable(one['name'])}**{base}: {title}{say_supposed(one)}", *cells]


def _cost(one: Mapping[str, Any], base: str, per: str) -> Figure | None:
    return row_with(one["costs"], base=base, per=per, perspective="chain", subsidy="after")


def _sentences(summary: Summary) -> Iterator[str]:
    """Yield the findings of the screen as items of a list, what belongs to one below it."""
    for line in findings(summary):
        indent = line[: len(line) - len(line.lstrip())]
        yield f"{indent}* {_escaped(line.strip())}"


def _legs(summary: Summary) -> Iterator[list[str]]:
    """Yield each step once: an alternative shows only the routes that no alternative before it has shown."""
    seen: set[str] = set()
    for one in summary["alternatives"]:
        shown = [row for row in one["steps"] if row["hours"] is not None and row["hours"]["value"]]
        for row in shown:
            if row["route"] in seen:
                continue
            ends = row["origin"] if row["origin"] == row["destination"] else f"{row['origin']} - {row['destination']}"
            yield [
                one["name"],
                row["route"],
                row["step"],
                ends,
                _plain(row["hours"], Unit("h", decimals=1)),
                _plain(row["waiting"], Unit("h", decimals=1)),
                _plain(row["cost"], CNY_PER_BOX),
                _plain(row["emissions"], Unit("kg", decimals=1)),
            ]
        seen |= {row["route"] for row in shown}


def _plain(figure: Figure | None, unit: Unit) -> str:
    return NOT_APPLICABLE if figure is None or figure["value"] is None else number(figure["value"], unit)


def _sources(summary: Summary) -> Iterator[str]:
    used = {name for row in summary["inputs"] for name in row["sources"]}
    used |= {name for one in summary["alternatives"] for name in one["sources"]}
    for name, source in sorted(summary["sources"].items())[:MOST_SOURCES]:
        if name in used:
            address = f"<{source['url']}>" if is_link(source["url"]) else _escaped(source["url"])
            marks = ", ".join(_escaped(source[key]) for key in ("date", "confidence") if source[key])
            yield ", ".join(filter(None, (f"* {_escaped(source['title'])} ({marks})", address)))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_escaped(cell) for cell in line) + " |" for line in lines)


def _escaped(text: str) -> str:
    return printable(text, LONGEST_TEXT).replace("|", "\\|").replace("<", "&lt;")
