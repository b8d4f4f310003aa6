"""The machinery of the long trials, tried on a few cases: nothing of it may be found unhandled."""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

import pytest
from tests.trials import nasty, store_cases
from tests.trials.byte_targets import PARSERS, Targets
from tests.trials.fuzz_schema import OUTCOMES, section
from tests.trials.hostile import read
from tests.trials.hostile_files import hostile_files
from tests.trials.schema_cases import Tally, Trial, loaded, overridden
from tests.trials.store_cases import commanded, kept
from tests.trials.stored_samples import SMALL, keep_run, keep_sweep

from corridor_sim.errors import ResultsError
from corridor_sim.scenario.load import load

pytest.importorskip("numba")
CASES = {"loader": (loaded, 120), "overrides": (overridden, 60), "command line": (commanded, 12), "store": (kept, 20)}
FEW_BYTES, READERS = 400, 5
HOSTILE = (
    "alias bomb",
    "a million keys",
    "a pipe that nobody writes to",
    "a link to /dev/zero",
    "a trillion consignments an hour",
)
MOST_MIB = 200


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    out = tmp_path_factory.mktemp("samples")
    return keep_run(out), keep_sweep(out)


@pytest.mark.parametrize("kind", CASES)
def test_no_case_ends_in_anything_but_results_or_an_error_of_ours(
    kind: str, samples: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(store_cases.SAMPLES, str(samples[0].parents[1]))
    monkeypatch.setattr(nasty, "SHIPPED_PERCENT", 0)
    case, count = CASES[kind]
    tally = Trial(tmp_path).run(case, 1, count)
    assert tally.found == {}, [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()]
    assert tally.outcomes.total() == count
    assert {outcome for _, outcome in tally.outcomes} <= set(OUTCOMES)
    assert kind != "loader" or tally.agreed > 0


def test_what_breaks_is_found_and_kept(tmp_path: Path) -> None:
    def breaks(trial: Trial, draw: object, tally: Tally) -> tuple[str, str]:
        trial.trying = "what was tried"
        raise KeyError("x")

    tally = Trial(tmp_path).run(breaks, 1, 3)
    assert tally.found == {"KeyError at a test": 1}
    (kept_case,) = tmp_path.iterdir()
    assert kept_case.read_text(encoding="utf-8").startswith("what was tried\n=====\nKeyError at a test")
    assert "Found 1 times: KeyError at a test" in section(tally, 1.0).markdown()


def test_what_the_scenarios_are_changed_from_is_sound() -> None:
    worlds = nasty.worlds()
    assert len(worlds) >= 0.8 * nasty.WORLDS
    assert load(nasty.json.dumps(Random(1).choice(worlds))).alternatives


def test_rubbish_in_every_reader_is_refused(samples: tuple[Path, Path]) -> None:
    targets, chance = Targets(*samples), Random(1)
    whole = SMALL.read_bytes()
    for number in range(FEW_BYTES):
        place = chance.randrange(len(whole))
        content = whole[place : place + chance.randrange(200)] + chance.randbytes(2)
        targets.read(bytes((number % READERS, chance.randrange(len(PARSERS)))) + content)
    with pytest.raises(ResultsError):
        targets.run.joinpath("manifest.json").write_bytes(b"{")
        from corridor_sim.study.stored import read_run

        read_run(targets.run)


def test_hostile_files_are_refused_in_little_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.trials.hostile_files._kept", lambda folder: iter(()))
    seen = {}
    for one in hostile_files(tmp_path):
        if one.name in HOSTILE:
            seen[one.name] = read(one, 1)
        else:
            one.clear()
    assert set(seen) == set(HOSTILE)
    assert {name: one.code for name, one in seen.items()} == dict.fromkeys(HOSTILE, 2)
    assert {name for name, one in seen.items() if one.mebibytes > MOST_MIB} == set()
    assert sys.executable
