"""Runs side by side: what one run says of its own alternatives, two runs of the same must say of them, too."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from corridor_sim.errors import InputError, ResultsError
from corridor_sim.scenario.load import load
from corridor_sim.study.across import FIGURES, compare_across
from corridor_sim.study.bundle import json_bytes, write_bundle
from corridor_sim.study.evaluate import evaluate
from corridor_sim.study.stored import kept_run, read_run
from corridor_sim.study.subjects import Asked, Plan, Subject, label_of, read_subjects, told_apart

SMALL = Path(__file__).parents[1] / "scenario" / "small.yaml"
TEXT = SMALL.read_text(encoding="utf-8")
MORE = TEXT.replace(
    "  truck: {set", "  more: {set: {flows.plums.arrives: {poisson: 150 pallets per week}}}\n  truck: {set"
)
DEARER = ["tariffs.lift.price=HKD 400/box"]
Made = dict[str, Path]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The small scenario as it is, dearer, from another seed, longer, with an alternative more; each in a folder."""
    out = tmp_path_factory.mktemp("results")

    def keep(text: str, sets: Any = (), **how: Any) -> Path:
        return write_bundle(evaluate(load(text, sets), **how), out, {})

    return {
        "plain": keep(TEXT),
        "dearer": keep(TEXT, DEARER),
        "other seed": keep(TEXT, seed=8),
        "longer": keep(TEXT, replications=20),
        "more": keep(MORE),
    }


def subject(folder: Path, label: str, *names: str) -> Subject:
    kept = read_run(folder)
    found = names or tuple(one["name"] for one in kept.summary["alternatives"])
    return Subject(label, str(folder), folder, found, kept.summary, kept.tables)


def compared(*subjects: Subject) -> Any:
    found = compare_across(subjects)
    json_bytes(found)  # is JSON, without NaN
    return found


def row(found: Any, label: str, alternative: str) -> Any:
    return next(each for each in found["comparisons"] if (each["subject"], each["alternative"]) == (label, alternative))


def one_run(folder: Path, alternative: str) -> dict[str, tuple[float, float, float]]:
    """What the run's own comparison says of an alternative against its baseline: value, low, high by figure."""
    pair = next(each for each in read_run(folder).summary["comparisons"] if each["alternative"] == alternative)
    told = {name: (figure["value"], figure["low"], figure["high"]) for name, figure in pair["kpis"].items()}
    for saving in pair["savings"]:
        cny = saving["cny"]
        name = f"cost_per_{saving['per']}:{saving['base']}/{saving['perspective']}/{saving['subsidy']}"
        told[name] = tuple(None if cny[end] is None else -cny[end] for end in ("value", "high", "low"))
    return {name: told[name] for name in FIGURES}


def ends(figure: Any) -> tuple[float, float, float]:
    return figure["value"], figure["low"], figure["high"]


def test_a_run_compared_with_itself_differs_by_exactly_nothing(made: Made) -> None:
    found = compared(subject(made["plain"], "A", "train"), subject(made["plain"], "B", "train"))
    same = row(found, "B", "train")
    assert (same["sampling"], same["same_consignments"], same["sums_kept"]) == ("paired", True, True)
    assert {name: ends(figure) for name, figure in same["figures"].items()} == dict.fromkeys(FIGURES, (0, 0, 0))
    assert not any(figure["separated"] for figure in same["figures"].values())
    assert all(each["best"] is None for each in found["best"].values())


def test_columns_show_the_figures_of_their_summaries(made: Made) -> None:
    found = compared(subject(made["plain"], "A"), subject(made["other seed"], "B"))
    assert [(one["subject"], one["alternative"]) for one in found["columns"]] == [
        ("A", "train"),
        ("A", "truck"),
        ("B", "train"),
        ("B", "truck"),
    ]
    ours = read_run(made["other seed"]).summary["alternatives"][1]
    shown = found["columns"][3]["figures"]
    assert shown["transit_p90"] == ours["kpis"]["transit_p90"]
    wanted = {"base": "total_logistics", "perspective": "chain", "per": "kg", "subsidy": "after"}
    cost = next(each for each in ours["costs"] if all(each[key] == word for key, word in wanted.items()))
    assert shown["cost_per_kg:total_logistics/chain/after"]["value"] == cost["value"]


def test_two_folders_say_what_one_run_says_of_its_alternatives(made: Made) -> None:
    """The lorry is the same in both files, so the train of the first against the lorry of the second is as in one."""
    found = compared(subject(made["plain"], "A", "train"), subject(made["dearer"], "B"))
    lorry, expected = row(found, "B", "truck"), one_run(made["plain"], "truck")
    assert lorry["sampling"] == "paired" and lorry["same_consignments"]
    for name, told in expected.items():
        assert ends(lorry["figures"][name]) == pytest.approx(told, rel=1e-9, abs=1e-9), name


def test_common_draws_leave_nothing_but_the_price(made: Made) -> None:
    """100 HKD more for each lift at 0.9 CNY is 90 CNY a box, whatever the weather.

    But for what loads across the window's edge share with those who are not counted.
    """
    found = compared(subject(made["plain"], "A", "train"), subject(made["dearer"], "B", "train"))
    figures = row(found, "B", "train")["figures"]
    assert ends(figures["cost_per_box:cash/chain/after"]) == pytest.approx((90, 90, 90), abs=0.2)
    assert ends(figures["transit_p50"]) == (0, 0, 0)
    assert found["best"]["cost_per_box:cash/chain/after"]["best"] == {"subject": "A", "alternative": "train"}
    assert found["best"]["transit_p50"]["best"] is None


def test_other_consignments_of_one_seed_are_paired_as_in_one_run(made: Made) -> None:
    found = compared(subject(made["plain"], "A", "train"), subject(made["more"], "B", "more"))
    more, expected = row(found, "B", "more"), one_run(made["more"], "more")
    assert (more["sampling"], more["same_consignments"]) == ("paired", False)
    for name, told in expected.items():
        assert ends(more["figures"][name]) == pytest.approx(told, rel=1e-9, abs=1e-9), name


def terms_of(folder: Path, alternative: str, kpi: str) -> tuple[np.ndarray, np.ndarray]:
    """Numerators and denominators by replication, as they stand in the folder."""
    table = read_run(folder).tables["replications"]
    ours = table[(table["alternative"] == alternative) & (table["kpi"] == kpi)].groupby("replication")
    return ours["numerator"].sum().to_numpy(), ours["denominator"].sum().to_numpy()


def test_other_seeds_are_independent_samples(made: Made) -> None:
    found = compared(subject(made["plain"], "A", "train"), subject(made["other seed"], "B", "train"))
    other = row(found, "B", "train")
    assert (other["sampling"], other["same_consignments"]) == ("independent", False)
    name = "cost_per_kg:total_logistics/chain/after"
    values, variances = [], []
    for folder in ("other seed", "plain"):
        top, bottom = terms_of(made[folder], "train", name)
        values.append(top.sum() / bottom.sum())
        variances.append(((top - values[-1] * bottom) ** 2).sum() / (10 * 9) / bottom.mean() ** 2)
    together = sum(variances)
    degrees = together**2 / sum(each**2 / 9 for each in variances)
    half = stats.t.ppf(0.975, degrees) * together**0.5
    value = values[0] - values[1]
    assert ends(other["figures"][name]) == pytest.approx((value, value - half, value + half), rel=1e-9)


def test_one_seed_at_other_lengths_is_shared_in_part(made: Made) -> None:
    first, second = subject(made["plain"], "A", "train"), subject(made["longer"], "B", "train")
    found = compared(first, second)
    longer = row(found, "B", "train")
    assert longer["sampling"] == "shared in part"
    for name in ("transit_p90", "on_time", "cost_per_box:cash/chain/after"):
        halves = [one["figures"][name]["high"] - one["figures"][name]["value"] for one in found["columns"]]
        figure = longer["figures"][name]
        assert figure["high"] - figure["value"] == pytest.approx(sum(halves))


def test_the_best_is_marked_only_where_it_is_separated(made: Made) -> None:
    """The lorry is there in half the time for twice the cash; of two lorries neither is the faster."""
    found = compared(subject(made["plain"], "A"), subject(made["other seed"], "B", "train"))
    assert found["best"]["transit_p50"]["best"] == {"subject": "A", "alternative": "truck"}
    assert found["best"]["cost_per_kg:cash/chain/after"]["best"] is None
    candidates = found["best"]["cost_per_kg:cash/chain/after"]["may_be_best"]
    assert candidates == [{"subject": "A", "alternative": "train"}, {"subject": "B", "alternative": "train"}]
    alone = compared(subject(made["plain"], "A"), subject(made["dearer"], "B", "truck"))
    assert alone["best"]["transit_p50"]["best"] is None
    assert alone["best"]["cost_per_kg:cash/chain/after"]["best"] == {"subject": "A", "alternative": "train"}


def test_what_is_not_resolved_excludes_no_one(made: Made) -> None:
    one, other = subject(made["plain"], "A"), subject(made["other seed"], "B", "train")
    for figure in other.summary["alternatives"][0]["kpis"].values():
        figure["resolved"] = False
    found = compared(one, other)
    assert found["best"]["transit_p50"]["best"] is None
    assert len(found["best"]["transit_p50"]["may_be_best"]) == 3
    assert not row(found, "B", "train")["figures"]["transit_p50"]["resolved"]


def test_a_run_without_sums_by_replication_is_less_sure(made: Made) -> None:
    whole = subject(made["plain"], "B")
    tables = {name: whole.tables[name] for name in whole.tables if name != "replications"}
    found = compared(subject(made["plain"], "A", "train"), replace(whole, tables=tables))
    expected, lorry = one_run(made["plain"], "truck"), row(found, "B", "truck")
    assert (lorry["sampling"], lorry["sums_kept"]) == ("paired", False)
    assert ends(lorry["figures"]["transit_p50"]) == pytest.approx(expected["transit_p50"])
    name = "cost_per_kg:total_logistics/chain/after"
    value, low, high = ends(lorry["figures"][name])
    assert value == pytest.approx(expected[name][0])
    assert high - low > expected[name][2] - expected[name][1]
    assert found["notes"] == ["B was kept without sums by replication, so its differences are less sure; run it again"]


def test_other_weeks_and_other_cargo_are_said(made: Made) -> None:
    one, other = subject(made["plain"], "A"), subject(made["plain"], "B")
    other.summary["run"]["measure"] = ["2026-06-15", "2026-06-28"]
    other.summary["alternatives"][0]["by_flow"]["pears"] = {}
    notes = compared(one, other)["notes"]
    assert notes[0].startswith("B measures 2026-06-15 to 2026-06-28, A 2026-06-08 to 2026-06-28")
    assert notes[1].startswith("B carries other flows than A")
    other.summary["run"]["noise"] = False
    assert "without noise" in compared(one, other)["notes"][1]


def test_unlike_units_are_refused(made: Made) -> None:
    one, other = subject(made["plain"], "A"), subject(made["plain"], "B")
    for cost in other.summary["alternatives"][0]["costs"]:
        cost["unit"] = "HKD"
    with pytest.raises(InputError, match=r"HKD.*CNY"):
        compare_across([one, other])


# ------------------------------------------------------------------------------------------------ what is asked for


def test_words_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("kept").mkdir()
    Path("kept/manifest.json").write_text("{}")
    Path("truck").mkdir()
    others = ("b.YML", "truck", "kept", "results/x/y", "by rail", "truck", "n" * 5000)
    asked = told_apart("a.yaml", others)
    assert asked == Asked(("a.yaml", "b.YML", "kept", "results/x/y"), ("truck", "by rail", "n" * 5000))
    assert told_apart("a.yaml", ["truck"]).is_one_file
    assert not told_apart("kept", []).is_one_file
    assert not told_apart("kept", ["truck"]).has_file
    assert told_apart("kept", ["b.yaml"]).has_file


def test_letters_go_on_after_z() -> None:
    assert [label_of(number) for number in (0, 25, 26, 27, 51, 52, 701, 702)] == [
        *("A", "Z", "AA", "AB", "AZ", "BA", "ZZ", "AAA")
    ]


def never(file: Any) -> Any:
    raise AssertionError("nothing is to be run")


def read(out: Path, *words: str, play: Any = never, **how: Any) -> list[Subject]:
    return read_subjects(told_apart(words[0], words[1:]), Plan(play, out, **how))


def test_a_kept_run_of_the_same_inputs_is_used_and_no_other(made: Made) -> None:
    plain = made["plain"]
    out = plain.parents[1]
    found = read(out, str(SMALL), str(made["dearer"]), "truck")
    assert [(one.label, one.folder, one.names) for one in found] == [
        ("A", plain, ("truck",)),
        ("B", made["dearer"], ("truck",)),
    ]
    assert read(out, str(SMALL), str(plain), seed=8)[0].folder == made["other seed"]
    assert read(out, str(SMALL), str(plain), sets=tuple(DEARER))[0].folder == made["dearer"]
    for how in ({"seed": 9}, {"replications": 11}, {"kept": False}, {"sets": ("tariffs.lift.price=HKD 1/box",)}):
        with pytest.raises(AssertionError, match="nothing is to be run"):
            read(out, str(SMALL), str(plain), **how)


def test_a_file_is_run_once_and_only_what_is_asked_for(made: Made, tmp_path: Path) -> None:
    played: list[list[str]] = []

    def play(file: Any) -> Any:
        played.append(list(file.alternatives))
        return evaluate(file, replications=1)

    found = read(tmp_path, str(SMALL), str(SMALL), "truck", play=play)
    assert played == [["train", "truck"]]
    assert [(one.label, one.folder, one.names) for one in found] == [("A", None, ("truck",)), ("B", None, ("truck",))]
    assert read(tmp_path, str(SMALL), str(SMALL), "train", play=play)
    assert played[1:] == [["train"]]


def test_an_incomplete_run_is_not_used(made: Made, tmp_path: Path) -> None:
    folder = tmp_path / "small" / made["plain"].name
    shutil.copytree(made["plain"], folder)
    file = load(SMALL)
    assert kept_run(file, tmp_path, None, None) is not None
    (folder / "lines.parquet").unlink()
    assert kept_run(file, tmp_path, None, None) is None
    with pytest.raises(ResultsError, match=r"damaged \(lines.parquet\)"):
        read(tmp_path, str(made["plain"]), str(folder))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["truk"], '"truk" is no alternative of these, no .yaml file and no folder of results (did you mean "truck"?)'),
        (["truck"], '"truck" is an alternative and a path; write ./truck for the path, or rename it'),
        (["more"], "has none of the alternatives"),
    ],
)
def test_unknown_and_ambiguous_names(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    if words == ["truck"]:
        shutil.copytree(made["plain"], tmp_path / "truck")
    with pytest.raises(InputError) as caught:
        read(tmp_path, str(made["plain"]), str(made["more"]), *words)
    assert len(caught.value.problems) == 1
    assert said in str(caught.value.problems[0])
    if words == ["truck"]:
        assert len(read(tmp_path, str(made["plain"]), "./truck")) == 2


def test_unlike_price_years_are_refused_before_anything_is_run(made: Made, tmp_path: Path) -> None:
    later = tmp_path / "later.yaml"
    later.write_text(TEXT.replace("price_year: 2026", "price_year: 2027"), encoding="utf-8")
    with pytest.raises(InputError, match=r"prices of 2027, .* those of 2026"):
        read(tmp_path, str(made["plain"]), str(later))


def test_what_was_not_delivered_counts_as_never(tmp_path: Path) -> None:
    """Some of the plums are still under way at the end, on the train alone."""
    run = evaluate(load(TEXT.replace("follow_up: 20 days", "follow_up: 1 day")))
    folder = write_bundle(run, tmp_path, {})
    found = compared(subject(folder, "A", "train"), subject(folder, "B", "truck"))
    lost = found["columns"][0]["figures"]["undelivered"]["value"]
    assert 0 < lost < 0.5
    lorry, expected = row(found, "B", "truck")["figures"], one_run(folder, "truck")
    for name, told in expected.items():
        close = told if None in told else pytest.approx(told, rel=1e-9, abs=1e-9)
        assert ends(lorry[name]) == close, name
    assert ends(lorry["transit_mean"]) == (None, None, None)
    assert found["best"]["transit_mean"]["best"] is None
