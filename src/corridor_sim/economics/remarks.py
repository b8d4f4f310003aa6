"""What pricing could not say or left out, as data with a sentence: a kind and the names it is about."""

from __future__ import annotations

from dataclasses import dataclass

FEW_PROMISED, NO_KM, NO_FACTOR, EMPTY_BOX = "few promised", "no km", "no factor", "empty box"
SENTENCES = {
    FEW_PROMISED: "reliability of {flow}: fewer than {fewest} promised arrivals, not costed",
    NO_KM: "emissions of {route}/{step}: its km are not given",
    NO_FACTOR: 'emissions of {route}/{step}: money.emissions has no "{factor}" that can be counted here',
    EMPTY_BOX: "emissions of the empty box from {start} to {stop}: left out, km, mode or tare not known",
}


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark: its `kind` (a key of SENTENCES) and the `parts` of its sentence, (name, text) each."""

    kind: str
    parts: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        """Return the sentence."""
        return SENTENCES[self.kind].format(**dict(self.parts))


def remark(kind: str, **parts: str) -> Remark:
    """Return a remark of a kind."""
    return Remark(kind, tuple(parts.items()))
