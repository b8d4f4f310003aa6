"""Checks of provenance: sources that exist, prices with year and one tax basis, claims not fed by their own source."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from corridor_sim.catalog.values import SOURCED, Priced, split_provenance
from corridor_sim.reading.located import FieldPath
from corridor_sim.scenario.findings import Findings
from corridor_sim.scenario.money import Tariff, Tax

MONEY_RATES = ("money", "rates")


def refer_sources(found: Findings, path: FieldPath, sources: Sequence[str]) -> None:
    """Check that every source named at `path` is described under `sources` or in the catalog."""
    for place, source in enumerate(sources):
        found.refer((*path, "source", place), source, found.scenario.sources, "source")


def check_sources(found: Findings) -> None:
    """Check the sources of values, parameters and customs channels, and what prices say of themselves."""
    scenario = found.scenario
    for name, channel in scenario.customs_channels.items():
        refer_sources(found, ("customs_channels", name), channel.source)
    for name, parameter in scenario.parameters.items():
        read = found.read(("parameters", name), partial(split_provenance, parameter, None))
        refer_sources(found, ("parameters", name), read[1].sources if read is not None else ())
    for path, value in found.values:
        refer_sources(found, path, value.provenance.sources)
        if isinstance(value, Priced) and path[: len(MONEY_RATES)] != MONEY_RATES:
            _check_year(found, path, value)
    for name, tariff in scenario.tariffs.items():
        _check_tax(found, name, tariff)
    _check_claims(found)


def _check_year(found: Findings, path: FieldPath, price: Priced) -> None:
    if price.provenance.grade in SOURCED and price.provenance.price_year is None:
        found.add(path, f'"{price.text}" comes from a source but has no year; add `price_year: ...`')


def _check_tax(found: Findings, name: str, tariff: Tariff) -> None:
    """Check that prices which state a tax basis state the one of the tariff they stand in."""
    tiers = tariff.clock.tiers if tariff.clock is not None else ()
    prices: dict[FieldPath, Priced] = {("price",): tariff.price} if tariff.price is not None else {}
    prices |= {("clock", "tiers", place, "price"): tier.price for place, tier in enumerate(tiers)}
    wanted = tax_words(tariff.tax)
    for path, price in prices.items():
        stated = price.provenance.tax
        if stated and " ".join(stated.split()) != wanted:
            message = f'the price is "{stated}" where it comes from, but the tariff says "{wanted}"'
            found.add(("tariffs", name, *path), message)


def tax_words(tax: Tax) -> str:
    """Return a tax as a price states it: "included 9 %", "exempt"."""
    words = tax.basis if tax.rate is None else f"{tax.basis} {tax.rate.text}"
    return words if tax.recoverable else f"{words}, not recoverable"


def _check_claims(found: Findings) -> None:
    """Refuse a value that comes from the source of the very claim it would test (EVIDENCE.md, Provenance)."""
    claimed = {source: name for name, claim in found.scenario.claims.items() for source in claim.source}
    if not claimed:
        return
    for path, value in found.values:
        for source in value.provenance.sources:
            if source in claimed and path[0] != "claims":
                message = f'"{source}" is the source of the claim "{claimed[source]}" and may not feed what tests it'
                found.add(path, message)
