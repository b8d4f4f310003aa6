"""Makes files that want to hurt whoever reads them: too large, too deep, too long, or no files at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corridor_sim.study.layout import MANIFEST, RESOLVED, SUMMARY
from small_world import world
from tests.trials.stored_samples import SMALL, fit_manifest, keep_run, keep_sweep

LARGE = 100_000_000
BELOW_LIMIT = 4 * 1024 * 1024 - 200_000
"""A scenario file may have 4 MiB."""
MANY = 1_000_000
DEEP = 100_000
REPORT = ("report", "{}")


@dataclass(frozen=True)
class Hostile:
    """A file, what it is, and the command that reads it."""

    name: str
    path: Path
    words: tuple[str, ...]

    def clear(self) -> None:
        """Remove what stands on the disk."""
        if self.path.is_dir() and not self.path.is_symlink():
            shutil.rmtree(self.path)
        else:
            self.path.unlink(missing_ok=True)


def hostile_files(folder: Path) -> Iterator[Hostile]:
    """Yield hostile files, each made when it is asked for, below a folder."""
    yield from _texts(folder)
    yield from _worlds(folder)
    yield from _odd_files(folder)
    yield from _kept(folder)


def _texts(folder: Path) -> Iterator[Hostile]:
    """Yield texts that cost a parser dear."""
    small = SMALL.read_text(encoding="utf-8")
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    texts: dict[str, Callable[[], str]] = {
        "alias bomb": lambda: bomb,
        "alias that holds itself": lambda: "a: &a [*a]\n",
        "many aliases of one anchor": lambda: "a: &a {x: [1, 2, 3]}\nb: [" + "*a, " * (BELOW_LIMIT // 4) + "]\n",
        "100 MB of brackets": lambda: "[" * LARGE,
        "100 MB in one line": lambda: "name: " + "x" * LARGE,
        "4 MB of brackets": lambda: "[" * BELOW_LIMIT,
        "4 MB of closed brackets": lambda: "[]," * (BELOW_LIMIT // 3),
        "4 MB of braces": lambda: "{" * BELOW_LIMIT,
        "4 MB of dashes": lambda: "- " * (BELOW_LIMIT // 2),
        "4 MB of question marks": lambda: "? " * (BELOW_LIMIT // 2),
        "4 MB of anchors": lambda: "".join(f"- &a{number} x\n" for number in range(BELOW_LIMIT // 14)),
        "4 MB of tags": lambda: "- !!str x\n" * (BELOW_LIMIT // 10),
        "4 MB of directives": lambda: "%A b\n" * (BELOW_LIMIT // 5),
        "4 MB of documents": lambda: "---\n" * (BELOW_LIMIT // 4),
        "4 MB of comments": lambda: "# x\n" * (BELOW_LIMIT // 4),
        "4 MB of line breaks": lambda: "\n" * BELOW_LIMIT,
        "4 MB in one quoted text": lambda: 'name: "' + "x" * BELOW_LIMIT + '"',
        "4 MB of escapes": lambda: 'name: "' + "\\x41" * (BELOW_LIMIT // 4) + '"',
        "4 MB of an open quotation": lambda: 'name: "' + "x\n" * (BELOW_LIMIT // 2),
        "4 MB of one plain text on many lines": lambda: "name:\n" + "  x\n" * (BELOW_LIMIT // 4),
        "one key of 4 MB": lambda: "x" * BELOW_LIMIT + ": 1",
        "a million keys": lambda: "".join(f"k{number}: 1\n" for number in range(MANY)),
        "7,200 unknown keys": lambda: small + "".join(f"k{number}: 1\n" for number in range(7_200)),
        "one key 7,200 times": lambda: small + "name: x\n" * 7_200,
        "depth 100,000": lambda: "".join(f"{' ' * depth}a:\n" for depth in range(2_500)),
        "depth 100,000 in one line": lambda: "{a: " * DEEP + "}" * DEEP,
        "a number of 10,000,000 digits": lambda: small.replace("seed: 7", f"seed: {'9' * 10_000_000}"),
        "a number of 4,000,000 digits": lambda: small.replace("seed: 7", f"seed: {'9' * (BELOW_LIMIT - 9_000)}"),
        "a weight of 9,000 digits": lambda: small.replace("900 kg", f"{'9' * 9_000} kg"),
        "a name of 9,000 signs": lambda: small.replace("plums", "p" * 9_000),
        "a timetable of 1,400 words": lambda: small.replace("daily 20:00", "daily " + ", ".join(["20:00"] * 1_400)),
        "a unit of 3,000 factors": lambda: small.replace("6000 CNY/FEU", "6000 CNY" + "/kg" * 3_000),
        "a path of 9,000 dots": lambda: small.replace("flows.plums.route: by", "a" + ".a" * 4_900 + ": by"),
        "2,900 steps of no kind": lambda: _with_steps(small, "      - s{0}: {{wiat{0}: 1 h}}\n", 2_900),
        "2,900 steps with wrong units": lambda: _with_steps(small, "      - s{0}: {{wait: 1 hourz{0}}}\n", 2_900),
        "2,000 steps with unknown keys": lambda: _with_steps(small, "      - s{0}: {{wait: 1 h, x{0}: 2}}\n", 2_000),
        "2,000 unknown distributions": lambda: _with_steps(small, "      - s{0}: {{wait: {{x{0}: 1 h}}}}\n", 2_000),
        "2,000 unknown parameters": lambda: _with_steps(small, "      - s{0}: {{wait: {{param: x{0}}}}}\n", 2_000),
        "11,000 sound steps": lambda: _with_steps(small, "      - s{}: {{wait: 1 h}}\n", 11_000),
        "2,200 alternatives": lambda: small.replace(
            "  truck: {set", _many("  a{0}: {{set: {{clock.seed: {0}}}}}\n", 2_200) + "  truck: {set"
        ),
        "3,000 alternatives in a chain": lambda: small.replace(
            "  truck: {set", _many("  a{0}: {{like: a{1}}}\n", 3_000) + "  a3000: {}\n  truck: {set"
        ),
        "binary rubbish": lambda: "\0\1\2" * 1000,
        "control characters": lambda: small.replace("A small corridor", "\x1b]0;x\x07"),
        "half of a pair of surrogates": lambda: small.replace("A small corridor", '"\\ud800"'),
    }
    for name, make in texts.items():
        yield _file(folder, name, make())


def _with_steps(text: str, step: str, count: int) -> str:
    return text.replace("      - truck: {road", _many(step, count) + "      - truck: {road")


def _many(line: str, count: int) -> str:
    return "".join(line.format(number, number + 1) for number in range(count))


def _file(folder: Path, name: str, text: str, words: tuple[str, ...] = ("validate",)) -> Hostile:
    path = folder / f"{name.replace(' ', '_').replace(',', '')}.yaml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    return Hostile(name, path, (*words, str(path)))


def _worlds(folder: Path) -> Iterator[Hostile]:
    """Yield scenarios that are well written, but ask for more than anybody can wait for."""
    steps = [{"work": {"at": "f", "takes": "1 h"}}, {"ride": {"board": "line"}}]
    flow = {"on": "08:00"}
    sea = {"departs": "daily 20:00"}
    long = {"start": "2001-01-01 00:00", "measure": "2001-01-01 to 2098-12-01"}
    twenty = {"start": "2026-01-01 00:00", "measure": "2026-01-02 to 2045-10-01"}
    busy = {"at": "A", "servers": 1_000_000, "background": {"load": "99 %", "takes": "1 s"}}
    failing = {"at": "A", "servers": 1, "failures": {"every": "1 s", "lasts": "1 s"}}

    def made(flows: Any = None, services: Any = None, facilities: Any = None, **more: Any) -> str:
        built = {"f": {"at": "A"}, **(facilities or {})}
        return world(flows or {"f": flow}, steps=steps, services={"line": services or sea}, facilities=built, **more)

    def poisson(rate: str, **more: Any) -> dict[str, Any]:
        return {"f": {"arrives": {"poisson": rate}, **more}}

    worlds: dict[str, Callable[[], str]] = {
        "a departure every second for 20 years": lambda: made(services={"departs": "every 1 s"}, **twenty),
        "a departure every minute for 20 years": lambda: made(services={"departs": "every 1 min"}, **twenty),
        "1,440 departures a day for 20 years": lambda: made(services={"departs": _every_minute()}, **twenty),
        "dates of the year 9999": lambda: made(start="9999-12-01 00:00", measure="9999-12-02 to 9999-12-31"),
        "dates of the year 1": lambda: made(start="0001-01-01 00:00", measure="0001-01-01 to 0001-01-02"),
        "a calendar of 98 years": lambda: made(**long),
        "a calendar of ten thousand years": lambda: made(start="0001-01-01 00:00", measure="0001-01-01 to 9999-12-31"),
        "opening hours with 1,400 windows a week for 20 years": lambda: made(
            facilities={"f": {"at": "A", "opens": _windows()}}, **twenty
        ),
        "50 closures of 20 years": lambda: made(
            closures={
                f"c{number}": {"on": ["2001-01-01 to 2098-12-31"], "acts": [{"places": ["A"], "modes": ["rail"]}]}
                for number in range(50)
            }
        ),
        "a trillion consignments an hour": lambda: made(flows=poisson("999999999999 consignments per h")),
        "10^15 tonnes a second": lambda: made(flows=poisson("999999999999999 t per s", weight="1 g")),
        "five million consignments": lambda: made(flows=poisson("4000000 consignments per week")),
        "a consignment a second for 20 years": lambda: made(flows={"f": {"arrives": {"every": "1 s"}}}, **twenty),
        "a consignment of a million boxes": lambda: made(
            flows={"f": {**flow, "size": "1000000 boxes", "weight": "1 t"}},
            services={**sea, "capacity": "1000000 boxes"},
        ),
        "10,000 boxes a consignment, each minute": lambda: made(
            flows={"f": {"arrives": {"every": "1 min"}, "size": "10000 boxes"}},
            services={**sea, "capacity": "100000000 boxes"},
        ),
        "10^9 replications": lambda: made(clock=_clock(replications=10**9)),
        "10^6 replications of a million consignments": lambda: made(
            flows=poisson("400000 consignments per week"), clock=_clock(replications=10**6)
        ),
        "a failure every second for 20 years": lambda: made(facilities={"x": failing}, **twenty),
        "others' work on a million servers": lambda: made(facilities={"x": busy}),
        "a closure 10^12 times a year": lambda: made(
            closures={
                "c": {"rate": "999999999999 per year", "lasts": "1 s", "acts": [{"places": ["A"], "modes": ["rail"]}]}
            }
        ),
        "a follow-up of 10^14 years": lambda: made(clock=_clock(follow_up="100000000000000 years")),
        "a loop of 10^9 rounds": lambda: made_loop(10**9),
        "1,100 distributions, the last one wrong": lambda: made_laws(1_100),
    }
    for name, make in worlds.items():
        yield _file(folder, name, make(), ("validate",))


def _clock(**more: Any) -> dict[str, Any]:
    return {"start": "2026-01-05 00:00", "measure": "2026-01-05 to 2026-01-18", "follow_up": "30 days", **more}


def _every_minute() -> str:
    return "daily " + ", ".join(f"{number // 60:02}:{number % 60:02}" for number in range(1_400))


def _windows() -> list[str]:
    return [
        f"daily {number // 60:02}:{number % 60:02}-{number // 60:02}:{number % 60 + 1:02}"
        for number in range(0, 1400, 2)
    ]


def made_loop(rounds: int) -> str:
    """Return a world in which a step is done again and again."""
    lanes = {"no": {"share": "99.9999 %", "again": "try", "at_most": rounds}, "yes": {}}
    steps = [{"try": {"wait": "1 s"}}, {"tested": {"branch": lanes}}, {"go": {"road": "A to B", "takes": "1 h"}}]
    return world({"f": "08:00"}, steps=steps)


def made_laws(count: int) -> str:
    """Return a world with many distributions, all but the last one sound."""
    steps = [
        {f"s{number}": {"wait": {"lognormal": {"mean": f"{number} min", "cv": 2, "max": "90 days"}}}}
        for number in range(count, 0, -1)
    ]
    steps.append({"s0": {"wait": {"lognormal": {"mean": "1 min", "cv": -2}}}})
    return world({"f": "08:00"}, steps=[*steps, {"go": {"road": "A to B", "takes": "1 h"}}])


def _odd_files(folder: Path) -> Iterator[Hostile]:
    """Yield what is no file."""
    pipe, unreadable, loop = folder / "pipe.yaml", folder / "unreadable.yaml", folder / "loop.yaml"
    os.mkfifo(pipe)
    yield Hostile("a pipe that nobody writes to", pipe, ("validate", str(pipe)))
    loop.symlink_to(loop)
    yield Hostile("a link to itself", loop, ("validate", str(loop)))
    link = folder / "link.yaml"
    link.symlink_to("/dev/zero")
    yield Hostile("a link to /dev/zero", link, ("run", str(link)))
    (folder / "folder.yaml").mkdir()
    yield Hostile("a folder", folder / "folder.yaml", ("validate", str(folder / "folder.yaml")))
    unreadable.write_text("name: x", encoding="utf-8")
    unreadable.chmod(0)
    # root may read it nevertheless, and then finds that it is no scenario
    yield Hostile("a file that may not be read", unreadable, ("validate", str(unreadable)))
    none = folder / "none"
    for name, words in {
        "/dev/zero": ("validate", "/dev/zero"),
        "/dev/stdin": ("run", "/dev/stdin"),
        "a name of 5,000 signs": ("validate", "x" * 5_000),
        "100,000 overrides in one": ("validate", str(SMALL), "--set", f"clock.seed={'[' * 100_000}"),
    }.items():
        yield Hostile(name, none, words)


def _kept(folder: Path) -> Iterator[Hostile]:
    """Yield kept results that were forged; where a manifest lists digests, they fit."""
    whole = folder / "whole"
    run, sweep = keep_run(whole), keep_sweep(whole)
    deep, wide = "[" * DEEP + "]" * DEEP, "[" + "[]," * 30_000_000 + "[]]"
    texts: dict[str, tuple[str, Callable[[], str]]] = {
        "a summary of brackets": (SUMMARY, lambda: deep),
        "a summary of 90 MB": (SUMMARY, lambda: wide),
        "a summary of 24 MB": (SUMMARY, lambda: wide[:24_000_000]),
        "a summary in one text of 100 MB": (SUMMARY, lambda: '"' + "x" * LARGE + '"'),
        "a summary of NaN": (SUMMARY, lambda: '{"alternatives": NaN}'),
        "a summary of nothing": (SUMMARY, lambda: "{}"),
        "a summary with a number of 10,000 digits": (SUMMARY, lambda: "9" * 10_000),
        "a manifest of brackets": (MANIFEST, lambda: deep),
        "a manifest of 90 MB": (MANIFEST, lambda: wide),
        "a manifest that leads elsewhere": (MANIFEST, lambda: _elsewhere(run)),
        "a resolved scenario of brackets": (RESOLVED, lambda: deep),
        "a resolved scenario that is an alias bomb": (RESOLVED, _bomb),
        "a resolved scenario of 90 MB": (RESOLVED, lambda: wide),
        "a resolved scenario with tags": (RESOLVED, lambda: "!!python/object/apply:os.system ['true']"),
    }
    for name, (file, make) in texts.items():
        yield _damaged(folder, run, name, file, make().encode())
    for name, make_table in TABLES.items():
        yield _damaged(folder, run, name, "consignments.parquet", make_table())
        yield _damaged(folder, sweep, f"{name}, of a sweep", "sweep.parquet", make_table(), ("results", "show", "{}"))
    yield _damaged(folder, sweep, "a recipe of brackets", "recipe.json", deep.encode(), ("results", "show", "{}"))
    shutil.rmtree(whole)


def _bomb() -> str:
    lines = ["a0: &a0 [x, x]"] + [f"a{number}: &a{number} [*a{number - 1}, *a{number - 1}]" for number in range(1, 60)]
    return "\n".join(lines)


def _elsewhere(run: Path) -> str:
    manifest = json.loads((run / MANIFEST).read_bytes())
    manifest["files"]["../../../../../../etc/passwd"] = "0"
    manifest["files"]["../../../x.parquet"] = "0"
    return json.dumps(manifest)


def _damaged(
    folder: Path, kept: Path, name: str, file: str, content: bytes, words: tuple[str, ...] = REPORT
) -> Hostile:
    out = folder / "damaged"
    copy = out / "small" / kept.name
    shutil.copytree(kept, copy)
    (copy / file).write_bytes(content)
    if (copy / MANIFEST).exists() and file != MANIFEST:
        fit_manifest(copy, [file])
    told = tuple(word.format(copy) for word in words)
    below = ("--out", str(out)) if words[0] == "results" else ()
    return Hostile(name, out, (*told, *below))


def _table(columns: int, rows: int, text: str = "") -> bytes:
    """Return a small Parquet file of many equal cells."""
    from io import BytesIO

    import pyarrow as pa
    import pyarrow.parquet as pq

    stream = BytesIO()
    slice_rows = 1_000_000
    value = pa.array([text] * slice_rows) if text else pa.nulls(slice_rows, pa.int8()).fill_null(0)
    part = pa.table({f"c{number}": value for number in range(columns)})
    with pq.ParquetWriter(stream, part.schema, compression="zstd", use_dictionary=True) as writer:
        for _ in range(rows // slice_rows):
            writer.write_table(part)
    return stream.getvalue()


def _packed() -> bytes:
    """Return a small Parquet file of a few enormous texts."""
    from io import BytesIO

    import pyarrow as pa
    import pyarrow.parquet as pq

    stream = BytesIO()
    pq.write_table(pa.table({"flow": ["x" * 50_000_000] * 6}), stream, compression="zstd", use_dictionary=False)
    return stream.getvalue()


TABLES: dict[str, Callable[[], bytes]] = {
    "a small table of 3 * 10^8 cells": lambda: _table(3, 100_000_000),
    "a small table of enormous texts": _packed,
    "a table that is none": lambda: b"PAR1" + b"\xff" * 100_000 + b"PAR1",
}
