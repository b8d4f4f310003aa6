"""Runs oracle worlds and judges what comes out against closed forms (see tests/oracle_runs.py)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from both_engines import play_both
from corridor_sim import load, lower, simulate
from oracle_runs import LIGHT, SCENARIOS, SEED, Seen, Tier, interval, run_world

Runs = Callable[..., Iterator[Seen]]
Judge = Callable[..., None]


@pytest.fixture
def tier(request: pytest.FixtureRequest) -> Tier:
    """Return the tier of a test that is in several, LIGHT where it says none."""
    told: Tier = getattr(request, "param", LIGHT)
    if told.engine is None:
        pytest.importorskip("numba")
    return told


@pytest.fixture
def runs(tier: Tier) -> Runs:
    """Run a world, a file of tests/oracle/scenarios by its name or the text of one, as far as the tier goes.

    `times`: how many times the replications of the tier.
    """

    def run(world: str, replications: int = 0, sets: Sequence[str] = (), times: float = 1) -> Iterator[Seen]:
        path: str | Path = world if "{" in world else SCENARIOS / f"{world}.yaml"
        number = replications or round(tier.replications * times)
        return run_world(path, tier.engine, number, (*tier.sets, *sets))

    return run


@pytest.fixture(scope="session")
def statements() -> Counter[str]:
    """How many statements were judged so far in each tier."""
    return Counter()


@pytest.fixture
def judge(
    request: pytest.FixtureRequest, tier: Tier, statements: Counter[str], verified: Callable[[str, str, str], None]
) -> Judge:
    """Assert that an interval is narrow enough and holds the truth."""

    def assert_true(what: str, truth: float, values: Any, controls: Any, share: bool = False) -> None:
        statements[tier.name] += 1
        assert statements[tier.name] <= tier.judged, "more statements than the joint level was divided by"
        estimate, half = interval(values, controls, tier.judged)
        print(f"{request.node.name}: {what} {estimate:.4f} ± {half / truth:.2%}, truth {truth:.4f}")
        widest = tier.widest_share if share else tier.widest
        verified(what, f"{truth:.4f}, within {widest:.1%}", f"{estimate:.4f} ± {half / truth:.2%}")
        assert half <= widest * truth
        assert abs(estimate - truth) <= half

    return assert_true


@pytest.fixture(scope="session")
def every_alternative() -> Callable[[str, int], dict[str, list[Seen]]]:
    """Run all alternatives of a scenario."""

    def run(name: str, replications: int) -> dict[str, list[Seen]]:
        file = load(SCENARIOS / f"{name}.yaml")
        found = {}
        for alternative, scenario in file.alternatives.items():
            lowered = lower(scenario, alternative)
            played = simulate(lowered, range(replications), SEED, engine=play_both)
            found[alternative] = [Seen(lowered.program, one.inputs, one.trace) for one in played]
        return found

    return run
