"""Targets of a break-even, as they are written and as they are meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from corridor_sim.errors import InputError
from corridor_sim.scenario.load import ScenarioFile, load
from corridor_sim.study.targets import Sides, beating, read_target, sides_of

SMALL = Path(__file__).parents[1] / "scenario" / "small.yaml"


@pytest.fixture(scope="module")
def small() -> ScenarioFile:
    return load(SMALL)


@pytest.fixture(scope="module")
def sides(small: ScenarioFile) -> Sides:
    return sides_of(small, "truck", None, "cash", "shipper", "kg", ())


@pytest.mark.parametrize(
    ("words", "of", "level", "at_least"),
    [
        ("saving=7 %", "cost_per_kg:cash/shipper/after", 7, True),
        ("saving = -7.5%", "cost_per_kg:cash/shipper/after", -7.5, True),
        ("saving=200 CNY/box", "cost_per_box:cash/shipper/after", 200, True),
        ("cost_per_kg=2.5 CNY", "cost_per_kg:cash/shipper/after", 2.5, False),
        ("cost_per_box=900 CNY/box", "cost_per_box:cash/shipper/after", 900, False),
        ("on_time=95 %", "on_time", 0.95, True),
        ("on_time<=0.5", "on_time", 0.5, False),
        ("transit_p90=30 d", "transit_p90", 720, False),
        ("transit_p90>=90 min", "transit_p90", 1.5, True),
        ("missed_cutoffs=0.2", "missed_cutoffs", 0.2, False),
        ("emissions=150 kg CO2e", "emissions", 150, False),
        ("buffer_index=150 %", "buffer_index", 1.5, False),
    ],
)
def test_a_target_is_a_figure_a_level_and_a_side(
    words: str, of: str, level: float, at_least: bool, sides: Sides
) -> None:
    found = read_target(words, sides)
    assert (found.wanted.of, found.target.level, found.target.at_least) == (of, level, at_least)
    assert found.paired == words.startswith("saving")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("savings=7 %", 'no such figure (did you mean "saving"?)'),
        ("on_tim=7 %", 'did you mean "on_time"?'),
        ("on_time", "expected a figure and its level"),
        ("saving=7", '"7" is no saving'),
        ("saving=7 h", "no saving"),
        ("saving=7 HKD/box", "not in CNY/kg or CNY/box"),
        ("saving=7 CNY/km", "not in CNY/kg or CNY/box"),
        ("on_time=95", "no share; expected 0 to 100 %"),
        ("on_time=95 h", "not a share"),
        ("transit_p90=30", "has no unit"),
        ("transit_p90=30 kg", "not a duration"),
        ("cost_per_kg=3 CNY/box", "not in CNY"),
    ],
)
def test_a_target_that_makes_no_sense_is_one_line(words: str, said: str, sides: Sides) -> None:
    with pytest.raises(InputError) as caught:
        read_target(words, sides)
    assert len(caught.value.problems) == 1
    assert said in str(caught.value)
    assert str(caught.value).startswith("--target ")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"of": "trcuk"}, '--of trcuk: not known (did you mean "truck"?)'),
        ({"against": "trian"}, '--against trian: not known (did you mean "train"?)'),
        ({"cost_base": "cahs"}, 'did you mean "cash"?'),
        ({"perspective": "me"}, "expected one of shipper, consignee, chain"),
        ({"per": "TEU"}, "expected one of box, kg"),
        ({"scope": ("plumbs",)}, '--scope plumbs: not known (did you mean "plums"?)'),
    ],
)
def test_unknown_names_are_told(changes: dict[str, object], said: str, small: ScenarioFile) -> None:
    asked = {"of": None, "against": None, "cost_base": "cash", "perspective": "chain", "per": "kg", "scope": ()}
    with pytest.raises(InputError) as caught:
        sides_of(small, **{**asked, **changes})
    assert said in str(caught.value)


def test_the_only_other_alternative_is_meant_and_none_saves_on_itself(small: ScenarioFile) -> None:
    sides = sides_of(small, None, None, "cash", "chain", "kg", ())
    assert (sides.of, sides.against) == ("truck", "train")
    itself = sides_of(small, "train", "train", "cash", "chain", "kg", ())
    for wrong in (lambda: beating(itself), lambda: read_target("saving=1 %", itself)):
        with pytest.raises(InputError, match="itself"):
            wrong()
    assert read_target("on_time=50 %", itself).target.level == 0.5
