"""The tables of a sweep, made from its kept replications alone: every figure at every point, and what they rest on.

sweep         one row for each point, alternative, flow and KPI, parameters first
replications  one row for each point, alternative, replication, flow and KPI: numerator and denominator
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from corridor_sim.economics.ledger import COST_BASES
from corridor_sim.evidence.compare import compare, flow_saving, summarise
from corridor_sim.metrics.kpis import COST_PER_KG, Replication
from corridor_sim.study.bundle import cost_words, figure_rows
from corridor_sim.study.chunks import COMPRESSION
from corridor_sim.study.design import Design, numbers_of
from corridor_sim.study.figures import figure
from corridor_sim.study.play import AFTER, cost_key
from corridor_sim.study.points import CaseInfo
from corridor_sim.study.summary import (
    PERCENT,
    cost_figures,
    kpi_figures,
    rare_events,
    saving_figures,
    scaled,
)

SLICE = 100
"""Replications that are written to `replications` at once."""
UNIT = b"unit"
WORD = pa.dictionary(pa.int32(), pa.string())
FIGURES = {
    "alternative": WORD,
    "flow": WORD,
    "kpi": WORD,
    "value": pa.float64(),
    "low": pa.float64(),
    "high": pa.float64(),
    "unit": WORD,
    "n": pa.int32(),
    "resolved": pa.bool_(),
    "method": WORD,
    "point": pa.int32(),
}
"""Columns after the parameters; `point` counts the rows of the design from 0."""
TERMS = {
    "alternative": WORD,
    "flow": WORD,
    "kpi": WORD,
    "replication": pa.int32(),
    "numerator": pa.float64(),
    "denominator": pa.float64(),
    "point": pa.int32(),
}
Reps = Sequence[Replication]
Row = tuple[str, str, Mapping[str, Any]]
"""(flow, KPI, figure)."""


def rows_of(info: CaseInfo, against: str, reps: Reps, baseline: Reps) -> Iterator[Row]:
    """Yield (flow, KPI, figure) of one alternative at one point, named as in the `kpis.csv` of a run.

    Beyond that file, costs and savings of the chain also by flow.
    """
    resolved = not rare_events(reps, info.closures, info.facilities)
    together = summarise(reps, None, resolved)
    by_flow = {name: summarise(reps, number, resolved) for number, name in enumerate(info.flows)}
    one = {
        "name": info.alternative,
        "kpis": kpi_figures(together),
        "by_flow": {name: kpi_figures(figures) for name, figures in by_flow.items()},
        "costs": cost_figures(together),
    }
    pairs = []
    if info.alternative != against:
        differences = compare(baseline, reps, None, resolved)
        pair = {"alternative": info.alternative, "against": against, "kpis": kpi_figures(differences)}
        pairs.append({**pair, "savings": saving_figures(differences)})
    for _, flow, kpi, found in figure_rows({"alternatives": [one], "comparisons": pairs}):
        yield flow, kpi, found
    for number, name in enumerate(info.flows):
        for row in cost_figures(by_flow[name]):
            yield name, f"cost_per_{cost_words(row)}", row
        if pairs:
            for base in COST_BASES:
                cost = f"{COST_PER_KG}:{cost_key(base, 'chain', AFTER)}"
                saving = flow_saving(baseline, reps, cost, number, resolved)
                kpi = f"saving_percent_to_{against}_{cost.removeprefix('cost_')}"
                yield name, kpi, figure(scaled(saving, PERCENT), "%")


def _schema(design: Design, columns: Mapping[str, pa.DataType]) -> pa.Schema:
    """Return the schema: a column for each path, numbers where all its values have one unit, then the others."""
    fields = []
    for place, axis in enumerate(design.axes):
        found = numbers_of(point[place] for point in design.points)
        metadata = {} if found is None else {UNIT: found[1].encode()}
        fields.append(pa.field(axis.path, pa.string() if found is None else pa.float64(), metadata=metadata))
    return pa.schema(fields + [pa.field(name, kind) for name, kind in columns.items()])


class Tables:
    """Writes both tables point by point; each alternative is a row group or a few."""

    def __init__(self, design: Design, sweep: Path, replications: Path) -> None:
        """Begin two files."""
        self._design = design
        self._figures, self._terms = (_schema(design, columns) for columns in (FIGURES, TERMS))
        self._sweep = pq.ParquetWriter(sweep, self._figures, compression=COMPRESSION)
        self._replications = pq.ParquetWriter(replications, self._terms, compression=COMPRESSION)

    def add(self, point: int, info: CaseInfo, rows: Sequence[Row], reps: Reps) -> None:
        """Write one alternative at one point."""
        columns: dict[str, Any] = {
            name: [found[name] for _, _, found in rows] for name in FIGURES if name in rows[0][2]
        }
        columns["flow"] = [flow for flow, _, _ in rows]
        columns["kpi"] = [kpi for _, kpi, _ in rows]
        self._sweep.write_table(self._table(self._figures, point, info.alternative, columns))
        for begin in range(0, len(reps), SLICE):
            terms = self._table(self._terms, point, info.alternative, _terms(info.flows, reps[begin : begin + SLICE]))
            self._replications.write_table(terms)

    def close(self) -> None:
        """End both files."""
        self._sweep.close()
        self._replications.close()

    def _table(self, schema: pa.Schema, point: int, alternative: str, columns: dict[str, Any]) -> pa.Table:
        count = len(columns["kpi"])
        repeated: dict[str, Any] = {"point": point, "alternative": alternative}
        for path, value in zip(self._design.paths, self._design.points[point], strict=True):
            numbers = numbers_of([value])
            is_number = schema.field(path).type == pa.float64() and numbers is not None
            repeated[path] = numbers[0][0] if is_number and numbers else value
        arrays = [
            _array(columns[each.name], each.type)
            if each.name in columns
            else _same(repeated[each.name], count, each.type)
            for each in schema
        ]
        return pa.Table.from_arrays(arrays, schema=schema)


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    if isinstance(values, pa.Array):
        return values
    return pa.array(values, pa.string()).dictionary_encode() if kind == WORD else pa.array(values, kind)


def _same(value: Any, count: int, kind: pa.DataType) -> pa.Array:
    if kind == WORD:
        return pa.DictionaryArray.from_arrays(np.zeros(count, np.int32), pa.array([value]))
    return pa.repeat(pa.scalar(value, kind), count)


def _terms(flows: Sequence[str], reps: Reps) -> dict[str, Any]:
    """Return the columns of some replications: every KPI and flow of each, in that order."""
    names = list(reps[0].terms)
    wide, each = len(names) * len(flows), len(reps)
    flow = np.tile(np.arange(len(flows), dtype=np.int32), each * len(names))
    kpi = np.tile(np.repeat(np.arange(len(names), dtype=np.int32), len(flows)), each)
    sides = [np.concatenate([rep.terms[name][side] for rep in reps for name in names]) for side in (0, 1)]
    return {
        "flow": pa.DictionaryArray.from_arrays(flow, pa.array(flows)),
        "kpi": pa.DictionaryArray.from_arrays(kpi, pa.array(names)),
        "replication": np.repeat(np.array([rep.number for rep in reps], np.int32), wide),
        "numerator": sides[0],
        "denominator": sides[1],
    }
