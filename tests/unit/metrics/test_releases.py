"""Customs passages of the hand-made corridor."""

from corridor_sim.engine.program import NONE
from corridor_sim.metrics.journeys import journeys
from corridor_sim.metrics.releases import customs_passages
from corridor_sim.metrics.times import door_to_door
from corridor_sim.metrics.view import view_of

CUSTOMS, CLEAR, SELECTED = 5, 0, 1


def _passages(world):
    view = view_of(world.lowered)
    times = door_to_door(view, world.inputs, world.trace, world.promised)
    return customs_passages(view, world.trace, journeys(view.instructions.batches, world.trace, times.row)).tolist()


def test_the_moments_of_each_passage_and_a_load_passes_for_its_members(corridor):
    inspected = [CUSTOMS, SELECTED, 470, 480, 480, 530, 530]
    assert _passages(corridor) == [inspected, inspected, [CUSTOMS, CLEAR, 470, 480, NONE, NONE, 480]]


def test_who_is_not_released_has_not_passed(stuck):
    assert _passages(stuck) == []
