"""Checks a scenario file against its baseline: the first stage of the chain that differs says where a change began."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from corridor_sim.errors import CorridorSimError
from corridor_sim.evidence.equivalence import Judged, Verdict
from corridor_sim.network.lowered import Lowered
from corridor_sim.scenario.load import ScenarioFile, load
from corridor_sim.study.bundle import RESULTS_VERSION
from corridor_sim.study.laws.law import Finding as LawFinding
from corridor_sim.study.laws.registry import findings_of
from corridor_sim.study.prepare import prepare
from corridor_sim.study.regression.baseline import Baseline, Blessed, baseline_file, read_baseline
from corridor_sim.study.regression.chain import (
    KPIS,
    PROGRAM,
    STAGES,
    Links,
    Parts,
    calm_figures,
    chains_of,
    differing,
    said,
)
from corridor_sim.study.regression.figures import unit_of
from corridor_sim.study.regression.statistics import grouped, judged, statistics_of
from corridor_sim.study.warmup import settled

NO_BASELINE, VERSION, NOISE_OFF, STATISTICS, LOADING = (
    "baseline",
    "results version",
    "noise off",
    "statistics",
    "loading",
)
MUST_BE_EQUAL = "0 (the same results version)"
LAW = "law: "
"""How the stage of a finding begins that is about a law."""
BROKEN, KEPT, EXCEPTION = "broken", "kept", "exception"
LAWS_KEPT = "judgements of laws"
WHOLE_FILE = ""
MOST_PARTS = 3
"""Parts of a stage that are named; of more only how many."""


@dataclass(frozen=True)
class Finding:
    """One thing that is not as blessed: where it began (stage, and part of it), and a KPI that tells what it does."""

    stage: str
    alternative: str
    part: str
    expected: str
    found: str
    kpi: str = ""
    margin: str = MUST_BE_EQUAL
    because: str = ""


@dataclass(frozen=True)
class CheckTask:
    """A file to be checked: without `seed` for equal hashes, with one for equivalent statistics."""

    file: str
    against: str
    engine: str
    seed: int | None = None
    replications: int | None = None
    family: int = 1
    laws: bool = True
    """Without `seed`: whether the laws of `study.laws` are tried too."""


@dataclass(frozen=True)
class Checked:
    """What became of one file: findings (none where all is as blessed), what was compared, and what is to be known."""

    file: str
    scenario: str
    findings: tuple[Finding, ...] = ()
    compared: Mapping[str, int] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    unusable: CorridorSimError | None = None
    """Why it could not be checked at all."""


@dataclass(frozen=True)
class Looked:
    """What a file gives now, by alternative."""

    links: Mapping[str, Links]
    noise_off: Mapping[str, Parts]


def check_file(task: CheckTask) -> Checked:
    """Return what a file gives beside its baseline; a file that cannot be read or run is a finding of its own."""
    try:
        file = load(Path(task.file))
        baseline = read_baseline(Path(task.against), file.name)
        if baseline is None:
            return Checked(task.file, file.name, (_no_baseline(task, file.name),))
        file = settled(file, file.base.clock.replications, baseline.seed)
        lowered = prepare(file)
        if task.seed is None:
            return _by_hashes(task, file, lowered, baseline)
        return _by_statistics(task, file, lowered, baseline)
    except CorridorSimError as error:
        return Checked(task.file, Path(task.file).stem, unusable=error)


def look(lowered: Mapping[str, Lowered], replications: int, seed: int, engine: str) -> Looked:
    """Return chain, KPIs and noise-off figures of each alternative."""
    links: dict[str, Links] = {}
    for group in grouped(lowered):
        links |= chains_of(group, replications, seed, engine)
    calm = {name: said(calm_figures(one, seed, engine)) for name, one in lowered.items()}
    return Looked({name: links[name] for name in lowered}, calm)


def _by_hashes(task: CheckTask, file: ScenarioFile, lowered: Mapping[str, Lowered], baseline: Baseline) -> Checked:
    found = look(lowered, baseline.hashed, baseline.seed, task.engine)
    findings = tuple(differences(baseline, found))
    if baseline.results_version != RESULTS_VERSION:
        findings = (_other_version(baseline), *findings)
    compared = {
        "hashes": len(STAGES) * len(lowered),
        "noise-off figures": sum(map(len, found.noise_off.values())),
        "replications": baseline.hashed,
    }
    if not task.laws:
        return Checked(task.file, file.name, findings, compared)
    tried = findings_of(file, 1)
    broken = tuple(_of_law(one) for one in tried if one.kind == BROKEN)
    compared[LAWS_KEPT] = sum(one.kind == KEPT for one in tried)
    return Checked(task.file, file.name, (*findings, *broken), compared, tuple(_exceptions(tried)))


def _of_law(one: LawFinding) -> Finding:
    """Return the finding that a law is broken."""
    return Finding(
        f"{LAW}{one.law}", one.alternative, one.what, one.expected, one.found, margin="", because=one.because
    )


def _exceptions(tried: Sequence[LawFinding]) -> Iterator[str]:
    """Yield a line for each law and reason why it could not be judged, with all that it is about."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for one in tried:
        if one.kind == EXCEPTION:
            reasons.setdefault((one.law, one.because), []).append(f"{one.alternative} ({one.what})")
    for (law, because), alternatives in reasons.items():
        yield f"exception of the law {law}: {because}: {'; '.join(alternatives)}"


def differences(baseline: Baseline, found: Looked) -> Iterator[Finding]:
    """Yield for each alternative the first stage that differs, else what differs without noise."""
    for name in dict.fromkeys((*baseline.alternatives, *found.links)):
        blessed, links = baseline.alternatives.get(name), found.links.get(name)
        if blessed is None or links is None:
            was, now = ("nothing", "an alternative") if blessed is None else ("an alternative", "nothing")
            yield Finding(PROGRAM, name, "the alternative itself", was, now, margin="")
            continue
        stage = first_stage(blessed, links)
        if stage:
            yield _began(stage, name, blessed, links)
        else:
            yield from _without_noise(name, blessed.noise_off, found.noise_off[name])


def first_stage(blessed: Blessed, links: Links) -> str:
    """Return the first stage of the chain that differs, "" where none does."""
    return next((stage for stage in STAGES if blessed.chain[stage] != links.chain[stage]), "")


def _began(stage: str, name: str, blessed: Blessed, links: Links) -> Finding:
    """Return a finding about the first stage that differs, with the KPI that moved most."""
    parts = list(differing(blessed.chain[stage], links.chain[stage]))
    named = ", ".join(part for part, _, _ in parts[:MOST_PARTS])
    more = f" and {len(parts) - MOST_PARTS} more" if len(parts) > MOST_PARTS else ""
    later = [each for each in STAGES if each != stage and blessed.chain[each] != links.chain[each]]
    because = f"so do {', '.join(later)}" if later else "all later stages are equal"
    moved = most_moved(blessed.chain[KPIS], links.chain[KPIS])
    if moved is None:
        _, expected, found = parts[0]
        return Finding(stage, name, f"{named}{more}", expected, found, because=because)
    kpi, expected, found = moved
    return Finding(stage, name, f"{named}{more}", expected, found, kpi, because=because)


def _without_noise(name: str, expected: Parts, found: Parts) -> Iterator[Finding]:
    moved = most_moved(expected, found)
    if moved is not None:
        kpi, was, now = moved
        yield Finding(NOISE_OFF, name, "one replication at all means", was, now, kpi)


def most_moved(expected: Parts, found: Parts) -> tuple[str, str, str] | None:
    """Return (figure, expected, found) of the figure that changed most as a share of itself, None if none did."""
    return max(differing(expected, found), key=_change, default=None)


def _change(moved: tuple[str, str, str]) -> float:
    try:
        before, now = float(moved[1]), float(moved[-1])
    except ValueError:
        return float("inf")
    return abs(now - before) / max(abs(before), abs(now))


def _by_statistics(task: CheckTask, file: ScenarioFile, lowered: Mapping[str, Lowered], baseline: Baseline) -> Checked:
    replications = task.replications or file.base.clock.replications
    found = statistics_of(file, lowered, replications, task.seed or 0, task.engine, baseline)
    rows = list(judged(baseline, found, task.family))
    findings = [not_equivalent(*row) for row in rows if row[-1].verdict is Verdict.DIFFERENT]
    findings += [
        Finding(PROGRAM, name, "the alternative itself", "an alternative", "nothing", margin="")
        for name in baseline.alternatives
        if name not in found
    ]
    compared = {"figures": sum(row[-1].verdict is not Verdict.UNJUDGED for row in rows), "replications": replications}
    return Checked(task.file, file.name, tuple(findings), compared, tuple(unjudged(rows)))


def not_equivalent(name: str, figure: str, row: Judged) -> Finding:
    """Return the finding that a figure's difference is not shown to be within its margin."""
    unit = unit_of(figure)
    because = f"the difference is {row.found - row.expected:+.3g} with a standard error of {row.error:.2g}"
    texts = [f"{number:.6g} {unit}" for number in (row.expected, row.found)]
    return Finding(STATISTICS, name, "", texts[0], texts[1], figure, f"{row.margin:.3g} {unit}", because)


def unjudged(rows: list[tuple[str, str, Judged]]) -> Iterator[str]:
    """Yield a line for each reason why figures could not be judged, with the figures."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for name, figure, row in rows:
        if row.verdict is Verdict.UNJUDGED:
            reasons.setdefault((name, row.because), []).append(figure)
    for (name, because), figures in reasons.items():
        yield f"{name}: not judged: {', '.join(figures)}: {because}"


def _no_baseline(task: CheckTask, scenario: str) -> Finding:
    path = baseline_file(Path(task.against), scenario)
    because = f'corridor-sim bless {task.file} --reason "..." makes it'
    return Finding(NO_BASELINE, WHOLE_FILE, str(path), "a file", "nothing", margin="", because=because)


def _other_version(baseline: Baseline) -> Finding:
    versions = str(baseline.results_version), str(RESULTS_VERSION)
    because = "bless is due: it shows what is equivalent, and what is not"
    return Finding(VERSION, WHOLE_FILE, "", *versions, margin="", because=because)
