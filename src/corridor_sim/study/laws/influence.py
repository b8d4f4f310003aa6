"""What can feel that a service runs more often: a bound from the rules alone, on the safe side."""

from __future__ import annotations

from dataclasses import dataclass

from corridor_sim.engine.program import NONE, Op, Program

Resource = tuple[str, int]
"""Kind and number of something that cargo shares: a facility, a service, a batch, an instruction of a queue."""


@dataclass(frozen=True)
class Felt:
    """Instructions whose ready ticks may change when a service runs more often, and those that board it."""

    instructions: frozenset[int]
    boards: frozenset[int]

    @property
    def comes_back(self) -> bool:
        """Whether what waits for the service may become ready at other ticks."""
        return bool(self.boards & self.instructions)


def felt_from(program: Program, service: int) -> Felt:
    """Return what may feel a service: all that follows a ride, all that shares anything with that, and so on.

    A switch that looks at the timetable feels it at once, and so does the gate that opens by it.
    """
    boards = frozenset(number for number, row in enumerate(program.code) if row.op is Op.BOARD and row.a == service)
    felt: set[int] = set()
    wanted = {follower for number in boards for follower in followers(program, number)}
    shared = set[Resource]().union(*(given_up(program, number) for number in boards)) | berths(program, service)
    for number, row in enumerate(program.code):
        if row.op is Op.SWITCH and program.switches[row.a].service == service:
            wanted |= set(followers(program, number))
    while True:
        while wanted:
            number = wanted.pop()
            if number not in felt:
                felt.add(number)
                wanted |= set(followers(program, number))
        shared |= set[Resource]().union(*(used(program, number) for number in felt))
        others = (number for number in range(len(program.code)) if number not in felt | boards)
        wanted = {number for number in others if used(program, number) & shared}
        if not wanted:
            return Felt(frozenset(felt), boards)


def followers(program: Program, number: int) -> list[int]:
    """Return the instructions that may follow one."""
    row = program.code[number]
    found = [row.next]
    if row.op is Op.BRANCH:
        branch = program.branches[row.a]
        found += [*branch.targets, *branch.otherwise]
    if row.op is Op.SWITCH:
        found.append(program.switches[row.a].target)
    return [follower for follower in found if follower != NONE]


def used(program: Program, number: int) -> set[Resource]:
    """Return what cargo at an instruction shares with others."""
    row = program.code[number]
    match row.op:
        case Op.SEIZE | Op.RELEASE:
            return {("facility", row.a)}
        case Op.DELAY:
            return {("facility", row.b)} - {("facility", NONE)}
        case Op.BATCH:
            return {("batch", row.a)}
        case Op.SWITCH:
            return {("facility", program.switches[row.a].facility)} - {("facility", NONE)}
        case Op.BOARD:
            return {("service", row.a)} | given_up(program, number) | berths(program, row.a)
        case _:
            return set()


def given_up(program: Program, number: int) -> set[Resource]:
    """Return the yards that a boarding gives up or enters."""
    row = program.code[number]
    return {("facility", place) for place in (row.b, row.c) if place != NONE}


def berths(program: Program, service: int) -> set[Resource]:
    """Return the berths that vehicles of a service need."""
    rule = program.services[service]
    return {("facility", place) for place in (rule.berth_from, rule.berth_to) if place != NONE}
