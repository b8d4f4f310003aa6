"""Ciw, a simulator of queueing networks by other people, finds the same times to the second, given the same draws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random

import pytest

import ciw_player
from ciw_player import Compared, compare
from queue_networks import FEATURES, Network

pytest.importorskip("numba")
FEW, MANY = 12, 250
MOST_AT_ONCE = 0.2
"""Share of networks in which two things may meet in one second, which Ciw orders by lot."""
SEED = 5


def compared(number: int) -> tuple[Network, Compared]:
    """Return a network made from its number, and what comparing it with Ciw told."""
    network = Network(Random(number))
    return network, compare(network, SEED, "compiled")


def counted(networks: range) -> Counter[str]:
    """Compare networks and return how many passages and queues there were, and how many networks had what."""
    seen: Counter[str] = Counter()
    for number in networks:
        network, told = compared(number)
        assert told.at_once or not told.difference, f"Network(Random({number})): {told.difference}"
        differs = {"differs"} if told.difference else set()
        seen.update(["networks", *network.features, *differs, *({"at once"} if told.at_once else set())])
        seen.update(passages=told.passages, waited=told.waited)
    return seen


def test_a_few_networks_of_all_kinds() -> None:
    seen = counted(range(FEW))
    assert {feature for feature in FEATURES if not seen[feature]} == set()
    assert seen["waited"] > seen["passages"] / 10


@pytest.mark.parametrize(
    ("number", "wrong"),
    [(6, {"pause": "restart", "restart": "restart", "finish": False}), (23, {"pause": "resume", "restart": "resume"})],
)
def test_another_rule_at_closing_is_found(
    monkeypatch: pytest.MonkeyPatch, number: int, wrong: dict[str, object]
) -> None:
    assert compared(number)[1].difference == ""
    monkeypatch.setattr(ciw_player, "AT_CLOSING", wrong)
    assert "by Ciw" in compared(number)[1].difference


@pytest.mark.verify
def test_many_networks_of_all_kinds(verified: Callable[[str, str, str], None]) -> None:
    seen = counted(range(MANY))
    assert {feature for feature in FEATURES if not seen[feature]} == set()
    assert seen["at once"] <= MOST_AT_ONCE * MANY
    what = "Ciw on networks of queues made by chance, given the same draws: when each work begins and ends"
    asked = f"{MANY} networks, equal to the second"
    left_out = "no difference"
    if seen["differs"]:
        left_out = f"{seen['differs']} differ, where two things met in one second and Ciw draws lots"
    found = f"{seen['passages']:,} passages, {seen['waited']:,} of them after a wait; {left_out}"
    verified(what, asked, found)
    for feature in FEATURES:
        verified("", f"{feature}:", f"{seen[feature]:,}")
