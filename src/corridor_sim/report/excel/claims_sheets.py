"""The answers to claims, where they are kept: what was claimed, what was found, and in which cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from corridor_sim.report.excel.names import Names, code_words
from corridor_sim.report.excel.sheet import Cell, Line, Sheet, column, interval, quantity
from corridor_sim.report.script.verdicts import verdict_words
from corridor_sim.report.script.words import say, text_words
from corridor_sim.report.words import PERCENT, READY_PERCENT, Unit

Answer = Mapping[str, Any]
SIDES = ("below", "inside", "above", "at_least")
TEU, CNY = Unit("TEU", decimals=1), Unit("CNY")
SPREAD = ("low", "median", "high")


def claim_sheets(names: Names) -> list[Sheet]:
    """Return the claims one by one, and the cells of each; none where no answers are kept for the run."""
    claims = names.run.claims
    if not claims or not claims["claims"]:
        return []
    answers: Sequence[Answer] = claims["claims"]
    claimed = ("claim", "statement", "says", "claimed_low", "claimed_high", "alternative", "against")
    found = ("verdict", "saving", "saving_low", "saving_high", *(f"chance_{side}" for side in SIDES))
    over = (*(f"spread_{end}" for end in SPREAD), "by_teu", "by_value", "sources")
    heads = [column(head) for head in (*claimed, "base", "perspective", *found, *over)]
    cells = ("claim", "flow", "teu", "goods_value", "saving", "saving_low", "saving_high", "chance_at_least")
    below = [Line([say("excel.claims_made", points=f"{claims['run']['points']:,}")])]
    return [
        Sheet("claims", heads, (_claim(names, answer) for answer in answers), below=below),
        Sheet(
            "claim_cells",
            [column(head) for head in (*cells, *(f"spread_{end}" for end in SPREAD))],
            (line for answer in answers for line in _cells(names, answer)),
            frozen=1 + 1,
        ),
    ]


def _claim(names: Names, answer: Answer) -> Line:
    low, high = (quantity(end, READY_PERCENT) for end in answer["interval"])
    return Line(
        [
            names.thing(answer["name"]),
            text_words(answer["statement"], ""),
            code_words("says", answer["says"]),
            low,
            high,
            names.alternative(answer["of"]),
            names.alternative(answer["against"]),
            code_words("base", answer["cost_base"]),
            code_words("perspective", answer["perspective"]),
            verdict_words(answer["verdict"]),
            *interval(answer["stated"], READY_PERCENT),
            *(quantity(answer["doubt"]["chances"][side]["value"], PERCENT) for side in SIDES),
            *_spread(answer["doubt"]),
            *(quantity(answer["cells"][share]["value"], PERCENT) for share in ("by_teu", "by_value")),
            "; ".join(answer["source"]),
        ]
    )


def _cells(names: Names, answer: Answer) -> Iterator[Line]:
    for cell in answer["cells"]["cells"]:
        yield Line(
            [
                names.thing(answer["name"]),
                names.thing(cell["flow"]),
                quantity(cell["teu"], TEU),
                quantity(cell["value_cny"], CNY),
                *interval(cell["stated"], READY_PERCENT),
                quantity(cell["chance"], PERCENT),
                *_spread(cell),
            ]
        )


def _spread(found: Answer) -> list[Cell]:
    return [quantity(found[end], READY_PERCENT) for end in SPREAD]
