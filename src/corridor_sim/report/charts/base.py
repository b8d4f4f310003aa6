"""What every chart is: rows made once from a run, drawn by matplotlib for files and by Vega-Lite in the HTML report.

A Vega-Lite specification is plain data in which every visible text is words (a text for each of LANGUAGES); the page
puts in those of its reader's language, width and colours. Names from a scenario never stand in an expression: charts
look their words up in the parameter `names` by the value in the data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corridor_sim.report.run import Run
from corridor_sim.report.script.words import Words, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Spec = dict[str, Any]
ALTERNATIVE = "alternative"
"""The column, and the parameter of a specification, that says which alternative a chart of one of them shows."""
NAMES = "names"


@dataclass(frozen=True)
class Chart:
    """One picture in its two forms; both return None where a run has nothing to show in it.

    `name` is that of files and phrases ("charts.<name>", "charts.<name>_says"); `tables` are those it reads;
    `of_one`: it shows one alternative at a time.
    """

    name: str
    draw: Callable[[Run, str, str], Figure | None]
    """(run, language, alternative) -> the picture, drawn in `canvas.house_style`; most show all alternatives."""
    spec: Callable[[Run], Spec | None]
    tables: tuple[str, ...] = ()
    of_one: bool = False

    @property
    def title(self) -> Words:
        """Return its title."""
        return say(f"charts.{self.name}")

    @property
    def says(self) -> Words:
        """Return how to read it, in a sentence or two."""
        return say(f"charts.{self.name}_says")


def names_param(names: Mapping[str, Words]) -> Spec:
    """Return the parameter through which a specification says names: name -> words."""
    return {"name": NAMES, "value": dict(names)}


def named_axis(**axis: Any) -> Spec:
    """Return the axis (or legend) of a column of names, whose labels are their words."""
    return {"labelExpr": f"{NAMES}[datum.value] || datum.value", **axis}


def named(column: str, into: str) -> Spec:
    """Return the transform that writes the words of a column of names into another column, for tooltips."""
    return {"calculate": f"{NAMES}[datum['{column}']] || datum['{column}']", "as": into}


def one_alternative(run: Run) -> tuple[Spec, Spec]:
    """Return the parameter that says which alternative is shown, and the filter that keeps its rows."""
    return {"name": ALTERNATIVE, "value": run.main}, {"filter": f"datum.{ALTERNATIVE} == {ALTERNATIVE}"}


def alternative_names(run: Run, names: Iterable[str] | None = None) -> dict[str, Words]:
    """Return the words of alternatives by name."""
    return {name: run.alternative(name) for name in (run.names if names is None else names)}
