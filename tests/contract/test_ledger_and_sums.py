"""The sums that a study keeps are those of the full ledger, to the cent, in every shipped scenario and alternative."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from corridor_sim import load
from corridor_sim.economics.accounts import settle_prepared
from corridor_sim.economics.ledger import COST_BASES, Ledger
from corridor_sim.economics.rollup import PERSPECTIVES, roll_up, total
from corridor_sim.engine.program import NONE
from corridor_sim.study.play import AFTER, BEFORE, cost_key, readers_of
from corridor_sim.study.prepare import prepare
from corridor_sim.study.simulate import simulate
from corridor_sim.study.sums import by_consignment, cents_by_consignment, lines_of, step_cents

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_sums_are_those_of_the_ledger(path: Path) -> None:
    lowered = next(reversed(prepare(load(path)).values()))
    reader = readers_of([lowered], 1)[0]
    made = next(iter(simulate(lowered, range(1), 1, False, {})))
    accounts = settle_prepared(reader.money, made.inputs, made.trace, reader.promised(made.inputs))
    ledger, sheet = accounts.ledger, accounts.postings.sheet()
    shared = by_consignment(accounts.divided(sheet), made.inputs, lowered)

    everybody = shared.consignment != NONE
    sums = cents_by_consignment(shared, len(made.inputs.consignments.flow))
    for base in COST_BASES:
        for perspective in PERSPECTIVES:
            before, after = (int(sums[cost_key(base, perspective, kind)].sum()) for kind in (BEFORE, AFTER))
            assert after == total(ledger, base, perspective=perspective), (base, perspective)
            paid = roll_up(ledger, ["activity"], base, perspective=perspective).get(("subsidy",), 0)
            assert after - before == paid, (base, perspective)
    lines = Counter[tuple[str, ...]]()
    for (base, activity, tariff, _), cents in lines_of(shared, everybody).items():
        lines[base, activity, tariff] += cents
    assert dict(lines) == roll_up(ledger, ["base", "activity", "tariff"], "with_carbon")
    of_steps = step_cents(lowered, shared, everybody)
    by_step = roll_up(ledger, ["step"], "cash")
    assert [by_step.get((step,), 0) for step in range(len(lowered.steps))] == of_steps.tolist()


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_nobody_pays_for_what_another_load_carried(path: Path) -> None:
    """What travels alone pays in the sums what it pays in the ledger; a load's members pay together what it pays."""
    lowered = next(iter(prepare(load(path)).values()))
    reader = readers_of([lowered], 1)[0]
    made = next(iter(simulate(lowered, range(1), 1, False, {})))
    accounts = settle_prepared(reader.money, made.inputs, made.trace, reader.promised(made.inputs))
    ledger, shared = accounts.ledger, accounts.divided(accounts.postings.sheet())
    leader = accounts.passages.final_leader()
    known = ledger.columns["consignment"] != NONE
    rows = shared.consignment != NONE
    posted = _sums(ledger, leader[ledger.columns["consignment"][known]], known, len(leader))
    kept = np.zeros(len(leader), np.int64)
    np.add.at(kept, leader[shared.consignment[rows]], shared.amount_cny[rows])
    assert kept.tolist() == posted.tolist()


def _sums(ledger: Ledger, place: np.ndarray, rows: np.ndarray, count: int) -> np.ndarray:
    total_of = np.zeros(count, np.int64)
    np.add.at(total_of, place, ledger.columns["amount_cny"][rows])
    return total_of
