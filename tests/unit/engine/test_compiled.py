"""The compiled engine as a thing: the room it makes, its memory used again, and its threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from both_engines import TABLES
from corridor_sim import load, lower
from corridor_sim.engine.base import VISITS, Trace
from corridor_sim.engine.program import Inputs, Op, Program
from corridor_sim.engine.reference import run as reference
from corridor_sim.errors import EngineError, InputError, ModelError
from corridor_sim.network.inputs import draw_inputs
from random_worlds import made_world
from small_world import world

pytest.importorskip("numba")

from corridor_sim.engine import compiled, kernel, layout
from corridor_sim.engine.compiled import CompiledEngine

Case = tuple[Program, Inputs]
WORLDS = 6
MOST_DRAWS = 1 << 16
DRIVE = {"drive": {"road": "A to B", "takes": "1 h"}}


# ------------------------------------------------------------------------------------------------------ retries


def case(text: str, noise: bool = True, replication: int = 0) -> Case:
    file = load(text)
    lowered = lower(file.base, file.baseline)
    return lowered.program, draw_inputs(lowered.program, lowered.plan, 1, replication, noise)


@pytest.fixture(scope="module")
def demanding() -> Case:
    """A world with many events at a time, loops, returns under way and failures that no calendar knows."""
    desk = {"servers": 3, "failures": {"every": "3 h", "lasts": "1 h", "servers": 1, "counts": "busy"}}
    return case(
        world(
            flows={name: {"arrives": {"every": "20 min"}} for name in "fg"},
            measure="2026-01-05 to 2026-01-06",
            facilities={"desk": desk, "pool": {"holds": "90 consignments"}},
            steps=[
                {"take": {"seize": "pool"}},
                {"try": {"at": "desk", "takes": {"uniform": ["10 min", "40 min"]}}},
                {"leave": {"release": "pool", "returns_after": "9 h"}},
                {"rest": {"wait": "1 h"}},
                {"lot": {"branch": {"no": {"share": "60 %", "again": "rest", "at_most": 9}, "yes": {}}}},
                DRIVE,
            ],
        )
    )


@pytest.fixture(scope="module")
def worlds() -> list[Case]:
    """Worlds made by chance, noise on and off."""

    def sound() -> Iterator[Case]:
        for number in range(100, 200):
            try:
                text = made_world(Random(number))
                yield from (case(text, noise) for noise in (True, False))
            except (InputError, ModelError):
                continue

    cases = sound()
    return [next(cases) for _ in range(WORLDS)]


ROOMS: dict[str, Callable[[layout.Rules], object]] = {
    "heap": lambda rules: 1,
    "returns": lambda rules: 1,
    "spare_changes": lambda rules: 1,
    "most_rows": lambda rules: np.ones_like(rules.most_rows),
}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_that_is_too_small_grows_and_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, demanding: Case, room: str
) -> None:
    made: list[layout.Rules] = []

    def small(program: Program) -> layout.Rules:
        rules = layout.lay_out(program)
        made.append(replace(rules, **{room: ROOMS[room](rules)}))
        return made[-1]

    monkeypatch.setattr(compiled, "lay_out", small)
    assert CompiledEngine()(*demanding).digest() == reference(*demanding).digest()
    assert np.max(getattr(made[0], room)) > 1


def test_all_rooms_may_be_too_small_at_once_in_any_world(monkeypatch: pytest.MonkeyPatch, worlds: list[Case]) -> None:
    def small(program: Program) -> layout.Rules:
        rules = layout.lay_out(program)
        return replace(rules, **{name: room(rules) for name, room in ROOMS.items()})

    whole = [outcome(CompiledEngine(), one) for one in worlds]
    monkeypatch.setattr(compiled, "lay_out", small)
    assert [outcome(CompiledEngine(), one) for one in worlds] == whole


def test_a_program_with_loops_begins_with_a_guess_of_its_visits(
    monkeypatch: pytest.MonkeyPatch, demanding: Case
) -> None:
    monkeypatch.setattr(layout, "LAPS", 1)
    program = demanding[0]
    assert layout.lay_out(program).most_rows.tolist() == [len(program.code)] * 2
    trace = CompiledEngine()(*demanding)
    assert np.bincount(trace.visits[:, 0]).max() > len(program.code)
    assert trace.digest() == reference(*demanding).digest()


def with_containers(count: int) -> Case:
    """Return a world in which one consignment has so many containers, each of which is worked on for a second."""
    serve = {"at": "desk", "takes": "1 s", "per": "container"}
    program, inputs = case(world(flows={"f": "08:00"}, facilities={"desk": {}}, steps=[{"serve": serve}]), noise=False)
    return program, replace(inputs, consignments=replace(inputs.consignments, containers=np.array([count])))


TOO_MANY = "more than 65536 containers or draws at one step; bound its cycles"


def test_as_many_draws_as_a_counter_holds_are_made_and_one_more_is_an_error() -> None:
    program, inputs = with_containers(MOST_DRAWS)
    served = next(row for row in CompiledEngine()(program, inputs).visits if program.code[row[2]].op is Op.DELAY)
    assert served[6] - served[5] == MOST_DRAWS
    with pytest.raises(ModelError, match=TOO_MANY):
        CompiledEngine()(*with_containers(MOST_DRAWS + 1))


def with_lots(count: int) -> Case:
    """Return a world in which one consignment draws so many lots one after another, which no scenario may say."""
    lanes = {"no": {"share": "100 %", "again": "rest", "at_most": 1}, "yes": {}}
    steps = [{"rest": {"wait": "1 h"}}, {"lot": {"branch": lanes}}, DRIVE]
    program, inputs = case(world(flows={"f": "08:00"}, steps=steps))
    lot = next(number for number, step in enumerate(program.code) if step.op is Op.BRANCH)
    (rule,) = program.branches
    loop = replace(rule, targets=(lot, rule.targets[1]), again=(count - 1, 0))
    return replace(program, branches=(loop,)), inputs


def test_as_many_lots_as_a_counter_holds_are_drawn_and_one_more_is_an_error() -> None:
    lots = CompiledEngine()(*with_lots(MOST_DRAWS)).visits[:, VISITS.index("visit")]
    assert lots.max() == MOST_DRAWS - 1
    with pytest.raises(ModelError, match=TOO_MANY):
        CompiledEngine()(*with_lots(MOST_DRAWS + 1))


@pytest.mark.verify
def test_the_reference_engine_ends_with_the_same_words_at_the_same_draw() -> None:
    # it draws one after another, which takes it some seconds
    wanted = [outcome(reference, with_containers(count)) for count in (MOST_DRAWS, MOST_DRAWS + 1)]
    assert TOO_MANY in wanted[1]
    assert [outcome(CompiledEngine(), with_containers(count)) for count in (MOST_DRAWS, MOST_DRAWS + 1)] == wanted


def test_more_priorities_than_there_is_room_for_are_an_error_that_says_how_many() -> None:
    program, inputs = case(world(flows={"f": {"arrives": {"every": "15 min"}}}, steps=[DRIVE]))
    count = len(inputs.consignments.priority)
    assert count > kernel.MOST_PRIORITIES
    people = replace(inputs.consignments, priority=np.arange(count))
    with pytest.raises(ModelError, match="more than 512 different priorities; use fewer"):
        CompiledEngine()(program, replace(inputs, consignments=people))
    # vehicles have one of their own, 0
    most = replace(
        inputs.consignments, priority=np.arange(count) % (kernel.MOST_PRIORITIES - 1) - kernel.MOST_PRIORITIES
    )
    wanted = replace(inputs, consignments=most)
    assert CompiledEngine()(program, wanted).digest() == reference(program, wanted).digest()


# ----------------------------------------------------------------------------------------------- memory used again


def outcome(engine: Callable[[Program, Inputs], Trace], one: Case) -> str:
    """Return the digest of a Trace, or the words of an error."""
    try:
        return engine(*one).digest()
    except (EngineError, ModelError) as problem:
        return str(problem)


def test_an_engine_that_played_other_programs_plays_as_a_fresh_one(worlds: list[Case]) -> None:
    fresh = [outcome(CompiledEngine(), one) for one in worlds]
    used = CompiledEngine()
    turns = [*range(WORLDS), *reversed(range(WORLDS)), 0, 0, 1, 1]
    assert [outcome(used, worlds[turn]) for turn in turns] == [fresh[turn] for turn in turns]


def test_an_engine_may_forget_programs(monkeypatch: pytest.MonkeyPatch, worlds: list[Case]) -> None:
    fresh = [outcome(CompiledEngine(), one) for one in worlds]
    monkeypatch.setattr(compiled, "KEPT_PROGRAMS", 1)
    used = CompiledEngine()
    assert [outcome(used, one) for one in worlds * 2] == fresh * 2


def test_a_trace_that_is_kept_outlives_the_next_run_and_one_that_is_not_does_not(demanding: Case) -> None:
    program, inputs = demanding  # which has no departures
    other = replace(inputs, replication=7)
    for keep in (True, False):
        engine = CompiledEngine(keep)
        first = engine(program, inputs)
        before = first.digest()
        assert before == reference(program, inputs).digest()
        second = engine(program, other)
        assert second.digest() == reference(program, other).digest() != before
        assert (first.digest() == before) is keep
        shared = [name for name in TABLES if np.shares_memory(getattr(first, name), getattr(second, name))]
        assert shared == ([] if keep else ["visits", "outcomes"])


def test_two_threads_with_an_engine_each_do_not_meet(worlds: list[Case], demanding: Case) -> None:
    cases = [*worlds, demanding] * 3
    wanted = [outcome(CompiledEngine(), one) for one in cases]

    def play(order: list[int]) -> list[str]:
        engine = CompiledEngine()
        return [outcome(engine, cases[number]) for number in order]

    forth, back = list(range(len(cases))), list(reversed(range(len(cases))))
    with ThreadPoolExecutor(2) as pool:
        there, again = pool.map(play, (forth, back))
    assert there == wanted and again == wanted[::-1]
