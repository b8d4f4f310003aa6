"""What `compare` is asked to set side by side: scenario files, folders of results, names of alternatives.

The first word is a subject. Of the others, what ends in .yaml or .yml, is a folder with a manifest or has a "/" in it
is a subject, too; every other word names an alternative. All is read and checked before anything is run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridor_sim.errors import InputError, Problem
from corridor_sim.reading.located import printable, suggestion
from corridor_sim.study.kept_files import as_damaged
from corridor_sim.study.layout import MANIFEST

if TYPE_CHECKING:
    import pandas as pd

    from corridor_sim.scenario.load import ScenarioFile
    from corridor_sim.study.evaluate import Results
    from corridor_sim.study.stored import StoredRun

YAML_ENDINGS = (".yaml", ".yml")
PAIRS = ("comparisons", "changes")
"""Parts of a summary that are about an alternative and another one."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Asked:
    """The words of a command line: `subjects` (files and folders) and `names` of alternatives (all if empty)."""

    subjects: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def has_file(self) -> bool:
        """Whether anything asked for is to be run, perhaps."""
        return not all(map(_is_folder, self.subjects))

    @property
    def is_one_file(self) -> bool:
        """Whether alternatives of one scenario are asked for."""
        return len(self.subjects) == 1 and self.has_file


@dataclass(frozen=True)
class Plan:
    """How files are run and where their kept runs are: `play` runs one, None of the others means "as in the file".

    `kept` False: a kept run is never used, because this one is not plain (noise off).
    """

    play: Callable[[ScenarioFile], Results]
    out: Path
    sets: tuple[str, ...] = ()
    seed: int | None = None
    replications: int | None = None
    kept: bool = True


@dataclass(frozen=True)
class Subject:
    """A run to be compared: `label` is its letter, `place` how it was asked for, `folder` where it is kept, if it is.

    `names`: the alternatives asked for, in its own order.
    """

    label: str
    place: str
    folder: Path | None
    names: tuple[str, ...]
    summary: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class _Read:
    """A subject before it is run: either a file or a kept run."""

    place: str
    resolved: Mapping[str, Any]
    file: ScenarioFile | None = None
    kept: StoredRun | None = None


def told_apart(first: str, others: Sequence[str]) -> Asked:
    """Return what the words of a command line ask for."""
    subjects = [text for text in others if _is_subject(text)]
    return Asked((first, *subjects), tuple(dict.fromkeys(text for text in others if text not in subjects)))


def _is_subject(text: str) -> bool:
    return text.casefold().endswith(YAML_ENDINGS) or os.sep in text or _holds_a_result(text)


def _is_folder(text: str) -> bool:
    try:
        return Path(text).is_dir()
    except OSError:  # such as a name longer than the system knows
        return False


def _holds_a_result(text: str) -> bool:
    try:
        return (Path(text) / MANIFEST).is_file()
    except OSError:
        return False


def read_subjects(asked: Asked, plan: Plan) -> list[Subject]:
    """Return the runs of all subjects: folders as they are, files from their kept run, or else run now.

    Raises InputError for names that are unknown or may mean two things, for a subject without any of the alternatives,
    for unlike price years, and for a wrong file; ResultsError for a folder that cannot be used; and what `play` raises.
    """
    read = [_read(place, plan) for place in asked.subjects]
    with as_damaged(" and ".join(asked.subjects)):
        _check_names(asked, read)
        _check_price_years(asked, read)
    made: dict[str, tuple[Path | None, Any, Any]] = {}
    subjects = []
    for number, one in enumerate(read):
        if one.place not in made:
            made[one.place] = _made(one, asked.names, plan)
        folder, summary, tables = made[one.place]
        with as_damaged(one.place):
            names = tuple(each["name"] for each in summary["alternatives"] if _wanted(each["name"], asked.names))
        subjects.append(Subject(label_of(number), one.place, folder, names, summary, tables))
    return subjects


def only_alternatives(summary: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Return a summary with some of its alternatives and the baseline."""
    wanted = {summary["baseline"], *names}
    kept = {key: [one for one in summary[key] if one["alternative"] in wanted] for key in PAIRS if key in summary}
    return {**summary, "alternatives": [one for one in summary["alternatives"] if one["name"] in wanted], **kept}


def label_of(number: int) -> str:
    """Return the letter of a subject: A, B, ... Z, AA, AB, ..."""
    before, place = divmod(number, len(LETTERS))
    return f"{label_of(before - 1) if before else ''}{LETTERS[place]}"


def listed(words: Iterable[str]) -> str:
    """Return words in double quotes, safe to print."""
    return ", ".join(f'"{printable(word)}"' for word in words)


def _wanted(name: str, names: Sequence[str]) -> bool:
    return not names or name in names


def _read(place: str, plan: Plan) -> _Read:
    from corridor_sim.study.stored import kept_run, read_run

    if _is_folder(place):
        stored = read_run(Path(place))
        return _Read(place, stored.resolved, kept=stored)
    from corridor_sim.scenario.load import load
    from corridor_sim.study.bundle import resolved_scenarios

    file = load(Path(place), plan.sets)
    kept = kept_run(file, plan.out, plan.seed, plan.replications) if plan.kept else None
    return _Read(place, resolved_scenarios(file), file, kept)


def _made(one: _Read, names: Sequence[str], plan: Plan) -> tuple[Path | None, Any, Any]:
    """Return folder, summary and tables of a subject, running what is not kept."""
    if one.kept is not None:
        return one.kept.folder, one.kept.summary, one.kept.tables
    if one.file is None:
        raise ValueError("a subject is a file or kept")
    file = one.file
    if names:
        from corridor_sim.scenario.load import load

        file = load(Path(one.place), plan.sets, [name for name in names if name in one.resolved])
    results = plan.play(file)
    return None, results.summary, results.tables


def _check_names(asked: Asked, read: Sequence[_Read]) -> None:
    """Raise InputError for names that no subject has, that may be a folder, too, and for subjects without any."""
    known = dict.fromkeys(name for one in read for name in one.resolved)
    problems = []
    for name in asked.names:
        if name not in known:
            hint = suggestion(name, known)
            problems.append(
                Problem(f"{listed([name])} is no alternative of these, no .yaml file and no folder of results{hint}")
            )
    for place in asked.subjects[1:]:
        if place in known:
            way = f"write {os.curdir}{os.sep}{place} for the path"
            problems.append(Problem(f"{listed([place])} is an alternative and a path; {way}, or rename it"))
    if not problems:
        for one in read:
            if not any(_wanted(name, asked.names) for name in one.resolved):
                problems.append(Problem(f"has none of the alternatives {listed(asked.names)}", file=one.place))
    if problems:
        raise InputError(problems)


def _check_price_years(asked: Asked, read: Sequence[_Read]) -> None:
    """Raise InputError where amounts of money are of unlike years."""
    years = {
        (one.place, name): scenario["money"]["price_year"]
        for one in read
        for name, scenario in one.resolved.items()
        if _wanted(name, asked.names)
    }
    (first, year), *others = years.items()
    unlike = next(((where, other) for where, other in others if other != year), None)
    if unlike is not None:
        (place, name), other = unlike
        reason = f"{listed([name])} has prices of {other}, and {listed([first[1]])} of {first[0]} those of {year}"
        raise InputError(Problem(f"{reason}; expected one price_year", file=place))
