"""Whether a model can run at all: loads below one, openings as long as jobs, cut-offs that can be met."""

from __future__ import annotations

from collections.abc import Iterator

from corridor_sim.engine.program import MEASURES, NONE, AtClosing, Op, Program
from corridor_sim.errors import Problem
from corridor_sim.network.inputs import draw_inputs
from corridor_sim.network.lowered import Lowered
from corridor_sim.network.plan import first_barrier
from corridor_sim.network.rates import PER_CENT
from corridor_sim.network.usage import GATE
from corridor_sim.network.workload import Work, expected_work, room_for_ours, staffed_time
from corridor_sim.scenario.calendars import shortest_window, window_arrays
from corridor_sim.units import SECONDS_PER_HOUR

MOST_RELEASES = 200
"""Releases of a flow that are tried; spread over the run, they meet every weekday and hour that matters."""


def check_feasible(lowered: Lowered) -> list[Problem]:
    """Return why an alternative cannot run, empty if it can.

    Overload counts in steady scenarios only: in terminating ones it is a result. Each problem has the field path
    of the facility, service or flow, but no position; the caller raises ModelError.
    """
    problems = check_runs(lowered)
    # where something never opens, nothing passes it, which is said already
    return problems or list(_lost_flows(lowered))


def check_runs(lowered: Lowered) -> list[Problem]:
    """Return what `check_feasible` finds at once, without sending releases through the model."""
    problems = [*_openings(lowered), *_gates(lowered), *_too_long_jobs(lowered)]
    if lowered.scenario.clock.kind == "steady":
        work = expected_work(lowered)
        problems += [*_overloaded_facilities(lowered, work), *_overloaded_services(lowered, work)]
    return problems


def _hours(ticks: float) -> str:
    return f"{ticks / SECONDS_PER_HOUR:.4g} h"


def _percent(load: float) -> str:
    return f"{load * PER_CENT:.0f} %"


def _overloaded_facilities(lowered: Lowered, work: Work) -> Iterator[Problem]:
    for number, plan in enumerate(lowered.plan.facilities):
        capacity = staffed_time(plan, lowered)
        load = work.facilities.get(number, 0.0) / capacity if capacity else 0.0
        if load >= 1:
            yield Problem(
                f"facility {plan.name}: load {_percent(load)}; its queue would grow for ever, and steady scenarios "
                "have no answer then; add servers or hours, or lower the demand",
                f"facilities.{plan.name}",
            )


def _overloaded_services(lowered: Lowered, work: Work) -> Iterator[Problem]:
    for number, plan in enumerate(lowered.plan.services):
        for measure, room in enumerate(room_for_ours(plan, lowered)):
            asked = work.services.get((number, measure), 0.0)
            if room != NONE and asked and asked >= room:
                load = f"load {_percent(asked / room)}" if room else "no room is left"
                yield Problem(
                    f"service {plan.name}: {load} of the {MEASURES[measure]} that others leave; its queue would grow "
                    "for ever, and steady scenarios have no answer then; add departures or capacity",
                    f"services.{plan.name}",
                )


def _openings(lowered: Lowered) -> Iterator[Problem]:
    """Yield facilities that never open and services that never leave."""
    for plan in lowered.plan.facilities:
        if not plan.windows and plan.name in lowered.scenario.facilities:
            yield Problem(f"facility {plan.name} never opens in the run", f"facilities.{plan.name}.opens")
    for line in lowered.plan.services:
        if not len(line.scheduled):
            yield Problem(f"service {line.name} has no departure in the run", f"services.{line.name}.departs")


def _gates(lowered: Lowered) -> Iterator[Problem]:
    """Yield services whose earliest delivery comes after their yard cut-off."""
    for line in lowered.plan.services:
        service = lowered.scenario.services[line.name]
        gate = next((plan for plan in lowered.plan.facilities if plan.name == GATE.format(line.name)), None)
        if gate is not None and not gate.windows and len(line.scheduled) and service.opens is not None:
            yard = service.cutoff["yard"].text if "yard" in service.cutoff else "0 h"
            yield Problem(
                f"service {line.name} takes deliveries from {service.opens.text} before departure on, but its yard "
                f"cut-off is {yard} before; no cut-off can be met",
                f"services.{line.name}.opens",
            )


def _too_long_jobs(lowered: Lowered) -> Iterator[Problem]:
    """Yield facilities that start work again at opening and whose longest job is longer than some opening."""
    for number, plan in enumerate(lowered.plan.facilities):
        if lowered.program.facilities[number].at_closing is not AtClosing.RESTART or not plan.windows:
            continue
        opening = shortest_window(*window_arrays(plan.windows), lowered.program.horizon)
        longest = _longest_job(lowered, number)
        if longest > opening:
            yield Problem(
                f"facility {plan.name}: a job may take {_hours(longest)}, longer than an opening of {_hours(opening)}; "
                "work that starts again after each closing might never end; use `pause` or `finish`, or longer hours",
                f"facilities.{plan.name}.at_closing",
            )


def _longest_job(lowered: Lowered, facility: int) -> float:
    program = lowered.program
    containers = max((plan.containers for plan in lowered.plan.flows), default=1)
    jobs = [step for step in program.code if step.op is Op.DELAY and step.b == facility]
    return max((float(program.samplers[job.a].largest) * (containers if job.c else 1) for job in jobs), default=0.0)


def _lost_flows(lowered: Lowered) -> Iterator[Problem]:
    """Yield flows of which no release can be delivered by timetable, hours and cut-offs, and what stops them."""
    program = lowered.program
    inputs = draw_inputs(program, lowered.plan, 0, 0, noise=False)
    for flow, name in enumerate(lowered.flow_order):
        releases = inputs.consignments.release[inputs.consignments.flow == flow]
        releases = releases[releases < program.window_to]
        tried = releases[:: len(releases) // MOST_RELEASES + 1]
        barrier = first_barrier(program, inputs, flow, tried) if len(tried) else NONE
        if barrier != NONE:
            obstacle = _obstacle(program, barrier)
            yield Problem(f"flow {name}: no release of the run can be delivered; {obstacle}", f"flows.{name}")


def _obstacle(program: Program, barrier: int) -> str:
    """Return in words what happens at an instruction that nobody ends."""
    step = program.code[barrier]
    if step.op is Op.BOARD:
        return f"nothing leaves with service {program.service_names[step.a]} before the run ends"
    return f"step {program.step_names[barrier]} does not end before the run does"
