"""Bad input: one change of a small good scenario, and the line that has to be named for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from corridor_sim.errors import InputError
from corridor_sim.scenario.load import load

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
    ("wait: {param: loading}", "await: {param: loading}", "says what it is by one of the keys"),
    ("  follow_up: 20 days\n", "", "missing"),
    ("  seed: 7", "  seed: 7\n  seed: 7", "written twice"),
    ("- out: {release: port yard}", "- check: {release: port yard}", 'two steps are called "check"'),
    ("because: nobody has measured it", "becos: nobody", 'did you mean "because"'),
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
    ("selected: 5 %", "selected: 1e3", "is not a number"),
    ("selected: 5 %", "selected: 105 %", "at most 100 %"),
    ("taken_by_others: 50 %", "taken_by_others: {uniform: [50 %, 150 %]}", "at most 100 %"),
    ("weight: 900 kg", "weight: " + "9" * 5000 + " kg", "digits"),
    ("weight: 900 kg", "weight: 999999999999999 t", "out of all proportion"),
    ("{poisson: 100 pallets per week}", "{poisson: 100 pallets per week, profile: {weekly: {mon: .nan}}}", "number"),
    ("{poisson: 100 pallets per week}", "{poisson: 100 pallets per week, profile: {weekly: {mon: -1}}}", "mon"),
    ("{poisson: 100 pallets per week}", "{poisson: 100 pallets per week, profile: {weekly: {mon: 0}}}", "week is empty"),
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
    ("takes: 30 h", "takes: {lognormal: {mean: 1 h, cv: 900000000000, max: 2 h}}", "takes"),
    ("takes: 30 h", "takes: {weibull: {mean: 1 h, shape: 0.001, max: 2 h}}", "no distribution"),
    ("takes: 30 h", "takes: {empirical: 5}", "list of values"),
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
    ("start: 2026-06-01 00:00", "start: 2026-06-09 00:00", "begins before the world does", 10),
    ("start: 2026-06-01 00:00", "start: 1926-06-01", "out of range"),
    ("  start: 2026-06-01 00:00", "  timezone: Asia/Shanghia\n  start: 2026-06-01", 'did you mean "Asia/Shanghai"'),
    ("measure: 2026-06-08 to 2026-06-28", "measure: 2026-06-28 to 2026-06-08", "ends before it begins"),
    ("measure: 2026-06-08 to 2026-06-28", "measure: 2026-06-08 to 2050-06-28", "over 20 years"),
    ("follow_up: 20 days", "follow_up: 30 years", "over 20 years", 10),
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
    ("source: timetable\n", "source: timtable\n", 'did you mean "timetable"'),
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
    ("interval: [5 %, 8 %]", "interval: [8 %, 5 %]", "runs backwards"),
    ("cutoff: 6 h", "cutoff: {yrad: 6 h}", 'did you mean "yard"'),
    ("mode: rail", "mode: rial", 'did you mean "rail"'),
    ("  reliability: {none: true}", "  reliability: {none: true}\n  emissions: {train: {wtw: 1, ttw: 1, per: box}}", "emits", 20),
    ("price: 22000 CNY/FEU}", "price: 1 CNY, activity: drayge}", 'did you mean "drayage"'),
    ("name: small", "name: a/b", 'contains "/"'),
    ("name: small", "name: ../up", 'starts with "."'),
    ("  port yard: {", "  =cmd()|x: {", 'starts with "="'),
    ("  plums:\n", "  <b>plums</b>:\n", 'contains "<"'),
    ("- truck: {road", "- a&b: {road", 'contains "&"'),
    ("            through: {}", "            a;b: {}", 'contains ";"'),
]
MODEL = [
    ("    to: Port\n    departs", "    to: Yard\n    departs", "ends where it begins"),
    ("units: 2 TEU", "units: 3", "is counted as 40 TEU"),
    ("units: 2 TEU", "units: 50 TEU", "more than the 40 TEU"),
    ("units: 2 TEU", "units: 2 boxes", "is counted as 40 TEU"),
    ("seize: port yard, units: 2 TEU", "seize: inspection, units: 3", "more than the 2 servers"),
    ("inspect_at: inspection}", "inspect_at: port yard}", "has no servers"),
    ("- out: {release: port yard}", "- out: {release: inspection}", "not held here"),
    ("      - out: {release: port yard}\n", "", "never given back", 77),
    ("share: 10 %, steps", "share: 110 %, steps", "at most 100 %"),
    ("through: {}", "through: {share: 80 %}", "add up to 0.9", 79),
    ("through: {}", "through: {}\n            third: {}", "only one may leave it out", 79),
    ("again: check, at_most: 2", "again: check", "without a bound"),
    ("again: check, at_most: 2", "again: out, at_most: 2", "no earlier step"),
    ("again: check, at_most: 2", "again: haul, at_most: 2", "from another place"),
    ("steps: [look: {at: inspection, takes: 1 h, price: 0 CNY}], again: check", "again: gate", "takes no time"),
    ("batch: 20 pallets, or_after: 48 h", "batch: [20 pallets, 5 t], or_after: 48 h", "one quantity"),
    ("batch: 20 pallets, or_after: 48 h", "batch: 20 ULD, or_after: 48 h", "is never full"),
    ("batch: 20 pallets, or_after: 48 h", "batch: 25 pallets, or_after: 48 h", "more than the 20 pallets of its box"),
    ("or_after: 24 h}", "or_after: 24 h}\n      - back: {switch: {next_departure_of: train, later_than: 3 h}, to: by_rail, join: check}",
     'is at Port', 88),
    ("or_after: 24 h}", "or_after: 24 h}\n      - back: {switch: {queue_at: inspection, over: 3}, to: by_rail, join: hual}",
     'did you mean "haul"', 88),
    ("or_after: 24 h}", "or_after: 24 h}\n      - back: {switch: {queue_at: inspection, over: 3}, to: by_truck, join: back}",
     "in a circle", 88),
    ("type: 40RF, owner: coc, empty_from: Port", "type: 40RF, owner: railway, may_go_to_sea: false", "may not go to sea", 76),
]  # fmt: skip
SIZES = [
    ("capacity: [50 TEU, 8 plugs]", "capacity: [1 TEU, 8 plugs]", "2 TEU, more than the 1 TEU", 75),
    ("capacity: [50 TEU, 8 plugs]", "capacity: [50 TEU, 10 t, 8 plugs]", "more than the 10 t", 75),
    ("capacity: [50 TEU, 8 plugs]", "capacity: [50 TEU]", "needs plugs", 75),
    ("capacity: [50 TEU, 8 plugs]", "capacity: [30 ULD, 8 plugs]", "counts nothing of 30 ULD", 75),
    ("holds: 40 TEU}", "holds: 1 TEU}", "more than the 1 TEU", 76),
    ("weight: 900 kg", "weight: 1400 kg", "28000 kilogram, more than the 26 t of its box", 69),
    ("weight: 900 kg", "weight: 27 t", "27 t is too much for 1 boxes of 26 t"),
    ("volume: 1.5 m3", "volume: 4 m3", "more than the 67 m3 of its box", 69),
    ("size: 1 pallet", "size: [1 pallet, 100000 boxes]", "at most 10000"),
    ("poisson: 100 pallets per week", "poisson: 100000000 pallets per week", "at most 5000000"),
    ("arrives: {poisson: 100 pallets per week}", "arrives: {every: 0.1 s}", "at most 5000000"),
    ("departs: daily 20:00", "departs: [every 1 min, every 61 s]\n    loading: strict", "", None),
    ("    servers: 2", "    servers: 2000000", "between 1 and 1000000", 29),
    ("    holidays: CN", "    background: {load: 50 %, takes: 1 s}", "", None),
    ("    holidays: CN", "    background: {load: 70 %, takes: 0 h}", "takes no time"),
    ("    holidays: CN", "    failures: {every: 1 s, lasts: 1 s}", "failures", None),
    ("rate: 1.5 per year", "rate: 100000000 per year", "more than 1000000 events"),
]


@pytest.mark.parametrize("case", KEYS + NUMBERS + UNITS + DATES + NAMES + MODEL + SIZES, ids=lambda case: case[1][:60])
def test_the_line_is_named(case):
    old, new, fragment, *line = case
    text, changed_line = changed(old, new)
    wanted = line[0] if line else changed_line
    found = problems_of(text)
    assert any(problem.line == wanted and fragment in str(problem) for problem in found), "\n".join(map(str, found))
