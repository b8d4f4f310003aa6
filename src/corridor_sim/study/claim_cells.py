"""The flows of a claim one by one, and in what share of them its lower end is reached."""

from __future__ import annotations

import numpy as np

from corridor_sim.evidence.cells import Cell, Holding, explored, holding
from corridor_sim.evidence.metamodel import Guess, guess_by_responses
from corridor_sim.sampling.law import Floats
from corridor_sim.study.claim_doubt import rule_figures
from corridor_sim.study.claim_fits import Wanted, has_saving, saving_of
from corridor_sim.study.claim_known import Known, Tested, percent, stated_saving
from corridor_sim.study.figures import Figures, figure
from corridor_sim.study.summary import PERCENT

SHOWN = 0.9
"""Share of the expected saving over the inputs' ranges that is shown, evenly about its middle."""
TAIL = (1 - SHOWN) / 2
QUARTILES = (0.25, 0.5, 0.75)


def spread_figures(draws: Floats) -> Figures:
    """Return how an expected saving is spread over the inputs' ranges, in per cent."""
    low, quarter, middle, three_quarters, high = np.quantile(draws, [TAIL, *QUARTILES, 1 - TAIL]) * PERCENT
    return {
        "mean": float(draws.mean()) * PERCENT,
        "low": float(low),
        "quartiles": [float(quarter), float(three_quarters)],
        "median": float(middle),
        "high": float(high),
    }


def holding_figures(known: Known, tested: Tested, cost: str) -> Figures | None:
    """Return in what share of the flows the claim's lower end is reached in some cost, None where none has a cost."""
    cells = list(_cells(known, tested, cost))
    return _shares(holding(cells, tested.claimed.low)) if cells else None


def cell_figures(known: Known, tested: Tested) -> Figures:
    """Return the flows one by one in the cost of the claim, and in what share of them its lower end is reached."""
    wanted = {known.flows[flow]: tested.saving(flows=(flow,)) for flow in tested.flows}
    cells, low = _cells(known, tested, tested.cost), tested.claimed.low
    held = holding(cells, low)
    shown = explored({cell.name: stated_saving(known, wanted[cell.name]) for cell in cells}, low)
    return {
        **_shares(held),
        "cells": [
            {
                "flow": cell.name,
                "commodity": known.file.base.flows[cell.name].commodity or cell.name,
                "destination": known.file.base.flows[cell.name].terms.place,
                "teu": cell.teu,
                "value_cny": cell.value_cny,
                "stated": percent(shown[cell.name].estimate),
                "above": bool(shown[cell.name].above),
                "below": bool(shown[cell.name].below),
                "chance": held.chance[cell.name],
                **spread_figures(cell.savings),
                "holds_when": rule_figures(
                    known.design.design, known.fitted[wanted[cell.name]].model, cell.savings >= low
                ),
            }
            for cell in cells
        ],
    }


def _cells(known: Known, tested: Tested, cost: str) -> list[Cell]:
    """Return the flows that have a cost, with their expected savings at the points of the design."""
    played, cells = known.design.played, []
    for flow in tested.flows:
        wanted, name = tested.saving(cost, (flow,)), known.flows[flow]
        if has_saving(known.design, wanted):
            savings = _guess(known, wanted).draw(name, known.seed)
            teu, value = (known.weight(amounts, flow) for amounts in (played.teu, played.value_cny))
            cells.append(Cell(name, teu, value, savings))
    return cells


def _guess(known: Known, wanted: Wanted) -> Guess:
    """Return the expected saving at the points, with a metamodel where the claim's own cost has one."""
    fitted = known.fitted.get(wanted)
    return guess_by_responses(saving_of(known.design, wanted)) if fitted is None else fitted.guess


def _shares(held: Holding) -> Figures:
    return {name: figure(getattr(held, name), "share") for name in ("by_teu", "by_value", "by_cells")}
