"""An entry read alone is the entry of the whole file, for every id and source of the catalog."""

from __future__ import annotations

import pytest

from corridor_sim.catalog import store


@pytest.mark.parametrize("name", store.room_names())
def test_every_entry_read_alone_is_that_of_its_room(name: str) -> None:
    whole = store.room(name)
    assert whole and all(key.partition(".")[0] == name for key in whole)
    assert {key: store.find(key) for key in whole} == dict(whole)


def test_every_source_read_alone_is_that_of_its_file() -> None:
    assert {name: store.source(name) for name in store.source_files()} == dict(store.sources())


def test_an_unknown_id_is_none_and_has_its_like() -> None:
    assert store.find("rail.nowhere") is None and store.find("nowhere.at.all") is None
    assert "rail.tariff_40" in store.similar("rail.tarif_40")
    assert "rail.tariff_40" in store.similar("rial.tariff_40")


def test_a_pointer_stands_for_the_entry_it_names() -> None:
    pointers = [
        entry
        for name in store.room_names()
        for entry in store.room(name).values()
        if entry.is_whole and set(entry.body[store.WHOLE]) == {"param"}
    ]
    assert pointers
    for entry in pointers:
        assert store.find(entry.body[store.WHOLE]["param"]) is not None, entry.id
