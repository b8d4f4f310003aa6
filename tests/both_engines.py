"""Plays with both engines and says in words where they differ first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import numpy as np
import pytest

from corridor_sim.engine.base import CAPACITY, DEPARTURES, OUTCOMES, VISITS, Engine, Trace
from corridor_sim.engine.program import MEASURES, NONE, Consignments, Departures, Inputs, Ints, Program
from corridor_sim.engine.reference import run as reference
from corridor_sim.errors import EngineError, ModelError

try:
    from corridor_sim.engine.compiled import CompiledEngine
except ImportError:
    compiled: Engine | None = None
else:
    # one for all worlds of a session, so that what a run leaves behind in its memory would show in the next
    compiled = CompiledEngine()

TABLES = {"visits": VISITS, "departures": DEPARTURES, "own": MEASURES, "outcomes": OUTCOMES, "capacity": CAPACITY}
Outcome = Trace | EngineError | ModelError
"""What an engine gives back: a Trace or why there is none."""


def outcome_of(engine: Engine, program: Program, inputs: Inputs) -> Outcome:
    """Run one replication; an error that says something to the user is a result like another."""
    try:
        return engine(program, inputs)
    except (EngineError, ModelError) as problem:
        return problem


def play_both(program: Program, inputs: Inputs, other: Engine | None = compiled) -> Trace:
    """Return the Trace of the reference engine; fail where the compiled one, if it is there, has another."""
    wanted = outcome_of(reference, program, inputs)
    if other is not None:
        difference = first_difference(program, inputs, wanted, outcome_of(other, program, inputs))
        if difference:
            pytest.fail(difference)
    if isinstance(wanted, Trace):
        return wanted
    raise wanted


def other_inputs(one: Inputs, other: Inputs) -> list[str]:
    """Return the names of what two Inputs hold differently; lanes matter without noise only."""
    found = []
    for part in fields(Inputs):
        mine, its = getattr(one, part.name), getattr(other, part.name)
        if isinstance(mine, Consignments | Departures):
            pairs = [(column.name, getattr(mine, column.name), getattr(its, column.name)) for column in fields(mine)]
            found += [f"{part.name}.{name}" for name, left, right in pairs if not np.array_equal(left, right)]
        elif mine != its and not (part.name == "lanes" and one.noise):
            found.append(part.name)
    return found


def first_difference(program: Program, inputs: Inputs, wanted: Outcome, found: Outcome) -> str:
    """Return the first difference between two outcomes in words, "" if there is none.

    `wanted` is that of the reference engine, `found` that of the compiled one.
    """
    if not (isinstance(wanted, Trace) and isinstance(found, Trace)):
        same = type(wanted) is type(found) and str(wanted) == str(found)
        return (
            "" if same else f"the reference engine ends with {_ending(wanted)}, the compiled one with {_ending(found)}"
        )
    for name, columns in TABLES.items():
        difference = _first_of_table(name, columns, getattr(wanted, name), getattr(found, name))
        if difference is not None:
            row, words = difference
            about = _about(program, inputs, name, wanted, found, row)
            return f"{name}, row {row}{about}: {words}"
    if wanted.stop != found.stop:
        return f"stop is {wanted.stop} by the reference engine, {found.stop} by the compiled one"
    return "" if wanted.digest() == found.digest() else "the digests differ"


def _ending(outcome: Outcome) -> str:
    return "a Trace" if isinstance(outcome, Trace) else f'{type(outcome).__name__} "{outcome}"'


def _first_of_table(name: str, columns: Sequence[str], wanted: Ints, found: Ints) -> tuple[int, str] | None:
    """Return the number of the first row that differs and in words how."""
    if wanted.dtype != found.dtype or wanted.shape[1:] != found.shape[1:]:
        return (
            0,
            f"{wanted.dtype} {wanted.shape} by the reference engine, {found.dtype} {found.shape} by the compiled one",
        )
    shared = min(len(wanted), len(found))
    rows = np.flatnonzero((wanted[:shared] != found[:shared]).any(axis=1))
    if len(rows):
        row = int(rows[0])
        pairs = zip(columns, wanted[row].tolist(), found[row].tolist(), strict=True)
        told = [f"{column} is {one}, not {other}" for column, one, other in pairs if one != other]
        return row, f"by the reference engine {'; '.join(told)}"
    if len(wanted) != len(found):
        return shared, f"the reference engine has {len(wanted)} rows, the compiled one {len(found)}"
    return None


def _about(program: Program, inputs: Inputs, table: str, wanted: Trace, found: Trace, row: int) -> str:
    """Return in words what a row is about."""
    rows = next((rows for rows in (getattr(wanted, table), getattr(found, table)) if row < len(rows)), None)
    if rows is None:
        return ""
    number = int(rows[row][0])
    if table == "visits":
        step = int(rows[row][VISITS.index("step")])
        return f" ({_cargo(program, inputs, number)} at {program.code[step].op.name} of {program.step_names[step]})"
    if table == "outcomes":
        return f" ({_cargo(program, inputs, row)})"
    if table == "capacity":
        return f" ({program.facility_names[number]})"
    departures = max((wanted.departures, found.departures), key=len)
    if row >= len(departures):
        return ""
    service, scheduled = departures[row][:2].tolist()
    return f" ({program.service_names[service]} of {scheduled})"


def _cargo(program: Program, inputs: Inputs, number: int) -> str:
    flow = int(inputs.consignments.flow[number]) if number != NONE else NONE
    return f"{program.flow_names[flow]} {number}"
