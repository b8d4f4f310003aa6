"""Values that cannot be read: one change of a small good scenario, and the whole line that says what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from corridor_sim.errors import InputError
from corridor_sim.scenario.load import load

GOOD = (Path(__file__).parents[1] / "scenario" / "small.yaml").read_text(encoding="utf-8")
RIDE = ("takes: 30 h", "routes.by_truck.steps[1].truck.takes")
FARE = ("price: 22000 CNY/FEU", "routes.by_truck.steps[1].truck.price")
LOADING = "loading: {assume: 2 h, because: nobody has measured it}"


def lines_of(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        load(text)
    return [str(problem) for problem in caught.value.problems]


def line_for(written: tuple[str, str], value: str, message: str) -> tuple[str, str]:
    """Return the scenario with another value of what is `written`, and the line it should be refused with."""
    old, path = written
    assert GOOD.count(old) == 1
    key = old.partition(" ")[0]
    before = GOOD[: GOOD.index(old)] + f"{key} "
    place = f"{before.count(chr(10)) + 1}:{len(before.rpartition(chr(10))[2]) + 1}"
    return GOOD.replace(old, f"{key} {value}"), f"<text>:{place} {path}: {message}"


MIXTURE = "mixture takes a list such as [{share: 80 %, of: 2 h}, {share: 20 %, of: ...}]"
LAWS = [
    ("{pert: [1 h, 2 h]}", "pert takes 3 values: [low, mode, high]"),
    ("{triangular: {low: 1 h, mode: 2 h}}", "triangular takes 3 values: [low, mode, high]"),
    ("{uniform: 3 h}", "uniform takes 2 values: [low, high]"),
    ("{uniform: [[1 h], 2 h]}", "expected one value, found a list or mapping"),
    ("{lognormal: 30 h}", "lognormal takes a mapping such as {mean: ..., cv: ..., max: ...}"),
    ("{exponential: {mean: 1 h, mx: 2 h}}", 'exponential has no "mx" (did you mean "max"?); it takes mean, max'),
    ("{gamma: {mean: 1 h, max: 2 h}}", "gamma lacks cv; it takes {mean: ..., cv: ..., max: ...}"),
    (
        "{erlang: {mean: 1 h, k: 1.5, max: 9 h}}",
        "an Erlang distribution has a whole number of phases: k is 1, 2, 3, ...",
    ),
    ("{mixture: []}", MIXTURE),
    ("{mixture: {share: 80 %, of: 2 h}}", MIXTURE),
]
GRADED = [
    (RIDE, "{assume: 30 h, published: 31 h}", "two grades at once: assume and published; keep one"),
    (RIDE, "{published: 30 h, source: timetable, price_year: last}", "price_year is a year, such as 2026"),
    (RIDE, "{published: 30 h, source: timetable, price_year: true}", "price_year is a year, such as 2026"),
    (RIDE, "{published: 30 h, source: timetable, range: 20 h}", "a range has two ends, such as [50 %, 90 %]"),
    (RIDE, "{published: 30 h, source: timetable, range: [9 h]}", "a range has two ends, such as [50 %, 90 %]"),
    (
        FARE,
        "{published: 22000 CNY/FEU, source: timetable, range: [cheap, dear]}",
        '"cheap" is not a number with a unit, such as "38.7 h" or "3.185 CNY/km"',
    ),
    (FARE, "[22000 CNY/FEU, HKD 5/box]", "prices that add up have one currency"),
]


@pytest.mark.parametrize(
    ("written", "value", "message"), [(RIDE, *case) for case in LAWS] + GRADED, ids=lambda part: str(part)[:40]
)
def test_the_line_says_what_would_be_right(written: tuple[str, str], value: str, message: str) -> None:
    text, line = line_for(written, value, message)
    assert lines_of(text) == [line]


@pytest.mark.parametrize(
    ("ends", "message"),
    [
        ("[HKD 3, HKD 2]", "the range runs backwards: HKD 3 is more than HKD 2"),
        ("[little, much]", '"little" is not a number with a unit, such as "38.7 h" or "3.185 CNY/km"'),
        ("['', 3 h]", '"" is not a number with a unit, such as "38.7 h" or "3.185 CNY/km"'),
    ],
)
def test_a_parameter_nobody_uses_has_a_sound_range(ends: str, message: str) -> None:
    # nobody knows what it measures, so that the numbers alone can be compared
    old = LOADING
    unused = f"{old}\n  unused: {{assume: HKD 2, because: a guess, range: {ends}}}"
    line = GOOD[: GOOD.index(old)].count("\n") + 2
    assert lines_of(GOOD.replace(old, unused)) == [f"<text>:{line}:11 parameters.unused: {message}"]
