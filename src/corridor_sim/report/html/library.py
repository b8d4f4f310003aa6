"""The charting library of the page as one script, made once a version and kept where Python keeps compiled modules."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from importlib.util import cache_from_source
from pathlib import Path

BACKSLASH = "\\"
SNIPPET = "window.vegaEmbed = vegaEmbed;"
"""What of the library the page uses."""


@cache
def chart_library() -> str:
    """Return the charting library (Vega-Lite and what it stands on) as one script that needs no network."""
    kept = Path(cache_from_source(__file__)).with_name(f"vega-{version('vl-convert-python')}.js")
    with suppress(OSError, UnicodeDecodeError):
        script = kept.read_text(encoding="utf-8")
        if script.endswith(SNIPPET):
            return script
    script = _made()
    with suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        aside = kept.with_name(f".{kept.name}.{os.getpid()}")
        aside.write_text(script, encoding="utf-8")
        aside.replace(kept)
    return script


def _made() -> str:
    import vl_convert

    script: str = vl_convert.javascript_bundle(SNIPPET)
    return f"{script.replace('</script', '<' + BACKSLASH + '/script')}\n//{SNIPPET}"
