"""Finds cycles of holds: groups in which everybody waits for what somebody in the group keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corridor_sim.engine.program import Ints, Program
from corridor_sim.errors import EngineError

if TYPE_CHECKING:
    from corridor_sim.engine.reference import Traveller
    from corridor_sim.engine.stations import Station
    from corridor_sim.engine.vehicles import Line


@dataclass(frozen=True, slots=True)
class Wait:
    """What somebody waits for: its name, who keeps how much of it, and how much of it may be kept by others."""

    thing: str
    kept: Mapping[int, int]
    spare: int = 0

    def keepers(self, stuck: AbstractSet[int]) -> list[int]:
        """Return those of the stuck who keep so much that the waiter cannot go on, nobody if it can."""
        holders = [holder for holder in self.kept if holder in stuck]
        return holders if sum(self.kept[holder] for holder in holders) > self.spare else []


def check_holds(
    program: Program, stations: Sequence[Station], lines: Sequence[Line], travellers: Sequence[Traveller]
) -> None:
    """Raise EngineError if, in the reference engine at the stop, a group can never go on."""
    raise_if_stuck(program, _waits(program, stations, lines), [traveller.flow for traveller in travellers])


def raise_if_stuck(program: Program, waits: Mapping[int, Wait], flow_of: Sequence[int] | Ints) -> None:
    """Raise EngineError naming who waits for whom if a group can never go on.

    `waits`: by holder (consignments count up from 0, vehicles down from -1) what it waits for; `flow_of`: the flow of
    each consignment. A waiter is stuck if those who are stuck themselves keep too much of what it waits for; removing
    everybody who could still go on leaves the stuck ones.
    """
    stuck = set(waits)
    while free := {waiter for waiter in stuck if not waits[waiter].keepers(stuck)}:
        stuck -= free
    if not stuck:
        return
    waiter = min(stuck, key=lambda number: (number < 0, number))
    holder = min(waits[waiter].keepers(stuck))
    raise EngineError(
        f"holds form a cycle of {len(stuck)} consignments and vehicles: {_who(program, flow_of, waiter)} waits for "
        f"{waits[waiter].thing}, held by {_who(program, flow_of, holder)}, who waits for {waits[holder].thing}; "
        "give one of them more room or release it earlier"
    )


def _waits(program: Program, stations: Sequence[Station], lines: Sequence[Line]) -> dict[int, Wait]:
    """Return what everybody waits for: room at a station, the berth of one's vehicle, the room of one's cargo."""
    waits: dict[int, Wait] = {}
    for line in lines:
        service = program.service_names[line.number]
        waits |= {cargo: Wait(service, {vehicle: 1}) for cargo, vehicle in line.at_berth.items()}
        waits |= {vehicle: Wait("its unloading", dict.fromkeys(cargo, 1)) for vehicle, cargo in line.unloading.items()}
    for station in stations:
        for *_, request in station.queue:
            spare = station.rule.units - request.units
            waits[request.holder] = Wait(program.facility_names[station.number], station.holders, spare)
    return waits


def _who(program: Program, flow_of: Sequence[int] | Ints, holder: int) -> str:
    if holder < 0:
        return f"departure {-1 - holder}"
    return f"{program.flow_names[flow_of[holder]]} {holder}"
