"""What was found about a claim, in three scripts: two sentences for anybody, then verdict and where it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from corridor_sim.report.script.figures import estimate_words, unit_words
from corridor_sim.report.script.words import ENGLISH, Words, as_written, joined, say, text_words
from corridor_sim.report.words import LITRES_PER_M3, PERCENT, READY_PERCENT, Figure, number, short_number
from corridor_sim.units import SECONDS_PER_HOUR

Answer = Mapping[str, Any]
Namer = Callable[[str], Words]
SHOWN_UNITS = {
    "second": (1 / SECONDS_PER_HOUR, "h"),
    "one": (PERCENT.factor, "%"),
    "kilogram": (1.0, "kg"),
    "kilometre": (1.0, "km"),
    "litre": (1 / LITRES_PER_M3, "m3"),
}
"""Base unit -> factor and words under which readers know it."""


def claim_words(answer: Answer) -> Words:
    """Return the answer for a reader who reads no further, in two sentences."""
    low, high = (short_number(end) for end in answer["interval"])
    cells = answer["cells"]["cells"]
    holding = [cell for cell in cells if reaches(cell, answer)]
    of, against = (text_words(answer["titles"][side], answer[side]) for side in ("of", "against"))
    base = say(f"verdicts.in {answer['cost_base']}")
    overall = say(
        "verdicts.claim_overall",
        of=of,
        against=against,
        low=low,
        high=high,
        costs=costs_words(answer["stated"]),
        base=base,
    )
    if not holding:
        second = say("verdicts.claim_none", all=str(len(cells)), low=low)
    else:
        second = say(
            "verdicts.claim_some_of_one" if len(cells) == 1 else "verdicts.claim_some",
            low=low,
            some=str(len(holding)),
            all=str(len(cells)),
            boxes=_share(holding, cells, "teu"),
            value=_share(holding, cells, "value_cny"),
        )
    return joined((overall, second), say("verdicts.sentences"))


def reaches(cell: Figure, answer: Answer) -> bool:
    """Return whether a cell saves at least the claimed lower end at the stated inputs."""
    value = cell["stated"]["value"]
    return value is not None and value >= answer["interval"][0]


def costs_words(saving: Figure) -> Words:
    """Return "costs 11.8 % more" or "saves 2.1 %"."""
    if saving["value"] is None:
        return say("verdicts.no_cost")
    size = number(abs(saving["value"]), READY_PERCENT)
    return say("verdicts.saves" if saving["value"] > 0 else "verdicts.costs_more", size=size)


def _share(some: Sequence[Figure], of: Sequence[Figure], weight: str) -> Words:
    whole = sum(cell[weight] for cell in of)
    part = sum(cell[weight] for cell in some) / whole if whole else 0.0
    return say("verdicts.per_cent", share=number(part, PERCENT))


def chance_words(figure: Figure) -> Words:
    """Return a share in per cent, with its interval."""
    said = estimate_words(figure, PERCENT)
    return said if figure["value"] is None else say("verdicts.per_cent", share=said)


def chances_words(answer: Answer) -> Words:
    """Return the verdict in a sentence, and the chances it rests on."""
    chances = answer["doubt"]["chances"]
    low, high = (short_number(end) for end in answer["interval"])
    said = say(f"verdicts.claim {answer['by_inputs']}")
    if answer["verdict"] != answer["by_inputs"]:
        said = say("verdicts.claim_open", said=said)
    parts = {name: chance_words(chances[name]) for name in ("below", "inside", "above", "at_least")}
    return say("verdicts.claim_verdict", said=said, low=low, high=high, **parts)


def where_words(answer: Answer, name: Namer = as_written) -> Iterator[Words]:
    """Yield for which part of the cargo the claimed saving is expected, and under which conditions over all of it."""
    cells = answer["cells"]
    yield say(
        "verdicts.claim_where",
        low=short_number(answer["interval"][0]),
        teu=chance_words(cells["by_teu"]),
        value=chance_words(cells["by_value"]),
        cells=chance_words(cells["by_cells"]),
        all=str(len(cells["cells"])),
    )
    if answer["holds_when"] is not None:
        yield say("verdicts.claim_when", branch=branch_words(answer["holds_when"]["branches"][0], name))


def branch_words(branch: Figure, name: Namer = as_written) -> Words:
    """Return the conditions of a branch, and how often it holds there."""
    conditions = joined((condition_words(each, name) for each in branch["conditions"]), say("verdicts.and"))
    return say("verdicts.branch", conditions=conditions, holds=number(branch["holds"], PERCENT))


def condition_words(condition: Figure, name: Namer = as_written) -> Words:
    """Return a condition on an input: above or at most a value, or a part of the range of a group."""
    if condition["value"] is None:
        amount = say("verdicts.its_point", share=number(condition["quantile"], PERCENT))
    else:
        amount = amount_words(condition["value"], condition["unit"])
    phrase = "verdicts.above" if condition["above"] else "verdicts.not_above"
    return say(phrase, name=name(condition["input"]), amount=amount)


def amount_words(value: float, unit: str) -> Words:
    """Return a value in base units as a reader knows it: hours, per cent, or with its unit."""
    factor, shown = SHOWN_UNITS.get(unit, (1.0, unit))
    return say("kpis.amount_in", number=short_number(value * factor), unit={**unit_words(shown), ENGLISH: shown})


def effects_words(answer: Answer, name: Namer = as_written) -> Iterator[Words]:
    """Yield what the saving is made of, in points of the baseline's cost; nothing where that was not asked."""
    if answer["effects"]:
        parts = [
            joined((name(each["effect"]), number(each["stated"]["value"], READY_PERCENT))) for each in answer["effects"]
        ]
        yield say("verdicts.claim_effects", parts=joined(parts, say("verdicts.list")))


def levels_words(answer: Answer, name: Namer = as_written) -> Iterator[Words]:
    """Yield the saving at low, stated and high values of each group of inputs for which that was asked."""
    for each in answer["levels"]:
        ends = {end: number(each[end]["value"], READY_PERCENT) for end in ("low", "stated", "high")}
        yield say("verdicts.claim_levels", name=name(each["level"]), **ends)
