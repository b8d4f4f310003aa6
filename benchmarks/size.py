"""How large a corridor is: the same in the scenarios and in the models written by hand."""

from __future__ import annotations

from dataclasses import dataclass

YEAR_HOURS = 365 * 24
REFERENCE = 20_000
"""Consignments of the reference corridor year."""


@dataclass(frozen=True, slots=True)
class Size:
    """Demand and capacities of the reference corridor: servers and boxes a departure grow with the demand."""

    consignments: int
    gate_servers: int
    unloading_servers: int
    inspectors: int
    train_boxes: int
    barge_boxes: int

    @classmethod
    def of(cls, consignments: int = REFERENCE) -> Size:
        """Return a corridor for so many consignments a year, as loaded as the reference corridor or less."""

        def scaled(units: int) -> int:
            return -(-units * consignments // REFERENCE)

        return cls(consignments, scaled(2), scaled(3), scaled(2), scaled(60), scaled(80))

    def overrides(self) -> list[str]:
        """Return what `--set` needs for corridor_year.yaml to have this size."""
        return [
            f"flows.boxes.arrives.poisson={self.consignments} boxes per year",
            f"facilities.gate.servers={self.gate_servers}",
            f"facilities.unloading.servers={self.unloading_servers}",
            f"facilities.inspectors.servers={self.inspectors}",
            f"services.train.capacity={self.train_boxes} boxes",
            f"services.barge.capacity={self.barge_boxes} boxes",
        ]
