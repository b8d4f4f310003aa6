"""Finds cycles of holds: groups in which everybody waits for what somebody in the group keeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from corridor_sim.engine.program import Program
from corridor_sim.errors import EngineError

if TYPE_CHECKING:
    from corridor_sim.engine.reference import Traveller
    from corridor_sim.engine.stations import Station


def check_holds(program: Program, stations: Sequence[Station], travellers: Sequence[Traveller]) -> None:
    """Raise EngineError naming who waits for whom if, at the stop, a group can never go on.

    A waiter is stuck if all units of the station it waits for are held by others who are stuck themselves;
    removing everybody who could still go on leaves the stuck ones.
    """
    waits_at: dict[int, Station] = {}
    for station in stations:
        for *_, request in station.queue:
            waits_at[request.holder] = station
    stuck = set(waits_at)
    while True:
        free = {waiter for waiter in stuck if _may_go_on(waits_at[waiter], stuck)}
        if not free:
            break
        stuck -= free
    if not stuck:
        return
    waiter = min(stuck)
    station = waits_at[waiter]
    holder = min(station.holders)
    names = program.facility_names
    raise EngineError(
        f"holds form a cycle of {len(stuck)} consignments and vehicles: {_who(program, travellers, waiter)} waits for "
        f"{names[station.number]}, held by {_who(program, travellers, holder)}, who waits for "
        f"{names[waits_at[holder].number]}; give one of them more room or release it earlier"
    )


def _may_go_on(station: Station, stuck: set[int]) -> bool:
    return not station.holders or any(holder not in stuck for holder in station.holders)


def _who(program: Program, travellers: Sequence[Traveller], holder: int) -> str:
    if holder < 0:
        return f"departure {-1 - holder}"
    traveller = travellers[holder]
    return f"{program.flow_names[traveller.flow]} {holder}"
