"""Search over the kept items: what is found, in which order, and how the index is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
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
from twinwire.warehouse.search import MAX_WORDS, Wanted, search
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
        with pytest.raises(ConfigError, match="^search: needs at least one word"):
            found(warehouse, words)
    else:
        assert found(warehouse, words) == names


@pytest.mark.parametrize(("words", "said"), [
    ("", "needs at least one word"), ("  \t", "needs at least one word"), ("?! …", "signs alone are not looked for"), ("🙂", "signs alone"),
    ('""', "needs at least one word"), ("*", "needs at least one word"), ("-", "needs at least one word"),
    ("-town", "needs a word to look for beside those to leave out"), ("a b " * 2_500, f"words; at most {MAX_WORDS} can be looked for"),
    ("城市" * 5_000, "")])
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
    read = store.con.execute("SELECT word, pair, start, piece FROM search_terms(?)", [f'"{question}"']).fetchall()
    split = wording.split([text])
    assert {(w, at) for w, _, at, _ in read if w} == set(zip(split.words, split.word_at.tolist(), strict=True))
    pairs = dict(zip(split.pair_at.tolist(), split.pairs.tolist(), strict=True))
    assert all(pairs[at] == pair or (pairs[at] | 0x1FFFFF) == (pair | 0x1FFFFF) for _, pair, at, _ in read if pair)
    covered = {at + n for _, pair, at, _ in read if pair for n in ((0, 1) if pair & 0x1FFFFF else (0,))}
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
