"""Laws of money and emissions in every shipped scenario: roll-ups agree with totals, handling once a contract."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from both_engines import play_both
from corridor_sim import load
from corridor_sim.economics.accounts import Accounts, settle
from corridor_sim.economics.ledger import COST_BASES
from corridor_sim.economics.rollup import check_invariants, roll_up, total
from corridor_sim.engine.program import NONE
from corridor_sim.network.inputs import draw_inputs
from corridor_sim.network.lowered import Lowered
from corridor_sim.network.plan import promised_deliveries
from corridor_sim.study.prepare import prepare
from corridor_sim.study.simulate import simulate

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))
BY = (["commodity"], ["flow"], ["route"], ["leg", "node"], ["payer", "payee"], ["activity"], ["cost_class"], ["tariff"])


@cache
def settled(path: Path) -> list[tuple[Lowered, Accounts]]:
    """Price a scenario's alternatives with the noise off."""
    found = []
    for lowered in prepare(load(path)).values():
        calm = draw_inputs(lowered.program, lowered.plan, 1, 0, noise=False)
        made = next(iter(simulate(lowered, range(1), 1, False, {}, engine=play_both)))
        promised = promised_deliveries(lowered.program, calm, made.inputs.consignments)
        found.append((lowered, settle(lowered, made.inputs, made.trace, promised)))
    return found


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_roll_up_sums_to_the_total_to_the_cent(path: Path) -> None:
    for lowered, accounts in settled(path):
        check_invariants(accounts.ledger, lowered.tariffs.exchange)
        for base in COST_BASES:
            whole = total(accounts.ledger, base)
            for by in BY:
                assert sum(roll_up(accounts.ledger, by, base, lowered=lowered).values()) == whole, (base, by)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_a_shippers_and_a_consignees_part_make_the_chain(path: Path) -> None:
    for _, accounts in settled(path):
        parties = roll_up(accounts.ledger, ["payer"], "total_logistics")
        assert sum(parties.values()) == total(accounts.ledger, "total_logistics")


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_terminal_handling_is_posted_once_for_each_port_of_a_contract(path: Path) -> None:
    """No load pays the same terminal handling twice at one step, and none inside a through bill but at its ends."""
    for lowered, accounts in settled(path):
        ledger = accounts.ledger
        rows = np.flatnonzero(ledger.where(activity="terminal_handling"))
        keys = [tuple(int(ledger.columns[name][row]) for name in ("consignment", "step", "tariff")) for row in rows]
        assert len(keys) == len(set(keys))
        for step in {int(ledger.columns["step"][row]) for row in rows}:
            info = lowered.steps[step]
            for contract in lowered.scenario.routes[info.route].contracts:
                if contract.terms == "through bill":
                    inside = _between(lowered, info.route, contract.origin, contract.destination)
                    ends = {contract.origin, contract.destination}
                    assert step not in inside or {info.origin, info.destination} & ends


def _between(lowered: Lowered, route: str, origin: str, destination: str) -> set[int]:
    rows = [number for number, info in enumerate(lowered.steps) if info.route == route]
    first = min((row for row in rows if lowered.steps[row].origin == origin), default=NONE)
    last = max((row for row in rows if lowered.steps[row].destination == destination), default=NONE)
    return {row for row in rows if first <= row <= last}


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_emissions_by_chain_element_are_known_and_never_less_in_the_well_than_at_the_wheel(path: Path) -> None:
    for lowered, accounts in settled(path):
        wtw, ttw = accounts.emissions_wtw_kg, accounts.emissions_ttw_kg
        assert wtw is not None and ttw is not None, accounts.remarks
        assert (wtw >= ttw - 1e-9).all()
        moving = [number for number, info in enumerate(lowered.steps) if info.km > 0]
        used = [number for number in moving if wtw[:, number].any()]
        assert used, "some leg was travelled"
