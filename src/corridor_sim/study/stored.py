"""Reads stored runs: the summary of one made before with the same inputs, and a whole result folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from corridor_sim.errors import Problem, ResultsError
from corridor_sim.scenario.load import ScenarioFile
from corridor_sim.study.bundle import MANIFEST, bundle_key
from corridor_sim.study.evaluate import RESULTS_VERSION
from corridor_sim.study.figures import Figures

SUMMARY, RESOLVED = "summary.json", "resolved.yaml"
SWEEP_RECIPE = "recipe.json"


@dataclass(frozen=True)
class StoredRun:
    """What a result folder says: how it was made, its figures, and the resolved scenario of each alternative."""

    folder: Path
    manifest: Mapping[str, Any]
    summary: Mapping[str, Any]
    resolved: Mapping[str, Any]


def read_run(folder: Path) -> StoredRun:
    """Return the run kept in a folder, its files as their manifest lists them.

    Raises ResultsError for a folder that is none of ours, a sweep's, incomplete, damaged or of another version.
    """
    import yaml

    if not (folder / MANIFEST).is_file():
        kept = "a sweep; see corridor-sim results show" if (folder / SWEEP_RECIPE).is_file() else "no result of a run"
        raise _unusable(folder, f"{kept}; expected a folder results/<scenario>/<key>")
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        version, files = manifest["results_version"], manifest["files"]
        texts = {name: (folder / name).read_bytes() for name in (SUMMARY, RESOLVED)}
        wrong = [name for name, content in texts.items() if sha256(content).hexdigest() != files[name]]
        wrong += [name for name in files if not (folder / name).is_file()]
        if version == RESULTS_VERSION and not wrong:
            loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
            resolved = yaml.load(texts[RESOLVED], Loader=loader)
            return StoredRun(folder, manifest, json.loads(texts[SUMMARY]), resolved)
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError) as error:
        raise _unusable(folder, "damaged; run it again") from error
    if version != RESULTS_VERSION:
        made = f"made with results version {version}, and this program makes {RESULTS_VERSION}"
        raise _unusable(folder, f"{made}; run it again")
    raise _unusable(folder, f"damaged ({wrong[0]}); run it again")


def _unusable(folder: Path, reason: str) -> ResultsError:
    return ResultsError(Problem(reason, file=str(folder)))


def stored_summary(file: ScenarioFile, out: Path) -> Figures | None:
    """Return the summary of a noisy run of all alternatives at the file's own seed and replications, None if none.

    A summary that is not the one its manifest lists is not used.
    """
    clock = file.base.clock
    asked = {
        "run": {"seed": clock.seed, "replications": clock.replications, "noise": True, "lanes": {}},
        "results_version": RESULTS_VERSION,
    }
    resolved = {name: scenario.model_dump(mode="json") for name, scenario in file.alternatives.items()}
    folder = out / file.name / bundle_key(asked, resolved)
    try:
        content = (folder / SUMMARY).read_bytes()
        listed = json.loads((folder / MANIFEST).read_bytes())["files"][SUMMARY]
    except (OSError, ValueError, KeyError):
        return None
    if sha256(content).hexdigest() != listed:
        return None
    summary: Figures = json.loads(content)
    return summary
