"""Collects the rows of a Program while routes are lowered: instructions, samplers, streams, marks, steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from corridor_sim.engine.program import (
    MARK_KINDS,
    NONE,
    BatchRule,
    BranchRule,
    Instruction,
    Op,
    SwitchRule,
)
from corridor_sim.errors import Problem
from corridor_sim.network.info import StepInfo
from corridor_sim.sampling.law import Distribution
from corridor_sim.sampling.tables import Sampler, build_sampler, outline

UNIFORMS = 1 << 53


@dataclass
class Builder:
    """Tables of a Program in the making. Rows are only appended; jumps are patched by `redirect_exits`."""

    facilities: dict[str, int]
    services: dict[str, int]
    with_tables: bool = True
    code: list[Instruction] = field(default_factory=list)
    step_of: list[int] = field(default_factory=list)
    steps: list[StepInfo] = field(default_factory=list)
    samplers: list[Sampler] = field(default_factory=list)
    streams: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=lambda: list(MARK_KINDS))
    batches: list[BatchRule] = field(default_factory=list)
    branches: list[BranchRule] = field(default_factory=list)
    lane_names: list[tuple[str, ...]] = field(default_factory=list)
    switches: list[SwitchRule] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    _laws: dict[Distribution, int] = field(default_factory=dict)

    def sampler(self, law: Distribution) -> int:
        """Return the number of the sampler of a law, building its tables once."""
        number = self._laws.setdefault(law, len(self.samplers))
        if number == len(self.samplers):
            self.samplers.append(build_sampler(law) if self.with_tables else outline(law))
        return number

    def stream(self, name: str) -> int:
        """Return the number of a named stream."""
        if name not in self.streams:
            self.streams.append(name)
        return self.streams.index(name)

    def mark(self, name: str) -> int:
        """Return the number of a named mark."""
        if name not in self.marks:
            self.marks.append(name)
        return self.marks.index(name)

    def emit(self, op: Op, a: int = NONE, b: int = NONE, c: int = 0, stream: int = NONE) -> int:
        """Append an instruction of the current step that goes on to the following row; return its number."""
        number = len(self.code)
        self.code.append(Instruction(op, number + 1, a, b, c, stream))
        self.step_of.append(len(self.steps))
        return number

    def close_step(self, info: StepInfo) -> None:
        """Give the instructions emitted since the last step to `info`."""
        self.steps.append(info)

    def open_branch(self) -> int:
        """Return the number of a new branch whose lanes `close_branch` fills in: they are emitted as steps first."""
        number = len(self.branches)
        self.branches.append(BranchRule((), (), 0, (), ()))
        self.lane_names.append(())
        return number

    def close_branch(
        self,
        number: int,
        names: Sequence[str],
        shares: Sequence[Fraction],
        targets: Sequence[int],
        again: Sequence[int],
    ) -> None:
        """Fill in a branch: lanes in the order given, `again` 0 where a lane does not go back."""
        upto, total = [], Fraction(0)
        for share in shares:
            total += share
            upto.append(round(total * UNIFORMS))
        likeliest = max(range(len(names)), key=lambda lane: (shares[lane], -lane))
        self.lane_names[number] = tuple(names)
        self.branches[number] = BranchRule(
            tuple(upto), tuple(targets), likeliest, tuple(again), (len(self.code),) * len(names)
        )

    def redirect(self, number: int, target: int) -> None:
        """Let instruction `number` go on to `target`."""
        self.code[number] = replace(self.code[number], next=target)

    def redirect_exits(self, first: int, end: int, target: int) -> None:
        """Let everything from `first` that goes on to `end`, the row behind it, go on to `target`."""

        def onward(row: int) -> int:
            return target if row == end else row

        for number in range(first, end):
            instruction = self.code[number]
            self.redirect(number, onward(instruction.next))
            if instruction.op is Op.BRANCH:
                rule = self.branches[instruction.a]
                self.branches[instruction.a] = replace(
                    rule, targets=tuple(map(onward, rule.targets)), otherwise=tuple(map(onward, rule.otherwise))
                )
