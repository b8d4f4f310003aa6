"""Sweeps: the figures are those of runs, and nothing about how they are run changes a byte."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from corridor_sim.errors import InputError, ModelError
from corridor_sim.scenario.load import ScenarioFile, load
from corridor_sim.study import play as playing
from corridor_sim.study.bundle import kpis_csv
from corridor_sim.study.design import lay_out
from corridor_sim.study.evaluate import evaluate
from corridor_sim.study.executors import Here, local_executor
from corridor_sim.study.figures import Figures
from corridor_sim.study.goals import goal_of, wanted_figure
from corridor_sim.study.kinds import Kind, Where
from corridor_sim.study.points import PointTask
from corridor_sim.study.sweep import Question, sweep

SMALL = Path(__file__).parents[1] / "scenario" / "small.yaml"
POINTS = [("HKD 300/box", "6 h"), ("HKD 300/box", "12 h"), ("HKD 600/box", "6 h"), ("HKD 600/box", "12 h")]
Swept = tuple[Path, Figures]
RunSweep = Callable[..., Swept]
Check = Callable[[Path], None]


def rows_of(folder: Path, table: str = "sweep") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(folder / f"{table}.parquet").to_pylist()
    return rows


def test_every_figure_is_that_of_a_run_of_its_point(finished: Swept) -> None:
    swept = {(row["point"], row["alternative"], row["flow"], row["kpi"]): row for row in rows_of(finished[0])}
    for point in (1, 2):
        price, cutoff = POINTS[point]
        file = load(SMALL, [f"tariffs.lift.price={price}", f"services.train.cutoff={cutoff}"])
        written = list(csv.DictReader(io.StringIO(kpis_csv(evaluate(file, replications=11).summary))))
        for run in (each for each in written if not each["kpi"].startswith("tfi")):
            row = swept.get((point, run["alternative"], run["flow"], run["kpi"]))
            assert row is not None, run
            found = {
                name: "" if row[name] is None else str(row[name]) for name in ("value", "low", "high", "unit", "n")
            }
            assert found == {name: run[name] for name in found}, (point, run)
            assert str(row["resolved"]).lower() == run["resolved"]


def test_the_table_is_tidy_parameters_first(finished: Swept) -> None:
    schema = pq.read_schema(finished[0] / "sweep.parquet")
    assert schema.names == [
        "tariffs.lift.price",
        "services.train.cutoff",
        *("alternative", "flow", "kpi", "value", "low", "high", "unit", "n", "resolved", "method", "point"),
    ]
    assert schema.field("tariffs.lift.price").metadata == {b"unit": b"HKD/box"}
    rows = rows_of(finished[0])
    assert {(row["tariffs.lift.price"], row["services.train.cutoff"], row["point"]) for row in rows} == {
        (300.0, 6.0, 0),
        (300.0, 12.0, 1),
        (600.0, 6.0, 2),
        (600.0, 12.0, 3),
    }
    keys = Counter((row["point"], row["alternative"], row["flow"], row["kpi"]) for row in rows)
    assert set(keys.values()) == {1}


def test_values_without_a_common_unit_stand_as_they_were_written(small: ScenarioFile, tmp_path: Path) -> None:
    design = lay_out(["services.train.cutoff=90 min,2 h"], Kind.GRID, None, 1)
    folder, _ = sweep(Question(small, design, 1, 1), tmp_path, Here())
    assert {row["services.train.cutoff"] for row in rows_of(folder)} == {"90 min", "2 h"}


def test_figures_come_out_again_from_the_table_of_replications(finished: Swept) -> None:
    sums: dict[tuple[Any, ...], list[float]] = {}
    for row in rows_of(finished[0], "replications"):
        top = sums.setdefault((row["point"], row["alternative"], row["kpi"]), [0.0, 0.0])
        top[0] += row["numerator"]
        top[1] += row["denominator"]
    checked = 0
    for row in rows_of(finished[0]):
        ratio = sums.get((row["point"], row["alternative"], row["kpi"])) if row["flow"] == "all" else None
        if ratio is not None and row["value"] is not None:
            assert row["value"] == pytest.approx(ratio[0] / ratio[1])
            checked += 1
    assert checked > 100


def test_a_price_is_not_simulated_again(run_sweep: RunSweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    played: Counter[tuple[str, int]] = Counter()
    simulate = playing.simulate

    def counted(lowered: Any, replications: range, *others: Any, **more: Any) -> Any:
        played.update((lowered.alternative, number) for number in replications)
        return simulate(lowered, replications, *others, **more)

    monkeypatch.setattr(playing, "simulate", counted)
    _, summary = run_sweep(tmp_path, replications=2)
    # the train at two cut-offs, each at two prices; the truck meets neither
    assert summary["simulated"] == {"alternatives_at_points": 8, "distinct": 5, "programs": 3}
    assert sum(played.values()) == 2 * 3


@pytest.mark.parametrize(("where", "workers", "most"), [(Where.PROCESSES, 2, 3), (Where.THREADS, 2, 2)])
def test_workers_change_no_byte(
    run_sweep: RunSweep, same_bytes: Check, tmp_path: Path, where: Where, workers: int, most: int
) -> None:
    with local_executor(where, workers) as executor:
        same_bytes(run_sweep(tmp_path, executor, most_in_chunk=most)[0])


@pytest.mark.parametrize("most", [1, 20])
def test_chunks_change_no_byte(run_sweep: RunSweep, same_bytes: Check, tmp_path: Path, most: int) -> None:
    class Alone(Here):
        workers = 0.01

    folder, _ = run_sweep(tmp_path, Alone(), most_in_chunk=most)
    sizes = {int(path.stem[-7:]) - int(path.stem[-15:-8]) for path in folder.glob("chunks/*")}
    assert max(sizes) == min(most, 11)
    same_bytes(folder)


def test_few_points_are_looked_at_in_parts_so_that_no_worker_is_idle(
    run_sweep: RunSweep, same_bytes: Check, tmp_path: Path
) -> None:
    looked: list[tuple[str, ...]] = []

    class Many(Here):
        workers = 8

        def run(self, work: Any, tasks: Any) -> Any:
            for task in tasks:
                looked.extend([task.alternatives] if isinstance(task, PointTask) else [])
                yield task, work(task)

    same_bytes(run_sweep(tmp_path, Many())[0])
    assert looked == [("train",), ("truck",)] * 4, "two alternatives at four points keep eight workers busy"


def test_more_replications_are_appended(run_sweep: RunSweep, same_bytes: Check, tmp_path: Path) -> None:
    folder, _ = run_sweep(tmp_path, replications=5)
    kept = {path.name: path.stat().st_ino for path in folder.glob("chunks/*")}
    told: list[tuple[str, int, int]] = []
    again, _ = run_sweep(tmp_path, progress=lambda *said: told.append(said))
    assert again == folder
    assert next(said for said in told if said[0] == "replications") == ("replications", 5 * 5, 11 * 5)
    assert kept.items() <= {path.name: path.stat().st_ino for path in folder.glob("chunks/*")}.items()
    same_bytes(folder)
    assert run_sweep(tmp_path, replications=5)[1]["design"]["points"][0]["replications"] == 5
    same_bytes(run_sweep(tmp_path)[0])


def test_a_finished_sweep_is_not_played_again(
    run_sweep: RunSweep, same_bytes: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_sweep(tmp_path)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("everything is kept")

    monkeypatch.setattr(playing, "simulate", refuse)
    same_bytes(run_sweep(tmp_path)[0])


def test_replications_go_on_until_the_interval_is_narrow_enough(run_sweep: RunSweep, tmp_path: Path) -> None:
    wanted = wanted_figure("transit_mean", "train")
    folder, summary = run_sweep(tmp_path, goal=goal_of(wanted, "1.5%", 400, 11))
    assert summary["precision"]["not_reached"] == []
    counts = {place: point["replications"] for place, point in enumerate(summary["design"]["points"])}
    assert max(counts.values()) > 11
    for row in rows_of(folder):
        if (row["flow"], row["kpi"]) == ("all", "transit_mean"):
            assert row["n"] == counts[row["point"]]
            assert row["high"] - row["value"] <= 0.015 * row["value"]


def test_the_cap_ends_it_and_what_is_not_reached_is_told(run_sweep: RunSweep, tmp_path: Path) -> None:
    wanted = wanted_figure("saving_percent_to_train_per_kg:cash/chain/after", "train")
    _, summary = run_sweep(tmp_path, goal=goal_of(wanted, "0.001 pp", 13, 11))
    assert {point["replications"] for point in summary["design"]["points"]} == {13}
    missed = summary["precision"]["not_reached"]
    assert [(each["point"], each["alternative"]) for each in missed] == [(point, "truck") for point in range(4)]
    assert all(math.isfinite(each["value"]) for each in missed)


@pytest.mark.parametrize(
    ("kpi", "words", "said"),
    [
        ("on_tim", "1%", 'did you mean "on_time"'),
        ("on_time", "1 h", "1 pp"),
        ("transit_mean", "1 kg", "0.5 h"),
        ("transit_mean", "0 h", "more than 0"),
        ("cost_per_kg:cash/chain/after", "1 HKD", "not in CNY"),
        ("transit_mean", "x", "such as"),
    ],
)
def test_a_goal_that_makes_no_sense_is_refused(kpi: str, words: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        goal_of(wanted_figure(kpi, "train"), words, 100, 10)


@pytest.mark.parametrize(
    ("words", "unit", "amount"),
    [("30 min", "transit_mean", 0.5), ("2 pp", "on_time", 0.02), ("5 CNY", "cost_per_kg:cash/chain/after", 5.0)],
)
def test_an_amount_is_in_the_unit_of_the_figure(words: str, unit: str, amount: float) -> None:
    precision = goal_of(wanted_figure(unit, "train"), words, 100, 10).precision
    assert (precision.amount, precision.relative) == (pytest.approx(amount), False)


def test_a_figure_no_alternative_has_ends_the_sweep(question: Question, tmp_path: Path) -> None:
    alone = load(SMALL, only=["train"])
    goal = goal_of(wanted_figure("saving_cny_to_train_per_kg:cash/chain/after", "train"), "1%", 20, 1)
    with pytest.raises(InputError, match="no alternative of this scenario has this figure"):
        sweep(Question(alone, question.design, 7, 1, goal), tmp_path, Here())


def test_problems_of_points_are_told_before_anything_is_written(small: ScenarioFile, tmp_path: Path) -> None:
    for vary, said in [
        ("flows.plumbs.weight=1 kg,2 kg", 'no "plumbs" in flows (did you mean "plums"?)'),
        ("flows.plums.weight=1 kg,2 h", '--vary flows.plums.weight=2 h flows.plums.weight: "2 h" is not a mass'),
    ]:
        with pytest.raises(InputError) as caught:
            sweep(Question(small, lay_out([vary], Kind.GRID, None, 1), 1, 1), tmp_path, Here())
        assert len(caught.value.problems) == 1
        assert said in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_model_that_cannot_run_at_a_point_names_it(small: ScenarioFile, tmp_path: Path) -> None:
    design = lay_out(["services.train.capacity=[50 TEU, 8 plugs],[1 TEU, 8 plugs]"], Kind.GRID, None, 1)
    with pytest.raises((ModelError, InputError), match=r"\[1 TEU, 8 plugs\]"):
        sweep(Question(small, design, 1, 1), tmp_path, Here())


def test_the_recipe_is_the_same_whatever_the_number_of_replications(run_sweep: RunSweep, tmp_path: Path) -> None:
    keys = {run_sweep(tmp_path / str(count), replications=count)[0].name for count in (1, 2)}
    assert len(keys) == 1


def test_ticks_come_back_exactly(finished: Swept) -> None:
    """Pooled figures need every consignment: whole seconds, which a table of hours would not keep."""
    chunk = next(finished[0].glob("chunks/*"))
    table = pq.read_table(chunk)
    ticks = np.concatenate([np.asarray(each) for each in table["door_to_door"].to_pylist()])
    assert ticks.dtype.kind == "i"
    assert (ticks > 0).all()
