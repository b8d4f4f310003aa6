"""The one tree of errors, and the exit code each one maps to.

CorridorSimError          never raised itself; `.exit_code`, `.problems`
├── InputError     2      the file or the command line is wrong: mend the named line
├── ModelError     3      the file is right but the model cannot run: change capacity, hours or cut-offs
├── EngineError    4      a run got stuck: the message names who waits for whom
├── ResultsError   5      a result folder is incomplete, foreign or of another version: run again
└── CheckFailed    1      a regression check found a difference: read it, then mend or bless
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ALIKE = 60
"""Per cent of their letters, in their order, that a word and what it may mean have in common."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where.

    `file` is as the user wrote it; `line` and `column` count from 1 (0 where there is no position);
    `path` is the dotted field path; `message` says what was found and what would be right.
    """

    message: str
    path: str = ""
    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return " ".join(part for part in (place, f"{self.path}:" if self.path else "", self.message) if part)


class CorridorSimError(Exception):
    """Base of everything this package raises on purpose; printed as one line per problem."""

    exit_code = 1

    def __init__(self, problems: str | Problem | Sequence[Problem]) -> None:
        if isinstance(problems, str):
            problems = Problem(problems)
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[type[CorridorSimError], tuple[tuple[Problem, ...]]]:
        """Come out of a worker process with every problem as it went in."""
        return type(self), (self.problems,)


class InputError(CorridorSimError):
    """A file or an argument is wrong. The caller mends the named lines."""

    exit_code = 2


class ModelError(CorridorSimError):
    """A valid file describes a model that cannot run. The caller changes the named part of the model."""

    exit_code = 3


class EngineError(CorridorSimError):
    """A run got stuck, for instance in a cycle of holds. The caller breaks the named cycle."""

    exit_code = 4


class ResultsError(CorridorSimError):
    """A result folder cannot be used. The caller runs the scenario again."""

    exit_code = 5


class CheckFailed(CorridorSimError):
    """A check against a baseline found a difference. The caller reads the first one."""

    exit_code = 1


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ` (did you mean "x"?)` for the closest of `known`, or an empty string."""
    from rapidfuzz import fuzz, process

    close = process.extractOne(word, list(known), scorer=fuzz.ratio, score_cutoff=ALIKE)
    return f' (did you mean "{close[0]}"?)' if close else ""
