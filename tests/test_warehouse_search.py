"""Search over the kept items: what is found, in which order, and how the index is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from batches import NOW, batch, data_folder, item
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twinwire.errors import ConfigError
from twinwire.normalise import words as wording
from twinwire.records import Instant, Item, Text
from twinwire.warehouse import searchindex
from twinwire.warehouse.paths import DataFolder
from twinwire.warehouse.publish import publish
from twinwire.warehouse.search import Wanted, search
from twinwire.warehouse.store import Store

TEXTS = {
    "a": ("München und Łódź feiern", "Die Straße der Partnerschaft heißt nach Orléans."),
    "b": ("枣庄市与友好城市", "棗莊與廣島締結友好城市關係。ガラス工芸の展示。"),
    "c": ("자매도시는 협력한다", "5G网络 in the twin town, l’agriculture d’hier"),
    "d": ("The twin town of a town", "Partners and partnership; a sister city, twice a sister city."),
    "e": ("สวัสดีเมืองพี่เมืองน้อง", "العَرَبِيَّة مدينة إخوة, ΑΘΉΝΑΣ, हिन्दी शहर, О́льга Ёлкина"),
}


def told(name: str, title: str, summary: str = "", **changes: object) -> Item:
    """An item of these texts."""
    made = item(name, f"{title} {summary}")
    return replace(made, text=Text(title=title, summary=summary, body=""), **changes)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = data_folder(tmp_path_factory.mktemp("search"))
    with Store(data) as store:
        store.load(batch(*(told(n, *texts) for n, texts in TEXTS.items()), rejected=1), NOW)
        store.settle()
        publish(store, backups=0)
    return data.warehouse


def found(warehouse: Path, words: str, **narrowed: object) -> str:
    """Names of the items found, in order."""
    titles = {title: name for name, (title, _) in TEXTS.items()}
    return "".join(titles[h.row["title"]] for h in search(warehouse, Wanted(words, **narrowed)))  # type: ignore[arg-type]


@pytest.mark.parametrize(("words", "names"), [
    ("munchen", "a"), ("MÜNCHEN feiern", "a"), ("lodz strasse", "a"), ("STRASSE heisst", "a"), ("orleans", "a"), ("munchen town", ""),
    ("友好城市", "b"), ("棗莊", "b"), ("枣庄 广岛", "b"), ("市友", ""), ("庄", "b"), ("关系", "b"), ("ｶﾞﾗｽ", "b"), ("カラス", ""), ("好城市友", ""),
    ("자매", "c"), ("도시", "c"), ("매도시는", "c"), ("5g网络", "c"), ("５Ｇ", "c"), ("agriculture hier", "c"), ("l'agriculture", "c"),
    ("twin town", "dc"), ('"twin town"', "dc"), ('"town twin"', ""), ('"a town"', "d"), ('"town partners"', ""), ("“sister city”", "d"),
    ("partner", ""), ("partner*", "da"), ("PARTN* twin", "d"), ("sister ci*", "d"), ('"sister ci*"', ""), ('"sister ci"*', "d"),
    ("town -agriculture", "d"), ('town -"twin town of"', "c"), ("town -partn*", "c"), ("twin-town", "dc"), ("城市 -廣島", ""),
    ("เมือง", "e"), ("พี่เมืองน้อง", "e"), ("العربية", "e"), ("اخوه", "e"), ("αθηνας", "e"), ("हिन्दी", "e"), ("ольга", "e"), ("елкина", "e"),
    ("100% _", ""), ("'; DROP TABLE items; --", ""), (".*", None), ("[a-z]+ (", ""), ("\\", None), ("a\x00b", ""), ("🙂 town", "dc")])
def test_words_are_found_however_they_are_written(warehouse: Path, words: str, names: str | None) -> None:
    """Case, accents, width, vowel signs and traditional characters do not count; all words must occur; signs mean nothing else."""
    if names is None:
        with pytest.raises(ConfigError, match=r"^search: needs at least one word"):
            found(warehouse, words)
    else:
        assert found(warehouse, words) == names


@pytest.mark.parametrize(("words", "said"), [
    ("", "needs at least one word"), ("  \t", "needs at least one word"), ("?! …", "signs alone are not looked for"), ("🙂", "signs alone"),
    ('""', "needs at least one word"), ("*", "needs at least one word"), ("-", "needs at least one word"),
    ("-town", "needs a word to look for beside those to leave out"), ("a b " * 2_500, "is too long"),
    (" ".join("ab" * 41), "is too long"), ("城市" * 5_000, "is too long"), ("城市" * 40, ""), ("x" * 900, "")])
def test_a_question_that_asks_nothing_is_told_in_one_line(warehouse: Path, words: str, said: str) -> None:
    """Nothing to look for, or too much of it."""
    if said:
        with pytest.raises(ConfigError) as caught:
            found(warehouse, words)
        assert said in str(caught.value)
        assert "\n" not in str(caught.value)
    else:
        assert found(warehouse, words) == ""


LETTERS = ("aàÀeéEßŁłæŒiİıIﬁ09_' -.", "АйЙёЁ", "ΑάΆςσΣ", "أإاىيیکةه\u064eـ٣", "שׁלום", "กี่เแสดง๒", "市棗枣国國々〇", "かガｶﾞﾟﾊぱゝー", "도시ᄒ",
           "한국", "हिन्दी", "5Ｇｇ½²", "\u200d\u00ad🙂。、\n")
TEXT = st.lists(st.sampled_from(LETTERS).flatmap(lambda a: st.text(a, max_size=6)), max_size=6).map("".join)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    with Store(data_folder(tmp_path_factory.mktemp("asked"))) as store:
        store.load(batch(item("a")), NOW)
        yield store  # type: ignore[misc]


@given(TEXT)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_question_is_read_as_a_text_is(store: Store, text: str) -> None:
    """The index is written in Python and asked in SQL: both must find the same words in the same places."""
    question = " ".join(text.replace('"', " ").split()).strip("*")
    read = store.con.execute("SELECT word, token, start FROM search_terms(?)", [f'"{question}"']).fetchall()
    split = wording.split([text])
    assert {(w, at) for w, _, at in read if w} == set(zip(split.words, split.word_at.tolist(), strict=True))
    pairs = dict(zip(split.pair_at.tolist(), split.pairs.tolist(), strict=True))
    assert all(pairs[at] == pair or (pairs[at] | 0x1FFFFF) == (pair | 0x1FFFFF) for word, pair, at in read if not word)
    covered = {at + n for word, pair, at in read if not word for n in ((0, 1) if pair & 0x1FFFFF else (0,))}
    assert covered == set(pairs), "every character of a question counts"


@given(st.lists(TEXT, min_size=1, max_size=4), st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_item_is_found_by_any_of_its_words(store: Store, texts: list[str], data: st.DataObject) -> None:
    """Also by its beginning, and by what stands between blanks as a phrase."""
    items = [told(f"h{n}", text, f"{text} {n}") for n, text in enumerate(texts)]
    store.load(batch(*items), NOW)
    n = data.draw(st.integers(0, len(texts) - 1))
    words = [w for w in texts[n].replace('"', " ").split() if wording.split([w]).sizes[0]]
    for question in {w.lstrip("-").rstrip("*") for w in words} | {" ".join(f'"{w}"' for w in words)} - {""}:
        ids = [r[0] for r in store.con.execute("SELECT item_id FROM search_items(?, most := 1000)", [question]).fetchall()]
        assert items[n].item_id in ids


# -- order and filters ------------------------------------------------------------------------------------------


def at(days: int) -> Instant:
    """So many days before now."""
    return Instant(raw="x", at=NOW - timedelta(days=days), rule="iso-8601")


@pytest.fixture(scope="module")
def ranked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = data_folder(tmp_path_factory.mktemp("ranked"))
    filler = " and so on about other things entirely" * 4
    items = [told("old", "Twinning charter", "Signed." + filler, published=at(9)), told("new", "Twinning charter", "Signed." + filler, published=at(1)),
             told("text", "Council news", "The twinning." + filler, published=at(0), language="de"),
             told("often", "Council news, again", "Twinning, twinning, twinning." + filler, published=at(5)),
             told("rare", "A pontoon", "Twinning and a pontoon", published=at(400), mentions=()),
             told("undated", "Nothing here", "but a bridge", published=Instant(raw=None, at=None, rule="none"))]
    with Store(data) as store:
        store.load(batch(*items), NOW)
        store.settle()
        publish(store, backups=0)
    return data.warehouse


def guids(warehouse: Path, words: str, **narrowed: object) -> list[str]:
    """Names of the items found, in order."""
    return [h.row["url"].rsplit("/", 1)[1] for h in search(warehouse, Wanted(words, **narrowed))]  # type: ignore[arg-type]


def test_the_best_comes_first_and_of_equals_the_newest(ranked: Path) -> None:
    """A word in the headline weighs more, and so does one that stands often; a rare word weighs more than a common one."""
    assert guids(ranked, "twinning")[-1] == "text"
    assert [g for g in guids(ranked, "twinning") if g in {"old", "new"}] == ["new", "old"]
    assert guids(ranked, "twinning", newest=True) == ["text", "new", "often", "old", "rare"]
    assert guids(ranked, "twinning", newest=True, limit=2) == ["text", "new"]
    scores = [h.row["score"] for h in search(ranked, Wanted("twinning"))]
    assert scores == sorted(scores, reverse=True)


def test_filters_narrow_down(ranked: Path) -> None:
    """By language, day, topic and place; an item without a date counts by the day it was first seen."""
    assert guids(ranked, "twinning", language="de") == ["text"]
    assert guids(ranked, "twinning", since=NOW.date() - timedelta(days=2), newest=True) == ["text", "new"]
    assert guids(ranked, "bridge", since=NOW.date()) == ["undated"]
    assert "rare" not in guids(ranked, "twinning", place="Zaozhuang")
    assert guids(ranked, "twinning", place="zaozhuang") == guids(ranked, "twinning", place="ZAOZHUANG")
    assert guids(ranked, "pontoon", place="zaozhuang") == []
    assert guids(ranked, "pontoon", topic="friendship_cities") == ["rare"]


@pytest.mark.parametrize(("narrowed", "said"), [
    ({"topic": "frendship"}, "--topic: no item has 'frendship'; there are friendship_cities"),
    ({"place": "Atlantis"}, "--place: no item names 'Atlantis'")])
def test_a_filter_that_no_item_meets_is_told(ranked: Path, narrowed: dict[str, str], said: str) -> None:
    """A slip in a name is not an empty answer."""
    with pytest.raises(ConfigError, match=said):
        guids(ranked, "twinning", **narrowed)


def test_a_hit_shows_where_its_words_stand(warehouse: Path) -> None:
    """In the headline and in a stretch of the text, as they are written there."""
    [hit] = search(warehouse, Wanted("MUNCHEN strasse orl* heisst"))
    assert [hit.row["title"][a:b] for a, b in hit.title_marks] == ["München"]
    assert [hit.snippet[a:b] for a, b in hit.marks] == ["Straße", "heißt", "Orl"]
    [hit] = search(warehouse, Wanted("广岛 ｶﾞﾗｽ"))
    assert [hit.snippet[a:b] for a, b in hit.marks] == ["廣島", "ガラス"]
    [hit] = search(warehouse, Wanted('"twin town" agriculture'))
    assert [hit.snippet[a:b] for a, b in hit.marks] == ["twin town", "agriculture"]


def test_a_long_text_is_shown_around_its_words(tmp_path: Path) -> None:
    """Cut between words, with marks of the cut; where most of the words stand together."""
    data = data_folder(tmp_path)
    body = f"A charter first. {'word ' * 100}Here a charter of twinning was signed. {'word ' * 100}"
    with Store(data) as store:
        store.load(batch(told("a", "Headline", body), told("b", "漢" * 300 + "姉妹都市" + "字" * 300)), NOW)
        store.settle()
        publish(store, backups=0)
    [hit] = search(data.warehouse, Wanted("twinning charter"))
    assert hit.snippet.startswith("…word ")
    assert hit.snippet.endswith(" word…")
    assert len(hit.snippet) < 300
    assert [hit.snippet[a:b] for a, b in hit.marks] == ["charter", "twinning"]
    [hit] = search(data.warehouse, Wanted("姉妹都市"))
    assert hit.row["title"][slice(*hit.title_marks[0])] == "姉妹都市"


def test_any_client_of_duckdb_can_search(ranked: Path) -> None:
    """The index and the question lie in the read copy itself."""
    with duckdb.connect(str(ranked), read_only=True) as con:
        rows = con.execute("SELECT title FROM search_items('pontoon twin*', topic := 'friendship_cities', language := 'en',"
                           " since := DATE '2025-01-01', newest := true, most := 5)").fetchall()
        assert rows == [("A pontoon",)]
        assert con.execute("SELECT word FROM search_terms('Łódź')").fetchall() == [("lodz",)]


# -- upkeep -----------------------------------------------------------------------------------------------------


def names(store: Store, words: str) -> list[str]:
    """Guids of the items that hold the words, in order of their names."""
    return [r[0] for r in store.con.execute("SELECT guid FROM search_items(?) JOIN items USING (item_id) ORDER BY 1", [words]).fetchall()]


def sums(store: Store) -> list[tuple[object, ...]]:
    """Rows and a checksum of every table of the index."""
    return [store.con.execute(f"SELECT count(*), bit_xor(hash(t)) FROM {t} t").fetchall()[0] for t in
            ("search_docs", "search_index", "search_lexicon", "search_runs", "search_letters")]


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return data_folder(tmp_path)


def test_a_revision_replaces_the_words(data: DataFolder) -> None:
    """What it says now is found, what it said before is not."""
    with Store(data) as store:
        store.load(batch(told("a", "First version"), told("b", "Other version")), NOW)
        store.load(batch(told("a", "Second edition"), revised=1), NOW)
        assert [names(store, w) for w in ("first", "second", "version", "edition")] == [[], ["a"], ["b"], ["a"]]
        store.load(batch(told("a", "First version"), revised=1), NOW)
        assert [names(store, w) for w in ("first", "second", "version")] == [["a"], [], ["a", "b"]]


def test_an_item_that_left_its_topics_is_found_and_marked(data: DataFolder) -> None:
    """It stays what it was; only nobody keeps it any more."""
    with Store(data) as store:
        store.load(batch(told("a", "Sister city")), NOW)
        gone = batch()
        gone.add("item_verdicts", [{"item_id": item("a").item_id.bytes, "topics": [], "score": 0.0, "rule_version": "2", "media_topics": []}])
        store.load(gone, NOW)
        assert store.con.execute("SELECT title, has_left FROM search_items('sister')").fetchall() == [("Sister city", True)]


def test_loading_again_changes_no_row_of_the_index(data: DataFolder) -> None:
    """The same batch, and the same items in another batch."""
    with Store(data) as store:
        store.load(batch(told("a", "Sister city"), told("b", "友好城市")), NOW)
        before = sums(store)
        store.load(batch(told("a", "Sister city"), told("b", "友好城市")), NOW)
        assert sums(store) == before


def test_a_load_that_fails_leaves_no_word(data: DataFolder) -> None:
    """Items and their words are in one transaction."""
    wrong = batch(told("a", "Sister city"))
    wrong.tables["fetches"][0]["entries"] = 7
    with Store(data) as store, pytest.raises(duckdb.ConstraintException):
        store.load(wrong, NOW)
    with duckdb.connect(str(data.store), read_only=True) as con:
        assert con.execute("SELECT (SELECT count(*) FROM items), (SELECT count(*) FROM search_index)").fetchall() == [(0, 0)]


def test_runs_are_merged_as_they_grow(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unsorted rows up to a limit, then runs, then longer runs; void rows go, and what is found stays the same."""
    monkeypatch.setattr(searchindex, "TAIL", 40)
    monkeypatch.setattr(searchindex, "FAN", 3)
    monkeypatch.setattr(searchindex, "TOP", 2)
    monkeypatch.setattr(searchindex, "SLICE", 100)
    with Store(data) as store:
        for n in range(40):
            store.load(batch(told(f"i{n}", f"Number w{n} common 第{n}号友好城市"), told("same", f"Changing c{n}"), revised=int(n > 0)), NOW)
            store.settle()
            assert names(store, f"w{n}") == [f"i{n}"]
        levels = dict(store.con.execute("SELECT level, count(*) FROM search_runs GROUP BY 1").fetchall())
        assert levels.keys() <= {0, 1, 2}
        assert levels[2] >= 2
        assert levels.get(1, 0) < 3
        assert len(names(store, "common")) == 20
        assert len(store.con.execute("FROM search_items('友好城市', most := 100)").fetchall()) == 40
        assert [names(store, w) for w in ("c5", "c39", "w7")] == [[], ["same"], ["i7"]]
        held = store.con.execute("SELECT (SELECT sum(len(spots)) FROM search_index), (SELECT sum(entries) FROM search_runs)").fetchall()[0]
        assert held[0] == held[1]
        void = store.con.execute("SELECT count(DISTINCT doc) FROM (SELECT unnest(docs) AS doc FROM search_index) ANTI JOIN search_docs USING (doc)").fetchall()[0][0]
        assert void < 10


def test_a_number_is_never_given_twice(data: DataFolder) -> None:
    """Rows of a revision that is gone must not become another item's."""
    with Store(data) as store:
        for n in range(5):
            store.load(batch(told("a", f"Version v{n}"), revised=int(n > 0)), NOW)
        assert store.con.execute("SELECT list(doc) FROM search_docs").fetchall() == [([5],)]
        assert [names(store, f"v{n}") for n in range(5)] == [[], [], [], [], ["a"]]


def test_items_loaded_without_an_index_are_entered_at_the_next_start(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store of an earlier version, or one whose catching up was interrupted."""
    monkeypatch.setattr(searchindex, "CHUNK", 2)
    with Store(data) as store:
        store.load(batch(*(told(f"i{n}", f"Number w{n}") for n in range(5))), NOW)
        for table in ("search_index", "search_lexicon", "search_runs", "search_letters"):
            store.con.execute(f"DELETE FROM {table}")
        store.con.execute("DELETE FROM search_docs")
    with Store(data) as store:
        assert [names(store, f"w{n}") for n in range(5)] == [[f"i{n}"] for n in range(5)]


def test_other_words_mean_that_all_is_read_anew(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folding of a later version must not meet words of an earlier one."""
    with Store(data) as store:
        store.load(batch(told("a", "Sister city")), NOW)
        before = sums(store)
        store.con.execute("UPDATE search_letters SET algorithm = '0', plain = 'x' WHERE letter = 'S'")
    with Store(data) as store:
        assert names(store, "SISTER") == ["a"]
        assert sums(store) == before


def test_a_read_copy_without_search_says_how_to_get_one(data: DataFolder) -> None:
    """It was made by an earlier version."""
    duckdb.connect(str(data.warehouse)).close()
    with pytest.raises(ConfigError, match="`twinwire publish` makes it anew"):
        search(data.warehouse, Wanted("sister"))
