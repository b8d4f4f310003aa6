"""Says which rules of the world a run has really met, so that a test can tell whether its worlds meet them all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from corridor_sim.engine.base import CAPACITY, DEPARTURES, VISITS, Trace
from corridor_sim.engine.program import (
    NONE,
    AtClosing,
    Cause,
    DepartureState,
    Inputs,
    Op,
    Program,
)
from corridor_sim.network.usage import GATE

Row = dict[str, int]
SELECTED, HALF_HOUR = "selected", 1800
FEATURES = frozenset(
    {
        *(f"passed {op.name}" for op in Op),
        *(f"departure {state.name}" for state in DepartureState),
        *(f"HOURS fall during work, {rule.name}" for rule in AtClosing),
        "FAILURE falls during work, PAUSE",
        "FAILURE falls during work, RESTART",
        "one part of the servers is left",
        "failure by the calendar",
        "failure while busy",
        "work ended as its facility closed",
        "boarded with not a tick to spare",
        "cargo at a vehicle's berth",
        "two wait since the same tick",
        "overtaken in a strict queue",
        "overtaken in a first-fit queue",
        "a draw for each container",
        "a load left full",
        "a load left by its time",
        "flows share a load",
        "a load became a box",
        "a load is the sum of its members",
        "a step passed again",
        "a boarding passed again",
        "the bound of a loop was reached",
        "left by the timetable",
        "stayed by the timetable",
        "left by the queue",
        "stayed by the queue",
        "returned later",
        "customs selected",
        "customs cleared",
        "left behind, strict",
        "left behind, first fit",
        "cancelled after its load list",
        "cancelled before its load list",
        "late",
        "waited for its first berth",
        "waited for its last berth",
        "origin reopened",
        "destination reopened",
        "waited for room in a yard",
        "others' cargo on a service",
        "others' work at a facility",
        "several cut-offs",
        "earliest delivery",
        "closed by chance",
        "undelivered at the stop",
        "stopped at the end of the window",
        "stopped at a delivery",
        "stopped at the horizon",
        "hold cycle",
        "without noise",
        "with noise",
    }
)


def features(program: Program, inputs: Inputs, outcome: Trace | Exception) -> set[str]:
    """Return which of FEATURES a run has met."""
    found = {"with noise" if inputs.noise else "without noise"}
    if not isinstance(outcome, Trace):
        return found | {"hold cycle"}
    visits = [dict(zip(VISITS, row, strict=True)) for row in outcome.visits.tolist()]
    for part in (_of_visits, _of_queues, _of_loads, _of_choices):
        found.update(part(program, inputs, visits))
    found.update(_of_departures(program, inputs, outcome, visits))
    found.update(_of_capacity(program, inputs, outcome, visits))
    found.update(_of_the_end(program, inputs, outcome))
    return found


def _of_visits(program: Program, inputs: Inputs, visits: list[Row]) -> Iterator[str]:
    berths = {berth for rule in program.services for berth in (rule.berth_from, rule.berth_to)}
    for row in visits:
        code = program.code[row["step"]]
        yield f"passed {code.op.name}"
        if row["visit"]:
            yield "a boarding passed again" if code.op is Op.BOARD else "a step passed again"
        if code.op is Op.SEIZE and row["resource"] in berths:
            yield "cargo at a vehicle's berth"
        if code.op is Op.RELEASE and row["end"] > row["start"]:
            yield "returned later"
        if code.op is Op.DELAY and code.c and inputs.consignments.containers[row["consignment"]] > 1:
            yield "a draw for each container"
        if program.flows[inputs.consignments.flow[row["consignment"]]].background:
            yield "others' work at a facility"


def _of_queues(program: Program, inputs: Inputs, visits: list[Row]) -> Iterator[str]:
    queues: dict[int, list[tuple[int, int]]] = {}
    for row in visits:
        if program.code[row["step"]].op is Op.SEIZE and row["start"] > row["ready"]:
            queues.setdefault(row["resource"], []).append((row["ready"], row["start"]))
    for facility, waited in queues.items():
        for (ready, start), (later_ready, later_start) in pairwise(sorted(waited)):
            if ready == later_ready:
                yield "two wait since the same tick"
            elif start > later_start:
                kind = "first-fit" if program.facilities[facility].first_fit else "strict"
                yield f"overtaken in a {kind} queue"


def _of_loads(program: Program, inputs: Inputs, visits: list[Row]) -> Iterator[str]:
    loads: dict[tuple[int, int, int], list[Row]] = {}
    for row in visits:
        if program.code[row["step"]].op is Op.BATCH and row["end"] != NONE:
            loads.setdefault((row["step"], row["resource"], row["end"]), []).append(row)
    for (step, _, end), rows in loads.items():
        rule = program.batches[program.code[step].a]
        by_time = rule.timeout != NONE and end - min(row["ready"] for row in rows) == rule.timeout
        yield "a load left by its time" if by_time else "a load left full"
        yield "a load is the sum of its members" if set(rule.becomes) == {NONE} else "a load became a box"
        if len({int(inputs.consignments.flow[row["consignment"]]) for row in rows}) > 1:
            yield "flows share a load"


def _of_choices(program: Program, inputs: Inputs, visits: list[Row]) -> Iterator[str]:
    taken: Counter[tuple[int, int, int]] = Counter()
    for row in visits:
        code = program.code[row["step"]]
        if code.op is Op.SWITCH:
            by = "queue" if program.switches[code.a].service == NONE else "timetable"
            yield f"{'left' if row['units'] else 'stayed'} by the {by}"
        elif code.op is Op.BRANCH:
            taken[row["consignment"], code.a, row["units"]] += 1
            if SELECTED in program.lane_names[code.a]:
                selected = program.lane_names[code.a][row["units"]] == SELECTED
                yield "customs selected" if selected else "customs cleared"
    for (_, branch, lane), times in taken.items():
        if 0 < program.branches[branch].again[lane] < times:
            yield "the bound of a loop was reached"


def _of_departures(program: Program, inputs: Inputs, trace: Trace, visits: list[Row]) -> Iterator[str]:
    boarded = [row for row in visits if program.code[row["step"]].op is Op.BOARD and row["resource"] != NONE]
    landed = {row["resource"]: row["end"] for row in boarded}
    if any(row["ready"] == trace.departures[row["resource"], DEPARTURES.index("closed")] for row in boarded):
        yield "boarded with not a tick to spare"
    for number, values in enumerate(trace.departures.tolist()):
        row = dict(zip(DEPARTURES, values, strict=True))
        rule, state = program.services[row["service"]], DepartureState(row["state"])
        yield f"departure {state.name}"
        if row["left_behind"] > 0:
            yield f"left behind, {'strict' if rule.strict else 'first fit'}"
        if state is DepartureState.CANCELLED:
            yield f"cancelled {'before' if row['closed'] == NONE else 'after'} its load list"
        if sum(before != NONE for before in rule.cutoffs) > 1 and row["closed"] != NONE:
            yield "several cut-offs"
        if inputs.departures.background[number].any() and trace.own[number].any():
            yield "others' cargo on a service"
        if state is DepartureState.RAN:
            yield from _of_voyage(program, inputs, number, row)
            if row["left"] > landed.get(number, row["left"]):
                yield "waited for room in a yard"
    if any(GATE.format(name) in program.facility_names for name in program.service_names):
        yield "earliest delivery"


def _of_voyage(program: Program, inputs: Inputs, number: int, row: Row) -> Iterator[str]:
    rule, given = program.services[row["service"]], inputs.departures
    wanted = row["scheduled"] + int(given.delay[number])
    closed = any(start <= wanted < end for start, end in inputs.origin_closed[row["service"]])
    if given.delay[number]:
        yield "late"
    if closed:
        yield "origin reopened"
    elif row["actual"] > wanted and rule.berth_from != NONE and rule.loading == NONE:
        yield "waited for its first berth"
    if row["arrived"] > row["actual"] + given.transit[number]:
        yield "destination reopened"
    if row["berthed"] > row["arrived"] and rule.berth_to != NONE:
        yield "waited for its last berth"


def _of_capacity(program: Program, inputs: Inputs, trace: Trace, visits: list[Row]) -> Iterator[str]:
    changes = [dict(zip(CAPACITY, row, strict=True)) for row in trace.capacity.tolist()]
    works = [row for row in visits if program.code[row["step"]].op is Op.DELAY and row["resource"] != NONE]
    for before, change in pairwise(changes):
        if change["facility"] != before["facility"] or change["units"] > before["units"]:
            continue
        rule, cause = program.facilities[change["facility"]], Cause(change["cause"])
        if change["units"]:
            yield "one part of the servers is left"
        if cause is Cause.FAILURE:
            yield "failure by the calendar" if rule.uptime == NONE else "failure while busy"
        inside = [row for row in works if row["resource"] == change["facility"]]
        if any(row["end"] == change["tick"] for row in inside):
            yield "work ended as its facility closed"
        if any(row["start"] < change["tick"] < row["end"] for row in inside):
            act = rule.at_closing if cause is Cause.HOURS else rule.at_failure
            yield (
                f"HOURS fall during work, {act.name}"
                if cause is Cause.HOURS
                else f"FAILURE falls during work, {act.name}"
            )


def _of_the_end(program: Program, inputs: Inputs, trace: Trace) -> Iterator[str]:
    if (trace.outcomes[:, 0] == NONE).any():
        yield "undelivered at the stop"
    if trace.stop == program.horizon:
        yield "stopped at the horizon"
    else:
        yield "stopped at the end of the window" if trace.stop == program.window_to else "stopped at a delivery"
    if any(start % HALF_HOUR for _, start, _ in inputs.closures):
        yield "closed by chance"
