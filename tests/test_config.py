"""A config folder: three files, checked whole before anything runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from twinwire import config
from twinwire.config.document import Document, validate
from twinwire.config.settings import Settings, with_environment
from twinwire.config.sources import seconds
from twinwire.errors import ConfigError

GOOD = """\
defaults:
  language: en
sources:
  - id: a-feed
    name: A
    url: https://a.example/feed
  - id: drops
    name: Drops
    url: folder:in
    language: de
"""


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in ({"sources": GOOD} | files).items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def refusal(tmp_path: Path, **files: str) -> str:
    with pytest.raises(ConfigError) as caught:
        config.load(folder(tmp_path, **files))
    return str(caught.value).removeprefix(str(tmp_path) + "/")


def test_defaults_lie_under_every_source(tmp_path: Path) -> None:
    """A source's own key wins over the default."""
    a, b = config.load(folder(tmp_path)).sources
    assert (a.language, b.language) == ("en", "de")


def test_a_drop_folder_is_relative_to_its_file(tmp_path: Path) -> None:
    """A config folder can be moved, with its drop folders."""
    assert config.load(folder(tmp_path)).sources[1].url == f"folder:{tmp_path / 'in'}"


def test_missing_topics_and_settings_are_the_shipped_ones(tmp_path: Path) -> None:
    """A folder with nothing but sources is a whole config."""
    loaded = config.load(folder(tmp_path))
    assert [t.id for t in loaded.topics.topics] == ["friendship_cities", "regional_development"]
    assert loaded.settings.fetch.workers == config.load(config.shipped("config")).settings.fetch.workers


@pytest.mark.parametrize(("row", "says"), [
    ("id: A B", "sources.yaml:2: sources[0].id: string should match pattern"),
    ("url: gopher://x", "sources.yaml:4: sources[0].url: must start with http://, https://, file: or folder:"),
    ("url: https://u:p@a.example/", "holds a password; name it instead: auth: env:NAME"),
    ("timezone: Mars/Base", "is not an IANA zone"),
    ("schedule: often", "must be fast, hourly, daily or a cron line"),
    ("expect: {quiet_after: soon}", "must be a number with a unit"),
    ("expect: {mim: 3}", "sources[0].expect.mim: unknown key; did you mean 'min'?"),
    ("languge: en", "sources[0].languge: unknown key; did you mean 'language'?"),
    ("auth: secret", "sources[0].auth"),
    ("enabled: maybe", "sources[0].enabled"),
])
def test_a_wrong_source_is_told_by_line_and_key(tmp_path: Path, row: str, says: str) -> None:
    """The nearest valid key is offered, and the value is shown unless it is a secret."""
    keys = {"id": "id: aa", "name": "name: A", "url": "url: https://a.example/"}
    key = row.split(":", maxsplit=1)[0]
    keys[key] = row
    text = "sources:\n  - " + "\n    ".join(keys.values()) + "\n"
    told = refusal(tmp_path, sources=text)
    assert says in told
    assert "u:p@" not in told


def test_ids_stand_once(tmp_path: Path) -> None:
    """The id is the key in the warehouse."""
    twice = "sources:\n  - {id: aa, name: A, url: 'https://a.example/'}\n  - {id: aa, name: B, url: 'https://b.example/'}\n"
    assert refusal(tmp_path, sources=twice) == "sources.yaml:3: sources[1].id: 'aa' stands twice (first in line 2)"


@pytest.mark.parametrize(("text", "says"), [
    ("{}", "sources: is missing"),
    ("sources: 3", "sources: must be a list"),
    ("sources: [x]", "sources[0]: must be a mapping"),
    ("defaults: {id: x}\nsources: []", "defaults.id: belongs to each source"),
    ("defaults: {langage: x}\nsources: []", "defaults.langage: unknown key; did you mean 'language'?"),
    ("sourcs: []\nsources: []", "sourcs: unknown key; did you mean 'sources'?"),
])
def test_a_file_of_another_shape_is_refused(tmp_path: Path, text: str, says: str) -> None:
    """Whatever stands there, the answer is one line."""
    assert says in refusal(tmp_path, sources=text)


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    """The commonest mistake: the wrong --config."""
    with pytest.raises(ConfigError, match="is not a folder"):
        config.load(tmp_path / "nowhere")


def test_an_unknown_source_gets_the_nearest_id(tmp_path: Path) -> None:
    """`--source a-fed` says a-feed."""
    with pytest.raises(ConfigError, match="did you mean a-feed"):
        config.load(folder(tmp_path)).source("a-fed")


def test_the_environment_lies_over_the_file(tmp_path: Path) -> None:
    """Every key is also a variable; durations and sizes are read the same way."""
    doc = Document(tmp_path, {"fetch": {"workers": 3}})
    got = validate(Settings, with_environment(doc, {"TWINWIRE_FETCH_DEADLINE": "2m", "TWINWIRE_FETCH_MAX_BYTES": "1MB",
                                                    "TWINWIRE_RUN_GROUP_SIZE": "7", "HOME": "x", "TWINWIRE_DATA": "d"}))
    assert (got.fetch.workers, got.fetch.deadline, got.fetch.max_bytes, got.run.group_size) == (3, 120.0, 1 << 20, 7)


def test_a_variable_that_names_no_key_is_an_error(tmp_path: Path) -> None:
    """A typing error must not be silent."""
    with pytest.raises(ConfigError, match="did you mean TWINWIRE_FETCH_DEADLINE"):
        with_environment(Document(tmp_path, {}), {"TWINWIRE_FETCH_DEADLIN": "2m"})


def test_folders_in_the_environment_are_no_settings(tmp_path: Path) -> None:
    """They are read elsewhere: config, data, and where the gazetteer lies."""
    named = {f"TWINWIRE_{name}": "/somewhere" for name in ("CONFIG", "DATA", "CACHE")}
    assert with_environment(Document(tmp_path, {}), named).value == {}


@pytest.mark.parametrize(("text", "value"), [("30s", 30), ("1.5m", 90), ("3h", 10800), ("2d", 172800), ("1w", 604800)])
def test_durations(text: str, value: float) -> None:
    """Number and unit."""
    assert seconds(text) == value


def test_the_version_changes_with_meaning_only(tmp_path: Path) -> None:
    """A comment changes nothing; a source does."""
    before = config.load(folder(tmp_path)).version
    assert config.load(folder(tmp_path, sources="# hello\n" + GOOD)).version == before
    assert config.load(folder(tmp_path, sources=GOOD.replace("name: A", "name: B"))).version != before


def test_schemas_are_valid_json_and_know_the_keys(tmp_path: Path) -> None:
    """Editors complete and check the files by them."""
    written = {p.name: json.loads(p.read_text()) for p in config.write_schemas(tmp_path)}
    assert set(written) == {"sources.schema.json", "settings.schema.json", "topics.schema.json", "mappings.schema.json"}
    assert "allow_private" in written["sources.schema.json"]["$defs"]["Source"]["properties"]
    assert written["sources.schema.json"]["$defs"]["Source"]["required"] == ["id", "name", "url"]


def test_the_shipped_config_is_whole() -> None:
    """What ships must load."""
    assert len(config.load(config.shipped("config")).sources) >= 45
