from __future__ import annotations

import pytest
from ada_url import URL
from hypothesis import given
from hypothesis import strategies as st

from twinwire.normalise.url import _PLAIN, MAX_URL, TRACKING, Tracking, absolute, canonical, url_key

BASE = "https://news.example/2026/story"


def key(url: str) -> str:
    found = canonical(url, "https://news.example/")
    assert found
    return url_key(found)


@pytest.mark.parametrize(
    ("url", "want"),
    [
        ("HTTP://User:pw@Example.COM:80/a/../b?id=3#frag", "http://example.com/b?id=3"),
        ("https://e.example/#!/story/1", "https://e.example/#!/story/1"),
        ("https://e.example/p?utm_source=x&ID=3&UTM_Medium=y&fbclid=1", "https://e.example/p?ID=3"),
        ("https://e.example/p?b=2&a=1&amp;c=3", "https://e.example/p?b=2&a=1&c=3"),
        ("https://e.example/p?sp%3Aout=rss", "https://e.example/p?sp%3Aout=rss"),
        ("https://e.example/P%c3%A4?q=%7Ex", "https://e.example/P%c3%A4?q=%7Ex"),
        ("https://e.example/p?maca=en-rss", "https://e.example/p"),
        ("/next?x=1", "https://news.example/next?x=1"),
        ("//other.example/x", "https://other.example/x"),
        (
            "https://www.bing.com/news/apiclick.aspx?ref=F&url=https%3a%2f%2fe.example%2f1%3fa%3db%26utm_id%3dx&c=1",
            "https://e.example/1?a=b",
        ),
        ("https://news.google.com/rss/articles/CBMiX?oc=5", "https://news.google.com/rss/articles/CBMiX?oc=5"),
        (
            "https://www.bing.com/news/apiclick.aspx?url=javascript%3aalert(1)",
            "https://www.bing.com/news/apiclick.aspx?url=javascript%3aalert(1)",
        ),
    ],
)
def test_canonical_drops_what_names_no_page(url: str, want: str) -> None:
    """Credentials, fragments, tracking and forwarders go; everything else stays as it was, in its order."""
    assert canonical(url, BASE) == want


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVa\tScript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "vbscript:x",
        "http://[",
        "\ud800",
        "",
        "ftp://e.example/",
        "http://e.example/" + "a" * 1_000_000,
        "http://e.example:99999/",
        "http://a b/",
    ],
    ids=lambda u: u[:12].encode("ascii", "backslashreplace").decode(),
)
def test_only_sound_web_addresses_pass(url: str) -> None:
    """Other schemes, broken hosts, lone surrogates and endless links are None, with or without a base."""
    assert canonical(url) is None


def test_a_base_that_is_no_address_does_not_harm_whole_links() -> None:
    """A whole link needs no base, whatever that is; a relative one cannot do without."""
    assert canonical("https://e.example/x", "folder") == "https://e.example/x"
    assert canonical("x", "file:/drop") is None
    assert canonical("x") is None


EQUAL = [
    ("http://e.example/a", "https://e.example/a"),
    ("https://www.e.example/a", "https://e.example/a"),
    ("https://e.example/a/", "https://e.example/a"),
    ("https://e.example", "https://e.example/"),
    ("https://e.example/index.html", "https://e.example/"),
    ("https://e.example/a/default.aspx?id=1", "https://e.example/a?id=1"),
    ("https://e.example/a?x=1&y=2", "https://e.example/a?y=2&x=1"),
    ("https://E.EXAMPLE/a", "https://e.example/a"),
    ("https://e.example:443/a", "https://e.example/a"),
    ("https://e.example/a#top", "https://e.example/a"),
    ("https://e.example/a?", "https://e.example/a"),
    ("https://e.example/a?&x=1&", "https://e.example/a?x=1"),
    ("https://e.example/a?utm_source=rss&utm_medium=feed", "https://e.example/a"),
    ("https://e.example/a?x=1&amp;y=2", "https://e.example/a?x=1&y=2"),
    ("https://u:p@e.example/a", "https://e.example/a"),
    ("https://e.example./a", "https://e.example/a"),
    ("https://e.example//a", "https://e.example/a"),
    ("https://e.example/b/../a", "https://e.example/a"),
    ("https://e.example/%7Ea", "https://e.example/~a"),
    ("https://e.example/%c3%a4", "https://e.example/ä"),
    ("https://münchen.example/a", "https://xn--mnchen-3ya.example/a"),
    (" https://e.example/a\n", "https://e.example/a"),
    ("https://e.example\\a", "https://e.example/a"),
    ("/a", "https://news.example/a"),
]
DISTINCT = [
    ("https://e.example/a?id=1", "https://e.example/a?id=2"),
    ("https://e.example/Abc", "https://e.example/abc"),
    ("https://e.example/a?q=A", "https://e.example/a?q=a"),
    ("https://e.example/#!/1", "https://e.example/#!/2"),
    ("https://e.example:8080/a", "https://e.example/a"),
    ("https://de.e.example/a", "https://e.example/a"),
    ("https://e.example/a", "https://e.example/a/b"),
    ("https://e.example/a?x=1", "https://e.example/a"),
    ("https://e.example/a%2Fb", "https://e.example/a/b"),
    ("https://e.example/a?x=1%262", "https://e.example/a?x=1&2"),
    ("https://e.example/index", "https://e.example/"),
    ("https://e.example/a?articleId=7", "https://e.example/a?articleId=8"),
]


@pytest.mark.parametrize(("a", "b"), EQUAL)
def test_spellings_of_one_address_meet(a: str, b: str) -> None:
    """Both spellings have one key."""
    assert key(a) == key(b)


@pytest.mark.parametrize(("a", "b"), DISTINCT)
def test_different_pages_stay_apart(a: str, b: str) -> None:
    """Ids, case, ports, hosts and escaped separators keep keys apart."""
    assert key(a) != key(b)


def test_tracking_names_come_from_the_caller() -> None:
    """A list of one's own replaces the default, with whole names and beginnings."""
    own = Tracking.of(["src", "x_*", " "])
    assert (
        canonical("https://e.example/?src=1&x_y=2&utm_id=3&source=4", tracking=own)
        == "https://e.example/?utm_id=3&source=4"
    )
    assert not Tracking.of([]).drops("utm_source=x")
    assert TRACKING.drops("%75tm_source=x")


@given(
    st.text(st.characters(), max_size=80),
    st.sampled_from(["", "http://", "https://e.example/", "https://e.example/?", "//"]),
)
def test_canonical_is_stable_and_safe(tail: str, head: str) -> None:
    """Any string gives None or an http(s) address without credentials that is its own canonical form."""
    found = canonical(head + tail, BASE)
    assert found is None or (
        found.startswith(("http://", "https://")) and len(found) <= MAX_URL and canonical(found) == found
    )
    whole = absolute(head + tail, BASE)
    assert (whole is None) or "@" not in whole.split("/")[2]


@given(st.from_regex(_PLAIN, fullmatch=True))
def test_addresses_that_are_taken_as_they_are_are_in_the_standards_form(url: str) -> None:
    """What is plain needs no parser, and a parser says the same."""
    assert URL(url).href == url


@pytest.mark.parametrize("url", ["https://a.de", "https://a.de/x/../y", "https://a.de/%2e/y", "https://xn--a.de/", "https://1.2.3.4/", "HTTPS://a.de/",
                                 "https://A.de/", "https://a.de:443/", "https://u@a.de/", "https://a.de/\\b", "https://a.de/ä", "https://a.de/?'"])
def test_addresses_with_anything_to_mend_are_parsed(url: str) -> None:
    """Dots, escapes of dots, Punycode, numbers, capitals, ports, names of users, letters beyond ASCII."""
    assert not _PLAIN.fullmatch(url)
