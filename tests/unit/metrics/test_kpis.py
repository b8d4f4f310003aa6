"""One replication in numbers."""

import numpy as np
import pytest

from corridor_sim.metrics.kpis import COSTS, KPIS, Books, kpi_of, measure
from corridor_sim.metrics.view import view_of


def _books():
    return Books(
        cents={"cash/chain": np.array([10_000, 5_000, 2_500])},
        boxes=np.array([600, 400, 1000]),
        mass=np.array([600_000, 400_000, 1_000_000]),
        emissions_kg=np.array([30.0, 20.0, 10.0]),
        remaining_life=np.array([0.5, 0.25, np.nan]),
        unsaleable=np.array([False, True, False]),
    )


def _ratio(terms):
    top, bottom = terms
    return top.sum() / bottom.sum()


def test_time_terms(corridor):
    rep = measure(view_of(corridor.lowered), corridor.inputs, corridor.trace, corridor.promised)
    assert rep.number == 7
    assert rep.door_to_door.tolist() == [530, 520, 460]
    assert _ratio(rep.terms["transit_mean"]) * 3600 == pytest.approx(1510 / 3)
    assert _ratio(rep.terms["on_time"]) == pytest.approx(1 / 3)
    assert _ratio(rep.terms["undelivered"]) == 0
    # only the first two were promised a time
    assert _ratio(rep.terms["lateness_mean"]) * 3600 == pytest.approx(50)
    assert _ratio(rep.terms["customs_hours"]) * 3600 == pytest.approx(130 / 3)


def test_members_of_a_load_miss_what_it_misses(corridor, told):
    terms = told(corridor).terms
    assert terms["missed_cutoffs"][0].tolist() == [3]
    assert terms["no_room"][0].tolist() == [2]
    assert terms["cancelled"][0].tolist() == [2]
    assert terms["missed_cutoff_hours"][0].tolist() == [pytest.approx(300 / 3600)]


def test_no_mean_of_survivors(stuck, told):
    rep = told(stuck)
    assert rep.terms["transit_mean"][0].tolist() == [np.inf]
    assert rep.terms["lateness_mean"][0].tolist() == [np.inf]
    assert _ratio(rep.terms["undelivered"]) == 1
    assert rep.lateness.late == 3


def test_terms_from_the_books(corridor, told):
    rep = told(corridor, books=_books())
    # 175 CNY on 2 boxes and 2,000 kg; 60 kg of CO2e on 2 t; one of the two that decay was refused
    assert _ratio(rep.terms["cost_per_box:cash/chain"]) == pytest.approx(87.5)
    assert _ratio(rep.terms["cost_per_kg:cash/chain"]) == pytest.approx(0.0875)
    assert _ratio(rep.terms["emissions"]) == pytest.approx(30)
    assert _ratio(rep.terms["unsaleable"]) == pytest.approx(0.5)
    assert rep.remaining_life.tolist()[:2] == [0.5, 0.25]


def test_details(corridor):
    details = measure(view_of(corridor.lowered), corridor.inputs, corridor.trace, corridor.promised).details
    hours, count = details["step/rail/packing/hours"]
    assert (hours * 3600, count) == (pytest.approx(30 + 50 + 140), 3)
    assert details["step/rail/packing/waiting_hours"][0] * 3600 == pytest.approx(20 + 90)
    assert details["step/rail/train/travelling_hours"][0] * 3600 == pytest.approx(180)
    assert details["facility/packhouse/utilisation"] == (110_000, 480_000)
    assert details["service/train/own_load_factor"] == (0.5, 3)
    assert details["place/B/dwell_hours"] == (pytest.approx(760 / 3600), 3)


def test_closures_are_met_between_window_and_stop(corridor):
    # one of the two begins only after the stop
    rep = measure(view_of(corridor.lowered), corridor.inputs, corridor.trace, corridor.promised)
    assert rep.closures == {2}
    assert rep.outages == set()
    corridor.trace.capacity[1, 3] = 1
    rep = measure(view_of(corridor.lowered), corridor.inputs, corridor.trace, corridor.promised)
    assert rep.outages == {0}


def test_every_figure_has_a_name_and_a_unit(corridor):
    rep = measure(view_of(corridor.lowered), corridor.inputs, corridor.trace, corridor.promised, _books())
    assert {kpi_of(name).per for name in rep.terms} == {"consignment", "t", "box", "kg"}
    assert len({kpi.name for kpi in (*KPIS, *COSTS)}) == len(KPIS) + len(COSTS)
    with pytest.raises(KeyError):
        kpi_of("speed")


def test_without_details_the_figures_are_the_same(corridor, told):
    whole = measure(view_of(corridor.lowered), corridor.inputs, corridor.trace, corridor.promised, _books())
    short = told(corridor, books=_books())
    assert list(short.terms) == list(whole.terms)
    for name, (above, below) in whole.terms.items():
        assert (above.tolist(), below.tolist()) == tuple(part.tolist() for part in short.terms[name]), name
    assert (short.door_to_door.tolist(), short.late_promised.tolist()) == (
        whole.door_to_door.tolist(),
        whole.late_promised.tolist(),
    )
    assert (len(short.details), short.lateness.late) == (0, whole.lateness.late)
