"""Bad input: one change of a small good scenario, and the line that has to be named for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from corridor_sim.errors import InputError
from corridor_sim.network.feasible import check_feasible
from corridor_sim.network.lower import lower
from corridor_sim.scenario.load import MOST_ALTERNATIVES, load

GOOD = Path(__file__).with_name("small.yaml").read_text(encoding="utf-8")


def problems_of(source, *sets):
    with pytest.raises(InputError) as caught:
        load(source, sets)
    assert caught.value.exit_code == 2
    assert all(str(problem).isprintable() for problem in caught.value.problems)
    return caught.value.problems


def changed(old, new):
    assert GOOD.count(old) == 1, f"{old!r} stands {GOOD.count(old)} times in small.yaml"
    return GOOD.replace(old, new), GOOD[: GOOD.index(old)].count("\n") + 1


def test_the_good_scenario_is_good():
    assert list(load(GOOD).alternatives) == ["train", "truck"]


KEYS = [
    ("seed: 7", "sead: 7", 'did you mean "seed"'),
    ("    servers: 2", "    server: 2", 'did you mean "servers"'),
    ("wait: {param: loading}", "await: {param: loading}", 'did you mean "wait"'),
    ("wait: {param: loading}", "say: on we go", "says what it is by one of the keys"),
    ("  follow_up: 20 days\n", "", "missing", "clock:"),
    ("  seed: 7", "  seed: 7\n  seed:  7", "written twice", "seed:  7"),
    ("- out: {release: port yard}", "- check: {release: port yard}", 'two steps are called "check"', "or_after: 48 h"),
    ("because: nobody has measured it", "becos: nobody", 'did you mean "because"', "{param: loading}"),
]
NUMBERS = [
    ("teu: 2", "teu: true", "is not a number"),
    ("replications: 10", "replications: true", "whole number"),
    ("replications: 10", "replications: NO", "whole number"),
    ("replications: 10", "replications: 010", "whole number"),
    ("replications: 10", "replications: 1e3", "whole number"),
    ("replications: 10", "replications: .inf", "whole number"),
    ("replications: 10", "replications: 1.5", "whole number"),
    ("replications: 10", "replications: 0", "at least 1"),
    ("replications: 10", "replications: 1000000000", "at most 1000000"),
    ("seed: 7", "seed: -1", "at least 0"),
    ("seed: 7", "seed: " + "7" * 5000, "digits"),
    ("at: [29.6, 106.4]", "at: [.nan, 106.4]", "number"),
    ("at: [29.6, 106.4]", "at: [96.2, 106.4]", "latitude"),
    ("teu: 2", "teu: NaN", "is not a number"),
    ("teu: 2", "teu: .inf", "is not a number"),
    ("teu: 2", "teu: 0", "more than 0"),
    ("selected: 5 %", "selected: NO", "is not a number"),
    ("selected: 5 %", "selected: 1e3", '"1e3"'),
    ("selected: 5 %", "selected: 105 %", "at most 100 %"),
    ("taken_by_others: 50 %", "taken_by_others: {uniform: [50 %, 150 %]}", "at most 100 %"),
    ("weight: 900 kg", "weight: " + "9" * 5000 + " kg", "digits"),
    ("weight: 900 kg", "weight: 999999999999999 t", "out of all proportion"),
    ("{poisson: 100 pallets per week}", "{poisson: 100 pallets per week, profile: {weekly: {mon: .nan}}}", "number"),
    ("{poisson: 100 pallets per week}", "{poisson: 100 pallets per week, profile: {weekly: {mon: -1}}}", "mon"),
    ("{poisson: 100 pallets per week}", "{poisson: 100 pallets per week, profile: {weekly: {mon: 0}}}", "is empty"),
    ("{poisson: 100 pallets per week}", "{poisson: 100 pallets per week, profile: {monthly: {2026-13: 1}}}", "month"),
]
UNITS = [
    ("takes: 30 h", "takes: 30 kg", "is not a duration"),
    ("takes: 30 h", "takes: 30", "has no unit"),
    ("takes: 30 h", "takes: 30 hurs", 'did you mean "hours"'),
    ("takes: 30 h", "takes: -30 h", "negative"),
    ("takes: 30 h", "takes: 1e3 h", "is not a number with a unit"),
    ("takes: 30 h", "takes: 08:30", "is not a number with a unit"),
    ("takes: 30 h", "takes: 5000 years", "at most 100 years"),
    ("takes: 30 h", "takes: {pert: [3 h, 2 h, 4 h]}", "must not fall"),
    ("takes: 30 h", "takes: {prt: [1 h, 2 h, 4 h]}", 'did you mean "pert"'),
    ("takes: 30 h", "takes: {weibull: {mean: 1 h, shape: 0.001, max: 2 h}}", "no distribution"),
    ("takes: 30 h", "takes: {empirical: {values: 5}}", "list of values"),
    ("takes: 30 h", "takes: {published: 30 h, source: 5}", "source is a name"),
    ("price: 22000 CNY/FEU", "price: -1 CNY/FEU", "negative"),
    ("price: 22000 CNY/FEU", "price: 22000 RUB/FEU", '"RUB" is not a unit'),
    ("price: 22000 CNY/FEU", "price: 22000", "has no currency"),
    ("price: 22000 CNY/FEU", "price: []", "nothing is free by accident"),
    ("price: 22000 CNY/FEU", "price: 22000 CNY/h/kg/h", "is not a price"),
    ("price: 22000 CNY/FEU", "price: 999999999999999 CNY/FEU", "out of all proportion"),
    ("price: 22000 CNY/FEU", "price: 22000 USD/FEU", "money.rates has no USD"),
    ("rate: 0.9 CNY", "rate: 0.9 HKD", "is no rate"),
    ("capacity: [50 TEU, 8 plugs]", "capacity: [50 %]", "does not count cargo"),
    ("capacity: [50 TEU, 8 plugs]", "capacity: [50 TEU, 25 FEU]", "stands twice"),
    ("capacity: [50 TEU, 8 plugs]", "capacity: []", "at least one quantity"),
    ("size: 1 pallet", "size: 0 pallets", "more than 0"),
    ("poisson: 100 pallets per week", "poisson: 100 pallets", "is not a rate"),
    ("poisson: 100 pallets per week", "poisson: -100 pallets per week", "negative"),
    ("poisson: 100 pallets per week", "poisson: 100 boxes per week", "does not count what a consignment is"),
    ("rate: 1.5 per year", "rate: 1.5", "is not a rate"),
    ("starts: -6 h", "starts: -6", "has no unit"),
]
DATES = [
    ("start: 2026-06-01 00:00", "start: 2026-06-31 00:00", "has the days 01 to 30"),
    ("start: 2026-06-01 00:00", "start: 2026-06-01 25:00", "is not a time of day"),
    ("start: 2026-06-01 00:00", "start: 2026-06-09 00:00", "begins before the world does", "measure:"),
    ("start: 2026-06-01 00:00", "start: 1926-06-01", "out of range"),
    ("  start: 2026-06-01 00:00", "  timezone: Asia/Shanghia\n  start: 2026-06-01", 'did you mean "Asia/Shanghai"'),
    ("measure: 2026-06-08 to 2026-06-28", "measure: 2026-06-28 to 2026-06-08", "ends before it begins"),
    ("measure: 2026-06-08 to 2026-06-28", "measure: 2026-06-08 to 2050-06-28", "over 20 years"),
    ("follow_up: 20 days", "follow_up: 30 years", "over 20 years", "measure:"),
    ("  seed: 7", "  warm_up: 3 days", "no warm-up"),
    ("opens: mon-sat 08:30-20:00", "opens: mon-sat 08:30-25:00", "is not a time of day"),
    ("opens: mon-sat 08:30-20:00", "opens: mon-sunn 08:30-20:00", 'did you mean "sun"'),
    ("departs: daily 20:00", "departs: dayly 20:00", "is not a weekday"),
    ("departs: daily 20:00", "departs: [daily 20:00, mon 20:00]", "two departures at"),
    ("departs: daily 20:00", "departs: [every 1 s]", "too short an interval"),
    ("season: [2026-06-01 to 2026-09-30]", "season: [2027-06-01 to 2027-09-30]", "no season falls in the run"),
    ("season: [2026-06-01 to 2026-09-30]", "season: [2026-02-30 to 2026-09-30]", "has the days 01 to 28"),
    ("season: 2026-06-01 to 2026-06-28", "season: 2025-06-01 to 2025-06-28", "does not fall in the run"),
    ("{poisson: 100 pallets per week}", "{on: [2026-06-09 08:00, 2026-06-29 08:00]}", "outside the season"),
    ("{poisson: 100 pallets per week}", "{every: 1 h, first: 2026-07-09 08:00}", "after the end of the season"),
    ("valid: 2026-01-01 to 2027-12-31", "valid: 2026-01-01 to 2027-12-32", "has the days 01 to 31"),
    ("hold_last: 2026-12-31", "hold_last: 2026-06-30", "hold_last: 2026-07-18"),
    ("on: 2026-01-01", "on: 2026-06-02", "after the start of the run"),
    ("on: 2026-01-01", "on: 1st of May", "is not a date"),
]
NAMES = [
    ("{at: Port, holds", "{at: Prot, holds", 'did you mean "Port"'),
    ("from: Yard\n", "from: Yrd\n", 'did you mean "Yard"'),
    ("places: [Port]", "places: [Pont]", 'did you mean "Port"'),
    ("road: Farm to Yard", "road: Fram to Yard", 'did you mean "Farm"'),
    ("road: Farm to Yard", "road: Farm", "from where to where"),
    ("type: 40RF, owner: coc", "type: 40RH, owner: coc", 'did you mean "40RF"'),
    ("empty_from: Port", "empty_from: Prot", 'did you mean "Port"'),
    ("contracts: [{from: Farm, to: Port}]", "contracts: [{from: Farm, to: Pot}]", 'did you mean "Port"'),
    ("{board: train,", "{board: trian,", 'did you mean "train"'),
    ("charges: lift", "charges: [lfit]", 'did you mean "lift"'),
    ("seize: port yard", "seize: port yrd", 'did you mean "port yard"'),
    ("inspect_at: inspection}", "inspect_at: inspektion}", 'did you mean "inspection"'),
    ("channel: ordinary", "channel: ordinery", 'did you mean "ordinary"'),
    ("source: timetable}", "source: timtable}", 'did you mean "timetable"'),
    ("source: leaflet\n", "source: leafelt\n", 'did you mean "leaflet"'),
    ("{param: loading}", "{param: lodding}", 'did you mean "loading"'),
    ("route: by_rail\n", "route: by_rial\n", 'did you mean "by_rail"'),
    ("place: Port}\n", "place: Prot}\n", 'did you mean "Port"'),
    ("{step: train,", "{step: trian,", 'did you mean "train"'),
    ("baseline: train", "baseline: trian", 'did you mean "train"'),
    ("truck: {set:", "truck: {like: trian, set:", 'did you mean "train"'),
    ("flows.plums.route: by_truck", "flows.plum.route: by_truck", 'did you mean "plums"'),
    ("flows.plums.route: by_truck", "flows.plums.route: by_trck", 'did you mean "by_truck"'),
    ("{vary: flows.plums.weight,", "{vary: flows.plums.wight,", 'did you mean "weight"'),
    ("{vary: flows.plums.weight,", "{vary: flows..weight,", "is not a path"),
    ("of: train, against: truck", "of: trian, against: truck", 'did you mean "train"'),
    ("    against: truck", "    against: truk", 'did you mean "truck"'),
    ("scope: [plums]", "scope: [plum]", 'did you mean "plums"'),
    ("interval: [5 %, 8 %]", "interval: [8 %, 5 %]", "runs backwards", "statement:"),
    ("cutoff: 6 h", "cutoff: {yrad: 6 h}", 'did you mean "yard"'),
    ("mode: rail", "mode: rial", 'did you mean "rail"'),
    (
        "price_year: 2026",
        "price_year: 2026\n  emissions: {train: {wtw: 1, ttw: 1, per: box}}",
        "is no mode",
        "emissions:",
    ),
    ("price: 22000 CNY/FEU}", "price: 1 CNY, activity: drayge}", 'did you mean "drayage"'),
    ("name: small", "name: a/b", 'contains "/"'),
    ("name: small", "name: ../up", 'starts with "."'),
    ("  port yard: {", "  =cmd()|x: {", 'starts with "="'),
    ("  plums:\n", "  <b>plums</b>:\n", 'contains "<"'),
    ("- truck: {road", "- a&b: {road", 'contains "&"'),
    ("            through: {}", "            a;b: {}", 'contains ";"'),
]
TRUCK_BATCH = "or_after: 24 h}"
SWITCH = "\n      - back: {{switch: {{{}}}, to: {}}}"
OVER = "- over: {{switch: {{{}}}, to: by_truck, join: truck}}\n      - out: {{"
PLACES_OF_THINGS = [
    ("    size: 1 pallet", "    commodity: <x>\n    size: 1 pallet", 'contains "<"', "commodity:"),
    ("{declaration: 2 h", "{source: cri, declaration: 2 h", '"cri" is no source'),
    ("truck: {set:", "truck: {source: cri, set:", '"cri" is no source'),
    ("of: train, against: truck", "of: train, against: trukc", 'did you mean "truck"'),
    ("    of: train\n", "    of: trian\n", 'did you mean "train"'),
    ("    to: Port\n    departs", "    to: Prt\n    departs", 'did you mean "Port"'),
    ("    cutoff: 6 h", "    berths: {at_origin: inspection}", "is at Port, not at Yard"),
    ("    cutoff: 6 h", "    berths: {at_destination: port yard}", "has no servers"),
    ("    cutoff: 6 h", "    berths: {at_destination: inspektion}", 'did you mean "inspection"'),
    ("    cutoff: 6 h", "    minimum: {load: [3 TEU, 2 plugs], otherwise: run}", "one quantity"),
    ("    rate: 1.5 per year", "    source: hkq\n    rate: 1.5 per year", '"hkq" is no source'),
    ("    rate: 1.5 per year\n", "", "either `on: [dates]`, or `rate`", "    season:"),
    ("  seed: 7", "  warm_up: 28 days\n  kind: steady", "nothing would be left"),
    ("owner: truck}", "owner: truck}\n    charges_per_consignment: [lfit]", 'did you mean "lift"', "[lfit]"),
    ("owner: truck}", "owner: truck, return_to: Prt}", 'did you mean "Port"'),
    ("owner: truck}", "owner: truck}\n    contracts: [{from: Farm, to: Yard}]", "no place of this route", "to: Yard}]"),
    ("contracts: [{from: Farm,", "contracts: [{from: Frm,", '"Frm" is no place (did you mean'),
    ("[look: {at: inspection,", "[look: {at: inspektion,", 'did you mean "inspection"'),
    ("[look: {at: inspection,", "[look: {at: port yard,", "has no servers"),
    ("{release: port yard}", "{release: port yrd}", '"port yrd" is no facility (did you mean "port yard"?)'),
    ("charges: lift}", "charges: lift, enters: port yrd}", 'did you mean "port yard"'),
    ("seize: port yard, units: 2 TEU", "seize: inspection, units: 2 TEU", "a whole number of them"),
    ("- out: {", OVER.format("next_departure_of: tram, later_than: 1 h"), '"tram" is no service'),
    ("- out: {", OVER.format("queue_at: inspektion, over: 2"), 'did you mean "inspection"'),
    ("- out: {", OVER.format("queue_at: inspection, over: [2 boxes, 3 t]"), "one quantity"),
    ("{step: train, amount", "{step: train, tariff: lfit, amount", 'did you mean "lift"'),
    ("{step: train, amount", "{cap: HKD 9000, step: train, amount", "the cap is not in CNY"),
    ("on: 2026-01-01}]", "on: 2026-01-01}, {rate: 1 CNY, on: 2026-01-01}]", "two rates hold from the same day"),
]  # fmt: skip
MODEL = [
    ("    to: Port\n    departs", "    to: Yard\n    departs", "ends where it begins"),
    ("units: 2 TEU", "units: 3", "is counted as 40 TEU"),
    ("units: 2 TEU", "units: 50 TEU", "more than the 40 TEU"),
    ("units: 2 TEU", "units: 2 boxes", "is counted as 40 TEU"),
    ("seize: port yard, units: 2 TEU", "seize: inspection, units: 3", "more than the 2 servers"),
    ("inspect_at: inspection}", "inspect_at: port yard}", "has no servers"),
    ("- out: {release: port yard}", "- out: {release: inspection}", "not held here"),
    ("      - out: {release: port yard}\n", "", "never given back", "- stack:"),
    ("share: 10 %, steps", "share: 110 %, steps", "at most 100 %"),
    ("through: {}", "through: {share: 80 %}", "add up to 0.9", "looked at:"),
    ("through: {}", "through: {}\n            third: {}", "only one may leave it out", "looked at:"),
    ("again: check, at_most: 2", "again: check", "without a bound"),
    ("again: check, at_most: 2", "again: out, at_most: 2", "no earlier step"),
    ("again: check, at_most: 2", "again: haul, at_most: 2", "from another place"),
    ("steps: [look: {at: inspection, takes: 1 h, price: 0 CNY}], again: check", "again: gate", "takes no time"),
    ("batch: 20 pallets, or_after: 48 h", "batch: [20 pallets, 5 t], or_after: 48 h", "one quantity"),
    ("batch: 20 pallets, or_after: 48 h", "batch: 20 ULD, or_after: 48 h", "is never full"),
    ("batch: 20 pallets, or_after: 48 h", "batch: 25 pallets, or_after: 48 h", "more than the 20 pallets of its box"),
    (TRUCK_BATCH, TRUCK_BATCH + SWITCH.format("next_departure_of: train, later_than: 3 h", "by_rail, join: check"),
     "holds nothing here", "join: check}"),
    (TRUCK_BATCH, TRUCK_BATCH + SWITCH.format("queue_at: inspection, over: 3", "by_rail, join: hual"),
     'did you mean "haul"', "join: hual"),
    (TRUCK_BATCH, TRUCK_BATCH + SWITCH.format("queue_at: inspection, over: 3", "by_truck, join: back"),
     "in a circle", "join: back"),
    (TRUCK_BATCH, TRUCK_BATCH + SWITCH.format("queue_at: inspection, over: 3", "by_car, join: back"),
     '"by_car" is no route', "by_car"),
]  # fmt: skip
SIZES = [
    ("capacity: [50 TEU, 8 plugs]", "capacity: [1 TEU, 8 plugs]", "2 TEU, more than the 1 TEU", "board: train"),
    ("capacity: [50 TEU, 8 plugs]", "capacity: [50 TEU, 10 t, 8 plugs]", "more than the 10 t", "board: train"),
    ("capacity: [50 TEU, 8 plugs]", "capacity: [50 TEU]", "needs plugs", "board: train"),
    ("capacity: [50 TEU, 8 plugs]", "capacity: [30 ULD, 8 plugs]", "counts nothing of 30 ULD", "board: train"),
    ("values: [500 kg, 900 kg]", "values: [every 24 h, 900 kg]", "is not a plain decimal number"),
    ("values: [500 kg, 900 kg]", "values: [500 kg, 500 kg]", "stands twice"),
    ("values: [500 kg, 900 kg]", "values: [500 kg, 0.9 t]", "is not in the unit of the first value"),
    ("holds: 40 TEU}", "holds: 1 TEU}", "more than the 1 TEU", "- stack:"),
    ("weight: 900 kg", "weight: 1400 kg", "28000 kg, more than the 26 t of its box", "or_after: 48 h"),
    ("weight: 900 kg", "weight: 27 t", "1 x 26 t"),
    ("volume: 1.5 m3", "volume: 4 m3", "more than the 67 m3 of its box", "or_after: 48 h"),
    ("size: 1 pallet", "size: [1 pallet, 100000 boxes]", "at most 10000"),
    ("poisson: 100 pallets per week", "poisson: 100000000 pallets per week", "at most 5000000"),
    ("arrives: {poisson: 100 pallets per week}", "arrives: {every: 0.1 s}", "at most 5000000"),
    ("    servers: 2", "    servers: 2000000", "at most 1000000"),
    ("    holidays: CN", "    background: {load: 90 %, takes: 1 s}", "at most 5000000"),
    ("    holidays: CN", "    background: {load: 70 %, takes: 0 h}", "takes no time"),
    ("    holidays: CN", "    failures: {every: 1 s, lasts: 1 s}", "more than 1000000 failures"),
    ("rate: 1.5 per year", "rate: 100000000 per year", "more than 1000000 events"),
]


CASES = KEYS + NUMBERS + UNITS + DATES + NAMES + PLACES_OF_THINGS + MODEL + SIZES


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[1][:60])
def test_the_line_is_named(case):
    old, new, fragment, *at = case
    text, wanted = changed(old, new)
    if at:
        wanted = text[: text.index(at[0])].count("\n") + 1
    found = problems_of(text)
    assert any(problem.line == wanted and fragment in str(problem) for problem in found), "\n".join(map(str, found))


HOURS = ", ".join(
    f"{hour:02}:{minute:02}-{hour:02}:{minute + 1:02}" for hour in range(24) for minute in range(0, 60, 2)
)
OFTEN = 'flows.plums.arrives={"every": "1 min"}'


@pytest.mark.parametrize(
    ("sets", "place", "fragment"),
    [
        # 720 a day, 7,000 days
        (
            ("clock.measure=2026-06-08 to 2045-06-28", f'facilities.inspection.opens="daily {HOURS}"'),
            "facilities.inspection.opens",
            "more than 200000 openings in a run",
        ),
        # 4 x 5,000 a million times
        (
            ("clock.replications=1000000", "flows.plums.arrives.poisson=5000 pallets per week"),
            "clock.replications",
            "about 2e+10 consignments in all replications; expected at most 1000000000",
        ),
        # 28 x 1,440 x 9,000
        ((OFTEN, "flows.plums.size=9000 boxes"), "flows.plums.size", "about 3.63e+08 boxes in a replication"),
    ],
)
def test_what_no_run_can_hold_is_refused_where_it_is_written(sets, place, fragment):
    found = problems_of(GOOD, *sets)
    assert any(problem.path == place and fragment in str(problem) for problem in found), "\n".join(map(str, found))


WORDS_OF_PLANNERS = [
    ("start: 2026-06-01 00:00", "start: 2026-06-01 08:30"),
    ("opens: mon-sat 08:30-20:00", "opens: [mon-fri 08:30-10:30, sat 10:30-12:00]"),
    ("departs: daily 20:00", "departs: daily 10:30"),
    ("teu: 2", "teu: 2.0"),
    ("selected: 5 %", "selected: 0.00001"),
    ("charges: lift", "charges: [{tariff: lift, count: 2}]"),
    ("cutoff: 6 h", "cutoff: {documents: 24 h, yard: 6 h, release: 4 h}"),
    ("weight: 900 kg", "weight: {published: 0.9 t, source: [timetable]}"),
]


@pytest.mark.parametrize(("old", "new"), WORDS_OF_PLANNERS)
def test_what_a_planner_writes_is_understood(old, new):
    load(changed(old, new)[0])


def test_no_is_a_name_like_any_other():
    text = GOOD.replace("by_rail", "NO").replace("Yard:", "010:").replace("Yard\n", "010\n")
    text = text.replace("at: inspection", "at: 1e3").replace("  inspection:", "  1e3:")
    scenario = load(text).base
    assert (scenario.flows["plums"].route, scenario.services["train"].origin) == ("NO", "010")
    assert "1e3" in scenario.facilities


def test_a_leading_nought_changes_no_number():
    scenario = load(changed("takes: 30 h", "takes: 010 h")[0]).base
    assert scenario.routes["by_truck"].steps["truck"].takes.law.mean() == 10 * 3600


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{key}: &{key} [{', '.join([f'*{before}'] * 9)}]\n" for before, key in zip("abcdefgh", "bcdefghi", strict=True)
)
FILES = [
    (b"", "empty"),
    (b"# nothing but a comment\n", "empty"),
    (b"\x00\x01\x02\xff", "UTF-8"),
    (b"name: a\x00b\n", "binary"),
    ("name: 重庆\n".encode("gb18030"), "UTF-8"),
    ("name: 重庆\n".encode("utf-16"), "UTF-8"),
    (GOOD.encode() + b"---\nname: second\n", "a second document"),
    (b"just text", "a mapping"),
    (b"- a\n- list\n", "a mapping"),
    (GOOD.replace("name: small", "name: !!python/object:os.system small").encode(), "tag"),
    (GOOD.replace("name: small", "name: !danger small").encode(), "tag"),
    (BOMB.encode(), "aliases"),
    (b"a: &a {b: 1}\nc: {<<: *a}\n", "merge keys"),
    (b"a: &a [*a]\n", "contains itself"),
    (b"a: " + b"[" * 5000 + b"]" * 5000, "nested deeper"),
    (b"a: " + b"{a: " * 5000 + b"}" * 5000, "nested deeper"),
    (b"a: [1, 2\n", "not closed"),
    (b"a: 'x\n", "never closed"),
    (b"a:\n\t- b\n", "tab"),
    (b"x: " + b"1, " * (2 * 1024 * 1024), "larger than"),
    (b"a: [" + b"1, " * 100_000 + b"1]", "more than 15000 values"),
]


@pytest.mark.parametrize(("content", "fragment"), FILES, ids=lambda part: repr(part[:40]))
def test_a_file_that_is_no_scenario(tmp_path, content, fragment):
    path = tmp_path / "bad.yaml"
    path.write_bytes(content)
    found = problems_of(path)
    assert any(fragment in str(problem) for problem in found), "\n".join(map(str, found))
    assert all(problem.file == str(path) for problem in found)
    assert [each.name for each in tmp_path.iterdir()] == ["bad.yaml"]


def test_a_file_deep_in_folders_is_named_so_that_it_can_be_opened(tmp_path):
    path = tmp_path.joinpath(*["a folder of a planner"] * 9) / "bad.yaml"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"- a")
    assert {problem.file for problem in problems_of(path)} == {str(path)}


def test_more_alternatives_than_anybody_compares_are_refused_before_each_is_resolved():
    many = "".join(f"  a{number}: {{}}\n" for number in range(MOST_ALTERNATIVES))
    (found,) = problems_of(GOOD.replace("alternatives:\n", f"alternatives:\n{many}"))
    assert (found.path, found.line > 0) == ("alternatives", True)
    assert f"{MOST_ALTERNATIVES + 2} alternatives; expected at most {MOST_ALTERNATIVES}" in found.message


def test_there_is_no_such_file(tmp_path):
    assert "there is no such file" in str(problems_of(tmp_path / "nowhere.yaml")[0])
    assert "folder" in str(problems_of(tmp_path)[0])


MISTAKES = [
    # keys, units, dates
    [("seed: 7", "sead: 7"), ("takes: 30 h", "takes: 30 kg"), ("departs: daily 20:00", "departs: Sunn 20:00")],
    # what refers to nothing, what does not fit the run, money
    [("baseline: train", "baseline: trian"), ("hold_last: 2026-12-31", "hold_last: 2026-06-30"),
     ("season: 2026-06-01 to 2026-06-28", "season: 2025-06-01 to 2025-06-28")],
]  # fmt: skip


def with_mistakes(mistakes):
    """Return the scenario with all changes made, and the lines they stand in."""
    text, lines = GOOD, set()
    for old, new in mistakes:
        lines.add(changed(old, new)[1])
        text = text.replace(old, new)
    return text, lines


@pytest.mark.parametrize("mistakes", MISTAKES)
def test_all_problems_of_a_file_come_at_once(mistakes):
    text, lines = with_mistakes(mistakes)
    assert {problem.line for problem in problems_of(text)} == lines


def test_problems_are_capped_and_counted():
    text = GOOD.replace("scope: [plums]", f"scope: [{', '.join(['plum'] * 200)}]")
    found = problems_of(text)
    assert len(found) == 51
    assert found[-1].message == "and 150 more"


def test_arguments_are_named_by_themselves():
    (problem,) = problems_of(GOOD, "flows.plums.weight=900 h")
    assert (problem.file, problem.line) == ("--set flows.plums.weight=900 h", 0)


CANNOT_RUN = [
    # ours add 20 loads x (1.11 x 5 % x 2.5 h + 0.11 x 1 h) in 42 days x 11.5 h x 2 servers: 0.5 %
    ("    holidays: CN", "    background: {load: 101 %, takes: 1 h}", "steady", "facility inspection: load 102 %"),
    # 20 reefers on 48 departures of 8 plugs, of which 5 % are left: 20 / 19.2
    ("taken_by_others: 50 %", "taken_by_others: 95 %", "steady", "service train: load 104 % of the plug"),
    ("cutoff: 6 h", "cutoff: {yard: 6 h}\n    opens: 5 h", "terminating", "no cut-off can be met"),
    ("    holidays: CN", "    at_closing: restart\n    background: {load: 1 %, takes: 12 h}", "terminating", "12 h"),
    ("departs: daily 20:00", "departs: on 2027-06-01 20:00", "terminating", "no departure in the run"),
]


@pytest.mark.parametrize(("old", "new", "kind", "fragment"), CANNOT_RUN)
def test_a_model_that_cannot_run(old, new, kind, fragment):
    text = changed(old, new)[0].replace("  seed: 7", f"  seed: 7\n  kind: {kind}")
    found = check_feasible(lower(load(text).base, "train"))
    assert any(fragment in str(problem) for problem in found), "\n".join(map(str, found))


def test_a_model_that_can_run_has_no_problem():
    for name, scenario in load(GOOD.replace("  seed: 7", "  kind: steady")).alternatives.items():
        assert check_feasible(lower(scenario, name)) == []
