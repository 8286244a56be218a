"""The read copy."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from batches import NOW, batch, data_folder, item

from twinwire.errors import StoreDamaged
from twinwire.warehouse import publish as publishing
from twinwire.warehouse.publish import is_sound, publish
from twinwire.warehouse.store import Store


def test_a_reader_keeps_its_rows_and_new_readers_see_the_new_ones(tmp_path: Path) -> None:
    """People may hold the warehouse open for as long as they like; ingest does not wait for them."""
    data = data_folder(tmp_path)
    with Store(data) as store:
        store.load(batch(item("a")), NOW)
        store.settle()
        publish(store, backups=2)
        old = duckdb.connect(str(data.warehouse), read_only=True)
        store.load(batch(item("b")), NOW)
        store.settle()
        publish(store, backups=2)
        assert old.execute("SELECT count(*) FROM items").fetchone() == (1,)
        old.close()
    with duckdb.connect(str(data.warehouse), read_only=True) as new:
        assert new.execute("SELECT count(*) FROM friendship_cities").fetchone() == (2,)


def test_earlier_copies_are_kept_as_backups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as asked for, the newest ones, each a whole database."""
    data = data_folder(tmp_path)
    stamps = iter(f"2026010{n}T000000" for n in range(1, 9))
    monkeypatch.setattr(publishing.time, "strftime", lambda *_: next(stamps))
    with Store(data) as store:
        for name in "abcd":
            store.load(batch(item(name)), NOW)
            store.settle()
            publish(store, backups=2)
    kept = sorted(data.backups.iterdir())
    assert len(kept) == 2
    with duckdb.connect(str(kept[-1]), read_only=True) as con:
        assert con.execute("SELECT count(*) FROM items").fetchone() == (3,)


def test_a_copy_that_does_not_hold_what_the_store_holds_is_not_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old copy stays, and no half file is left beside it."""
    data = data_folder(tmp_path)
    with Store(data) as store:
        store.load(batch(item("a")), NOW)
        store.settle()
        publish(store, backups=0)
        before = data.warehouse.read_bytes()
        monkeypatch.setattr(publishing, "counts", lambda _: {"items": 99})
        with pytest.raises(StoreDamaged, match="the old copy stays"):
            publish(store, backups=0)
    assert data.warehouse.read_bytes() == before
    assert [p.name for p in data.root.iterdir() if p.name.startswith(".")] == []


def test_a_copy_is_sound_when_it_holds_what_the_store_holds(tmp_path: Path) -> None:
    """A run that died before publishing leaves a copy that is whole and old; fetches that changed nothing make it no worse."""
    data = data_folder(tmp_path)
    with Store(data) as store:
        assert not is_sound(store)
        store.load(batch(item("a"), rejected=1), NOW)
        publish(store, backups=0)
        assert is_sound(store)
        store.load(batch(unchanged=(item("a"),)), NOW)
        assert is_sound(store)
        store.load(batch(item("a", body="corrected"), revised=1), NOW)
        assert not is_sound(store)
        publish(store, backups=0)
        store.load(batch(rejected=1), NOW)  # the same entry, judged anew: no count changes
        assert not is_sound(store)
        publish(store, backups=0)
        data.warehouse.write_bytes(b"junk" * 5000)
        assert not is_sound(store)
