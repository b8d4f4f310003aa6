"""Baselines: what a scenario gave when somebody last said that it was right, one JSON file a scenario.

{"format": 1, "scenario": ..., "results_version": ..., "seed": ..., "replications": {"hashed": ..., "statistics": ...},
 "history": [{"reason", "results_version", "version", "equivalent", "different", "not_judged"}...],
 "alternatives": {name: {"stages": {stage: {"hash", "parts"}}, "noise_off": {figure: text},
                         "marks": {figure: number}, "statistics": {figure: [value, deviation, skewness, excess]}}}}
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import nan
from pathlib import Path
from typing import Any

from corridor_sim.errors import Problem, ResultsError
from corridor_sim.evidence.equivalence import Spread
from corridor_sim.study.bundle import json_bytes
from corridor_sim.study.pages import write_files
from corridor_sim.study.regression.chain import STAGES, Chain, Parts, stage_hash

FORMAT = 1
FOLDER = Path("results/baselines")
SPREAD_DIGITS = 12


@dataclass(frozen=True)
class Blessed:
    """What is blessed of one alternative."""

    chain: Chain
    noise_off: Parts
    marks: Mapping[str, float]
    statistics: Mapping[str, Spread]


@dataclass(frozen=True)
class Baseline:
    """What is blessed of a scenario; `history` has a dict for each blessing, the oldest first."""

    scenario: str
    results_version: int
    seed: int
    hashed: int
    replications: int
    history: tuple[Mapping[str, Any], ...]
    alternatives: Mapping[str, Blessed]


def baseline_file(folder: Path, scenario: str) -> Path:
    """Return where the baseline of a scenario stands."""
    return folder / f"{scenario}.json"


def read_baseline(folder: Path, scenario: str) -> Baseline | None:
    """Return the baseline of a scenario, None where there is none. Raises ResultsError for a damaged or foreign one."""
    path = baseline_file(folder, scenario)
    try:
        told = json.loads(path.read_bytes())
        if told["format"] != FORMAT or told["scenario"] != scenario:
            raise ValueError
        return _read(told)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ResultsError(Problem(f"cannot be read: {error.strerror or error}", file=str(path))) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        message = f'is no baseline of "{scenario}"; put it back from version control, or bless the scenario anew'
        raise ResultsError(Problem(message, file=str(path))) from error


def _read(told: Mapping[str, Any]) -> Baseline:
    times = told["replications"]
    statistics = int(times["statistics"])
    alternatives = {}
    for name, one in told["alternatives"].items():
        chain = {stage: dict(one["stages"][stage]["parts"]) for stage in STAGES}
        if any(one["stages"][stage]["hash"] != stage_hash(parts) for stage, parts in chain.items()):
            raise ValueError
        spreads = {figure: _spread(numbers, statistics) for figure, numbers in one["statistics"].items()}
        marks = {figure: nan if mark is None else float(mark) for figure, mark in one["marks"].items()}
        alternatives[name] = Blessed(chain, dict(one["noise_off"]), marks, spreads)
    version, seed = int(told["results_version"]), int(told["seed"])
    history = tuple(dict(one) for one in told["history"])
    return Baseline(told["scenario"], version, seed, int(times["hashed"]), statistics, history, alternatives)


def _spread(numbers: list[float] | None, replications: int) -> Spread:
    value, deviation, skewness, excess = (nan,) * (1 + 1 + 1 + 1) if numbers is None else map(float, numbers)
    return Spread(value, deviation, skewness, excess, replications)


def write_baseline(folder: Path, baseline: Baseline) -> Path:
    """Write a baseline, wholly or not at all, and return its file. Raises ResultsError."""
    path = baseline_file(folder, baseline.scenario)
    write_files({path: json_bytes(_told(baseline))})
    return path


def _told(baseline: Baseline) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "scenario": baseline.scenario,
        "results_version": baseline.results_version,
        "seed": baseline.seed,
        "replications": {"hashed": baseline.hashed, "statistics": baseline.replications},
        "history": list(baseline.history),
        "alternatives": {name: _told_of(one) for name, one in baseline.alternatives.items()},
    }


def _told_of(one: Blessed) -> dict[str, Any]:
    return {
        "stages": {stage: {"hash": stage_hash(parts), "parts": parts} for stage, parts in one.chain.items()},
        "noise_off": one.noise_off,
        "marks": {name: _number(mark) for name, mark in one.marks.items()},
        "statistics": {name: _numbers(spread) for name, spread in one.statistics.items()},
    }


def _numbers(spread: Spread) -> list[float] | None:
    """Return the four numbers of a figure, None where it is not available."""
    numbers = [_number(each) for each in (spread.value, spread.deviation, spread.skewness, spread.excess)]
    return None if None in numbers else [each for each in numbers if each is not None]


def _number(value: float) -> float | None:
    """Return a number with SPREAD_DIGITS digits, None where it is not finite."""
    return float(f"{value:.{SPREAD_DIGITS}g}") if abs(value) < float("inf") else None
