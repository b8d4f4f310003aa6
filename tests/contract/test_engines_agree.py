"""Both engines give the same Trace, row by row: in worlds made by chance over all the rules, and in those shipped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, assume, event, given, note, settings
from hypothesis import strategies as some

from both_engines import compiled, first_difference, other_inputs, outcome_of, play_both, reference
from corridor_sim import load, lower
from corridor_sim.engine.base import Trace
from corridor_sim.errors import InputError, ModelError
from corridor_sim.network.inputs import draw_inputs
from corridor_sim.network.lowered import Lowered
from corridor_sim.study.engines import inputs_for
from random_worlds import made_world
from world_features import FEATURES, features

pytest.importorskip("numba")
EXAMPLES, MANY_EXAMPLES = 250, 4000
LEAST_ACCEPTED = 0.8
"""Share of the worlds made that are sound: the rest says nothing about the engines."""
WITH_NOISE, WITHOUT_NOISE = True, False
RUNS = ((WITH_NOISE, 0), (WITH_NOISE, 1), (WITHOUT_NOISE, 0))
FEWER_RUNS = ((WITH_NOISE, 0), (WITHOUT_NOISE, 0))
"""Where there are thousands of worlds: another world shows more than another replication of the same."""
Runs = tuple[tuple[bool, int], ...]
SHIPPED = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))


def lowered_world(text: str) -> Lowered | None:
    """Return a world, None where it is not sound."""
    try:
        file = load(text)
        return lower(file.base, file.baseline)
    except (InputError, ModelError):
        return None


def agree_on(lowered: Lowered, chance: Random, runs: Runs, name: str = "") -> set[str]:
    """Play a world with both engines in some ways, and return which rules of the world were met."""
    met, program = set[str](), lowered.program
    seed = chance.randint(0, 9)
    lanes = {branch: chance.randint(0, len(names) - 1) for branch, names in enumerate(program.lane_names)}
    for noise, replication in runs:
        inputs = draw_inputs(program, lowered.plan, seed, replication, noise, lanes)
        wanted = outcome_of(reference, program, inputs)
        assert compiled is not None
        drawn = inputs_for("compiled", lowered, seed, noise, lanes)(replication)
        assert other_inputs(inputs, drawn) == []
        difference = first_difference(program, inputs, wanted, outcome_of(compiled, program, drawn))
        assert not difference, f"{name}{difference}"
        met |= features(program, inputs, wanted)
    return met


def play_worlds(examples: int) -> Counter[str]:
    """Let both engines play worlds; return how many met each rule, were made and were sound."""
    seen: Counter[str] = Counter()

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(chance=some.randoms(use_true_random=False))
    def agree(chance: Random) -> None:
        seen["made"] += 1
        text = made_world(chance)
        note(text)
        lowered = lowered_world(text)
        assume(lowered is not None)
        assert lowered is not None
        met = agree_on(lowered, chance, RUNS)
        seen.update(["sound", *met])
        for rule in sorted(met):
            event(rule)

    agree()
    return seen


def play_numbered_worlds(count: int) -> Counter[str]:
    """Return the same of worlds that are made from their numbers, which is quicker; a failure names the number."""
    seen: Counter[str] = Counter(made=count)
    for number in range(count):
        chance = Random(number)
        lowered = lowered_world(made_world(chance))
        if lowered is not None:
            seen.update(["sound", *agree_on(lowered, chance, FEWER_RUNS, f"made_world(Random({number})): ")])
    return seen


def assert_all_met(seen: Counter[str]) -> None:
    assert seen["sound"] >= LEAST_ACCEPTED * seen["made"], seen
    assert {rule for rule in FEATURES if not seen[rule]} == set()


def test_both_engines_agree_in_worlds_that_meet_every_rule() -> None:
    assert_all_met(play_worlds(EXAMPLES))


@pytest.mark.verify
def test_both_engines_agree_in_thousands_of_worlds(verified: Callable[[str, str, str], None]) -> None:
    seen = play_numbered_worlds(MANY_EXAMPLES)
    assert_all_met(seen)
    what = "both engines on worlds made by chance over all rules, with noise and without: the same Trace, row by row"
    compared = f"{seen['sound']:,} worlds, {len(FEWER_RUNS) * seen['sound']:,} runs, no difference"
    verified(what, f"{MANY_EXAMPLES:,} worlds, at least {LEAST_ACCEPTED:.0%} sound, each rule met", compared)
    for rule, worlds in sorted(seen.items(), key=lambda pair: pair[1]):
        if rule in FEATURES:
            verified("", f"{rule}:", f"{worlds:,}")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_both_engines_agree_on_every_alternative_that_is_shipped(path: Path) -> None:
    # the noise-off runs of all alternatives are compared in test_shipped_sums
    for name, scenario in load(path).alternatives.items():
        lowered = lower(scenario, name)
        assert isinstance(play_both(lowered.program, draw_inputs(lowered.program, lowered.plan, 1, 0)), Trace)
