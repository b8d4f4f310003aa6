"""Departures and who is on their lists."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from paper.calendars import Windows
from paper.goods import Load
from paper.world import Service


@dataclass(eq=False)
class Departure:
    """One departure and who is on its list."""

    service: Service
    number: int
    listed: list[Load] = field(default_factory=list)
    used: dict[str, Fraction] = field(default_factory=dict)
    cancelled: bool = False
    to_unload: int = 0
    berth: bool = False
    left: int = -1

    @property
    def scheduled(self) -> int:
        return self.service.scheduled[self.number]


def closed_until(shut: Windows, tick: int) -> int:
    """When a place opens again; `tick` itself if it is open."""
    return next((end for begin, end in shut if begin <= tick < end), tick)
