"""What a threshold says of itself: how many replications stand behind its crossing."""

from pathlib import Path

from corridor_sim.scenario.load import load
from corridor_sim.study.evaluate import evaluate

SCENARIO = Path(__file__).parents[3] / "scenarios" / "levers.yaml"


def test_a_crossing_counts_the_replications_it_was_found_from() -> None:
    asked = 2
    answers = evaluate(load(SCENARIO), replications=asked).summary["thresholds"]
    crossings = [answer["crossing"] for answer in answers if answer["crossing"]]
    assert crossings
    assert {crossing["n"] for crossing in crossings} == {asked}
