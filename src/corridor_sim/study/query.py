"""Asks the kept tables in SQL (DuckDB), in memory: a query sees them and nothing else of the machine.

Each table is a view over the files of all usable results, with the columns `scenario` and `key` in front. The files
are read through Arrow; DuckDB itself may open neither file nor network, not even to put aside what does not fit into
memory, and its settings are locked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.dataset

from corridor_sim.errors import InputError, Problem, ResultsError
from corridor_sim.reading.located import printable
from corridor_sim.study.archive import Kept, kept_below
from corridor_sim.study.kept_files import UNFIT, check_digest, check_table

CONTAINED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "allow_persistent_secrets": "false",
    "temp_directory": "",
}
LONGEST_MESSAGE = 300


@dataclass(frozen=True)
class Answer:
    """What a query gave."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def ask(sql: str, out: Path) -> Answer:
    """Return the answer to one SQL statement about the results below a folder.

    Raises InputError with one line for wrong SQL, ResultsError where there are no results.
    """
    import duckdb

    usable = [each for each in kept_below(out) if each.usable]
    if not usable:
        raise ResultsError(Problem("there are no complete results of this version; run or sweep first", file=str(out)))
    with duckdb.connect(config=CONTAINED) as connection:
        names = _make_views(connection, usable)
        connection.execute("set lock_configuration = true")
        try:
            if len(connection.extract_statements(sql)) != 1:
                raise InputError('expected one statement, such as "select * from kpis"')
            found = connection.execute(sql)
            columns = tuple(str(column[0]) for column in found.description or ())
            return Answer(columns, found.fetchall() if columns else [])
        except (duckdb.Error, pa.ArrowException, OSError, ValueError) as error:
            raise InputError(f"{_one_line(error)}; tables are {', '.join(names)}") from None


def _one_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = " ".join(lines[: 1 + lines[1].startswith("Did you mean")] if len(lines) > 1 else lines)
    return printable(said, LONGEST_MESSAGE).rstrip(".")


def _make_views(connection: Any, usable: Sequence[Kept]) -> list[str]:
    """Make a view for every table and return their names."""
    import duckdb

    parts: dict[str, list[str]] = {}
    for number, kept in enumerate(usable):
        try:
            digests = kept.digests()
        except UNFIT:
            raise ResultsError(Problem("damaged; run it again", file=str(kept.folder))) from None
        for table, path in kept.tables().items():
            name = f"{table}_of_{number}"
            try:
                connection.register(name, _readable(path, digests.get(path.name)))
            except (duckdb.Error, pa.ArrowException, *UNFIT):
                raise ResultsError(Problem("damaged; run it again", file=str(path))) from None
            where = f"{_quoted(kept.scenario)} as scenario, {_quoted(kept.key)} as key"
            parts.setdefault(table, []).append(f"select {where}, * from {_as_name(name)}")
    for table, selects in parts.items():
        try:
            connection.execute(f"create view {_as_name(table)} as {' union all by name '.join(selects)}")
        except duckdb.Error as error:
            raise ResultsError(f"the tables {printable(table)} cannot be read together: {_one_line(error)}") from None
    return sorted(parts)


def _readable(path: Path, digest: str | None) -> Any:
    if path.suffix != ".csv":
        check_table(path)
    if digest is not None:
        check_digest(path, digest)
    return pyarrow.csv.read_csv(path) if path.suffix == ".csv" else pyarrow.dataset.dataset(path)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _as_name(text: str) -> str:
    quoted = text.replace('"', '""')
    return f'"{quoted}"'
