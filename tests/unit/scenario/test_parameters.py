"""Parameters put in the place of {param: name}: own ones, the catalog's, wholes, overrides, sources."""

from __future__ import annotations

from pathlib import Path

import pytest

from corridor_sim.catalog import store
from corridor_sim.errors import InputError
from corridor_sim.scenario.load import load

SMALL = Path(__file__).with_name("small.yaml").read_text(encoding="utf-8")
TRAIN = "takes: {published: 38.7 h, source: timetable}"
TRANSIT = "rail.chongqing_yantian.transit_published"


def with_train(takes: str) -> str:
    assert TRAIN in SMALL
    return SMALL.replace(TRAIN, f"takes: {takes}", 1)


def problems(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        load(text)
    return [str(problem) for problem in caught.value.problems]


def test_a_value_of_the_catalog_comes_with_its_source() -> None:
    base = load(with_train(f"{{param: {TRANSIT}}}")).base
    takes = base.services["train"].takes
    entry = store.find(TRANSIT)
    assert (takes.law.mean(), takes.provenance.grade, takes.provenance.param) == (48 * 3600, "published", TRANSIT)
    assert entry is not None and set(takes.provenance.sources) <= set(base.sources)


def test_notes_beside_a_parameter_win_and_a_value_beside_it_says_why() -> None:
    noted = load(with_train(f"{{param: {TRANSIT}, range: [40 h, 60 h]}}")).base.services["train"].takes
    assert (noted.provenance.low, noted.provenance.grade) == (40 * 3600, "published")
    other = load(with_train(f"{{param: {TRANSIT}, assume: 50 h, because: winter}}")).base.services["train"].takes
    assert (other.law.mean(), other.provenance.grade, other.provenance.param) == (50 * 3600, "assumption", TRANSIT)
    assert any("add `because" in line for line in problems(with_train(f"{{param: {TRANSIT}, published: 50 h}}")))


def test_a_whole_object_comes_with_its_parts_and_keys_beside_it_win() -> None:
    text = SMALL.replace("tariffs:\n", "tariffs:\n  national: {param: rail.tariff_40, discount: 20 %}\n", 1)
    tariff = load(text).base.tariffs["national"]
    assert tariff.discount is not None and tariff.price is not None
    assert (float(tariff.discount.value), tariff.price.provenance.param) == (0.2, "rail.tariff_40")
    assert [float(part.amount) for part in tariff.price.parts] == [532.0, 4.479]


def test_an_unknown_id_is_named_with_its_line_and_a_guess() -> None:
    text = with_train("{param: rail.chongqing_yantian.transit_publisht}")
    line = text[: text.index("publisht")].count("\n") + 1
    found = problems(text)
    assert any(f":{line}:" in each and f'did you mean "{TRANSIT}"' in each for each in found)


def test_an_unknown_id_hides_no_other_problem_and_is_told_once() -> None:
    text = with_train("{param: rail.nowhere}").replace("  seed: 7", "  seed: seven", 1)
    found = problems(text)
    assert [line for line in found if "services.train.takes" in line] == [found[0]]
    assert any("clock.seed" in line for line in found)


def test_a_parameter_of_another_unit_is_named() -> None:
    assert any("1862 km" in line for line in problems(with_train("{param: rail.chongqing_yantian.km}")))


def test_own_parameters_come_first_and_may_stand_for_one_of_the_catalog() -> None:
    text = with_train("{param: transit}").replace("parameters:\n", f"parameters:\n  transit: {{param: {TRANSIT}}}\n", 1)
    assert load(text).base.services["train"].takes.provenance.param == TRANSIT
    assert load(text, ["parameters.transit=52 h"]).base.services["train"].takes.law.mean() == 52 * 3600


def test_parameters_in_a_circle_are_refused() -> None:
    text = with_train("{param: a}").replace("parameters:\n", "parameters:\n  a: {param: b}\n  b: {param: a}\n", 1)
    assert any("made of itself" in line for line in problems(text))


def test_a_file_cannot_rename_a_source_of_the_catalog() -> None:
    source = next(iter(store.sources()))
    text = with_train(f"{{param: {TRANSIT}}}").replace(
        "sources:\n", f"sources:\n  {source}: {{title: x, confidence: L}}\n", 1
    )
    assert any("is a source of the catalog" in line for line in problems(text))


def with_tariff(price: str, tax: str) -> str:
    tariff = f"tariffs:\n  extra: {{activity: line_haul, price: {price}, tax: {tax}}}\n"
    return SMALL.replace("tariffs:\n", tariff, 1)


def test_a_sourced_price_needs_a_year_and_the_tax_of_its_tariff() -> None:
    tax = "{basis: included, rate: 9 %}"
    bare = with_tariff("{published: 5 CNY/box, source: timetable}", tax)
    assert any("price_year" in line for line in problems(bare))
    clash = with_tariff("{published: 5 CNY/box, source: timetable, price_year: 2026, tax: exempt}", tax)
    assert any('"included 9 %"' in line for line in problems(clash))


RATES = """  rates:
    HKD: {rates: [{rate: 0.9 CNY, on: 2026-01-01}], hold_last: 2026-12-31, yearly: {2017: 0.866 CNY}}
  indices: {cpi: {years: {2017: 100, 2026: 115}}}
"""


def test_an_old_price_moves_with_its_years_rate_and_index() -> None:
    # 2,140 HKD of 2017 at 0.866 CNY, prices 100 in 2017 and 115 in 2026
    price = "{published: 2140 HKD/TEU, source: timetable, price_year: 2017, index: cpi}"
    written = next(line for line in SMALL.splitlines(keepends=True) if line.startswith("  rates:"))
    good = with_tariff(price, "{basis: exempt}").replace(written, RATES, 1)
    moved = load(good).base.tariffs["extra"].price
    assert moved is not None
    assert (moved.parts[0].currency, float(moved.parts[0].amount)) == ("CNY", pytest.approx(2140 * 0.866 * 1.15))
    assert any("does not know 2017" in line for line in problems(good.replace("years: {2017: 100, ", "years: {")))
    assert any("no yearly rate of HKD" in line for line in problems(good.replace("yearly: {2017:", "yearly: {2018:")))
    assert any("no index" in line for line in problems(good.replace("index: cpi", "index: cpx")))
