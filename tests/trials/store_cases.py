"""Cases of schema-aware fuzzing through the command line: words of every kind, and kept results that were damaged."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as some

from corridor_sim.study.layout import MANIFEST, RESOLVED
from tests.trials import nasty
from tests.trials.stored_samples import (
    CLAIMED,
    SMALL,
    SWEEP,
    TWO_WAYS,
    fit_manifest,
    keep_answers,
    keep_run,
    keep_sweep,
    told_by,
)

INTERNAL = 70
SAMPLES = "CORRIDOR_SIM_TRIAL_SAMPLES"
"""Where the processes of a trial find what `make_samples` kept."""
LONGEST_WORD = 300
ONE = ("--replications", "1", "--engine", "reference")
QUERIES = (
    "select count(*) from kpis",
    "select * from sweep limit 3",
    "select * from lines",
    "select",
    "drop table kpis",
)


class Internal(AssertionError):
    """The program says that something broke inside it."""


def _told(words: list[str]) -> str:
    """Run a command and return its outcome; raise Internal where the program broke."""
    code, said = told_by(words)
    if code == INTERNAL or "Traceback" in said:
        _, more = told_by([*words, "--debug"])
        raise Internal(f"{said}\n{more}")
    if code and not said.strip():
        raise Internal(f"exit {code} without a word")
    return f"exit {code}"


def commanded(trial: Any, draw: Any, tally: Any) -> tuple[str, str]:
    """Try a command with words that nobody would write."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "case.yaml"
        tree = draw(nasty.scenarios())[1] if draw(some.booleans()) else draw(some.sampled_from(nasty.worlds()))
        file.write_text(json.dumps(tree), encoding="utf-8", errors="surrogatepass")
        words = draw(some.sampled_from(COMMANDS))(draw, str(file), folder)
        words = [word.replace("\0", " ")[:LONGEST_WORD] for word in words]
        trial.trying = f"{words}\n{file.read_text(encoding='utf-8', errors='replace')}"
        return "command line", _told(words)


def _word(draw: Any) -> str:
    """Return a word that is wrong, most often."""
    return str(
        draw(
            some.one_of(
                some.sampled_from((*nasty.TEXTS, *nasty.WORDS, *nasty.AMOUNTS)),
                some.integers(-5, 10**19),
                some.text(max_size=9),
            )
        )
    )


def _option(draw: Any, *names: str) -> list[str]:
    """Return some options, with or without what belongs to them."""
    words = []
    for name in draw(some.lists(some.sampled_from(names), max_size=2)):
        words += [name, *([_word(draw)] if draw(some.integers(1, 8)) > 1 else [])]
    return words


def _setting(draw: Any) -> list[str]:
    path = draw(some.one_of(some.sampled_from(nasty.TEXTS), nasty.scenario_paths()))
    return ["--set", f"{path}={_word(draw)}"]


def _validate(draw: Any, file: str, _: str) -> list[str]:
    others = draw(some.lists(some.sampled_from((str(SMALL), "/dev/null", ".", "nix.yaml", "\n")), max_size=2))
    return ["validate", file, *others, *_setting(draw), *_option(draw, "--set", "--debu")]


def _compare(draw: Any, file: str, folder: str) -> list[str]:
    source = draw(some.sampled_from((file, str(SMALL), str(CLAIMED))))
    lanes = ["--noise", draw(some.sampled_from(("off", "on", "of"))), "--lane", f"{_word(draw)}={_word(draw)}"]
    wild = _option(draw, "--seed", "--lane", "--noise", "--engine", "--replications", "--why", "--set")
    chosen = lanes if draw(some.booleans()) else wild
    names = draw(some.lists(some.sampled_from(("train", "base", "today", "x", "a.yaml")), max_size=2))
    return ["compare", source, *names, *ONE, "--out", folder, "--quiet", *chosen]


def _sweep(draw: Any, _: str, folder: str) -> list[str]:
    values = draw(
        some.sampled_from(("1 t:2 t:2", "1 t,2 t", "1:2:99999999", "", ":::", "a:b:c", "1 t:1 t:0", "5:1:-3"))
    )
    path = draw(some.sampled_from(("flows.plums.weight", "flows.nix", "clock.seed", "", "tariffs.lift.price")))
    wild = _option(draw, "--points", "--design", "--precision", "--cap", "--kpi", "--seed", "--alternatives")
    vary = f"{path}={values}" if draw(some.booleans()) else f"{_word(draw)}={_word(draw)}"
    return ["sweep", str(SMALL), "--vary", vary, "--workers", "1", *ONE, "--out", folder, "--quiet", *wild]


def _breakeven(draw: Any, _: str, folder: str) -> list[str]:
    wild = _option(
        draw, "--vary", "--target", "--beats", "--of", "--against", "--scope", "--cost-base", "--per", "--points"
    )
    return ["breakeven", str(TWO_WAYS), "--workers", "1", *ONE, "--out", folder, "--quiet", *wild]


def _sensitivity(draw: Any, _: str, folder: str) -> list[str]:
    wild = _option(draw, "--of", "--against", "--kpi", "--scope", "--inputs", "--trajectories", "--base", "--method")
    return ["sensitivity", str(CLAIMED), "--workers", "1", *ONE, "--out", folder, "--quiet", *wild]


def _modemap(draw: Any, _: str, folder: str) -> list[str]:
    wild = _option(draw, "--flow", "--value", "--urgency", "--alternatives", "--cost-base", "--perspective")
    return ["modemap", str(TWO_WAYS), "--cells", "3", "--workers", "1", *ONE, "--out", folder, "--quiet", *wild]


def _results(draw: Any, _: str, folder: str) -> list[str]:
    kind = draw(some.sampled_from((["list"], ["show", _word(draw)], ["query", draw(some.sampled_from(QUERIES))])))
    return ["results", *kind, *_option(draw, "--kpi", "--json", "--csv"), "--out", folder]


def _anything(draw: Any, file: str, _: str) -> list[str]:
    first = draw(
        some.sampled_from(("catalog", "schema", "doctor", "plot", "report", "warmup", "claims", "nix", "", "--version"))
    )
    middle = draw(
        some.lists(some.sampled_from((file, "list", "show", "--into", "--lang", "xx", "--", "-", "\x1b")), max_size=3)
    )
    return [first, *([] if first in ("claims", "warmup", "doctor") else [file]), *middle, _word(draw)]


COMMANDS: tuple[Callable[[Any, str, str], list[str]], ...] = (
    _validate,
    _validate,
    _validate,
    _compare,
    _compare,
    _sweep,
    _breakeven,
    _sensitivity,
    _modemap,
    _results,
    _anything,
)


def make_samples(out: Path) -> None:
    """Keep results of every kind below a folder, of which `kept` takes copies."""
    keep_run(out), keep_sweep(out), keep_answers(out)
    os.environ[SAMPLES] = str(out)


def kept(trial: Any, draw: Any, tally: Any) -> tuple[str, str]:
    """Damage a kept result of some kind, and let a command read it."""
    with tempfile.TemporaryDirectory() as aside:
        out = Path(aside) / "results"
        shutil.copytree(os.environ[SAMPLES], out)
        files = sorted(path for path in out.glob("*/*/*") if path.is_file() and path.suffix != ".png")
        files += sorted(out.glob("*/*/chunks/*"))
        path = draw(
            some.sampled_from(
                [
                    *files,
                    *(each for each in files if each.suffix == ".json"),
                    *(each for each in files if each.suffix == ".json"),
                ]
            )
        )
        trial.trying = f"{path.relative_to(out)}: {_damage(draw, path)}"
        if (
            (path.parent / MANIFEST).exists()
            and path.name != MANIFEST
            and draw(some.integers(1, 5)) > 1
            and path.is_file()
        ):
            fit_manifest(path.parent, [path.name])
        words = _reading(draw, path, out)
        trial.trying += f"\n{words}"
        return "store", _told(words)


def _damage(draw: Any, path: Path) -> str:
    """Change a file and return in words how."""
    content = path.read_bytes()
    kinds = ("cut", "byte", "empty", "gone", "other", "folder")
    structured = path.suffix == ".json" or path.name == RESOLVED
    kind = draw(some.sampled_from((*kinds, *("tree",) * 18) if structured else kinds))
    place = draw(some.integers(0, max(0, len(content) - 1)))
    match kind:
        case "cut":
            path.write_bytes(content[:place])
        case "byte":
            path.write_bytes(content[:place] + bytes((draw(some.integers(0, 255)),)) + content[place + 1 :])
        case "empty":
            path.write_bytes(b"")
        case "gone":
            path.unlink()
        case "folder":
            path.unlink()
            path.mkdir()
        case "other":
            others = sorted(each for each in path.parent.iterdir() if each.is_file())
            path.write_bytes(draw(some.sampled_from(others)).read_bytes() if path.parent.name != "chunks" else b"PAR1")
        case _:
            return _change_tree(draw, path)
    return f"{kind} {place}"


def _change_tree(draw: Any, path: Path) -> str:
    """Change values and keys of a JSON or YAML file."""
    is_json = path.suffix == ".json"
    text = path.read_text(encoding="utf-8")
    tree = json.loads(text) if is_json else yaml.load(text, Loader=yaml.CSafeLoader)
    told = []
    for _ in range(draw(some.integers(1, 3))):
        parent, key, where = tree, "", ""
        while True:
            keys = list(parent) if isinstance(parent, dict) else list(range(len(parent)))
            key = keys[draw(some.integers(0, len(keys) - 1))]
            where += f".{key}"
            if not isinstance(parent[key], dict | list) or not parent[key] or draw(some.integers(1, 6)) == 1:
                break
            parent = parent[key]
        if draw(some.integers(1, 4)) == 1:
            del parent[key]
            told.append(f"{where} gone")
        else:
            parent[key] = draw(nasty.nasty())
            told.append(f"{where} = {parent[key]!r}")
        if not tree:
            break
    written = json.dumps(tree) if is_json else yaml.dump(tree, Dumper=yaml.CSafeDumper, allow_unicode=True)
    path.write_text(written, encoding="utf-8", errors="replace")
    return "; ".join(told)


def _reading(draw: Any, path: Path, out: Path) -> list[str]:
    """Return a command that reads a kept file."""
    folder = path.parent if path.parent.name != "chunks" else path.parent.parent
    below = ["--out", str(out)]
    listing = ["results", draw(some.sampled_from(("list", "query"))), *below]
    words = [listing if "list" in listing else ["results", "query", draw(some.sampled_from(QUERIES)), *below]]
    words += [
        [
            "results",
            "show",
            f"{folder.parent.name}/{folder.name}",
            *below,
            *draw(some.sampled_from(([], [], ["--json"]))),
        ]
    ] * 2
    if folder.name.startswith("sweep-"):
        words += [["sweep", str(SMALL), *SWEEP, "--out", str(out), "--quiet"]] * 3
    elif "-" not in folder.name:
        into = ["--into", str(out / "told")]
        words += [["report", str(folder), "--stress"], ["report", str(folder), *into], ["compare", str(folder)]]
        words += [["compare", str(folder), str(folder)], ["report", str(folder), "--excel", *into]]
        words += [["compare", str(SMALL), str(folder), "--replications", "2", *below]]
        words += [["plot", str(folder), draw(some.sampled_from(CHARTS)), "--out", str(out / "drawn")]]
    return draw(some.sampled_from(words))


CHARTS = ("cost_breakdown", "transit_times", "claims", "time_cost_distance", "corridor_map", "late_because")
