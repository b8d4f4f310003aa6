"""The charting library of the page as one script, made once a version and kept where Python keeps compiled modules."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from importlib.metadata import version
from importlib.util import cache_from_source
from pathlib import Path

from corridor_sim.errors import ResultsError
from corridor_sim.study.aside import write_bytes_whole

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
    with suppress(ResultsError):
        write_bytes_whole(kept, script.encode())
    return script


def _made() -> str:
    import vl_convert

    script: str = vl_convert.javascript_bundle(SNIPPET)
    return f"{script.replace('</script', '<' + BACKSLASH + '/script')}\n//{SNIPPET}"
