"""What the columns of a result's tables are: a table of tables, kept as data in columns.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from corridor_sim.errors import InputError, did_you_mean
from corridor_sim.report.markdown import table_of

if TYPE_CHECKING:
    import pandas as pd


HEAD = ("column", "unit", "what")


@dataclass(frozen=True)
class Described:
    """What a table is, a row of it, and its columns: name -> (unit or "", what it says)."""

    says: str
    columns: Mapping[str, tuple[str, str]]


@cache
def described() -> Mapping[str, Described]:
    """Return the description of every table of a result, by name."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = (files(__package__) / "columns.yaml").read_text(encoding="utf-8")
    return {
        str(name): Described(one["says"], {str(column): tuple(told) for column, told in one["columns"].items()})
        for name, one in yaml.load(text, Loader=loader).items()
    }


def columns_of(name: str | None) -> pd.DataFrame:
    """Return table, column, unit and meaning of every column of one table, or of all. Raises InputError."""
    import pandas as pd

    known = described()
    if name is not None and name not in known:
        raise InputError(f'there is no table "{name}"{did_you_mean(name, known)}; there are {", ".join(known)}')
    rows = [
        (table, column, unit, says)
        for table in (known if name is None else [name])
        for column, (unit, says) in known[table].columns.items()
    ]
    return pd.DataFrame(rows, columns=["table", "column", "unit", "says"], dtype="str")


def columns_page() -> str:
    """Return the description of every table as Markdown."""
    parts = []
    for name, one in described().items():
        rows = [(f"`{column}`", unit, says) for column, (unit, says) in one.columns.items()]
        parts += [f"### {name}", f"{one.says[:1].upper()}{one.says[1:]}.", "\n".join(table_of(HEAD, rows))]
    return "\n\n".join(parts) + "\n"
