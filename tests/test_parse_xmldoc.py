"""XML read safely: names, entities, damage, bounds."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinwire.parse import xmldoc
from twinwire.parse.xmldoc import at, attribute, words


def root(text: str) -> xmldoc.Tree:
    tree = xmldoc.parse(text)
    assert tree is not None
    return tree


@pytest.mark.parametrize(("text", "name"), [
    ("<NewsML/>", "newsml"), ("<ns0:newsItem >", "newsitem"), ('\n<?xml version="1.0"?>\n<!-- <rss> -->\n<nitf>', "nitf"),
    ("<!DOCTYPE nitf [<!ENTITY a '<rss>'>\n]>\n<nitf>", "nitf"), ("<!DOCTYPE nitf SYSTEM 'x'><nitf>", "nitf"),
    ('{"body": "<nitf>"}', ""), ("no < markup here", ""), ("", ""), ("<!-- never closed <nitf>", ""), ("<1>", ""),
])
def test_root_is_named_without_parsing(text: str, name: str) -> None:
    """Comments, declarations and the document type in front of the root are passed over; JSON and text have no root."""
    assert xmldoc.root_name(text) == name


def test_names_are_local_and_lower_case() -> None:
    """Prefixes, namespaces and spelling of tags and attributes go, in values they stay."""
    tree = root('<A:News xmlns:A="u" FormalName="X:Y" xml:lang="de" lang="fr"><HeadLine>a</HeadLine></A:News>')
    assert tree.root.tag == "news"
    assert dict(tree.root.attrib) == {"formalname": "X:Y", "lang": "de"}
    assert at(tree.root, "headline") == "a"
    assert attribute(tree.root, ".", "formalname") == "X:Y"
    assert tree.damage is None


def test_entities_are_never_expanded() -> None:
    """A bomb, a file and a parameter entity come out as the text of their references; HTML's names as characters."""
    bomb = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))
    tree = root(f'<!DOCTYPE a [<!ENTITY l0 "lol">{bomb}<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY % p SYSTEM "p"> %p; ]>'
                "<a>&l11; &f; &eacute; &amp;</a>")
    assert words(tree.root) == "&l11; &f; é &"


@pytest.mark.parametrize("text", [
    "<a><b>one</b><c>two", "<a><b>one</c></a>", "<a><b>one</b></a><a>", "<a><b>one</b> & <</a>", "<a><b>one</b><x:/></a>",
    "<a><b>one</b><c d='1' d='2'/></a>", "<a><b>one</b>" + "<d>" * 400,
])
def test_broken_documents_give_what_is_there(text: str) -> None:
    """What is not well-formed is read as far as it goes and flagged."""
    tree = root(text)
    assert at(tree.root, "b") == "one"
    assert tree.damage is not None
    assert tree.damage.startswith("not well-formed: ")
    assert tree.damage.isprintable()


def test_names_that_are_none_do_not_break_it() -> None:
    """A recovered tree may hold tags and attributes that no parser would accept again."""
    tree = root('<a><b:1 c:2="x">one</b:1><d e:="y"/></a>')
    assert words(tree.root) == "one"


def test_size_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a document over the cap the start is read, and its damage says so."""
    monkeypatch.setattr(xmldoc, "CHARS", 1_000)
    tree = root(f"<a><b>one</b>{'<c>x</c>' * 1_000}</a>")
    assert at(tree.root, "b") == "one"
    assert tree.damage == "only the first 1,000 characters read"
    assert len(tree.root) < 150


def test_memory_is_bounded_by_the_document() -> None:
    """Ten levels of entities cost what they take as text, not ten to the power of ten."""
    bomb = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    tracemalloc.start()
    xmldoc.parse(f"<!DOCTYPE a [<!ENTITY l0 'lol'>{bomb}]><a>{'&l9;' * 1_000}</a>")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


def test_words_keep_words_apart() -> None:
    """Inline markup does not split a word, a line break does not join two."""
    assert words(root("<h>Gr<b>ea</b>t<br/>day  for\n all</h>").root) == "Great day for all"
    assert words(root("<h>By<p>x</p><i>y</i></h>").root, " ") == "By x y"
    assert words(None) == ""


@given(st.text(max_size=300))
def test_any_text_gives_a_value(text: str) -> None:
    """Whatever the text, there is a tree or none, and a name or none."""
    for whole in (text, f"<a>{text}</a>", f"<a {text}>"):
        assert xmldoc.root_name(whole) == xmldoc.root_name(whole).lower()
        tree = xmldoc.parse(whole)
        assert tree is None or isinstance(words(tree.root), str)
