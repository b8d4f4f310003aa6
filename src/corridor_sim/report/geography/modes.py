"""The colours and words of modes on maps, the same in every chart."""

from __future__ import annotations

from corridor_sim.report.script.words import say

MODE_COLOURS = {"rail": "#D55E00", "road": "#7A7A7A", "sea": "#0072B2", "barge": "#009E73", "air": "#CC79A7"}
"""Of Okabe and Ito's colours."""
OTHER = "#999999"
MODE_WORDS = {mode: say(f"map.{mode}") for mode in MODE_COLOURS}


def colour_of(mode: str) -> str:
    """Return the colour of a mode."""
    return MODE_COLOURS.get(mode, OTHER)
