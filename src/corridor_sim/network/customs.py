"""Lowers a passage through customs or food control: what is lodged, selection, hold, inspection, release.

Selection is one draw per declaration. The draw belongs to the side and the place, not to the channel, so the same
consignment meets the same lot in every alternative and a channel with a lower rate selects a subset.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from corridor_sim.catalog.values import Sampled
from corridor_sim.engine.program import NONE, Op
from corridor_sim.network.route import RouteLowering, delay, serve
from corridor_sim.scenario.model import CustomsChannel
from corridor_sim.scenario.steps import Customs

LANES = ("clear", "selected")


def lower_customs(lowering: RouteLowering, name: str, step: Customs) -> None:
    """Append the instructions of a customs step; its last one is the MARK of release."""
    builder = lowering.builder
    channel = lowering.scenario.customs_channels[step.channel]
    if step.inspect_at is not None:
        lowering.go_to(name, lowering.scenario.facilities[step.inspect_at].at)
    prefix = step.stream or f"customs/{step.customs}/{lowering.place}"
    if prefix in lowering.streams:
        lowering.problem(name, f'draws from the streams "{prefix}" like another step; give one of them `stream:`')
    lowering.streams.add(prefix)

    def wait(purpose: str, takes: Sampled | None) -> None:
        if takes is not None:
            delay(lowering, takes, builder.stream(f"{prefix}/{purpose}"))

    wait("documents", channel.documents)
    if channel.documents is not None:
        builder.emit(Op.MARK, builder.mark("documents"))
    wait("manifest", channel.manifest)
    wait("declaration", channel.declaration)
    wait("arrival report", channel.arrival_report)
    branch = builder.open_branch()
    builder.emit(Op.BRANCH, branch, stream=builder.stream(f"{prefix}/selected"))
    first = len(builder.code)
    wait("hold", channel.hold)
    inspection = _inspect(lowering, step, channel, prefix)
    following = len(builder.code)
    targets = (following, first if first < following else following)
    selected = channel.selected.value
    builder.close_branch(branch, LANES, (Fraction(1) - selected, selected), targets, (0, 0))
    wait("release", channel.release)
    main = builder.emit(Op.MARK, builder.mark(step.marks or f"{step.customs} released"))
    builder.close_step(
        replace(
            lowering.info(name, step, main),
            customs_side=step.customs,
            facility=step.inspect_at or "",
            inspection=inspection,
        )
    )


def _inspect(lowering: RouteLowering, step: Customs, channel: CustomsChannel, prefix: str) -> int:
    if channel.inspection is None:
        return NONE
    stream = lowering.builder.stream(f"{prefix}/inspection")
    if step.inspect_at is None:
        return delay(lowering, channel.inspection, stream)
    return serve(lowering, step.inspect_at, channel.inspection, stream)
