"""Finds the stored summary of a run that was made before with the same inputs."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

from corridor_sim.scenario.load import ScenarioFile
from corridor_sim.study.bundle import MANIFEST, bundle_key
from corridor_sim.study.evaluate import RESULTS_VERSION
from corridor_sim.study.figures import Figures

SUMMARY = "summary.json"


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
