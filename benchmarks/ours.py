"""The corridors as scenarios of this project, played by its engines: the other side of every race."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path

import numpy as np

from benchmarks.size import Size
from corridor_sim import load, lower
from corridor_sim.engine.base import Trace
from corridor_sim.engine.program import Inputs, Program
from corridor_sim.metrics.kpis import COST_PER_BOX
from corridor_sim.network.lowered import Lowered
from corridor_sim.study.play import AFTER, Played, Reader, cost_key, play, readers_of, without_looking_for_cycles
from corridor_sim.study.simulate import simulate
from corridor_sim.units import SECONDS_PER_HOUR

SEED = 1
READERS: dict[tuple[int, str], tuple[Lowered, tuple[Reader, ...]]] = {}
FOLDER = Path(__file__).parent
COST = f"{COST_PER_BOX}:{cost_key('total_logistics', 'chain', AFTER)}"
SHARES = {"on_time": "on_time", "no_room": "no_room", "transit_mean": "transit_mean", "cost_per_box": COST}


def corridor(size: Size | None = None) -> Lowered:
    """Return the reference corridor of a size, ready to run."""
    return scenario("corridor_year", [] if size is None else size.overrides())


def scenario(name: str, overrides: Sequence[str] = ()) -> Lowered:
    """Return a scenario of this folder, ready to run."""
    file = load(FOLDER / f"{name}.yaml", list(overrides))
    return lower(file.base, file.baseline)


def engine(name: str) -> str | None:
    """Return the name of an engine, None where it (or what it needs) is not there."""
    try:
        import_module(f"corridor_sim.engine.{name}")
    except ImportError:
        return None
    return name


def floor() -> Callable[[Program, Inputs], object] | None:
    """Return the compiled kernel's draws and writes without the simulation, None where the engine cannot run."""
    if engine("compiled") is None:
        return None
    from benchmarks.floor import floor as least

    return least


def trace_of(lowered: Lowered, run: str, replication: int) -> tuple[Inputs, Trace]:
    """Draw and simulate one replication, nothing else."""
    with without_looking_for_cycles():
        made = next(simulate(lowered, range(replication, replication + 1), SEED, engine=run))
        return made.inputs, made.trace


def years(lowered: Lowered, run: str, replications: range, details: bool = False) -> list[dict[str, float]]:
    """Return the figures of replications, drawn, simulated, priced and measured; without details as in a sweep."""
    known = readers(lowered, run)
    with without_looking_for_cycles():
        (found,) = play([lowered], [replications.stop], replications, SEED, engine=run, readers=known, details=details)
    return [figures(lowered.program, played) for played in found]


def readers(lowered: Lowered, run: str) -> tuple[Reader, ...]:
    """Return the scenario ready to be priced and measured, which a study makes once."""
    known = READERS.get((id(lowered), run))
    if known is None or known[0] is not lowered:
        known = READERS[id(lowered), run] = (lowered, readers_of([lowered], SEED, engine=run))
    return known[1]


def figures(program: Program, played: Played) -> dict[str, float]:
    """Return the figures of one replication under the names that the models written by hand use."""
    measured = played.measured
    hours = measured.door_to_door / SECONDS_PER_HOUR
    p50, p90, p95 = np.percentile(hours, [50, 90, 95])
    return {
        "boxes": float(len(hours)),
        **{name: _ratio(measured.terms[key]) for name, key in SHARES.items()},
        "transit_p50": float(p50),
        "transit_p90": float(p90),
        "transit_p95": float(p95),
        **(_utilisations(program, measured.details) if len(measured.details) else {}),
    }


def _ratio(terms: tuple[np.ndarray, np.ndarray]) -> float:
    return float(terms[0].sum() / terms[1].sum())


def _utilisations(program: Program, details: Mapping[str, tuple[float, float]]) -> dict[str, float]:
    found = {}
    for name in program.facility_names:
        busy, staffed = details[f"facility/{name}/utilisation"]
        found[f"utilisation_{name}"] = busy / staffed
    return found
