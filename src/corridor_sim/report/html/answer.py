"""The answer in three sentences: how long and how surely; how much and for whom; what changes, and what was assumed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from corridor_sim.report.html.markup import Numbers, Told, tell
from corridor_sim.report.run import Run
from corridor_sim.report.screen import HEADLINE_SAVING, cheapest, headline
from corridor_sim.report.script.verdicts import answer_words, difference_words, verdict_words
from corridor_sim.report.script.words import joined, say, text_words
from corridor_sim.report.words import CNY_PER_BOX, DAYS, PERCENT, READY_PERCENT, Figure, row_with

ON_TIME, P50, P90 = "on_time", "transit_p50", "transit_p90"


def focus_of(run: Run) -> str:
    """Return the alternative that the answer is about beside the baseline: the one that saves most, or loses least."""
    best = cheapest(run.summary)
    baseline = str(run.summary["baseline"])
    if best not in (None, baseline):
        return str(best)
    savings = {name: headline(run.summary, name) for name in run.names if name != baseline}
    known = {name: row["percent"]["value"] for name, row in savings.items() if row is not None}
    priced = {name: value for name, value in known.items() if value is not None}
    return max(priced, key=lambda name: priced[name]) if priced else run.main


def answer(run: Run, numbers: Numbers) -> list[Told]:
    """Return the three sentences as HTML in each script."""
    return [_time(run, numbers), _cost(run, numbers), next(_rest(run, numbers))]


def _time(run: Run, numbers: Numbers) -> Told:
    baseline, focus = _one(run, run.summary["baseline"]), _one(run, focus_of(run))
    parts: dict[str, Any] = {"baseline": run.alternative(baseline["name"])}
    parts |= _times(baseline, numbers, "")
    if focus is baseline:
        return tell("page.answer_time_one", **parts)
    return tell(
        "page.answer_time_two", **parts, focus=run.alternative(focus["name"]), **_times(focus, numbers, "focus_")
    )


def _times(one: Mapping[str, Any], numbers: Numbers, before: str) -> dict[str, Any]:
    kpis = one["kpis"]
    return {
        f"{before}p50": numbers.text(kpis.get(P50), DAYS),
        f"{before}p90": numbers.text(kpis.get(P90), DAYS),
        f"{before}on_time": numbers.text(kpis.get(ON_TIME), PERCENT),
    }


def _cost(run: Run, numbers: Numbers) -> Told:
    baseline, focus = _one(run, run.summary["baseline"]), _one(run, focus_of(run))
    parts: dict[str, Any] = {
        "cost": numbers.text(_box_cost(baseline, "total_logistics", "chain"), CNY_PER_BOX),
        "cash": numbers.text(_box_cost(baseline, "cash", "shipper"), CNY_PER_BOX),
    }
    saving = headline(run.summary, focus["name"])
    if focus is baseline or saving is None:
        return tell("page.answer_cost_one", **parts)
    best = cheapest(run.summary)
    return tell(
        "page.answer_cost_two",
        **parts,
        baseline=run.alternative(baseline["name"]),
        focus=run.alternative(focus["name"]),
        focus_cost=numbers.text(_box_cost(focus, "total_logistics", "chain"), CNY_PER_BOX),
        focus_cash=numbers.text(_box_cost(focus, "cash", "shipper"), CNY_PER_BOX),
        saving=numbers.text(saving["percent"], READY_PERCENT),
        verdict=difference_words(saving),
        best=say("page.none_cheapest") if best is None else say("page.the_cheapest", alternative=run.alternative(best)),
    )


def _rest(run: Run, numbers: Numbers) -> Iterator[Told]:
    """Yield the third sentence: of a claim, else of a change, else of a threshold; and what rests on assumptions."""
    parts = _assumed(run, numbers, focus_of(run))
    for claim in (run.claims or {}).get("claims", ()):
        yield tell(
            "page.answer_claim",
            statement=text_words(claim["statement"], claim["name"]),
            verdict=verdict_words(claim["verdict"]),
            found=Numbers(run.claims or {}).text(claim["stated"], READY_PERCENT),
            **_assumed(run, numbers, claim["of"]),
        )
    for change in run.summary.get("changes", ()):
        yield _change(run, numbers, change, parts)
    for threshold in run.summary["thresholds"]:
        says = text_words(threshold["says"], threshold["name"])
        yield tell("page.answer_threshold", says=says, answer=answer_words(threshold), **parts)
    yield tell("page.answer_assumed", **parts)


def _assumed(run: Run, numbers: Numbers, name: str) -> dict[str, Any]:
    """Return how much of an alternative's cost and time rests on assumptions, and its name, as parts of a sentence."""
    place, one = next(each for each in enumerate(run.alternatives) if each[1]["name"] == name)
    shares = {
        key: numbers.plain(one["assumptions"][part], f"alternatives/{place}/assumptions/{part}", PERCENT)
        for key, part in (("share", "cost_share"), ("time_share", "time_share"))
    }
    return {**shares, "focus": run.alternative(name)}


def _change(run: Run, numbers: Numbers, change: Mapping[str, Any], parts: Mapping[str, Any]) -> Told:
    saving = row_with(change["savings"], **HEADLINE_SAVING, subsidy="after")
    told = [
        joined([text_words(one["says"], one["name"]), answer_words(one)], say("page.colon"))
        for one in run.summary["thresholds"]
        if (one["of"], one["against"]) == (change["alternative"], change["against"])
    ]
    return tell(
        "page.answer_change",
        **parts,
        alternative=run.alternative(change["alternative"]),
        parent=run.alternative(change["against"]),
        days=numbers.text(change["kpis"].get(P90), DAYS, sign=True),
        saving=numbers.text(None if saving is None else saving["percent"], READY_PERCENT),
        verdict=difference_words(saving),
        threshold=joined([say("page.semicolon"), told[0]], "") if told else "",
    )


def _one(run: Run, name: str) -> Mapping[str, Any]:
    return next(one for one in run.alternatives if one["name"] == name)


def _box_cost(one: Mapping[str, Any], base: str, perspective: str) -> Figure | None:
    return row_with(one["costs"], base=base, perspective=perspective, per="box", subsidy="after")
