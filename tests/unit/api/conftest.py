"""Results of two worlds: one can be worked out by hand, in the other there is more going on."""

from __future__ import annotations

import pytest

import corridor_sim
from corridor_sim import Result
from fruit_worlds import busy, small


@pytest.fixture(scope="package")
def calm_result() -> Result:
    return corridor_sim.run(small(), noise=False)


@pytest.fixture(scope="package")
def busy_result() -> Result:
    return corridor_sim.run(busy(), replications=11)
