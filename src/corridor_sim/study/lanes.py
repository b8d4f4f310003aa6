"""Lanes chosen by words (`--lane "export check=selected"`) turned into branches of a Program."""

from __future__ import annotations

from collections.abc import Mapping

from corridor_sim.engine.program import Op, Program
from corridor_sim.errors import InputError, did_you_mean


def branch_names(program: Program) -> dict[int, str]:
    """Return for each branch the `route/step` it belongs to."""
    return {row.a: program.step_names[number] for number, row in enumerate(program.code) if row.op is Op.BRANCH}


def lane_numbers(program: Program, lanes: Mapping[str, str]) -> dict[int, int]:
    """Return branch -> lane for `step` or `route/step` -> lane name; steps of routes not in use are passed over.

    Raises InputError for a lane that the step does not have.
    """
    chosen: dict[int, int] = {}
    names = branch_names(program)
    for step, lane in lanes.items():
        for branch, name in names.items():
            if step not in (name, name.partition("/")[2]):
                continue
            known = program.lane_names[branch]
            if lane not in known:
                hint = did_you_mean(lane, known)
                raise InputError(f'--lane {step}={lane}: "{lane}" is no lane; expected {", ".join(known)}{hint}')
            chosen[branch] = known.index(lane)
    return chosen


def check_lanes(programs: Mapping[str, Program], lanes: Mapping[str, str]) -> None:
    """Raise InputError for a step that no alternative branches at."""
    names = {name for program in programs.values() for name in branch_names(program).values()}
    known = names | {name.partition("/")[2] for name in names}
    for step in lanes:
        if step not in known:
            hint = did_you_mean(step, known)
            raise InputError(f'--lane {step}={lanes[step]}: no step "{step}" has lanes{hint}')
