"""The result of a run for notebooks: figures and tables as DataFrames, charts, and what a notebook shows of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridor_sim.api import figures, tables
from corridor_sim.api.columns import columns_of
from corridor_sim.api.files import write
from corridor_sim.api.plot import Plots, check_language
from corridor_sim.report.run import Run
from corridor_sim.report.script.words import ENGLISH

if TYPE_CHECKING:
    import pandas as pd

TABLES: Mapping[str, Callable[[Run], pd.DataFrame]] = {
    "kpis": figures.kpis,
    "costs": figures.costs,
    "comparisons": figures.comparisons,
    "thresholds": figures.thresholds,
    "claims": figures.claims,
    "inputs": figures.inputs,
    "sources": figures.sources,
    "consignments": tables.consignments,
    "lines": tables.lines,
    "ledger": tables.ledger,
    "time_cost_distance": tables.time_cost_distance,
    "time_release": tables.time_release,
    "departures": tables.departures,
    "visits": tables.visits,
}
"""How each table is made."""


@dataclass(frozen=True, eq=False, repr=False)
class Result:
    """What a run found. Made by `corridor_sim.run`, or by `corridor_sim.read` from a folder of results.

    Every table is a DataFrame of its own, which may be changed freely; `columns` says what stands in it. `run` is
    what the reports read.
    """

    run: Run
    _made: dict[str, pd.DataFrame] = field(default_factory=dict, init=False)

    @property
    def summary(self) -> Mapping[str, Any]:
        """All figures as in summary.json."""
        return self.run.summary

    @property
    def kpis(self) -> pd.DataFrame:
        """Every figure with its interval: the rows of kpis.csv."""
        return self._table("kpis")

    @property
    def costs(self) -> pd.DataFrame:
        """Every cost of each alternative: in each cost base, for each perspective, per box and per kg."""
        return self._table("costs")

    @property
    def comparisons(self) -> pd.DataFrame:
        """Differences and savings between alternatives, paired, with intervals."""
        return self._table("comparisons")

    @property
    def thresholds(self) -> pd.DataFrame:
        """From which value on, or up to which, the thresholds of the scenario hold."""
        return self._table("thresholds")

    @property
    def claims(self) -> pd.DataFrame:
        """Claims with their verdicts and chances, where answers of `corridor-sim claims` are kept for this run."""
        return self._table("claims")

    @property
    def inputs(self) -> pd.DataFrame:
        """Every value that went in, with its grade (such as assumption), range, sources and reasons."""
        return self._table("inputs")

    @property
    def sources(self) -> pd.DataFrame:
        """What the scenario quotes."""
        return self._table("sources")

    @property
    def consignments(self) -> pd.DataFrame:
        """The measured consignments of all replications: released, delivered, on time or not."""
        return self._table("consignments")

    @property
    def lines(self) -> pd.DataFrame:
        """The costs of every replication, line by line: what the postings of the chain sum to."""
        return self._table("lines")

    @property
    def ledger(self) -> pd.DataFrame:
        """Every posting of replication 0: who pays whom for what, where, how much."""
        return self._table("ledger")

    @property
    def time_cost_distance(self) -> pd.DataFrame:
        """Hours and cash at the end of each leg and node of the main ways."""
        return self._table("time_cost_distance")

    @property
    def time_release(self) -> pd.DataFrame:
        """Hours from act to act at each customs step, lane by lane."""
        return self._table("time_release")

    @property
    def departures(self) -> pd.DataFrame:
        """Every departure of replication 0: when it ran, and what it carried of ours."""
        return self._table("departures")

    @property
    def visits(self) -> pd.DataFrame:
        """Every step of every consignment in replication 0: when it was ready, began and ended."""
        return self._table("visits")

    @property
    def plot(self) -> Plots:
        """The charts, each a method by its name, such as `plot.transit_times(language="zh-Hans")`."""
        return Plots(self.run)

    def columns(self, table: str | None = None) -> pd.DataFrame:
        """Return table, column, unit and meaning of the columns of one table, or of all.

        Raises InputError for a table that there is not.
        """
        return columns_of(table)

    def save(self, out: Path | str = "results") -> Path:
        """Write the result below `out` as `corridor-sim run` does, and return its folder, which `read` takes.

        Raises ResultsError, leaving nothing half-written.
        """
        from corridor_sim.report.shown import for_readers
        from corridor_sim.study.bundle import check_out, write_bundle
        from corridor_sim.study.executors import Here

        check_out(Path(out))
        pictures, reports = for_readers(self.run, Here())
        command = str(self.run.manifest.get("command", ""))
        return write_bundle(_Bundled(self.run), Path(out), pictures, command, reports)

    def to_html(self, path: Path | str, language: str | None = None) -> Path:
        """Write the report, one HTML file that needs no network, and return its path.

        `language`: en, zh-Hans or zh-Hant-HK, in which it opens; by default that of its reader's browser. Raises
        InputError for another one, ResultsError where it cannot be written.
        """
        from corridor_sim.report.html.page import page_html

        if language is not None:
            check_language(language)
        return write(path, page_html(self.run, language).encode())

    def to_excel(self, path: Path | str, language: str = ENGLISH) -> Path:
        """Write the figures as one Excel workbook (.xlsx), and return its path.

        `language`: en, zh-Hans or zh-Hant-HK. Raises InputError for another one, ResultsError where it cannot be
        written.
        """
        from corridor_sim.report.excel.workbook import workbook_bytes

        check_language(language)
        return write(path, workbook_bytes(self.run, language))

    def __repr__(self) -> str:
        run = self.summary["run"]
        made = f"{run['replications']} replications, seed {run['seed']}"
        return f"<Result of {self.summary['scenario']['name']}: {', '.join(self.run.names)}; {made}>"

    def _repr_html_(self) -> str:
        """Return the first screen of the run, as a notebook shows it."""
        from corridor_sim.api.html import overview

        return overview(self.run)

    def _table(self, name: str) -> pd.DataFrame:
        if name not in self._made:
            self._made[name] = TABLES[name](self.run)
        return self._made[name].copy()


@dataclass(frozen=True)
class _Bundled:
    """A run as its folder is written."""

    run: Run

    @property
    def summary(self) -> Mapping[str, Any]:
        return self.run.summary

    @property
    def manifest_recipe(self) -> Mapping[str, Any]:
        return self.run.manifest

    @property
    def resolved(self) -> Mapping[str, Any]:
        return self.run.resolved

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        return self.run.tables
