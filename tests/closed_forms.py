"""Waiting lines and timetables in closed form, or as the exact solution of a small Markov chain.

The mean service is 1 unless it is an argument, so that loads and rates read the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, factorial

import numpy as np
from scipy import sparse, stats
from scipy.sparse.linalg import spsolve

MOST_IN_SYSTEM, MOST_TURNS, MOST_LEFT, MOST_BLOCKED = 400, 20_000, 200, 1500


def erlang_c(servers: int, load: float) -> float:
    """Return the probability of waiting in M/M/c (Erlang 1917); `load` is offered, in servers."""
    busy = load**servers / factorial(servers) * servers / (servers - load)
    return busy / (sum(load**count / factorial(count) for count in range(servers)) + busy)


def full(room: int, load: float) -> float:
    """Return the share of arrivals that find all `room` places taken in M/M/1/room; the load may exceed 1."""
    return load**room / sum(load**count for count in range(room + 1))


def crommelin(servers: int, rate: float) -> tuple[float, float]:
    """Return (probability of waiting, mean time in system) of M/D/c with service 1.

    Whoever is in service now has left a service time later and nobody else has, so that the number in system seen
    at intervals of one service time is a Markov chain: n becomes max(n - c, 0) + Poisson (Crommelin 1932).
    """
    numbers = np.arange(MOST_IN_SYSTEM)
    left = np.maximum(numbers - servers, 0)
    chain = stats.poisson.pmf(numbers[None, :] - left[:, None], rate)
    shares = stationary(chain)
    return float(shares[servers:].sum()), float(shares @ numbers) / rate


def crommelin_series(servers: int, rate: float) -> float:
    """Return Crommelin's series for the mean wait in M/D/c with service 1, its second and independent form."""
    turns = np.arange(1, MOST_TURNS)
    at = stats.poisson.sf(turns * servers - 1, turns * rate)
    above = stats.poisson.sf(turns * servers, turns * rate)
    return float((at - servers / rate * above).sum())


def stationary(chain: np.ndarray) -> np.ndarray:
    """Return the stationary distribution of a Markov chain cut off where next to nothing is left."""
    equations = chain.T - np.eye(len(chain))
    # one of them follows from the others; together the shares are 1
    equations[0] = 1
    return np.linalg.solve(equations, np.eye(1, len(chain))[0])


def pollaczek_khinchine(rate: float, second_moment: float, mean: float = 1) -> float:
    """Return the mean time in system of M/G/1."""
    return mean + rate * second_moment / 2 / (1 - rate * mean)


def pert_second_moment(low: float, mode: float, high: float) -> float:
    """Return E[x^2] of a PERT law."""
    mean = (low + 4 * mode + high) / 6
    return mean**2 + (mean - low) * (high - mean) / 7


def cobham(classes: Sequence[tuple[float, float, float]]) -> list[float]:
    """Return the mean wait of each class (rate, mean, second moment of service), the first class most urgent.

    Non-preemptive priorities at one server (Cobham, Operations Research 2, 1954).
    """
    residual = sum(rate * second for rate, _, second in classes) / 2
    return _after_more_urgent(residual, [rate * mean for rate, mean, _ in classes])


def cobham_servers(servers: int, rates: Sequence[float]) -> list[float]:
    """Return the mean wait of each class at several servers with exponential service alike (Cobham 1954)."""
    first_to_leave = erlang_c(servers, sum(rates)) / servers
    return _after_more_urgent(first_to_leave, [rate / servers for rate in rates])


def _after_more_urgent(residual: float, loads: Sequence[float]) -> list[float]:
    waits, before = [], 0.0
    for load in loads:
        waits.append(residual / (1 - before) / (1 - before - load))
        before += load
    return waits


def interrupted(rate: float, second_moment: float, fails: float, repair: float, repair_second: float) -> float:
    """Return the mean time in system of M/G/1 whose server fails by the calendar, idle or not; work is resumed.

    `fails`: failures per time while it is up. With U the work in the system, Y what is left of a repair (0 while up),
    their products stand still on average (Avi-Itzhak and Naor, Operations Research 11, 1963, by another way):
    E[U up] = rate E[S^2] / 2 + rate E[U] and E[U down] = rate E[Y] + fails repair E[U up]. Who comes has to wait for
    Y and for U, stretched by the repairs that fall into it, and is then served, stretched too.
    """
    stretch = 1 + fails * repair
    left = fails * repair_second / 2 / stretch
    work = (rate * second_moment / 2 * stretch + rate * left) / (1 - rate * stretch)
    return work * stretch + left + stretch


def breaks_at_work(rate: float, second_moment: float, fails: float, repair: float, repair_second: float) -> float:
    """Return the mean time in system of M/G/1 whose server fails only while it serves; work is resumed.

    A service with its repairs is a service of another length (Gaver, J. R. Statist. Soc. B 24, 1962).
    """
    stretch = 1 + fails * repair
    return pollaczek_khinchine(rate, second_moment * stretch**2 + fails * repair_second, stretch)


def blocking_pair(rate: float, first: float, second: float) -> float:
    """Return the mean time in system of two exponential servers in a row (rates of service) with no room between.

    Who is done at the first keeps its server until the second is free (Avi-Itzhak and Yadin, Management Science 11,
    1965). A Markov chain of the number at the first and whether the second is idle, busy or keeps somebody waiting.
    """
    idle, busy, blocked = range(3)
    size = 3 * MOST_BLOCKED
    moves: list[tuple[int, int, float]] = []
    for number in range(MOST_BLOCKED):
        here = 3 * number
        moves += [(here + state, here + 3 + state, rate) for state in range(3) if number + 1 < MOST_BLOCKED]
        moves.append((here + busy, here + idle, second))
        if number:
            moves += [(here + idle, here - 3 + busy, first), (here + busy, here + blocked, first)]
            moves.append((here + blocked, here - 3 + busy, second))
    begin, end, speed = (np.array(column) for column in zip(*moves, strict=True))
    stays = np.arange(size)
    pairs = (np.append(end, stays), np.append(begin, stays))
    flow = sparse.coo_array((np.append(speed, -np.bincount(begin, speed, size)), pairs), (size, size)).tocsc()
    # all that is known of the first state is that together they are certain
    others = spsolve(flow[1:, 1:], -flow[1:, [0]].toarray().ravel())
    shares = np.append(1, others) / (1 + others.sum())
    return float(shares @ (stays // 3 + (stays % 3 != idle))) / rate


def left_behind(places: int, demand: float) -> float:
    """Return the mean number left behind by a vehicle with so many places, Poisson demand between two departures.

    The number left is a Markov chain: n becomes max(n + Poisson - places, 0) (Bailey 1954, bulk service).
    """
    left = np.arange(MOST_LEFT)
    chain = stats.poisson.pmf(left[None, :] + places - left[:, None], demand)
    chain[:, 0] = stats.poisson.cdf(places - left, demand)
    return float(stationary(chain) @ left)


def overflow(places: int, demand: float) -> tuple[float, float]:
    """Return the mean excess of one interval's demand over the places, and of two in a row begun with nobody left."""
    count = np.arange(MOST_LEFT)
    shares = stats.poisson.pmf(count, demand)
    first = np.maximum(count - places, 0)
    second = np.maximum(first[:, None] + count[None, :] - places, 0)
    return float(shares @ first), float(shares @ second @ shares)


def wait_for_next(gaps: Sequence[float]) -> float:
    """Return the mean wait for the next of events with these gaps, for one who comes at any moment."""
    return sum(gap**2 for gap in gaps) / sum(gaps) / 2


def wait_over_cancelled(gap: float, share: float) -> float:
    """Return the same where a share of evenly spaced departures is cancelled: gaps are geometric."""
    return gap * (1 + share) / (1 - share) / 2


def gathered(rate: float, number: int, longest: float) -> tuple[float, float]:
    """Return (mean wait, share of loads that left full) where loads leave at a number, or so long after their first.

    Renewal and reward: the waits in a load add up to the integral of how many are there.
    """
    ticks = np.linspace(0, longest, 20001)
    there = sum((count + 1) * stats.poisson.pmf(count, rate * ticks) for count in range(number - 1))
    others = np.minimum(np.arange(MOST_LEFT), number - 1)
    mean_others = stats.poisson.pmf(np.arange(MOST_LEFT), rate * longest) @ others
    full_share = stats.poisson.sf(number - 2, rate * longest)
    return float(np.trapezoid(there, ticks) / (1 + mean_others)), float(full_share)


def closed_by_storms(per_hour: float, mean_hours: float) -> float:
    """Return the share of time within any of Poisson storms, which may overlap (the busy share of M/G/infinity)."""
    return 1 - exp(-per_hour * mean_hours)
