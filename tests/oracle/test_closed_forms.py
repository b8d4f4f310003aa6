"""The closed forms agree where they meet."""

from __future__ import annotations

import pytest

import closed_forms as forms


def test_servers() -> None:
    assert forms.erlang_c(1, 0.7) == pytest.approx(0.7)
    assert forms.crommelin(1, 0.7)[1] == pytest.approx(forms.pollaczek_khinchine(0.7, 1), rel=1e-9)
    assert forms.crommelin(1, 0.7)[0] == pytest.approx(0.7, rel=1e-9)
    assert forms.crommelin(2, 1.9)[1] - 1 == pytest.approx(forms.crommelin_series(2, 1.9), rel=1e-6)
    assert forms.crommelin(2, 1.0)[1] - 1 == pytest.approx(forms.crommelin_series(2, 1.0), rel=1e-9)


def test_priorities() -> None:
    assert forms.cobham(((0.0, 0.5, 0.25), (0.7, 1.0, 2.0)))[1] == pytest.approx(0.7 / 0.3)
    assert forms.cobham_servers(1, (0.3, 0.4)) == pytest.approx(forms.cobham(((0.3, 1, 2), (0.4, 1, 2))))
    assert forms.cobham_servers(3, (2.1,)) == pytest.approx([forms.erlang_c(3, 2.1) / 0.9])


def test_room() -> None:
    # with room for one a server is busy load / (1 + load) of the time; with endless room all would come in
    assert forms.full(1, 1.5) == pytest.approx(0.6)
    assert forms.full(60, 0.7) == pytest.approx(0, abs=1e-9)
    assert forms.full(2, 1.0) == pytest.approx(1 / 3)


def test_failures() -> None:
    for form in (forms.interrupted, forms.breaks_at_work):
        # repairs that take no time are none
        assert form(0.7, 2.0, 0.1, 0.0, 0.0) == pytest.approx(1 / 0.3)
    # one who comes when next to nobody does waits for the repair under way and is stretched by those to come
    assert forms.interrupted(1e-9, 2.0, 0.1, 2.5, 12.5) == pytest.approx(1.25 + 0.2 * 2.5)
    assert forms.breaks_at_work(1e-9, 2.0, 0.1, 2.5, 12.5) == pytest.approx(1.25)


def test_no_room_between_two() -> None:
    # where one of them takes no time the other is M/M/1
    assert forms.blocking_pair(0.3, 1, 1e7) == pytest.approx(1 / 0.7)
    assert forms.blocking_pair(0.3, 1e7, 1) == pytest.approx(1 / 0.7)
    # two alike let through 2 of 3 that one would
    assert forms.blocking_pair(0.66, 1, 1) > 90 > 15 > forms.blocking_pair(0.6, 1, 1)


def test_timetables() -> None:
    assert forms.left_behind(5, 0.01) == pytest.approx(0, abs=1e-9)
    # demand for one place of Poisson 0.9: n becomes max(n + a - 1, 0), the queue of M/D/1 as departures see it
    assert forms.left_behind(1, 0.9) == pytest.approx(forms.pollaczek_khinchine(0.9, 1) * 0.9 - 0.9)
    assert forms.wait_for_next([24]) == 12
    assert forms.wait_over_cancelled(24, 0) == 12
    assert forms.wait_over_cancelled(24, 0.5) == pytest.approx(36)


def test_gathering() -> None:
    # a clock that nobody waits for: each of n waits for (n - 1) / 2 others
    assert forms.gathered(0.4, 5, 200) == pytest.approx((5.0, 1.0), rel=1e-3)
    # of two the first waits for the second or for the clock: (1 - e^-rt) / r, over 1 + (1 - e^-rt)
    wait, full = forms.gathered(0.5, 2, 3)
    assert full == pytest.approx(0.7768698)
    assert wait == pytest.approx(full / 0.5 / (1 + full), rel=1e-6)


def test_storms() -> None:
    assert forms.closed_by_storms(1e-6, 10) == pytest.approx(1e-5, rel=1e-4)
