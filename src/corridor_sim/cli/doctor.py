"""The command `doctor`: is this installation in order?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from corridor_sim.cli.options import Debug
from corridor_sim.cli.outcome import print_json, reported


def doctor(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder of results.")] = Path("results"),
    json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON and nothing else.")] = False,
    debug: Debug = False,
) -> None:
    """Examine this installation: versions, engines, fonts, where results go; find an answer that is known by hand."""
    with reported(debug):
        from corridor_sim.errors import CheckFailed
        from corridor_sim.report.doctor import BROKEN, examine, findings_json, show_findings

        findings = examine(out)
        if json:
            print_json(findings_json(findings))
        else:
            from corridor_sim.report.terminal import console_for

            show_findings(findings, console_for(sys.stdout))
        broken = [one.name for one in findings if one.state == BROKEN]
        if broken:
            raise CheckFailed(f"broken: {', '.join(broken)}")
