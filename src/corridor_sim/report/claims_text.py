"""What was found about a claim in plain sentences: two that anybody understands, then what a reviewer asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from corridor_sim.reading.located import printable
from corridor_sim.report.words import (
    LONGEST_TEXT,
    PERCENT,
    READY_PERCENT,
    Figure,
    Unit,
    has_interval,
    number,
    short_number,
    text_of,
    with_interval,
)
from corridor_sim.units import SECONDS_PER_HOUR

Answer = Mapping[str, Any]
COSTS = {
    "cash": "cash cost (what is invoiced)",
    "total_logistics": "total logistics cost (invoices, and what time and unreliability cost)",
    "with_carbon": "total logistics cost and carbon",
}
VERDICTS = {
    "supported": "supported: a saving inside the claimed interval is almost certain",
    "exceeds": "exceeded: more than is claimed is almost certainly saved",
    "falls short": "not reached: less than is claimed is almost certainly saved",
    "contradicted": "contradicted: a saving inside the claimed interval is unlikely",
    "inconclusive": "inconclusive: what is known of the inputs allows both",
}
OPEN = "open: more replications or points are needed to tell whether it is"
MOST_SAID = 3
POINTS = Unit("points", decimals=2)
LITRES_PER_M3 = 1000
SHOWN_UNITS = {
    "second": (1 / SECONDS_PER_HOUR, "h"),
    "one": (PERCENT.factor, "%"),
    "kilogram": (1.0, "kg"),
    "kilometre": (1.0, "km"),
    "litre": (1 / LITRES_PER_M3, "m3"),
}
"""Base unit -> factor and words under which readers know it."""


def in_two_sentences(answer: Answer) -> str:
    """Return the answer for a reader who reads no further."""
    low, high = (short_number(end) for end in answer["interval"])
    cells = answer["cells"]["cells"]
    holding = [cell for cell in cells if reaches(cell, answer)]
    titles = [text_of(answer["titles"][side]) for side in ("of", "against")]
    overall = (
        f"“{titles[0]}”, which is said to save {low} to {high} % against “{titles[1]}”, "
        f"{costs_words(answer['stated'])} over all the cargo looked at, in {COSTS[answer['cost_base']]}."
    )
    if not holding:
        return f"{overall} None of the {len(cells)} kinds of cargo saves as much as {low} %."
    boxes, value = (_share(holding, cells, weight) for weight in ("teu", "value_cny"))
    kinds = "kind" if len(cells) == 1 else "kinds"
    return (
        f"{overall} At least {low} % is saved by {len(holding)} of {len(cells)} {kinds} of cargo, which are {boxes} of "
        f"the containers and {value} of the value."
    )


def name_of(alternative: str) -> str:
    """Return a name of the scenario as it is shown."""
    return printable(alternative, LONGEST_TEXT)


def reaches(cell: Figure, answer: Answer) -> bool:
    """Return whether a cell saves at least the claimed lower end at the stated inputs."""
    value = cell["stated"]["value"]
    return value is not None and value >= answer["interval"][0]


def costs_words(saving: Figure) -> str:
    """Return "costs 11.8 % more" or "saves 2.1 %"."""
    if saving["value"] is None:
        return "has no cost to compare"
    size = f"{number(abs(saving['value']), READY_PERCENT)} %"
    return f"saves {size}" if saving["value"] > 0 else f"costs {size} more"


def _share(some: Sequence[Figure], of: Sequence[Figure], weight: str) -> str:
    whole = sum(cell[weight] for cell in of)
    return f"{number(sum(cell[weight] for cell in some) / whole if whole else 0.0, PERCENT)} %"


def findings(answer: Answer) -> Iterator[str]:
    """Yield what a reviewer asks for, a sentence or two each."""
    yield _verdict(answer)
    yield _doubt(answer)
    yield _noise(answer)
    yield from _where_it_holds(answer)
    yield from _effects(answer)
    yield from _levels(answer)
    yield from _common(answer)
    yield _assumptions(answer)
    yield from _worth_knowing(answer)
    yield _best(answer)


def _verdict(answer: Answer) -> str:
    chances = answer["doubt"]["chances"]
    low, high = (short_number(end) for end in answer["interval"])
    said = VERDICTS[answer["by_inputs"]]
    if answer["verdict"] != answer["by_inputs"]:
        said = f"{OPEN} {said}"
    return (
        f"The claim is {said}. Over the ranges of the inputs, the chance of an expected saving below {low} % is "
        f"{chance(chances['below'])}, of {low} to {high} % {chance(chances['inside'])}, above {high} % "
        f"{chance(chances['above'])}; of at least {low} % {chance(chances['at_least'])}."
    )


def _doubt(answer: Answer) -> str:
    doubt, model = answer["doubt"], answer["metamodel"]
    away = f" ({model['drawn_in']} of them, at which costs run away, drawn in)" if model["drawn_in"] else ""
    return (
        f"With all inputs in doubt ({doubt['inputs']}) anywhere in their ranges the expected saving lies between "
        f"{number(doubt['low'], READY_PERCENT)} % and {number(doubt['high'], READY_PERCENT)} % in "
        f"{short_number(doubt['inside'] * PERCENT.factor)} of 100 cases, with a median of "
        f"{number(doubt['median'], READY_PERCENT)} %. A metamodel of {model['terms']} terms explains "
        f"{_part(model['r2'])} of the variance at the {model['points']:,} points of the design{away} and "
        f"{_part(model['q2'])} at left-out points; for chances, what it misses is taken from the points themselves."
    )


def _part(share: float) -> str:
    return f"{number(max(share, 0.0), PERCENT)} %"


def _noise(answer: Answer) -> str:
    half, allowed = answer["noise"]["half_width"], answer["noise"]["allowed"]
    share = answer["metamodel"]["doubt_share"]
    known = "has no interval" if half is None else f"is known to ±{number(half, POINTS)} points"
    return (
        f"At the stated inputs the saving {known} from {answer['stated']['n']} replications (allowed: "
        f"±{number(allowed, POINTS)}). Of the variance between single years at points of the design, "
        f"{chance(share)} is doubt about inputs, the rest noise of the world."
    )


def _where_it_holds(answer: Answer) -> Iterator[str]:
    cells = answer["cells"]
    low = short_number(answer["interval"][0])
    yield (
        f"A saving of at least {low} % is expected for {chance(cells['by_teu'])} of the TEU, "
        f"{chance(cells['by_value'])} of the value and {chance(cells['by_cells'])} of the {len(cells['cells'])} cells."
    )
    rule = answer["holds_when"]
    if rule is not None:
        yield f"Over all cargo it holds most often when {branch_words(rule['branches'][0])}."


def branch_words(branch: Figure) -> str:
    """Return the conditions of a branch, and how often it holds there."""
    conditions = " and ".join(condition_words(each) for each in branch["conditions"])
    return f"{conditions} (there in {number(branch['holds'], PERCENT)} % of cases)"


def condition_words(condition: Figure) -> str:
    """Return a condition on an input: above or at most a value, or a part of the range of a group."""
    side = "above" if condition["above"] else "at most"
    name = name_of(condition["input"])
    if condition["value"] is None:
        return f"“{name}” is {side} its {number(condition['quantile'], PERCENT)} % point"
    return f"“{name}” is {side} {amount(condition['value'], condition['unit'])}"


def amount(value: float, unit: str) -> str:
    """Return a value in base units as a reader knows it: hours, per cent, or with its unit."""
    if unit in SHOWN_UNITS:
        factor, words = SHOWN_UNITS[unit]
        return f"{short_number(value * factor)} {words}"
    return f"{short_number(value)} {unit}"


def _effects(answer: Answer) -> Iterator[str]:
    if answer["effects"]:
        parts = [
            f"{printable(each['effect'])} {number(each['stated']['value'], READY_PERCENT)}"
            for each in answer["effects"]
        ]
        yield f"In points of the baseline's cost the saving is made of: {', '.join(parts)}."


def _levels(answer: Answer) -> Iterator[str]:
    for each in answer["levels"]:
        low, stated, high = (number(each[end]["value"], READY_PERCENT) for end in ("low", "stated", "high"))
        yield f"At low, stated and high {name_of(each['level'])} the saving is {low}, {stated} and {high} %."


def _common(answer: Answer) -> Iterator[str]:
    common = answer["common"]
    if common is not None:
        yield (
            f"{chance(common['share'])} of the baseline's cost is the same on both sides to the cent; without it the "
            f"saving is {number(common['without']['value'], READY_PERCENT)} %."
        )


def _assumptions(answer: Answer) -> str:
    drivers = answer["drivers"]
    names = [f"“{name_of(each['input'])}” ({each['grade']})" for each in drivers["inputs"][:MOST_SAID]]
    most = f"; most from {', '.join(names)}" if names else ""
    return (
        f"{chance(drivers['assumed'])} of the variance of the saving, and {chance(drivers['verdict_assumed'])} of "
        f"whether the claim holds, comes from assumptions and analogues{most}; {chance(drivers['unexplained'])} of the "
        "former the metamodel cannot attribute."
    )


def _worth_knowing(answer: Answer) -> Iterator[str]:
    found = answer["information"]
    top = [each for each in found["top"] if each["value"]]
    if top:
        facts = ", ".join(f"“{name_of(each['input'])}” ({short_number(each['value'])} CNY/TEU)" for each in top)
        yield f"Facts worth knowing better, by what that would save the choice of a route: {facts}."
    yield (
        f"Without knowing more, “{name_of(found['choice'])}” is the choice with the least expected total logistics "
        f"cost; knowing everything would save {short_number(found['everything']['value'])} CNY/TEU on average."
    )


def _best(answer: Answer) -> str:
    best = answer["best"]
    confidence = number(best["confidence"], PERCENT)
    if best["best"] is not None:
        return (
            f"At the stated inputs “{name_of(best['best'])}” is the cheapest alternative ({confidence} % confidence)."
        )
    names = ", ".join(f"“{name_of(each)}”" for each in best["candidates"])
    return f"At the stated inputs no alternative is the cheapest with {confidence} % confidence; it may be {names}."


def chance(figure: Figure) -> str:
    """Return a share in per cent, with its interval."""
    if figure["value"] is None:
        return "n/a"
    return f"{with_interval(figure, PERCENT) if has_interval(figure) else number(figure['value'], PERCENT)} %"
