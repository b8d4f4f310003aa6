"""All laws, in the order in which a reader meets them."""

from __future__ import annotations

from corridor_sim.scenario.load import ScenarioFile
from corridor_sim.study.laws.demand import NO_DEMAND
from corridor_sim.study.laws.law import Finding, Law
from corridor_sim.study.laws.legs import LEG_IN_TWO
from corridor_sim.study.laws.prices import PRICE_TIMES_TWO
from corridor_sim.study.laws.titles import TITLES_AND_ORDER
from corridor_sim.study.laws.trains import MORE_TRAINS
from corridor_sim.study.laws.weeks import WHOLE_WEEKS

LAWS: tuple[Law, ...] = (PRICE_TIMES_TWO, TITLES_AND_ORDER, LEG_IN_TWO, NO_DEMAND, WHOLE_WEEKS, MORE_TRAINS)


def findings_of(file: ScenarioFile, replications: int) -> list[Finding]:
    """Return what all laws find in all alternatives of a file, tried with so many replications.

    Raises InputError or ModelError where an alternative cannot be simulated at all.
    """
    return [finding for law in LAWS for finding in law.test(file, replications)]
