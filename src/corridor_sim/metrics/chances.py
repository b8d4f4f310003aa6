"""The last chance of each late consignment: the departure that would still have brought it on time, caught or missed.

Walk back from the delivery, boarding by boarding. At each, a consignment could have caught the departures from its
*usual* arrival on: where it last set out (its release, or the schedule of the departure it took before) plus the
median time from there to meeting the cut-offs. A departure *would do* if its schedule plus the median time from such
a schedule to the delivery is not after the due tick. The last of them that would do, up to the one taken, is the last
chance of that boarding; the first boarding from behind that has one decides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corridor_sim.engine.base import VISITS, Trace
from corridor_sim.engine.program import NONE, Inputs, Ints
from corridor_sim.metrics.journeys import Journeys
from corridor_sim.metrics.medians import medians
from corridor_sim.metrics.missed import Line, Misses, earliest_met
from corridor_sim.metrics.times import Flags, Times
from corridor_sim.metrics.view import View
from corridor_sim.sampling.law import Floats
from corridor_sim.scenario.calendars import WEEKDAYS

STEP, READY, START = (VISITS.index(name) for name in ("step", "ready", "start"))


@dataclass(frozen=True, slots=True)
class Boardings:
    """Arrays by boarding of measured consignments, in the order (owner, travel).

    `row` of the journeys; `leg` counts the owner's boardings from 0; `step` a row of Lowered.steps; `service`;
    `last` as in Misses and `left` whether it was taken; `set_out` the tick it counts from; `earliest` the first
    scheduled tick whose cut-offs it met.
    """

    row: Ints
    owner: Ints
    leg: Ints
    step: Ints
    service: Ints
    last: Ints
    left: Flags
    set_out: Ints
    earliest: Ints


@dataclass(frozen=True, slots=True)
class Chances:
    """Arrays by late consignment that had a last chance.

    `boarding` is a row of Boardings; `departure` a row of departures; `taken` whether it was caught, so that it was
    lost later; `in_time` whether the consignment met its cut-offs all the same.
    """

    owner: Ints
    boarding: Ints
    departure: Ints
    taken: Flags
    in_time: Flags


def boardings(view: View, trace: Trace, times: Times, travelled: Journeys, missed: Misses, line: Line) -> Boardings:
    """Return the Boardings of one replication."""
    row = np.flatnonzero(view.instructions.boards[trace.visits[travelled.visit, STEP]])
    owner, visit = travelled.owner[row], travelled.visit[row]
    first = np.diff(owner, prepend=NONE) != 0
    begins = np.flatnonzero(first)
    leg = np.arange(len(row)) - np.repeat(begins, np.diff(begins, append=len(row)))
    code = trace.visits[visit, STEP]
    service, last = view.boards[code], missed.last[np.searchsorted(missed.visit, visit)]
    scheduled = line.tick(last, service)
    before = np.concatenate(([0], scheduled))[: len(scheduled)]
    return Boardings(
        row,
        owner,
        leg,
        view.instructions.step[code],
        service,
        last,
        trace.visits[visit, START] != NONE,
        np.where(first, times.release[owner], before),
        earliest_met(view, trace, visit, _arrivals(view, trace, visit)),
    )


def _arrivals(view: View, trace: Trace, visit: Ints) -> Ints:
    """Return when the passengers of BOARD visits came to the step, before they waited at a gate."""
    gated = view.gate[trace.visits[visit - 1, STEP]] & (visit > 1)
    seized = np.where(gated, visit - 1 - 1, visit)
    arrived: Ints = trace.visits[seized, READY]
    return arrived


def last_chances(view: View, inputs: Inputs, trace: Trace, times: Times, line: Line, found: Boardings) -> Chances:
    """Return the Chances of the late consignments of one replication."""
    late = np.flatnonzero(~times.on_time[found.owner])
    usually_there = found.set_out + _usual_lead(view, found)[found.step]
    begin = np.minimum(line.first_from(found.service, np.ceil(usually_there).astype(np.int64)), found.last)[late]
    count = found.last[late] - begin + found.left[late]
    boarding = np.repeat(late, count)
    departure = np.arange(len(boarding)) - np.repeat(np.cumsum(count) - count - begin, count)
    scheduled = inputs.departures.scheduled[departure]
    rest = _usual_rest(view, inputs, times, found)[found.step[boarding], view.weekdays(scheduled)]
    owner = found.owner[boarding]
    would_do = np.flatnonzero(scheduled + rest <= (times.release + view.within[times.flow])[owner])
    # rows stand in the order of travel and schedule: the last of an owner is its last chance
    final = would_do[np.diff(owner[would_do], append=NONE) != 0]
    at, which = boarding[final], departure[final]
    taken = found.left[at] & (which == found.last[at])
    return Chances(owner[final], at, which, taken, scheduled[final] >= found.earliest[at])


def _usual_lead(view: View, found: Boardings) -> Floats:
    """Return by step the median ticks from setting out to the first schedule that can be met."""
    return medians(len(view.main), found.step, found.earliest - found.set_out)


def _usual_rest(view: View, inputs: Inputs, times: Times, found: Boardings) -> Floats:
    """Return float64[steps, weekdays]: median ticks from the schedule of a departure to the delivery.

    Of a weekday on which nobody delivered left it is that of all days; infinite where there is none at all.
    """
    delivered = times.delivered[found.owner]
    rows = np.flatnonzero(found.left & (delivered != NONE))
    scheduled, step = inputs.departures.scheduled[found.last[rows]], found.step[rows]
    steps, days = len(view.main), len(WEEKDAYS)
    ticks, by_day = delivered[rows] - scheduled, step * days + view.weekdays(scheduled)
    every_day = np.where(np.bincount(step, minlength=steps) > 0, medians(steps, step, ticks), np.inf)
    some = np.bincount(by_day, minlength=steps * days) > 0
    of_day = np.where(some, medians(steps * days, by_day, ticks), np.repeat(every_day, days))
    return of_day.reshape(steps, days)
