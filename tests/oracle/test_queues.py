"""Waiting lines against their closed forms: M/M/1, M/M/c, M/D/c, M/G/1, priorities and a Jackson tandem.

All mean services are 1 h unless told otherwise, so that loads and rates read the same. Rounding to whole seconds
moves a mean by less than 0.01 %.
"""

from __future__ import annotations

from math import factorial

import numpy as np
import pytest
from scipy import stats

MOST_IN_SYSTEM = 400
PERT = (0.25, 0.75, 2.75)
WIDEST, HEAVY_WIDEST = 0.02, 0.05
"""The half-width of an interval as a share of the truth."""


def passages(runs, scenario, rate, sets=(), steps=("serve",)):
    """Return for each replication (mean wait and mean service at each step, share that waited, arrivals).

    Services and arrivals serve as controls; arrivals are counted over their expectation, less 1.
    """
    found = []
    for seen in runs(scenario, sets=at_rate(sets, rate)):
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


def tiers(light: object, heavy: object, until: str) -> pytest.MarkDecorator:
    """Run a test at a load up to 0.7 in CI, and at one from 0.85 on, until a later date, in `make verify`.

    Near its limit a queue forgets slowly: at load 0.9 with a mean service of 1 h the relaxation time is 1 h /
    (1 - sqrt(0.9))^2 = 380 h, so that a whole year, 23 times as long, is left out there.
    """
    later = (f"clock.measure=2027-01-01 to {until}", "clock.warm_up=365 days")
    heavy_tier = pytest.param(heavy, later, HEAVY_WIDEST, marks=pytest.mark.verify, id="heavy")
    return pytest.mark.parametrize(
        ("rate", "sets", "widest"), [pytest.param(light, (), WIDEST, id="light"), heavy_tier]
    )


def at_rate(sets, rate, flow="f"):
    """Return overrides with the rate of a flow."""
    return (*sets, f"flows.{flow}.arrives.poisson={rate} consignments per hour")


@tiers(0.7, 0.9, "2029-12-31")
def test_mm1_time_in_system(runs, judge, rate, sets, widest):
    waited, served, _, arrivals = passages(runs, "mm1", rate, sets)
    judge(1 / (1 - rate), waited[:, 0] + served[:, 0], np.column_stack([served - 1, arrivals]), widest)


@tiers(1.8, 2.55, "2027-06-30")
def test_mmc_share_that_waits_and_time_in_system(runs, judge, rate, sets, widest):
    waited, served, held, arrivals = passages(runs, "mmc", rate, sets)
    controls = np.column_stack([served - 1, arrivals])
    judge(erlang_c(3, rate), held, controls, widest)
    judge(erlang_c(3, rate) / (3 - rate) + 1, waited[:, 0] + served[:, 0], controls, widest)


@tiers(1.4, 1.8, "2027-11-30")
def test_mdc_share_that_waits_and_time_in_system(runs, judge, rate, sets, widest):
    waited, served, held, arrivals = passages(runs, "mdc", rate, sets)
    assert (served == 1).all()
    share, hours = crommelin(2, rate)
    judge(share, held, arrivals, widest)
    judge(hours, waited[:, 0] + 1, arrivals, widest)


@tiers(0.6, 0.85, "2028-03-31")
def test_mg1_time_in_system_with_lognormal_service(runs, judge, rate, sets, widest):
    waited, served, _, arrivals = passages(runs, "mg1_lognormal", rate, sets)
    truth = pollaczek_khinchine(rate, 1 + 0.5**2)
    judge(truth, waited[:, 0] + served[:, 0], np.column_stack([served - 1, arrivals]), widest)


@tiers(0.6, 0.85, "2028-03-31")
def test_mg1_time_in_system_with_pert_service(runs, judge, rate, sets, widest):
    waited, served, _, arrivals = passages(runs, "mg1_pert", rate, sets)
    truth = pollaczek_khinchine(rate, pert_second_moment(*PERT))
    judge(truth, waited[:, 0] + served[:, 0], np.column_stack([served - 1, arrivals]), widest)


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


@tiers((0.5, 0.25), (0.9, 0.45), "2029-06-30")
def test_priorities_time_in_system_of_each_class(runs, judge, rate, sets, widest):
    # constant service of half an hour for the urgent, exponential service of an hour for the others
    names, means, second_moments = ("urgent", "plain"), (0.5, 1.0), (0.25, 2.0)
    for name, per_hour in zip(names, rate, strict=True):
        sets = at_rate(sets, per_hour, name)
    waits, controls = [], []
    for seen in runs("priority", sets=sets):
        by_class = [seen.waits("serve", name) for name in names]
        waits.append([found.mean() for found in by_class])
        arrivals = [len(found) / seen.window_hours for found in by_class]
        controls.append([*arrivals, seen.services("serve", "plain").mean()])
    truths = cobham(tuple(zip(rate, means, second_moments, strict=True)))
    for wait, truth, mean in zip(np.array(waits).T, truths, means, strict=True):
        judge(truth + mean, wait + mean, np.array(controls) - [*rate, 1], widest)


@tiers(0.6, 0.85, "2028-06-30")
def test_tandem_time_in_system_and_at_the_second_station(runs, judge, rate, sets, widest):
    waited, served, _, arrivals = passages(runs, "tandem", rate, sets, ("one", "two"))
    second = 5 / 6
    controls = np.column_stack([served - [1, second], arrivals])
    there = 1 / (1 / second - rate)
    judge(1 / (1 - rate) + there, (waited + served).sum(axis=1), controls, widest)
    judge(there, waited[:, 1] + served[:, 1], controls, widest)
