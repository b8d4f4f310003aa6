"""A fresh environment with a wheel and exactly what its metadata asks for, taken by links from this environment.

Links cost a second, where downloading and unpacking the same files costs minutes. What the wheel does not ask for is
not there, so a requirement that is missing in the metadata is found.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def make_fresh(folder: Path, wheel: Path) -> Path:
    """Make an environment in a folder that is not there yet, install a wheel, and return the environment's Python."""
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel)], check=True)
    place = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    (ours,) = place.glob("*.dist-info")
    for one in needed_by(Distribution.at(ours)):
        for part in parts_of(one):
            if not (place / part.name).exists():
                (place / part.name).symlink_to(part)
    subprocess.run([*pip, "check"], check=True)
    return python


def needed_by(one: Distribution) -> list[Distribution]:
    """Return what a distribution needs without its extras, and what that needs, from this environment."""
    found: dict[str, Distribution] = {}
    wanted = list(_requirements(one, frozenset()))
    asked = set()
    while wanted:
        requirement = wanted.pop()
        name, extras = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if (name, extras) not in asked:
            asked.add((name, extras))
            found[name] = distribution(name)
            wanted += _requirements(found[name], extras)
    return [found[name] for name in sorted(found)]


def _requirements(one: Distribution, extras: frozenset[str]) -> Iterator[Requirement]:
    for line in one.requires or ():
        requirement = Requirement(line)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras | {""}):
            yield requirement


def parts_of(one: Distribution) -> list[Path]:
    """Return the folders and files of a distribution that stand in the folder of packages; commands are left out."""
    tops = {path.parts[0] for path in one.files or () if path.parts[0] not in ("..", "__pycache__")}
    return [Path(str(one.locate_file(top))) for top in sorted(tops)]
