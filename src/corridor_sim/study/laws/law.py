"""What a law is, and what is found where a scenario is held against it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from corridor_sim.scenario.load import ScenarioFile
from corridor_sim.units import CENTS, HOME_CURRENCY

Kind = Literal["broken", "exception", "kept"]
MOST_BROKEN = 3
"""So many differences are told of one law and alternative: more of them say no more."""


@dataclass(frozen=True)
class Finding:
    """What a law found in an alternative.

    kind     `broken`; `exception` where the law cannot be judged or does not hold by nature; `kept`
    what     what was looked at
    because  why it is an exception, or on what the judgement rests
    """

    law: str
    alternative: str
    kind: Kind
    what: str
    expected: str = ""
    found: str = ""
    because: str = ""

    def __str__(self) -> str:
        """Return one line for a reader."""
        told = [f"{self.law}: {self.alternative}: {self.what}"]
        told += [f"expected {self.expected}"] if self.expected else []
        told += [f"found {self.found}"] if self.found else []
        told += [self.because] if self.because else []
        return f"{self.kind}: " + "; ".join(told)


@dataclass(frozen=True)
class Law:
    """A sentence that is true of every scenario, and how it is tried with so many replications."""

    name: str
    says: str
    test: Callable[[ScenarioFile, int], list[Finding]]


@dataclass(frozen=True)
class Judged:
    """Makes the findings of one law about one alternative."""

    law: str
    alternative: str

    def broken(self, what: str, expected: object, found: object, because: str = "") -> Finding:
        """Return that the law is broken."""
        return Finding(self.law, self.alternative, "broken", what, str(expected), str(found), because)

    def kept(self, what: str, because: str = "") -> Finding:
        """Return that the law is kept, by what was looked at."""
        return Finding(self.law, self.alternative, "kept", what, because=because)

    def exception(self, what: str, because: str, found: str = "") -> Finding:
        """Return that the law cannot be judged here, or does not hold by nature, and why."""
        return Finding(self.law, self.alternative, "exception", what, found=found, because=because)

    def first_or_kept(self, broken: Iterable[Finding], what: str, because: str = "") -> Iterator[Finding]:
        """Yield the first of what is broken, or that the law is kept."""
        found = list(islice(broken, MOST_BROKEN))
        yield from found or [self.kept(what, because)]


def as_money(cents: int, currency: str = HOME_CURRENCY) -> str:
    """Return cents as a reader sees them."""
    whole, rest = divmod(abs(int(cents)), CENTS)
    return f"{'-' if cents < 0 else ''}{whole:,}.{rest:02} {currency}"
