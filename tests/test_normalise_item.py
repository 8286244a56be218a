from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from twinwire.config.sources import Source
from twinwire.normalise.item import normalise
from twinwire.records import Category, Entry, Item
from twinwire.relate.identity import read

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
COPY = "The twin towns of Ashford and Fougères marked forty years of friendship with a market and a new charter."


def source(**fields: object) -> Source:
    return Source.model_validate(
        {
            "id": "a-wire",
            "name": "A Wire",
            "url": "https://news.example/feed",
            "language": "en",
            "timezone": "Asia/Shanghai",
            **fields,
        }
    )


def item(entry: Entry, of: Source | None = None) -> Item:
    of = of or source()
    (reading,) = read([entry], of)
    return normalise(reading, of, NOW)


def test_an_entry_becomes_an_item() -> None:
    """Every field is read from the entry, raw dates are kept, nothing is invented."""
    got = item(
        Entry(
            position=0,
            id=" urn:1 ",
            link="https://user:pw@news.example/1?utm_source=rss&id=7#top",
            title="Forty years &amp; more",
            summary=f"<p>{COPY}</p>",
            published_raw="2026-10-02 18:07",
            updated_raw="soon",
            authors=("Ann <b>Lee</b>", " "),
            categories=(Category(term="<b onclick=x>"), Category(term=" "), Category(term="Twin &amp; towns")),
            source_title="The Star",
        )
    )
    assert got.source == "a-wire"
    assert got.guid == "urn:1"
    assert got.url == "https://news.example/1?utm_source=rss&id=7#top"
    assert got.canonical_url == "https://news.example/1?id=7"
    assert got.url_key == "news.example/1?id=7"
    assert (got.text.title, got.text.summary, got.text.body) == ("Forty years & more", COPY, "")
    assert (got.language, got.language_rule) == ("en", "declared, text agrees")
    assert (got.published.at, got.published.raw) == (datetime(2026, 10, 2, 10, 7, tzinfo=UTC), "2026-10-02 18:07")
    assert (got.updated.at, got.updated.raw) == (None, "soon")
    assert got.author == "Ann Lee"
    assert [c.term for c in got.categories] == ["<b onclick=x>", "Twin & towns"]
    assert got.republished_from == "The Star"
    assert got.wire is got.issuer is None


def test_unsafe_links_are_dropped() -> None:
    """A link that is no web address leaves no address behind, and the item stays."""
    got = item(Entry(position=0, id="1", link="javascript:alert(1)", title="T"))
    assert (got.url, got.canonical_url, got.url_key) == (None, None, None)


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(), max_size=80), st.text(st.characters(), max_size=80))
def test_any_entry_gives_an_item(a: str, b: str) -> None:
    """Whatever strings an entry holds, an item comes out whose text can be stored, and twice the same."""
    entry = Entry(
        position=0,
        id=b,
        link=a,
        title=a,
        summary=b,
        content=a + b,
        published_raw=b,
        authors=(a,),
        language=a,
        categories=(Category(term=b),),
        source_title=a,
        contributors=(b,),
    )
    got = item(entry)
    assert got == item(replace(entry))
    for value in (
        got.guid,
        got.url,
        got.text.title,
        got.text.summary,
        got.text.body,
        got.author,
        *(c.term for c in got.categories),
    ):
        (value or "").encode("utf-8")
