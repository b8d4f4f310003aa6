"""The file of a chunk: some replications of cases that share a Program, exact to the last bit, as Parquet.

One row group for each case, one row for each replication; the label stands in the metadata of the schema. Everything
that `evidence.compare` asks of a Replication is there; steps, causes and single postings are not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from corridor_sim.metrics.causes import Lateness
from corridor_sim.metrics.kpis import Replication
from corridor_sim.study.kept_files import UNFIT, check_swelling

LABEL = b"corridor_sim"
COMPRESSION = "zstd"
SCHEMA = pa.schema(
    {
        "replication": pa.int32(),
        "flow": pa.list_(pa.int16()),
        "door_to_door": pa.list_(pa.int64()),
        "late_promised": pa.list_(pa.int64()),
        "remaining_life": pa.list_(pa.float64()),
        "kpi": pa.list_(pa.string()),
        "numerator": pa.list_(pa.float64()),
        "denominator": pa.list_(pa.float64()),
        "closure": pa.list_(pa.int32()),
        "outage": pa.list_(pa.int32()),
    }
)
"""Arrays of consignments; then KPIs, and their numerators and denominators by KPI and own flow."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a chunk holds: replications `start` to before `stop` of cases, made by a results version from a seed."""

    results_version: int
    seed: int
    cases: tuple[str, ...]
    start: int
    stop: int

    @property
    def replications(self) -> range:
        """The numbers of the replications."""
        return range(self.start, self.stop)

    def text(self) -> bytes:
        """Return the label as it stands in a file."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return json.dumps(fields, sort_keys=True).encode()

    @classmethod
    def read(cls, schema: pa.Schema) -> Label:
        """Return the label of a file. Raises ValueError where it has none."""
        text = (schema.metadata or {}).get(LABEL)
        if text is None:
            raise ValueError("no label")
        fields: dict[str, Any] = json.loads(text)
        return cls(**{**fields, "cases": tuple(fields["cases"])})


def chunk_bytes(label: Label, reps_by_case: Sequence[Sequence[Replication]]) -> bytes:
    """Return the file of a chunk; `reps_by_case` in the order of the label's cases."""
    stream = BytesIO()
    schema = SCHEMA.with_metadata({LABEL: label.text()})
    with pq.ParquetWriter(stream, schema, compression=COMPRESSION, write_page_checksum=True) as writer:
        for reps in reps_by_case:
            writer.write_table(pa.Table.from_pylist([_row(rep) for rep in reps], schema=schema))
    return stream.getvalue()


def _row(rep: Replication) -> dict[str, Any]:
    tops, bottoms = zip(*rep.terms.values(), strict=True)
    return {
        "replication": rep.number,
        "flow": rep.flow,
        "door_to_door": rep.door_to_door,
        "late_promised": rep.late_promised,
        "remaining_life": rep.remaining_life,
        "kpi": list(rep.terms),
        "numerator": np.concatenate(tops),
        "denominator": np.concatenate(bottoms),
        "closure": sorted(rep.closures),
        "outage": sorted(rep.outages),
    }


class Chunk:
    """A chunk that was read from its bytes."""

    def __init__(self, content: bytes, name: str) -> None:
        """Open a chunk; `name` is said in errors. Raises ValueError where it is damaged or no chunk."""
        try:
            self._file = pq.ParquetFile(BytesIO(content), page_checksum_verification=True)
            check_swelling(self._file.metadata, len(content))
            self.label = Label.read(self._file.schema_arrow)
        except (pa.ArrowException, *UNFIT) as error:
            raise ValueError(f"{name} is no chunk of a sweep") from error

    def replications(self, case: str) -> Iterator[Replication]:
        """Yield the replications of one case. Raises ValueError where the chunk is damaged."""
        try:
            table = self._file.read_row_group(self.label.cases.index(case))
            if table.num_rows:
                yield from _replications(table)
        except (pa.ArrowException, *UNFIT) as error:
            raise ValueError(f"a chunk of a sweep is damaged: {error}") from error


def _replications(table: pa.Table) -> Iterator[Replication]:
    flow, transit, late, life, top, bottom = (
        _parts(table, name)
        for name in ("flow", "door_to_door", "late_promised", "remaining_life", "numerator", "denominator")
    )
    numbers = table["replication"].to_pylist()
    kpis, closures, outages = (table[name].to_pylist() for name in ("kpi", "closure", "outage"))
    for place, number in enumerate(numbers):
        names = kpis[place]
        shape = (len(names), -1)
        terms = zip(top[place].reshape(shape), bottom[place].reshape(shape), strict=True)
        yield Replication(
            number=number,
            flow=flow[place].astype(np.int64),
            door_to_door=transit[place],
            late_due=np.zeros(0, np.int64),
            late_promised=late[place],
            remaining_life=life[place],
            terms=dict(zip(names, terms, strict=True)),
            details={},
            lateness=Lateness({}, 0),
            elapsed=(np.zeros(0, np.int64), np.zeros(0, np.int64)),
            closures=frozenset(closures[place]),
            outages=frozenset(outages[place]),
        )


def _parts(table: pa.Table, name: str) -> list[Any]:
    """Return a column of lists as one array per row."""
    column = table[name].combine_chunks()
    column = column.chunk(0) if isinstance(column, pa.ChunkedArray) else column
    values, offsets = column.values.to_numpy(zero_copy_only=False), column.offsets.to_numpy()
    return [values[begin:end] for begin, end in pairwise(offsets)]
