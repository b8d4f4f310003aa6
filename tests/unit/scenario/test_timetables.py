"""Timetables in words against departures counted by hand."""

from fractions import Fraction

import numpy as np
import pytest

from corridor_sim.scenario.calendars import Clock, parse_clock
from corridor_sim.scenario.timetables import parse_timetable

HOUR, DAY, WEEK = 3600, 86_400, 604_800
JUNE = parse_clock("2026-06-01", "Asia/Shanghai")  # a Monday


def moments(spec: object, horizon_ticks: int = WEEK, clock: Clock = JUNE) -> list[str]:
    """Return the departures as local texts such as "06-02 10:00"."""
    return [f"{clock.moment(int(tick)):%m-%d %H:%M}" for tick in parse_timetable(spec, clock, horizon_ticks)]


def test_daily_departures_are_int64_ticks() -> None:
    ticks = parse_timetable("daily 20:00", JUNE, 3 * DAY)
    assert ticks.dtype == np.int64
    assert ticks.tolist() == [20 * HOUR, 44 * HOUR, 68 * HOUR]


def test_named_weekdays() -> None:
    expected = ["06-01 16:00", "06-02 16:00", "06-04 16:00", "06-05 16:00", "06-07 16:00"]
    assert moments("mon,tue,thu,fri,sun 16:00") == expected
    assert moments("Mon, Tue, Thu, Fri and Sun 16:00") == expected


def test_several_times_a_day() -> None:
    assert moments("mon-fri 06:00 and 18:00", 2 * DAY) == [
        "06-01 06:00",
        "06-01 18:00",
        "06-02 06:00",
        "06-02 18:00",
    ]
    assert len(parse_timetable("daily 06:00, 14:00, 22:00", JUNE, WEEK)) == 21
    assert len(parse_timetable("mon-fri 06:00 and 18:00", JUNE, WEEK)) == 10


def test_uneven_weeks_as_a_list() -> None:
    assert moments(["sat 09:00", "mon,wed 10:30"]) == ["06-01 10:30", "06-03 10:30", "06-06 09:00"]
    assert moments("mon,wed 10:30, sat 09:00") == ["06-01 10:30", "06-03 10:30", "06-06 09:00"]


def test_a_departure_at_the_start_counts_and_one_at_the_horizon_does_not() -> None:
    assert moments("daily 00:00", 2 * DAY) == ["06-01 00:00", "06-02 00:00"]
    assert moments("on 2026-06-01 00:00, 2026-06-03 00:00", 2 * DAY) == ["06-01 00:00"]


def test_a_start_within_the_day_drops_what_has_left() -> None:
    clock = parse_clock("2026-06-01 12:00", "Asia/Shanghai")
    assert moments("daily 06:00, 18:00", DAY, clock) == ["06-01 18:00", "06-02 06:00"]


def test_intervals_count_from_the_start_or_from_the_first() -> None:
    assert parse_timetable("every 8 h", JUNE, DAY).tolist() == [0, 8 * HOUR, 16 * HOUR]
    expected = ["06-02 20:00", "06-06 08:00", "06-09 20:00", "06-13 08:00"]
    assert moments("every 3.5 days from 2026-06-02 20:00", 2 * WEEK) == expected
    assert moments({"every": "3.5 days", "first": "2026-06-02 20:00"}, 2 * WEEK) == expected
    assert moments("every 3.5 days from 2026-06-02 20:00 to 2026-06-09", 2 * WEEK) == expected[:3]


def test_an_interval_whose_first_lies_before_the_start_keeps_its_phase() -> None:
    # 28 May 20:00, 1 June 08:00, 4 June 20:00
    assert moments("every 3.5 days from 2026-05-28 20:00") == ["06-01 08:00", "06-04 20:00"]


def test_explicit_departures_rise_and_those_outside_the_horizon_are_not_run() -> None:
    spec = "on 2026-06-07 10:00, 2026-06-03 10:00 and 2027-01-01 08:30, 2025-01-01 08:30"
    assert moments(spec) == ["06-03 10:00", "06-07 10:00"]


def test_a_season_has_both_its_days() -> None:
    spec = "daily 20:00 from 2026-06-03 to 2026-06-05"
    assert moments(spec) == ["06-03 20:00", "06-04 20:00", "06-05 20:00"]
    assert moments("sat,sun 20:00 from 2026-06-07", 2 * WEEK) == ["06-07 20:00", "06-13 20:00", "06-14 20:00"]
    assert moments("daily 20:00 from 2026-07-01 to 2026-07-31") == []


def test_odd_and_even_weeks_are_iso_weeks() -> None:
    # 1 June 2026 begins ISO week 23; 2026 ends with week 53, so two odd weeks follow each other.
    assert moments("odd weeks tue 10:00", 4 * WEEK) == ["06-02 10:00", "06-16 10:00"]
    assert moments("even weeks tue 10:00", 4 * WEEK) == ["06-09 10:00", "06-23 10:00"]
    turn = parse_clock("2026-12-28", "Asia/Shanghai")
    assert moments("odd weeks mon 10:00", 2 * WEEK, turn) == ["12-28 10:00", "01-04 10:00"]


def test_wall_clock_departures_follow_summer_time_and_intervals_do_not() -> None:
    berlin = parse_clock("2026-03-28", "Europe/Berlin")  # clocks go forward on the 29th at 02:00
    assert parse_timetable("daily 12:00", berlin, 2 * DAY).tolist() == [12 * HOUR, 35 * HOUR]
    assert parse_timetable("every 12 h", berlin, 2 * DAY).tolist() == [0, 12 * HOUR, 24 * HOUR, 36 * HOUR]


def test_a_year_of_departures_including_a_leap_day() -> None:
    clock = parse_clock("2027-07-01", "Asia/Shanghai")
    year = 366 * DAY  # to 1 July 2028
    assert len(parse_timetable("daily 06:00, 18:00", clock, year)) == 732
    assert "02-29 06:00" in moments("daily 06:00", year, clock)


def test_mon_wed_fri_sun_waits_22_29_hours_not_21() -> None:
    departures = parse_timetable("mon,wed,fri,sun 10:00", JUNE, 2 * WEEK)
    gaps = np.diff(departures)[:4]
    assert gaps.tolist() == [2 * DAY, 2 * DAY, 2 * DAY, 1 * DAY]
    # A uniformly random arrival falls in a gap in proportion to its length and waits half of it.
    mean_wait_hours = Fraction(int((gaps**2).sum()), int(2 * gaps.sum())) / HOUR
    assert mean_wait_hours == Fraction(2**2 * 3 + 1**2, 2 * 7) * 24
    assert f"{float(mean_wait_hours):.2f}" == "22.29"


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("Sunn 10:00", '"Sunn" is not a weekday; expected mon..sun (did you mean "sun"?)'),
        ("daily 25:00", '"25:00" is not a time of day; expected 00:00 to 23:59'),
        ("daily 24:00", '"24:00" is not a time of day; expected 00:00 to 23:59'),
        ("daily 08:00-10:00", '"08:00-10:00" is not a time of day'),
        ("daily", '"daily" does not end in a time of day'),
        ("20:00", '"20:00" has no weekday before it; expected such as "daily 08:00"'),
        ("mon,mon 10:00", '"mon,mon 10:00" names mon 10:00 twice'),
        ("daily 10:00, sun 10:00", "names sun 10:00 twice"),
        (["mon 10:00", "daily 10:00"], "two departures at 2026-06-01 10:00"),
        ("on 2026-06-03 10:00, 2026-06-03 10:00", "two departures at 2026-06-03 10:00"),
        ("on 2026-06-31 10:00", '"2026-06-31" is not a date: 2026-06 has the days 01 to 30'),
        ("on 2026-06-03", '"2026-06-03" has no time of day; expected for instance "2026-06-03 08:00"'),
        ("on", '"" is not a date'),
        ("daily 20:00 from 2026-08-31 to 2026-06-01", "ends before it begins"),
        ("daily 20:00 from June", '"June" is not a date'),
        ("every 8", '"8" has no unit; expected a duration'),
        ("every 8 km", '"8 km" is not a duration'),
        ("every 0 h", '"0 h" is too short an interval; expected at least 60 s'),
        ("every -1 h", '"-1 h" is too short an interval'),
        ("every 1 h from 2026-06-05 10:00 to 2026-06-04", "ends before it begins"),
        ("od weeks tue 10:00", '"od" weeks are not known; expected odd or even weeks (did you mean "odd"?)'),
        ({"every": "8 h", "frist": "2026-06-01 10:00"}, '"frist" is not a key of an interval'),
        ({"first": "2026-06-01 10:00"}, 'an interval needs "every"'),
        ([], "the timetable is empty"),
        ("", '"" is not a timetable; expected for instance "daily 20:00"'),
        (None, '"None" is not a timetable'),
        (20, '"20" is not a timetable'),
    ],
)
def test_a_wrong_timetable_says_what_would_be_right(spec: object, message: str) -> None:
    with pytest.raises(ValueError) as error:
        parse_timetable(spec, JUNE, WEEK)
    assert message in str(error.value)


def test_a_huge_interval_is_one_departure() -> None:
    assert parse_timetable("every 999999999999 days", JUNE, WEEK).tolist() == [0]
