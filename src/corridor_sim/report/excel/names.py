"""Words of what figures, costs, activities and things are called in the workbook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from corridor_sim.evidence.intervals import NOT_AVAILABLE, TOO_FEW
from corridor_sim.report.run import Run
from corridor_sim.report.script import figures
from corridor_sim.report.script.figures import KPIS
from corridor_sim.report.script.words import LANGUAGES, Words, joined, room, same, say
from corridor_sim.report.words import CNY_PER, READY_PERCENT, Figure, Unit, has_interval, unit_of

REASONS = {TOO_FEW: "too_few", NOT_AVAILABLE: "not_available"}
UNITS = {"%": READY_PERCENT, "USD": Unit("USD"), "boxes": Unit("boxes"), "t": Unit("t")}
"""Units of the summary that `report.words` does not list, as cells show them."""


def code_words(kind: str, code: str) -> Words:
    """Return the words of a code of the summary, such as ("base", "cash"); an unknown one as it is."""
    known = room(KPIS).get(f"{kind} {code}") or room(KPIS).get(code)
    return known or room("excel").get(f"{kind}_{code.replace(' ', '_')}") or same(code.replace("_", " "))


def cell_unit(name: str) -> Unit:
    """Return how a cell shows figures of a unit of the summary."""
    return UNITS.get(name) or unit_of(name)


def cost_words(row: Mapping[str, str]) -> Words:
    """Return what a cost is called: by what it is counted, cost base, perspective, subsidy."""
    return figures.cost_words(row["base"], row["perspective"], row["per"], row["subsidy"])


def cost_unit(row: Mapping[str, str]) -> Unit:
    """Return how a cost is shown: whole CNY per box, CNY per kg with decimals."""
    return CNY_PER[row["per"]]


def percent_unit(measure: str, row: Mapping[str, str]) -> Unit:
    """Return how a saving is shown that is in CNY ("cny") or in per cent."""
    return cost_unit(row) if measure == "cny" else READY_PERCENT


def remark(figure: Figure) -> Words:
    """Return why an estimate has no value or no interval, and whether it is not resolved; else nothing."""
    said = [] if figure["value"] is not None and has_interval(figure) else [_reason(figure["method"] or NOT_AVAILABLE)]
    if not figure["resolved"]:
        said.append(say("excel.not_resolved"))
    return joined(said, say("excel.and"))


def _reason(method: str) -> Words:
    return say(f"excel.{REASONS[method]}") if method in REASONS else same(method)


@dataclass(frozen=True)
class Names:
    """The names of one run as its workbook shows them."""

    run: Run

    @cached_property
    def _alternatives(self) -> Mapping[str, Words]:
        shown = {name: self.run.alternative(name) for name in self.run.names}
        often = {language: Counter(words[language] for words in shown.values()) for language in LANGUAGES}
        return {
            name: {
                language: words[language] if often[language][words[language]] == 1 else f"{words[language]} [{name}]"
                for language in LANGUAGES
            }
            for name, words in shown.items()
        }

    def alternative(self, name: str) -> Words:
        """Return an alternative's short name, which no other alternative has."""
        return self._alternatives.get(name) or self.run.alternative(name)

    def thing(self, name: str) -> Words:
        """Return the name of a step, place, flow, activity, ...; codes lose their underscores."""
        words = self.run.name(name)
        return same(name.replace("_", " ")) if words == same(name) else words

    def flow(self, name: str) -> Words:
        """Return the name of a flow, or the words for all of them."""
        return say("excel.all_flows") if name == "all" else self.thing(name)
