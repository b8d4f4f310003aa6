"""The world of one alternative: facilities with openings, services with departures, routes as operations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from paper.amounts import F, cargo, mean, quantity, seconds
from paper.calendars import Clock, Windows, closures, departures, merged, openings
from paper.goods import Load, counts, in_thousandths, load_counts
from paper.texts import Tree, as_list, steps_of, value

MANY = F(10**9)
HAULS = ("road", "rail", "sea", "barge", "air")
KINDS = (*HAULS, "at", "wait", "board", "batch", "seize", "release", "branch", "switch", "mark", "customs")


@dataclass(frozen=True)
class Op:
    """One operation of a route; `kind` says which of the others are meant."""

    kind: str
    step: str
    takes: int = 0
    per_box: bool = False
    where: str = ""
    body: Any = None
    lanes: Mapping[str, int] = field(default_factory=dict)
    to: int = 0
    at_most: int = 0


@dataclass
class Facility:
    """A place with servers or room; `changes`: its capacity from each tick on."""

    name: str
    kind: str
    units: Fraction
    windows: Windows
    changes: list[tuple[int, Fraction]]
    at_closing: str
    first_fit: bool


@dataclass
class Service:
    """Timetabled departures; `free`: what others leave of each capacity; `shut_*`: closures at its ends."""

    name: str
    body: Tree
    scheduled: list[int]
    cutoffs: dict[str, int]
    free: dict[str, Fraction]
    others: dict[str, Fraction]
    takes: list[int]
    shut_from: Windows
    shut_to: Windows
    gate: Windows | None

    def list_closes(self, scheduled: int) -> int:
        return scheduled - min(self.cutoffs.values(), default=0)


class World:
    """Everything that does not move."""

    def __init__(self, tree: Tree, lanes: Mapping[str, str]) -> None:
        self.tree, self.lanes = tree, dict(lanes)
        self.clock = Clock.of(tree["clock"])
        self.flows: Tree = tree["flows"]
        self.routes: Tree = tree["routes"]
        self.boxes: Tree = tree.get("boxes") or {}
        self.channels: Tree = tree.get("customs_channels") or {}
        self.facilities = {name: self._facility(name, body) for name, body in (tree.get("facilities") or {}).items()}
        self.services = {name: self._service(name, body) for name, body in (tree.get("services") or {}).items()}
        self.ones: dict[tuple[str, str], dict[str, Fraction]] = {}
        self.many: dict[tuple[tuple[str, ...], bool, str], dict[str, Fraction]] = {}
        self.ops = {name: self._operations(body["steps"]) for name, body in self.routes.items()}

    def box(self, route: str) -> Tree | None:
        """The box of a route, if it has one."""
        box = self.routes[route].get("box")
        return None if box is None else self.boxes[box["type"]]

    def one(self, flow: str, route: str) -> dict[str, Fraction]:
        """What a consignment of a flow counts on a route."""
        if (flow, route) not in self.ones:
            self.ones[flow, route] = counts(self.flows[flow], self.box(route))
        return self.ones[flow, route]

    def counts(self, members: Iterable[Load], batched: bool, route: str) -> dict[str, Fraction]:
        """What a load counts on a route."""
        members = tuple(members)
        key = (tuple(sorted(member.flow for member in members)), batched, route)
        if key not in self.many:
            self.many[key] = load_counts(members, batched, self.box(route), lambda flow: self.one(flow, route))
        return self.many[key]

    # ------------------------------------------------------------------------------------------ facilities, services
    def _shut(self, place: str, mode: str | None) -> Windows:
        return closures(self.clock, self.tree.get("closures"), place, mode)

    def _facility(self, name: str, body: Tree) -> Facility:
        kind, units = "server", MANY
        if "holds" in body:
            units, kind = quantity(body["holds"])
        elif value(body.get("servers", "1")) != "unlimited":
            units = F(value(body.get("servers", "1")))
        windows = openings(self.clock, body, self._shut(body["at"], body.get("mode")))
        cuts = [(self.clock.range_ticks(cut["on"]), F(value(cut["servers"]))) for cut in as_list(body.get("cuts"))]
        ticks = {0, *(tick for window in windows for tick in window), *(tick for span, _ in cuts for tick in span)}
        changes: list[tuple[int, Fraction]] = []
        for tick in sorted(tick for tick in ticks if tick >= 0):
            open_now = any(begin <= tick < end for begin, end in windows)
            left = min([units, *(servers for (begin, end), servers in cuts if begin <= tick < end)])
            changes.append((tick, left if open_now else F(0)))
        at_closing = body.get("at_closing", "pause")
        return Facility(name, kind, units, windows, changes, at_closing, body.get("discipline") == "first_fit")

    def _service(self, name: str, body: Tree) -> Service:
        clock = self.clock
        scheduled = departures(clock, body["departs"], clock.end)
        cutoff = value(body.get("cutoff"))
        if cutoff is None:
            cutoffs = {}
        elif isinstance(cutoff, dict):
            cutoffs = {kind: seconds(before) for kind, before in cutoff.items()}
        else:
            cutoffs = {"yard": seconds(cutoff)}
        share = mean(body["taken_by_others"]) if "taken_by_others" in body else F(0)
        room = cargo_list(body["capacity"])
        free = {kind: in_thousandths(amount * (1 - share)) for kind, amount in room.items()}
        gate = None
        if "opens" in body:
            early, late = seconds(body["opens"]), cutoffs.get("yard", 0)
            gate = merged((tick - early, tick - late + 1) for tick in scheduled)
        return Service(
            name,
            body,
            scheduled,
            cutoffs,
            free,
            {kind: amount - free[kind] for kind, amount in room.items()},
            [self._transit(body, tick) for tick in scheduled],
            self._shut(body["from"], body["mode"]),
            self._shut(body["to"], body["mode"]),
            gate,
        )

    def _transit(self, body: Tree, tick: int) -> int:
        """The law of the first season that holds this local date, else the usual one."""
        for season in as_list(body.get("takes_in")):
            for days in as_list(season["on"]):
                begin, end = self.clock.range_ticks(days)
                if begin <= tick < end:
                    return seconds(season["takes"])
        return seconds(body["takes"])

    # ---------------------------------------------------------------------------------------------------- operations
    def _operations(self, steps: list[Tree]) -> list[Op]:
        ops: list[Op] = []
        self._append(ops, steps, {})
        return ops

    def _append(self, ops: list[Op], steps: list[Tree], begins: dict[str, int]) -> None:
        for name, body in steps_of(steps):
            begins[name] = len(ops)
            ops.append(Op("begin", name))
            kind = next(key for key in body if key in KINDS)
            if kind in HAULS:
                ops.append(Op("delay", name, seconds(body["takes"])))
            elif kind == "wait":
                ops.append(Op("delay", name, seconds(body["wait"])))
            elif kind == "at":
                per_box = body.get("per") == "container"
                ops.append(Op("work", name, seconds(body["takes"]), per_box, body["at"]))
            elif kind == "board":
                if self.services[body["board"]].gate is not None:
                    ops.append(Op("gate", name, where=body["board"]))
                ops.append(Op("board", name, where=body["board"], body=body))
            elif kind == "customs":
                self._customs(ops, name, body)
            elif kind == "branch":
                self._branch(ops, name, body["branch"], begins)
            else:
                takes = seconds(body["returns_after"]) if "returns_after" in body else 0
                ops.append(Op(kind, name, takes, where=body[kind] if isinstance(body[kind], str) else "", body=body))

    def _customs(self, ops: list[Op], name: str, body: Tree) -> None:
        channel = self.channels[body["channel"]]

        def wait(part: str) -> None:
            if part in channel:
                ops.append(Op("delay", name, seconds(channel[part])))

        wait("documents")
        if "documents" in channel:
            ops.append(Op("mark", name, where="documents"))
        wait("manifest")
        wait("declaration")
        wait("arrival_report")
        if self.selected(name, body):
            wait("hold")
            if "inspect_at" in body and "inspection" in channel:
                ops.append(Op("work", name, seconds(channel["inspection"]), where=body["inspect_at"]))
            else:
                wait("inspection")
        wait("release")
        if "marks" in body:
            ops.append(Op("mark", name, where=body["marks"]))

    def selected(self, name: str, body: Tree) -> bool:
        """Whether a customs step inspects: as named from outside, else as is likelier."""
        likeliest = "selected" if mean(self.channels[body["channel"]]["selected"]) > F(1, 2) else "clear"
        return self.lanes.get(name, likeliest) == "selected"

    def _branch(self, ops: list[Op], name: str, lanes: Tree, begins: dict[str, int]) -> None:
        shares = {lane: mean(body["share"]) for lane, body in lanes.items() if body and "share" in body}
        for lane in lanes:
            shares.setdefault(lane, 1 - sum(shares.values(), F(0)))
        likeliest = min(lanes, key=lambda lane: (-shares[lane], lane))
        body = lanes[self.lanes.get(name, likeliest)] or {}
        ops.append(Op("through", name))
        if "again" in body:
            ops.append(Op("again", name, to=begins[body["again"]], at_most=int(value(body["at_most"]))))
        else:
            self._append(ops, body.get("steps") or [], begins)


def cargo_list(node: Tree) -> dict[str, Fraction]:
    """Quantities of different kinds, each maybe under a grade."""
    items = value(node)
    return {kind: amount for item in as_list(items) for kind, amount in cargo(item).items()}
