"""What the columns of a result's tables are: a table of tables, kept as data in columns.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from corridor_sim.errors import InputError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd


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


def columns_of(table: str | None) -> pd.DataFrame:
    """Return table, column, unit and meaning of every column of one table, or of all. Raises InputError."""
    import pandas as pd

    known = described()
    if table is not None and table not in known:
        raise InputError(f'there is no table "{table}"{did_you_mean(table, known)}; there are {", ".join(known)}')
    rows = [
        (name, column, unit, says)
        for name in (known if table is None else [table])
        for column, (unit, says) in known[name].columns.items()
    ]
    return pd.DataFrame(rows, columns=["table", "column", "unit", "says"], dtype="str")
