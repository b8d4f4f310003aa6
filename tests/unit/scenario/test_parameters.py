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


def own(*lines: str) -> str:
    """Return the small scenario with these parameters of its own, the first one standing for the train's transit."""
    written = "".join(f"  {line}\n" for line in lines)
    return with_train(f"{{param: {lines[0].partition(':')[0]}}}").replace("parameters:\n", f"parameters:\n{written}", 1)


def test_parameters_that_stand_in_each_other_too_deep_or_too_often_are_refused_at_once() -> None:
    chain = [f"p{n}: {{param: p{n + 1}}}" for n in range(500)]
    assert any("too large or too deep" in line for line in problems(own(*chain, "p500: 3 h")))
    doubling = [f"p{n}: {{a: {{param: p{n + 1}}}, b: {{param: p{n + 1}}}}}" for n in range(40)]
    assert any("too large or too deep" in line for line in problems(own(*doubling, "p40: 3 h")))


def test_a_parameter_that_is_itself_or_nothing_is_told_so() -> None:
    assert any('"n" is made of itself' in line for line in problems(own("n: {param: n}")))
    assert any('the parameter "n" is nothing' in line for line in problems(own("n: null")))


def test_a_bare_parameter_takes_no_notes_that_would_be_lost() -> None:
    text = own("n: 40 h").replace("{param: n}", "{param: n, range: [30 h, 50 h]}")
    assert any("is a bare value and takes no keys" in line for line in problems(text))


def test_a_part_called_source_still_brings_its_sources() -> None:
    text = with_train(f"{{param: {TRANSIT}}}").replace("  train:\n    mode", "  source:\n    mode", 1)
    text = text.replace("board: train", "board: source")
    assert load(text).base.services["source"].takes.provenance.param == TRANSIT


def test_a_wrong_parameter_hides_only_what_follows_from_it() -> None:
    text = with_train("{param: rail.nowhere}\n    takes_in: [{on: [2026-06-01 to 2026-06-02], takes: 3 km}]")
    found = problems(text)
    assert any("rail.nowhere" in line for line in found) and any("3 km" in line for line in found)


BAD_RATES = ["0 CNY", "1 USD", "1 CNY/box", "[0.4 CNY, 0.4 CNY]"]


@pytest.mark.parametrize("rate", BAD_RATES)
def test_an_exchange_rate_is_one_amount_of_yuan_above_nothing(rate: str) -> None:
    written = next(line for line in SMALL.splitlines(keepends=True) if line.startswith("  rates:"))
    assert any("is no rate" in line for line in problems(SMALL.replace("rate: 0.9 CNY", f"rate: {rate}")))
    yearly = written.rstrip("}\n") + f", yearly: {{2017: {rate}}}}}}}\n"
    assert any("is no rate" in line for line in problems(SMALL.replace(written, yearly)))


def test_years_of_rates_and_indices_are_years() -> None:
    index = "  price_year: 2026\n  indices: {cpi: {years: {abc: 100}}}\n"
    assert any('"abc" is no year' in line for line in problems(SMALL.replace("  price_year: 2026\n", index, 1)))


def test_of_many_unknown_parameters_the_first_are_shown_with_hints_and_the_rest_counted() -> None:
    names = [f"{TRANSIT}{number}" for number in range(60)]
    stays = "".join(f"      - stay {number}: {{wait: {{param: {name}}}}}\n" for number, name in enumerate(names))
    lines = problems(SMALL.replace("    steps:\n", f"    steps:\n{stays}", 1))
    assert len(lines) == 51
    assert all(f'did you mean "{TRANSIT}"' in line for line in lines[:50])
    assert lines[-1].endswith("and 10 more")
