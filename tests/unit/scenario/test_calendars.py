"""Clock, opening hours and holidays against published arrangements and hand calculations."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corridor_sim.scenario.calendars import (
    Clock,
    HolidayCalendar,
    add_open_time,
    holiday_days,
    longest_window,
    next_open,
    open_time_between,
    open_windows,
    parse_clock,
    parse_date_range,
    parse_moment,
    parse_time_of_day,
    parse_weekly,
    shortest_window,
    subtract_windows,
    window_arrays,
)

HOUR, DAY, WEEK = 3600, 86_400, 604_800
NONE = HolidayCalendar()
JUNE = parse_clock("2026-06-01", "Asia/Shanghai")  # a Monday


def days(year: int, spans: str) -> frozenset[date]:
    """Return the dates of spans such as "01-01 to 01-03, 05-01"."""
    found = set()
    for span in spans.split(", "):
        first, _, last = span.partition(" to ")
        day = date.fromisoformat(f"{year}-{first}")
        while day <= date.fromisoformat(f"{year}-{last or first}"):
            found.add(day)
            day += timedelta(days=1)
    return frozenset(found)


def ticks(*pairs: tuple[float, float]) -> list[tuple[int, int]]:
    """Return windows written in hours as ticks."""
    return [(int(begin * HOUR), int(end * HOUR)) for begin, end in pairs]


# ---------------------------------------------------------------------------------------------------- clock


def test_ticks_count_seconds_from_the_start() -> None:
    assert JUNE.tick_of(datetime(2026, 6, 2, 8, 30)) == DAY + 8 * HOUR + 1800
    assert JUNE.tick_of(datetime(2026, 5, 31, 23, 0)) == -HOUR
    assert JUNE.moment(DAY + 60) == datetime(2026, 6, 2, 0, 1, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_the_same_instant_in_another_zone_is_the_same_tick() -> None:
    assert JUNE.tick_of(datetime(2026, 5, 31, 16, 0, tzinfo=UTC)) == 0
    assert parse_clock("2026-06-01", "Asia/Hong_Kong").tick_of(datetime(2026, 5, 31, 16, tzinfo=UTC)) == 0


def test_the_day_on_which_clocks_spring_forward_has_23_hours() -> None:
    clock = parse_clock("2026-03-28", "Europe/Berlin")  # clocks go from 02:00 to 03:00 on 29 March 2026
    assert clock.tick_of(datetime(2026, 3, 30)) == (24 + 23) * HOUR
    assert clock.moment((24 + 4) * HOUR).hour == 5


def test_years_of_a_horizon_end_before_midnight() -> None:
    clock = parse_clock("2025-12-31", "Asia/Shanghai")
    assert list(clock.years(DAY)) == [2025]
    assert list(clock.years(DAY + 1)) == [2025, 2026]


def test_a_clock_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        Clock(datetime(2026, 6, 1), ZoneInfo("Asia/Shanghai"))


def test_moments_are_read_as_a_planner_writes_them() -> None:
    assert parse_moment("2026-06-01 08:30") == datetime(2026, 6, 1, 8, 30)
    assert parse_moment("2026-06-01") == datetime(2026, 6, 1)
    assert parse_moment("2028-02-29 0:05") == datetime(2028, 2, 29, 0, 5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2026-02-30", '"2026-02-30" is not a date: 2026-02 has the days 01 to 28'),
        ("2028-02-30", "2028-02 has the days 01 to 29"),
        ("2026-13-01", '"2026-13-01" is not a date: bad month number 13; must be 1-12'),
        ("2026-06-00", "has the days 01 to 30"),
        ("2026-6-1", '"2026-6-1" is not a date; expected year-month-day such as "2026-06-01"'),
        ("9999-06-01", '"9999-06-01" is out of range; expected 2001 to 2098'),
        ("0026-06-01", "out of range"),
        ("tomorrow", '"tomorrow" is not a date'),
        ("２０２６-06-01", "is not a date"),
        ("2026-06-01 24:00", '"24:00" is not a time of day; expected 00:00 to 23:59'),
        ("2026-06-01 08:60", '"08:60" is not a time of day'),
        ("2026-06-01 noon", '"noon" is not a time of day'),
    ],
)
def test_a_wrong_moment_says_what_would_be_right(text: str, message: str) -> None:
    with pytest.raises(ValueError) as error:
        parse_moment(text)
    assert message in str(error.value)


def test_times_of_day() -> None:
    assert parse_time_of_day("08:30") == 30_600
    assert parse_time_of_day("8:30") == 30_600
    assert parse_time_of_day("23:59") == 86_340
    assert parse_time_of_day("24:00", as_end=True) == 86_400
    with pytest.raises(ValueError, match="expected 00:00 to 24:00"):
        parse_time_of_day("24:01", as_end=True)


def test_date_ranges_have_both_days() -> None:
    assert parse_date_range("2026-06-26 to 2026-08-31") == (date(2026, 6, 26), date(2026, 8, 31))
    assert parse_date_range("2026-06-26") == (date(2026, 6, 26), date(2026, 6, 26))
    with pytest.raises(ValueError, match="ends before it begins"):
        parse_date_range("2026-08-31 to 2026-06-26")


def test_an_unknown_zone_is_named_with_a_suggestion() -> None:
    with pytest.raises(ValueError, match=r'"Asia/Shangai" is no zone.*did you mean "Asia/Shanghai"'):
        parse_clock("2026-06-01", "Asia/Shangai")
    with pytest.raises(ValueError, match="is no zone"):
        parse_clock("2026-06-01", "../etc/passwd")


# ---------------------------------------------------------------------------------------------- weekly hours


def test_weekly_hours_in_words() -> None:
    weekdays, saturday = tuple(ticks((8, 20))), tuple(ticks((9, 12)))
    expected = (*[weekdays] * 5, saturday, ())
    assert parse_weekly("mon-fri 08:00-20:00, sat 09:00-12:00").windows == expected
    assert parse_weekly(["mon-fri 08:00-20:00", "sat 09:00-12:00"]).windows == expected
    assert parse_weekly("Mon to Fri 08:00 to 20:00 and sat 9:00 - 12:00").windows == expected


def test_daily_and_always() -> None:
    assert parse_weekly("daily 01:00-05:00").windows == (tuple(ticks((1, 5))),) * 7
    assert parse_weekly("always").windows == (((0, DAY),),) * 7
    assert parse_weekly("daily 00:00-24:00") == parse_weekly("always")


def test_hours_over_midnight_belong_to_the_day_on_which_they_start() -> None:
    assert parse_weekly("fri 22:00-06:00").windows[4] == ((22 * HOUR, 30 * HOUR),)
    assert parse_weekly("fri 20:00-00:00").windows[4] == ((20 * HOUR, 24 * HOUR),)


def test_day_ranges_may_run_over_the_weekend() -> None:
    closed = [index for index, hours in enumerate(parse_weekly("fri-mon 08:00-09:00").windows) if not hours]
    assert closed == [1, 2, 3]  # Tuesday, Wednesday, Thursday


def test_overlapping_and_touching_hours_merge() -> None:
    assert parse_weekly("mon 08:00-12:00, 11:00-13:00, mon 13:00-14:00, 15:00-16:00").windows[0] == tuple(
        ticks((8, 14), (15, 16))
    )


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("Sunn 08:00-20:00", '"Sunn" is not a weekday; expected mon..sun (did you mean "sun"?)'),
        ("wednesday 08:00-20:00", '(did you mean "wed"?)'),
        ("mon-frr 08:00-20:00", '"frr" is not a weekday; expected mon..sun (did you mean "fri"?)'),
        ("08:00-20:00", '"08:00-20:00" has no weekday before it'),
        ("mon-fri", "does not end in a time of day"),
        ("", "does not end in a time of day"),
        ([], "does not end in a time of day"),
        ("mon 08:00", '"08:00" is not a window of time; expected for instance "08:00-20:00"'),
        ("mon 08:00-08:00", '"08:00-08:00" is an empty window; expected "00:00-24:00" for the whole day'),
        ("mon 08:00-25:00", '"25:00" is not a time of day; expected 00:00 to 24:00'),
        ("mon 24:00-25:00", '"24:00" is not a time of day; expected 00:00 to 23:59'),
        (8, '"8" is not a text of opening hours'),
        (None, '"None" is not a text of opening hours'),
    ],
)
def test_wrong_hours_say_what_would_be_right(spec: object, message: str) -> None:
    with pytest.raises(ValueError) as error:
        parse_weekly(spec)
    assert message in str(error.value)


# -------------------------------------------------------------------------------------------------- holidays

# Arrangements of the State Council General Office, copied by hand (30 and 31 December 2023: that for 2024).
MAINLAND = {
    2023: (
        "01-01 to 01-02, 01-21 to 01-27, 04-05, 04-29 to 05-03, 06-22 to 06-24, 09-29 to 10-06, 12-30 to 12-31",
        "01-28 to 01-29, 04-23, 05-06, 06-25, 10-07 to 10-08",
    ),
    2025: (
        "01-01, 01-28 to 02-04, 04-04 to 04-06, 05-01 to 05-05, 05-31 to 06-02, 10-01 to 10-08",
        "01-26, 02-08, 04-27, 09-28, 10-11",
    ),
    2026: (
        "01-01 to 01-03, 02-15 to 02-23, 04-04 to 04-06, 05-01 to 05-05, 06-19 to 06-21, 09-25 to 09-27, "
        "10-01 to 10-07",
        "01-04, 02-14, 02-28, 05-09, 09-20, 10-10",
    ),
}


@pytest.mark.parametrize("year", MAINLAND)
def test_mainland_holidays_are_the_published_arrangement(year: int) -> None:
    # 30 and 31 December 2023 are the weekend that 1 January 2024, a Monday, was published to join.
    holidays, (closed, workdays) = holiday_days("CN", [year]), MAINLAND[year]
    assert sorted(holidays.closed) == sorted(days(year, closed))
    assert sorted(holidays.workdays) == sorted(days(year, workdays))
    assert holidays.assumed_years == frozenset()


def test_years_together_are_the_union_of_the_years() -> None:
    together = holiday_days("CN", range(2025, 2027))
    assert together.closed == days(2025, MAINLAND[2025][0]) | days(2026, MAINLAND[2026][0])
    assert together.workdays == days(2025, MAINLAND[2025][1]) | days(2026, MAINLAND[2026][1])


def test_a_mainland_year_without_a_published_arrangement_is_assumed() -> None:
    # Nothing can have been published for 2090; its National Day still closes the statutory 1-3 October.
    holidays = holiday_days("CN", [2026, 2090])
    assert holidays.assumed_years == {2090}
    assert days(2090, "10-01 to 10-03") <= holidays.closed


def test_hong_kong_general_holidays_of_2026_are_the_gazetted_ones() -> None:
    # Gazette: general holidays for 2026, besides Sundays. The statutory holidays lack 3 and 4 April.
    gazetted = days(2026, "01-01, 02-17 to 02-19, 04-03 to 04-04, 04-06 to 04-07, 05-01, 05-25, 06-19, 07-01")
    gazetted |= days(2026, "09-26, 10-01, 10-19, 12-25 to 12-26")
    holidays = holiday_days("HK", [2026])
    assert sorted(holidays.closed) == sorted(gazetted)
    assert holidays.workdays == holidays.assumed_years == frozenset()


def test_no_region_and_unknown_regions() -> None:
    assert holiday_days("none", [2026]) == NONE
    with pytest.raises(ValueError, match=r'"HKG" has no holiday calendar; expected CN, HK or none.*"HK"'):
        holiday_days("HKG", [2026])


# ---------------------------------------------------------------------------------------------- open windows


def test_a_place_that_is_always_open_has_one_window() -> None:
    assert open_windows(parse_weekly("always"), NONE, [], JUNE, 400 * DAY) == [(0, 400 * DAY)]


def test_windows_of_a_week_in_ticks() -> None:
    windows = open_windows(parse_weekly("mon-fri 08:00-20:00, sat 09:00-12:00"), NONE, [], JUNE, WEEK)
    expected = ticks((8, 20), (32, 44), (56, 68), (80, 92), (104, 116), (129, 132))
    assert windows == expected


def test_a_window_of_the_day_before_runs_into_the_horizon_and_the_last_is_cut() -> None:
    windows = open_windows(parse_weekly("daily 22:00-06:00"), NONE, [], JUNE, DAY)
    assert windows == ticks((0, 6), (22, 24))


def test_a_start_within_the_day_cuts_its_window() -> None:
    clock = parse_clock("2026-06-01 10:00", "Asia/Shanghai")
    assert open_windows(parse_weekly("daily 08:00-20:00"), NONE, [], clock, DAY) == ticks((0, 10), (22, 24))


def test_a_holiday_drops_the_windows_that_start_on_it_only() -> None:
    holidays = HolidayCalendar(closed=days(2026, "06-02"))
    windows = open_windows(parse_weekly("daily 22:00-06:00"), holidays, [], JUNE, 3 * DAY)
    assert windows == ticks((0, 6), (22, 30), (70, 72))  # Monday's runs on into Tuesday; Tuesday's is gone


def test_dragon_boat_2026_closes_friday_to_sunday() -> None:
    clock = parse_clock("2026-06-15", "Asia/Shanghai")  # the Monday before
    mainland = holiday_days("CN", [2026])
    windows = open_windows(parse_weekly("mon-sun 08:00-20:00"), mainland, [], clock, 8 * DAY)
    assert windows == ticks((8, 20), (32, 44), (56, 68), (80, 92), (176, 188))  # Mon-Thu, then Monday 22


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("mon-fri 08:00-20:00", ticks((8, 20))),  # Monday's hours on the make-up Saturday
        ("mon 07:00-20:00, tue-fri 08:00-20:00", ticks((7, 20))),
        ("mon-fri 08:00-20:00, sat 09:00-12:00", ticks((9, 12))),  # open on Saturdays anyhow: keeps its hours
        ("mon,wed,fri 08:00-20:00", []),  # no Monday-to-Friday place
        ("sun 08:00-20:00", []),
    ],
)
def test_make_up_workday_9_may_2026(hours: str, expected: list[tuple[int, int]]) -> None:
    clock = parse_clock("2026-05-09", "Asia/Shanghai")  # a Saturday
    assert open_windows(parse_weekly(hours), holiday_days("CN", [2026]), [], clock, DAY) == expected


def test_closures_are_cut_out_and_may_overlap() -> None:
    closures = ticks((10, 12), (11, 13), (19, 33), (40, 40), (47, 46))
    windows = open_windows(parse_weekly("daily 08:00-20:00"), NONE, closures, JUNE, 2 * DAY)
    assert windows == ticks((8, 10), (13, 19), (33, 44))


def test_a_closure_of_everything_leaves_nothing() -> None:
    assert open_windows(parse_weekly("always"), NONE, [(-5, 3 * DAY)], JUNE, 2 * DAY) == []


def test_hours_follow_the_wall_clock_over_a_change_to_summer_time() -> None:
    clock = parse_clock("2026-03-28", "Europe/Berlin")
    windows = open_windows(parse_weekly("daily 08:00-20:00"), NONE, [], clock, 47 * HOUR)
    assert windows == ticks((8, 20), (31, 43))  # Sunday's 08:00 comes an hour sooner
    gone = open_windows(parse_weekly("sun 02:00-03:00"), NONE, [], clock, 47 * HOUR)
    assert gone == []
    assert open_windows(parse_weekly("always"), NONE, [], clock, 47 * HOUR) == [(0, 47 * HOUR)]


def test_hours_over_three_years_add_up() -> None:
    clock = parse_clock("2025-06-01", "Asia/Hong_Kong")
    horizon = clock.tick_of(datetime(2028, 6, 1))  # 1,096 days: 2028 has a 29 February
    opens, closes = window_arrays(open_windows(parse_weekly("daily 06:00-07:00"), NONE, [], clock, horizon))
    assert horizon == 1096 * DAY
    assert len(opens) == 1096 and int((closes - opens).sum()) == 1096 * HOUR


spans = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=8)


@given(spans, spans)
def test_subtraction_agrees_with_counting_tick_by_tick(
    windows: list[tuple[int, int]], closures: list[tuple[int, int]]
) -> None:
    result = subtract_windows(windows, closures)
    wanted = {t for a, b in windows for t in range(a, b)} - {t for a, b in closures for t in range(a, b)}
    assert {t for a, b in result for t in range(a, b)} == wanted
    edges = [edge for window in result for edge in window]
    assert edges == sorted(set(edges))  # sorted, and no two windows touch


# ------------------------------------------------------------------------------------- arithmetic on windows

OPENS, CLOSES = window_arrays([(10, 20), (30, 35), (50, 60)])


def test_next_open() -> None:
    wanted = [0, 10, 19, 20, 30, 36, 59, 60]
    assert next_open(OPENS, CLOSES, wanted).tolist() == [10, 10, 19, 30, 30, 50, 59, -1]
    assert next_open(*window_arrays([]), [0, 5]).tolist() == [-1, -1]


def test_pausable_work_ends_exactly_at_closing_and_rests_while_closed() -> None:
    start = [10, 10, 10, 12, 0, 25, 20, 55, 55, 60, 0]
    work = [9, 10, 11, 9, 1, 5, 6, 5, 6, 1, 25]
    # 10+10 ends at closing 20; one tick more ends at 31, in the next window; 20+6 is 30-35 and one tick of 50
    assert add_open_time(OPENS, CLOSES, start, work).tolist() == [19, 20, 31, 31, 11, 35, 51, 60, -1, -1, 60]


def test_work_needs_a_tick() -> None:
    with pytest.raises(ValueError, match="at least 1 tick"):
        add_open_time(OPENS, CLOSES, [10, 10], [5, 0])


def test_open_time_between() -> None:
    begin, end = [0, 10, 15, 20, 15, 0, -5, 12], [10, 20, 32, 30, 15, 99, 15, 13]
    assert open_time_between(OPENS, CLOSES, begin, end).tolist() == [0, 10, 7, 0, 0, 25, 5, 1]
    assert open_time_between(*window_arrays([]), [0], [9]).tolist() == [0]


def test_calendar_stretching_by_hand() -> None:
    # A 30 h job begun on Friday 10:00 at a mon-fri 08:00-20:00 place: 10 h, Monday 12 h, Tuesday until 16:00.
    opens, closes = window_arrays(open_windows(parse_weekly("mon-fri 08:00-20:00"), NONE, [], JUNE, 3 * WEEK))
    start = JUNE.tick_of(datetime(2026, 6, 5, 10))
    end = int(add_open_time(opens, closes, start, 30 * HOUR))
    assert JUNE.moment(end).replace(tzinfo=None) == datetime(2026, 6, 9, 16)


@given(spans, st.integers(0, 45), st.integers(1, 30))
def test_work_added_is_the_open_time_passed(windows: list[tuple[int, int]], start: int, work: int) -> None:
    opens, closes = window_arrays(subtract_windows(windows, []))
    is_open = [bool(((opens <= tick) & (tick < closes)).any()) for tick in range(80)]
    worked = [tick for tick in range(start, 80) if is_open[tick]]
    expected = worked[work - 1] + 1 if len(worked) >= work else -1
    assert int(add_open_time(opens, closes, start, work)) == expected
    assert int(next_open(opens, closes, start)) == (worked[0] if worked else -1)
    assert int(open_time_between(opens, closes, start, start + work)) == sum(is_open[start : start + work])


def test_longest_and_shortest_windows() -> None:
    assert longest_window(OPENS, CLOSES) == 10
    assert shortest_window(OPENS, CLOSES, 100) == 5
    cut_opens, cut_closes = window_arrays([(0, 3), (10, 20), (30, 32)])
    assert shortest_window(cut_opens, cut_closes, 32) == 10  # the others are cut
    assert shortest_window(np.array([0]), np.array([32]), 32) == 32
    assert longest_window(*window_arrays([])) == shortest_window(*window_arrays([]), 9) == 0
