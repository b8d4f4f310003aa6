"""What `compare` does with more than one file: read or run what is asked for, compare, show."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridor_sim.cli.options import EngineName, Switch
from corridor_sim.cli.outcome import print_json
from corridor_sim.errors import InputError

if TYPE_CHECKING:
    from corridor_sim.scenario.load import ScenarioFile
    from corridor_sim.study.evaluate import Results
    from corridor_sim.study.subjects import Asked


@dataclass(frozen=True)
class AcrossOptions:
    """The options of `compare` as they were written; they are for files, because folders are as they are."""

    sets: tuple[str, ...]
    replications: int | None
    seed: int | None
    noise: Switch
    lanes: tuple[str, ...]
    engine: EngineName
    why: bool
    out: Path

    def of_files(self) -> list[str]:
        """Return the options that were given and say how files are run."""
        given = {
            "--set": self.sets,
            "--replications": self.replications is not None,
            "--seed": self.seed is not None,
            "--noise": self.noise is not Switch.ON,
            "--lane": self.lanes,
            "--engine": self.engine is not EngineName.AUTO,
        }
        return [name for name, value in given.items() if value]


def show_across(asked: Asked, how: AcrossOptions, play: Callable[[ScenarioFile], Results], json: bool) -> None:
    """Print the comparison of what is asked for; `play` runs a file. Raises InputError for options without a use."""
    from corridor_sim.report.terminal import console_for
    from corridor_sim.study.kept_files import as_damaged
    from corridor_sim.study.subjects import Plan, read_subjects

    if how.why:
        raise InputError("--why explains the alternatives of one file; expected nothing else to compare")
    useless = [] if asked.has_file else how.of_files()
    if useless:
        raise InputError(f"{', '.join(useless)}: says how files are run, and nothing but folders is compared")
    plain = how.noise is Switch.ON
    subjects = read_subjects(asked, Plan(play, how.out, how.sets, how.seed, how.replications, plain))
    with as_damaged(" and ".join(asked.subjects)):
        if len(subjects) == 1:
            _show_one(subjects[0].summary, subjects[0].names, json)
            return
        from corridor_sim.report.across import show_columns
        from corridor_sim.study.across import compare_across

        found = compare_across(subjects)
        if json:
            print_json(found)
        else:
            show_columns(found, console_for(sys.stdout))


def _show_one(summary: Mapping[str, Any], names: Sequence[str], json: bool) -> None:
    """Print a kept run as `compare` prints a file: the alternatives asked for beside the baseline."""
    from corridor_sim.report.comparison import show_comparison
    from corridor_sim.report.terminal import console_for
    from corridor_sim.study.subjects import only_alternatives

    shown = only_alternatives(summary, names)
    if json:
        print_json(shown)
    else:
        show_comparison(shown, console_for(sys.stdout))
