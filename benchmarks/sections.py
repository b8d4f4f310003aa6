"""The tables of the benchmark, each a Section."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from benchmarks import by_hand, ours
from benchmarks.agree import differences
from benchmarks.child import measure
from benchmarks.commands import asked_commands, run_command
from benchmarks.processors import all_processors, one_processor
from benchmarks.race import Entrant, alternate, times_as_fast, times_as_long
from benchmarks.size import REFERENCE
from benchmarks.tables import Section, number, ratio
from corridor_sim.network.inputs import draw_inputs
from corridor_sim.network.lowered import Lowered
from corridor_sim.study.engines import engine_named

MICROSECONDS = 1e6
MISSING = "The {} engine cannot run here, so its rows are missing."


@dataclass(frozen=True, slots=True)
class Length:
    """How long the benchmark is."""

    rounds: int
    sweep_years: int
    agreeing_years: int
    sizes: tuple[int, ...]
    replications: int
    floor_years: int = 20
    quickest_commands: bool = False


LONG = Length(7, 200, 8, (1_000, 10_000, 100_000, 1_000_000), 1_000)
QUICK = Length(2, 20, 3, (1_000, 10_000), 20, 5, True)


def engines() -> tuple[dict[str, str], list[str]]:
    """Return the engines that can run here, and remarks on those that cannot."""
    found = {name: ours.engine(name) for name in ("reference", "compiled")}
    here = {name: run for name, run in found.items() if run is not None}
    return here, [MISSING.format(name) for name in found if name not in here]


def agreement(length: Length) -> Section:
    """Return what the models written by hand say, beside ours."""
    rows, remarks = [], []
    runs, _ = engines()
    run = runs.get("compiled", runs["reference"])
    for scenario, names in (("corridor_year", by_hand.CORRIDOR), ("rich_year", by_hand.RICH)):
        models, missing = by_hand.models(names)
        remarks += missing
        years = ours.years(ours.scenario(scenario), run, range(length.agreeing_years), details=True)
        for model, run_year in models.items():
            theirs = [run_year(seed) for seed in range(length.agreeing_years)]
            for found in differences(years, theirs):
                verdict = "agrees" if found.agrees else "**differs**"
                figures = (found.ours, found.theirs, abs(found.ours - found.theirs), found.margin)
                rows.append([f"{scenario}, {model}: {found.name}", *map(_digits, figures), verdict])
    head = ["figure", "ours", "by hand", "difference", "may be", ""]
    said = f"Means of {length.agreeing_years} years each; hours, shares, CNY."
    return Section("The same answers", head, rows, [said, *remarks])


def _digits(value: float) -> str:
    return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.1f}"


def corridor(length: Length) -> Section:
    """Return the race on the reference corridor."""
    return _raced("The reference corridor year", "corridor_year", by_hand.CORRIDOR, length)


def rich(length: Length) -> Section:
    """Return the race on the rich corridor."""
    return _raced("The rich corridor year", "rich_year", by_hand.RICH, length)


def _raced(title: str, scenario: str, names: dict[str, str], length: Length) -> Section:
    models, remarks = by_hand.models(names)
    runs, missing = engines()
    lowered = ours.scenario(scenario)
    entrants = [Entrant(name, run_year) for name, run_year in models.items()]
    for name, run in runs.items():
        years = length.sweep_years if name == "compiled" else 1
        ours.years(lowered, run, range(1))
        entrants.append(Entrant(f"{name} engine", _sweep(lowered, run, years), years))
    with one_processor():
        seconds = alternate(entrants, length.rounds)
    rows = [
        [entrant.name, *(ratio(times_as_fast(seconds, entrant.name, model)) for model in models)]
        for entrant in entrants
    ]
    said = (
        f"Times as fast, median (least to greatest) of {length.rounds} rounds in alternation on one processor. Draws, "
        f"figures and costs are inside on all sides; the compiled engine plays {length.sweep_years} years a round, "
        "everybody else one."
    )
    return Section(title, ["", *(f"x {model}" for model in models)], rows, [said, *remarks, *missing])


def _sweep(lowered: Lowered, run: str, years: int) -> Callable[[int], object]:
    return lambda turn: ours.years(lowered, run, range(turn * years, (turn + 1) * years))


def reference(length: Length) -> Section:
    """Return how much longer the reference engine takes than SimPy by hand, with and without prices and figures."""
    models, remarks = by_hand.models({"SimPy": by_hand.CORRIDOR["SimPy"]})
    run = engines()[0]["reference"]
    lowered = ours.scenario("corridor_year")
    entrants = [
        Entrant("SimPy", models["SimPy"]),
        Entrant("draws and simulation", lambda turn: ours.trace_of(lowered, run, turn)),
        Entrant("with all figures and costs", _sweep(lowered, run, 1)),
    ]
    with one_processor():
        seconds = alternate(entrants, length.rounds)
    rows = [
        [f"reference engine, {entrant.name}", ratio(times_as_long(seconds, entrant.name, "SimPy")), "at most 3"]
        for entrant in entrants[1:]
    ]
    head = ["", "times as long as SimPy by hand", "asked"]
    return Section("The reference engine against SimPy by hand", head, rows, remarks)


def floor(length: Length) -> Section:
    """Return how far the compiled engine is from drawing and writing alone."""
    title, head = "Distance to the floor", ["reference corridor year", "times the floor", "asked"]
    runs, missing = engines()
    least = ours.floor()
    if least is None:
        return Section(title, head, [], missing)
    lowered, years = ours.scenario("corridor_year"), range(length.floor_years)
    given = [draw_inputs(lowered.program, lowered.plan, ours.SEED, replication) for replication in years]
    run = runs["compiled"]
    kernel = engine_named(run)

    def repeated(work: Callable[[int], object]) -> Callable[[int], object]:
        return lambda turn: [work(replication) for replication in years]

    program = lowered.program
    works: Mapping[str, Callable[[int], object]] = {
        "floor": lambda replication: least(program, given[replication]),
        "kernel": lambda replication: kernel(program, given[replication]),
    }
    # the floor simulates every year once, to learn what it visits
    for work in works.values():
        repeated(work)(0)
    entrants = [Entrant(name, repeated(work), length.floor_years) for name, work in works.items()]
    with one_processor():
        seconds = alternate(entrants, length.rounds)
    asked = {"kernel": "at most 4"}
    rows = [
        [entrant.name, ratio(times_as_long(seconds, entrant.name, "floor")), asked.get(entrant.name, "")]
        for entrant in entrants[1:]
    ]
    return Section(title, head, rows, ["The floor: the kernel's own draws and writes, the simulation left out."])


def threads(length: Length) -> Section:
    """Return what a second thread brings."""
    title, head = "Two threads against one", ["", "x one thread", "asked"]
    runs, missing = engines()
    lowered = ours.scenario("corridor_year")
    pair = [ours.engine("compiled") for _ in range(2)]
    if "compiled" not in runs or None in pair:
        return Section(title, head, [], missing)
    half = length.sweep_years // 2

    def work(threads: int) -> Callable[[int], object]:
        def both(turn: int) -> None:
            with ThreadPoolExecutor(threads) as pool:
                parts = [range(place * half, (place + 1) * half) for place in range(2)]
                chosen = [pair[place % threads] for place in range(2)]
                list(pool.map(lambda run, part: run and ours.years(lowered, run, part), chosen, parts))

        return both

    entrants = [Entrant(f"{count} threads", work(count), 2 * half) for count in (1, 2)]
    work(2)(0)
    with all_processors():
        seconds = alternate(entrants, length.rounds)
    rows = [["two threads", ratio(times_as_fast(seconds, "2 threads", "1 threads")), "at least 1.8"]]
    return Section(title, head, rows, [f"A sweep of {2 * half} years, all figures and costs inside."])


def growth(length: Length) -> Section:
    """Return time and memory per consignment as the corridor grows, servers and vehicles with it."""
    runs, missing = engines()
    rows = []
    with one_processor():
        for kind in ("SimPy", *runs):
            first = None
            for consignments in length.sizes:
                found = measure(kind, consignments)
                each = {name: found[name] / consignments for name in found}
                first = first or each
                rows.append(
                    [
                        f"{kind}, {consignments:,}",
                        number(each["run_seconds"] * MICROSECONDS),
                        number(each["run_seconds"] / first["run_seconds"]),
                        number(each["whole_seconds"] * MICROSECONDS),
                        number(each["whole_seconds"] / first["whole_seconds"]),
                        number((found["peak_bytes"] - found["start_bytes"]) / consignments),
                        number(found["peak_bytes"] / 2**20),
                    ]
                )
    head = ["", "µs to run", "x first", "µs in all", "x first", "bytes", "peak MiB"]
    said = (
        "Per consignment, each row in a process of its own, one year, after a small year to warm up. To run: draws and "
        "simulation; in all: prices and figures too (SimPy's are always inside). Bytes: peak above what is there "
        f"before the run. The reference corridor has {REFERENCE:,}."
    )
    return Section("Growth and memory", head, rows, [said, *missing])


def commands(length: Length) -> Section:
    """Return whole commands."""
    rows = []
    wanted = asked_commands(length.replications)
    if length.quickest_commands:
        wanted = [(arguments, asked) for arguments, asked in wanted if "qinzhou" in arguments[1]]
    for arguments, asked in wanted:
        ran = run_command(arguments)
        name = f"`{' '.join(arguments)}`"
        if ran.code:
            rows.append([name, f"exit code {ran.code}", "", asked])
        else:
            rows.append([name, number(ran.seconds), number(ran.peak_mib), asked])
    head = ["command, on all processors", "s", "MiB", "asked"]
    said = "Start, reading and writing of results inside; MiB of the largest process. `sweep` keeps summaries only."
    return Section("Whole commands", head, rows, [said])


SECTIONS: Mapping[str, Callable[[Length], Section]] = {
    "agreement": agreement,
    "corridor": corridor,
    "rich": rich,
    "reference": reference,
    "floor": floor,
    "threads": threads,
    "growth": growth,
    "commands": commands,
}


def made(names: list[str], length: Length) -> Iterator[Section]:
    """Yield the named sections as they are done."""
    for name in names:
        yield SECTIONS[name](length)
