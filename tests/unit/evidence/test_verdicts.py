"""Chances and verdicts on synthetic claims whose truth is known."""

from collections import Counter
from math import inf

import numpy as np
import pytest

from claimed_worlds import LinearWorld, inputs_of
from corridor_sim.evidence.intervals import Estimate
from corridor_sim.evidence.metamodel import best_guess, fit
from corridor_sim.evidence.responses import Responses, mean_responses
from corridor_sim.evidence.verdicts import Chances, Claimed, chances, judge, verdict_of

WORLD = LinearWorld(0.06, (0.01,) * 12, noise=0.01)
DEVIATION = WORLD.variance**0.5
POINTS = 1024
QUIET = Estimate(0.06, 0.0599, 0.0601, 100, "t")
CLAIMS = {
    "supported": (-2.2, 2.2),
    "inconclusive": (0, 3),
    "falls short": (2, 4),
    "exceeds": (-4, -2),
    "contradicted": (-0.06, 0.06),
}
"""Verdict that is right -> the claimed interval, in deviations about the expected saving."""
EDGE = (-1.645, 1.645)
"""The chance of lying inside is the threshold itself."""


def claimed(ends: tuple[float, float]) -> Claimed:
    return Claimed(*(WORLD.mean + end * DEVIATION for end in ends))


def guessed(coordinates, points, replications, design):
    inputs = inputs_of(coordinates, points, design)
    responses = WORLD.responses(inputs, replications, 1000 + design)
    return best_guess(fit(inputs, responses), responses)


def judged(ends, replications, design):
    return judge(chances(guessed(20, 256, replications, design), claimed(ends), design), QUIET, claimed(ends))


@pytest.mark.parametrize(
    ("below", "inside", "above", "word"),
    [
        (0.05, 0.90, 0.05, "supported"),
        (0.06, 0.89, 0.05, "inconclusive"),
        (0.05, 0.05, 0.90, "exceeds"),
        (0.90, 0.10, 0.00, "falls short"),
        (0.45, 0.10, 0.45, "contradicted"),
        (0.45, 0.11, 0.44, "inconclusive"),
        (0.89, 0.10, 0.01, "contradicted"),
    ],
)
def test_the_rules_as_they_are_written(below, inside, above, word):
    assert verdict_of(below, inside, above) == word


@pytest.mark.parametrize("word", CLAIMS)
def test_chances_are_those_of_the_normal_law(word):
    guess = guessed(20, 1024, 2, 3)
    claim = claimed(CLAIMS[word])
    found = chances(guess, claim)
    below, above = WORLD.chance_under(claim.low), 1 - WORLD.chance_under(claim.high)
    assert found.below.value == pytest.approx(below, abs=0.03)
    assert found.above.value == pytest.approx(above, abs=0.03)
    assert found.inside.value == pytest.approx(1 - below - above, abs=0.03)
    assert found.at_least.value == pytest.approx(1 - below, abs=0.03)
    assert found.below.value + found.inside.value + found.above.value == pytest.approx(1)
    for each in (found.below, found.inside, found.above, found.at_least):
        assert 0 <= each.low <= each.value <= each.high <= 1


def test_where_terms_know_nothing_the_responses_tell():
    """A saving that jumps: no polynomial follows it, but each point has almost no noise and speaks for itself."""
    inputs = inputs_of(20, 1024, 1)
    jumps = np.where(inputs.points[:, 0] + 0.001 * inputs.points[:, 1] < 0.3, -0.5, 0.06)
    responses = Responses(jumps, np.full(1024, 1e-8), 2)
    metamodel = fit(inputs, responses)
    assert metamodel.misfit > 0.001
    found = chances(best_guess(metamodel, responses), Claimed(0.05, 0.08))
    assert found.below.value == pytest.approx(0.3, abs=0.01)
    assert found.inside.value == pytest.approx(0.7, abs=0.01)


def test_where_nothing_is_known_but_noise_the_mean_is_all():
    inputs = inputs_of(20, 1024, 1)
    noise = np.random.default_rng(5).normal(0.06, 0.02, size=(1024, 2))
    responses = mean_responses(noise)
    found = chances(best_guess(fit(inputs, responses), responses), Claimed(0.05, 0.08))
    assert found.inside.value > 0.95


@pytest.mark.parametrize("word", CLAIMS)
def test_verdicts_on_synthetic_claims_and_four_times_the_replications(word):
    for design in range(4):
        assert judged(CLAIMS[word], 2, design).verdict == word
    assert judged(CLAIMS[word], 8, 0).verdict == word


def test_a_chance_at_the_threshold_itself_needs_more_replications():
    found = judged(EDGE, 2, 1)
    assert not found.firm
    assert found.verdict == "more replications needed"
    assert found.by_inputs in ("supported", "inconclusive")


@pytest.mark.verify
def test_quadrupling_changes_no_verdict_except_out_of_more_replications_needed(verified):
    """Each claim in 50 designs as large as the shipped one; the noise of a point is 0.7 of the doubt.

    With a quarter of the points one claim of 250 went from contradicted to more replications needed.
    """
    changed, right, at_edge = Counter(), Counter(), Counter()
    for design in range(50):
        few, many = (guessed(20, POINTS, reps, design) for reps in (2, 8))
        for word, ends in {**CLAIMS, "edge": EDGE}.items():
            before, after = (judge(chances(each, claimed(ends), design), QUIET, claimed(ends)) for each in (few, many))
            right[word] += before.verdict == word
            changed[word] += before.verdict not in (after.verdict, "more replications needed")
            at_edge[word] += before.verdict == "more replications needed"
    # an edge may be crossed by a 95 % interval in one of twenty designs
    assert changed["edge"] <= 6
    assert {word: changed[word] for word in CLAIMS} == dict.fromkeys(CLAIMS, 0)
    assert min(right[word] for word in CLAIMS) >= 47
    assert at_edge["edge"] >= 44
    for word in CLAIMS:
        verified(f'claims of which "{word}" is right, in 50 designs', "at least 47 say so", f"{right[word]}")
    told = f"{sum(changed[word] for word in CLAIMS)} of {50 * len(CLAIMS)}, and {changed['edge']} of 50 at an edge"
    verified("verdicts that four times the replications changed", "none, and at most 6 of 50 at an edge", told)


def sure(below: float, inside: float, above: float) -> Chances:
    ends = (Estimate(each, each, each, 1024, "known") for each in (below, inside, above, inside + above))
    return Chances(*ends)


@pytest.mark.parametrize(
    ("stated", "quiet"),
    [
        (Estimate(0.06, 0.0526, 0.0674, 30, "t"), True),
        (Estimate(0.06, 0.0524, 0.0676, 30, "t"), False),
        (Estimate(0.06, None, None, 5, "too few"), False),
        (Estimate(0.06, 0.0599, 0.0601, 30, "t", resolved=False), False),
    ],
)
def test_noise_only_decides_whether_more_replications_are_needed(stated, quiet):
    # width 0.03, of which a quarter is 0.0075
    found = judge(sure(0.02, 0.95, 0.03), stated, Claimed(0.05, 0.08))
    assert (found.quiet, found.by_inputs, found.firm) == (quiet, "supported", True)
    assert found.verdict == ("supported" if quiet else "more replications needed")
    assert found.allowed_half_width == pytest.approx(0.0075)


def test_changing_the_interval_changes_the_verdict_and_nothing_of_the_fit():
    guess = guessed(20, 256, 2, 1)
    words = {judge(chances(guess, claimed(ends)), QUIET, claimed(ends)).by_inputs for ends in CLAIMS.values()}
    assert words == set(CLAIMS)


def test_a_claim_of_at_least_something():
    claim = Claimed(0.04)
    assert (claim.high, claim.width) == (inf, 0.04)
    assert Claimed(0).width == inf
    guess = guessed(20, 256, 2, 1)
    found = chances(guess, claim)
    assert (found.above.value, found.above.high) == (0, 0)
    assert found.inside.value == found.at_least.value


@pytest.mark.parametrize("ends", [(0.08, 0.05), (0.05, 0.05), (float("nan"), 1), (-inf, 0)])
def test_ends_that_are_none(ends):
    with pytest.raises(ValueError, match="lower end"):
        Claimed(*ends)
