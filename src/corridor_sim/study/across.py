"""Compares alternatives of several runs: every figure side by side, differences against the first, what may be best."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from typing import Any

import numpy as np

from corridor_sim.errors import InputError, Problem
from corridor_sim.evidence.across import Observed, Sampling, best_of, difference
from corridor_sim.evidence.compare import POOLED, separated
from corridor_sim.evidence.intervals import Pool
from corridor_sim.evidence.ranking import Terms
from corridor_sim.metrics.kpis import COST_PER_BOX, COST_PER_KG, kpi_of
from corridor_sim.study.bundle import ESTIMATE, RESULTS_VERSION
from corridor_sim.study.evaluate import CONFIDENCE
from corridor_sim.study.figures import Figures, estimate_of, figure
from corridor_sim.study.play import AFTER, cost_key
from corridor_sim.study.subjects import Subject, listed
from corridor_sim.study.tables import REPLICATIONS

SHOWN_KPIS = ("transit_p50", "transit_p90", "transit_mean", "on_time", "undelivered")
SHOWN_BASES = ("cash", "total_logistics")
PERSPECTIVE = "chain"
FIGURES = (
    *SHOWN_KPIS,
    *(f"{cost}:{cost_key(base, PERSPECTIVE, AFTER)}" for cost in (COST_PER_KG, COST_PER_BOX) for base in SHOWN_BASES),
)
"""What is compared: times and shares, then what the whole chain pays, after subsidies."""
RELEASED = ("replication", "ordinal", "release")


@dataclass(frozen=True)
class Column:
    """An alternative of a run: what is known of its figures, and a digest of the consignments it released."""

    subject: Subject
    one: Figures
    observed: Mapping[str, Observed]
    released: str

    @property
    def name(self) -> str:
        """What tells it from all others."""
        return f"{self.subject.label}: {self.one['name']}"

    @property
    def keeps_sums(self) -> bool:
        """Whether its ratios are kept by replication."""
        return all(each.kept is not None for each in self.observed.values())


def compare_across(subjects: Sequence[Subject]) -> Figures:
    """Return the alternatives of all subjects side by side, as JSON-able figures.

    Differences are against the first column: paired where both have the same seed and replications, else independent
    (`evidence.across`). `best` holds for all columns at once. Raises InputError where units of money differ,
    ResultsError for a damaged table.
    """
    columns = [_column(subject, name) for subject in subjects for name in subject.names]
    _check_units(columns)
    first = columns[0]
    return {
        "results_version": RESULTS_VERSION,
        "version": version("corridor-sim"),
        "confidence": CONFIDENCE,
        "subjects": [_told(subject) for subject in subjects],
        "columns": [_shown(column) for column in columns],
        "against": _id(first),
        "comparisons": [_compared(column, first) for column in columns[1:]],
        "best": {name: _best(name, columns) for name in FIGURES if len(columns) > 1},
        "notes": list(_notes(subjects, columns)),
    }


def sampling_of(one: Column, other: Column) -> Sampling:
    """Return how the replications of two columns belong together."""
    runs = one.subject.summary["run"], other.subject.summary["run"]
    if runs[0]["seed"] != runs[1]["seed"]:
        return Sampling.INDEPENDENT
    alike = all(runs[0][key] == runs[1][key] for key in ("replications", "noise"))
    return Sampling.PAIRED if alike else Sampling.IN_PART


def _column(subject: Subject, name: str) -> Column:
    one = next(each for each in subject.summary["alternatives"] if each["name"] == name)
    people = subject.tables["consignments"]
    people = people[people["alternative"] == name]
    pool = _pool(people["replication"].to_numpy(), people["hours"].to_numpy(), subject.summary["run"]["replications"])
    terms = _terms(subject.tables, name)
    observed = {}
    for key, told in _figures(one):
        kept = pool if key in POOLED else terms.get(key)
        observed[key] = Observed(key, estimate_of(told), kept)
    return Column(subject, one, observed, _digest(people))


def _digest(people: Any) -> str:
    """Return what tells apart which consignments were released when in which replication."""
    digest = sha256("\n".join(people["flow"]).encode())
    for column in RELEASED:
        digest.update(people[column].to_numpy(np.int64).tobytes())
    return digest.hexdigest()


def _figures(one: Figures) -> Iterator[tuple[str, Figures]]:
    """Yield the figures of an alternative by name; those it does not have are left out."""
    costs = {
        f"cost_per_{row['per']}:{cost_key(row['base'], row['perspective'], row['subsidy'])}": row
        for row in one["costs"]
    }
    known = {**one["kpis"], **costs}
    yield from ((name, known[name]) for name in FIGURES if name in known)


def _pool(replication: Any, hours: Any, replications: int) -> Pool:
    """Return door-to-door hours by replication; infinite where undelivered."""
    order = np.argsort(replication, kind="stable")
    cuts = np.searchsorted(replication[order], np.arange(replications + 1)).astype(np.int64)
    return Pool(np.where(np.isnan(hours), np.inf, hours)[order], cuts)


def _terms(tables: Mapping[str, Any], name: str) -> dict[str, Terms]:
    """Return numerators and denominators by replication of the figures that are ratios; empty where not kept."""
    if REPLICATIONS not in tables:
        return {}
    table = tables[REPLICATIONS]
    table = table[(table["alternative"] == name) & table["kpi"].isin(FIGURES)]
    found: dict[str, Terms] = {}
    for kpi, rows in table.groupby("kpi", observed=True):
        count = rows["replication"].nunique()
        ordered = rows.sort_values("replication", kind="stable")
        top, bottom = (ordered[side].to_numpy().reshape(count, -1).sum(axis=1) for side in ("numerator", "denominator"))
        found[str(kpi)] = top, bottom
    return found


def _check_units(columns: Sequence[Column]) -> None:
    first = dict(_figures(columns[0].one))
    for column in columns[1:]:
        for name, told in _figures(column.one):
            if name in first and first[name]["unit"] != told["unit"]:
                reason = f"{listed([column.one['name']])} is in {told['unit']}, and {columns[0].name} in"
                raise InputError(Problem(f"{reason} {first[name]['unit']}; expected one", file=column.subject.place))


def _id(column: Column) -> Figures:
    return {"subject": column.subject.label, "alternative": column.one["name"]}


def _told(subject: Subject) -> Figures:
    return {
        "label": subject.label,
        "place": subject.place,
        "folder": None if subject.folder is None else str(subject.folder),
        "scenario": dict(subject.summary["scenario"]),
        "run": dict(subject.summary["run"]),
    }


def _shown(column: Column) -> Figures:
    kept = ("title", "supposition", "sources", "is_baseline")
    figures = {name: {key: told[key] for key in (*ESTIMATE, "method")} for name, told in _figures(column.one)}
    return {**_id(column), **{key: column.one[key] for key in kept}, "figures": figures}


def _compared(column: Column, first: Column) -> Figures:
    sampling, figures = sampling_of(column, first), {}
    for name in FIGURES:
        if name in column.observed and name in first.observed:
            found = difference(column.observed[name], first.observed[name], sampling)
            unit = "CNY" if ":" in name else kpi_of(name).unit
            figures[name] = {**figure(found, unit), "separated": separated(found)}
    return {
        **_id(column),
        "sampling": sampling.value,
        "same_consignments": column.released == first.released,
        "sums_kept": column.keeps_sums and first.keeps_sums,
        "figures": figures,
    }


def _best(name: str, columns: Sequence[Column]) -> Figures:
    """Return the column that is shown to be the best in a figure, if one is, and those that may be."""
    known = {column.name: column for column in columns}
    observed = {key: column.observed[name] for key, column in known.items() if name in column.observed}
    ranking = None
    if len(observed) == len(columns):
        ranking = best_of(name, observed, lambda one, other: sampling_of(known[one], known[other]), CONFIDENCE)
    best = None if ranking is None else ranking.best
    candidates = list(known) if ranking is None else ranking.candidates
    return {
        "best": None if best is None else _id(known[best]),
        "may_be_best": [_id(known[key]) for key in known if key in candidates],
        "confidence": CONFIDENCE,
        "resolved": all(each.estimate.resolved for each in observed.values()),
    }


def _notes(subjects: Sequence[Subject], columns: Sequence[Column]) -> Iterator[str]:
    """Yield what a reader must know before comparing."""
    first = subjects[0]
    for subject in subjects[1:]:
        runs = subject.summary["run"], first.summary["run"]
        if runs[0]["measure"] != runs[1]["measure"]:
            spans = [" to ".join(run["measure"]) for run in runs]
            yield f"{subject.label} measures {spans[0]}, {first.label} {spans[1]}: other weeks, other calendars"
        if runs[0]["noise"] != runs[1]["noise"]:
            yield f"{subject.label} or {first.label} was played without noise: a mean of means is no sample"
        flows = [{flow for one in each.summary["alternatives"] for flow in one["by_flow"]} for each in (subject, first)]
        if flows[0] != flows[1]:
            yield f"{subject.label} carries other flows than {first.label}: figures per box and kg are of other cargo"
    for label in dict.fromkeys(column.subject.label for column in columns if not column.keeps_sums):
        yield f"{label} was kept without sums by replication, so its differences are less sure; run it again"
