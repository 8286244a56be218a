"""An article page's bytes to a Page, and to the entry it is."""

from __future__ import annotations

import html
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import HEADLINE, PARAGRAPHS, json_ld, meta, page
from wires import NOW, SOURCE

from twinwire.errors import Kind
from twinwire.normalise.item import normalise
from twinwire.parse import Unreadable, pagetree, parse
from twinwire.parse.furniture import closing, tidy
from twinwire.parse.page import as_html, entry_of, parse_page
from twinwire.parse.pagemeta import values
from twinwire.records import Page, PageKind, Parsed
from twinwire.relate import identity

URL = "https://courier.example/news/2026/ties"


def read(markup: str | bytes, **more: str) -> Page:
    return parse_page(markup if isinstance(markup, bytes) else markup.encode(), **{"url": URL, **more})


def test_an_article_is_read_without_what_stands_around_it() -> None:
    """Headline once, paragraphs apart, no menu, no footer."""
    found = read(page())
    assert (found.kind, found.reason, found.title) == (PageKind.ARTICLE, "", HEADLINE)
    assert found.text == "\n\n".join(PARAGRAPHS)


def test_the_page_says_the_instant_the_language_and_the_site() -> None:
    """JSON-LD first, then meta, then the html element."""
    head = json_ld(datePublished="2026-11-03T14:05:00-05:00", dateModified="2026-11-04T09:00:00Z", inLanguage="en-CA", articleSection="Town",
                   author=[{"@type": "Person", "name": "Ada Pier"}, {"name": "B. Quay"}], keywords="twinning, floods",
                   publisher={"@type": "Organization", "name": "Lakeside Courier"})
    found = read(page(head=head + meta(article__published_time="2026-11-03") + "<link rel='canonical' href='/ties?x=1'>"))
    assert (found.published_raw, found.updated_raw) == ("2026-11-03T14:05:00-05:00", "2026-11-04T09:00:00Z")
    assert (found.language, found.site, found.section) == ("en-CA", "Lakeside Courier", "Town")
    assert (found.authors, found.keywords) == (("Ada Pier", "B. Quay"), ("twinning", "floods"))
    assert found.canonical == "https://courier.example/ties?x=1"
    told = read(page(head=meta(article__published_time="2026-11-03T14:05:00-05:00", og__site_name="Courier", article__tag="ties"), lang="de"))
    assert (told.published_raw, told.site, told.language, told.keywords) == ("2026-11-03T14:05:00-05:00", "Courier", "de", ("ties",))


def test_the_most_exact_date_counts() -> None:
    """An instant with its zone before a bare day, wherever each stands; marks beside teasers do not count where something is said."""
    head = json_ld(datePublished="2026-11-03") + meta(article__published_time="2026-11-03T14:05:00-05:00")
    assert read(page(head=head)).published_raw == "2026-11-03T14:05:00-05:00"
    assert read(page(head=json_ld(datePublished="2026-11-03"), top="<time datetime='2026-01-01T10:00:00Z'>x</time>")).published_raw == "2026-11-03"
    assert read(page(top="<time datetime='2026-11-03T10:00:00Z'>today</time>")).published_raw == "2026-11-03T10:00:00Z"
    assert read(page(top="<p class='mb-no'>Nov 03, 2026, 10:00 ET</p>")).published_raw == "Nov 03, 2026, 10:00 ET"


@pytest.mark.parametrize("block", [
    "<!-- {0} -->", "//<![CDATA[\n{0}\n//]]>", "/* <![CDATA[ */ {0} /* ]]> */", "{0};", "\ufeff{0}", "[{0},]", "{{\"@graph\": [{{\"@type\": \"WebPage\"}}, {0}]}}",
    "{{\"@type\": \"WebPage\", \"mainEntity\": {0}}}", "{0}{0}", "{{\"broken\": , \"datePublished\": \"2026-11-03T14:05:00Z\", \"inLanguage\": \"fr\"",
])
def test_json_ld_is_read_in_any_wrapping_and_searched_when_broken(block: str) -> None:
    """Comments, CDATA, lists, graphs, several values, commas too many; of what is no JSON the dates are still found."""
    node = json.dumps({"@type": ["NewsArticle"], "headline": HEADLINE, "datePublished": "2026-11-03T14:05:00Z", "inLanguage": "fr"})
    found = read(page(head=f"<script type=\"application/ld+json\">{block.format(node)}</script>"))
    assert (found.published_raw, found.language, found.title) == ("2026-11-03T14:05:00Z", "fr", HEADLINE)


def test_articles_beside_the_article_are_not_it() -> None:
    """Lists and related articles are not descended into; the node that says most is the page's own."""
    other = {"@type": "NewsArticle", "headline": "Something else", "datePublished": "2001-01-01T00:00:00Z"}
    aside = f"<script type='application/ld+json'>{json.dumps({'@type': 'ItemList', 'itemListElement': [other]})}</script>"
    found = read(page(head=aside + json_ld(datePublished="2026-11-03T14:05:00Z", hasPart=[other], author="A")))
    assert found.published_raw == "2026-11-03T14:05:00Z"


def test_the_whole_headline_is_the_one_on_the_page() -> None:
    """What search engines get may be cut, or carry the site's name."""
    assert read(page(head=meta(og__title=HEADLINE[:30]) + meta(og__site_name="Lakeside Courier"))).title == HEADLINE
    bare = page(head=meta(og__site_name="Lakeside Courier")).replace("h1", "h3")
    assert read(bare).title == HEADLINE
    assert read(bare.replace("Lakeside Courier", "Courier")).title == HEADLINE, "the host is called so"
    logo = page().replace("<main>", "<h1>Lakeside Courier</h1><main>")
    assert read(logo).title == HEADLINE


def test_furniture_goes_and_the_headline_stands_once() -> None:
    """Banners, cookie and share lines, the date line, the headline again."""
    lines = ("Award Banner", HEADLINE, "Nov 03, 2026, 10:00 ET", "Share this article", *PARAGRAPHS,
             "This website is best viewed with a new browser.", "We use cookies to make this site better.")
    found = read(page(*lines))
    assert found.text == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize("line", [
    "Development plan 2021-2025", "Share of exports rises", "About 3,000 people came.", "Twitter agreed to pay.", "Print shops close",
    "BEIJING, July 21, 2023 (Xinhua) --", ("The site uses cookies of a new kind, which inspectors will look at in all member states, the agency said "
    "on Monday, and fines may follow where people are not asked first or where saying no takes longer than saying yes, it added in a note.")])
def test_text_is_no_furniture(line: str) -> None:
    """Short lines that only sound like it, and sentences about it."""
    assert tidy([line], ["Another headline"]) == [line]


def test_what_closes_a_release_is_told_and_stays() -> None:
    """The issuer stands in the SOURCE line."""
    tail = ("About Lakeside", "Lakeside is a town of nine thousand on the lake.", "SOURCE The Town of Lakeside")
    found = read(page(*PARAGRAPHS, *tail))
    assert found.closing is not None
    assert found.text[found.closing:] == "\n\n".join(tail)
    assert read(page()).closing is None
    assert closing(["About us", "x" * 300]) is None, "never in the first half"


def test_a_release_as_pr_newswire_builds_its_page() -> None:
    """header.release-header, p.mb-no and section.release-body; wire and issuer come from the text."""
    body = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
    markup = (f"<html><head><title>{HEADLINE}</title><meta name='date' content='2026-11-03T07:00:00-05:00'></head><body>"
              f"<div>Award Banner</div><header class='container release-header'><h1>{HEADLINE}</h1><p class='mb-no'>Nov 03, 2026, 07:00 ET</p></header>"
              f"<section class='release-body container'>{body}<p>SOURCE The Town of Lakeside</p></section></body></html>")
    entry = entry_of(read(markup), URL)
    assert entry is not None
    item = normalise(identity.read([entry], SOURCE)[0], SOURCE, NOW)
    assert (item.wire, item.issuer, item.published.raw) == ("PRNewswire", "The Town of Lakeside", "2026-11-03T07:00:00-05:00")


def test_the_seed_release_comes_out_of_any_wrapping(shared: Path) -> None:
    """Headline once, the dateline first, none of the page's own lines; as paragraphs, as divs, with breaks, as plain text."""
    raw = (shared / "data" / "seed" / "zaozhuang_release.txt").read_text(encoding="utf-8")
    parts = [p.strip() for p in raw.split("\n\n") if p.strip()]
    title = parts[1]
    head = f"<html lang='en'><head><title>{html.escape(title)}</title></head><body>"
    wrapped = {
        "paragraphs": "<html><body>" + "".join(f"<p>{html.escape(p)}</p>" for p in parts) + "</body></html>",
        "blocks": head + "".join(f"<div>{html.escape(p)}</div>" for p in parts) + "</body></html>",
        "breaks": f"{head}<h1>{title}</h1>" + html.escape(raw).replace("\n", "<br>") + "</body></html>", "text": raw,
    }
    for name, markup in wrapped.items():
        found = read(markup)
        assert (found.kind, found.title) == (PageKind.ARTICLE, title), name
        assert found.text.startswith("ZAOZHUANG, China, July 21, 2023 /PRNewswire/"), name
        assert found.text.count("\n\n") == 8, name
        assert not any(words in found.text for words in ("Award Banner", "best viewed", title)), name


@pytest.mark.parametrize(("codec", "label", "text"), [
    ("gbk", "gb2312", "枣庄市与友好城市签署合作协议，双方将在教育、文化和乡村振兴方面加强交流。"), ("cp932", "Shift_JIS", "両市は姉妹都市の協定を更新し、学校の交流を毎年続けることで合意した。"),
    ("cp1251", "windows-1251", "Города-побратимы подписали соглашение о сотрудничестве на десять лет вперёд."), ("euc_kr", "euc-kr", "두 도시는 자매결연 협약을 맺고 학생 교류를 이어 가기로 했다.")])
def test_the_encoding_is_the_one_the_page_or_the_server_names(codec: str, label: str, text: str) -> None:
    """meta charset, meta http-equiv, or the header alone."""
    markup = page(*(text + f" {n}." for n in range(6)), title=text[:20], lang="")
    for head in (f"<meta charset={label}>", f"<meta http-equiv='Content-Type' content='text/html; charset={label}'>"):
        found = read(markup.replace("<head>", f"<head>{head}").encode(codec, "ignore"))
        assert text in found.text
        assert found.title == text[:20].strip()
    assert text in read(markup.encode(codec, "ignore"), content_type=f"text/html; charset={label}").text


@pytest.mark.parametrize(("markup", "kind", "words"), [
    ("", PageKind.EMPTY, ""), ("<html></html>", PageKind.EMPTY, ""), ("<html><body><script>x()</script></body></html>", PageKind.EMPTY, ""),
    (page("Short."), PageKind.EMPTY, "characters of text"),
    ("<html><head><title>Just a moment...</title></head><body><h1>courier.example</h1><p>Checking your browser before you go on. This may take "
     "some seconds, and needs JavaScript. " + "Please wait. " * 20 + "</p></body></html>", PageKind.CAPTCHA, "bot wall"),
    (("<html><head><title>Before you continue</title></head><body><form><p>We value your privacy. We and our 800 partners store things.</p>"
     "<button>Accept all</button></form></body></html>"), PageKind.CAPTCHA, "consent"),
    ("<html><head><title>Courier</title></head><body><p>Sign in to continue reading this article.</p></body></html>", PageKind.CAPTCHA, "login"),
    ("<html><head><title>News</title></head><body><ul>" + "".join(f"<li><a href='/{n}'>Town news number {n} with a longer headline</a></li>" for n in range(40))
     + "</ul></body></html>", PageKind.LISTING, "list"),
    ("<html><head><title>News</title><script type='application/ld+json'>{\"@type\": \"CollectionPage\"}</script></head><body>"
     + "".join(f"<p>{p}</p>" for p in PARAGRAPHS) + "</body></html>", PageKind.LISTING, "list"),
])
def test_what_is_no_article_says_what_it_is(markup: str, kind: PageKind, words: str) -> None:
    """Walls, lists and empty pages, with the reason."""
    found = read(markup)
    assert found.kind is kind
    assert found.reason
    assert words in found.reason


def test_an_article_that_speaks_of_walls_is_one() -> None:
    """Captchas in a comment form, consent and logins in the news."""
    form = "<form class='comment'><div class='g-recaptcha'></div></form>"
    assert read(page(*PARAGRAPHS, "Residents must sign in to read the minutes, and are asked to accept cookies first.").replace("</main>", form + "</main>")
                ).kind is PageKind.ARTICLE


def test_the_body_in_the_json_ld_stands_in_for_one_that_scripts_would_draw() -> None:
    """A page whose text is not in its markup."""
    markup = f"<html><head>{json_ld(articleBody=chr(10).join(PARAGRAPHS))}</head><body><div id='app'></div></body></html>"
    assert read(markup).text == "\n\n".join(PARAGRAPHS)


def test_a_page_is_an_entry_and_format_page_reads_it() -> None:
    """Text as HTML paragraphs that come back as they were; without ``format: page`` a page is no feed."""
    body = page("Ham & eggs <i>are</i> not markup here. " * 5, *PARAGRAPHS, head=json_ld(datePublished="2026-11-03T14:05:00Z", author="A", articleSection="Town")).encode()
    parsed = parse(body, format="page", url=URL)
    assert isinstance(parsed, Parsed)
    entry, = parsed.entries
    assert (entry.id, entry.link, entry.title, entry.published_raw, entry.authors) == (URL, URL, HEADLINE, "2026-11-03T14:05:00Z", ("A",))
    assert [(c.term, c.scheme) for c in entry.categories] == [("Town", "section")]
    reading, = identity.read(parsed.entries, SOURCE)
    assert reading.text.body.startswith("Ham & eggs <i>are</i> not markup here.")
    assert reading.text.body.endswith(PARAGRAPHS[-1])
    assert isinstance(parse(body, url=URL), Unreadable)
    wall = parse(b"<html><title>Just a moment...</title><p>Checking your browser</p></html>", format="page")
    assert isinstance(wall, Unreadable)
    assert wall.kind is Kind.CHALLENGE


HOSTILE = {
    "attributes": "<html><body><p " + " ".join(f"a{i}=1" for i in range(40_000)) + ">x</p>",
    "depth": "<html><body>" + "<div>" * 100_000 + "x", "links": "<html><body><p>" + "<a href=x>y</a> " * 30_000,
    "json": "<html><script type='application/ld+json'>" + "[" * 300_000 + "</script>", "graph": "<script type='application/ld+json'>" + '{"@graph":' * 900 + "</script><p>",
    "comments": "<html>" + "<!--" * 200_000, "scripts": "<html>" + "<script>" * 100_000, "blanks": "<html><body>" + " \n" * 1_000_000,
    "open": "<html><body>" + "<a " * 500_000, "breaks": "<html><body><p>" + "x<br>" * 60_000, "metas": "<html>" + "<meta name=date content=2020>" * 30_000,
    "charset": "<meta " + "charset " * 5_000, "nul": "\0" * 1_000_000 + "<html>", "ld": "<html>" + "<script type='application/ld+json'>{\"a\":</script>" * 20_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_costs_little(name: str) -> None:
    """Quadratic builders, bottomless nesting, endless markup: read up to the caps, each in a second or two."""
    assert read(HOSTILE[name]).kind in PageKind


@given(st.binary(max_size=600))
def test_nothing_raises_on_bytes(body: bytes) -> None:
    """Any bytes, as a page and as markup inside one."""
    assert read(body).kind in PageKind
    assert read(b"<html><body><script type='application/ld+json'>" + body + b"</script><p>" + body).kind in PageKind


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10), lambda inner: st.lists(inner, max_size=4)
                    | st.dictionaries(st.sampled_from(("@type", "@graph", "@id", "headline", "author", "publisher", "name", "datePublished",
                                                       "inLanguage", "keywords", "mainEntity", "articleBody")), inner, max_size=6), max_leaves=25))
def test_nothing_raises_on_json_ld_of_any_shape(value: object) -> None:
    """Every key of a value of the wrong type."""
    block = json.dumps({"@type": "Article", "x": value} | (value if isinstance(value, dict) else {"headline": value, "author": value}))
    assert read(page(head=f"<script type='application/ld+json'>{block.replace('</', '')}</script>")).kind in PageKind
    assert values(block)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30).filter(str.strip), max_size=6))
def test_paragraphs_survive_the_way_into_an_entry(paragraphs: list[str]) -> None:
    """Whatever a text holds is text in the HTML made of it."""
    markup = as_html("\n\n".join(paragraphs))
    assert [html.unescape(p) for p in markup.removeprefix("<p>").removesuffix("</p>").split("</p><p>") if p] == paragraphs


def test_markup_is_cut_to_what_can_be_read() -> None:
    """Scripts and styles go, JSON-LD stays, and an element with thousands of attributes goes."""
    kept = pagetree.bounded("<p>a</p><script>bad()</script><style>p{}</style><!-- c --><script type='application/ld+json'>{}</script>"
                            "<p " + "x=1 " * 5_000 + ">b<svg><path/></svg>c")
    assert "".join(kept.split()) == "<p>a</p><scripttype='application/ld+json'>{}</script>bc"
    assert pagetree.bounded("<b>x" * 100_000).count("<") < pagetree.MAX_TAGS
