"""Bytes to text: order of evidence, labels as browsers read them, salvage of mixed documents."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinwire.parse.decode import codec, decode


def declared(label: str, text: str, encoding: str) -> bytes:
    return f"<?xml version='1.0' encoding='{label}'?><t>{text}</t>".encode(encoding)


@pytest.mark.parametrize(("label", "encoding", "text", "name"), [
    ("gb2312", "gb18030", "镕", "gb18030"), ("GBK", "gbk", "友好城市", "gb18030"),
    ("big5", "big5hkscs", "啲", "big5hkscs"),
    ("Shift_JIS", "cp932", "①㈱", "cp932"), ("euc-kr", "cp949", "똠", "cp949"), ("ks_c_5601-1987", "cp949", "자매",
    "cp949"),
    ("iso-8859-1", "cp1252", "“München”", "cp1252"), ("us-ascii", "cp1252", "café", "cp1252"),
    ("iso-8859-9", "cp1254", "Şişli", "cp1254"), ("tis-620", "cp874", "เชียงใหม่", "cp874"),
    ("windows-1251", "cp1251", "Псков", "cp1251"), ("koi8-r", "koi8-r", "Псков", "koi8_r"),
    ("euc-jp", "euc_jp", "姉妹都市", "euc_jp"), ("x-sjis", "cp932", "姉妹", "cp932"),
    ("iso-8859-2", "iso-8859-2", "Łódź",
    "iso8859_2"),
    ("iso-2022-jp", "iso2022_jp", "姉妹都市", "iso2022_jp"),
])
def test_label_is_read_as_its_superset(label: str, encoding: str, text: str, name: str) -> None:
    """A declared label names the superset that is really in use (WHATWG), so that no character is lost."""
    got = decode(declared(label, text, encoding))
    assert text in got.text
    assert (got.encoding, got.how) == (name, "declared")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig", "utf-16-le", "utf-16-be", "utf-32-le",
"utf-32-be"])
def test_unicode_forms_with_and_without_mark(encoding: str) -> None:
    """UTF-16 and UTF-32 are recognised by their mark, or by their zero bytes."""
    assert decode("<t>Łódź 友</t>".encode(encoding)).text == "<t>Łódź 友</t>"


@pytest.mark.parametrize("label", ["gb2312", "utf-16", "iso-8859-1", "x-klingon", "punycode", "unicode_escape"])
def test_valid_utf8_beats_the_label(label: str) -> None:
    """Bytes that are valid UTF-8 are UTF-8, whatever the document says."""
    assert decode(declared(label, "Łódź", "utf-8")).encoding == "utf-8"


@pytest.mark.parametrize("label", ["punycode", "unicode_escape", "idna", "rot13", "utf-7", "zlib", "hex", "undefined",
"a\0b",
                                   "\xff", "../x", "", "raw_unicode_escape", "mbcs", "cp65001x"])
def test_refused_labels(label: str) -> None:
    """Codecs that are no character encodings of documents are never looked up by name."""
    assert codec(label) is None


def test_undeclared_bytes_are_guessed() -> None:
    """Bytes that declare nothing are read with the likeliest encoding."""
    assert "友好城市签署协议" in decode("<t>友好城市签署协议</t>".encode("gbk")).text
    assert "München" in decode("<t>Sister city München</t>".encode("latin-1")).text


def test_mixed_document_is_read_stretch_by_stretch() -> None:
    """A document half UTF-8 and half Windows-1252 is readable in both halves."""
    got = decode("<a>Zürich – 友</a>".encode() + "<b>Köln “grüßt”</b>".encode("cp1252"))
    assert got.text == "<a>Zürich – 友</a><b>Köln “grüßt”</b>"
    assert got.how == "mixed"


def test_stray_byte_inside_utf8() -> None:
    """One foreign byte among UTF-8 characters costs no other character."""
    assert decode("<t>友好城市</t><u>友好".encode() + b"\x96" + "城市</u>".encode()).text == (
        "<t>友好城市</t><u>友好–城市</u>"
    )


def test_cut_inside_a_character() -> None:
    """A UTF-8 document cut inside its last character loses that character only."""
    got = decode("<t>友好".encode()[:-1])
    assert (got.text, got.encoding) == ("<t>友", "utf-8")


def test_few_stray_bytes_do_not_unseat_the_declared_codec() -> None:
    """A declared GBK document with one broken byte stays GBK."""
    body = declared("gbk", "友好城市" * 40, "gbk").replace(b"</t>", b"\xff</t>")
    assert decode(body).encoding == "gb18030"


@given(st.binary(max_size=300))
def test_decoding_never_fails(body: bytes) -> None:
    """Any bytes give some text, with a codec Python knows."""
    got = decode(body)
    assert codecs.lookup(got.encoding)
    got.text.encode()


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), min_size=1))
def test_utf8_round_trip(text: str) -> None:
    """Text in UTF-8 comes back as it was."""
    assert decode(text.encode()).text == text or "\x1b" in text
