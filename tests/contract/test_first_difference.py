"""The comparison of two Traces finds a change of any cell, row or table, and says where it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from both_engines import TABLES, first_difference, play_both
from corridor_sim.engine.base import Trace
from corridor_sim.engine.program import Inputs, Program
from corridor_sim.errors import EngineError, ModelError

WORLD = {
    "flows": {"f": ["08:00", "09:00", "tue 08:00"]},
    "facilities": {"desk": {"opens": "mon-fri 08:00-18:00"}},
    "services": {"train": {"departs": "daily 20:00"}},
    "steps": [{"serve": {"at": "desk", "takes": "1 h"}}, {"ride": {"board": "train"}}],
}
ABOUT = {
    "visits": "(f 0 at DELAY of r/serve)",
    "departures": "(train of 158400)",
    "own": "(train of 158400)",
    "outcomes": "(f 1)",
    "capacity": "(desk)",
}
"""What the row with the number 1 of each table is about: each consignment is seized for and served first, the second
train leaves on Tuesday at 20:00 (158400)."""


@pytest.fixture
def played(play):
    run = play(**WORLD)
    return run.program, run.inputs, run.trace


@pytest.mark.parametrize("table", TABLES)
def test_a_changed_cell_is_named_by_table_row_column_and_both_values(played, table):
    program, inputs, trace = played
    changed, last = getattr(trace, table).copy(), len(TABLES[table]) - 1
    before = changed[1, last]
    changed[1, last] += 7
    told = first_difference(program, inputs, trace, replace(trace, **{table: changed}))
    assert told == (
        f"{table}, row 1 {ABOUT[table]}: by the reference engine {TABLES[table][last]} is {before}, not {before + 7}"
    )


@pytest.mark.parametrize("table", TABLES)
def test_a_row_too_few_or_too_many_is_named(played, table):
    program, inputs, trace = played
    rows = getattr(trace, table)
    fewer = replace(trace, **{table: rows[:-1]})
    counts = f"the reference engine has {len(rows)} rows, the compiled one {len(rows) - 1}"
    assert first_difference(program, inputs, trace, fewer).endswith(counts)
    counts = f"the reference engine has {len(rows) - 1} rows, the compiled one {len(rows)}"
    assert first_difference(program, inputs, fewer, trace).endswith(counts)


def test_another_stop_or_kind_of_number_is_a_difference_and_a_copy_is_none(played):
    program, inputs, trace = played
    told = first_difference(program, inputs, trace, replace(trace, stop=trace.stop + 1))
    assert told == f"stop is {trace.stop} by the reference engine, {trace.stop + 1} by the compiled one"
    assert first_difference(program, inputs, trace, replace(trace, own=trace.own.astype(np.int32)))
    assert first_difference(program, inputs, trace, replace(trace, own=trace.own.copy())) == ""


def test_errors_are_compared_by_kind_and_text(played):
    program, inputs, trace = played
    assert first_difference(program, inputs, EngineError("full"), EngineError("full")) == ""
    for other in (EngineError("empty"), ModelError("full"), trace):
        assert first_difference(program, inputs, EngineError("full"), other)


def test_playing_with_both_fails_with_the_difference_and_raises_what_both_raise(played):
    program, inputs, trace = played

    def given(outcome: Trace) -> Callable[[Program, Inputs], Trace]:
        return lambda program, inputs: outcome

    assert play_both(program, inputs, given(trace)).digest() == trace.digest()
    with pytest.raises(pytest.fail.Exception, match="stop is"):
        play_both(program, inputs, given(replace(trace, stop=0)))
