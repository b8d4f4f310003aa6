"""Holds the package against the calculation by hand, case by case, and says where they first differ."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from paper.charges import Invoices
from paper.goods import Load, measured
from paper.owners import Owners
from paper.play import Play, play
from paper.promise import Promises
from paper.texts import scenario
from paper.transfers import base, insures, owner, pays_at, resources, subsidies
from paper.world import World
from played import PRICE, RESOURCE, Played, Who, play_package

from corridor_sim.network.lowered import Lowered

NOBODY_IN_PARTICULAR = ("carbon", "subsidy", "quality", "reliability", "damage")
"""Activities whose payer the texts do not name."""


class Case:
    """One alternative in one lane: as played, and by hand."""

    def __init__(self, text: str, alternative: str, lanes: dict[str, str], lowered: Lowered, sets: tuple[str, ...]):
        self.package = play_package(lowered, lanes)
        self.world = World(scenario(text, alternative, sets), lanes)
        self.hand = play(self.world, self.package.ties)
        self.loads = [load for load in self.hand.loads if (load.leader or load).delivered is not None]
        self.known = {load.who for load in self.loads}
        self.routes = {(*load.who, each.step): each.route for load in self.loads for each in load.passages}

    def differences(self) -> list[str]:
        """The first difference of each kind; none if the two agree."""
        invoices = Invoices(self.hand)
        charged = invoices.of(self.hand.loads)
        owners = Owners(invoices)
        borne = owners.of(self.hand.loads)
        promises = Promises(self.world, self.hand)
        asked = [load for load in self.loads if measured(self.world.clock, load.release)]
        given = subsidies(invoices, self.hand.loads)
        lines = {**charged, **borne, **given, **owners.reliability(promises)}
        return [
            *self._first("member", members(self.hand, self.known), only(self.package.members(), self.known)),
            *self._first("step", moments(self.loads), steps(self.package, self.known)),
            *self._first(
                "promise",
                {load.who: promises.of(load) for load in asked},
                only(self.package.promises(), {load.who for load in asked}),
            ),
            *self._first("posting", paid(lines, self.known), paid(self.package.lines(PRICE), self.known)),
            *self._first(
                "resource", paid(resources(invoices), self.known), paid(self.package.lines(RESOURCE), self.known)
            ),
            *self._first("cost base of", *self._bases()),
            *self._first("payer of", self._payers(invoices, lines), self._payers_played()),
            *self._first("posting of a flow", dict(owners.flows(promises)), self.package.flows()),
        ]

    def _bases(self) -> tuple[dict[tuple, object], dict[tuple, object]]:
        """The first cost base that holds each activity, by hand and as played."""
        played = self.package.bases()
        by_hand: dict[tuple, object] = {(activity,): {base(activity)} for activity in played}
        return by_hand, {(activity,): bases for activity, bases in played.items()}

    def _payers(self, invoices: Invoices, lines: Mapping[tuple[str, int, str, str, str], int]) -> dict[tuple, object]:
        """Who pays each line: as its tariff says, else by the flow's terms."""
        found: dict[tuple, object] = {}
        for line in lines:
            flow_name, ordinal, step, activity, tariff = line
            if line[:2] not in self.known or activity == "subsidy":
                continue
            flow = self.world.flows[flow_name]
            payer = (invoices.tariffs.get(tariff) or {}).get("payer", "incoterm")
            if payer == "incoterm" and step and activity != "carbon":
                route = self.routes[flow_name, ordinal, step]
                payer = pays_at(invoices, flow, invoices.map.legs[route, step], route)
            elif payer == "incoterm":
                payer = insures(flow) if activity == "insurance" else owner(flow)
            found[line] = payer
        return {line: payer for line, payer in found.items() if lines[line] and line[3] not in NOBODY_IN_PARTICULAR}

    def _payers_played(self) -> dict[tuple, object]:
        return {
            line: payer
            for line, payer in self.package.payers().items()
            if line[:2] in self.known and line[3] not in NOBODY_IN_PARTICULAR
        }

    def _first(self, what: str, by_hand: Mapping[tuple, object], played: Mapping[tuple, object]) -> list[str]:
        wrong = [row for row in {*by_hand, *played} if by_hand.get(row) != played.get(row)]
        if not wrong:
            return []
        kinds = {str(row[2:]) for row in wrong}
        row = min(wrong, key=str)
        found, expected = self._say(played.get(row)), self._say(by_hand.get(row))
        return [f"{what} {row}: package {found}, by hand {expected} ({len(wrong)} such; {sorted(kinds)[:9]})"]

    def _say(self, found: object) -> str:
        """Ticks as moments, as far as they look like ticks."""
        if isinstance(found, tuple):
            return "(" + ", ".join(self._say(each) for each in found) + ")"
        if isinstance(found, int) and found > 100_000:
            return f"{found} = {self.world.clock.start + timedelta(seconds=found):%m-%d %H:%M:%S}"
        return str(found)


def only(found: Mapping[Who, object], known: set[Who]) -> dict[tuple, object]:
    return {who: each for who, each in found.items() if who in known}


def members(hand: Play, known: set[Who]) -> dict[tuple, object]:
    return {
        load.who: (load.release, load.delivered, (load.leader or load).who) for load in hand.loads if load.who in known
    }


def moments(loads: list[Load]) -> dict[tuple, object]:
    """Start and end of each passage of a step."""
    return {
        (*load.who, place, passage.step): (passage.start, passage.end)
        for load in loads
        for place, passage in enumerate(load.passages)
    }


def steps(package: Played, known: set[Who]) -> dict[tuple, object]:
    return {
        (*who, place, step): (start, end)
        for who, passages in package.moments().items()
        if who in known
        for place, (step, start, end) in enumerate(passages)
    }


def paid(lines: Mapping[tuple[str, int, str, str, str], int], known: set[Who]) -> dict[tuple, object]:
    """Postings other than nothing of these consignments."""
    return {line: amount for line, amount in lines.items() if amount and line[:2] in known}
