"""Metamodels of savings over the inputs in doubt: which are wanted, and their fitting, spread over an executor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from corridor_sim.evidence.metamodel import Guess, Metamodel, best_guess, fit
from corridor_sim.evidence.responses import Inputs, Responses, Split, drawn_in, saving_responses, split_variance
from corridor_sim.sampling.law import Floats
from corridor_sim.study.doubt import PlayedDesign
from corridor_sim.study.executors import Executor


@dataclass(frozen=True, slots=True)
class Wanted:
    """A saving: the cost of `of` less than that of `instead_of`, as a share of that of `against`.

    `cost`: a key of `play.cost_key`; `flows`: numbers of the flows it is about.
    """

    of: str
    instead_of: str
    against: str
    cost: str
    flows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A saving over the inputs' ranges.

    `model` its metamodel, from responses of which `drawn_in` had run away (see `drawn_in`); `guess` the expected saving
    at the points of the design; `split` its variance by doubt and noise.
    """

    model: Metamodel
    guess: Guess
    split: Split
    drawn_in: int


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    wanted: Wanted
    inputs: Inputs
    responses: Responses
    seed: int


def saving_of(played: PlayedDesign, wanted: Wanted) -> Responses:
    """Return a saving at each point of the design.

    Raises ValueError where the baseline costs nothing from this perspective.
    """
    ours, instead, theirs = (
        costs(played, name, wanted.cost, wanted.flows) for name in (wanted.of, wanted.instead_of, wanted.against)
    )
    return saving_responses(theirs - (instead - ours), theirs)


def has_saving(played: PlayedDesign, wanted: Wanted) -> bool:
    """Return whether the baseline costs something at every point, so that a share of it can be saved."""
    theirs = costs(played, wanted.against, wanted.cost, wanted.flows)
    return bool(np.isfinite(theirs).all() and (theirs > 0).all())


def costs(played: PlayedDesign, alternative: str, cost: str, flows: tuple[int, ...]) -> Floats:
    """Return CNY of an alternative's flows: float64[points, replications]."""
    points = played.played
    total: Floats = points.cost_cny[cost][:, :, points.of(alternative), list(flows)].sum(axis=-1)
    return total


def fit_all(
    played: PlayedDesign, inputs: Inputs, wanted: Iterable[Wanted], executor: Executor
) -> Mapping[Wanted, Fitted]:
    """Return the metamodels of all savings that can be had; those of a baseline without cost are left out."""
    known = [each for each in dict.fromkeys(wanted) if has_saving(played, each)]
    tasks = [_Task(each, inputs, saving_of(played, each), played.seed) for each in known]
    return {task.wanted: fitted for task, fitted in executor.run(_fit, tasks)}


def _fit(task: _Task) -> Fitted:
    responses, moved = drawn_in(task.responses)
    model = fit(task.inputs, responses, seed=task.seed)
    return Fitted(model, best_guess(model, task.responses), split_variance(task.responses, task.seed), moved)
