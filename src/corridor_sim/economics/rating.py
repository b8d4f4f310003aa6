"""What loads count of everything that prices are per, and rates ready for many loads at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from corridor_sim.economics.money import CENTS_TO_PRODUCT, Factors, scaled
from corridor_sim.engine.program import MEASURES, ONE, Ints
from corridor_sim.errors import ModelError
from corridor_sim.network.rates import CHARGEABLE, FEU, PASSAGE, Rate
from corridor_sim.units import TEU_PER_FEU

LITRES_PER_CHARGEABLE_KG = 6
"""IATA's volume weight: 6,000 cubic centimetres count as one kilogram."""
MAY_BE_NONE = ("plug",)
"""Measures of which a load may have none: a dry box has no plug."""
NOTHING = "nothing"
"""What rows with fewer rates than others count in their last columns."""
COUNTABLE = (*MEASURES, PASSAGE, FEU, CHARGEABLE, NOTHING)
"""Columns of `countable`."""


def countable(sizes: Ints) -> Ints:
    """Return (n, COUNTABLE) thousandths of all that a price may be per, of loads of `sizes` (n, MEASURES)."""
    counted = np.zeros((len(sizes), len(COUNTABLE)), np.int64)
    counted[:, : len(MEASURES)] = sizes
    counted[:, COUNTABLE.index(PASSAGE)] = ONE
    counted[:, COUNTABLE.index(FEU)] = sizes[:, MEASURES.index("teu")] // TEU_PER_FEU
    mass, volume = sizes[:, MEASURES.index("mass")], sizes[:, MEASURES.index("volume")]
    by_volume = scaled(volume, Fraction(1, LITRES_PER_CHARGEABLE_KG)) if volume.any() else volume
    counted[:, COUNTABLE.index(CHARGEABLE)] = np.maximum(mass, by_volume)
    return counted


@dataclass(frozen=True)
class RateTable:
    """Prices as rows of rates; a row with fewer rates than others has zeros in its last columns.

    `measure` (rows, k) columns of COUNTABLE; `timed` whether a rate counts seconds too; `needed` whether a load must
    have some of it; `factors` give cents, net, of quantities in thousandths; `words` name a row in messages.
    """

    measure: Ints
    timed: NDArray[np.bool_]
    needed: NDArray[np.bool_]
    factors: Factors
    words: tuple[str, ...]

    @staticmethod
    def of(
        prices: Sequence[Sequence[Rate]], nets: Sequence[Fraction] | None = None, words: Sequence[str] | None = None
    ) -> RateTable:
        """Return the table of `prices`; `nets` take off recoverable tax; `words` end in ": "."""
        wide = max((len(price) for price in prices), default=0)
        nothing = Rate(Fraction(0), NOTHING)
        rows = [[*price, *[nothing] * (wide - len(price))] for price in prices]
        shape = (len(rows), wide)
        net = nets if nets is not None else [Fraction(1)] * len(rows)
        return RateTable(
            np.array([[COUNTABLE.index(rate.measure) for rate in row] for row in rows], np.int64).reshape(shape),
            np.array([[rate.timed for rate in row] for row in rows], bool).reshape(shape),
            np.array([[rate.measure not in (NOTHING, *MAY_BE_NONE) for rate in row] for row in rows], bool).reshape(
                shape
            ),
            Factors.of(
                [
                    [rate.millionths * factor / CENTS_TO_PRODUCT for rate in row]
                    for row, factor in zip(rows, net, strict=True)
                ]
            ),
            tuple(words) if words is not None else ("",) * len(rows),
        )

    def quantities(self, row: Ints, counted: Ints, load: Ints, seconds: Ints) -> Ints:
        """Return (n, k) thousandths of what each rate counts, of passages that took `seconds`.

        row      int64[n] the price of each
        counted  (loads, COUNTABLE), of which `load` int64[n] says the row of each
        Raises ModelError where a load has none of it: a price per something that is not there would be free by
        accident.
        """
        measure = self.measure[row]
        found = counted[load[:, None], measure]
        missing = found == 0
        if missing.any():
            missing &= self.needed[row]
        if missing.any():
            first = row[missing.any(axis=1)].min()
            word = COUNTABLE[self.measure[first, missing[row == first].any(axis=0).argmax()]]
            raise ModelError(f"{self.words[first]}a price per {word} meets a load without any {word}")
        if self.timed.any():
            found *= np.where(self.timed[row], seconds.astype(np.int64)[:, None], 1)
        return found

    def cents(self, row: Ints, quantities: Ints) -> Ints:
        """Return cents of the price's currency, rounded once."""
        return self.factors.rounded(row, quantities)
