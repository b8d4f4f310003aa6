"""Small scenarios that each use some features of the format: pieces (small/*.yaml) put into one plain base."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import yaml

FOLDER = Path(__file__).parent / "small"
BASE = FOLDER / "base.yaml"
PIECES = {file.stem.replace("_", " "): file for file in sorted(FOLDER.glob("*.yaml"))}


class PlainDumper(yaml.CSafeDumper):
    """Writes every text plainly."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}


def text_with(piece: Path) -> str:
    """The base with a piece put into it: mappings are joined, everything else replaces what stands there."""
    base, more = (yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader) for file in (BASE, piece))
    return yaml.dump(joined(base, more), Dumper=PlainDumper, allow_unicode=True, sort_keys=False, width=10_000)


def joined(old: Any, new: Any) -> Any:
    """Both; a mapping with the key REPLACE stands for itself."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return new
    if "REPLACE" in new:
        return {key: value for key, value in new.items() if key != "REPLACE"}
    return {**old, **{key: joined(old[key], value) if key in old else value for key, value in new.items()}}
