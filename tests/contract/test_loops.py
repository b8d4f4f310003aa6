"""Compiled loops give what arrays give, to the last bit, in every shipped scenario; and they know the same columns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from corridor_sim import load
from corridor_sim.economics.accounts import settle_prepared
from corridor_sim.economics.emissions import LOADED
from corridor_sim.engine.base import VISITS
from corridor_sim.engine.program import MEASURES, NONE
from corridor_sim.metrics.missed import departure_tables
from corridor_sim.metrics.view import view_of
from corridor_sim.study.engines import COMPILED
from corridor_sim.study.play import readers_of, settle_one
from corridor_sim.study.prepare import prepare
from corridor_sim.study.simulate import simulate
from corridor_sim.units import SECONDS_PER_HOUR

pytest.importorskip("numba")
SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_loops_give_what_arrays_give(path: Path) -> None:
    lowered = next(reversed(prepare(load(path)).values()))
    made = next(iter(simulate(lowered, range(1, 1 + 1), 1)))
    (slow,), (fast,) = readers_of([lowered], 1), readers_of([lowered], 1, engine=COMPILED)
    promised = slow.promised(made.inputs)
    one, other = (settle_one(reader, made.inputs, made.trace, promised, False).measured for reader in (slow, fast))
    assert list(one.terms) == list(other.terms)
    for name, terms in one.terms.items():
        assert [part.tobytes() for part in terms] == [part.tobytes() for part in other.terms[name]], name
    for name in ("flow", "door_to_door", "late_due", "late_promised", "remaining_life"):
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes(), name
    left, right = (settle_prepared(reader.money, made.inputs, made.trace, promised).ledger for reader in (slow, fast))
    assert left.words == right.words
    for name, column in left.columns.items():
        assert np.array_equal(column, right.columns[name]), name


def test_loops_know_the_columns_of_the_trace() -> None:
    from corridor_sim.economics import loops as pricing
    from corridor_sim.metrics import loops as measuring

    for room in (pricing, measuring):
        assert NONE == room.NONE
        known = {name: getattr(room, name.upper()) for name in VISITS if hasattr(room, name.upper())}
        assert known == {name: VISITS.index(name) for name in known}
        assert {"consignment", "step", "start", "end"} <= set(known)
    assert len(MEASURES) == pricing.MEASURES
    assert len(LOADED) == pricing.LOADED
    assert SECONDS_PER_HOUR == measuring.SECONDS_PER_HOUR


def test_loops_know_the_columns_of_the_tables() -> None:
    from corridor_sim.economics import loops as pricing
    from corridor_sim.metrics import loops as measuring

    lowered = next(iter(prepare(load(SCENARIOS[0])).values()))
    view, made = view_of(lowered), next(iter(simulate(lowered, range(1), 1, False, {})))
    services, departures = departure_tables(view, made.inputs, made.trace)
    (reader,) = readers_of([lowered], 1)
    charges = reader.money.prices.charges
    assert view.instruction_table.shape[1] == measuring.INSTRUCTION_COLUMNS
    assert departures.shape[1] == measuring.DEPARTURE_COLUMNS
    assert services[:, measuring.S_CUTOFFS :].tolist() == view.cutoffs.tolist()
    assert charges.numbers.shape[1] == pricing.C_LARGEST + 1
    assert charges.parts.shape[2] == pricing.R_WEIGHT + 1
    currencies, dated = charges.exchange.tables
    assert (currencies.shape[1], dated.shape[1]) == (pricing.X_UNTIL + 1, pricing.D_LARGEST + 1)
