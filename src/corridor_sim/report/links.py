"""Which texts of a scenario may become links: addresses of the web, and nothing else that a reader could click."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

LONGEST_LINK = 2_079
"""What Excel takes; longer addresses are shown and not linked."""
ADDRESS = re.compile(r"https?://[^\s\"<>\\^`{|}]+")


def is_link(text: str) -> bool:
    """Return whether a text is an address of the web that may be clicked."""
    if len(text) > LONGEST_LINK or not text.isprintable() or not ADDRESS.fullmatch(text):
        return False
    try:
        return bool(urlsplit(text).hostname)
    except ValueError:
        return False
