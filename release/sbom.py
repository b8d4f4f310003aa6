"""`make sbom`: the software bill of materials of the package and all it needs, as CycloneDX JSON, below dist/."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any
from urllib.parse import urlsplit

from release.fresh import make_fresh
from release.package import DIST, ROOT, build

INDEX_SETTINGS = ("index-url", "extra-index-url", "find-links")
ADDRESSES = "externalReferences"


def main(words: Sequence[str] = ()) -> list[str]:
    """Write the bill of materials of a wheel that is built anew, and return what is wrong with it, a line each."""
    _, wheel = build(DIST)
    with TemporaryDirectory(prefix="corridor-sim-sbom-") as folder:
        made = bill_of(make_fresh(Path(folder) / "fresh", wheel))
    text = json.dumps(without_addresses(made), indent=1, sort_keys=True) + "\n"
    problems = [f"the bill of materials tells {found}" for found in told(text, private_texts())]
    if not problems:
        path = DIST / f"{wheel.name.removesuffix('-py3-none-any.whl')}.cdx.json"
        path.write_text(text, encoding="utf-8")
        print(f"{path.relative_to(ROOT)}: {len(made['components'])} components")
    return problems


def bill_of(python: Path) -> Mapping[str, Any]:
    """Return the bill of materials of an environment, without times and random numbers."""
    command = [sys.executable, "-m", "cyclonedx_py", "environment", str(python), "--pyproject", "pyproject.toml"]
    options = ["--output-reproducible", "--output-format", "JSON"]
    done = subprocess.run([*command, *options], cwd=ROOT, check=True, capture_output=True, text=True)
    made: Mapping[str, Any] = json.loads(done.stdout)
    return made


def without_addresses(part: Any) -> Any:
    """Return the bill without addresses of projects: packages are named by their package URL, which has no host."""
    if isinstance(part, Mapping):
        return {key: without_addresses(value) for key, value in part.items() if key != ADDRESSES}
    return [without_addresses(each) for each in part] if isinstance(part, list) else part


def private_texts() -> Iterator[str]:
    """Yield what nobody else needs to know: folders of this machine, hosts of its package indexes."""
    yield from ("file:", str(ROOT), str(Path.home()), sys.prefix, sys.base_prefix, gettempdir())
    for setting in INDEX_SETTINGS:
        words = ["config", "get", f"global.{setting}"]
        done = subprocess.run([sys.executable, "-m", "pip", *words], check=False, capture_output=True, text=True)
        for address in done.stdout.split():
            parts = urlsplit(address)
            yield parts.hostname or parts.path


def told(text: str, private: Iterable[str]) -> list[str]:
    """Return which private texts stand in a text."""
    return [each for each in dict.fromkeys(private) if len(each) > 1 and each in text]
