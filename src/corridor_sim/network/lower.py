"""Lowers a resolved scenario to a Program, its plans and its tariffs. Order in the file never matters: all by name."""

from __future__ import annotations

from dataclasses import replace

from corridor_sim.engine.program import MEASURES, NONE, ONE, AtClosing, FacilityRule, FlowRule, Op, Program
from corridor_sim.errors import InputError, ModelError, Problem
from corridor_sim.network.boxes import consignment_sizes, route_box
from corridor_sim.network.builder import Builder
from corridor_sim.network.demand import FlowPlan, plan_background, plan_releases
from corridor_sim.network.inputs import InputPlan
from corridor_sim.network.lowered import Lowered
from corridor_sim.network.route import RouteLowering
from corridor_sim.network.steps import lower_steps
from corridor_sim.network.tariffs import lower_tariffs
from corridor_sim.network.usage import GATE, routes_in_use, things_in_use
from corridor_sim.network.world import (
    UNLIMITED,
    FacilityPlan,
    ServicePlan,
    capacity_changes,
    date_window,
    gate_windows,
    plan_closure,
    plan_facility,
    plan_service,
    route_start,
)
from corridor_sim.sampling.law import Distribution
from corridor_sim.sampling.streams import StreamRegister, name_word
from corridor_sim.scenario.calendars import Clock, parse_clock
from corridor_sim.scenario.model import Scenario
from corridor_sim.units import to_ticks

BOX = MEASURES.index("box")


def lower(scenario: Scenario, alternative: str, with_tables: bool = True) -> Lowered:
    """Return one alternative of a resolved scenario as a Program with plans and tariffs.

    Without `with_tables` it can be checked but not run with noise, and is ready sooner.
    Raises InputError for steps that contradict each other, ModelError where a route does not connect.
    """
    clock = parse_clock(scenario.clock.start, scenario.clock.timezone)
    window = date_window(scenario.clock.measure, clock)
    warm_up = to_ticks(scenario.clock.warm_up.value) if scenario.clock.warm_up is not None else 0
    horizon = window[1] + to_ticks(scenario.clock.follow_up.value)
    used = things_in_use(scenario)
    builder = Builder(_ranked(used.facilities), _ranked(used.services), with_tables)
    starts = _lower_routes(builder, scenario)
    services = [plan_service(name, scenario.services[name], clock, horizon, builder) for name in builder.services]
    facilities = _lower_facilities(builder, scenario, clock, horizon, [plan for _, plan in services])
    closures = tuple(
        plan_closure(name, scenario.closures[name], clock, horizon, builder) for name in sorted(scenario.closures)
    )
    flows = _lower_flows(builder, scenario, clock, horizon, [plan for _, plan in facilities], starts)
    program = Program(
        code=tuple(builder.code),
        facilities=tuple(rule for rule, _ in facilities),
        services=tuple(rule for rule, _ in services),
        batches=tuple(builder.batches),
        branches=tuple(builder.branches),
        switches=tuple(builder.switches),
        flows=tuple(rule for rule, _ in flows),
        samplers=tuple(builder.samplers),
        streams=tuple(builder.streams),
        window_from=max(warm_up, window[0]),
        window_to=window[1],
        horizon=horizon,
        step_names=tuple(_step_name(builder, number) for number in range(len(builder.code))),
        facility_names=tuple(builder.facilities),
        service_names=tuple(builder.services),
        flow_names=tuple(plan.name for _, plan in flows),
        mark_names=tuple(builder.marks),
        lane_names=tuple(builder.lane_names),
    )
    plan = InputPlan(
        tuple(plan for _, plan in flows),
        tuple(plan for _, plan in facilities),
        tuple(plan for _, plan in services),
        closures,
    )
    steps = tuple(builder.steps)
    return Lowered(
        scenario=scenario,
        alternative=alternative,
        program=program,
        steps=steps,
        step_of=tuple(builder.step_of),
        plan=plan,
        tariffs=lower_tariffs(scenario, steps, clock),
        clock=clock,
        flow_order=tuple(sorted(scenario.flows)),
    )


def _ranked(names: set[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(sorted(names))}


def _step_name(builder: Builder, number: int) -> str:
    step = builder.step_of[number]
    if step == NONE:
        return "others"
    return f"{builder.steps[step].route}/{builder.steps[step].name}"


def _lower_routes(builder: Builder, scenario: Scenario) -> dict[str, int]:
    """Lower every route that a flow can take; return each one's first instruction."""
    starts: dict[str, int] = {}
    first_of: dict[str, dict[str, int]] = {}
    switches: list[tuple[int, str, str]] = []
    for name in routes_in_use(scenario):
        route = scenario.routes[name]
        starts[name] = len(builder.code)
        lowering = RouteLowering(builder, scenario, name, route, "", set(), {}, switches)
        lowering.place = route_start(lowering)
        lower_steps(lowering, route.steps)
        builder.redirect_exits(starts[name], len(builder.code), NONE)
        first_of[name] = lowering.first_of
    for number, route_name, step in switches:
        builder.switches[number] = replace(builder.switches[number], target=first_of[route_name][step])
    gaps = [problem for problem in builder.problems if "no step goes there" in problem.message]
    if gaps:
        raise ModelError(gaps)
    if builder.problems:
        raise InputError(builder.problems)
    return starts


def _lower_facilities(
    builder: Builder, scenario: Scenario, clock: Clock, horizon: int, services: list[ServicePlan]
) -> list[tuple[FacilityRule, FacilityPlan]]:
    opens = {plan.name: scenario.services[plan.name].opens for plan in services}
    gates = {GATE.format(plan.name): (plan, to_ticks(known.value)) for plan in services if (known := opens[plan.name])}
    taken = [
        Problem(f"the gate of service {gates[name][0].name} has this name; take another", f"facilities.{name}")
        for name in gates
        if name in scenario.facilities
    ]
    if taken:
        raise InputError(taken)
    lowered: list[tuple[FacilityRule, FacilityPlan]] = []
    for name in builder.facilities:
        if name in scenario.facilities:
            lowered.append(plan_facility(name, scenario.facilities[name], clock, horizon, builder))
            continue
        line, earliest = gates[name]
        units = UNLIMITED * ONE
        rule = FacilityRule(units, AtClosing.PAUSE, AtClosing.PAUSE, False, word=name_word(name))
        windows = gate_windows(earliest, scenario.services[line.name], line.scheduled, horizon)
        changes = capacity_changes(windows, (), (), units, horizon)
        lowered.append((rule, FacilityPlan(name, line.origin, line.mode, units, windows, (), changes)))
    return lowered


def _lower_flows(
    builder: Builder,
    scenario: Scenario,
    clock: Clock,
    horizon: int,
    facilities: list[FacilityPlan],
    starts: dict[str, int],
) -> list[tuple[FlowRule, FlowPlan]]:
    register = StreamRegister()
    lowered: list[tuple[FlowRule, FlowPlan]] = []
    for name, flow in sorted(scenario.flows.items()):
        word = register.word(name)
        curve, fixed = plan_releases(flow, clock, horizon)
        sizes = consignment_sizes(flow, route_box(scenario, scenario.routes[flow.route]))
        containers = max(1, sizes[BOX] // ONE)
        stream = builder.stream(f"{name}/releases")
        plan = FlowPlan(name, word, flow.priority, sizes, containers, curve, fixed, False, stream)
        lowered.append((FlowRule(starts[flow.route], word, background=False, measured=True), plan))
    for facility in facilities:
        background = scenario.facilities[facility.name].background if facility.name in scenario.facilities else None
        if background is None:
            continue
        name = f"others at {facility.name}"
        word = register.word(name)
        start = _background_route(builder, facility.name, background.takes.law)
        mean = builder.samplers[builder.sampler(background.takes.law)].mean
        plan = plan_background(name, background, facility, mean, word, builder.stream(f"{name}/releases"))
        lowered.append((FlowRule(start, word, background=True, measured=False), plan))
    return lowered


def _background_route(builder: Builder, facility_name: str, law: Distribution) -> int:
    """Emit SEIZE, DELAY, RELEASE for others' work at a facility; it belongs to no step of the scenario."""
    facility = builder.facilities[facility_name]
    start = builder.emit(Op.SEIZE, facility, NONE, ONE)
    stream = builder.stream(f"others at {facility_name}/takes")
    builder.emit(Op.DELAY, builder.sampler(law), facility, 0, stream)
    last = builder.emit(Op.RELEASE, facility)
    builder.redirect(last, NONE)
    for number in (start, start + 1, last):
        builder.step_of[number] = NONE
    return start
