"""The words of ties between places, per language, compiled from ``data/lexicon.txt``. Knows no places and reads no sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from ahocorasick_rs import AhoCorasick

TRIGGERS = ("city", "tie", "weak", "trap")
PARTS = ("with", "to", "between", "of", "from", "in", "by", "and", "incl", "subj", "obj", "kind", "town", "aux", "skip", "body", "office",
         "two", "one", "other", "mutual", "relative", "pronoun", "respective", "time")
SAID = ("doubt", "ended", "proposed", "years", "began", "renewed", "lasting", "since")
UNSPACED = frozenset(("zh", "ja"))           # no blanks between words
_HEAD = re.compile(r"\[(\w\w)\]$")
_KEY = re.compile(r"([a-z]+):(?: |$)")
_PARTED = re.compile(r";(?: |$)")
_BLANKS = r"[\s\u00a0\-\u2010-\u2013]+"
_KOREAN_ENDS = re.compile("들?(?:와의|과의|와|과|의|은|는|이|가|을|를|에|에서|로|으로|들)$")
_QUOTES = (("’", "'"), ("‘", "'"), ("ʼ", "'"), ("\u00a0", " "))


@dataclass(frozen=True)
class Lexicon:
    """One language. ``triggers`` has a pattern per kind of :data:`TRIGGERS`, ``said`` one per key of :data:`SAID`."""

    language: str
    triggers: Mapping[str, re.Pattern[str]]
    tokens: re.Pattern[str]
    said: Mapping[str, re.Pattern[str]]
    parts: Mapping[str, re.Pattern[str]]
    plural: re.Pattern[str]                # of a word of a tie: speaks of both sides
    bond: re.Pattern[str]                  # … names the tie and not one of its sides
    homes: re.Pattern[str]                 # words of texts in which "twin cities" is a name
    fresh: re.Pattern[str]                 # before the words of a tie: one that is not there yet
    feast: re.Pattern[str]                 # words of "years" that may be about any feast
    age: re.Pattern[str]                   # periods of time
    ours: re.Pattern[str]                  # names the place that the text is told for: our town
    lands: tuple[tuple[str, str], ...]     # stems of adjectives of countries, and their codes

    @property
    def unspaced(self) -> bool:
        """Whether words have no blanks between them."""
        return self.language in UNSPACED

    def classes(self, word: str) -> frozenset[str]:
        """Which of :data:`PARTS` a lower-case word or phrase may be."""
        return _classes(self.language, word)

    def land(self, word: str) -> str | None:
        """The country whose adjective a lower-case word is, for languages that ``demonyms`` does not know."""
        return next((code for stem, code in self.lands if word.startswith(stem)), None)


def even(text: str, language: str) -> str:
    """``text`` in lower case with plain quotes, one character for one; traditional characters as simplified ones for Chinese."""
    lower = text.lower()
    if lower.isascii():
        return lower
    if len(lower) != len(text):
        lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    for odd, plain in _QUOTES:  # several times the speed of translate
        lower = lower.replace(odd, plain)
    if language == "zh":
        from twinwire.normalise.placenames import simplified  # noqa: PLC0415  (loads tables that only Chinese needs)

        lower = simplified(lower)
    return lower


@cache
def lexicon(language: str) -> Lexicon:
    """The words of a language. Raises :class:`KeyError` for one without any."""
    table = _tables()[language]
    spaced = language not in UNSPACED and language != "ko"
    return Lexicon(
        language=language,
        triggers={k: re.compile(_any(table[k], spaced)) for k in TRIGGERS if table.get(k)},
        tokens=_tokens(table, language),
        said={k: re.compile(_any(table.get(k, ()), spaced)) for k in SAID},
        parts={k: re.compile(_any(table.get(k, ()), False)) for k in PARTS},
        plural=re.compile(_any(table.get("plural", ()), False)),
        bond=re.compile(_any(table.get("bond", ()), False)),
        homes=re.compile(_any(table.get("homes", ()), False)),
        **{k: re.compile(_any(table.get(k, ()), spaced)) for k in ("fresh", "feast", "age", "ours")},
        lands=tuple((stem, code) for stem, _, code in (e.partition("=") for e in table.get("lands", ()))),
    )


def languages() -> tuple[str, ...]:
    """Languages with words."""
    return tuple(_tables())


def hits(lower: str) -> dict[str, list[int]]:
    """Where words that may name a tie begin, by language; nearly always nothing. One pass over the text."""
    stems, owners = _gate()
    out: dict[str, list[int]] = {}
    for number, start, _ in stems.find_matches_as_indexes(lower, overlapping=True):
        for language in owners[number]:
            out.setdefault(language, []).append(start)
    return out


@lru_cache(maxsize=20_000)
def _classes(language: str, word: str) -> frozenset[str]:
    parts = lexicon(language).parts
    found = frozenset(k for k in PARTS if parts[k].fullmatch(word))
    if language == "ko" and not found and (m := _KOREAN_ENDS.search(word)) and m.start():
        stem = word[:m.start()]
        return frozenset(k for k in ("body", "office", "kind") if parts[k].fullmatch(stem))
    return found


def _any(entries: Iterable[str], spaced: bool) -> str:
    joined = "|".join(sorted((e.replace(" ", _BLANKS) for e in entries), key=len, reverse=True))
    if not joined:
        return r"(?!)"
    return rf"(?<!\w)(?:{joined})(?!\w)" if spaced else f"(?:{joined})"


def _tokens(table: Mapping[str, tuple[str, ...]], language: str) -> re.Pattern[str]:
    """Phrases first, then words, then single marks."""
    entries = {e for k in PARTS for e in table.get(k, ())}
    if language in UNSPACED:
        words = sorted((e for e in entries if e != r"\d+"), key=len, reverse=True)
        return re.compile("|".join((*words, r"\d+", r"[a-z]+", r"[\u30a0-\u30ff]+", r"\S")))
    phrases = [e.replace(" ", _BLANKS) for e in entries if " " in e]
    return re.compile(_any(phrases, True) + r"|\d[\d.,]*\d|\w+|'(?:s\b)?|\S")


@cache
def _gate() -> tuple[AhoCorasick, list[tuple[str, ...]]]:
    owners: dict[str, list[str]] = {}
    for language, table in _tables().items():
        for stem in table["gate"]:
            owners.setdefault(stem, []).append(language)
    return AhoCorasick(list(owners)), [tuple(v) for v in owners.values()]


@cache
def _tables() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    text = (files("twinwire.relate.links") / "data" / "lexicon.txt").read_text("utf-8")
    out: dict[str, dict[str, tuple[str, ...]]] = {}
    for language, key, entries in _entries(text.splitlines()):
        out.setdefault(language, {})[key] = tuple(filter(None, (e.strip() for e in _PARTED.split(entries))))
    return out


def _entries(lines: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """(language, key, entries) of a file: a key at the beginning of a line, its entries behind it and on the indented lines below."""
    language = key = ""
    held: list[str] = []
    for line in (*lines, "[xx]"):
        head, named = _HEAD.match(line), _KEY.match(line)
        if head or named:
            if key:
                yield language, key, " ".join(held)
            key, held = "", []
        if head:
            language = head[1]
        elif named:
            key, held = named[1], [line[named.end():].strip().removesuffix(";") + ";"]
        elif line.startswith(" "):
            held.append(line.strip().removesuffix(";") + ";")
