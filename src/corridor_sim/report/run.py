"""A run as every report sees it: its figures, tables and resolved scenarios, and the words of its names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridor_sim.report.script.words import ENGLISH, NAMES, Words, as_written, name_words, room, text_words
from corridor_sim.study.bundle import bundle_key
from corridor_sim.study.stored import StoredRun, claims_beside

if TYPE_CHECKING:
    import pandas as pd

    from corridor_sim.study.evaluate import Results

Figures = Mapping[str, Any]
REPORT = "report.html"
"""The page for readers in the folder of a run."""


@dataclass(frozen=True)
class Run:
    """What a run found: `summary` as in summary.json, `resolved` scenario and `tables` by name, as in its folder.

    `claims` are the answers kept for the same run, `manifest` how it was made; both may be missing.
    """

    summary: Figures
    resolved: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    claims: Figures | None = None
    manifest: Figures = field(default_factory=dict)

    @property
    def alternatives(self) -> Sequence[Figures]:
        """What the summary says of each alternative, in its order."""
        return list(self.summary["alternatives"])

    @property
    def names(self) -> list[str]:
        """The names of the alternatives."""
        return [one["name"] for one in self.alternatives]

    @property
    def main(self) -> str:
        """The alternative that is shown where there is room for one: the first that is not the baseline."""
        others = [name for name in self.names if name != self.summary["baseline"]]
        return others[0] if others else str(self.summary["baseline"])

    @cached_property
    def own_words(self) -> Mapping[str, Mapping[str, str]]:
        """What the scenario says of its own names, in other scripts; flows and places by their titles."""
        scenario = self.scenario()
        places = {name: place["name"] for name, place in scenario.get("places", {}).items()}
        titled = {
            name: one["title"]
            for kind in ("flows", "routes")
            for name, one in scenario.get(kind, {}).items()
            if one.get("title")
        }
        return {**places, **titled, **self._spoken}

    @cached_property
    def _spoken(self) -> Mapping[str, Mapping[str, str]]:
        """What the section `words` of the scenario says; a name stays in English as it is unless that says otherwise.

        What it says of an alternative is not said of a thing of the house that has the same name.
        """
        said = self.scenario().get("words", {})
        return {name: {ENGLISH: name_words(name)[ENGLISH], **words} for name, words in said.items()}

    def name(self, name: str) -> Words:
        """Return a name of the scenario (step, place, flow, service, ...) in words."""
        of_the_house = name in self.names and name in room(NAMES)
        return name_words(name, None if of_the_house else self.own_words)

    def alternative(self, name: str) -> Words:
        """Return an alternative's short name: in English as it is written, else its words or its title."""
        told = self._spoken.get(name) or {
            key: text for key, text in self._titles.get(name, {}).items() if key != ENGLISH
        }
        return {**text_words(told, name), ENGLISH: as_written(name)[ENGLISH]}

    def title(self, name: str) -> Words:
        """Return an alternative's title."""
        return text_words(self._titles.get(name), name)

    @property
    def _titles(self) -> Mapping[str, Mapping[str, str]]:
        return {one["name"]: one["title"] for one in self.alternatives}

    def scenario(self, name: str | None = None) -> Figures:
        """Return the resolved scenario of an alternative, by default of the baseline; empty where it is not known."""
        found: Figures = self.resolved.get(self.summary["baseline"] if name is None else name, {})
        return found


def run_of(results: Results, out: Path, command: str = "") -> Run:
    """Return a run that was just played by a command, with the answers to its claims if they are kept below `out`."""
    key = bundle_key(results.summary, results.resolved)
    claims = claims_beside(out / results.summary["scenario"]["name"] / key)
    manifest = {**results.manifest_recipe, "key": key, "command": command}
    return Run(results.summary, results.resolved, results.tables, claims, manifest)


def stored_run(stored: StoredRun) -> Run:
    """Return a run that is kept in a folder."""
    return Run(stored.summary, stored.resolved, stored.tables, stored.claims, stored.manifest)
