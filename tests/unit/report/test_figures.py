"""The pictures: PNGs that repeat byte for byte, with their origin inside, whatever the scenario calls its things."""

from __future__ import annotations

import struct
import zlib
from itertools import pairwise
from typing import Any

import matplotlib
import numpy as np
import pytest

from corridor_sim.report.charts.canvas import drawable, looks, spread
from corridor_sim.report.charts.cost_breakdown import amounts_of, largest_activities
from corridor_sim.report.charts.time_cost_distance import journey_of
from corridor_sim.report.figures import draw_figures
from corridor_sim.study.executors import local_executor
from corridor_sim.study.kinds import Where

NAMES = ["time_cost_distance", "transit_times", "cost_breakdown", "cost_waterfall"]


def chunks_of(png: bytes) -> dict[bytes, bytes]:
    """The chunks of a PNG by type, their checksums verified (PNG specification, 5.3)."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    found, place = {}, 8
    while place < len(png):
        length, kind = struct.unpack(">I4s", png[place : place + 8])
        body = png[place + 8 : place + 8 + length]
        (checksum,) = struct.unpack(">I", png[place + 8 + length : place + 12 + length])
        assert checksum == zlib.crc32(kind + body)
        found[kind + body.partition(b"\0")[0] if kind == b"tEXt" else kind] = body
        place += 12 + length
    return found


def test_pictures_are_png_1200_wide_with_their_origin(results: Any) -> None:
    pictures = draw_figures(results.run())
    assert list(pictures) == NAMES
    for png in pictures.values():
        found = chunks_of(png)
        assert struct.unpack(">I", found[b"IHDR"][:4]) == (1200,)
        assert found[b"tEXtDescription"].endswith(b"scenario qinzhou, seed 20260422, 30 replications")
        assert found[b"tEXtSoftware"].endswith(b"corridor_sim 0.1.0")
        assert b"tIME" not in found and not any(b"Creation" in name for name in found)
        assert found[b"IEND"] == b""


def test_the_same_run_gives_the_same_bytes_whatever_the_users_own_style(results: Any) -> None:
    first = draw_figures(results.run())
    with matplotlib.rc_context({"font.size": 20, "axes.facecolor": "red", "savefig.dpi": 60}):
        second = draw_figures(results.run())
    assert first == second


def test_other_processes_draw_the_same_pictures(results: Any) -> None:
    with local_executor(Where.PROCESSES, 2) as hands:
        drawn = draw_figures(results.run(), hands)
    assert list(drawn) == NAMES
    assert drawn == draw_figures(results.run())


def test_hostile_names_are_drawn_and_not_read_as_formulas(results: Any) -> None:
    hostile = "$\\frac$ _^{ \x00 重庆 𝔘"
    summary = results.summary
    summary["scenario"]["title"] = {"en": hostile}
    for one, sample in zip(summary["alternatives"], list(results.samples.values()), strict=True):
        one["name"] = f"{one['name']} {hostile}"
        results.samples[one["name"]] = sample
        for step in one["steps"]:
            step |= {"origin": hostile, "destination": hostile, "route": hostile}
        for row in one["activities"]:
            row["activity"] += hostile
    assert list(draw_figures(results.run())) == NAMES


def test_nothing_delivered_and_nothing_known_still_gives_pictures(results: Any) -> None:
    for one in results.summary["alternatives"]:
        for figure in one["kpis"].values():
            figure |= {"value": None, "low": None, "high": None}
        for row in (*one["costs"], *one["activities"]):
            row |= {"value": None, "low": None, "high": None}
        for step in one["steps"]:
            step["elapsed"] = None
    for sample in results.samples.values():
        sample |= {key: np.zeros(0, np.int64) for key in sample}
    assert list(draw_figures(results.run())) == NAMES


def test_pictures_show_the_numbers_of_the_summary(results: Any) -> None:
    summary = results.summary
    before = draw_figures(results.run())
    summary["alternatives"][1]["kpis"]["transit_p90"]["value"] += 24
    summary["alternatives"][1]["costs"][9]["value"] += 900
    summary["alternatives"][1]["steps"][3]["elapsed"]["mean"] += 10
    after = draw_figures(results.run())
    assert [name for name in NAMES if before[name] == after[name]] == ["cost_waterfall"]


def test_a_journey_climbs_at_nodes_and_adds_up_costs(results: Any) -> None:
    truck = results.summary["alternatives"][0]
    lane = truck["steps"][2] | {"lane": "border/held"}
    journey = journey_of(truck | {"steps": [*truck["steps"], lane]})
    assert journey is not None
    assert journey.km == [0, 0, 1480, 1480, 1535]
    assert journey.hours == [0, 6, 40, 45, 48]
    assert journey.high == pytest.approx([0, 7.5, 50, 56.25, 60])
    assert journey.cny == [0, 500, 15300, 16200, 22400]
    assert journey.places == [(0, "packhouse"), (1480, "CNSZX"), (1535, "HK market")]
    assert journey_of(truck | {"steps": []}) is None


def test_bars_add_up_to_all_activities_when_small_ones_are_put_together(results: Any) -> None:
    alternatives = results.summary["alternatives"]
    kept = largest_activities(alternatives)
    assert len(kept) == 12
    for one in alternatives:
        amounts = amounts_of(one, kept)
        assert sum(amounts.values()) == pytest.approx(sum(row["value"] for row in one["activities"]))
        for base in ("cash", "time", "carbon"):
            whole = sum(row["value"] for row in one["activities"] if row["base"] == base)
            assert sum(amount for key, amount in amounts.items() if key[0] == base) == pytest.approx(whole)


def test_labels_are_spread_in_order_within_the_axes() -> None:
    places = [5.0, 5.1, 0.2, 9.9, 5.05]
    moved = spread(places, 1.0, 0.5, 9.5)
    assert sorted(range(5), key=moved.__getitem__) == sorted(range(5), key=places.__getitem__)
    assert all(high - low >= 1.0 - 1e-9 for low, high in pairwise(sorted(moved)))
    assert moved[4] == pytest.approx(5.05)
    assert (min(moved), max(moved)) == (0.5, 9.5)
    assert spread([9.8, 9.9, 9.7], 1.0, 0.0, 10.0) == [9.0, 10.0, 8.0]
    assert spread([], 1.0, 0.0, 1.0) == []


def test_letters_that_no_font_has_are_replaced() -> None:
    assert drawable("Chongqing \U00013000") == "Chongqing ?"
    assert drawable("x" * 100).endswith("...")


def test_alternatives_are_told_apart_by_colour_and_line(results: Any) -> None:
    found = [(look["color"], str(look["linestyle"])) for look in looks(results.summary["alternatives"]).values()]
    assert len(set(found)) == 4
