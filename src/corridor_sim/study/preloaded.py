"""What the process from which workers are forked loads, once for all of them; imported nowhere else (ADR 10)."""

from __future__ import annotations

from importlib import import_module
from signal import SIG_IGN, SIGINT, signal

# Ctrl-C is for the process that can tidy up
signal(SIGINT, SIG_IGN)
for name in ("workers", "points", "play"):
    import_module(f"corridor_sim.study.{name}")
for name in ("figure", "style", "backends.backend_agg"):
    import_module(f"matplotlib.{name}")
import_module("corridor_sim.study.engines").look_for_compiled()
