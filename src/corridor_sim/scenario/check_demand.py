"""Checks of flows: routes, seasons and releases within the run, and no more consignments than a run can carry."""

from __future__ import annotations

from fractions import Fraction

from corridor_sim.reading.located import FieldPath
from corridor_sim.scenario.calendars import Window, parse_moment
from corridor_sim.scenario.check_run import Run
from corridor_sim.scenario.findings import Findings
from corridor_sim.scenario.goods import Flow
from corridor_sim.scenario.texts import parse_release_rate
from corridor_sim.scenario.world import Background, Facility

MOST_CONSIGNMENTS = 5_000_000
"""Consignments and jobs of others expected in one replication."""
MOST_IN_ALL = 1_000_000_000
"""The same in all replications of the file; a run keeps some 50 bytes of each; gba_global has 94,000."""
MOST_CONTAINERS = 50_000_000
"""Boxes in one replication: where work is per container, each is drawn."""


def check_demand(found: Findings, run: Run | None) -> None:
    """Check flows and background work, against the run where that is known."""
    expected: dict[FieldPath, Fraction | float] = {}
    for name, flow in found.scenario.flows.items():
        is_countable = _check_rate(found, name, flow)
        if run is not None:
            season = _check_season(found, run, name, flow)
            if is_countable and season[0] < season[1]:
                releases = _releases(found, name, flow, season)
                expected["flows", name, "arrives"] = releases
                _check_containers(found, name, flow, releases)
    for name, facility in found.scenario.facilities.items():
        if facility.background is not None and run is not None:
            path = ("facilities", name, "background")
            expected[path] = _jobs(found, path, facility, facility.background, run)
    total = sum(expected.values())
    if total > MOST_CONSIGNMENTS:
        largest = max(expected, key=lambda path: expected[path])
        message = f"about {float(total):.3g} consignments in a replication; expected at most {MOST_CONSIGNMENTS}"
        found.add(largest, message)
    elif total * found.scenario.clock.replications > MOST_IN_ALL:
        every = float(total * found.scenario.clock.replications)
        message = f"about {every:.3g} consignments in all replications; expected at most {MOST_IN_ALL}"
        found.add(("clock", "replications"), message)


def _check_rate(found: Findings, name: str, flow: Flow) -> bool:
    """Check that the unit of a rate is one that says how many consignments it means."""
    if flow.arrives.poisson is None:
        return True
    measure, _ = parse_release_rate(flow.arrives.poisson)
    stated = [amount.measure for amount in flow.size]
    if measure in ("mass", "consignment", *stated):
        return True
    sizes = " and ".join(amount.text for amount in flow.size)
    message = f'"{flow.arrives.poisson}" does not count what a consignment is; its size is {sizes}'
    found.add(("flows", name, "arrives", "poisson"), message)
    return False


def _check_season(found: Findings, run: Run, name: str, flow: Flow) -> Window:
    """Return the ticks of a flow's season within the run; explicit releases must lie in it."""
    path: FieldPath = ("flows", name)
    start, end = run.ticks(flow.season) if flow.season is not None else (0, run.horizon)
    if start >= end:
        begin, end_of_run = (run.clock.moment(tick).date() for tick in (0, run.horizon - 1))
        found.add((*path, "season"), f"the season does not fall in the run, from {begin} to {end_of_run}")
        return start, end
    moments = [(("on", number), text) for number, text in enumerate(flow.arrives.on)]
    for key, text in moments:
        if not start <= run.clock.tick_of(parse_moment(text)) < end:
            found.add((*path, "arrives", *key), f"{text} is outside the {'season' if flow.season else 'run'}")
    first = flow.arrives.first
    if first is not None and run.clock.tick_of(parse_moment(first)) >= end:
        found.add((*path, "arrives", "first"), f"{first} is after the end of the {'season' if flow.season else 'run'}")
    return start, end


def _releases(found: Findings, name: str, flow: Flow, season: Window) -> Fraction | float:
    """Return how many consignments a flow is expected to release in its season, at most."""
    seconds = season[1] - season[0]
    if flow.arrives.every is not None:
        return seconds / flow.arrives.every.value
    if flow.arrives.poisson is None:
        return Fraction(len(flow.arrives.on))
    measure, per_second = parse_release_rate(flow.arrives.poisson)
    times = flow.arrives.times.value if flow.arrives.times is not None else 1
    sizes = {amount.measure: amount.value for amount in flow.size} | {"mass": flow.weight.value}
    monthly = flow.arrives.profile.monthly.values() if flow.arrives.profile is not None else ()
    return per_second * times / sizes.get(measure, Fraction(1)) * seconds * Fraction(max(1.0, *monthly, 0.0))


def _check_containers(found: Findings, name: str, flow: Flow, releases: Fraction | float) -> None:
    """Check that the boxes of a flow are not too many, each consignment by itself or all together."""
    boxes = releases * next((amount.value for amount in flow.size if amount.measure == "box"), Fraction(1))
    if releases <= MOST_CONSIGNMENTS and boxes > MOST_CONTAINERS:
        message = f"about {float(boxes):.3g} boxes in a replication; expected at most {MOST_CONTAINERS}"
        found.add(("flows", name, "size"), message)


def _jobs(found: Findings, path: FieldPath, facility: Facility, background: Background, run: Run) -> Fraction | float:
    """Return how many jobs of others are expected at a facility that never closes."""
    mean = background.takes.law.mean()
    if not mean:
        found.add((*path, "takes"), "others' work takes no time; the load cannot be worked out")
        return Fraction(0)
    servers = facility.servers if isinstance(facility.servers, int) else 1
    return background.load.value * servers * run.horizon / mean
