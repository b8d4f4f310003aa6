"""Both waterfalls in words: where an alternative costs more or less than the baseline, and why, per tonne."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from corridor_sim.economics.ledger import COST_BASES
from corridor_sim.reading.located import printable
from corridor_sim.report.script.words import ENGLISH, Words, same, say
from corridor_sim.report.terminal import ASCII_HEAD
from corridor_sim.report.words import BASES, Figure, Unit, has_interval, number, row_with, with_interval
from corridor_sim.units import CENTS

Summary = Mapping[str, Any]
SHOWN_BASE = "total_logistics"
"""The cost base in which waterfalls are shown: the one by which alternatives are judged."""
PER_TONNE = Unit("CNY/t", decimals=1)
LONGEST_NAME = 40
FIGURE_COLUMNS, WHAT_COLUMNS = 22, 25
MOST_ON_SCREEN = 6
NOTHING = "They cost the same everywhere."


@dataclass(frozen=True)
class Tongue:
    """The language in which bars are named, and the words of the names of a run."""

    language: str = ENGLISH
    name: Callable[[str], Words] = same

    def of(self, name: str) -> str:
        """Return a name in words, on one line."""
        return printable(self.name(name)[self.language], LONGEST_NAME)

    def activity(self, activity: str) -> str:
        """Return an activity of the ledger in words."""
        return self.of(activity).replace("_", " ")

    def say(self, phrase: str, **parts: str) -> str:
        """Return a phrase of charts."""
        return say(f"charts.{phrase}", **parts)[self.language]


IN_ENGLISH = Tongue()
"""Names as they are written."""


@dataclass(frozen=True)
class Shown:
    """One bar as it is shown: what, where, and CNY per tonne (a figure; of a sum of small bars its value alone)."""

    what: str
    place: str
    figure: Figure


@dataclass(frozen=True)
class Waterfall:
    """The largest bars of a waterfall, the rest as one, and their sum."""

    alternative: str
    baseline: str
    bars: Sequence[Shown]
    rest: Shown | None
    total: Shown
    exact: str

    @property
    def rows(self) -> list[Shown]:
        """Return all bars that sum to the total."""
        return [*self.bars, *([self.rest] if self.rest else [])]


def where_of(pair: Summary, most: int, base: str = SHOWN_BASE, tongue: Tongue = IN_ENGLISH) -> Waterfall | None:
    """Return the *where* waterfall of a comparison with at most so many bars, None where there is no cost."""
    inside = [bar for bar in pair["where"]["bars"] if bar["base"] in COST_BASES[base]]
    total = row_with(pair["where"]["totals"], base=base)
    bars = [Shown(tongue.activity(bar["activity"]), leg_words(bar, tongue), bar["per_tonne"]) for bar in inside]
    return _waterfall(pair, bars, total, most, tongue)


def why_of(pair: Summary, base: str = SHOWN_BASE, tongue: Tongue = IN_ENGLISH) -> Waterfall | None:
    """Return the *why* waterfall of a comparison, None where it was not asked for or there is no cost."""
    if "why" not in pair:
        return None
    sets = {group["name"]: len(group["sets"]) for group in pair["why"]["groups"]}
    bars = [
        Shown(tongue.of(bar["group"]), overrides_words(sets[bar["group"]], tongue), bar["per_tonne"])
        for bar in pair["why"]["bars"]
        if bar["base"] == base
    ]
    return _waterfall(pair, bars, row_with(pair["where"]["totals"], base=base), len(bars), tongue)


def _waterfall(pair: Summary, bars: list[Shown], total: Figure | None, most: int, tongue: Tongue) -> Waterfall | None:
    if total is None or total["per_tonne"]["value"] is None:
        return None
    bars = sorted(bars, key=lambda bar: -abs(bar.figure["value"]))
    shown, rest = (bars, []) if len(bars) <= most + 1 else (bars[:most], bars[most:])
    value = sum(bar.figure["value"] for bar in rest)
    smaller = tongue.say("smaller_ones", count=str(len(rest)))
    others = Shown(tongue.say("all_other"), smaller, {"value": value, "low": None, "high": None})
    unresolved = "" if total["per_tonne"]["resolved"] else tongue.say("not_resolved")
    return Waterfall(
        printable(pair["alternative"], LONGEST_NAME),
        printable(pair["against"], LONGEST_NAME),
        shown,
        others if rest else None,
        Shown(tongue.say("together"), unresolved, total["per_tonne"]),
        f"{total['cents'] / CENTS:+z,.2f} CNY",
    )


def leg_words(bar: Mapping[str, str], tongue: Tongue = IN_ENGLISH) -> str:
    """Return where a bar arises: "A - B, rail", "at A", or the whole way."""
    if not bar["origin"]:
        return tongue.say("whole_way")
    origin, destination = (tongue.of(bar[end]) for end in ("origin", "destination"))
    if bar["origin"] == bar["destination"]:
        return tongue.say("at_place", place=origin)
    ends = f"{origin} - {destination}"
    return tongue.say("leg_by", leg=ends, mode=tongue.of(bar["mode"])) if bar["mode"] else ends


def overrides_words(count: int, tongue: Tongue = IN_ENGLISH) -> str:
    """Return how many overrides a bar stands for."""
    return tongue.say("override" if count == 1 else "overrides", count=str(count))


def signed(figure: Figure, unit: Unit = PER_TONNE) -> str:
    """Return a difference with its sign and, where there is one, its interval."""
    shown = with_interval(figure, unit) if has_interval(figure) else number(figure["value"], unit)
    return f"+{shown}" if figure["value"] > 0 and not shown.startswith(number(0, unit)) else shown


def show_waterfalls(summary: Summary, console: Console, with_where: bool) -> None:
    """Print the waterfalls of every comparison: *why* where it was asked for, *where* if wanted."""
    for pair in summary["comparisons"]:
        if with_where:
            _show(console, "Where", where_of(pair, MOST_ON_SCREEN))
        _show(console, "Why", why_of(pair))
        for note in pair.get("why", {}).get("notes", ()):
            console.print(Text(f"Note: {printable(note)}"))


def _show(console: Console, word: str, waterfall: Waterfall | None) -> None:
    if waterfall is not None:
        console.print()
        console.print(Text(title_of(word, waterfall), style="bold"))
        console.print(_table(console, waterfall) if waterfall.bars else Text(NOTHING))


def title_of(word: str, waterfall: Waterfall) -> str:
    """Return what a waterfall shows, such as "Why: by rail against by road"."""
    return f"{word}: {waterfall.alternative} against {waterfall.baseline}"


def _table(console: Console, waterfall: Waterfall) -> Table:
    lines = console.is_terminal and not console.options.ascii_only
    table = Table(box=box.SIMPLE_HEAD if lines else ASCII_HEAD, padding=0, show_edge=False)
    table.add_column(f"{BASES[SHOWN_BASE]} cost", width=WHAT_COLUMNS, overflow="fold")
    table.add_column("", width=console.width - WHAT_COLUMNS - FIGURE_COLUMNS - 1 - 1, overflow="fold")
    table.add_column(PER_TONNE.words, width=FIGURE_COLUMNS, justify="right", overflow="fold")
    for bar in waterfall.rows:
        table.add_row(Text(bar.what), Text(bar.place), Text(signed(bar.figure)))
    total = waterfall.total
    table.add_row(Text(total.what, style="bold"), Text(f"exactly {waterfall.exact}"), Text(signed(total.figure)))
    return table
