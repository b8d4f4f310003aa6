"""The options that commands share, and how their values are read."""

from __future__ import annotations

import os
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from corridor_sim.errors import InputError, Problem

MOST_WORKERS = 1024
MOST_REPLICATIONS = 1_000_000
LARGEST_SEED = (1 << 63) - 1
"""The limits of `clock.replications` and `clock.seed` in a scenario; a test keeps them equal."""


class Switch(StrEnum):
    """A choice between on and off."""

    ON = "on"
    OFF = "off"


class Language(StrEnum):
    """The scripts of reports; a test keeps them equal to those of `report.script`."""

    EN = "en"
    ZH_HANS = "zh-Hans"
    ZH_HANT_HK = "zh-Hant-HK"


class EngineName(StrEnum):
    """The engines of `study.engines`; a test keeps them equal."""

    AUTO = "auto"
    REFERENCE = "reference"
    COMPILED = "compiled"


File = Annotated[Path, typer.Argument(metavar="FILE", help="Scenario, a YAML file.", show_default=False)]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Override a value; may be repeated.", show_default=False),
]
Replications = Annotated[
    int | None,
    typer.Option(min=1, max=MOST_REPLICATIONS, help="Number of replications, instead of the scenario's."),
]
Seed = Annotated[
    int | None, typer.Option(min=0, max=LARGEST_SEED, help="Seed of the draws, instead of the scenario's.")
]
Noise = Annotated[Switch, typer.Option(help="off: everything at its mean, in one replication.")]
Lanes = Annotated[
    list[str] | None,
    typer.Option(
        "--lane", metavar="STEP=LANE", help="With --noise off: the lane to take at a branch.", show_default=False
    ),
]
Engine = Annotated[
    EngineName, typer.Option(help="What plays; the results are the same. auto: compiled where that is sooner.")
]
Why = Annotated[
    bool,
    typer.Option(
        "--why", help="Also find what each override of an alternative does to its cost: up to 62 mixed runs each."
    ),
]
Of = Annotated[str | None, typer.Option("--of", metavar="ALT", help="Alternative that is judged.", show_default=False)]
Against = Annotated[
    str | None, typer.Option(metavar="ALT", help="What it saves against; by default the baseline.", show_default=False)
]
CostBase = Annotated[str, typer.Option(metavar="BASE", help="cash, total_logistics or with_carbon.")]
Perspective = Annotated[str, typer.Option(metavar="PARTY", help="shipper, consignee or chain.")]
WorkerCount = Annotated[
    int | None, typer.Option("--workers", min=1, max=MOST_WORKERS, help="Workers; by default one a processor.")
]
Out = Annotated[Path, typer.Option(metavar="DIR", help="Folder of results.")]
Scope = Annotated[
    list[str] | None, typer.Option(metavar="FLOW,...", help="Flows that count; by default all.", show_default=False)
]
Debug = Annotated[bool, typer.Option("--debug", help="Show where in the program an error arose.")]


def lanes_of(arguments: Iterable[str], noise: Switch) -> dict[str, str]:
    """Return step -> lane of `--lane step=name` arguments. Raises InputError with all problems."""
    lanes: dict[str, str] = {}
    problems = []
    for argument in arguments:
        step, sign, lane = (part.strip() for part in argument.partition("="))
        if not (step and sign and lane):
            problems.append(Problem("expected step=lane, for instance export check=selected", file=_label(argument)))
        elif lanes.setdefault(step, lane) != lane:
            problems.append(Problem(f'"{step}" takes the lane "{lanes[step]}" already', file=_label(argument)))
        elif noise is Switch.ON:
            problems.append(Problem("lanes are chosen by chance unless --noise off is given", file=_label(argument)))
    if problems:
        raise InputError(problems)
    return lanes


def _label(argument: str) -> str:
    return f"--lane {argument}"


def workers() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
