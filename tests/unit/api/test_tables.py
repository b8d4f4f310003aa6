"""The tables of a result: hand calculations, sums that must agree, and columns that are described."""

from __future__ import annotations

import csv
import io
import runpy
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

import corridor_sim
from corridor_sim import InputError, Result
from corridor_sim.api.columns import described
from corridor_sim.api.result import TABLES
from corridor_sim.cli.app import app
from corridor_sim.study.bundle import cell_of, kpis_csv
from fruit_worlds import small

SAYS = "the truck pays from"
GOLDEN = Path(__file__).parents[2] / "golden"
CLAIMED = Path(__file__).parents[1] / "study" / "claimed.yaml"


def cents(table: pd.DataFrame, by: list[str], amount: str) -> dict[object, int]:
    return (table.groupby(by)[amount].sum() * 100).round().astype(int).to_dict()


def moments(*words: str) -> list[pd.Timestamp]:
    return [pd.Timestamp(f"2026-01-{each}") for each in words]


def test_a_load_pays_for_its_ride_and_its_lift(calm_result: Result) -> None:
    ledger = calm_result.ledger.query("base == 'cash'")
    # eight tonnes ride in five loads: two of lemons, of plums two, one that waited in vain for a second, two, one
    by_train = {("base", "ride"): 8 * 100_00, ("base", "lift"): 5 * 30_00}
    by_truck = {("truck", "ride"): 2 * 100_00, ("truck", "lift"): 1 * 30_00, ("truck", "drive"): 6 * 400_00}
    assert cents(ledger, ["alternative", "step"], "amount_cny") == by_train | by_truck
    (ride,) = ledger.query("alternative == 'truck' and step == 'ride'").to_dict("records")
    assert (ride["flow"], ride["route"], ride["mode"]) == ("lemons", "by train", "rail")
    assert (ride["origin"], ride["destination"]) == ("A", "B")
    assert (ride["activity"], ride["payee"], ride["currency"]) == ("line_haul", "carrier", "CNY")
    assert (ride["quantity"], ride["unit_price"], ride["amount"]) == (2000, 0.1, 200)  # kg, CNY/kg, CNY
    (lift,) = ledger.query("alternative == 'truck' and step == 'lift'").to_dict("records")
    assert (lift["origin"], lift["destination"], lift["mode"]) == ("B", "B", "") and pd.isna(lift["departure"])


def test_a_consignment_is_followed_by_its_number(calm_result: Result) -> None:
    """Plums of Monday 08:00 wait an hour for the second, ride from 20:00 to 06:00, are lifted until 08:00."""
    first = calm_result.consignments.query("alternative == 'base' and flow == 'plums' and ordinal == 0").iloc[0]
    assert (first.released_at, first.delivered_at) == (
        pd.Timestamp("2026-01-05 08:00"),
        pd.Timestamp("2026-01-06 08:00"),
    )
    assert (first.hours, first.late_hours, first.on_time) == (24, 24 - 72, True)
    visits = calm_result.visits.query("alternative == 'base' and consignment == @first.consignment")
    spent = visits.query("step in ['pack', 'ride']").set_index("step")[["waited_hours", "hours"]]
    assert spent.T.to_dict("list") == {"pack": [1, 1], "ride": [11, 21]}
    ride = visits.query("step == 'ride'").iloc[0]
    assert [ride.ready_at, ride.started_at, ride.ended_at] == moments("05 09:00", "05 20:00", "06 06:00")
    paid = calm_result.ledger.query("alternative == 'base' and consignment == @first.consignment and step == 'ride'")
    assert paid.departure.tolist() == [0]


def test_a_departure_says_what_it_carried(calm_result: Result) -> None:
    first, second = calm_result.departures.query("alternative == 'base'").head(2).to_dict("records")
    assert (first["service"], first["state"], first["departure"]) == ("train", "ran", 0)
    times = [first[name] for name in ("scheduled_at", "departed_at", "arrived_at")]
    assert times == moments("05 20:00", "05 20:00", "06 06:00")
    # two plums of Monday caught it; one that waited for a second, three of Thursday and two lemons the next
    assert [(row["own_consignment"], row["own_mass"]) for row in (first, second)] == [(2, 2000), (6, 6000)]
    planned = calm_result.departures.query("state == 'planned'")
    assert len(planned) and planned[["departed_at", "arrived_at", "left_behind"]].isna().all(axis=None)


def test_only_what_is_released_in_the_window_is_measured() -> None:
    """From Thursday on: three plums, in a load of two and one alone; the lemons and Monday's plums are not measured."""
    result = corridor_sim.run(small(measure="2026-01-08 to 2026-01-18"), noise=False)
    measured = result.ledger.query("alternative == 'base' and base == 'cash' and measured")
    assert cents(measured, ["flow", "step"], "amount_cny") == {("plums", "ride"): 300_00, ("plums", "lift"): 60_00}
    everything = result.ledger.query("alternative == 'base' and base == 'cash'")
    assert cents(everything, ["step"], "amount_cny") == {"ride": 800_00, "lift": 150_00}


def test_the_chains_postings_sum_to_the_lines_to_the_cent(calm_result: Result) -> None:
    ledger = calm_result.ledger.query("chain and measured")
    by = ["alternative", "base", "activity", "tariff", "common"]
    assert cents(ledger, by, "amount_cny") == cents(calm_result.lines, by, "cny")
    assert set(calm_result.lines.base) == {"cash", "time"}


@pytest.mark.parametrize("piece", ["subsidies", "owner"])
def test_what_suppliers_pay_is_not_of_the_chain_and_what_a_flow_pays_is_measured(piece: str) -> None:
    """Subsidies that carriers pass on, safety stock of a whole flow: where all is measured, lines have them all."""
    pieces: Any = runpy.run_path(str(GOLDEN / "small_scenarios.py"))
    text = pieces["text_with"](pieces["PIECES"][piece])
    seasons = [f"flows.{flow}.season=2026-03-05 to 2026-03-21" for flow in corridor_sim.load(text).base.flows]
    sets = ["clock.measure=2026-03-01 to 2026-03-22", *seasons]
    result = corridor_sim.run(corridor_sim.load(text, sets), noise=False)
    ledger = result.ledger
    assert {"subsidies": set(ledger.payer) > {"carrier"}, "owner": ledger.consignment.isna().any()}[piece]
    assert ledger.measured.all()
    by = ["alternative", "base", "activity", "tariff", "common"]
    assert cents(ledger.query("chain"), by, "amount_cny") == cents(result.lines, by, "cny")


def test_others_cargo_that_comes_at_the_same_time_is_not_taken_for_ours(calm_result: Result) -> None:
    tables = dict(calm_result.run.tables)
    visits = tables["visits_0"]
    foreign = visits[visits["seq"] == 0].assign(consignment=visits["consignment"] + 100)
    tables["visits_0"] = pd.concat([visits, foreign], ignore_index=True)
    both = Result(replace(calm_result.run, tables=tables))
    pd.testing.assert_frame_equal(both.consignments, calm_result.consignments)
    assert both.visits.query("consignment >= 100").measured.sum() == 0 < len(foreign)


def test_the_lines_are_the_costs(busy_result: Result) -> None:
    """Per kg, because the whole chain's cost is that of measured cargo, which weighs a tonne each."""
    kg = 1000 * busy_result.consignments.groupby("alternative").size()
    cash = busy_result.lines.query("base == 'cash'").groupby("alternative").cny.sum()
    costs = busy_result.costs.query("base == 'cash' and perspective == 'chain' and per == 'kg' and subsidy == 'after'")
    assert costs.set_index("alternative").value.to_dict() == pytest.approx((cash / kg).to_dict(), rel=1e-12)


def test_numbers_lead_to_the_same_consignment_whoever_else_is_about(busy_result: Result) -> None:
    """Others' cargo at the crane and cargo that is not measured have numbers too."""
    first = busy_result.consignments.query("replication == 0")
    visits, ledger = busy_result.visits, busy_result.ledger
    begun = visits.query("seq == 0").set_index(["alternative", "consignment"]).ready_at
    numbers = pd.MultiIndex.from_frame(first[["alternative", "consignment"]].astype({"consignment": "int64"}))
    assert not numbers.has_duplicates and len(begun) > len(first)
    assert begun[numbers].to_list() == first.released_at.to_list()
    flows = first.set_index(["alternative", "consignment"]).flow
    paid = ledger.query("measured and step == 'drive'").set_index(["alternative", "consignment"]).flow
    assert len(paid) and paid.to_dict() == flows[paid.index].to_dict()
    assert set(ledger.query("not measured").flow) == {"plums", "lemons"}
    assert visits.query("measured").groupby("alternative").consignment.nunique().to_dict() == (
        first.groupby("alternative").size().to_dict()
    )
    assert busy_result.consignments.query("replication > 0").consignment.isna().all()


def test_the_share_on_time_is_that_of_all_consignments(busy_result: Result) -> None:
    """A ratio of sums: replications have as much weight as they have cargo."""
    people = busy_result.consignments
    assert people.groupby("replication").size().nunique() > 1
    kpis = busy_result.kpis.query("kpi == 'on_time' and flow == 'all'").set_index("alternative").value
    assert 0 < kpis["base"] < 1
    assert people.groupby("alternative").on_time.mean().to_dict() == pytest.approx(kpis.to_dict(), rel=1e-12)
    flows = busy_result.kpis.query("kpi == 'on_time' and flow != 'all'").set_index(["alternative", "flow"]).value
    assert people.groupby(["alternative", "flow"]).on_time.mean().to_dict() == pytest.approx(flows.to_dict(), rel=1e-12)


def test_kpis_are_the_rows_of_the_file(busy_result: Result) -> None:
    written = list(csv.reader(io.StringIO(kpis_csv(busy_result.summary))))
    table = busy_result.kpis
    assert list(table.columns) == written[0]
    shown = [[cell_of(None if value != value else value) for value in row] for row in table.itertuples(index=False)]
    assert [["" if cell is None else str(cell) for cell in row] for row in shown] == written[1:]


def test_savings_are_costs_of_the_one_less_those_of_the_other(busy_result: Result) -> None:
    key = ["base", "perspective", "per", "subsidy"]
    costs = busy_result.costs.set_index(["alternative", *key]).value
    savings = busy_result.comparisons.query("kind == 'saving' and flow == 'all'")
    chain = savings.query("base == 'cash' and perspective == 'chain' and per == 'kg'").set_index(["unit", *key]).value
    assert len(chain["CNY"]) == len(chain["%"]) == len(("after", "before"))
    for (unit, *place), value in chain.items():
        base, truck = (costs[name, *place] for name in ("base", "truck"))
        assert value == pytest.approx(base - truck if unit == "CNY" else 100 * (base - truck) / base, rel=1e-9)
    kpis = busy_result.kpis.query("flow == 'all' and kpi == 'transit_mean'").set_index("alternative").value
    (row,) = busy_result.comparisons.query("kind == 'difference' and kpi == 'transit_mean'").to_dict("records")
    assert (row["alternative"], row["against"], row["unit"]) == ("truck", "base", "h")
    assert row["value"] == pytest.approx(kpis["truck"] - kpis["base"], rel=1e-9)
    assert row["low"] < row["value"] < row["high"] < 0 and row["separated"]


def test_inputs_come_with_grades_and_sources() -> None:
    result = corridor_sim.run(Path(__file__).parents[3] / "scenarios" / "growth.yaml", noise=False)
    inputs = result.inputs
    assert len(inputs) == len(result.summary["inputs"]) and set(inputs.grade) >= {"assumption", "published", "derived"}
    named = {name for names in inputs.sources for name in names.split(", ") if name}
    assert named and named <= set(result.sources.source)
    ranged = inputs.dropna(subset=["low", "high"])
    assert len(ranged) and (ranged.low <= ranged.high).all()
    assert (inputs.query("grade == 'assumption'").because != "").all()


def test_claims_are_told_where_answers_are_kept(tmp_path: Path) -> None:
    out = tmp_path / "results"
    before = corridor_sim.run(CLAIMED, out=out)
    assert before.claims.empty
    folder = before.save(out)
    asked = ["claims", str(CLAIMED), "--quick", "--engine", "reference", "--out", str(out), "--quiet"]
    assert CliRunner().invoke(app, asked).exit_code == 0
    claims = corridor_sim.read(folder).claims.set_index("claim")
    assert list(claims.index) == ["plums", "all"]
    plums = claims.loc["plums"]
    assert (plums.of, plums.against, plums.claimed_low, plums.claimed_high) == ("train", "today", 5, 8)
    assert claims[["below", "inside", "above"]].sum(axis=1).tolist() == pytest.approx([1, 1])
    assert set(claims.verdict) <= {"supported", "exceeds", "falls short", "contradicted", "inconclusive"}


def test_thresholds_say_where_they_turn() -> None:
    threshold = {
        "says": {"en": SAYS},
        "vary": "flows.plums.weight",
        "of": "truck",
        "values": ["1 t", "2 t"],
    }
    result = corridor_sim.run(small(thresholds={"weight": threshold}), replications=2)
    (row,) = result.thresholds.to_dict("records")
    assert (row["threshold"], row["says"], row["of"], row["against"]) == (
        "weight",
        "the truck pays from",
        "truck",
        "base",
    )
    # a load of two tonnes rides for 200 CNY and a lift, and goes by truck for 800 CNY; twice that for twice the weight
    assert row["verdict"] == "never worth it" and row["value"] != row["value"] and row["unit"] == "t"


@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_described_and_nothing_else(busy_result: Result, table: str) -> None:
    told = described()[table]
    assert list(getattr(busy_result, table).columns) == list(told.columns)
    assert busy_result.columns(table)["column"].tolist() == list(told.columns)
    assert told.says and all(len(column) == 2 and column[1] for column in told.columns.values())


def test_the_described_tables_are_those_there_are(busy_result: Result) -> None:
    assert set(described()) == set(TABLES)
    assert set(busy_result.columns().table) == set(TABLES)
    properties = {name for name, value in vars(Result).items() if isinstance(value, property)}
    assert set(TABLES) == properties - {"summary", "plot"}


def test_units_are_where_numbers_are(busy_result: Result) -> None:
    """What is counted in something has a unit; names, flags, ordinals and numbers of rows have none."""
    numbers = {"consignment", "departure", "replication", "ordinal", "seq", "visit", "resource", "units"}
    for table in TABLES:
        units: Mapping[str, str] = {name: unit for name, (unit, _) in described()[table].columns.items()}
        for name, column in getattr(busy_result, table).items():
            measured = (
                pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column) and name not in numbers
            ) or pd.api.types.is_datetime64_any_dtype(column)
            assert bool(units[name]) == measured, f"{table}.{name}"


def test_a_table_may_be_changed_without_harm(calm_result: Result) -> None:
    table = calm_result.ledger
    table["amount_cny"] = 0
    assert calm_result.ledger.amount_cny.sum() > 0
    stored = calm_result.lines
    stored.loc[:, "cny"] = 0
    assert calm_result.run.tables["lines"].cny.sum() > 0


def test_an_unknown_table_is_told(calm_result: Result) -> None:
    with pytest.raises(InputError, match=r'no table "leger" \(did you mean "ledger"\?\); there are kpis, costs'):
        calm_result.columns("leger")


def test_what_is_not_delivered_has_no_delivery() -> None:
    """Released on the last Saturday, when the next train is to leave six days after the run."""
    clock = {"start": "2026-01-05 00:00", "measure": "2026-01-05 to 2026-01-18", "follow_up": "1 day"}
    plums = {"on": ["mon 08:00", "next sat 08:00"]}
    file = small(flows={"plums": plums}, clock=clock, services={"train": {"departs": "fri 20:00"}})
    people = corridor_sim.run(file, noise=False).consignments.query("ordinal == 1").set_index("alternative")
    assert people.loc["base", ["delivered_at", "hours", "late_hours"]].isna().all() and not people.on_time["base"]
    assert people.hours["truck"] == 9 and people.on_time["truck"]
