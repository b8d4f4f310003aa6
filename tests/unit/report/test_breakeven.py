"""How a break-even and a mode map are said."""

from __future__ import annotations

from typing import Any

import pytest

from corridor_sim.report.breakeven import answer_lines, figure_unit, question_words, thinned
from corridor_sim.report.charts.breakeven import break_even_chart
from corridor_sim.report.charts.modemap import mode_map_chart

Edge = dict[str, Any]


def edge(value: float, low: float | None = None, high: float | None = None, has_interval: bool = True) -> Edge:
    return {"value": value, "low": low, "high": high, "has_interval": has_interval}


def point(place: float, value: float | None, holds: bool, half: float = 1.0) -> dict[str, Any]:
    ends = {"low": None, "high": None} if value is None else {"low": value - half, "high": value + half}
    found = {"value": value, **ends, "unit": "%", "n": 30, "resolved": True, "method": "t"}
    return {"value": f"{place:g} h", "number": place, "holds": holds, "figure": found}


def summary(holds: list[dict[str, Any]], listed: list[list[Any]] | None = None) -> dict[str, Any]:
    """Return the summary of a break-even over 12 h to 48 h."""
    points = [point(12, -3.0, False), point(24, 6.5, False), point(48, None, False)]
    return {
        "version": "0",
        "scenario": {"name": "made up", "title": {"en": "Made up"}},
        "run": {"seed": 1, "replications": 30},
        "vary": {
            "path": "services.train.cutoff",
            "template": None,
            "low": 12.0,
            "high": 48.0,
            "before": "",
            "after": " h",
            "unit": "h",
            "step": 0.0,
            "listed": listed,
        },
        "target": {
            "words": "saving at least 7 %",
            "figure": "saving_percent_per_kg",
            "level": 7.0,
            "at_least": True,
            "unit": "%",
            "of": "rail",
            "against": "truck",
            "cost_base": "cash",
            "perspective": "chain",
            "scope": ["plums"],
        },
        "holds": holds,
        "closest": points[1],
        "weakest": points[0],
        "points": points,
    }


@pytest.mark.parametrize(
    ("holds", "said"),
    [
        ([], "Never reached from 12 h to 48 h; closest: 6.5 ±1.0 % at 24 h, an interval that includes the target."),
        ([{"start": None, "stop": None}], "Holds everywhere from 12 h to 48 h; weakest: -3.0 ±1.0 % at 12 h."),
        (
            [{"start": edge(20, 18.5, None), "stop": None}],
            "Holds from 20 h (18.5 to above 48) to the end of the range, 48 h.",
        ),
        (
            [{"start": None, "stop": edge(20, None, 22)}],
            "Holds from the beginning of the range, 12 h, up to 20 h (below 12 to 22).",
        ),
        (
            [{"start": edge(20, has_interval=False), "stop": edge(30, 29.99999, 30.00001)}],
            "Holds from 20 h (no interval) up to 30 h.",
        ),
    ],
)
def test_the_answer_in_words(holds: list[dict[str, Any]], said: str) -> None:
    assert answer_lines(summary(holds)) == [said]


def test_two_stretches_are_two_lines() -> None:
    both = [{"start": None, "stop": edge(15, 14, 16)}, {"start": edge(30, 29, 31), "stop": None}]
    assert [line.split(",")[0] for line in answer_lines(summary(both))] == [
        "Holds from the beginning of the range",
        "Holds from 30 h (29 to 31) to the end of the range",
    ]


def test_the_question_names_both_sides_and_the_flows() -> None:
    assert question_words(summary([])) == "rail against truck: saving at least 7 % (cash, chain), of plums"


def test_small_differences_get_the_decimals_that_show_them() -> None:
    made = summary([])
    assert figure_unit(made).decimals == 1
    made["points"] = [point(12, 0.15, True), point(48, -0.2, False)]
    assert figure_unit(made).decimals == 2


def test_of_many_points_those_next_to_a_change_are_shown() -> None:
    points = [point(place / 10, float(place > 533), place > 533) for place in range(1000)]
    shown = [each["number"] for each in thinned(points)]
    assert len(shown) < 40
    assert {53.3, 53.4} <= set(shown)


@pytest.mark.parametrize("listed", [None, [[12.0, "mon 20:00"], [24.0, "daily 20:00"], [48.0, "never"]]])
@pytest.mark.parametrize("holds", [[], [{"start": edge(20, 18, None), "stop": edge(30, has_interval=False)}]])
def test_the_picture_is_drawn_the_same_each_time(holds: list[dict[str, Any]], listed: list[list[Any]] | None) -> None:
    first = break_even_chart(summary(holds, listed))
    assert first.startswith(b"\x89PNG")
    assert break_even_chart(summary(holds, listed)) == first


@pytest.mark.parametrize("own", [{"value": 30.0, "urgency": 1.0}, {"value": 3.0, "urgency": None}, {"value": None}])
def test_a_map_is_drawn_wherever_the_own_goods_stand(own: dict[str, Any]) -> None:
    made = summary([]) | {
        "flow": "plums",
        "cost_base": "cash",
        "perspective": "chain",
        "values": [1.0, 10.0, 100.0],
        "urgencies": [0.1, 1.0],
        "best": [[0, 0], [0, 1], [1, 1]],
        "separated": [[True, True], [False, True], [True, True]],
        "ways": [
            {"alternative": name, "route": name, "cheapest_share": 0.5, "separated_share": 0.4} for name in ("a", "b")
        ],
        "own": own,
    }
    assert mode_map_chart(made).startswith(b"\x89PNG")
