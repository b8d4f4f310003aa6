"""Emissions of the simulated loads by chain element (ISO 14083), well-to-wheel and tank-to-wheel, and their price."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from corridor_sim.economics.cargo import Cargo, whole_cents
from corridor_sim.economics.ledger import Postings
from corridor_sim.economics.money import Exchange
from corridor_sim.economics.remarks import EMPTY_BOX, NO_FACTOR, NO_KM, Remark, remark
from corridor_sim.engine.program import MEASURES, NONE, ONE, Ints
from corridor_sim.network.info import StepInfo
from corridor_sim.network.instructions import Flags
from corridor_sim.network.lowered import Lowered
from corridor_sim.sampling.law import Floats
from corridor_sim.scenario.model import RouteBox
from corridor_sim.scenario.money import Factor
from corridor_sim.units import CENTS

TRANSPORT = ("move", "board")
HUB = ("work", "seize")
KG_PER_TONNE = 1000
COUNTED_BY = {"tonne_km": "mass", "teu_km": "teu", "tonne": "mass", "box": "box"}
"""What a factor is per -> the measure of a load."""
PER_KM = ("tonne_km", "teu_km")
BOUNDARIES = ("wtw", "ttw")
MEASURE_AXIS = 2
LOADED = (0, 1)
"""Second axis of the weights: loads without and with reefer plugs."""


@dataclass(frozen=True)
class Emissions:
    """kg CO2e by (consignment, row of Lowered.steps); None where a chain element in use cannot be counted.

    A load's emissions are its members' by gross mass. `remarks` say in words what is missing or left out. Tank to
    wheel is worked out when it is asked for.
    """

    wtw_kg: Floats | None
    tank_to_wheel: Callable[[], Floats] | None
    remarks: tuple[Remark, ...]

    @property
    def ttw_kg(self) -> Floats | None:
        """The same tank to wheel."""
        return self.tank_to_wheel() if self.tank_to_wheel else None


@dataclass
class Weights:
    """What a step emits per size of a load: `kg` (steps, LOADED, MEASURES, BOUNDARIES) per thousandth of a measure.

    `lacking` holds, by (step, plugged), what would have to be known; `remarks` what is left out.
    """

    kg: Floats
    lacking: dict[tuple[int, int], Remark] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)

    def add(self, step: int, plugged: int, measure: str, factor: Factor, times: float) -> None:
        """Add a factor's kg CO2e, `times` per unit of a measure."""
        kg_per_unit = np.array([float(factor.wtw.value), float(factor.ttw.value)]) * times
        self.kg[step, plugged, MEASURES.index(measure)] += kg_per_unit / ONE


def weigh_steps(lowered: Lowered) -> Weights:
    """Return what each step emits, from the scenario's factors.

    A plugged load uses the factor `reefer_<mode>` instead of that of the mode, or, where there is none, the mode's and
    the factor `reefer` on top; at hubs `reefer_hub` or that of the hub.
    """
    weights = Weights(np.zeros((len(lowered.steps), len(LOADED), len(MEASURES), len(BOUNDARIES))))
    for number, info in enumerate(lowered.steps):
        for plugged in LOADED if info.kind in TRANSPORT + HUB else ():
            _weigh(lowered, weights, number, plugged)
    _add_empty_legs(lowered, weights)
    return weights


def _weigh(lowered: Lowered, weights: Weights, number: int, plugged: int) -> None:
    info, factors = lowered.steps[number], lowered.scenario.money.emissions
    if info.kind in TRANSPORT and info.km == 0 and info.origin != info.destination:
        weights.lacking[number, plugged] = remark(NO_KM, route=info.route, step=info.name)
    for name in _factor_names(info, plugged, factors):
        factor = factors.get(name)
        if factor is None or factor.per not in COUNTED_BY or (info.kind in HUB and factor.per in PER_KM):
            weights.lacking[number, plugged] = remark(NO_FACTOR, route=info.route, step=info.name, factor=name)
        else:
            weights.add(number, plugged, COUNTED_BY[factor.per], factor, _times(factor, float(info.km)))


def _times(factor: Factor, km: float) -> float:
    """Return how often a factor counts per unit of its measure: over `km`, and per kg where it is per tonne."""
    over = km if factor.per in PER_KM else 1.0
    return over / KG_PER_TONNE if COUNTED_BY[factor.per] == "mass" else over


def _factor_names(info: StepInfo, plugged: int, factors: dict[str, Factor]) -> list[str]:
    name = info.factor or (info.mode if info.kind in TRANSPORT else "hub")
    if not plugged:
        return [name]
    if f"reefer_{name}" in factors:
        return [f"reefer_{name}"]
    return [name, "reefer"] if info.kind in TRANSPORT else [name]


def _add_empty_legs(lowered: Lowered, weights: Weights) -> None:
    """Add the way of the empty box to the step it is first loaded at and from the step it is last unloaded at.

    Its km and mode are those of a step between the same two places; where there is none, or no tare, it is left out.
    """
    scenario = lowered.scenario
    for step, start, stop, route in _empty_legs(lowered):
        known = next(
            (info for info in lowered.steps if {info.origin, info.destination} == {start, stop} and info.km), None
        )
        factor = scenario.money.emissions.get(known.factor or known.mode) if known else None
        tare = scenario.boxes[route.type].tare
        if known is None or factor is None or factor.per not in COUNTED_BY or tare is None:
            weights.remarks.append(remark(EMPTY_BOX, start=start, stop=stop))
            continue
        times = _times(factor, float(known.km)) * (1 - float(route.reuse.value) if route.reuse else 1)
        by_mass = COUNTED_BY[factor.per] == "mass"
        for plugged in LOADED:
            weights.add(
                step,
                plugged,
                "box" if by_mass else COUNTED_BY[factor.per],
                factor,
                times * float(tare.value) if by_mass else times,
            )


def _empty_legs(lowered: Lowered) -> Iterator[tuple[int, str, str, RouteBox]]:
    """Yield (step it is counted at, from, to, box) of the ways of empty boxes."""
    for name, route in lowered.scenario.routes.items():
        own = [number for number, info in enumerate(lowered.steps) if info.route == name and not info.lane]
        packed = max((number for number in own if lowered.steps[number].kind == "batch"), default=NONE)
        boxed = [number for number in own if number > packed and lowered.steps[number].kind in TRANSPORT]
        if route.box is None or not boxed:
            continue
        first, last = boxed[0], boxed[-1]
        ends = (
            (first, route.box.empty_from, lowered.steps[first].origin),
            (last, lowered.steps[last].destination, route.box.return_to),
        )
        for step, start, stop in ends:
            if start is not None and stop is not None and start != stop:
                yield step, start, stop, route.box


@dataclass(frozen=True)
class Elements:
    """What of an alternative's instructions and steps counts as a chain element of transport.

    `element` by instruction: the row of Lowered.steps whose passage it is, else NONE; `hub` by step: the number of the
    place where goods are handled, else NONE; `weights` what each step emits, of which the measures `counted` do.
    """

    element: Ints
    hub: Ints
    weights: Weights
    counted: tuple[int, ...]

    @cached_property
    def per_measure(self) -> Mapping[str, Floats]:
        """By boundary kg (steps, LOADED, counted) per thousandth of what counts, each in one piece."""
        counted = self.weights.kg[:, :, list(self.counted)]
        return {name: np.ascontiguousarray(counted[..., place]) for place, name in enumerate(BOUNDARIES)}


def elements_of(lowered: Lowered) -> Elements:
    """Return the Elements of an alternative."""
    places = sorted({info.origin for info in lowered.steps})
    element, hub = np.full(len(lowered.program.code), NONE), np.full(len(lowered.steps), NONE)
    for number, info in enumerate(lowered.steps):
        if info.kind in TRANSPORT + HUB:
            element[info.main] = number
        if info.kind in HUB:
            hub[number] = places.index(info.origin)
    weights = weigh_steps(lowered)
    by_measure = np.moveaxis(weights.kg, MEASURE_AXIS, 0).reshape(len(MEASURES), -1)
    return Elements(element, hub, weights, tuple(np.flatnonzero(by_measure.any(axis=1)).tolist()))


def emissions(cargo: Cargo, elements: Elements) -> Emissions:
    """Return what our consignments emitted: every transport that started, and every hub once per passage."""
    walk = _walk if cargo.passages.fast else _at_once
    kg, used = walk(cargo, elements, "wtw")
    weights = elements.weights
    lacking = {what for where, what in weights.lacking.items() if used[where]}
    if lacking:
        return Emissions(None, None, (*sorted(lacking, key=str), *weights.remarks))
    return Emissions(kg, lambda: walk(cargo, elements, "ttw")[0], tuple(weights.remarks))


def _walk(cargo: Cargo, elements: Elements, boundary: str) -> tuple[Floats, Flags]:
    """Return kg CO2e by (consignment, step), and by (step, LOADED) whether anything was emitted, by a compiled loop."""
    from corridor_sim.economics.loops import emit

    passages, paths, steps = cargo.passages, cargo.paths, len(cargo.lowered.steps)
    loads = len(passages.things) - len(passages.own) - 1
    used = np.zeros((steps, len(LOADED)), bool)
    kg, of_loads = np.zeros((len(cargo.flow), steps)), np.zeros((loads, steps))
    emit(
        passages.visits,
        passages.trace.begins,
        passages.held,
        passages.things,
        MEASURES.index("plug"),
        elements.element,
        elements.hub,
        np.array(elements.counted, np.int64),
        elements.per_measure[boundary],
        used.ravel(),
        kg,
        of_loads,
    )
    if loads:
        paths.add_shares(kg, of_loads)
    return kg, used


def _at_once(cargo: Cargo, elements: Elements, boundary: str) -> tuple[Floats, Flags]:
    """Return what `_walk` returns, without a loop."""
    paths, steps = cargo.paths, len(cargo.lowered.steps)
    rows, step = _elements(cargo, elements)
    things, held = cargo.passages.things, paths.held[rows]
    plugged = (things[held, MEASURES.index("plug")] > 0).astype(np.int64)
    used = np.zeros((steps, len(LOADED)), bool)
    used[step, plugged] = True
    kg, per = np.zeros(len(rows)), elements.per_measure[boundary]
    for place, measure in enumerate(elements.counted):
        kg += things[held, measure] * per[step, plugged, place]
    return paths.divided(rows, step, kg, steps), used


def _elements(cargo: Cargo, elements: Elements) -> tuple[Ints, Ints]:
    """Return (rows of the paths, rows of Lowered.steps) of the chain elements that were used.

    Steps at one place with no transport between them are one hub, however finely they are modelled.
    """
    paths = cargo.paths
    rows = np.flatnonzero((elements.element[paths.step] != NONE) & paths.started)
    step = elements.element[paths.step[rows]]
    hub = elements.hub[step]
    repeated = (np.diff(paths.consignment[rows], prepend=NONE) == 0) & (np.diff(hub, prepend=NONE) == 0)
    counts = ~(repeated & (hub != NONE))
    return rows[counts], step[counts]


@dataclass(frozen=True)
class Carbon:
    """The price of emissions: `cents_per_kg` of the one currency of `exchange`."""

    cents_per_kg: float
    exchange: Exchange


def carbon_of(lowered: Lowered) -> Carbon | None:
    """Return the price of emissions of an alternative, None where it has none."""
    carbon = lowered.scenario.money.carbon
    if carbon is None:
        return None
    currency = carbon.price.parts[0].currency
    return Carbon(
        float(sum(part.amount for part in carbon.price.parts) * CENTS),
        Exchange.of((currency,), lowered.tariffs.exchange),
    )


def post_carbon(cargo: Cargo, carbon: Carbon | None, emitted: Emissions, postings: Postings) -> None:
    """Post price per mass x well-to-wheel emissions by consignment and step; nothing where they are not available."""
    if carbon is None or emitted.wtw_kg is None:
        return
    place, step = np.nonzero(emitted.wtw_kg[cargo.rows])
    who = cargo.rows[place]
    kg = emitted.wtw_kg[who, step]
    amount = whole_cents(kg * carbon.cents_per_kg)
    cents = carbon.exchange.cny_cents(np.zeros(len(who), np.int64), amount, cargo.paths.ended[who])
    cargo.post(
        postings,
        who,
        cents,
        activity="carbon",
        base="carbon",
        step=step,
        quantity=np.rint(kg * ONE).astype(np.int64),
        currency=carbon.exchange.currencies[0],
        amount=amount,
    )
