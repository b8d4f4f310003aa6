"""The commands: what goes to which stream, which exit code says what, and that nothing heavy is loaded for --help."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from corridor_sim.cli import app as commands
from corridor_sim.cli import options
from corridor_sim.cli.app import app, main
from corridor_sim.cli.progress import tell
from corridor_sim.errors import EngineError, InputError, ModelError, Problem
from corridor_sim.scenario.model import Clock

HEAVY = ("numpy", "pandas", "matplotlib", "scipy", "pyarrow", "pydantic", "holidays", "rich", "simpy", "yaml")


@pytest.fixture
def world(results: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SimpleNamespace:
    """A loader, a feasibility check and an evaluation that answer at once; what they were asked is kept."""
    asked = SimpleNamespace(results=results, load=[], evaluate=[], error=None, wrong={}, impossible={})

    def load(file: Path, sets: Any = (), only: Any = ()) -> str:
        asked.load.append((str(file), list(sets), list(only)))
        if str(file) in asked.wrong:
            raise InputError(asked.wrong[str(file)])
        return str(file)

    def prepare(file: str, with_tables: bool) -> None:
        if file in asked.impossible:
            raise ModelError(asked.impossible[file])

    def evaluate(file: str, **how: Any) -> Any:
        asked.evaluate.append(how)
        if asked.error is not None:
            raise asked.error
        return asked.results

    monkeypatch.setattr("corridor_sim.reading.yaml_reader.read_yaml", lambda file: file)
    monkeypatch.setitem(sys.modules, "corridor_sim.scenario.load", SimpleNamespace(load=load))
    monkeypatch.setitem(sys.modules, "corridor_sim.study.prepare", SimpleNamespace(prepare=prepare))
    monkeypatch.setattr("corridor_sim.study.evaluate.evaluate", evaluate)
    shown = {"picture": b"PNG"}, {"report.html": b"a page"}
    monkeypatch.setattr("corridor_sim.report.shown.for_readers", lambda run, hands: shown)
    monkeypatch.chdir(tmp_path)
    return asked


def call(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_run_writes_the_results_and_says_where_on_one_screen(world: SimpleNamespace) -> None:
    result = call("run", "x.yaml")
    assert (result.exit_code, result.stderr) == (0, "")
    (folder,) = Path("results/qinzhou").iterdir()
    assert result.stdout.splitlines()[-1] == f"Results: {folder}"
    assert (folder / "figures" / "picture.png").read_bytes() == b"PNG"
    assert (folder / "report.html").read_text() == "a page"


def test_run_hands_over_what_it_was_told(world: SimpleNamespace) -> None:
    overrides = ["--set", "a.b=1", "--set", "c=2", "--replications", "12", "--seed", "7"]
    branches = ["--noise", "off", "--lane", "export check=selected"]
    assert call("run", "x.yaml", *overrides, *branches, "--out", "here").exit_code == 0
    assert world.load == [("x.yaml", ["a.b=1", "c=2"], [])]
    (how,) = world.evaluate
    workers = how.pop("workers")
    assert workers >= 1
    assert how == {
        "replications": 12,
        "seed": 7,
        "noise": False,
        "lanes": {"export check": "selected"},
        "progress": None,
        "engine": "auto",
        "tell": tell,
        "why": False,
    }
    assert Path("here/qinzhou").is_dir()
    assert not Path("results").exists()


def test_json_is_the_file_and_nothing_else(world: SimpleNamespace) -> None:
    result = call("run", "x.yaml", "--json")
    (summary,) = Path("results").rglob("summary.json")
    assert result.stdout_bytes == summary.read_bytes()
    assert json.loads(result.stdout) == world.results.summary
    assert result.stderr == ""


def test_quiet_prints_only_the_folder(world: SimpleNamespace) -> None:
    assert Path(call("run", "x.yaml", "--quiet").stdout.rstrip("\n"), "manifest.json").is_file()


def test_compare_shows_the_named_alternatives_and_writes_nothing(world: SimpleNamespace) -> None:
    result = call("compare", "x.yaml", "qinzhou_ordinary", "with_certificate")
    assert result.exit_code == 0
    assert world.load == [("x.yaml", [], ["qinzhou_ordinary", "with_certificate"])]
    assert "difference from the baseline" in result.stdout
    assert list(Path().iterdir()) == []
    assert json.loads(call("compare", "x.yaml", "--json").stdout) == world.results.summary


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (InputError([Problem("no", "a.b", "x.yaml", 4, 1), Problem("nor this")]), 2, "x.yaml:4:1 a.b: no\nnor this\n"),
        (ModelError("overload at the gate"), 3, "overload at the gate\n"),
        (EngineError("a waits for b"), 4, "a waits for b\n"),
        (OSError(28, "No space left on device"), 5, "the system refused: [Errno 28] No space left on device\n"),
        (KeyboardInterrupt(), 130, "stopped by Ctrl-C\n"),
        (ZeroDivisionError("a\nb"), 70, "internal error: ZeroDivisionError: a\\nb; run with --debug for the details\n"),
    ],
)
@pytest.mark.parametrize("command", ["run", "compare"])
def test_errors_are_lines_on_stderr_with_an_exit_code(
    world: SimpleNamespace, command: str, error: BaseException, code: int, said: str
) -> None:
    world.error = error
    result = call(command, "x.yaml")
    assert (result.exit_code, result.stdout, result.stderr) == (code, "", said)
    assert list(Path().iterdir()) == []


def test_debug_adds_the_traceback_and_keeps_the_code(world: SimpleNamespace) -> None:
    world.error = ZeroDivisionError("x")
    result = call("run", "x.yaml", "--debug")
    assert result.exit_code == 70
    assert result.stderr.startswith("Traceback (most recent call last)")


def test_an_unusable_out_is_known_before_the_run(world: SimpleNamespace) -> None:
    Path("results").write_text("a file")
    result = call("run", "x.yaml")
    assert (result.exit_code, world.evaluate) == (5, [])
    assert result.stderr == "results cannot be written: Not a directory\n"


def test_validate_says_ok_for_each_file(world: SimpleNamespace) -> None:
    result = call("validate", "a.yaml", "b.yaml", "--set", "x=1")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "ok a.yaml\nok b.yaml\n", "")
    assert world.load == [("a.yaml", ["x=1"], []), ("b.yaml", ["x=1"], [])]


def test_validate_lists_the_problems_of_all_files(world: SimpleNamespace) -> None:
    world.impossible = {"b.yaml": [Problem("overload", file="b.yaml")]}
    result = call("validate", "a.yaml", "b.yaml")
    assert (result.exit_code, result.stdout, result.stderr) == (3, "ok a.yaml\n", "b.yaml overload\n")
    world.wrong = {"c.yaml": [Problem("wrong", "p", "c.yaml", 1, 2), Problem("wrong too", file="c.yaml")]}
    result = call("validate", "a.yaml", "b.yaml", "c.yaml")
    assert result.exit_code == 2
    assert result.stderr == "b.yaml overload\nc.yaml:1:2 p: wrong\nc.yaml wrong too\n"


@pytest.mark.parametrize(
    ("lanes", "said"),
    [
        (["x"], "--lane x expected step=lane, for instance export check=selected"),
        (["=y"], "--lane =y expected step=lane, for instance export check=selected"),
        (["x=y", "x=z"], '--lane x=z "x" takes the lane "y" already'),
    ],
)
def test_lanes_are_step_and_lane(world: SimpleNamespace, lanes: list[str], said: str) -> None:
    result = call("run", "x.yaml", "--noise", "off", *(part for lane in lanes for part in ("--lane", lane)))
    assert (result.exit_code, result.stderr) == (2, said + "\n")


def test_lanes_need_noise_off(world: SimpleNamespace) -> None:
    result = call("run", "x.yaml", "--lane", "x=y")
    assert (result.exit_code, world.evaluate) == (2, [])
    assert "--noise off" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["walk"],
        ["run"],
        ["run", "x.yaml", "--nose", "off"],
        ["run", "x.yaml", "--noise", "loud"],
        ["run", "x.yaml", "--replications", "0"],
        ["run", "x.yaml", "--replications", "1000001"],
        ["run", "x.yaml", "--seed", "-1"],
        ["run", "x.yaml", "--seed", "9223372036854775808"],
        ["run", "x.yaml", "--seed", "1e3"],
        ["validate"],
    ],
)
def test_a_wrong_command_line_is_one_line_and_code_2(
    arguments: list[str], world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["corridor-sim", *arguments])
    with pytest.raises(SystemExit) as stopped:
        main()
    said = capsys.readouterr()
    assert (stopped.value.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert said.err.startswith("corridor-sim: ")
    assert world.evaluate == []


def test_limits_of_options_are_those_of_the_scenario() -> None:
    rules = {name: Clock.model_fields[name].metadata for name in ("replications", "seed")}
    assert {rule.ge for rule in rules["replications"] if hasattr(rule, "ge")} == {1}
    assert {rule.le for rule in rules["replications"] if hasattr(rule, "le")} == {options.MOST_REPLICATIONS}
    assert {rule.lt for rule in rules["seed"] if hasattr(rule, "lt")} == {options.LARGEST_SEED + 1}


def test_version_and_schema(world: SimpleNamespace) -> None:
    assert call("--version").stdout == f"corridor-sim {version('corridor-sim')}\n"
    schema = json.loads(call("schema").stdout)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert "alternatives" in schema["properties"]


def test_the_command_line_is_kept_for_the_manifest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/somewhere/corridor-sim", "run", "my file.yaml"])
    assert commands._command_line() == "corridor-sim run 'my file.yaml'"


def process(*arguments: str, **how: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, check=False, **how)


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import sys; sys.argv = ['corridor-sim', '--help']\n"
        "from corridor_sim.cli.app import main\n"
        "try: main()\n"
        f"finally: print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    ran = process("-c", script)
    assert ran.stderr.decode().strip() == "[]"
    assert b"validate" in ran.stdout


def test_the_module_is_the_console_script() -> None:
    ran = process("-m", "corridor_sim", "--version")
    assert (ran.returncode, ran.stdout.decode().strip()) == (0, f"corridor-sim {version('corridor-sim')}")


def test_a_reader_that_goes_away_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(
        [sys.executable, "-m", "corridor_sim", "schema"], stdout=writing, stderr=subprocess.PIPE, check=False
    )
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (141, b"")


def test_a_full_disk_behind_stdout_is_one_line() -> None:
    with Path("/dev/full").open("wb") as out:
        ran = subprocess.run(
            [sys.executable, "-m", "corridor_sim", "schema"], stdout=out, stderr=subprocess.PIPE, check=False
        )
    assert ran.returncode == 5
    assert ran.stderr.count(b"\n") == 1


def test_a_terminal_without_chinese_letters_gets_escapes() -> None:
    script = "from corridor_sim.cli.outcome import use_safe_streams; use_safe_streams(); print('假设')"
    ran = process("-c", script, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (ran.returncode, ran.stdout.strip()) == (0, b"\\u5047\\u8bbe")


def test_the_progress_bar_is_for_terminals_only(monkeypatch: pytest.MonkeyPatch) -> None:
    from corridor_sim.cli.progress import progress_bar

    with progress_bar(quiet=False) as report:
        assert report is None
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        monkeypatch.setenv("TERM", "xterm")  # a dumb terminal cannot draw a bar
        with progress_bar(quiet=True) as report:
            assert report is None
        with progress_bar(quiet=False) as report:
            assert report is not None
            report(1, 4)
    seen = b""
    with suppress(OSError):  # a terminal that nobody writes to any more is an error to read
        while part := os.read(ours, 10_000):
            seen += part
    assert b"simulating" in seen
    os.close(ours)
