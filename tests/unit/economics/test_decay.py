"""Decay against the Q10 law and closed forms."""

import pytest

from corridor_sim.economics import decay
from corridor_sim.economics.cargo import Cargo
from corridor_sim.economics.decay import Condition, life_lost_per_second, post_decay, spoiling_of
from corridor_sim.economics.ledger import Postings
from corridor_sim.engine.program import NONE
from corridor_sim.scenario.model import Decay


def condition(cargo: Cargo) -> Condition:
    return decay.condition(cargo, spoiling_of(cargo.lowered))


DAY = 86_400
PLUMS = {"shelf_life": "20 d", "at": "5 degC", "q10": "2", "least_remaining": "0.2", "value_lost_at_end": "0.5"}


def flows(decay=PLUMS, **flow):
    return {"goods": {"decay": decay} | flow}


@pytest.mark.parametrize(("degrees", "factor"), [(5, 1), (15, 2), (25, 4), (-5, 0.5), (10, 2**0.5)])
def test_ten_degrees_more_halve_the_life(degrees, factor):
    decay = Decay.model_validate(PLUMS)
    assert life_lost_per_second(decay, degrees) == pytest.approx(factor / (20 * DAY), rel=1e-15)


def test_no_acceleration_at_q10_of_one():
    decay = Decay.model_validate(PLUMS | {"q10": "1"})
    assert life_lost_per_second(decay, 40) == life_lost_per_second(decay, 5)


def test_constant_temperature_has_a_closed_form(journey):
    """8 days at 15 degC use 16 of 20 days: 0.2 left, 0.6 saleable at half the value lost at the end of life."""
    trip = journey(
        visits=[(0, 0, 0, 0, 8 * DAY, NONE)],
        delivered=[8 * DAY],
        steps=[{"temperature": "15 degC"}],
        flows=flows(PLUMS | {"least_remaining": "0.19"}),
    )
    left = condition(trip.cargo())
    assert left.remaining_life == pytest.approx([0.2])
    assert left.saleable == pytest.approx([0.6])


def test_every_step_counts_at_its_own_temperature_and_gaps_belong_to_the_step_before(journey):
    """Released at day 0, first step (25 degC) reached on day 1, second (5 degC) on day 3, delivered on day 5.

    3 days x 4 + 2 days x 1 = 14 of 20 days.
    """
    trip = journey(
        visits=[(0, 0, DAY, DAY, 2 * DAY, NONE), (0, 1, 3 * DAY, 3 * DAY, 4 * DAY, NONE)],
        delivered=[5 * DAY],
        steps=[{"temperature": "25 degC"}, {"temperature": "5 degC"}],
        flows=flows(),
    )
    assert condition(trip.cargo()).remaining_life == pytest.approx([1 - 14 / 20])


@pytest.mark.parametrize(
    ("step", "flow", "days_of_life"),
    [
        ({}, {}, 1),
        ({}, {"ambient": "25 degC"}, 4),
        ({"kind": "move"}, {"ambient": "25 degC", "temperature": "5 degC"}, 1),
        ({"kind": "wait"}, {"ambient": "25 degC", "temperature": "5 degC"}, 4),
        ({"kind": "move", "temperature": "15 degC"}, {"ambient": "25 degC", "temperature": "5 degC"}, 2),
        ({"temperature": "0 degC"}, {"ambient": "25 degC"}, 2**-0.5),
    ],
)
def test_which_temperature_holds(journey, step, flow, days_of_life):
    trip = journey(visits=[(0, 0, 0, 0, DAY, NONE)], delivered=[DAY], steps=[step], flows=flows(**flow))
    assert condition(trip.cargo()).remaining_life == pytest.approx([1 - days_of_life / 20])


def test_members_of_a_load_wait_for_themselves_and_travel_with_the_leader(journey):
    """Ready on days 0 and 2, the load forms on day 3 (25 degC) and takes 5 days at 5 degC; released at 0 and 1."""
    trip = journey(
        visits=[
            (0, 0, 0, 3 * DAY, 3 * DAY, 1),
            (1, 0, 2 * DAY, 3 * DAY, 3 * DAY, 1),
            (1, 1, 3 * DAY, 3 * DAY, 8 * DAY, NONE),
        ],
        delivered=[8 * DAY, 8 * DAY],
        release=[0, DAY],
        steps=[{"kind": "batch", "temperature": "25 degC"}, {"temperature": "5 degC"}],
        flows=flows(),
    )
    assert condition(trip.cargo()).remaining_life == pytest.approx([1 - (3 * 4 + 5) / 20, 1 - (2 * 4 + 5) / 20])


def test_a_load_within_a_load_follows_both_leaders(journey):
    """0 joins 1 on day 1, both join 2 on day 3, delivered on day 4; reference temperature throughout."""
    trip = journey(
        visits=[
            (0, 0, 0, DAY, DAY, 1),
            (1, 0, 0, DAY, DAY, 1),
            (1, 1, DAY, DAY, 2 * DAY, NONE),
            (1, 2, 2 * DAY, 3 * DAY, 3 * DAY, 2),
            (2, 2, 2 * DAY, 3 * DAY, 3 * DAY, 2),
            (2, 3, 3 * DAY, 3 * DAY, 4 * DAY, NONE),
        ],
        delivered=[4 * DAY] * 3,
        release=[0, 0, 2 * DAY],
        steps=[{"kind": "batch"}, {}, {"kind": "batch"}, {}],
        flows=flows(),
    )
    assert condition(trip.cargo()).remaining_life == pytest.approx([1 - 4 / 20, 1 - 4 / 20, 1 - 2 / 20])


def test_each_flow_of_a_mixed_load_decays_by_its_own_law(journey):
    trip = journey(
        visits=[(0, 0, 0, 0, 0, 0), (0, 1, 0, 0, 4 * DAY, NONE), (1, 0, 0, 0, 0, 0), (2, 1, 0, 0, 4 * DAY, NONE)],
        delivered=[4 * DAY] * 3,
        flow_of=[0, 1, 2],
        steps=[{"kind": "batch"}, {}],
        flows={"a": {"decay": PLUMS}, "b": {"decay": PLUMS | {"shelf_life": "5 d"}}, "c": {}},
    )
    assert condition(trip.cargo()).remaining_life == pytest.approx([0.8, 0.2, 1])


def test_decay_costs_the_value_that_can_no_longer_be_sold(journey, cents):
    """Of 100,000 CNY: after 4 days of 20 life 0.8 and value 0.9 is left; after 17 days the market refuses it all."""
    trip = journey(
        visits=[(0, 0, 0, 0, 4 * DAY, NONE), (1, 0, 0, 0, 17 * DAY, NONE), (2, 0, 0, 0, NONE, NONE)],
        delivered=[4 * DAY, 17 * DAY, NONE],
        stop=10 * DAY,
        flows=flows(),
    )
    cargo, postings = trip.cargo(), Postings()
    post_decay(cargo, condition(cargo), postings)
    assert cents(postings, 3, activity="decay", base="time") == [10_000_00, 100_000_00, 25_000_00]


def test_refused_goods_are_a_loss_and_a_premium_is_a_gain_on_what_is_sold(journey, cents):
    """90,000 CNY saleable: 10 % refused costs 9,000; 2 % premium on the other 81,000 gains 1,620."""
    trip = journey(
        visits=[(0, 0, 0, 0, 4 * DAY, NONE), (1, 0, 0, 0, NONE, NONE)],
        delivered=[4 * DAY, NONE],
        stop=4 * DAY,
        flows=flows(rejected="10 %", price_premium="2 %"),
    )
    cargo, postings = trip.cargo(), Postings()
    decay.post_quality(cargo, spoiling_of(cargo.lowered), condition(cargo), postings)
    assert cents(postings, 2, tariff="rejected", activity="quality") == [9_000_00, 0]
    assert cents(postings, 2, tariff="premium", activity="quality", base="time") == [-1_620_00, 0]
