"""How goods lose life and value along their path, and what the market then pays for them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from corridor_sim.economics.cargo import Cargo, whole_cents
from corridor_sim.economics.ledger import Postings
from corridor_sim.economics.passages import Mask
from corridor_sim.engine.program import NONE
from corridor_sim.network.lowered import Lowered
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


def step_temperatures(lowered: Lowered, flow: Flow, decay: Decay) -> list[Fraction]:
    """Return for each instruction the temperature in degC of the flow's goods from arriving at its step to leaving it.

    The step's own; else, where goods are carried, the flow's set point; else the flow's ambient temperature; else the
    reference temperature of the decay.
    """
    ambient = flow.ambient or decay.at
    carried = flow.temperature or ambient
    by_step = [
        info.temperature if info.temperature is not None else (carried if info.kind in CARRIAGE else ambient).value
        for info in lowered.steps
    ]
    return [by_step[step] if step != NONE else ambient.value for step in lowered.step_of]


@dataclass(frozen=True)
class Spoiling:
    """What time and passages do to goods: by flow, and by instruction.

    `life_lost` (flows, instructions) share of shelf life that a second uses up; `lost_at_end` and `least` by flow, of
    the flows that `decay`; `damage` expected share of the value lost at each passage; `refused` and `premium` shares
    of the saleable value by flow.
    """

    decays: Mask
    life_lost: Floats
    lost_at_end: Floats
    least: Floats
    damage: Floats
    refused: Floats
    premium: Floats


def spoiling_of(lowered: Lowered) -> Spoiling:
    """Return the Spoiling of an alternative."""
    flows = [lowered.scenario.flows[name] for name in lowered.flow_order]
    decays = [flow.decay for flow in flows]
    life_lost = np.zeros((len(flows), len(lowered.program.code)))
    for number, flow in enumerate(flows):
        if flow.decay is not None:
            known = {
                degrees: life_lost_per_second(flow.decay, degrees)
                for degrees in set(step_temperatures(lowered, flow, flow.decay))
            }
            life_lost[number] = [known[degrees] for degrees in step_temperatures(lowered, flow, flow.decay)]
    damage = np.zeros(len(lowered.program.code))
    for info in lowered.steps:
        if info.damage:
            damage[info.main] = float(info.damage)
    refused = [flow.rejected.value if flow.rejected else Fraction(0) for flow in flows]
    premium = [flow.price_premium.value if flow.price_premium else Fraction(0) for flow in flows]
    return Spoiling(
        np.array([decay is not None for decay in decays], bool),
        life_lost,
        np.array([float(decay.value_lost_at_end.value) if decay else 0.0 for decay in decays]),
        np.array([float(decay.least_remaining.value) if decay else 0.0 for decay in decays]),
        damage,
        np.array([float(share) for share in refused]),
        np.array([float(-more * (1 - share)) for more, share in zip(premium, refused, strict=True)]),
    )


def condition(cargo: Cargo, spoiling: Spoiling) -> Condition:
    """Return what is left of our consignments; a member of a load shares its leader's path once the load is formed.

    Saleable is 0 below the least remaining life, else 1 - value lost at the end x life used; without decay it is 1.
    """
    remaining, saleable, paths = np.ones(len(cargo.flow)), np.ones(len(cargo.flow)), cargo.paths
    for number, _, rows in cargo.flows():
        if spoiling.decays[number] and len(rows):
            used = paths.undergone(paths.seconds * spoiling.life_lost[number][paths.step])[rows]
            remaining[rows] = np.maximum(1 - used, 0)
            worth = 1 - spoiling.lost_at_end[number] * np.minimum(used, 1)
            saleable[rows] = np.where(remaining[rows] < spoiling.least[number], 0, worth)
    return Condition(remaining, saleable)


def post_decay(cargo: Cargo, left: Condition, postings: Postings) -> None:
    """Post value x (1 - saleable) per consignment."""
    cents = whole_cents(cargo.value[cargo.rows] * (1 - left.saleable[cargo.rows]))
    cargo.post(postings, cargo.rows, cents, activity="decay")


def post_damage(cargo: Cargo, spoiling: Spoiling, postings: Postings) -> None:
    """Post the expected loss of value at every passage of a step with a share of damage, such as a transload."""
    if spoiling.damage.any():
        lost = cargo.paths.undergone(spoiling.damage[cargo.paths.step] * cargo.paths.started)
        cargo.post(postings, cargo.rows, whole_cents(cargo.value[cargo.rows] * lost[cargo.rows]), activity="damage")


def post_quality(cargo: Cargo, spoiling: Spoiling, left: Condition, postings: Postings) -> None:
    """Post what the market refuses of the saleable value, and as a negative cost the premium on what it takes.

    Both only where goods were delivered: before that nobody has seen them.
    """
    arrived = cargo.rows[cargo.delivered[cargo.rows]]
    sellable = cargo.value[arrived] * left.saleable[arrived]
    for tariff, shares in (("rejected", spoiling.refused), ("premium", spoiling.premium)):
        cents = whole_cents(sellable * shares[cargo.flow[arrived]])
        cargo.post(postings, arrived, cents, activity="quality", tariff=tariff)
