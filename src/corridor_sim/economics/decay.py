"""How goods lose life and value along their path, and what the market then pays for them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from corridor_sim.economics.cargo import Cargo, goods_owner, whole_cents
from corridor_sim.economics.ledger import Postings
from corridor_sim.engine.program import NONE
from corridor_sim.sampling.law import Floats
from corridor_sim.scenario.model import Decay, Flow

Q10_DEGREES = 10
CARRIAGE = ("move", "board")


@dataclass(frozen=True)
class Condition:
    """By consignment: share of shelf life left at delivery (or the stop), and share of value that can be sold then."""

    remaining_life: Floats
    saleable: Floats


def life_lost_per_second(decay: Decay, degrees: Fraction) -> float:
    """Return the share of shelf life that a second at T uses up: q10^((T - reference) / 10) / shelf life."""
    exponent = float((degrees - decay.at.value) / Q10_DEGREES)
    return float(float(decay.q10.value) ** exponent / float(decay.shelf_life.value))


def step_temperatures(cargo: Cargo, flow: Flow, decay: Decay) -> list[Fraction]:
    """Return for each instruction the temperature in degC of the flow's goods from arriving at its step to leaving it.

    The step's own; else, where goods are carried, the flow's set point; else the flow's ambient temperature; else the
    reference temperature of the decay.
    """
    ambient = flow.ambient or decay.at
    carried = flow.temperature or ambient
    by_step = [
        info.temperature if info.temperature is not None else (carried if info.kind in CARRIAGE else ambient).value
        for info in cargo.lowered.steps
    ]
    return [by_step[step] if step != NONE else ambient.value for step in cargo.lowered.step_of]


def condition(cargo: Cargo) -> Condition:
    """Return what is left of our consignments; a member of a load shares its leader's path once the load is formed.

    Saleable is 0 below the least remaining life, else 1 - value lost at the end x life used; without decay it is 1.
    """
    remaining, saleable = np.ones(len(cargo.flow)), np.ones(len(cargo.flow))
    for _, flow, rows in cargo.flows():
        if flow.decay is None:
            continue
        used = _life_used(cargo, flow, flow.decay)[rows]
        remaining[rows] = np.maximum(1 - used, 0)
        worth = 1 - float(flow.decay.value_lost_at_end.value) * np.minimum(used, 1)
        saleable[rows] = np.where(remaining[rows] < float(flow.decay.least_remaining.value), 0, worth)
    return Condition(remaining, saleable)


def _life_used(cargo: Cargo, flow: Flow, decay: Decay) -> Floats:
    paths = cargo.paths
    rates = np.array([life_lost_per_second(decay, degrees) for degrees in step_temperatures(cargo, flow, decay)])
    return paths.undergone(paths.seconds * rates[paths.step])


def post_decay(cargo: Cargo, left: Condition, postings: Postings) -> None:
    """Post value x (1 - saleable) per consignment."""
    for _, flow, rows in cargo.flows():
        cents = whole_cents(cargo.value[rows] * (1 - left.saleable[rows]))
        cargo.post(postings, rows, cents, activity="decay", payer=goods_owner(flow.terms))


def post_damage(cargo: Cargo, postings: Postings) -> None:
    """Post the expected loss of value at every passage of a step with a share of damage, such as a transload."""
    paths, lowered = cargo.paths, cargo.lowered
    shares = {info.main: float(info.damage) for info in lowered.steps if info.damage}
    if not shares:
        return
    by_instruction = np.array([shares.get(number, 0.0) for number in range(len(lowered.program.code))])
    lost = paths.undergone(by_instruction[paths.step] * paths.started)
    for _, flow, rows in cargo.flows():
        cents = whole_cents(cargo.value[rows] * lost[rows])
        cargo.post(postings, rows, cents, activity="damage", payer=goods_owner(flow.terms))


def post_quality(cargo: Cargo, left: Condition, postings: Postings) -> None:
    """Post what the market refuses of the saleable value, and as a negative cost the premium on what it takes.

    Both only where goods were delivered: before that nobody has seen them.
    """
    for _, flow, rows in cargo.flows():
        arrived = rows[cargo.delivered[rows]]
        sellable = cargo.value[arrived] * left.saleable[arrived]
        rejected = flow.rejected.value if flow.rejected else Fraction(0)
        premium = flow.price_premium.value if flow.price_premium else Fraction(0)
        for tariff, share in (("rejected", rejected), ("premium", -premium * (1 - rejected))):
            cargo.post(
                postings,
                arrived,
                whole_cents(sellable * float(share)),
                activity="quality",
                payer=goods_owner(flow.terms),
                tariff=tariff,
            )
