"""Waiting lines against their closed forms: M/M/1, M/M/c, M/D/c, M/G/1, priorities and a Jackson tandem.

All mean services are 1 h unless told otherwise, so that loads and rates read the same. Rounding to whole seconds
moves a mean by less than 0.01 %. Both engines play them at loads up to 0.7 in CI, the compiled one at loads from 0.9
on in `make verify`.
"""

from __future__ import annotations

import numpy as np
import pytest

from closed_forms import cobham, crommelin, erlang_c, pert_second_moment, pollaczek_khinchine
from oracle_runs import HEAVY, LIGHT

PERT = (0.25, 0.75, 2.75)


def tiers(light, heavy, times=1.0):
    """Run a test at one rate in CI and at another, with so many times the replications of its tier, in `verify`."""
    return pytest.mark.parametrize(
        ("tier", "rate", "times"),
        [
            pytest.param(LIGHT, light, 1, id="light"),
            pytest.param(HEAVY, heavy, times, marks=pytest.mark.verify, id="heavy"),
        ],
        indirect=["tier"],
    )


def passages(played, rate, steps=("serve",)):
    """Return for each replication (mean wait and mean service at each step, share that waited, arrivals).

    Services and arrivals serve as controls; arrivals are counted over their expectation, less 1.
    """
    found = []
    for seen in played:
        waits = np.array([seen.waits(step) for step in steps])
        services = np.array([seen.services(step) for step in steps])
        arrivals = seen.measured.sum() / (rate * seen.window_hours) - 1
        found.append((waits.mean(axis=1), services.mean(axis=1), (waits[0] > 0).mean(), arrivals))
    waited, served, held, arrivals = (np.array(column) for column in zip(*found, strict=True))
    return waited, served, held, arrivals


def at_rate(rate, flow="f"):
    """Return the override for the rate of a flow."""
    return f"flows.{flow}.arrives.poisson={rate} consignments per hour"


@tiers(0.7, 0.95, 14)
def test_mm1_time_in_system(runs, judge, rate, times):
    waited, served, _, arrivals = passages(runs("mm1", sets=[at_rate(rate)], times=times), rate)
    controls = np.column_stack([served - 1, arrivals])
    judge(f"M/M/1 at {rate}: hours in system", 1 / (1 - rate), waited[:, 0] + served[:, 0], controls)


@tiers(1.8, 2.85, 5.8)
def test_mmc_share_that_waits_and_time_in_system(runs, judge, rate, times):
    waited, served, held, arrivals = passages(runs("mmc", sets=[at_rate(rate)], times=times), rate)
    controls = np.column_stack([served - 1, arrivals])
    name = f"M/M/3 at {rate / 3:.2g}"
    judge(f"{name}: share that waits", erlang_c(3, rate), held, controls, share=True)
    hours = erlang_c(3, rate) / (3 - rate) + 1
    judge(f"{name}: hours in system", hours, waited[:, 0] + served[:, 0], controls)


@tiers(1.4, 1.9, 3.5)
def test_mdc_share_that_waits_and_time_in_system(runs, judge, rate, times):
    waited, served, held, arrivals = passages(runs("mdc", sets=[at_rate(rate)], times=times), rate)
    assert (served == 1).all()
    share, hours = crommelin(2, rate)
    judge(f"M/D/2 at {rate / 2:.2g}: share that waits", share, held, arrivals, share=True)
    judge(f"M/D/2 at {rate / 2:.2g}: hours in system", hours, waited[:, 0] + 1, arrivals)


@tiers(0.6, 0.9, 3)
def test_mg1_time_in_system_with_lognormal_service(runs, judge, rate, times):
    waited, served, _, arrivals = passages(runs("mg1_lognormal", sets=[at_rate(rate)], times=times), rate)
    truth = pollaczek_khinchine(rate, 1 + 0.5**2)
    controls = np.column_stack([served - 1, arrivals])
    judge(f"M/G/1, lognormal, at {rate}: hours in system", truth, waited[:, 0] + served[:, 0], controls)


@tiers(0.6, 0.9, 3)
def test_mg1_time_in_system_with_pert_service(runs, judge, rate, times):
    waited, served, _, arrivals = passages(runs("mg1_pert", sets=[at_rate(rate)], times=times), rate)
    truth = pollaczek_khinchine(rate, pert_second_moment(*PERT))
    controls = np.column_stack([served - 1, arrivals])
    judge(f"M/G/1, PERT, at {rate}: hours in system", truth, waited[:, 0] + served[:, 0], controls)


@tiers((0.5, 0.25), (0.9, 0.45), 4)
def test_priorities_time_in_system_of_each_class(runs, judge, rate, times):
    # constant service of half an hour for the urgent, exponential service of an hour for the others
    names, means, second_moments = ("urgent", "plain"), (0.5, 1.0), (0.25, 2.0)
    waits, controls = [], []
    rates = [at_rate(per_hour, name) for name, per_hour in zip(names, rate, strict=True)]
    for seen in runs("priority", sets=rates, times=times):
        by_class = [seen.waits("serve", name) for name in names]
        waits.append([found.mean() for found in by_class])
        arrivals = [len(found) / seen.window_hours for found in by_class]
        controls.append([*arrivals, seen.services("serve", "plain").mean()])
    load = f"{rate[0] / 2 + rate[1]:.2g}"
    truths = cobham(tuple(zip(rate, means, second_moments, strict=True)))
    for name, wait, truth, mean in zip(names, np.array(waits).T, truths, means, strict=True):
        what = f"M/G/1 with priorities at {load}: hours in system, {name}"
        judge(what, truth + mean, wait + mean, np.array(controls) - [*rate, 1])


@tiers(0.6, 0.9, 5)
def test_tandem_time_in_system_and_at_the_second_station(runs, judge, rate, times):
    played = runs("tandem", sets=[at_rate(rate)], times=times)
    waited, served, _, arrivals = passages(played, rate, ("one", "two"))
    second = 5 / 6
    controls = np.column_stack([served - [1, second], arrivals])
    there = 1 / (1 / second - rate)
    name = f"two in a row, M/M/1 at {rate} and {rate * second:.2g}"
    judge(f"{name}: hours in both", 1 / (1 - rate) + there, (waited + served).sum(axis=1), controls)
    judge(f"{name}: hours in the second", there, waited[:, 1] + served[:, 1], controls)
