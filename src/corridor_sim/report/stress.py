"""The reporting list STRESS-DES, filled from a stored run; what the run does not say stays blank.

The list: Monks, Currie, Onggo, Robinson, Kunc & Taylor (2019), Strengthening the reporting of empirical simulation
studies: introducing the STRESS guidelines, Journal of Simulation 13(1), 55-67. Its items are told in our own words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corridor_sim.metrics.kpis import KPIS
from corridor_sim.report import stress_model
from corridor_sim.report.markdown import bullets, plain, table_of
from corridor_sim.report.words import text_of

NOT_STATED = "*not stated*"
TITLES = {
    "1": "Objectives",
    "2": "Logic",
    "3": "Data",
    "4": "Experimentation",
    "5": "Implementation",
    "6": "Code access",
}
MODEL_PAGE = "docs/model.md"
GRADE_ASSUMED = "assumption"


@dataclass(frozen=True)
class Told:
    """What a stored run tells: its manifest and summary, and the resolved scenarios by alternative."""

    manifest: Mapping[str, Any]
    summary: Mapping[str, Any]
    resolved: Mapping[str, Any]

    @property
    def base(self) -> Mapping[str, Any]:
        """The resolved scenario of the baseline."""
        scenario: Mapping[str, Any] = self.resolved[self.summary["baseline"]]
        return scenario


@dataclass(frozen=True)
class Item:
    """One item of the list: what it asks for, and how it is answered: lines of Markdown, none where it is blank."""

    number: str
    title: str
    asks: str
    answer: Callable[[Told], Sequence[str]]


def stress_report(manifest: Mapping[str, Any], summary: Mapping[str, Any], resolved: Mapping[str, Any]) -> str:
    """Return the filled list as Markdown."""
    told = Told(manifest, summary, resolved)
    scenario = summary["scenario"]
    title = text_of(scenario["title"]) or scenario["name"]
    opening = (
        f"The STRESS-DES list (Monks et al. 2019) for the run `{plain(manifest['key'])}` of "
        f"`{plain(scenario['name'])}`. What the run does not tell is marked {NOT_STATED}. The rules that hold for "
        f"every scenario stand in {MODEL_PAGE}, under the same numbers."
    )
    lines = [f"# STRESS-DES: {plain(title)}", "", opening]
    for item in ITEMS:
        part, _, rest = item.number.partition(".")
        if rest == "1":
            lines += ["", f"## {part}. {TITLES[part]}"]
        lines += ["", f"### {item.number} {item.title}", "", f"*{item.asks}*", "", *(item.answer(told) or [NOT_STATED])]
    return "\n".join(lines) + "\n"


def _purpose(told: Told) -> list[str]:
    return [plain(text) for text in (text_of(told.summary["scenario"]["question"]),) if text]


def _outputs(told: Told) -> list[str]:
    known = {kpi.name: kpi for kpi in KPIS}
    names = dict.fromkeys(name for one in told.summary["alternatives"] for name in one["kpis"])
    kpis = [f"`{name}` ({known[name].unit}): {known[name].words}" for name in names if name in known]
    costs = "cost per box and per kg in each cost base and perspective, before and after subsidies (CNY)"
    confidence = f"{told.summary['run']['confidence']:.0%}"
    methods = dict.fromkeys(
        figure["method"] for one in told.summary["alternatives"] for figure in (*one["kpis"].values(), *one["costs"])
    )
    return bullets([*kpis, costs, f"{confidence} intervals: {'; '.join(methods)}"])


def _aims(told: Told) -> list[str]:
    lines = []
    for one in told.summary["alternatives"]:
        mark = " (baseline)" if one["is_baseline"] else " (supposition)" if one["supposition"] else ""
        sources = f", from {', '.join(one['sources'])}" if one["sources"] else ""
        lines.append(f"{one['name']}{mark}: {text_of(one['title'])}{sources}")
    for threshold in told.summary["thresholds"]:
        values = ", ".join(point["value"] for point in threshold["points"])
        lines.append(f"threshold, {text_of(threshold['says'])}: `{threshold['vary']}` at {values}")
    for name, claim in (told.base.get("claims") or {}).items():
        lines.append(f"claim {name}: {text_of(claim.get('statement')) or 'without a statement'}")
    return bullets(lines)


def _sources(told: Told) -> list[str]:
    used = dict.fromkeys(name for row in told.summary["inputs"] for name in row["sources"])
    known = told.summary["sources"]
    listed = [(name, known[name]) for name in used if name in known]
    return bullets(
        ", ".join(filter(None, (f"`{name}`: {source['title']}", source["date"], source["url"])))
        for name, source in listed
    )


def _processing(told: Told) -> list[str]:
    grades: dict[str, int] = {}
    for row in told.summary["inputs"]:
        grades[row["grade"]] = grades.get(row["grade"], 0) + 1
    money = told.base["money"]
    lines = [f"{count} inputs graded {grade}" for grade, count in sorted(grades.items(), key=lambda pair: -pair[1])]
    lines.append(f"prices of the year {money['price_year']}, reported in {money.get('report_in') or 'CNY'}")
    indices = ", ".join(money.get("indices") or {})
    lines.append(
        f"old prices moved by the indices: {indices}" if indices else "no price index: old prices stay nominal"
    )
    return bullets(lines)


def _inputs(told: Told) -> list[str]:
    rows = [[row["path"], row["text"], row["grade"], ", ".join(row["sources"])] for row in told.summary["inputs"]]
    return table_of(("input", "value", "grade", "sources"), rows) if rows else []


def _assumptions(told: Told) -> list[str]:
    lines = [
        f"`{row['path']}` = {row['text']}{': ' if row['because'] else ''}{row['because']}"
        for row in told.summary["inputs"]
        if row["grade"] == GRADE_ASSUMED
    ]
    for one in told.summary["alternatives"]:
        shares = one["assumptions"]
        lines.append(
            f"{one['name']}: {shares['cost_share']:.0%} of cost, {shares['time_share']:.0%} of time are assumed"
        )
    return bullets([*lines, *told.summary["notes"]])


def _initialisation(told: Told) -> list[str]:
    clock = told.base["clock"]
    warm_up = clock.get("warm_up") or "none but the days before the measured ones"
    return bullets([f"the world is empty at {clock['start']} ({clock['timezone']})", f"warm-up: {warm_up}"])


def _run_length(told: Told) -> list[str]:
    clock = told.base["clock"]
    return bullets(
        [
            f"{clock['kind']}; measured: consignments released {clock['measure']}",
            f"then up to {clock['follow_up']} for what is under way",
        ]
    )


def _estimation(told: Told) -> list[str]:
    run = told.summary["run"]
    noise = "" if run["noise"] else ", noise off: everything at its mean"
    lines = [
        f"{run['replications']} replications from seed {run['seed']}{noise}; alternatives on the same draws, paired"
    ]
    if told.summary["comparisons"]:
        lines.append("differences and savings: paired by replication")
    unresolved = [one["name"] for one in told.summary["alternatives"] if not one["undelivered"]["resolved"]]
    if unresolved:
        lines.append(f"not resolved (a closure or outage met in too few replications): {', '.join(unresolved)}")
    return bullets(lines)


def _software(told: Told) -> list[str]:
    manifest = told.manifest
    return bullets([f"corridor_sim {manifest['version']}, results version {manifest['results_version']}"])


def _sampling(told: Told) -> list[str]:
    seed = f"seed {told.manifest['seed']}"
    return bullets(
        [f"Philox 4x32-10, counter-based, one stream per named purpose; {seed}", "distributions as under 3.3"]
    )


def _execution(told: Told) -> list[str]:
    manifest = told.manifest
    lines = [f"event by event in whole seconds; engine: {manifest['engine']} (both engines give the same trace)"]
    lines += [f"command: `{manifest['command']}`"] if manifest.get("command") else []
    for name, chain in manifest["chain"].items():
        lines.append(f"trace of {name}: SHA-256 `{chain['trace']}`")
    return bullets(lines)


def _system(told: Told) -> list[str]:
    return bullets(str(told.manifest[key]) for key in ("platform", "python", "duration") if key in told.manifest)


def _access(told: Told) -> list[str]:
    return bullets(str(told.manifest[key]) for key in ("address", "commit", "licence") if key in told.manifest)


def _of_base(answer: Callable[[Mapping[str, Any]], Sequence[str]]) -> Callable[[Told], Sequence[str]]:
    return lambda told: answer(told.base)


def _of_all(answer: Callable[[Mapping[str, Any], str], Sequence[str]]) -> Callable[[Told], Sequence[str]]:
    return lambda told: answer(told.resolved, told.summary["baseline"])


ITEMS = (
    Item("1.1", "Purpose of the model", "Why the model was made and what it is to answer.", _purpose),
    Item("1.2", "Model outputs", "Each reported measure, how it is calculated, and its measure of error.", _outputs),
    Item("1.3", "Aims of the experiments", "What is compared, varied or optimised, and why.", _aims),
    Item("2.1", "Overview diagram", "The base model as a picture of its flow.", _of_all(stress_model.diagram)),
    Item("2.2", "Base model logic", "How what passes is processed and routed.", _of_all(stress_model.logic)),
    Item(
        "2.3", "Scenario logic", "In what each alternative differs from the base.", _of_base(stress_model.differences)
    ),
    Item("2.4", "Algorithms", "Rules of decision, allocation and choice.", _of_all(stress_model.algorithms)),
    Item("2.5.1", "Entities", "What moves through the model, and its attributes.", _of_base(stress_model.entities)),
    Item("2.5.2", "Activities", "What is done to entities, and how long it takes.", _of_all(stress_model.activities)),
    Item("2.5.3", "Resources", "What activities need, how much of it, and when.", _of_base(stress_model.resources)),
    Item("2.5.4", "Queues", "Where entities wait, and in what order they go on.", _of_base(stress_model.queues)),
    Item("2.5.5", "Entry and exit", "How entities come in and leave.", _of_all(stress_model.entry)),
    Item("3.1", "Sources", "Where the data come from.", _sources),
    Item("3.2", "Pre-processing", "What was done to the data before they went in.", _processing),
    Item("3.3", "Input parameters", "Every input with its value or distribution.", _inputs),
    Item("3.4", "Assumptions", "What was assumed where data or knowledge are missing.", _assumptions),
    Item("4.1", "Initialisation", "The state at the start, and any warm-up.", _initialisation),
    Item("4.2", "Run length", "How long a run is and what is measured of it.", _run_length),
    Item("4.3", "Estimation approach", "How many runs, and how chance is dealt with.", _estimation),
    Item("5.1", "Software", "Program, language and versions.", _software),
    Item("5.2", "Random sampling", "Generator, seeds and streams.", _sampling),
    Item("5.3", "Model execution", "How time advances, and how to run it again.", _execution),
    Item("5.4", "System specification", "The machine and the time it took.", _system),
    Item("6.1", "Sharing of the model", "Where the model can be had, and under what licence.", _access),
)
