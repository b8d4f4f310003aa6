"""The tools of a release find what is wrong with an archive, an environment, a bill of materials and a lower bound."""

from __future__ import annotations

import io
import tarfile
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.version import Version
from release.contents import Files, wrong_contents
from release.fresh import needed_by, parts_of
from release.lowest import bounds, out_of_reach, versions_of
from release.sbom import told, without_addresses

TREE: Files = {
    "README.md": b"read",
    "src/corridor_sim/__init__.py": b"",
    "src/corridor_sim/py.typed": b"",
    "src/corridor_sim/catalog/data/rail.yaml": b"prices",
}
WHEEL: Files = {name.removeprefix("src/"): content for name, content in TREE.items() if name.startswith("src/")}


def archives(folder: Path, source: Files, wheel: Files) -> tuple[Path, Path]:
    paths = folder / "x-1.tar.gz", folder / "x-1.whl"
    with tarfile.open(paths[0], "w:gz") as tar:
        for name, content in {**source, "PKG-INFO": b"made"}.items():
            member = tarfile.TarInfo(f"x-1/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    with zipfile.ZipFile(paths[1], "w") as archive:
        for name, content in {**wheel, "x-1.dist-info/METADATA": b"made"}.items():
            archive.writestr(name, content)
    return paths


def test_archives_of_the_tree_are_whole(tmp_path: Path) -> None:
    assert wrong_contents(*archives(tmp_path, TREE, WHEEL), TREE) == []
    assert wrong_contents(*archives(tmp_path, TREE, WHEEL), None) == []


@pytest.mark.parametrize(
    ("left_out", "added", "says"),
    [
        ("corridor_sim/catalog/data/rail.yaml", {}, "x-1.whl: corridor_sim/catalog/data/rail.yaml is missing"),
        ("corridor_sim/py.typed", {}, "x-1.whl: corridor_sim/py.typed is missing"),
        ("", {"tests/x.py": b""}, "x-1.whl: tests/x.py does not belong there"),
        ("", {"corridor_sim/__init__.py": b"1"}, "x-1.whl: corridor_sim/__init__.py is not the one of the source"),
    ],
)
def test_a_wheel_that_is_not_the_package_is_told(tmp_path: Path, left_out: str, added: Files, says: str) -> None:
    wheel = {name: content for name, content in WHEEL.items() if name != left_out} | dict(added)
    assert wrong_contents(*archives(tmp_path, TREE, wheel), TREE) == [says]


def test_a_source_archive_without_a_file_is_told(tmp_path: Path) -> None:
    source = {name: content for name, content in TREE.items() if name != "README.md"}
    assert wrong_contents(*archives(tmp_path, source, WHEEL), TREE) == ["x-1.tar.gz: README.md is missing"]


def test_a_fresh_environment_has_what_is_needed_and_nothing_else() -> None:
    found = {one.metadata["Name"].lower(): one for one in needed_by(distribution("pandas"))}
    assert {"numpy", "python-dateutil", "six"} <= set(found), "direct ones and theirs"
    assert not {"pytest", "hypothesis", "pandas", "matplotlib"} & set(found), "none of its extras, and not itself"
    assert {"six.py"} <= {part.name for part in parts_of(found["six"])}
    assert all(part.exists() for part in parts_of(found["numpy"]))


def test_a_bill_of_materials_has_no_addresses_and_no_private_places() -> None:
    bill = {"components": [{"name": "x", "externalReferences": [{"url": "https://y"}]}], "metadata": {"tools": []}}
    assert without_addresses(bill) == {"components": [{"name": "x"}], "metadata": {"tools": []}}
    assert told('"file:///home/me/x.whl"', ["/home/me", "/srv", "/", ""]) == ["/home/me"]


def test_a_lower_bound_that_cannot_be_had_is_told() -> None:
    extras = {"dev": ["pytest>=8", "stubs"], "bench": ["ciw>=3"]}
    wanted = ["Rich>=13.7", "numba>=0.6; platform_machine == 'none'"]
    project = {"project": {"dependencies": wanted, "optional-dependencies": extras}}
    assert bounds(project) == {"rich": Version("13.7"), "pytest": Version("8")}
    found = versions_of(["rich==13.8.0", "pytest==8.0.0", "-e file:///x"])
    assert out_of_reach(bounds(project), found) == [
        "rich>=13.7 in pyproject.toml is out of reach: with the others it is 13.8.0"
    ]
