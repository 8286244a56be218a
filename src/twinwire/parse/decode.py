"""Bytes to text. Knows character encodings; knows nothing of XML, JSON or feeds beyond where they declare one.

Order: byte order mark, valid UTF-8, the encoding the document declares, the one the server declares, a guess per
damaged stretch. Labels are read as browsers read them (WHATWG Encoding Standard): a label names the superset that is
really in use, so ``gb2312`` is read as gb18030. Only the codecs listed here are ever used.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

import chardet

SAMPLE = 20_000  # bytes shown to the guesser; more does not change its mind

_BOMS = (  # longest first: the UTF-16 mark is the start of the UTF-32 one
    (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"), (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CODECS = {  # Python's canonical name → the codec to read with
    "ascii": "cp1252", "iso8859-1": "cp1252", "cp1252": "cp1252", "iso8859-9": "cp1254", "cp1254": "cp1254",
    "iso8859-11": "cp874", "tis-620": "cp874", "cp874": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5hkscs", "big5hkscs": "big5hkscs",
    "cp950": "big5hkscs", "shift_jis": "cp932", "cp932": "cp932", "shift_jisx0213": "cp932", "shift_jis_2004": "cp932",
    "euc_kr": "cp949", "cp949": "cp949", "euc_jp": "euc_jp", "iso2022_jp": "iso2022_jp", "iso2022_kr": "iso2022_kr",
    "utf-8": "utf-8", "koi8-r": "koi8_r", "koi8-u": "koi8_u", "mac-cyrillic": "mac_cyrillic", "mac-roman": "mac_roman",
    "cp866": "cp866", "iso8859-8": "iso8859_8", "cp037": "cp037",
    **{f"cp{n}": f"cp{n}" for n in (1250, 1251, 1253, 1255, 1256, 1257, 1258)},
    **{f"iso8859-{n}": f"iso8859_{n}" for n in (2, 3, 4, 5, 6, 7, 10, 13, 14, 15, 16)},
}
_ALIASES = {  # labels seen in feeds that Python does not know
    "x-sjis": "cp932", "windows-874": "cp874", "x-gbk": "gb18030", "x-euc-jp": "euc_jp", "x-big5": "big5hkscs",
    "x-cp1250": "cp1250", "x-cp1251": "cp1251", "x-cp1252": "cp1252", "win-1251": "cp1251", "win-1250": "cp1250",
    "ks_c_5601-1989": "cp949", "iso-8859-8-i": "iso8859_8", "x-mac-cyrillic": "mac_cyrillic", "dos-874": "cp874",
}
_STATEFUL = {"iso2022_jp", "iso2022_kr"}  # pure seven-bit: their bytes are valid UTF-8 and mean something else
_LABEL = re.compile(r"[A-Za-z0-9_.:-]{1,40}")
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([^"'>]{1,60})["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([^"';,\s]{1,60})""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the codec it was read with, and how that codec was found: bom, utf-8, declared, server, guessed, mixed."""

    text: str
    encoding: str
    how: str


def codec(label: str) -> str | None:
    """The codec a label stands for, or None for an unknown or a refused one (punycode, unicode_escape, utf-7 …)."""
    label = label.strip().lower()
    if label in _ALIASES:
        return _ALIASES[label]
    if not _LABEL.fullmatch(label):
        return None
    try:
        return _CODECS.get(codecs.lookup(label).name)
    except LookupError:
        return None


def decode(body: bytes, content_type: str | None = None) -> Decoded:
    """Read ``body`` as text. Never fails: what no codec can read becomes U+FFFD. Linear in the size of the body."""
    for bom, name in _BOMS:
        if body.startswith(bom):
            return Decoded(body[len(bom):].decode(name, "replace"), name, "bom")
    wide = _wide(body[:4])
    if wide:
        return Decoded(body.decode(wide, "replace"), wide, "guessed")
    labels = _labels(body, content_type)
    for name, how in labels:
        if name in _STATEFUL and b"\x1b" in body:
            return Decoded(body.decode(name, "replace"), name, how)
    try:
        # Not "final": a document cut inside its last character is still UTF-8.
        return Decoded(codecs.utf_8_decode(body, "strict", False)[0], "utf-8", "utf-8")
    except UnicodeDecodeError:
        return _declared(body, labels) or _salvage(body)


def _labels(body: bytes, content_type: str | None) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    in_document = _DECLARED.search(body[:4096])
    if in_document and (name := codec(in_document[1].decode("latin-1"))):
        found.append((name, "declared"))
    at_server = _CHARSET.search(content_type or "")
    if at_server and (name := codec(at_server[1])):
        found.append((name, "server"))
    return found


def _wide(head: bytes) -> str | None:
    """UTF-16 and UTF-32 without a mark show zero bytes beside their first character (XML 1.0, appendix F)."""
    zeros = "".join("0" if b == 0 else "x" for b in head)
    return {
        "x0x0": "utf-16-le", "0x0x": "utf-16-be", "x000": "utf-32-le", "000x": "utf-32-be",
    }.get(zeros) or ("cp037" if head == b"\x4c\x6f\xa7\x94" else None)  # EBCDIC's "<?xm"


def _declared(body: bytes, labels: list[tuple[str, str]]) -> Decoded | None:
    """The declared codec when it can read the body, or all but a few stray bytes of it."""
    for name, how in labels:
        if name == "utf-8":
            continue
        text = body.decode(name, "replace")
        strange = text.count("\ufffd")
        if strange == 0 or strange * 50 < sum(1 for c in text if c > "\x7f"):
            return Decoded(text, name, how)
    return None


def _salvage(body: bytes) -> Decoded:
    """Read stretch by stretch (from one ``<`` to the next): UTF-8 where it is, one guessed codec for the rest.

    Feeds glued together from several stores come in two encodings; read as one, half of them is unreadable.
    """
    stretches = body.split(b"<")  # no codec on the list uses this byte inside a longer character
    texts = [_mostly_utf8(s) for s in stretches]
    bad = [s for s, text in zip(stretches, texts, strict=True) if text is None]
    name = _guess(b"\n".join(bad)) if bad else "utf-8"
    whole = "<".join(s.decode(name, "replace") if text is None else text
                     for s, text in zip(stretches, texts, strict=True))
    mixed = any(text is not None and not text.isascii() for text in texts)
    return Decoded(whole, "utf-8" if mixed else name, "mixed" if mixed else "guessed")


def _mostly_utf8(stretch: bytes) -> str | None:
    """The stretch as UTF-8 when that is what most of it is, stray bytes read as Windows-1252; else None."""
    try:
        return stretch.decode("utf-8")
    except UnicodeDecodeError:
        loose = stretch.decode("utf-8", "surrogateescape")
    high = [c for c in loose if c > "\x7f"]
    stray = sum(1 for c in high if "\udc80" <= c <= "\udcff")
    if stray * 2 >= len(high):
        return None
    return re.sub("[\udc80-\udcff]", lambda m: bytes([ord(m[0]) - 0xDC00]).decode("cp1252", "replace"), loose)


def _guess(sample: bytes) -> str:
    found = chardet.detect(sample[:SAMPLE]).get("encoding")
    name = codec(found) if found else None
    return "cp1252" if name in {None, "utf-8", "cp037"} or name in _STATEFUL else str(name)
