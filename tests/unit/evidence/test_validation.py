"""Facts beside figures: labels by shared sources, figures read from a hand-made summary, agreement of intervals."""

from __future__ import annotations

import pytest

from corridor_sim.evidence.validation import (
    CONSISTENCY,
    PART,
    PROMOTER,
    VALIDATION,
    Dependency,
    Row,
    label_of,
    simulated,
)

TRANSIT = Dependency("rail.transit", frozenset({"xinhua"}))
BARGE = Dependency("barge.transit", frozenset({"ichongqing"}))


def test_a_fact_that_shares_a_source_with_a_parameter_is_only_consistent() -> None:
    assert label_of(["stheadline"], [TRANSIT, BARGE], False, False) == (VALIDATION, ())
    assert label_of(["xinhua", "stheadline"], [TRANSIT, BARGE], False, False) == (CONSISTENCY, ("rail.transit",))


def test_arithmetic_on_parameters_is_only_consistent_and_promoters_are_not_counted() -> None:
    assert label_of(["stheadline"], [], True, False) == (CONSISTENCY, ())
    assert label_of(["promoter"], [TRANSIT], False, True) == (PROMOTER, ())
    assert label_of(["statistics"], [TRANSIT], False, False, True) == (PART, ())


def fig(value: float | None, half: float | None = 1.0) -> dict[str, float | None]:
    if value is None or half is None:
        return {"value": value, "low": None, "high": None}
    return {"value": value, "low": value - half, "high": value + half}


def one(name: str, mean: float, cost: float) -> dict[str, object]:
    step = {"route": "r", "step": "train", "hours": fig(48), "travelling": fig(40), "cost": fig(6000, 10)}
    wait = {"route": "r", "step": "barge", "hours": fig(7, 0.5), "cost": fig(1000, 10)}
    row = {"base": "cash", "per": "kg", "perspective": "chain", "subsidy": "after", **fig(cost, 0.1)}
    kpis = {"transit_mean": fig(mean), "emissions": fig(cost * 10)}
    flow = {"lemons": {"transit_mean": fig(99)}}
    yearly = {"value": fig(5e9, 1e8)}
    services = [{"service": "train", "ran": fig(50, 2)}]
    return {
        "name": name, "kpis": kpis, "by_flow": flow, "steps": [step, wait], "costs": [row], "yearly": yearly,
        "services": services,
    }  # fmt: skip


SAVING = {"base": "cash", "per": "kg", "perspective": "chain", "subsidy": "after", "percent": fig(6, 1)}
SUMMARY = {
    "alternatives": [one("a", 100, 2.0), one("b", 340, 1.0)],
    "comparisons": [{"alternative": "a", "against": "b", "savings": [SAVING]}],
}

FIGURES = [
    ({"kpi": "transit_mean"}, (100, 99, 101)),
    ({"kpi": "transit_mean", "flow": "lemons"}, (99, 98, 100)),
    ({"hours": ["train", "barge"], "route": "r"}, (55, 53.5, 56.5)),
    ({"hours": ["barge"], "rides": ["train"], "route": "r"}, (47, 45.5, 48.5)),
    (
        {"step_cost": ["barge"], "route": "r", "over": {"step_cost": ["train"], "route": "r"}},
        (1 / 6, 990 / 6010, 1010 / 5990),
    ),
    ({"difference": "transit_mean", "flow": "lemons", "to": "b"}, (0, -2, 2)),
    ({"step_cost": ["train", "barge"], "route": "r"}, (7000, 6980, 7020)),
    ({"saving": "cash"}, (0.06, 0.05, 0.07)),
    ({"cost_ratio": "cash", "to": "b"}, (2, 1.9 / 1.1, 2.1 / 0.9)),
    ({"difference": "transit_mean", "to": "b"}, (-240, -242, -238)),
    ({"emissions_ratio": "wtw", "to": "b"}, (2, 19 / 11, 21 / 9)),
    ({"departures": "train", "per_year": 2}, (100, 96, 104)),
    ({"value": "value"}, (5e9, 4.9e9, 5.1e9)),
]


@pytest.mark.parametrize(("measure", "expected"), FIGURES, ids=[next(iter(measure)) for measure, _ in FIGURES])
def test_a_figure_is_read_with_its_interval(measure, expected) -> None:
    found = simulated(SUMMARY, "a", measure)
    assert found == pytest.approx(expected)


def test_what_is_not_there_is_named_and_what_is_not_available_stays_so() -> None:
    with pytest.raises(KeyError):
        simulated(SUMMARY, "c", {"kpi": "transit_mean"})
    with pytest.raises(KeyError):
        simulated(SUMMARY, "a", {"hours": ["plane"], "route": "r"})
    lacking = {"alternatives": [{"name": "a", "kpis": {"transit_mean": fig(None)}}], "comparisons": []}
    assert simulated(lacking, "a", {"kpi": "transit_mean"}) is None
    alone = {"alternatives": [{"name": "a", "kpis": {"transit_mean": fig(5, None)}}], "comparisons": []}
    assert simulated(alone, "a", {"kpi": "transit_mean"}) == (5, 5, 5)


def row(span, low=48.0, high=96.0) -> Row:
    return Row("f", "says", VALIDATION, low, high, "h", span, (), (), "")


def test_a_row_agrees_where_the_intervals_meet() -> None:
    assert row((70, 60, 80)).agrees is True
    assert row((100, 95, 105)).agrees is True
    assert row((100, 97, 105)).agrees is False
    assert row(None).agrees is None and row(None).misfit is None


def test_a_misfit_is_told_as_a_multiple_of_the_nearer_end() -> None:
    assert row((192, 190, 194)).misfit == 2
    assert row((24, 23, 25)).misfit == 0.5
    assert row((60, 59, 61)).misfit == 1
