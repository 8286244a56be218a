from __future__ import annotations

import re

import pytest
from bounded import bounded
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from twinwire.normalise.chars import again
from twinwire.normalise.markup import headline, to_text

PIECES = st.lists(
    st.sampled_from(
        [
            "<p>",
            "</p>",
            "<b>",
            "</b>",
            "<div",
            ">",
            "<!--",
            "-->",
            "<script>",
            "</script>",
            "&lt;",
            "&#",
            "x",
            " ",
            "\n",
            "'",
            '"',
            "<td>",
            "<br/>",
            "<a href=",
            "]]>",
            "<![CDATA[",
            "\x00",
            "é",
            "<template>",
            "<svg>",
            "<pre>",
        ]
    ),
    max_size=40,
).map("".join)


@pytest.mark.parametrize(
    ("html", "want"),
    [
        ("<p>friends</p><p>Second<br>line", ["friends", "Second", "line"]),
        ("Sis<b>ter</b> city", ["Sister city"]),
        ("<table><tr><td>a</td><td>b</td></tr></table>", ["a b"]),
        ("<div>a\n   b</div>", ["a b"]),
        ("first\nsecond <i>line</i>", ["first", "second line"]),
        ("<pre>a\nb</pre>", ["a", "b"]),
        ("&lt;p&gt;Hello&lt;/p&gt;&lt;p&gt;World&lt;/p&gt;", ["Hello", "World"]),
        ("5 < 6 cities", ["5 < 6 cities"]),
    ],
)
def test_blocks_are_apart_and_inline_tags_are_not(html: str, want: list[str]) -> None:
    """Blocks end lines, cells are set apart, inline tags glue what they glue on a page."""
    assert [" ".join(line.split()) for line in to_text(html).split("\n") if line.strip()] == want


@pytest.mark.parametrize(
    "name", ["script", "style", "iframe", "noframes", "template", "textarea", "svg", "title", "xmp"]
)
def test_what_no_reader_sees_is_dropped(name: str) -> None:
    """Scripts, styles, frames, form contents and comments leave no text."""
    assert to_text(f"<p>a</p><!-- secret --><{name}>secret</{name}><p>b</p>").split() == ["a", "b"]


@pytest.mark.parametrize(
    ("html", "want"),
    [
        ("<Seoul> Mayor <b>leaves</b>", "<Seoul> Mayor leaves"),
        ("<날씨> 전국 맑음", "<날씨> 전국 맑음"),
        ("<b onclick=x>", "<b onclick=x>"),
        ("Twin <o:p>towns</o:p>", "Twin towns"),
        ("A &lt;B&gt; C", "A <B> C"),
    ],
)
def test_angle_brackets_in_headlines_are_text_unless_html(html: str, want: str) -> None:
    """Only HTML elements are tags in a headline, and a headline of nothing but a tag is shown as it is."""
    assert headline(html) == want


@given(PIECES)
def test_any_soup_gives_text(html: str) -> None:
    """No combination of broken markup raises, and no comment or script text leaks as such a tag."""
    assert isinstance(to_text(html), str)
    assert isinstance(headline(html), str)


SIMPLE = st.lists(st.sampled_from([
    "<p>", "</p>", "<b class='x'>", "</b>", "<a href=\"https://x.example/?a=1&amp;b=2\" rel=nofollow>", "</a>", "<br/>", "<BR >", "<li>", "</ul>",
    "<img alt=\"a > b\" src='x'>", "<h2>", "</h2>", "<div\n id='x'>", "</div>", "&amp;", "&lt;", "&eacute;", "&a", "mp;", "&#39;", "town", " ", "\n",
    "é", "友好", ">", "</p class='x'>"]), max_size=30).map("".join)


_BREAKS = re.compile("(?=</?(?:p|br|div|li|ul|h2)[ />\\n])", re.IGNORECASE)


@given(SIMPLE)
def test_simple_markup_reads_as_with_a_tree(html: str) -> None:
    """Taking the tags out gives the text that a parser of HTML finds: the same letters in the same order, blanks apart."""
    tree = LexborHTMLParser(_BREAKS.sub("\n", f"x{html}")).root  # a reference that a new line cuts is none
    assert tree is not None
    assert "".join(to_text(f"x{html}<i></i>").split()) == "".join(again(tree.text(separator="")).split())


@pytest.mark.parametrize(
    "html",
    [
        "<a" + " a" * 900_000,
        "<a a=''" * 200_000,
        "<p" + " " * 1_000_000,
        "<div>" * 200_000,
        "<!--" * 100_000,
        "<script " * 100_000,
        "<a" * 200_000,
        "<p><b>" * 9_000,
        "<table><tr><td>" * 6_000,
        "<div></p>" * 9_000,
        "".join(f"<p><b id={i}>x" for i in range(9_000)),
        " " * 500_000 + "<p>",
        "&amp;" * 400_000,
        "<a b='" * 100_000,
        "<svg><p>" * 9_000,
        "<" * 500_000,
    ],
    ids=lambda html: html[:12],
)
def test_hostile_markup_is_bounded(html: str) -> None:
    """Depth, unclosed tags and sheer number cost little, whatever the tree builder would make of them."""
    with bounded(60):
        to_text(html)


def test_the_linear_scanner_reads_like_the_tree() -> None:
    """Text under excessive depth is read as well as elsewhere."""
    html = "<div>" * 1_000 + "<p>Sister &amp; city<script>x</script></p><p>two</p>" + "</div>" * 1_000
    assert [line for line in to_text(html).split("\n") if line.strip()] == ["Sister & city", "two"]
