"""Waiting lines against their closed forms: M/M/1, M/M/c, M/D/c, M/G/1, priorities and a Jackson tandem.

All mean services are 1 h unless told otherwise, so that loads and rates read the same. Rounding to whole seconds
moves a mean by less than 0.01 %.
"""

from __future__ import annotations

from math import exp, factorial, log

import numpy as np
import pytest
from scipy import stats

MOST_IN_SYSTEM = 400
PERT = (0.25, 0.75, 2.75)


def passages(runs, scenario, rate, servers=1, sets=(), steps=("serve",), **more):
    """Return for each replication the means (waited, served at each step, share that waited, controls).

    Controls are the arrivals over their expectation and the mean service of each step, both less 1 (hour).
    """
    found = []
    for seen in runs(scenario, sets=sets, **more):
        waits = np.array([seen.waits(step) for step in steps])
        services = np.array([seen.services(step) for step in steps])
        arrivals = seen.measured.sum() / (rate * seen.window_hours) - 1
        found.append((waits.mean(axis=1), services.mean(axis=1), (waits[0] > 0).mean(), arrivals))
    waited, served, held, arrivals = (np.array(column) for column in zip(*found, strict=True))
    return waited, served, held, arrivals


def erlang_c(servers: int, load: float) -> float:
    """Return the probability of waiting in M/M/c (Erlang 1917); `load` is offered, in servers."""
    busy = load**servers / factorial(servers) * servers / (servers - load)
    return busy / (sum(load**count / factorial(count) for count in range(servers)) + busy)


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


def stationary(chain: np.ndarray) -> np.ndarray:
    """Return the stationary distribution of a Markov chain cut off where next to nothing is left."""
    equations = np.vstack([chain.T - np.eye(len(chain)), np.ones(len(chain))])
    shares, *_ = np.linalg.lstsq(equations, np.append(np.zeros(len(chain)), 1))
    return shares


def pollaczek_khinchine(rate: float, second_moment: float) -> float:
    """Return the mean time in system of M/G/1 with mean service 1."""
    return 1 + rate * second_moment / 2 / (1 - rate)


def pert_second_moment(low: float, mode: float, high: float) -> float:
    mean = (low + 4 * mode + high) / 6
    return mean**2 + (mean - low) * (high - mean) / 7


def test_the_closed_forms_agree_where_they_meet():
    assert erlang_c(1, 0.7) == pytest.approx(0.7)
    assert crommelin(1, 0.7)[1] == pytest.approx(pollaczek_khinchine(0.7, 1), rel=1e-9)
    assert crommelin(1, 0.7)[0] == pytest.approx(0.7, rel=1e-9)
    # M/D/2 at load 0.5 (Crommelin's series for the mean wait, summed to 1e-12 in `crommelin_series`)
    assert crommelin(2, 1.0)[1] - 1 == pytest.approx(crommelin_series(2, 1.0), rel=1e-9)
    assert cobham(((0.0, 0.5, 0.25), (0.7, 1.0, 2.0)))[1] == pytest.approx(0.7 / 0.3)


def crommelin_series(servers: int, rate: float) -> float:
    """Return Crommelin's series for the mean wait in M/D/c with service 1, its second and independent form."""
    total = 0.0
    for i in range(1, 200):
        mean = i * rate
        at = stats.poisson.sf(i * servers - 1, mean)
        above = stats.poisson.sf(i * servers, mean)
        total += at - servers / rate * above
    return total


def test_mm1_time_in_system(runs, judge):
    waited, served, _, arrivals = passages(runs, "mm1", 0.7)
    judge(1 / (1 - 0.7), waited[:, 0] + served[:, 0], np.column_stack([served - 1, arrivals]))


def test_mmc_share_that_waits_and_time_in_system(runs, judge):
    waited, served, held, arrivals = passages(runs, "mmc", 2.1)
    controls = np.column_stack([served - 1, arrivals])
    judge(erlang_c(3, 2.1), held, controls)
    judge(erlang_c(3, 2.1) / (3 - 2.1) + 1, waited[:, 0] + served[:, 0], controls)


def test_mdc_share_that_waits_and_time_in_system(runs, judge):
    waited, served, held, arrivals = passages(runs, "mdc", 1.4)
    assert (served == 1).all()
    share, hours = crommelin(2, 1.4)
    judge(share, held, arrivals)
    judge(hours, waited[:, 0] + 1, arrivals)


def test_mg1_time_in_system_with_lognormal_service(runs, judge):
    waited, served, _, arrivals = passages(runs, "mg1_lognormal", 0.6)
    truth = pollaczek_khinchine(0.6, 1 + 0.5**2)
    judge(truth, waited[:, 0] + served[:, 0], np.column_stack([served - 1, arrivals]))


def test_mg1_time_in_system_with_pert_service(runs, judge):
    waited, served, _, arrivals = passages(runs, "mg1_pert", 0.7)
    truth = pollaczek_khinchine(0.7, pert_second_moment(*PERT))
    judge(truth, waited[:, 0] + served[:, 0], np.column_stack([served - 1, arrivals]))


def cobham(classes: tuple[tuple[float, float, float], ...]) -> list[float]:
    """Return the mean wait of each class (rate, mean, second moment of service), the first class most urgent.

    Non-preemptive priorities at one server (Cobham, Operations Research 2, 1954).
    """
    residual = sum(rate * second for rate, _, second in classes) / 2
    waits, before = [], 0.0
    for rate, mean, _ in classes:
        after = before + rate * mean
        waits.append(residual / (1 - before) / (1 - after))
        before = after
    return waits


CLASSES = ((0.6, 0.5, 0.25), (0.3, 1.0, 2.0))
"""Constant service of half an hour, and exponential service of an hour."""


def waits_by_class(runs, sets=(), rates=(0.6, 0.3)):
    found = []
    for seen in runs("priority", sets=sets):
        flows = ("urgent", "plain")
        counts = [len(seen.waits("serve", flow)) / rate / seen.window_hours - 1 for flow, rate in zip(flows, rates, strict=True)]
        waits = [seen.waits("serve", flow).mean() for flow in flows]
        found.append((*waits, *counts, seen.services("serve", "plain").mean() - 1))
    return np.array(found)


def test_priorities_time_in_system_of_each_class(runs, judge):
    found = waits_by_class(runs)
    for number, (wait, (_, service, _)) in enumerate(zip(cobham(CLASSES), CLASSES, strict=True)):
        judge(wait + service, found[:, number] + service, found[:, 2:])


def test_tandem_time_in_system_and_at_the_second_station(runs, judge):
    waited, served, _, arrivals = passages(runs, "tandem", 0.6, steps=("one", "two"))
    second = 5 / 6
    controls = np.column_stack([served - [1, second], arrivals])
    there = 1 / (1 / second - 0.6)
    judge(1 / (1 - 0.6) + there, (waited + served).sum(axis=1), controls)
    judge(there, waited[:, 1] + served[:, 1], controls)
