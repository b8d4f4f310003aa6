"""What is in the archives: the source archive is what git keeps, the wheel is the package in it, byte for byte."""

from __future__ import annotations

import subprocess
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

PACKAGE, SOURCE = "corridor_sim", "src"
ADDED_TO_SOURCE = frozenset({"PKG-INFO"})
INFO = ".dist-info/"

Files = Mapping[str, bytes]
"""Name -> content."""


def files_of_git(root: Path) -> Files | None:
    """Return the files of the working tree that git keeps, None where it is no checkout."""
    # the checkout may belong to another account, as in a container of CI
    command = ["git", "-c", f"safe.directory={root}", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=root, check=False, capture_output=True, text=True)
    if listed.returncode:
        return None
    return {name: (root / name).read_bytes() for name in listed.stdout.split("\0") if name}


def files_of_source(archive: Path) -> Files:
    """Return the files of a source archive, without the folder around them."""
    with tarfile.open(archive) as tar:
        members = [(member.name.partition("/")[2], tar.extractfile(member)) for member in tar if member.isfile()]
        return {name: stream.read() for name, stream in members if stream is not None}


def files_of_wheel(archive: Path) -> Files:
    """Return the files of a wheel without what describes it."""
    with zipfile.ZipFile(archive) as wheel:
        return {name: wheel.read(name) for name in wheel.namelist() if INFO not in name}


def package_of(tree: Files) -> Files:
    """Return what of a source tree belongs into a wheel."""
    return {name.removeprefix(f"{SOURCE}/"): content for name, content in tree.items() if name.startswith(f"{SOURCE}/")}


def differences(found: Files, wanted: Files, where: str, allowed: frozenset[str] = frozenset()) -> list[str]:
    """Return a line for each file that is missing, is too many or is another one than wanted."""
    missing = [f"{where}: {name} is missing" for name in sorted(wanted.keys() - found.keys())]
    foreign = [f"{where}: {name} does not belong there" for name in sorted(found.keys() - wanted.keys() - allowed)]
    changed = [
        f"{where}: {name} is not the one of the source"
        for name in sorted(found.keys() & wanted.keys())
        if found[name] != wanted[name]
    ]
    return [*missing, *foreign, *changed]


def wrong_contents(source: Path, wheel: Path, tree: Files | None) -> list[str]:
    """Return what is wrong with both archives, made of a source tree; where that is not known, with the wheel alone."""
    ours = files_of_source(source)
    return [
        *differences(ours, ours if tree is None else tree, source.name, ADDED_TO_SOURCE),
        *differences(files_of_wheel(wheel), package_of(ours), wheel.name),
    ]
