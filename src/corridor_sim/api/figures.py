"""The figures of a summary as tidy tables: KPIs, costs, comparisons, thresholds, claims, inputs and sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any

from corridor_sim.report.run import Figures, Run
from corridor_sim.report.words import text_of
from corridor_sim.study.bundle import ALL_FLOWS, ESTIMATE, figure_rows, indicator_rows

if TYPE_CHECKING:
    import pandas as pd

TEXT, NUMBER, COUNT, FLAG = "str", "float64", "int64", "bool"
SOME_NUMBER = {"value": NUMBER, "low": NUMBER, "high": NUMBER}
ESTIMATED = {**SOME_NUMBER, "unit": TEXT, "n": COUNT, "resolved": FLAG}
COST = dict.fromkeys(("base", "perspective", "per", "subsidy"), TEXT)
KPIS = {**dict.fromkeys(("alternative", "flow", "kpi"), TEXT), **ESTIMATED}
COSTS = {"alternative": TEXT, **COST, **ESTIMATED}
COMPARISONS = {
    **dict.fromkeys(("alternative", "against", "flow", "kind", "kpi"), TEXT),
    **COST,
    **ESTIMATED,
    "separated": FLAG,
}
THRESHOLDS = {
    **dict.fromkeys(("threshold", "says", "vary", "of", "against", "verdict"), TEXT),
    **SOME_NUMBER,
    "unit": TEXT,
}
CHANCES = ("below", "inside", "above")
CLAIMS = {
    **dict.fromkeys(("claim", "statement", "of", "against", "cost_base", "perspective"), TEXT),
    **dict.fromkeys(("claimed_low", "claimed_high"), NUMBER),
    **SOME_NUMBER,
    **dict.fromkeys(CHANCES, NUMBER),
    "verdict": TEXT,
    "supposition": FLAG,
}
INPUTS = {
    **dict.fromkeys(("path", "text", "grade"), TEXT),
    "low": NUMBER,
    "high": NUMBER,
    "sources": TEXT,
    "because": TEXT,
}
SOURCES = dict.fromkeys(("source", "title", "url", "date", "confidence", "note"), TEXT)
DIFFERENCE, SAVING = "difference", "saving"
HEADLINE = {"perspective": "chain", "per": "kg", "subsidy": "after"}
"""What savings by flow are of."""
BETWEEN = ", "


def typed(rows: Iterable[Mapping[str, Any]], types: Mapping[str, str]) -> pd.DataFrame:
    """Return rows as a table that has its columns and their types even where there is no row."""
    import pandas as pd

    return pd.DataFrame(list(rows), columns=list(types)).astype(dict(types))


def kpis(run: Run) -> pd.DataFrame:
    """Return the rows of kpis.csv."""
    found = chain(figure_rows(run.summary), indicator_rows(run.summary))
    rows = ({"alternative": name, "flow": flow, "kpi": kpi, **_estimate(one)} for name, flow, kpi, one in found)
    return typed(rows, KPIS)


def costs(run: Run) -> pd.DataFrame:
    """Return every cost of each alternative."""
    rows = (
        {"alternative": one["name"], **{key: row[key] for key in COST}, **_estimate(row)}
        for one in run.alternatives
        for row in one["costs"]
    )
    return typed(rows, COSTS)


def comparisons(run: Run) -> pd.DataFrame:
    """Return differences and savings: against the baseline, then against what an alternative starts from."""
    pairs = [*run.summary["comparisons"], *run.summary.get("changes", ())]
    return typed((row for pair in pairs for row in _compared(pair)), COMPARISONS)


def _compared(pair: Figures) -> Iterator[dict[str, Any]]:
    who = {"alternative": pair["alternative"], "against": pair["against"]}
    for kpi, one in pair["kpis"].items():
        how = {"flow": ALL_FLOWS, "kind": DIFFERENCE, "kpi": kpi, **dict.fromkeys(COST, "")}
        yield {**who, **how, **_judged(one, one)}
    for row in pair["savings"]:
        how = {"flow": ALL_FLOWS, "kind": SAVING, "kpi": "", **{key: row[key] for key in COST}}
        for measure in ("cny", "percent"):
            yield {**who, **how, **_judged(row[measure], row)}
    for flow, bases in pair["flow_savings"].items():
        for base, one in bases.items():
            yield {**who, "flow": flow, "kind": SAVING, "kpi": "", "base": base, **HEADLINE, **_judged(one, one)}


def thresholds(run: Run) -> pd.DataFrame:
    """Return from when on each threshold of the scenario holds."""
    rows = (
        {
            "threshold": one["name"],
            "says": text_of(one["says"]),
            **{key: one[key] or run.summary["baseline"] for key in ("vary", "of", "against")},
            "verdict": one["verdict"],
            **_ends(one["crossing"]),
            "unit": one["unit"],
        }
        for one in run.summary["thresholds"]
    )
    return typed(rows, THRESHOLDS)


def claims(run: Run) -> pd.DataFrame:
    """Return the answers to the claims of the scenario, none where none are kept for this run."""
    rows = (
        {
            "claim": one["name"],
            "statement": text_of(one["statement"]),
            **{key: one[key] for key in ("of", "against", "cost_base", "perspective", "verdict", "supposition")},
            **dict(zip(("claimed_low", "claimed_high"), one["interval"], strict=True)),
            **_ends(one["stated"]),
            **{chance: one["doubt"]["chances"][chance]["value"] for chance in CHANCES},
        }
        for one in (run.claims or {"claims": ()})["claims"]
    )
    return typed(rows, CLAIMS)


def inputs(run: Run) -> pd.DataFrame:
    """Return every value that went in, with its grade, range and reasons."""
    rows = ({**row, "sources": BETWEEN.join(row["sources"])} for row in run.summary["inputs"])
    return typed(rows, INPUTS)


def sources(run: Run) -> pd.DataFrame:
    """Return what the scenario quotes."""
    return typed(({"source": name, **one} for name, one in run.summary["sources"].items()), SOURCES)


def _estimate(one: Figures) -> dict[str, Any]:
    return {key: one[key] for key in ESTIMATE}


def _judged(one: Figures, by: Figures) -> dict[str, Any]:
    return {**_estimate(one), "separated": by["separated"]}


def _ends(one: Figures | None) -> dict[str, Any]:
    return dict.fromkeys(SOME_NUMBER) if one is None else {key: one[key] for key in SOME_NUMBER}
