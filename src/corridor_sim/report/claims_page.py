"""The answers to the claims of a scenario as Markdown: a table of verdicts, then each claim line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from corridor_sim.reading.located import printable
from corridor_sim.report.claims_text import (
    Answer,
    amount,
    branch_text,
    chance,
    findings,
    in_two_sentences,
    name_of,
)
from corridor_sim.report.page import table
from corridor_sim.report.screen import NOT_APPLICABLE
from corridor_sim.report.script.claims import reaches
from corridor_sim.report.words import (
    BASES,
    PERCENT,
    READY_PERCENT,
    SUPPOSITION,
    Figure,
    Unit,
    has_interval,
    number,
    text_of,
    with_interval,
)

Answers = Mapping[str, Any]
MOST_BARS = 12
TEU = Unit("TEU")
CELL_HEAD = ("flow", "TEU", "saving at stated inputs, %", "chance to reach the lower end", "holds most when")
BASE_HEAD = (
    "cost base", "perspective", "subsidy", "saving at stated inputs, %", "below", "inside", "above",
    "at least the lower end", "of the TEU", "of the value", "verdict",
)  # fmt: skip
EFFECT_HEAD = ("effect", "instead of", "at stated inputs, points", "over the inputs' ranges", "chance that it saves")
INPUT_HEAD = ("input", "grade", "moves with", "low", "stated", "high")
DRIVER_HEAD = ("input", "grade", "alone", "with all it takes part in")


def picture_name(answers: Answers, place: int) -> str:
    """Return the name of the picture of a claim, by its place among the claims."""
    return f"{answers['scenario']['name']}_claim_{place + 1}.png"


def claims_page(answers: Answers, command: str, images: str) -> str:
    """Return the answers to all claims of a scenario.

    `command` is what made them; `images` the path before the name of each picture.
    """
    blocks = [f"## {text_of(answers['scenario']['title'])}", _how(answers, command), _overview(answers)]
    for place, answer in enumerate(answers["claims"]):
        blocks += _claim(answer, f"{images}{picture_name(answers, place)}")
    blocks += ["### Inputs in doubt", _inputs_words(answers), table(INPUT_HEAD, list(_inputs(answers)))]
    return "\n\n".join(blocks) + "\n"


def _how(answers: Answers, command: str) -> str:
    run = answers["run"]
    left_out = f" Left out: {'; '.join(run['left_out'])}." if run["left_out"] else ""
    return (
        f"`{command}`: {run['points']:,} points of a scrambled Sobol design over {len(answers['inputs'])} inputs, "
        f"{run['replications_a_point']} replications each; {run['replications']} replications at the stated inputs; "
        f"seed {run['seed']}.{left_out}"
    )


def _overview(answers: Answers) -> str:
    rows = [
        [
            name_of(answer["name"]),
            f"{number(answer['interval'][0], READY_PERCENT)} to {number(answer['interval'][1], READY_PERCENT)}",
            saving(answer["stated"]),
            *(chance(answer["doubt"]["chances"][side]) for side in ("below", "inside", "above")),
            f"**{answer['verdict']}**",
        ]
        for answer in answers["claims"]
    ]
    head = ("claim", "claimed, %", "saving at stated inputs, %", "chance below", "inside", "above", "verdict")
    return table(head, rows)


def saving(figure: Figure) -> str:
    """Return a saving in per cent with its interval."""
    if figure["value"] is None:
        return "n/a"
    shown = with_interval(figure, READY_PERCENT) if has_interval(figure) else number(figure["value"], READY_PERCENT)
    return shown if figure["resolved"] else f"{shown} (not resolved)"


def _claim(answer: Answer, picture: str) -> Iterator[str]:
    yield f"### {name_of(answer['name'])}"
    supposed = f" ({SUPPOSITION})" if answer["supposition"] else ""
    sources = ", ".join(map(printable, answer["source"]))
    yield f"> {text_of(answer['statement'])} ({sources}){supposed}"
    yield in_two_sentences(answer)
    yield f"![Claimed and found: {name_of(answer['name'])}]({picture})"
    yield "\n".join(f"* {line}" for line in findings(answer))
    yield "**Cells**, each a flow to a destination; intervals are Holm's, right together with the stated confidence."
    yield table(CELL_HEAD, [_cell(cell, answer) for cell in answer["cells"]["cells"]])
    yield (
        "**Other cost bases and perspectives** (exploratory): chances of the expected saving of all cargo, and for how "
        "much of the TEU and of the value the lower end is expected."
    )
    yield table(BASE_HEAD, [_base(row) for row in answer["bases"]])
    if answer["effects"]:
        yield "**Effects apart**, in points of the baseline's cost; they sum to the saving."
        yield table(EFFECT_HEAD, [_effect(each) for each in answer["effects"]])
    yield from _where(answer)
    if answer["drivers"]["inputs"]:
        yield "**Where the doubt comes from**: shares of the variance of the expected saving (Sobol indices)."
        yield table(DRIVER_HEAD, [_driver(each) for each in answer["drivers"]["inputs"]])


def _cell(cell: Figure, answer: Answer) -> list[str]:
    shown = saving(cell["stated"])
    rule = cell["holds_when"]
    return [
        name_of(cell["flow"]),
        number(cell["teu"], TEU),
        f"**{shown}**" if reaches(cell, answer) else shown,
        f"{number(cell['chance'], PERCENT)} %",
        branch_text(rule["branches"][0]) if rule else "",
    ]


def _base(row: Figure) -> list[str]:
    name = BASES[row["cost_base"]]
    return [
        f"**{name}**" if row["primary"] else name,
        row["perspective"],
        row["subsidy"],
        saving(row["stated"]),
        *(chance(row["chances"][side]) for side in ("below", "inside", "above", "at_least")),
        *(chance(row["cells"][share]) if row["cells"] else NOT_APPLICABLE for share in ("by_teu", "by_value")),
        row["verdict"],
    ]


def _effect(each: Figure) -> list[str]:
    return [
        f"{name_of(each['effect'])}: {name_of(each['of'])}",
        name_of(each["instead_of"]),
        saving(each["stated"]),
        f"{number(each['low'], READY_PERCENT)} to {number(each['high'], READY_PERCENT)}",
        f"{number(each['saves'], PERCENT)} %",
    ]


def _where(answer: Answer) -> Iterator[str]:
    from corridor_sim.report.waterfall import signed, where_of

    pair = {"where": answer["where"], "alternative": answer["of"], "against": answer["against"]}
    shown = where_of(pair, MOST_BARS, answer["cost_base"])
    if shown is None:
        return
    yield f"**Where the difference arises**, CNY per tonne of all cargo; {shown.exact} over all replications, exactly."
    rows = [[bar.what, bar.place, signed(bar.figure)] for bar in (*shown.rows, shown.total)]
    yield table(("activity", "leg or place", "CNY per tonne"), rows)


def _driver(each: Figure) -> list[str]:
    return [name_of(each["input"]), each["grade"], chance(each["first"]), chance(each["total"])]


def _inputs_words(answers: Answers) -> str:
    held = [row for row in answers["inputs"] if row["held_at_points"]]
    said = "All values with a range that any of these alternatives uses; a law by its mean."
    if held:
        said += f" {len(held)} of them were held at what can be loaded or kept at some points."
    return said


def _inputs(answers: Answers) -> Iterator[list[str]]:
    for row in answers["inputs"]:
        ends = [amount(row[end], row["unit"]) for end in ("low", "stated", "high")]
        yield [name_of(row["name"]), row["grade"], name_of(row["group"]), *ends]
