"""The inputs that the kernel draws are those that NumPy draws, number by number."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from corridor_sim.network.inputs import draw_inputs
from corridor_sim.scenario.load import load
from corridor_sim.study.prepare import prepare

pytest.importorskip("numba")

SCENARIOS = Path(__file__).parents[3] / "scenarios"
SEED = 20


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_kernel_draws_what_numpy_draws(path: Path) -> None:
    from corridor_sim.network.compiled_inputs import CompiledInputs

    lowered = list(prepare(load(path)).values())
    for one in (lowered[0], lowered[-1]):
        drawn = CompiledInputs(one.program, one.plan, SEED)
        for replication in (5, 2):
            expected = draw_inputs(one.program, one.plan, SEED, replication)
            found = drawn.draw(replication)
            for table in ("consignments", "departures"):
                for column in fields(getattr(expected, table)):
                    columns = [getattr(getattr(inputs, table), column.name) for inputs in (expected, found)]
                    np.testing.assert_array_equal(*columns, err_msg=f"{table}.{column.name}")
            for part in ("capacity", "origin_closed", "destination_closed", "closures", "seed", "replication"):
                assert getattr(found, part) == getattr(expected, part), part


def test_more_arrivals_than_expected_find_room(monkeypatch: pytest.MonkeyPatch) -> None:
    from corridor_sim.network import compiled_inputs

    lowered = next(iter(prepare(load(SCENARIOS / "qinzhou.yaml")).values()))
    monkeypatch.setattr(compiled_inputs, "likely_count", lambda curve: 1)
    found = compiled_inputs.CompiledInputs(lowered.program, lowered.plan, SEED).draw(0)
    expected = draw_inputs(lowered.program, lowered.plan, SEED, 0)
    np.testing.assert_array_equal(found.consignments.release, expected.consignments.release)
