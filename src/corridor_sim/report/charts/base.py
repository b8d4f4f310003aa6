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
NAMES, LABELS = "names", "labels"
"""Parameters with words: of names of the scenario, and of what a chart makes up itself; neither hides the other."""
PICKED = "picked"
NARROW_PIXELS = 560
LEGEND_COLUMNS = (1, 3)
LEGEND_LABEL_PIXELS = 260


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
    first: Callable[[Run], str] | None = None
    """Which alternative a chart of one shows where nobody chose; without it the run's main one."""

    def shown(self, run: Run, chosen: str | None) -> str:
        """Return the alternative that is drawn: the chosen one, or else the one shown first."""
        return chosen or (self.first(run) if self.first else run.main)

    @property
    def title(self) -> Words:
        """Return its title."""
        return say(f"charts.{self.name}")

    @property
    def says(self) -> Words:
        """Return how to read it, in a sentence or two."""
        return say(f"charts.{self.name}_says")


def names_param(names: Mapping[str, Words], parameter: str = NAMES) -> Spec:
    """Return the parameter through which a specification says names: name -> words."""
    return {"name": parameter, "value": dict(names)}


def named_axis(parameter: str = NAMES, /, **axis: Any) -> Spec:
    """Return the axis (or legend) of a column of names, whose labels are their words."""
    return {"labelExpr": f"{parameter}[datum.value] || datum.value", **axis}


def named(column: str, into: str, parameter: str = NAMES) -> Spec:
    """Return the transform that writes the words of a column of names into another column, for tooltips."""
    return {"calculate": f"{parameter}[datum['{column}']] || datum['{column}']", "as": into}


def tooltip(**columns: str) -> list[Spec]:
    """Return what is told of a mark: column=phrase of charts that says what it is."""
    return [
        {"field": column, "type": "nominal", "title": say(f"charts.{phrase}")} for column, phrase in columns.items()
    ]


TOLD = "told"


def told(*columns: str) -> Spec:
    """Return the transform that writes what a mark says to those who cannot see it, for `DESCRIBED`."""
    parts = [f"(isValid(datum['{column}']) ? datum['{column}'] : '')" for column in columns]
    return {"calculate": " + ' ' + ".join(parts), "as": TOLD}


DESCRIBED: Spec = {"description": {"field": TOLD, "type": "nominal"}}


def one_alternative(run: Run) -> tuple[Spec, Spec]:
    """Return the parameter that says which alternative is shown, and the filter that keeps its rows."""
    return {"name": ALTERNATIVE, "value": run.main}, {"filter": f"datum.{ALTERNATIVE} == {ALTERNATIVE}"}


def alternative_names(run: Run, names: Iterable[str] | None = None) -> dict[str, Words]:
    """Return the words of alternatives by name."""
    return {name: run.alternative(name) for name in (run.names if names is None else names)}


def pick_param(column: str) -> Spec:
    """Return the selection that clicks on the legend of a column make: each adds a name or takes it away."""
    return {"name": PICKED, "select": {"type": "point", "fields": [column], "toggle": "true"}, "bind": "legend"}


def if_picked(so: float, otherwise: float) -> Spec:
    """Return a channel that has one value for what is picked (or while nothing is) and another for the rest."""
    return {"condition": {"param": PICKED, "value": so}, "value": otherwise}


def below_legend(parameter: str = NAMES, columns: tuple[int, int] = LEGEND_COLUMNS, **legend: Any) -> Spec:
    """Return a legend of names below the chart, in the first number of columns where it is narrow, else the second."""
    by_width = {"expr": f"width < {NARROW_PIXELS} ? {columns[0]} : {columns[1]}"}
    look = {"orient": "bottom", "columns": by_width, "labelLimit": LEGEND_LABEL_PIXELS, "title": None}
    return named_axis(parameter, **look, **legend)
