"""`python -m release package|sbom|lowest`: build, install and try the package, list what is in it, try old versions."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

COMMANDS = ("package", "sbom", "lowest")


def main(words: list[str]) -> int:
    """Run one command and return the exit code; what is wrong is told in a line each."""
    parser = argparse.ArgumentParser(prog="python -m release", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("words", nargs=argparse.REMAINDER, help="of lowest: tests to run, and options of pytest")
    asked = parser.parse_args(words)
    problems: list[str] = import_module(f"release.{asked.command}").main(asked.words)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
