"""What `check` and `bless` tell: a table for people, and the same for machines (JUnit XML, Markdown, annotations)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from rich.console import Console

from corridor_sim.errors import Problem
from corridor_sim.evidence.equivalence import Verdict
from corridor_sim.reading.located import printable
from corridor_sim.report.markdown import bullets, table_of
from corridor_sim.report.terminal import say, side_by_side
from corridor_sim.study.regression.bless import Blessing
from corridor_sim.study.regression.chain import STAGES
from corridor_sim.study.regression.check import (
    LAW,
    NO_BASELINE,
    NOISE_OFF,
    STATISTICS,
    VERSION,
    Checked,
    Finding,
    not_equivalent,
)

LONGEST_TEXT = 2000
HEAD = ("scenario", "compared", "verdict")
AS_BLESSED, UNUSABLE = "as blessed", "cannot be checked"
BEGINS = {
    NO_BASELINE: "has no baseline",
    VERSION: "was blessed under another results version",
    NOISE_OFF: "differs without noise",
    STATISTICS: "is not equivalent",
}
"""How a finding begins that is about no stage of the chain."""
ESCAPES = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))
PROPERTY_ESCAPES = (*ESCAPES, (":", "%3A"), (",", "%2C"))
"""What GitHub's workflow commands want written otherwise, in their text and in their properties."""


def problem_of(checked: Checked, finding: Finding) -> Problem:
    """Return a finding as one line: where it began, and the KPI with what was expected, found and allowed."""
    return Problem(sentence(finding), finding.alternative, checked.file)


def sentence(finding: Finding) -> str:
    """Return a finding in words."""
    begins = BEGINS.get(finding.stage, f"differs first in {finding.stage}")
    if finding.stage.startswith(LAW):
        begins = f"breaks the {finding.stage}"
    part = f" ({finding.part})" if finding.part else ""
    kpi = f"{finding.kpi} " if finding.kpi else ""
    margin = f", margin {finding.margin}" if finding.margin else ""
    because = f"; {finding.because}" if finding.because else ""
    return f"{begins}{part}: {kpi}expected {finding.expected}, found {finding.found}{margin}{because}"


def verdict_of(checked: Checked) -> str:
    """Return in few words what became of a file."""
    if checked.unusable is not None:
        return UNUSABLE
    if not checked.findings:
        return AS_BLESSED
    stages = dict.fromkeys(finding.stage for finding in checked.findings)
    return f"differs in {', '.join(stages)}"


def compared_of(checked: Checked) -> str:
    """Return how much was compared."""
    return ", ".join(f"{count:,} {what}" for what, count in checked.compared.items()) or "nothing"


def show_checked(all_checked: Sequence[Checked], console: Console, verbose: bool = False) -> None:
    """Print a line for each file, what was compared, and what is to be known beside: all of it, or how much."""
    for one in all_checked:
        say(console, f"{one.scenario}: {verdict_of(one)}", 2, "" if is_fine(one) else "bold red")
        say(console, f"  {compared_of(one)}", 2)
        for remark in one.remarks if verbose else ():
            say(console, f"  {remark}", 2)
        if one.remarks and not verbose:
            say(console, f"  {len(one.remarks)} exceptions or figures not judged, listed by --verbose", 2)
    fine = sum(map(is_fine, all_checked))
    say(console, f"{fine} of {len(all_checked)} as blessed")


def is_fine(checked: Checked) -> bool:
    """Return whether all is as blessed."""
    return checked.unusable is None and not checked.findings


def checked_json(all_checked: Sequence[Checked]) -> dict[str, Any]:
    """Return what became of the files as plain data."""
    return {
        "fine": all(map(is_fine, all_checked)),
        "files": [
            {
                "file": one.file,
                "scenario": one.scenario,
                "verdict": verdict_of(one),
                "compared": dict(one.compared),
                "findings": [asdict(finding) for finding in one.findings],
                "unusable": [] if one.unusable is None else list(map(str, one.unusable.problems)),
                "remarks": list(one.remarks),
            }
            for one in all_checked
        ],
    }


def junit_xml(all_checked: Sequence[Checked]) -> bytes:
    """Return the files as suites of JUnit XML with a case for each stage; a file that cannot be checked is an error."""
    root = Element("testsuites", name="corridor-sim check")
    for one in all_checked:
        suite = SubElement(root, "testsuite", name=_text(one.scenario))
        for name in _cases(one):
            case = SubElement(suite, "testcase", classname=_text(one.scenario), name=_text(name), file=_text(one.file))
            lines = [_line(finding) for finding in one.findings if finding.stage == name]
            if lines:
                SubElement(case, "failure", message=_text(lines[0])).text = _text("; ".join(lines))
        if one.unusable is not None:
            case = SubElement(suite, "testcase", classname=_text(one.scenario), name=UNUSABLE, file=_text(one.file))
            SubElement(case, "error", message=_text(str(one.unusable.problems[0])))
        for tag, counted in (("testcase", "tests"), ("testcase/failure", "failures"), ("testcase/error", "errors")):
            suite.set(counted, str(len(suite.findall(tag))))
    for counted in ("tests", "failures", "errors"):
        root.set(counted, str(sum(int(suite.get(counted, "0")) for suite in root)))
    indent(root)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _cases(checked: Checked) -> Iterable[str]:
    """Return the names of what was tried of a file."""
    if checked.unusable is not None:
        return ()
    tried = (*STAGES, NOISE_OFF) if "hashes" in checked.compared else ()
    judged = (STATISTICS,) if "figures" in checked.compared else ()
    return dict.fromkeys((*tried, *judged, *(finding.stage for finding in checked.findings)))


def _line(finding: Finding) -> str:
    return f"{finding.alternative}: {sentence(finding)}" if finding.alternative else sentence(finding)


def _text(text: str) -> str:
    return printable(text, LONGEST_TEXT)


def markdown(all_checked: Sequence[Checked]) -> str:
    """Return a summary for the page of a CI job."""
    rows = [(one.scenario, compared_of(one), verdict_of(one)) for one in all_checked]
    fine = sum(map(is_fine, all_checked))
    lines = [f"### corridor-sim check: {fine} of {len(all_checked)} as blessed", "", *table_of(HEAD, rows)]
    told = [f"{one.scenario}, {text}" for one in all_checked for text in _told(one)]
    return "\n".join([*lines, "", *bullets(told)] if told else lines) + "\n"


def _told(checked: Checked) -> Iterator[str]:
    yield from map(_line, checked.findings)
    if checked.unusable is not None:
        yield from map(str, checked.unusable.problems)
    yield from checked.remarks


def github_annotations(all_checked: Sequence[Checked]) -> Iterator[str]:
    """Yield GitHub's workflow commands that put each finding beside its file."""
    for one in all_checked:
        problems = () if one.unusable is None else one.unusable.problems
        for problem in problems:
            yield _annotation(one.file, problem.line, UNUSABLE, str(problem))
        for finding in one.findings:
            yield _annotation(one.file, 0, f"{one.scenario}: {finding.stage}", _line(finding))


def _annotation(file: str, line: int, title: str, text: str) -> str:
    places = f"file={_escaped(file, PROPERTY_ESCAPES)},line={line or 1},title={_escaped(title, PROPERTY_ESCAPES)}"
    return f"::error {places}::{_escaped(text, ESCAPES)}"


def _escaped(text: str, escapes: Sequence[tuple[str, str]]) -> str:
    shown = _text(text)
    for sign, written in escapes:
        shown = shown.replace(sign, written)
    return shown


def show_blessing(blessing: Blessing, console: Console) -> None:
    """Print what a blessing changed: what is equivalent, what is not, and what cannot be judged."""
    scenario = blessing.after.scenario
    if not blessing.is_new:
        say(console, f"{scenario}: as blessed before, nothing to renew")
        return
    say(console, f"{scenario}: blessed, {blessing.after.replications:,} replications")
    if blessing.before is None or not blessing.rows:
        return
    counts = {verdict: len(blessing.verdicts(verdict)) for verdict in Verdict}
    say(console, f"  {', '.join(f'{count:,} {verdict}' for verdict, count in counts.items())}", 2)
    different = [not_equivalent(*row) for row in blessing.verdicts(Verdict.DIFFERENT)]
    if different:
        heads = [["expected"], ["found"], ["margin"]]
        rows = [(f"{one.alternative}: {one.kpi}", (one.expected, one.found, one.margin)) for one in different]
        console.print(side_by_side(console, heads, [("", rows)]))
    for remark in blessing.after.history[-1].get("not_judged", ()):
        say(console, f"  {remark}", 2)
