"""The shipped catalogue. Fetches nothing: whether an address answers is for `twinwire sources check` to say."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from twinwire.config import document
from twinwire.config.sources import Source, SourcesFile, seconds

ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / "config" / "sources.yaml"
MANUAL = ROOT / "docs" / "sources.md"
KNOWN = ROOT.parent / "shared" / "data" / "sources" / "catalogue.csv"


def read(path: Path) -> list[Source]:
    """Sources of a file, its defaults laid under each."""
    doc = document.read(path)
    whole = dict(doc.value)
    whole["sources"] = [whole.get("defaults", {}) | s for s in whole["sources"]]
    return document.validate(SourcesFile, doc, whole).sources


@pytest.fixture(scope="module")
def catalogue() -> list[Source]:
    return read(SHIPPED)


def query_feeds(sources: list[Source]) -> list[Source]:
    return [s for s in sources if "query" in s.tags]


def test_ids_and_addresses_are_unique(catalogue: list[Source]) -> None:
    """No id and no address stands twice, and there are enough sources to be worth a run."""
    assert len({s.id for s in catalogue}) == len({s.url for s in catalogue}) == len(catalogue)
    assert sum(s.enabled for s in catalogue) >= 60


def test_every_source_says_where_it_comes_from(catalogue: list[Source]) -> None:
    """Evidence, terms, language, zone and a name of the one who publishes are given for every source."""
    lacking = [s.id for s in catalogue
               if not (s.evidence and s.terms and s.language and s.timezone and (s.wire or s.publisher))]
    assert lacking == []


def test_evidence_is_dated(catalogue: list[Source]) -> None:
    """Every piece of evidence names a month."""
    assert [s.id for s in catalogue if not re.search(r"20\d\d-\d\d", s.evidence)] == []


def test_sources_that_are_off_say_why(catalogue: list[Source]) -> None:
    """A disabled source says what enabling it means, or that its format is not read yet."""
    off = [s for s in catalogue if not s.enabled]
    assert off
    assert [s.id for s in off if "Enabling it says" not in s.terms and "does not read yet" not in s.quirks] == []


def test_feeds_that_forbid_storing_are_off(catalogue: list[Source]) -> None:
    """What may only be read personally waits for the user's decision."""
    restricted = re.compile(r"prnewswire\.com|businesswire\.com|prtimes\.jp|news\.google\.com|bing\.com")
    assert [s.id for s in catalogue if s.enabled and restricted.search(s.url)] == []


def test_full_text_is_kept_only_under_open_terms(catalogue: list[Source]) -> None:
    """`store: full` stands only beside a licence that allows reuse."""
    open_terms = re.compile(r"Open Government Licence|2011/833/EU|CC BY|public domain")
    assert [s.id for s in catalogue if s.store == "full" and not open_terms.search(s.terms)] == []


def test_expectations_are_bounds(catalogue: list[Source]) -> None:
    """min lies under max, and no feed asked many times an hour may be silent for weeks unseen."""
    assert [s.id for s in catalogue if s.expect.min >= s.expect.max] == []
    assert [s.id for s in catalogue if s.schedule == "fast" and seconds(s.expect.quiet_after) > seconds("7d")] == []


def test_addresses_are_percent_encoded(catalogue: list[Source]) -> None:
    """Addresses hold no letter outside ASCII, no blank and no unfilled template."""
    plain = re.compile(r"https?://[^\x00-\x20\x7f-\U0010ffff{}\"<>]+")
    assert [s.id for s in catalogue if not plain.fullmatch(s.url)] == []


def test_google_parameters_agree(catalogue: list[Source]) -> None:
    """hl, gl and ceid name one country and one language; wrong values would be ignored without an error."""
    google = [s for s in catalogue if "news.google.com" in s.url]
    assert len(google) >= 9
    for s in google:
        q = {k: v[0] for k, v in parse_qs(urlsplit(s.url).query).items()}
        land, tongue = q["ceid"].split(":")
        assert land == q["gl"] == s.country
        assert tongue.split("-")[0] == q["hl"].split("-")[0] == (s.language or "").split("-")[0]


def test_query_feeds_cover_many_languages(catalogue: list[Source]) -> None:
    """Searches are kept in at least eight languages, and some are on without a decision of the user."""
    searches = query_feeds(catalogue)
    assert len({(s.language or "").split("-")[0] for s in searches}) >= 8
    assert any(s.enabled for s in searches)


def test_manual_explains_every_key() -> None:
    """The table of docs/sources.md has one row per key of a source, and no other."""
    rows = re.findall(r"^\| `(\w+)` \|.*\|.*\|$", MANUAL.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(Source.model_fields)


def test_manual_gives_the_right_numbers(catalogue: list[Source]) -> None:
    """The numbers of sources in docs/sources.md are those of the file."""
    text = MANUAL.read_text(encoding="utf-8")
    assert f"has {len(catalogue)} sources" in text
    assert f"{sum(s.enabled for s in catalogue)} are on" in text


@pytest.mark.shared
@pytest.mark.skipif(not KNOWN.exists(), reason="the list of known addresses is not beside the project")
def test_every_address_is_a_known_one(catalogue: list[Source]) -> None:
    """Fixed addresses stand in the list of known ones; searches have the place and path of one."""
    with KNOWN.open(encoding="utf-8", newline="") as f:
        known = {row["url"] for row in csv.DictReader(f)}
    places = {urlsplit(u)[:3] for u in known}
    searches = {s.id for s in query_feeds(catalogue)}
    assert [s.id for s in catalogue if s.id not in searches and s.url not in known] == []
    assert [s.id for s in query_feeds(catalogue) if urlsplit(s.url)[:3] not in places] == []
