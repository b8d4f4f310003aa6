"""`make lowest`: the tests with the lowest version of every dependency that pyproject.toml allows.

The lower bounds are true where those versions can be had together and the tests pass with them.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]
TESTS = ("tests/unit", "tests/contract", "tests/golden")
OLD_AMONG_THEMSELVES = ("-W", "ignore::DeprecationWarning", "-W", "ignore::PendingDeprecationWarning")
"""An old dependency may use what a newer one of its own dependencies gives up; that is no fault of ours."""
EXTRA = "dev"


def main(words: Sequence[str] = ()) -> list[str]:
    """Install the lowest versions into a new environment, run tests there, and return what is wrong."""
    with TemporaryDirectory(prefix="corridor-sim-lowest-") as folder:
        python = Path(folder) / "bin" / "python"
        uv = [sys.executable, "-m", "uv"]
        subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, folder], check=True)
        lowest = ["--resolution", "lowest-direct", "--only-binary", ":all:", "--no-binary", "corridor-sim"]
        install = [*uv, "pip", "install", "--quiet", "--python", str(python), *lowest, "--editable", f".[{EXTRA}]"]
        subprocess.run(install, cwd=ROOT, check=True)
        listed = subprocess.run([*uv, "pip", "freeze", "--python", str(python)], check=True, capture_output=True)
        found = versions_of(listed.stdout.decode().splitlines())
        problems = out_of_reach(bounds(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))), found)
        done = subprocess.run([python, "-m", "pytest", *OLD_AMONG_THEMSELVES, *(words or TESTS)], cwd=ROOT)
        return [*problems, *([f"the tests failed (exit code {done.returncode})"] if done.returncode else [])]


def bounds(project: Mapping[str, Mapping[str, object]]) -> dict[str, Version]:
    """Return the lower bound of each direct dependency, those of the tests included."""
    table: Mapping[str, object] = project["project"]
    extras = table["optional-dependencies"]
    assert isinstance(extras, dict)
    lines = [*_lines(table["dependencies"]), *_lines(extras[EXTRA])]
    requirements = [Requirement(line) for line in lines]
    return {
        canonicalize_name(one.name): Version(bound.version)
        for one in requirements
        for bound in one.specifier
        if bound.operator == ">=" and (one.marker is None or one.marker.evaluate())
    }


def _lines(value: object) -> list[str]:
    assert isinstance(value, list)
    return value


def versions_of(lines: Iterable[str]) -> dict[str, Version]:
    """Return name -> version of lines `name==version`."""
    pairs = [line.split("==") for line in lines if "==" in line]
    return {canonicalize_name(name): Version(version) for name, version in pairs}


def out_of_reach(wanted: Mapping[str, Version], found: Mapping[str, Version]) -> list[str]:
    """Return a line for each lower bound that the other dependencies do not allow."""
    return [
        f"{name}>={bound} in pyproject.toml is out of reach: with the others it is {found.get(name, 'missing')}"
        for name, bound in sorted(wanted.items())
        if found.get(name) != bound
    ]
