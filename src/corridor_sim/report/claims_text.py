"""What was found about a claim in plain sentences: two that anybody understands, then what a reviewer asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from corridor_sim.reading.located import printable
from corridor_sim.report.script.claims import (
    amount_words,
    branch_words,
    chance_words,
    chances_words,
    claim_words,
    effects_words,
    levels_words,
    where_words,
)
from corridor_sim.report.script.words import ENGLISH
from corridor_sim.report.words import LONGEST_TEXT, PERCENT, READY_PERCENT, Figure, Unit, number, short_number

Answer = Mapping[str, Any]
MOST_SAID = 3
POINTS = Unit("points", decimals=2)


def in_two_sentences(answer: Answer) -> str:
    """Return the answer for a reader who reads no further."""
    return claim_words(answer)[ENGLISH]


def name_of(alternative: str) -> str:
    """Return a name of the scenario as it is shown."""
    return printable(alternative, LONGEST_TEXT)


def findings(answer: Answer) -> Iterator[str]:
    """Yield what a reviewer asks for, a sentence or two each."""
    yield chances_words(answer)[ENGLISH]
    yield _doubt(answer)
    yield _noise(answer)
    for said in (*where_words(answer), *effects_words(answer), *levels_words(answer)):
        yield said[ENGLISH]
    yield from _common(answer)
    yield _assumptions(answer)
    yield from _worth_knowing(answer)
    yield _best(answer)


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


def branch_text(branch: Figure) -> str:
    """Return the conditions of a branch, and how often it holds there."""
    return branch_words(branch)[ENGLISH]


def amount(value: float, unit: str) -> str:
    """Return a value in base units as a reader knows it: hours, per cent, or with its unit."""
    return amount_words(value, unit)[ENGLISH]


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
    return chance_words(figure)[ENGLISH]
