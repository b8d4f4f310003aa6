"""What the timetable promises at release: the same way alone in the world, with every departure that can be met."""

from __future__ import annotations

from paper.amounts import seconds
from paper.calendars import Windows
from paper.goods import Load
from paper.play import Play
from paper.vehicles import closed_until
from paper.world import Op, Service, World

NEVER = None


class Promises:
    """Deliveries promised, by flow and release."""

    def __init__(self, world: World, play: Play) -> None:
        self.world, self.play = world, play

    def of(self, load: Load) -> int | None:
        """When this consignment would be delivered if nobody were in its way; None if never."""
        alone = Load(load.flow, load.ordinal, load.release, 0, 0, self.world.flows[load.flow]["route"])
        tick: int | None = load.release
        while tick is not None and alone.at < len(self.world.ops[alone.route]):
            op = self.world.ops[alone.route][alone.at]
            if op.kind == "again" and alone.loops.get(alone.at, 0) < op.at_most:
                alone.loops[alone.at] = alone.loops.get(alone.at, 0) + 1
                alone.at = op.to
                continue
            tick = self._after(alone, op, tick)
            alone.at += 1
        return tick

    def _after(self, alone: Load, op: Op, tick: int) -> int | None:
        if op.kind == "mark":
            alone.marks[op.where] = tick
        elif op.kind == "batch":
            alone.batched = True
            return tick + seconds(op.body["or_after"]) if "or_after" in op.body else tick
        elif op.kind == "delay":
            return tick + op.takes
        elif op.kind == "work":
            facility = self.world.facilities[op.where]
            return work_ends(facility.windows, facility.at_closing, tick, self.play.takes(alone, op))
        elif op.kind == "seize":
            return next(
                (max(begin, tick) for begin, end in self.world.facilities[op.where].windows if end > tick), NEVER
            )
        elif op.kind == "gate":
            return next((max(b, tick) for b, e in self.world.services[op.where].gate or [] if e > tick), NEVER)
        elif op.kind == "board":
            return self._ride(alone, self.world.services[op.where], tick)
        return tick

    def _ride(self, alone: Load, service: Service, tick: int) -> int | None:
        berths = service.body.get("berths") or {}
        for number, scheduled in enumerate(service.scheduled):
            if tick > service.list_closes(scheduled):
                continue
            if any(alone.marks.get(kind, tick) > scheduled - before for kind, before in service.cutoffs.items()):
                continue
            leaves = closed_until(service.shut_from, scheduled)
            limit = service.body.get("waits_for_reopening")
            if limit is not None and leaves > scheduled + seconds(limit):
                continue
            if "loading" in berths:
                leaves += seconds(berths["loading"])
            arrives = closed_until(service.shut_to, leaves + service.takes[number])
            return arrives + (seconds(berths["unloading"]) if "unloading" in berths else 0)
        return NEVER


def work_ends(windows: Windows, at_closing: str, tick: int, takes: int) -> int | None:
    """When work asked for at `tick` is done by a server that is free."""
    for begin, end in windows:
        begin = max(begin, tick)
        if end <= begin:
            continue
        if at_closing == "finish" or begin + takes <= end:
            return begin + takes
        if at_closing == "pause":
            takes -= end - begin
    return NEVER
