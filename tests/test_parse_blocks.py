"""Bodies of agency documents as HTML."""

from __future__ import annotations

import pytest
from bounded import bounded
from hypothesis import example, given
from hypothesis import strategies as st

from twinwire.normalise.text import plain
from twinwire.parse import blocks, xmldoc


def html(inside: str) -> str:
    tree = xmldoc.parse(f"<body.content>{inside}</body.content>")
    assert tree is not None
    return blocks.from_tree(tree.root)


@pytest.mark.parametrize(("inside", "markup"), [
    ("<p><b>Ann</b> <i>Bee</i></p>", "<p><b>Ann</b> <i>Bee</i></p>"),
    ("<ul>\n <li><b>a</b> <i>b</i></li>\n <li> c </li>\n</ul>", "<ul><li><b>a</b> <i>b</i></li><li>c</li></ul>"),
    ("<p><person>Ann</person> <org>Bee</org>'s</p>", "<p>Ann Bee's</p>"),
    ("<p>one</p>two<p>three</p>", "<p>one</p>two<p>three</p>"),
    ("<p> <br/> </p><p><b> </b></p>", ""),
    ("<p>a<br/>b</p><hr/>", "<p>a<br/>b</p><hr/>"),
    ("<hl2>A</hl2><bq><p>b</p></bq><note><p>c</p></note>", "<h3>A</h3><blockquote><p>b</p></blockquote><aside><p>c</p></aside>"),
    ("<media><media-reference source='1.jpg'/><media-metadata value='x'>no</media-metadata></media><p>a</p>",
     '<figure><img src="1.jpg"/></figure><p>a</p>'),
    ("<p>2<frac><frac-num>1</frac-num>/<frac-den>2</frac-den></frac> &#8364;</p>", "<p>21/2 €</p>"),
    ("<header><h1>Head</h1></header><p>a</p><header>kept</header>", "<p>a</p><header>kept</header>"),
])
def test_elements(inside: str, markup: str) -> None:
    """Blocks stay apart, words stay together, what says nothing goes."""
    assert html(inside) == markup


def test_blocks_become_lines_of_plain_text() -> None:
    """What is written here is read there: one paragraph, one line."""
    assert plain(html("<block><hl2>A</hl2><p>b <location>C</location>.</p></block><NEU><ABS>d</ABS><ABS>e</ABS></NEU>")) == "A\nb C.\nd\ne"


def test_text_without_markup_is_escaped() -> None:
    """Angle brackets of plain text are text."""
    assert blocks.from_text("5 < 6 & 7 > 2\n\n<unknown>") == "<p>5 &lt; 6 &amp; 7 &gt; 2</p><p>&lt;unknown&gt;</p>"
    assert blocks.from_text(" \n ") == ""


@pytest.mark.parametrize("filling", ["<p> ", "<b>x ", " ", "<x>a</x> ", "<pre>  ", "a\n\n  "])
def test_linear(filling: str) -> None:
    """Hundreds of kilobytes of anything are written in linear time."""
    text = filling * (300_000 // len(filling))
    with bounded(60):
        html(text)
        blocks.from_text(text)


@example("<br>>")
@example("<hr>a<p>b")
@given(st.text(alphabet="<>/&pbraxx \n", max_size=60))
def test_words_are_kept_in_order(text: str) -> None:
    """No letter of the text is lost or invented, whatever the markup around it."""
    tree = xmldoc.parse(f"<body.content>{text}</body.content>")
    assert tree is not None
    whole = "".join(xmldoc.words(tree.root).split())
    out = xmldoc.parse(f"<a>{blocks.from_tree(tree.root)}</a>")
    assert out is not None
    assert "".join(xmldoc.words(out.root).split()) == whole
