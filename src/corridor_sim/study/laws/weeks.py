"""The law of whole weeks: the same scenario some whole weeks later is the same to the second and to the cent.

Clock, timetables, closures, seasons, dated prices and exchange rates move together. Ticks are counted from the start,
weekdays stay, draws know ticks and names but no dates; so nothing can change but what belongs to dates: holidays,
odd and even weeks, a change of the clocks, the months of a demand profile (which is left out, and shown), and the
year over which the rate of a random closure is spread. The scenario is therefore moved to where there are no
holidays, and played there twice: whole where so long a stretch without holidays is found, else some weeks of it that
begin shortly before what is measured. The two runs have to be the same Trace, the same ledger and the same figures.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from corridor_sim.errors import CorridorSimError
from corridor_sim.network.lower import lower
from corridor_sim.scenario.load import ScenarioFile
from corridor_sim.scenario.model import Scenario
from corridor_sim.study.digests import digest_of
from corridor_sim.study.laws.dates import DAYS_PER_WEEK, Stretch, is_quiet, regions_of, same_clockwork
from corridor_sim.study.laws.law import Finding, Judged, Law
from corridor_sim.study.laws.side_by_side import sorted_rows
from corridor_sim.study.laws.titles import FIGURES
from corridor_sim.study.laws.world import World, world_of

NAME = "whole weeks later"
SAYS = "moved by whole weeks, away from holidays, a scenario is the same but for its dates"
WEEKS_TRIED = (6, 4, 3, 2)
"""Lengths of the stretch that is looked for, where the whole scenario meets a holiday."""
FURTHEST = 60
"""Weeks by which a scenario is moved at most: more than a year has seen every season."""
MONTHLY = "their demand goes by the month, which no whole weeks are: tried with the same demand in every month"
Found = tuple[Stretch, Stretch, str]


def test(file: ScenarioFile, replications: int) -> list[Finding]:
    """Return what moving each alternative by whole weeks changes."""
    world = world_of(file, replications)
    found: list[Finding] = []
    for trial in world.trials:
        scenario, judged = trial.first.scenario, Judged(NAME, trial.names)
        monthly = by_month(scenario)
        if monthly:
            found.append(judged.exception(f"{len(monthly)} flows", MONTHLY))
        pair = two_stretches(without_months(scenario, monthly))
        if pair is None:
            found.append(judged.exception("dates", f"no {WEEKS_TRIED[-1]} weeks without holidays were found twice"))
        else:
            found += _judged(world, judged, pair)
    return found


def by_month(scenario: Scenario) -> list[str]:
    """Return the flows whose demand goes by the month."""
    return [name for name, flow in scenario.flows.items() if flow.arrives.profile and flow.arrives.profile.monthly]


def without_months(scenario: Scenario, flows: list[str]) -> Scenario:
    """Return a scenario in which the demand of some flows is the same in every month."""
    if not flows:
        return scenario
    changed = {}
    for name in flows:
        flow = scenario.flows[name]
        profile = flow.arrives.profile and flow.arrives.profile.model_copy(update={"monthly": {}})
        changed[name] = flow.model_copy(update={"arrives": flow.arrives.model_copy(update={"profile": profile})})
    return scenario.model_copy(update={"flows": {**scenario.flows, **changed}})


def two_stretches(scenario: Scenario) -> Found | None:
    """Return a scenario at two places without holidays, whole weeks apart, and in words what is compared."""
    whole, regions = Stretch.whole(scenario), regions_of(scenario)
    shorter = [whole.cut(weeks) for weeks in WEEKS_TRIED]
    for stretch in (whole, *(each for each in shorter if len(each.days) < len(whole.days))):
        quiet = [weeks for weeks in range(FURTHEST) if is_quiet(stretch.later(weeks), regions)]
        first = quiet[0] if quiet else 0
        for second in quiet[1:]:
            if same_clockwork(scenario, stretch.later(first), stretch.later(second)):
                long = "the whole of it" if stretch is whole else f"{len(stretch.days) // DAYS_PER_WEEK} weeks of it"
                here, there = stretch.moved(first), stretch.moved(second)
                return here, there, f"{long} from {here.first} on and {second - first} weeks later"
    return None


def _judged(world: World, judged: Judged, pair: Found) -> Iterator[Finding]:
    here, there, what = pair
    try:
        one, other = (lower(stretch.scenario, judged.alternative) for stretch in (here, there))
    except CorridorSimError as error:
        yield judged.broken(what, "it can be simulated there", error)
        return
    before, after = world.play(one), world.play(other)
    flows = len(one.flow_order)
    released = sum(int((each.inputs.consignments.flow < flows).sum()) for each in before)
    if not released:
        yield judged.exception(what, "nothing is released in this stretch")
        return

    def broken() -> Iterator[Finding]:
        readers = world.reader(one), world.reader(other)
        for was, now in zip(before, after, strict=True):
            called = f"replication {was.inputs.replication}, {what}"
            if was.trace.digest() != now.trace.digest():
                yield judged.broken(f"the Trace of {called}", was.trace.digest(), now.trace.digest())
                return
            books = world.settled(one, was, readers[0]), world.settled(other, now, readers[1])
            ledgers = [sorted_rows(each.whole[0]) for each in books if each.whole]
            if ledgers and not (ledgers[0][1] == ledgers[1][1] and np.array_equal(ledgers[0][0], ledgers[1][0])):
                yield judged.broken(f"the ledger of {called}", "the same postings", "others")
            for name in FIGURES:
                mine, yours = (digest_of(getattr(each.measured, name)) for each in books)
                if mine != yours:
                    yield judged.broken(f"{name} of {called}", mine, yours)

    yield from judged.first_or_kept(broken(), f"{released} consignments, {what}")


WHOLE_WEEKS = Law(NAME, SAYS, test)
