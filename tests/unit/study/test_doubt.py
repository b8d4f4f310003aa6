"""Playing inputs in doubt: the same figures as plain runs of the same values, however the work is cut."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.small_world import world

from corridor_sim.errors import InputError, ModelError
from corridor_sim.network.lower import lower
from corridor_sim.scenario.doubts import with_values
from corridor_sim.scenario.load import load
from corridor_sim.study import doubt as study
from corridor_sim.study import doubt_points
from corridor_sim.study.digests import digest_of
from corridor_sim.study.doubt import PlayedPoints, doubted, play_at, play_design
from corridor_sim.study.executors import Here, local_executor
from corridor_sim.study.kinds import Where
from corridor_sim.study.play import play
from corridor_sim.study.prepare import prepare

ROOT = Path(__file__).parents[3]
COST = "cash/chain/after"
HOUR = 3600


def assumed(value: Any, low: Any, high: Any, **more: Any) -> dict[str, Any]:
    return {"assume": value, "range": [low, high], "because": "nobody knows", **more}


TAX = {"basis": "exempt"}
TARIFFS = {
    "rail freight": {"activity": "line_haul", "price": assumed("300 CNY/t", 200, 500), "tax": TAX},
    "lorry": {"activity": "line_haul", "price": assumed("700 CNY/t", 500, 800), "tax": TAX},
}
ROUTES = {
    "by train": {
        "steps": [
            {"load": {"at": "ramp", "takes": assumed({"pert": ["1 h", "2 h", "9 h"]}, "1 h", "9 h")}},
            {"ride": {"board": "train", "charges": ["rail freight"]}},
        ]
    },
    "by lorry": {
        "steps": [{"drive": {"road": "A to B", "takes": assumed("20 h", "15 h", "30 h"), "charges": ["lorry"]}}]
    },
}
FLOWS = {
    "goods": {
        "route": "by train",
        "arrives": {"poisson": "4 consignments per day"},
        "weight": assumed("2 t", "1 t", "3 t"),
    },
    "more": {"route": "by train", "arrives": {"poisson": "1 consignment per day"}},
}
TEXT = world(
    FLOWS,
    routes=ROUTES,
    facilities={"ramp": {}},
    services={"train": {"departs": "daily 12:00", "cutoff": assumed("4 h", "2 h", "8 h")}},
    tariffs=TARIFFS,
    alternatives={
        "base": {},
        "road": {"set": {"flows.goods.route": "by lorry"}},
        "dear": {"set": {"tariffs.rail freight.price": "400 CNY/t"}},
    },
)
NAMES = ("base", "road", "dear")


def both(played: PlayedPoints) -> bytes:
    """Return all that was played as bytes."""
    tables = [played.consignments, played.boxes, played.teu, played.kg, played.value_cny, *played.cost_cny.values()]
    tables += [side for sides in played.figures.values() for side in sides]
    return b"".join(np.ascontiguousarray(table).tobytes() for table in tables)


def test_what_is_stated_gives_the_plain_run() -> None:
    """Named or not, stated values reproduce every Trace and every cent."""
    file = load(TEXT)
    known = doubted(file, NAMES)
    stated = {one.name: one.mode for one in known.inputs}
    played = play_at(known, [stated, {}], 3, [COST], engine="reference")
    for place, (name, lowered) in enumerate(prepare(file).items()):
        (plain,) = play([lowered], [3], range(3), file.base.clock.seed)
        for number, one in enumerate(plain):
            cost, _ = one.measured.terms[f"cost_per_box:{COST}"]
            on_time = one.measured.terms["on_time"]
            for point in (0, 1):
                assert played.alternatives[place] == name
                assert played.cost_cny[COST][point, number, place].tolist() == cost.tolist()
                for side in (0, 1):
                    assert played.figures["on_time"][side][point, number, place].tolist() == on_time[side].tolist()
        rewritten = lower(with_values(file.alternatives[name], name, known.inputs, stated), name)
        assert digest_of((rewritten.program, rewritten.plan)) == digest_of((lowered.program, lowered.plan))
        assert rewritten.tariffs == lowered.tariffs


def test_a_price_moves_cost_by_hand() -> None:
    """500 instead of 300 CNY/t of rail freight: every tonne of the base costs 200 CNY more, and lorries nothing."""
    known = doubted(load(TEXT), NAMES)
    played = play_at(known, [{}, {"tariffs.rail freight.price": F(1, 2)}], 4, [COST], engine="reference")
    cost = played.cost_cny[COST]
    more = cost[1] - cost[0]
    base, road, dear = (played.of(name) for name in NAMES)
    goods = played.flows.index("goods")
    np.testing.assert_allclose(more[:, base], played.kg[0, :, base] * 0.2, atol=0.02)
    assert (more[:, road, goods] == 0).all()
    assert (more[:, dear] == 0).all(), "its price is its own and in no doubt"
    assert (played.kg[0, :, base, goods] == played.consignments[0, :, base, goods] * 2000).all()
    assert (played.value_cny == played.kg).all(), "a kilogram is worth 1 CNY"


def test_points_that_differ_in_money_are_simulated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    known = doubted(load(TEXT), NAMES)
    ran: Counter[int] = Counter()

    def counted(lowered: Any, replications: range, *others: Any, **more: Any) -> Iterator[Any]:
        ran[len(replications)] += 1
        return simulate(lowered, replications, *others, **more)

    simulate = doubt_points.simulate
    monkeypatch.setattr(doubt_points, "simulate", counted)
    points = [{"tariffs.lorry.price": F(price, 10)} for price in (5, 6, 7, 8)]
    play_at(known, points, 2, [COST], engine="reference")
    # the base and the dear alternative are one simulation, the road another
    assert ran == {2: 2}
    play_at(known, [*points, {"routes.by lorry.steps.drive.takes": F(25 * HOUR)}], 2, [COST], engine="reference")
    # where the world differs, all of it is played again
    assert ran == {2: 2 + 2 + 2}


def test_neither_workers_nor_cutting_change_a_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    file = load(TEXT)

    def played(executor: Any, engine: str = "reference") -> bytes:
        return both(play_design(file, NAMES, [COST], 8, 5, executor, engine=engine).played)

    whole = played(Here())
    monkeypatch.setattr(study, "MOST_IN_TASK", 3)
    monkeypatch.setattr(study, "TASKS_PER_WORKER", 1)
    assert played(Here()) == whole
    with local_executor(Where.PROCESSES, 2) as hands:
        assert played(hands) == whole
    assert played(Here(), "compiled") == whole


def test_points_have_their_own_noise_and_alternatives_share_it() -> None:
    """The same arrivals in all alternatives of a point, other ones at other points and in other replications."""
    result = play_design(load(TEXT), NAMES, [COST], 8, 5, engine="reference")
    played = result.played
    assert played.consignments.shape == (8, 2, 3, 2)
    assert (played.consignments == played.consignments[:, :, :1]).all()
    assert len({tuple(row) for row in played.consignments[:, :, 0].reshape(16, 2).tolist()}) > 8
    names = [one.name for one in result.design.inputs]
    weight = result.design.values[:, names.index("flows.goods.weight")]
    goods = played.flows.index("goods")
    np.testing.assert_allclose(played.kg[:, 0, 0, goods] / played.consignments[:, 0, 0, goods], weight, rtol=1e-6)


def test_a_point_that_cannot_be_is_named() -> None:
    """Deliveries are taken from 10 h before departure on: a cut-off of 12 h leaves no time for any."""
    text = world(
        FLOWS,
        routes=ROUTES,
        facilities={"ramp": {}},
        services={"train": {"departs": "daily 12:00", "cutoff": assumed("4 h", "2 h", "12 h"), "opens": "10 h"}},
        tariffs=TARIFFS,
    )
    known = doubted(load(text), ["base"])
    points = [{}, {"services.train.cutoff.yard": F(12 * HOUR)}]
    with pytest.raises(ModelError) as caught:
        play_at(known, points, 2, [COST], engine="reference")
    first, last = map(str, caught.value.problems)
    assert "point 1: base: service train takes deliveries from 10 h before departure" in first
    assert "1 of 2 points cannot be played" in last
    passed = play_at(known, points, 2, [COST], engine="reference", pass_over=True)
    assert list(passed.wrong) == [1]
    assert "10 h before departure" in passed.wrong[1]
    assert np.isnan(passed.cost_cny[COST][1]).all()
    assert (passed.cost_cny[COST][0] == play_at(known, points[:1], 2, [COST], engine="reference").cost_cny[COST]).all()


@pytest.mark.parametrize("end", ["low", "high"])
def test_money_never_changes_what_is_simulated(end: str) -> None:
    """All money inputs of a shipped scenario at an end of their ranges: the same Program and plan."""
    file = load(ROOT / "scenarios" / "rail_shenzhen_hongkong.yaml", only=["train as planned"])
    known = doubted(file, list(file.alternatives))
    money = {one.name: getattr(one, end) for one in known.inputs if one.is_money}
    assert len(money) > 20
    for name, scenario in known.scenarios.items():
        plain, moved = lower(scenario, name), lower(with_values(scenario, name, known.inputs, money), name)
        assert plain.program == moved.program
        assert digest_of(plain.plan) == digest_of(moved.plan)


def test_replications_of_few_points_are_shared_out_and_the_same() -> None:
    """24 replications in parts of 4 or in one: the same bits."""
    known = doubted(load(TEXT), ["base"])
    whole = play_at(known, [{}], 24, [COST], engine="reference")
    some = play_at(known, [{}], 4, [COST], engine="reference", first=8)
    assert whole.consignments.shape == (1, 24, 1, 2)
    for name in ("consignments", "kg", "value_cny"):
        assert (getattr(whole, name)[:, 8:12] == getattr(some, name)).all()
    assert (whole.cost_cny[COST][:, 8:12] == some.cost_cny[COST]).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"values": [{"tariffs.lory.price": F(1)}]}, '"tariffs.lory.price" is no input in doubt here'),
        ({"costs": ["cash/chain/later"]}, '"cash/chain/later" is no cost here'),
        ({"figures": ["transit_p90"]}, '"transit_p90" is no figure here'),
    ],
)
def test_names_of_nothing(arguments: dict[str, Any], message: str) -> None:
    known = doubted(load(TEXT), NAMES)
    with pytest.raises(InputError, match=message):
        play_at(known, **{"values": [{}], "replications": 2, "costs": [COST], **arguments})
    with pytest.raises(InputError, match='"rode" is no alternative'):
        doubted(load(TEXT), ["rode"])
