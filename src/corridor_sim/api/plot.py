"""The charts of a result, drawn for a notebook or a file: each is a method by its name in the registry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from inspect import getdoc
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corridor_sim.api.files import write
from corridor_sim.errors import InputError, did_you_mean
from corridor_sim.report.charts.base import Chart
from corridor_sim.report.charts.canvas import FORMATS, PNG, SVG, picture
from corridor_sim.report.charts.registry import BY_NAME
from corridor_sim.report.figures import draw_figures
from corridor_sim.report.run import Run
from corridor_sim.report.script.words import ENGLISH, LANGUAGES
from corridor_sim.study.aside import as_results_error

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SCREEN_DPI = 96
"""Pixels of a web page for each inch of a picture; the PNG itself has more, for sharp screens and paper."""


@dataclass(frozen=True, repr=False)
class Picture:
    """A chart that was drawn: it shows itself in a notebook; `figure` is the matplotlib Figure.

    `chart` is its name, `title` its title in the language it was drawn in.
    """

    chart: str
    title: str
    figure: Figure
    summary: Mapping[str, Any]

    def save(self, path: Path | str) -> Path:
        """Write the picture as `path` says, .png or .svg, with scenario, seed and version in it; return the path.

        Raises InputError for another ending, ResultsError where it cannot be written.
        """
        place = Path(path)
        form = place.suffix.removeprefix(".").lower()
        if form not in FORMATS:
            raise InputError(f"{place} ends in no format of pictures; expected .{' or .'.join(FORMATS)}")
        return write(place, self._as(form))

    def _as(self, form: str) -> bytes:
        return picture(self.figure, self.summary, self.title, form)

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        """Return the picture, and its size on the page in pixels, as Jupyter asks for them."""
        width, height = (round(inches * SCREEN_DPI) for inches in self.figure.get_size_inches())
        return self._as(PNG), {"width": width, "height": height}

    def __repr__(self) -> str:
        return f'<Picture {self.chart} "{self.title}">'


class Drawing:
    """One chart of a run, to be called; its docstring says how to read it."""

    def __init__(self, run: Run, chart: Chart) -> None:
        """Keep what is drawn: a chart of a run."""
        self._run, self._chart = run, chart
        self.__doc__ = f"{chart.title[ENGLISH]}. {chart.says[ENGLISH]}\n\n{getdoc(self.__call__)}"

    def __call__(self, language: str = ENGLISH, alternative: str | None = None) -> Picture:
        """Return the chart, drawn in one of en, zh-Hans, zh-Hant-HK.

        `alternative`: which one a chart of one alternative shows, by default the first that is not the baseline; the
        others show all and take none. Raises InputError for an unknown language or alternative, and where the run
        has nothing to show in this chart.
        """
        chart = self._chart
        check_language(language)
        shown = _alternative(self._run, chart, alternative)
        figure = chart.draw(self._run, language, shown)
        if figure is None:
            raise InputError(f"this run has nothing to show in {chart.name}")
        return Picture(chart.name, chart.title[language], figure, self._run.summary)

    def __repr__(self) -> str:
        return f"<chart {self._chart.name}: {self._chart.title[ENGLISH]}>"


class Plots:
    """The charts of a run, each by its name: `plots.transit_times(language="en")`; `dir` lists them."""

    def __init__(self, run: Run) -> None:
        """Keep the run whose charts these are."""
        self._run = run

    def __getattr__(self, name: str) -> Drawing:
        """Return a chart. Raises AttributeError, with the names there are, for one that there is not."""
        if name not in BY_NAME:
            raise AttributeError(f'no chart "{name}"{did_you_mean(name, BY_NAME)}; there are {", ".join(BY_NAME)}')
        return Drawing(self._run, BY_NAME[name])

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *BY_NAME]

    def __repr__(self) -> str:
        return f"<charts: {', '.join(BY_NAME)}>"

    def save(
        self, folder: Path | str, format: str = SVG, language: str = ENGLISH, alternative: str | None = None
    ) -> list[Path]:
        """Write every chart that has something to show into a folder, as <chart>.<format>; return the files.

        `format` is svg or png; `language` and `alternative` as of each chart. Raises InputError for one that is not
        known, ResultsError where they cannot be written.
        """
        check_language(language)
        if format not in FORMATS:
            raise InputError(f'"{format}" is no format of pictures; expected {" or ".join(FORMATS)}')
        if alternative is not None:
            _known(self._run, alternative)
        drawn = draw_figures(self._run, None, list(BY_NAME), language, format, alternative)
        into = Path(folder)
        with as_results_error(into):
            into.mkdir(parents=True, exist_ok=True)
        return [write(into / f"{name}.{format}", content) for name, content in drawn.items()]


def check_language(language: str) -> None:
    """Raise InputError for a language that reports do not speak."""
    if language not in LANGUAGES:
        raise InputError(f'"{language}" is no language of reports; expected {", ".join(LANGUAGES)}')


def _alternative(run: Run, chart: Chart, wanted: str | None) -> str:
    """Return which alternative a chart shows; those that show all are drawn as if for the main one."""
    if wanted is None:
        return run.main
    if not chart.of_one:
        raise InputError(f"{chart.name} shows all alternatives; it takes none")
    return _known(run, wanted)


def _known(run: Run, alternative: str) -> str:
    if alternative not in run.names:
        known = f"there are {', '.join(run.names)}"
        raise InputError(f'"{alternative}" is no alternative{did_you_mean(alternative, run.names)}; {known}')
    return alternative
