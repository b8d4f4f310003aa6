"""Plays a network of queues (tests/queue_networks.py) with Ciw, on the draws of this program, and compares.

Ciw (https://ciw.readthedocs.io) simulates queueing networks and was written by other people. A world is played here
once with nobody in anybody's way, which tells how long each work of each consignment lasts and which way it goes:
draws do not depend on what is in the way. Ciw is given releases, ways and durations, and finds the queues by itself.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest
from math import inf
from typing import Any

import ciw

from corridor_sim import load, lower, simulate
from corridor_sim.engine.base import VISITS, Engine
from corridor_sim.engine.program import NONE, Inputs, Op, Program
from queue_networks import HOUR, MOMENTS, RUN, WEEK, Network, Station

AT_CLOSING = {"pause": "resume", "restart": "restart", "finish": False}
Row = dict[str, int]
Passage = tuple[str | None, int, int]
"""Station or service (None: a wait for nobody), and the ticks when it began and ended."""


@dataclass(frozen=True)
class Played:
    """What this program found: inputs, visits, and the passages of each consignment, in order of release."""

    program: Program
    inputs: Inputs
    rows: list[Row]
    passages: list[list[Passage]]
    releases: list[int]
    flows: list[int]


def played(network: Network, seed: int, engine: str | Engine, sets: list[str]) -> Played:
    """Return a network as this program plays it, with overrides."""
    file = load(network.text(), sets)
    lowered = lower(file.base, file.baseline)
    (one,) = simulate(lowered, range(1), seed, engine=engine)
    program, cargo = lowered.program, one.inputs.consignments
    rows = [dict(zip(VISITS, row, strict=True)) for row in one.trace.visits.tolist()]
    found: dict[int, list[Passage]] = defaultdict(list)
    for row in rows:
        if program.code[row["step"]].op in (Op.DELAY, Op.BOARD):
            step = program.step_names[row["step"]].partition("/")[2]
            found[row["consignment"]].append((network.node_of[step], row["start"], row["end"]))
    # arrivals of one tick come in the order of flows, and of those of a flow
    order = sorted(range(len(cargo.release)), key=lambda number: (cargo.release[number], number))
    return Played(
        program,
        one.inputs,
        rows,
        [found[number] for number in order],
        [int(cargo.release[number]) for number in order],
        [int(cargo.flow[number]) for number in order],
    )


def in_nobodys_way(network: Network) -> list[str]:
    """Return overrides with which nobody ever waits for anybody."""
    sets = ["services.train.capacity=1000000 consignments"]
    for station in network.stations:
        sets += [f"facilities.{station.name}.servers=1000000", f"facilities.{station.name}.opens=always"]
        sets += [f"facilities.{station.name}.cuts=[]"] if station.is_cut else []
        sets += [f"facilities.room of {station.name}.servers=1000000"] if station.room else []
    return sets


class Gaps(ciw.dists.Distribution):
    """Gaps between the releases of a flow, and none after the last."""

    def __init__(self, releases: list[int]) -> None:
        self.gaps = deque(after - before for before, after in zip([0, *releases], releases, strict=False))

    def sample(self, t: float | None = None, ind: ciw.Individual | None = None) -> float:
        return self.gaps.popleft() if self.gaps else inf


class Durations(ciw.dists.Distribution):
    """How long each work of each consignment lasts; Ciw copies a law for every node, but no function."""

    def __init__(self, of: Callable[[ciw.Individual], int]) -> None:
        self.of = of

    def sample(self, t: float | None = None, ind: ciw.Individual | None = None) -> float:
        return self.of(ind)


def ciw_network(network: Network, free: Played) -> ciw.Network:
    """Return the network as Ciw has it; `free` is what this program found with nobody in anybody's way."""
    nodes: list[str | None] = [*(one.name for one in network.stations), "train", None]
    number = {node: place for place, node in enumerate(nodes, start=1)}
    # Ciw numbers consignments from 1 as they come
    ways = {who: [number[node] for node, _, _ in way] for who, way in enumerate(free.passages, start=1)}

    def duration(who: ciw.Individual) -> int:
        done = sum(record.record_type == "service" for record in who.data_records)
        _, start, end = free.passages[who.id_number - 1][done]
        return end - start

    names = free.program.flow_names
    ranks = sorted({flow.priority for flow in network.flows})
    releases = {
        name: [tick for tick, flow in zip(free.releases, free.flows, strict=True) if flow == place]
        for place, name in enumerate(names)
    }
    begins = {name: Gaps(ticks) for name, ticks in releases.items()}
    return ciw.create_network(
        arrival_distributions={name: [*[None] * (len(nodes) - 1), begins[name]] for name in names},
        service_distributions={name: [Durations(duration) for _ in nodes] for name in names},
        number_of_servers=[*(servers(one) for one in network.stations), slots(network), inf],
        queue_capacities=[*(one.room - one.servers if one.room else inf for one in network.stations), inf, inf],
        priority_classes={flow.name: ranks.index(flow.priority) for flow in network.flows},
        routing={name: ciw.routing.ProcessBased(lambda ind, _: list(ways[ind.id_number][1:])) for name in names},
    )


def servers(station: Station) -> Any:
    """Return the servers of a station, over time where they change."""
    if not (station.opens or station.is_cut):
        return station.servers
    numbers, ends = zip(*station.changes(), strict=True)
    return ciw.Schedule(list(numbers), list(ends), preemption=AT_CLOSING[station.at_closing])


def slots(network: Network) -> ciw.Slotted:
    """Return the timetable."""
    moments = [(day * 24 + hour) * HOUR for day, hour in MOMENTS[network.timetable]]
    return ciw.Slotted(slots=[*moments, WEEK], slot_sizes=[*[network.places] * len(moments), 0])


def passages_by_ciw(network: Network, free: Played) -> list[list[Passage]]:
    """Return the passages of each consignment as Ciw finds them."""
    # where two things happen at once Ciw draws lots, which must not differ from run to run
    ciw.seed(0)
    simulation = ciw.Simulation(ciw_network(network, free))
    simulation.simulate_until_max_time(RUN)
    names: list[str | None] = [*(one.name for one in network.stations), "train", None]
    found: list[list[Passage]] = [[] for _ in free.passages]
    for who in simulation.get_all_individuals():
        begun: int | None = None
        for record in who.data_records:
            begun = record.service_start_date if begun is None else begun
            if record.record_type == "service":
                passage = (names[record.node - 1], int(begun), int(record.service_end_date))
                found[who.id_number - 1].append(passage)
                begun = None
    return found


def at_once(one: Played) -> bool:
    """Return whether two things happened in one tick at a station, of which other simulators draw one by lot."""
    changes = [{change.tick for change in capacity if change.tick} for capacity in one.inputs.capacity]
    ready: dict[int, list[int]] = defaultdict(list)
    ended: dict[int, list[int]] = defaultdict(list)
    boarding: list[int] = []
    for row in one.rows:
        op = one.program.code[row["step"]].op
        if op is Op.SEIZE:
            ready[row["resource"]].append(row["ready"])
        elif op is Op.DELAY and row["resource"] != NONE:
            ended[row["resource"]].append(row["end"])
        elif op is Op.BOARD:
            boarding.append(row["ready"])
    leaves = set(one.inputs.departures.scheduled.tolist())
    if len(set(boarding)) < len(boarding) or leaves & set(boarding):
        return True
    for facility, ticks in ready.items():
        others = set(ended[facility]) | changes[facility]
        met = set(ended[facility]) & changes[facility]
        if len(set(ticks)) < len(ticks) or others & set(ticks) or met:
            return True
    return False


@dataclass(frozen=True)
class Compared:
    """Where Ciw differs first ("" nowhere), how many passages there were, how many of them after a wait.

    `at_once`: two things happened in one tick at a station, of which Ciw draws one by lot.
    """

    difference: str
    passages: int
    waited: int
    at_once: bool


def compare(network: Network, seed: int, engine: str | Engine) -> Compared:
    """Play a network here and with Ciw."""
    free = played(network, seed, engine, in_nobodys_way(network))
    ours = played(network, seed, engine, [])
    theirs = passages_by_ciw(network, free)
    waits = sum(row["start"] > row["ready"] for row in ours.rows if ours.program.code[row["step"]].op is Op.SEIZE)
    difference = next(filter(None, map(_difference, range(len(theirs)), ours.passages, theirs)), "")
    return Compared(difference, sum(map(len, ours.passages)), waits, at_once(ours))


def _difference(number: int, mine: list[Passage], its: list[Passage]) -> str:
    """Return in words where two ways of a consignment differ first, "" nowhere."""
    for place, (one, other) in enumerate(zip_longest(mine, its)):
        if one != other:
            return f"consignment {number}, passage {place}: {one}, by Ciw {other}"
    return ""
