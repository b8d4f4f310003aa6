"""scenarios/qinzhou.yaml with the noise off equals the hand calculation to the second and the cent, in every lane.

The calculation stands in qinzhou_paper_times.py (moments) and qinzhou_paper_money.py (postings). It was made from the
scenario and the texts alone; the package gives it only the tie ranks, which are drawn by lot. First come two loads
written out on paper; then all loads of all flows, alternatives and lanes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import qinzhou_paper_money as money
import qinzhou_paper_times as times
from qinzhou_paper_times import CHECKS, CLOCK_START, Load

from both_engines import play_both
from corridor_sim.economics.accounts import settle
from corridor_sim.economics.ledger import Ledger
from corridor_sim.engine.base import OUTCOMES, VISITS, Trace
from corridor_sim.engine.program import NONE, Inputs
from corridor_sim.network.inputs import draw_inputs
from corridor_sim.network.lowered import Lowered
from corridor_sim.network.plan import promised_deliveries
from corridor_sim.scenario.load import load
from corridor_sim.study.lanes import lane_numbers
from corridor_sim.study.prepare import prepare
from corridor_sim.study.simulate import simulate

SCENARIO = Path(__file__).parents[2] / "scenarios" / "qinzhou.yaml"
SEED = 20260422
WINDOW_END = datetime(2026, 9, 1)
"""What is released later may still be under way when the run ends."""
LANES = [(), *((check,) for check in CHECKS), CHECKS]
EVERY_CASE = [
    pytest.param(alternative, lanes, id=f"{alternative}, {' and '.join(lanes) or 'nobody'} selected")
    for alternative in times.BY_SEA
    for lanes in LANES
]
NO_TIES = dict.fromkeys(((flow, ordinal) for flow in times.GOODS for ordinal in range(1000)), 0)


# ------------------------------------------------------------------------------------------ two loads wholly on paper
def first_load(flow: str, alternative: str) -> Load:
    return next(each for each in times.follow(alternative, (), NO_TIES) if each.flow == flow)


def moments(load: Load) -> dict[str, str]:
    return {name: moment.strftime("%m-%d %H:%M:%S") for name, moment in load.at.items()}


def test_the_first_box_of_crisp_plums_by_qinzhou_as_on_paper() -> None:
    plums = first_load("crisp plum", "qinzhou ordinary")
    # one lot in 11.2 h, the first after 5.6 h: the fifth fills the box
    assert [f"{release:%m-%d %H:%M}" for release in plums.releases] == [
        "06-26 05:36",
        "06-26 16:48",
        "06-27 04:00",
        "06-27 15:12",
        "06-28 02:24",
    ]
    assert moments(plums) == {
        "batch": "06-28 02:24:00",
        "origin declared": "06-28 04:24:00",  # 2 h
        "origin inspection": "06-28 04:24:00",
        "drayage": "06-28 06:44:00",  # 2 h 20 min, before the cut-off at 14:00
        "train start": "06-28 20:00:00",
        "train": "06-30 19:34:00",  # 47 h 34 min
        "transfer start": "06-30 19:34:00",
        "transfer": "07-01 01:54:00",  # 6 h 20 min, before the yard cut-off at 04:00
        "export declared": "07-01 02:40:12",  # 0.77 h
        "export check": "07-01 02:40:12",  # before the release cut-off at 08:00
        "feeder start": "07-01 16:00:00",  # a Wednesday
        "feeder": "07-03 01:36:00",  # 33.6 h
        "discharge": "07-03 05:26:00",  # 3 h 50 min
        "food declared": "07-03 05:56:00",  # half an hour
        "food check": "07-03 05:56:00",
        "delivery": "07-03 08:06:00",  # 2 h 10 min: too late for this day's market
        "sale start": "07-04 01:00:00",
        "sale": "07-04 02:00:00",
    }
    assert of_first_member(money.account(plums, "qinzhou ordinary", ()), plums) == {
        ("drayage", "drayage", "drayage chongqing"): 1651_38,  # 1800 / 1.09
        ("drayage", "empty_positioning", "empty reefer to chongqing"): 1376_15,  # 1500 / 1.09
        ("drayage", "documents", "documents mainland"): 424_53,  # 450 / 1.06
        ("train", "line_haul", "rail 40 ft"): 4385_90,  # (532 + 4.479 x 1406) x 0.7 / 1.09 = 4780.6318 / 1.09
        ("train", "line_haul", "rail electrification 40 ft"): 307_00,  # 0.238 x 1406 / 1.09 = 334.628 / 1.09
        ("train", "handling", "station handling 40 ft"): 386_32,  # 585 x 0.7 / 1.06
        ("train", "plug_in", "power on the train"): 754_72,  # 800 / 1.06
        ("transfer", "handling", "transfer qinzhou"): 188_68,  # 200 / 1.06
        ("export check", "declaration", "export ordinary declaration"): 94_34,
        ("feeder", "terminal_handling", "terminal handling qinzhou reefer"): 1647_17,  # 1746 / 1.06
        ("feeder", "line_haul", "feeder reefer"): 6318_06,  # 904 x 6.989 = 6318.056
        ("feeder", "terminal_handling", "terminal handling hong kong 40 ft"): 2694_00,  # 3000 x 0.898
        ("feeder", "documents", "bill of lading"): 493_90,  # 550 x 0.898
        ("food check", "declaration", "food by sea declaration"): 66_00,  # 73.5 x 0.898 = 66.003
        ("food check", "plug_in", "plug hong kong"): 538_80,  # 3 July only: 600 x 0.898
        ("delivery", "delivery", "haulage hong kong 40 ft"): 1481_70,  # 1650 x 0.898
        ("sale", "market", "market sale"): 0,
        # freight 1651.38 + 4385.90 + 307.00 + 6318.06 = 12662.34, a fifth of it 2532.47;
        # 0.0011 x (28000 + 2532.47) / 0.9989
        ("", "insurance", ""): 33_62,
        ("", "stock_in_transit", ""): 30_11,  # 28000 x 5 % x 7.85 / 365
        ("", "decay", ""): 28000_00,  # 7.85 days are more than 6
        ("drayage", "carbon", ""): 68,  # (14 t x 30 x 0.1 + 4.6 t x 30 x 0.089) / 5 = 10.856 kg
        ("train", "carbon", ""): 4_22,  # 14 t x 1406 x 0.0172 / 5 = 67.71 kg
        ("transfer", "carbon", ""): 17,  # 13.4 / 5 = 2.68 kg
        ("feeder", "carbon", ""): 2_63,  # 2 TEU x 740 x 0.1423 / 5 = 42.12 kg
        ("delivery", "carbon", ""): 18,  # (14 t x 8 x 0.1 + 4.6 t x 8 x 0.089) / 5 = 2.895 kg
        ("sale", "carbon", ""): 17,
    }


def test_the_first_trailer_of_citrus_as_on_paper() -> None:
    citrus = first_load("citrus", "truck today")
    assert moments(citrus) == {
        "batch": "05-02 13:48:00",  # 1 May 04:12 and four times 8.4 h
        "origin declared": "05-02 15:48:00",
        "origin inspection": "05-02 15:48:00",
        "road to shenzhen": "05-03 17:28:00",  # 25 h 40 min
        "export declared": "05-03 18:29:48",  # 1.03 h
        "export check": "05-03 18:29:48",
        "food declared": "05-03 18:44:48",  # a quarter of an hour
        "food check": "05-03 18:44:48",
        "road to the market": "05-03 23:06:48",  # 4 h 22 min
        "sale start": "05-04 01:00:00",
        "sale": "05-04 02:00:00",
    }
    assert of_first_member(money.account(citrus, "truck today", ()), citrus) == {
        ("road to shenzhen", "line_haul", "reefer truck"): 13761_47,  # 15000 / 1.09
        ("road to shenzhen", "documents", "documents mainland"): 424_53,
        ("export check", "declaration", "export at the crossing declaration"): 94_34,
        ("food check", "declaration", "food by lorry declaration"): 66_00,
        ("road to the market", "line_haul", "cross-boundary trailer"): 3143_00,  # 3500 x 0.898
        ("sale", "market", "market sale"): 0,
        ("", "insurance", ""): 58_78,  # 0.0011 x (50000 + 16904.47 / 5) / 0.9989
        ("", "stock_in_transit", ""): 19_92,  # 50000 x 5 % x 69.8 h / 8760 h
        ("", "decay", ""): 1454_17,  # 50000 x 0.6 x 69.8 h / 1440 h
        ("", "quality", "rejected"): 970_92,  # 2 % of 48545.83
        ("road to shenzhen", "carbon", ""): 44_59,  # 5 t x 1430 x 0.1 = 715 kg
        ("road to the market", "carbon", ""): 1_06,  # 5 t x 34 x 0.1 = 17 kg
        ("sale", "carbon", ""): 17,
    }


def of_first_member(lines: Mapping[money.Line, int], load: Load) -> dict[tuple[str, str, str], int]:
    return {line[1:]: amount for line, amount in lines.items() if line[0] == load.first_ordinal}


# --------------------------------------------------------------------------------------------- all of them, compared
@dataclass(frozen=True)
class Case:
    """One alternative in one lane: as played, and as followed by hand (loads whose leader counts)."""

    lowered: Lowered
    inputs: Inputs
    trace: Trace
    promised: list[int]
    ledger: Ledger
    rows: dict[tuple[str, int], int]
    loads: list[Load]


@pytest.fixture(scope="module")
def lowered() -> dict[str, Lowered]:
    return prepare(load(SCENARIO))


def play(lowered: Lowered, alternative: str, selected: tuple[str, ...]) -> Case:
    chosen = lane_numbers(lowered.program, {check: "selected" if check in selected else "clear" for check in CHECKS})
    made = next(iter(simulate(lowered, range(1), SEED, noise=False, lanes=chosen, engine=play_both)))
    calm = draw_inputs(lowered.program, lowered.plan, SEED, 0, noise=False, lanes=chosen)
    people = made.inputs.consignments
    promised = promised_deliveries(lowered.program, calm, people)
    ledger = settle(lowered, made.inputs, made.trace, promised).ledger
    columns = zip(people.flow.tolist(), people.ordinal.tolist(), people.tie.tolist(), strict=True)
    rows, ties = {}, dict(NO_TIES)
    for row, (flow, ordinal, tie) in enumerate(columns):
        rows[lowered.flow_order[flow], ordinal] = row
        ties[lowered.flow_order[flow], ordinal] = tie
    loads = [each for each in times.follow(alternative, selected, ties) if each.releases[0] < WINDOW_END]
    return Case(lowered, made.inputs, made.trace, promised.tolist(), ledger, rows, loads)


def test_every_shipped_alternative_is_followed_by_hand(lowered: dict[str, Lowered]) -> None:
    assert set(lowered) == set(times.BY_SEA)
    assert all(set(each.flow_order) == set(times.GOODS) for each in lowered.values())


@pytest.mark.parametrize(("alternative", "selected"), EVERY_CASE)
def test_every_case(lowered: dict[str, Lowered], alternative: str, selected: tuple[str, ...]) -> None:
    case = play(lowered[alternative], alternative, selected)
    assert len(case.loads) > 4 * len(times.GOODS)
    assert_alike(members_played(case), members_by_hand(case))
    assert_alike(moments_played(case), moments_by_hand(case))
    assert_alike(ledger_played(case), ledger_by_hand(case, alternative, selected))
    assert_alike(promises_played(case), promises_by_hand(case, alternative, selected))
    assert_alike(flows_played(case), flows_by_hand(case, alternative, selected))


def assert_alike(played: Mapping[tuple, object], by_hand: Mapping[tuple, object]) -> None:
    """Fail with the first row in which they differ."""
    for row in sorted({*played, *by_hand}):
        found, expected = played.get(row), by_hand.get(row)
        if found != expected:
            pytest.fail(f"{row}: package {found}, by hand {expected}")


def moment(tick: int) -> datetime | None:
    return None if tick == NONE else CLOCK_START + timedelta(seconds=tick)


def members_by_hand(case: Case) -> dict[tuple, object]:
    """Release, delivery and leader of every consignment."""
    return {
        (each.flow, each.first_ordinal + place): (release, each.at["sale"], (each.flow, each.first_ordinal))
        for each in case.loads
        for place, release in enumerate(each.releases)
    }


def members_played(case: Case) -> dict[tuple, object]:
    who = {row: key for key, row in case.rows.items()}
    release, outcomes = case.inputs.consignments.release.tolist(), case.trace.outcomes.tolist()
    found = {}
    for key in members_by_hand(case):
        row = case.rows[key]
        outcome = dict(zip(OUTCOMES, outcomes[row], strict=True))
        found[key] = (moment(release[row]), moment(outcome["delivered"]), who[outcome["leader"]])
    return found


ALIKE = {
    "fill the trailer": "batch",
    "fill the lorry": "batch",
    "fill the box": "batch",
    "road to the importer": "road to the market",
    "hand-over": "sale",
    "documents sent": "drayage",  # marks take no time
    "gate in": "drayage",
    "at the quay": "transfer",
}


def moments_by_hand(case: Case) -> dict[tuple, object]:
    """When each load's leader was done with each step, and when those with a queue began."""
    return {
        (each.flow, each.first_ordinal, name): moment
        for each in case.loads
        for name, moment in each.at.items()
        if not name.endswith("declared")
    }


def moments_played(case: Case) -> dict[tuple, object]:
    leaders = {case.rows[each.flow, each.first_ordinal]: (each.flow, each.first_ordinal) for each in case.loads}
    code, names = case.lowered.program.code, case.lowered.program.step_names
    found: dict[tuple, object] = {}
    for visit in case.trace.visits.tolist():
        row = dict(zip(VISITS, visit, strict=True))
        if row["consignment"] not in leaders:
            continue
        step = names[row["step"]].partition("/")[2]
        step = ALIKE.get(step, step)
        found[*leaders[row["consignment"]], step] = moment(row["end"])
        if code[row["step"]].op.name in ("SEIZE", "BOARD"):
            found[*leaders[row["consignment"]], f"{step} start"] = moment(row["start"])
    return found


def ledger_by_hand(case: Case, alternative: str, selected: tuple[str, ...]) -> dict[tuple, object]:
    return {
        (each.flow, *line): amount
        for each in case.loads
        for line, amount in money.account(each, alternative, selected).items()
    }


def ledger_played(case: Case) -> dict[tuple, object]:
    """CNY cents by flow, ordinal, step, activity and tariff of all consignments in the loads followed."""
    lowered, ledger, own = case.lowered, case.ledger, set(members_by_hand(case))
    who = {row: key for key, row in case.rows.items()}
    names = ("consignment", "step", "activity", "tariff", "amount_cny")
    found: dict[tuple, object] = {}
    for consignment, step, activity, tariff, amount in zip(
        *(ledger.columns[name].tolist() for name in names), strict=True
    ):
        if consignment == NONE or who[consignment] not in own:
            continue
        line = (
            *who[consignment],
            "" if step == NONE else lowered.steps[step].name,
            ledger.words["activity"][activity],
            ledger.words["tariff"][tariff],
        )
        assert line not in found, f"two postings of {line}"
        found[line] = amount
    return found


def promises_by_hand(case: Case, alternative: str, selected: tuple[str, ...]) -> dict[tuple, object]:
    """The delivery promised to every consignment at its release."""
    return {
        (each.flow, each.first_ordinal + place): times.promise(each.flow, release, alternative, selected)
        for each in case.loads
        for place, release in enumerate(each.releases)
    }


def promises_played(case: Case) -> dict[tuple, object]:
    return {key: moment(case.promised[case.rows[key]]) for key in members_by_hand(case)}


def flows_by_hand(case: Case, alternative: str, selected: tuple[str, ...]) -> dict[tuple, object]:
    """What is posted on a whole flow: its safety stock."""
    return {
        (flow, "safety_stock"): money.safety_stock(
            [each for each in case.loads if each.flow == flow], alternative, selected
        )
        for flow in times.GOODS
    }


def flows_played(case: Case) -> dict[tuple, object]:
    columns = [case.ledger.columns[name].tolist() for name in ("consignment", "flow", "activity", "amount_cny")]
    return {
        (case.lowered.flow_order[flow], case.ledger.words["activity"][activity]): amount
        for consignment, flow, activity, amount in zip(*columns, strict=True)
        if consignment == NONE
    }
