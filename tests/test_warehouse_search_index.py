"""The search index: how it is laid out, and that its answers do not depend on it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from math import log
from pathlib import Path

import numpy as np
import pytest
from batches import NOW, batch, data_folder, item
from test_warehouse_search import told

from twinwire.normalise.words import split
from twinwire.records import Instant
from twinwire.warehouse import load, postings, searchindex
from twinwire.warehouse import store as stores
from twinwire.warehouse.paths import DataFolder
from twinwire.warehouse.store import Store

WORDS = ("twin", "town", "twins", "città", "Straße", "5G", "友好", "友好城市", "자매도시", "เมือง", "x")
QUESTIONS = ("twin", "town", "twi*", "好", "友好", "友好城市", "好城", "城", "twin town", "twin -town", '"twin town"', '"town 友好"', '"5g 友"',
             "-twin 友好", "t* 城市", "strasse citta", "자매", "เมือ", '-"twin town" twin', '"x 友*"', "nothing", "twin nothing")
TEXTS = 60


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return data_folder(tmp_path)


def texts(seed: int) -> Iterator[tuple[str, str]]:
    """Headlines and summaries of few words, so that every question has answers of different weight."""
    rng = random.Random(seed)
    for _ in range(TEXTS):
        title, *rest = (" ".join(rng.choices(WORDS, k=rng.randint(1, 4))) for _ in range(1 + rng.randint(1, 4)))
        yield title, ". ".join(rest)


def filled(data: DataFolder, lots: int) -> Store:
    """A store of the same items, in so many batches."""
    made = [told(f"i{n}", title, summary, published=Instant(raw="x", at=NOW - timedelta(hours=n % 7), rule="iso-8601"))
            for n, (title, summary) in enumerate(texts(5))]
    store = Store(data).__enter__()
    for lot in range(lots):
        store.load(batch(*made[lot::lots]), NOW)
        store.settle()
    return store


def answers(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """To all questions: ids and scores in order."""
    return {q: store.con.execute("SELECT item_id, score FROM search_items(?, most := 15)", [q]).fetchall() for q in QUESTIONS}


def test_answers_do_not_depend_on_the_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One batch, many batches, and many that were merged again and again."""
    with filled(data_folder(tmp_path / "one"), 1) as one, filled(data_folder(tmp_path / "many"), 20) as many:
        assert answers(one) == answers(many)
        assert one.con.execute("SELECT count(*) FROM search_runs").fetchall() == [(1,)]
        assert many.con.execute("SELECT count(*) FROM search_runs").fetchall() == [(20,)]
        monkeypatch.setattr(searchindex, "TAIL", 30)
        monkeypatch.setattr(searchindex, "FAN", 2)
        monkeypatch.setattr(searchindex, "SLICE", 50)
        with filled(data_folder(tmp_path / "merged"), 20) as merged:
            assert 1 <= len(merged.con.execute("FROM search_runs").fetchall()) < 20
            assert answers(one) == answers(merged)


def places(title: str, summary: str) -> dict[int, str]:
    """What stands where: words, and characters with the one behind them."""
    found = {}
    for text, start in ((title, 0), (summary, 10_000)):
        parts = split([text])
        found |= {start + int(at): word for at, word in zip(parts.word_at, parts.words, strict=True)}
        found |= {start + int(at): chr(int(pair) >> 21) + chr(int(pair) & 0x1FFFFF) for at, pair in zip(parts.pair_at, parts.pairs, strict=True)}
    return found


def stands(found: dict[int, str], term: str) -> list[int]:
    """Places where a term begins, by looking at each."""
    wanted = places(term.strip('-"*'), "")
    last = max(wanted) if term.endswith("*") else -1

    def fits(word: str, n: int) -> bool:
        begins = n == last or wanted[n].endswith("\0")
        return word.startswith(wanted[n].rstrip("\0")) if begins else word == wanted[n]

    return [at for at in found if all(fits(found.get(at + n, ""), n) for n in wanted)]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The items in three batches. Only questions are asked of it."""
    with filled(data_folder(tmp_path_factory.mktemp("asked")), 3) as store:
        yield store


@pytest.mark.parametrize("question", QUESTIONS)
def test_answers_are_what_looking_at_every_text_gives(asked: Store, question: str) -> None:
    """BM25 of k1 = 1.2 and b = 0.75, a word of the headline counting for two more; only its rounding is the index's own."""
    made = list(texts(5))
    kept = [places(*t) for t in made]
    terms = searched(question)
    of_term = [[stands(found, t) for found in kept] for t in terms]
    chosen = [n for n in range(TEXTS) if all(bool(o[n]) != t.startswith("-") for o, t in zip(of_term, terms, strict=True))]
    mean = np.mean([len(kept[n]) for n in chosen]) if chosen else 0
    scores = {}
    for n in chosen:
        scores[f"i{n}"] = sum(
            log(1 + (TEXTS - df + 0.5) / (df + 0.5)) * 2.2 * weight / (weight + 0.3 + 0.9 * len(kept[n]) / mean)
            for o, t in zip(of_term, terms, strict=True) if not t.startswith("-")
            for df, weight in [(sum(map(bool, o)), len(o[n]) + 2 * (min(o[n]) < 10_000))])
    got = dict(asked.con.execute("SELECT guid, i.score FROM search_items(?, most := 1000) i JOIN items USING (item_id)", [question]).fetchall())
    assert got.keys() == scores.keys()
    assert all(abs(got[g] - scores[g]) < 0.051 for g in got)


def searched(question: str) -> Sequence[str]:
    """Terms of a question of this file."""
    parts = question.split('"')
    return [f'{parts[0]}"{parts[1]}"', *parts[2].split()] if len(parts) == 3 else question.split()


def test_a_token_has_one_row_in_a_run(data: DataFolder) -> None:
    """However often it stands there: a question reads as many rows as there are runs. What it counts for is in the row."""
    with Store(data) as store:
        store.load(batch(told("a", "Twin town", "twin " * 300), told("b", "A town")), NOW)
        store.load(batch(told("c", "town")), NOW)
        rows = store.con.execute("SELECT run, postings, len(docs), spots[:3] FROM search_index WHERE token = search_token('twin')").fetchall()
        assert rows == [(1, [1 << 9 | 255 << 1 | 1], 301, [-2, 1, 2])]
        rows = store.con.execute("SELECT run, postings, docs, spots FROM search_index WHERE token = search_token('town') ORDER BY run").fetchall()
        assert rows == [(1, [1 << 9 | 1 << 1 | 1, 2 << 9 | 1 << 1 | 1], [1, 2], [-1, -1]), (2, [3 << 9 | 1 << 1 | 1], [3], [-1])]


def test_rows_of_a_run_lie_in_order_of_their_tokens(data: DataFolder) -> None:
    """So that a token is found by the bounds of the row groups."""
    with filled(data, 4) as store:
        searchindex._merge(store.con, [1, 2, 3, 4], 1)
        tokens = [r[0] for r in store.con.execute("SELECT token FROM search_index ORDER BY rowid").fetchall()]
        assert tokens == sorted(set(tokens))


def test_what_is_void_goes_when_runs_are_merged(data: DataFolder) -> None:
    """Items that were revised since leave no place behind, and no row where they were the only ones."""
    with Store(data) as store:
        store.load(batch(told("a", "Old words"), told("b", "Words")), NOW)
        store.load(batch(told("a", "New words"), revised=1), NOW)
        searchindex._merge(store.con, [1, 2], 1)
        assert store.con.execute("SELECT DISTINCT unnest(docs) FROM search_index ORDER BY 1").fetchall() == [(2,), (3,)]
        assert store.con.execute("SELECT count(*) FROM search_index WHERE token = search_token('old')").fetchall() == [(0,)]


@pytest.mark.usefixtures("stores_are_made")
def test_an_index_of_the_older_layout_is_made_anew(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store of an earlier version has a row for every place; the items are read again when it is opened."""
    everything = stores.migrations()
    with pytest.MonkeyPatch.context() as old:
        old.setattr(stores, "migrations", lambda: [m for m in everything if 0 < m[0] < 10])
        old.setattr(stores.searchindex, "catch_up", lambda con: 0)
        old.setattr(load, "index_batch", lambda con, file, batch_id: 0)
        with Store(data) as store:
            store.load(batch(item("a"), told("b", "友好城市")), NOW)
            store.con.execute("INSERT INTO search_index VALUES (1, 1, 1, 0)")
            store.con.execute("INSERT INTO search_docs SELECT row_number() OVER (), item_id, 1, 1, first_seen_at, 'en' FROM items")
            store.con.execute("INSERT INTO search_runs VALUES (1, 0, 1, 2)")
    with Store(data) as store:
        assert [len(store.con.execute("FROM search_items(?)", [q]).fetchall()) for q in ("sister", "好城")] == [1, 1]
        assert store.con.execute("SELECT list(doc ORDER BY doc) FROM search_docs").fetchall() == [([1, 2],)]


def test_a_sort_by_ranks_is_a_stable_sort() -> None:
    """Places of a token stay in their order."""
    rng = np.random.default_rng(3)
    token = rng.integers(0, 2**64, 50, np.uint64)[rng.integers(0, 50, 1_000)]
    order = np.argsort(token, kind="stable")
    made = postings.ordered(token, np.arange(1_000), np.arange(1_000))
    assert (made.doc == order).all()
    assert (made.token == token[order]).all()
