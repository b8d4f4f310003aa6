"""The course of all consignments, second by second in which something happens, in the stated order of a second."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial

from paper.amounts import F, cargo, quantity, seconds
from paper.goods import Load, Passage, all_loads, measured
from paper.queues import Job, Shop
from paper.vehicles import Departure, closed_until
from paper.world import Op, World

DONE, CLOSINGS, OPENINGS, ARRIVALS, LISTS = range(5)


class Play:
    """A run with the noise off."""

    def __init__(self, world: World, ties: dict[tuple[str, int], int]) -> None:
        self.world, self.now = world, -1
        self.agenda: list[tuple[int, int, str, int, Callable[[], None]]] = []
        self.count = 0
        self.movers: list[Load] = []
        self.shops = {name: Shop(facility, self._done_later) for name, facility in world.facilities.items()}
        self.waiting: dict[str, list[Load]] = {name: [] for name in world.services}
        self.batches: dict[tuple[str, str, str], list[Load]] = {}
        self.departed: list[Departure] = []
        self.loads = all_loads(world.clock, world.flows, ties)
        self.open_measured = {load for load in self.loads if measured(world.clock, load.release)}
        self.stop = world.clock.end

    # ---------------------------------------------------------------------------------------------------- the agenda
    def later(self, tick: int, phase: int, rank: str, act: Callable[[], None]) -> None:
        self.count += 1
        heapq.heappush(self.agenda, (tick, phase, rank, self.count, act))

    def run(self) -> Play:
        for load in self.loads:
            self.later(load.release, DONE, "", partial(self._release, load))
        for name, shop in self.shops.items():
            before = F(-1)
            for tick, units in shop.facility.changes:
                phase = CLOSINGS if units < before else OPENINGS
                self.later(tick, phase, name, partial(self._change, shop, units))
                before = units
        for name, service in self.world.services.items():
            for number, scheduled in enumerate(service.scheduled):
                departure = Departure(service, number)
                closes = max(service.list_closes(scheduled), 0)
                self.later(closes, LISTS, f"{scheduled:015} {name}", partial(self._close_list, departure))
        while self.agenda and self.open_measured:
            if self.agenda[0][0] > self.world.clock.end:
                break
            ahead = self.agenda[0][:2]
            if ahead[0] > self.now or ahead[1] == LISTS:
                self._quiet()
                if not self.open_measured:
                    break
                if self.agenda[0][:2] != ahead:
                    continue
            self.now, *_, act = heapq.heappop(self.agenda)
            act()
        self._quiet()
        if not self.open_measured:
            self.stop = self.now
        return self

    def _change(self, shop: Shop, units: Fraction) -> None:
        shop.change(units, self.now)

    def _quiet(self) -> None:
        """Let everybody move and be served at this second."""
        while True:
            while self.movers:
                load = min(self.movers, key=lambda load: (load.priority, load.tie))
                self.movers.remove(load)
                self._walk(load)
            if not any(self._grant(self.shops[name]) for name in sorted(self.shops)):
                break

    def _grant(self, shop: Shop) -> bool:
        job = shop.grant(self.now) if shop.queue else None
        if job is None:
            return False
        if job.takes is None:
            job.then(self.now)
        return True

    def _done_later(self, shop: Shop, job: Job, tick: int) -> None:
        version = job.version

        def done() -> None:
            if job.version == version and job.running:
                shop.finish(job)
                job.then(self.now)

        self.later(tick, DONE, "", done)

    # ------------------------------------------------------------------------------------------------------- walking
    def _release(self, load: Load) -> None:
        load.ready = self.now
        self.movers.append(load)

    def _on(self, load: Load) -> None:
        """The operation is over: on to the next."""
        self._close(load)
        load.at += 1
        load.ready = self.now
        self.movers.append(load)

    def _close(self, load: Load) -> None:
        load.passages[-1].end = self.now
        load.passages[-1].members, load.passages[-1].batched = tuple(load.members), load.batched
        if load.passages[-1].start is None:
            load.passages[-1].start = load.passages[-1].ready

    def _walk(self, load: Load) -> None:
        """As far as no time passes."""
        while True:
            ops = self.world.ops[load.route]
            if load.at == len(ops):
                self._deliver(load)
                return
            op = ops[load.at]
            load.ready = self.now
            if op.kind == "begin":
                load.passages.append(Passage(load.route, op.step, self.now))
            elif op.kind in ("mark", "through"):
                if op.kind == "mark":
                    load.marks[op.where] = self.now
                self._close(load)
            elif op.kind == "switch":
                self._close(load)
                if self._leaves(op):
                    load.route = op.body["to"]
                    target = self.world.ops[load.route]
                    load.at = next(
                        i for i, each in enumerate(target) if (each.kind, each.step) == ("begin", op.body["join"])
                    )
                    continue
            elif op.kind == "again":
                self._close(load)
                load.loops[load.at] = load.loops.get(load.at, 0) + 1
                if load.loops[load.at] <= op.at_most:
                    load.at = op.to
                    continue
            elif op.kind == "release":
                self._close(load)
                self._give_back(load.holds.pop(op.where), op)
            elif not self._passes(load, op):
                return
            load.at += 1

    def _give_back(self, units: Fraction, op: Op) -> None:
        shop = self.shops[op.where]
        if op.takes:
            self.later(self.now + op.takes, DONE, "", lambda: shop.give_back(units))
        else:
            shop.give_back(units)

    def counts(self, load: Load) -> dict[str, Fraction]:
        return self.world.counts(load.members, load.batched, load.route)

    def takes(self, load: Load, op: Op) -> int:
        boxes = self.counts(load)["box"] if op.per_box else F(1)
        return op.takes * -(-boxes.numerator // boxes.denominator)

    def _passes(self, load: Load, op: Op) -> bool:
        """Begin an operation that may take time; True if it took none."""
        if op.kind == "delay":
            self.later(self.now + op.takes, DONE, "", lambda: self._on(load))
        elif op.kind == "work":
            self._ask(load, op, F(1), self.takes(load, op))
        elif op.kind == "seize":
            self._ask(load, op, self.units(load, op), None)
        elif op.kind == "gate":
            return self._gate(load, op)
        elif op.kind == "board":
            self.waiting[op.where].append(load)
        elif op.kind == "batch":
            self._gather(load, op)
        return False

    def units(self, load: Load, op: Op) -> Fraction:
        """What a step seizes: as it says, else a server or the load's own size."""
        facility = self.world.facilities[op.where]
        if "units" in (op.body or {}):
            return quantity(op.body["units"])[0]
        return F(1) if facility.kind == "server" else self.counts(load)[facility.kind]

    def _ask(self, load: Load, op: Op, units: Fraction, takes: int | None) -> None:
        passage, shop = load.passages[-1], self.shops[op.where]

        def granted(now: int) -> None:
            if takes is None:
                load.holds[op.where] = load.holds.get(op.where, F(0)) + units
            passage.start = job.granted
            self._on(load)

        job = Job(load.turn, units, granted, takes)
        shop.queue.append(job)

    def _gate(self, load: Load, op: Op) -> bool:
        windows = self.world.services[op.where].gate or []
        opens = next((begin for begin, end in windows if end > self.now), self.world.clock.end + 1)
        if opens <= self.now:
            return True
        self.later(opens, OPENINGS, "", lambda: self._on(load))
        return False

    def _leaves(self, op: Op) -> bool:
        """Whether a switch leads to the other route."""
        rule = op.body["switch"]
        if "next_departure_of" in rule:
            service = self.world.services[rule["next_departure_of"]]
            open_ones = [tick for tick in service.scheduled if service.list_closes(tick) >= self.now]
            return not open_ones or open_ones[0] - self.now > seconds(rule["later_than"])
        return self.shops[rule["queue_at"]].waits_ahead() > quantity(rule["over"])[0]

    def _deliver(self, load: Load) -> None:
        for member in load.members:
            member.delivered = self.now
            self.open_measured.discard(member)

    # ------------------------------------------------------------------------------------------------------- batching
    def _gather(self, load: Load, op: Op) -> None:
        mixes = op.body.get("mixes") == "route"
        key = (load.route, op.step, "" if mixes else load.flow)
        here = self.batches.setdefault(key, [])
        here.append(load)
        if "or_after" in op.body:
            ends = self.now + seconds(op.body["or_after"])
            self.later(ends, DONE, "", lambda: self._time_out(key, load))
        target, kind = quantity(op.body["batch"])
        while sum((self.counts(each).get(kind, F(0)) for each in here), F(0)) >= target:
            gathered: list[Load] = []
            total = F(0)
            for each in sorted(here, key=lambda each: each.turn):
                total += self.counts(each).get(kind, F(0))
                if gathered and total > target:  # the first n leave (WORLD.md): who would make it more waits
                    break
                gathered.append(each)
            self._form(here, gathered)

    def _time_out(self, key: tuple[str, str, str], load: Load) -> None:
        here = self.batches[key]
        if load in here:
            self._form(here, sorted(here, key=lambda each: each.turn))

    def _form(self, here: list[Load], gathered: list[Load]) -> None:
        leader = gathered[0]
        leader.members = [member for each in gathered for member in each.members]
        leader.batched = True
        for each in gathered:
            here.remove(each)
            for member in each.members:
                member.leader = leader
            if each is not leader:
                self._close(each)
                each.passages[-1].start, each.passages[-1].members = self.now, ()
        leader.passages[-1].start = self.now
        self._on(leader)

    # ------------------------------------------------------------------------------------------------------- vehicles
    def _close_list(self, departure: Departure) -> None:
        service, waiting = departure.service, self.waiting[departure.service.name]
        for load in sorted(waiting, key=lambda load: load.turn):
            if not self._in_time(load, departure):
                continue
            need = self.counts(load)
            fits = all(
                departure.used.get(kind, F(0)) + need.get(kind, F(0)) <= room for kind, room in service.free.items()
            )
            if fits:
                departure.listed.append(load)
                for kind in service.free:
                    departure.used[kind] = departure.used.get(kind, F(0)) + need.get(kind, F(0))
            elif service.body.get("loading") == "strict":
                break
        least = service.body.get("minimum")
        if least is not None and least["otherwise"] == "cancel":
            ((kind, amount),) = cargo(least["load"]).items()
            if departure.used.get(kind, F(0)) + service.others.get(kind, F(0)) < amount:
                return
        for load in departure.listed:
            waiting.remove(load)
        due = max(departure.scheduled, self.now)
        self.later(due, DONE, service.name, lambda: self._due(departure))

    def _in_time(self, load: Load, departure: Departure) -> bool:
        return all(
            load.marks.get(kind, load.ready) <= departure.scheduled - before
            for kind, before in departure.service.cutoffs.items()
        )

    def _due(self, departure: Departure) -> None:
        """Leave, or wait for the origin to open again as long as the service does."""
        service = departure.service
        reopens = closed_until(service.shut_from, self.now)
        if reopens > self.now:
            limit = service.body.get("waits_for_reopening")
            if limit is not None and reopens > departure.scheduled + seconds(limit):
                self.later(departure.scheduled + seconds(limit), CLOSINGS, "", lambda: self._cancel(departure))
            else:
                self.later(reopens, OPENINGS, service.name, lambda: self._due(departure))
            return
        berths = service.body.get("berths") or {}
        loading = seconds(berths["loading"]) if "loading" in berths else 0
        self._moor(departure, berths.get("at_origin"), loading, lambda: self._leave(departure))

    def _cancel(self, departure: Departure) -> None:
        self.waiting[departure.service.name] += departure.listed

    def _moor(self, departure: Departure, berth: str | None, work: int, then: Callable[[], None]) -> None:
        """Take a berth, if any, work there, and go on."""

        def granted(now: int) -> None:
            departure.berth = berth is not None
            if work:
                self.later(now + work, DONE, "", then)
            else:
                then()

        if berth is None:
            granted(self.now)
        else:
            self.shops[berth].queue.append(Job((0, self.now, 0), F(1), granted))

    def _leave(self, departure: Departure) -> None:
        service = departure.service
        departure.left = self.now
        self.departed.append(departure)
        for load in departure.listed:
            load.passages[-1].start = self.now
            load.boarded.append(departure.scheduled)
            body = self.world.ops[load.route][load.at].body
            if "leaves" in body:
                self.shops[body["leaves"]].give_back(load.holds.pop(body["leaves"]))
        if departure.berth:
            self.shops[service.body["berths"]["at_origin"]].give_back(F(1))
            departure.berth = False
        arrives = self.now + service.takes[departure.number]
        self.later(arrives, ARRIVALS, service.name, lambda: self._arrive(departure))

    def _arrive(self, departure: Departure) -> None:
        service = departure.service
        reopens = closed_until(service.shut_to, self.now)
        if reopens > self.now:
            self.later(reopens, ARRIVALS, service.name, lambda: self._arrive(departure))
            return
        berths = service.body.get("berths") or {}
        unloading = seconds(berths["unloading"]) if "unloading" in berths else 0
        self._moor(departure, berths.get("at_destination"), unloading, lambda: self._unload(departure))

    def _unload(self, departure: Departure) -> None:
        departure.to_unload = len(departure.listed) + 1
        for load in departure.listed:
            op = self.world.ops[load.route][load.at]
            if "enters" in op.body:
                self._enter(departure, load, op)
            else:
                self._unloaded(departure, load)
        self._unloaded(departure, None)

    def _enter(self, departure: Departure, load: Load, op: Op) -> None:
        yard = op.body["enters"]
        facility = self.world.facilities[yard]
        units = F(1) if facility.kind == "server" else self.counts(load)[facility.kind]

        def granted(_: int) -> None:
            load.holds[yard] = load.holds.get(yard, F(0)) + units
            self._unloaded(departure, load)

        self.shops[yard].queue.append(Job((load.priority, self.now, load.tie), units, granted))

    def _unloaded(self, departure: Departure, load: Load | None) -> None:
        if load is not None:
            self._on(load)
        departure.to_unload -= 1
        if departure.to_unload == 0 and departure.berth:
            self.shops[departure.service.body["berths"]["at_destination"]].give_back(F(1))
            departure.berth = False


def play(world: World, ties: Mapping[tuple[str, int], int]) -> Play:
    """Follow everybody; `ties`: tie rank by flow and ordinal, which are drawn by lot."""
    return Play(world, dict(ties)).run()
