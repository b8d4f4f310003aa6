"""Names of what lies in a folder of results: `study.bundle` says what a run keeps, `study.store` what a sweep does."""

from __future__ import annotations

SUMMARY, RESOLVED, KPIS_CSV = "summary.json", "resolved.yaml", "kpis.csv"
MANIFEST = "manifest.json"
"""Lists the digests of the other files of a run."""
SWEEP_PREFIX = "sweep-"
"""How the names of the folders of sweeps begin."""
RECIPE, CHUNKS = "recipe.json", "chunks"
SWEEP, REPLICATIONS = "sweep.parquet", "replications.parquet"
TABLE = ".parquet"
