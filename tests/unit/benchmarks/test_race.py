"""Ratios of a race, and the tables made of them, by numbers worked out by hand."""

from __future__ import annotations

import pytest
from benchmarks.race import Entrant, Spread, alternate, times_as_fast, times_as_long
from benchmarks.tables import Section, number, ratio, with_section

BEGIN, END = "<!-- benchmarks: begin -->", "<!-- benchmarks: end -->"


def test_ratios_are_taken_round_by_round():
    seconds = {"hand": [4.0, 6.0, 9.0], "engine": [2.0, 1.0, 3.0]}
    # 4/2 = 2, 6/1 = 6, 9/3 = 3; the ratio of the medians would be 6/2 = 3 too, that of the sums 19/6
    assert times_as_fast(seconds, "engine", "hand") == Spread(3.0, 2.0, 6.0)
    assert times_as_long(seconds, "hand", "engine") == Spread(3.0, 2.0, 6.0)
    assert times_as_fast(seconds, "hand", "engine") == Spread(1 / 3, 1 / 6, 1 / 2)


def test_entrants_alternate_and_take_turns_at_being_first():
    log: list[tuple[str, int]] = []
    ticks = iter(range(100))

    def work(name: str) -> Entrant:
        return Entrant(name, lambda turn: log.append((name, turn)), years=4 if name == "b" else 1)

    seconds = alternate([work("a"), work("b")], rounds=3, clock=lambda: float(next(ticks)))
    assert log == [("a", 0), ("b", 0), ("b", 1), ("a", 1), ("a", 2), ("b", 2)]
    # the clock moves by one second with each look; b does four years of work in it
    assert seconds == {"a": [1.0, 1.0, 1.0], "b": [0.25, 0.25, 0.25]}


def test_a_table_is_markdown():
    section = Section("Speed", ["", "x SimPy"], [["engine", ratio(Spread(104.4, 99.96, 120.2))]], ["On one processor."])
    assert section.markdown() == (
        "### Speed\n\n|  | x SimPy |\n| --- | ---: |\n| engine | 104 (100 to 120) |\n\nOn one processor."
    )


@pytest.mark.parametrize(("value", "words"), [(0.04567, "0.0457"), (2.0, "2"), (99.94, "99.9"), (123_456.7, "123,457")])
def test_numbers_have_three_digits_or_are_whole(value, words):
    assert number(value) == words


def test_a_section_without_rows_has_only_its_remarks():
    assert Section("Floor", ["a"], [], ["Not here."]).markdown() == "### Floor\n\nNot here."


def test_tables_stand_between_the_marks_of_a_page_and_nowhere_else():
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    assert with_section(page, "new\n") == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"
    assert with_section(with_section(page, "one"), "two") == with_section(page, "two")


@pytest.mark.parametrize("page", ["no marks", f"only {BEGIN}", f"{END} wrong way {BEGIN}"])
def test_a_page_without_its_marks_is_refused(page):
    with pytest.raises(ValueError, match="benchmarks: begin"):
        with_section(page, "tables")
