"""The sample edition: files against their expectation. Uses none of twinwire's parsers, so that it can judge them."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from twinwire.config import document
from twinwire.config.sources import SourcesFile

ROOT = Path(__file__).parents[1]
EDITION = ROOT / "examples" / "edition"
SHARED = ROOT.parent / "shared" / "data"
EXPECTED: dict[str, Any] = json.loads((EDITION / "expected.json").read_text(encoding="utf-8"))
SOURCES: list[dict[str, Any]] = EXPECTED["sources"]
ITEMS: list[dict[str, Any]] = [i for s in SOURCES for i in s["items"]]
FILES = [(s, f) for s in SOURCES for f in s["files"]]
RUN = 60  # characters that two independent texts do not share by chance


def text_of(source: dict[str, Any], name: str) -> str:
    """A file's text, decoded strictly with the codec its expectation names."""
    return (EDITION / name).read_bytes().decode(source["codec"])


def plain(raw: str) -> str:
    """Words of a file without its markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>|\\n", " ", html.unescape(raw))).split())


def count(name: str, text: str) -> int:
    """Entries of a document by their opening tags."""
    return len(json.loads(text)["items"]) if name.endswith(".json") else len(re.findall(r"<(?:item|entry)[ >]", text))


@pytest.mark.parametrize(("source", "name"), FILES, ids=[f for _, f in FILES])
def test_bytes_are_in_the_encoding_they_claim(source: dict[str, Any], name: str) -> None:
    """Every file decodes strictly and declares what the expectation says it declares."""
    text = text_of(source, name)
    found = re.search(r'(?:encoding|charset)="([^"]+)"', text[:200])
    if source["declared"]:
        assert found
        assert found[1] == source["declared"]


def test_encodings_that_are_declared_too_narrowly_really_are() -> None:
    """The Chinese and the Japanese feed hold characters that the declared codec alone cannot give, as in real life."""
    for s in SOURCES:
        if s["declared"] in {"gb2312", "Shift_JIS"}:
            with pytest.raises(UnicodeDecodeError):
                (EDITION / s["files"][0]).read_bytes().decode(s["declared"])


@pytest.mark.parametrize(("source", "name"), FILES, ids=[f for _, f in FILES])
def test_sound_documents_are_well_formed_and_damaged_ones_are_not(source: dict[str, Any], name: str) -> None:
    """Only the feeds that the expectation calls so are not well-formed."""
    if name.endswith(".json"):
        assert json.loads(text_of(source, name))["version"].startswith("https://jsonfeed.org/version/1.1")
        return
    bare = re.sub(r"^<\?xml.*?\?>", "", text_of(source, name))
    if source["well_formed"]:
        ET.fromstring(bare)
    else:
        with pytest.raises(ET.ParseError):
            ET.fromstring(bare)


def test_entries_are_as_many_as_expected() -> None:
    """Opening tags in the files equal whole, broken and cut entries of the expectation."""
    for s in SOURCES:
        seen = sum(count(f, text_of(s, f)) for f in s["files"])
        assert seen == s["entries"] + s["broken"] + s["cut"], s["id"]
        assert len(s["items"]) == s["entries"]


def test_expected_entries_stand_in_their_files() -> None:
    """Title and id of every expected entry are found in a file of its source."""
    for s in SOURCES:
        text = html.unescape("".join(text_of(s, f) for f in s["files"]))
        assert [i["id"] for i in s["items"] if i["id"] not in text or i["title"] not in text] == []


def test_totals_are_the_sum_of_the_parts() -> None:
    """Totals can be quoted, because they are recounted here."""
    totals = EXPECTED["totals"]
    new = [i for i in ITEMS if not i.get("duplicate") and "revision_of" not in i]
    assert totals["sources"] == len(SOURCES)
    assert totals["failed"] == sum(s["failure"] is not None for s in SOURCES)
    assert totals["entries"] == len(ITEMS) == len(new) + totals["duplicate"] + totals["revised"]
    assert totals["new"] == len(new)
    assert totals["kept"] == sum(bool(i["topics"]) for i in new)
    assert totals["topics"] == {t: sum(t in i["topics"] for i in new) for t in totals["topics"]}
    assert (totals["broken"], totals["cut"]) == (sum(s["broken"] for s in SOURCES), sum(s["cut"] for s in SOURCES))
    assert totals["languages"] == sorted({i["language"] for i in ITEMS})


def test_edition_is_broad_enough() -> None:
    """At least 38 releases in 8 languages, on topic in 8 of them, off topic too, in every format that is read."""
    assert EXPECTED["totals"]["new"] >= 38
    assert {i["language"] for i in ITEMS} >= {"en", "zh", "ja", "ko", "de", "fr", "es", "it", "pt", "ru", "pl"}
    for topic in ("friendship_cities", "regional_development"):
        assert len({i["language"] for i in ITEMS if topic in i["topics"]}) >= 8
    assert sum(not i["topics"] for i in ITEMS) >= 12
    assert {s["format"] for s in SOURCES} >= {"rss-2.0", "rss-1.0", "rss-0.91", "atom-1.0", "atom-0.3", "jsonfeed-1.1"}


def test_catalogue_of_the_edition_names_its_files() -> None:
    """sources.yaml is valid, and its addresses are the files of the expectation, in the same order."""
    doc = document.read(EDITION / "sources.yaml")
    whole = dict(doc.value)
    whole["sources"] = [whole["defaults"] | s for s in whole["sources"]]
    sources = document.validate(SourcesFile, doc, whole).sources
    assert [s.id for s in sources] == [s["id"] for s in SOURCES]
    for s, expected in zip(sources, SOURCES, strict=True):
        scheme, _, path = s.url.partition(":")
        here = sorted(p.name for p in (EDITION / path).iterdir()) if scheme == "folder" else [Path(path).name]
        assert here == [Path(f).name for f in expected["files"]]
    listed = {f for s in SOURCES for f in s["files"]}
    assert listed == {p.relative_to(EDITION).as_posix() for d in ("feeds", "drops") for p in (EDITION / d).iterdir()}


def test_nothing_poses_as_a_real_agency() -> None:
    """No dateline names an agency that exists: our texts must not be taken for theirs."""
    real = re.compile(r"PR ?Newswire|GlobeNewswire|Business Wire|新华社|中新社|共同通信|【共同】|時事|연합뉴스|Reuters|"
                      r"\b(?:dpa|ANSA|EFE|AFP|TASS|PAP|Lusa|Anadolu)\b|ТАСС", re.IGNORECASE)
    assert [f for s, f in FILES if real.search(text_of(s, f))] == []


def windows(text: str) -> Iterator[str]:
    return (text[i:i + RUN] for i in range(len(text) - RUN + 1))


def shared_texts() -> Iterator[str]:
    for name in ("relevance/items_dev.jsonl", "pairs/pairs_dev.jsonl"):
        if (SHARED / name).exists():
            for line in (SHARED / name).read_text(encoding="utf-8").splitlines():
                yield from (" ".join(v.split()) for v in json.loads(line).values() if isinstance(v, str))
    for path in (SHARED / "seed").glob("*.txt"):
        yield " ".join(path.read_text(encoding="utf-8").split())


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="the development data is not beside the project")
def test_no_text_is_taken_from_others() -> None:
    """No run of sixty characters of the edition occurs in the development texts, which belong to their publishers."""
    ours = {w for s, f in FILES for w in windows(plain(text_of(s, f)))}
    assert len(ours) > 20_000
    assert [w for text in shared_texts() for w in windows(text) if w in ours] == []
