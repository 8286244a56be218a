"""Models of topics.yaml: what they refuse, and in which words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from twinwire.config.topics import TopicsFile, _checked, load_topics
from twinwire.errors import ConfigError

SHIPPED = Path(__file__).parents[1] / "config" / "topics.yaml"
BASE = """topics:
  - id: demo
    name: Demo
    terms:
      en:
        source: seen in use
        strong:
          - sister city
"""


def load(tmp_path: Path, text: str) -> TopicsFile:
    path = tmp_path / "topics.yaml"
    path.write_text(text, encoding="utf-8")
    return load_topics(path)


@pytest.mark.parametrize(("text", "line", "said"), [
    (BASE + "        contxt: [foo bar]\n", 9, "did you mean 'context'?"),
    (BASE + "    sampels: {}\n", 9, "did you mean 'samples'?"),
    ("scoring: {windw: 3}\n" + BASE, 1, "did you mean 'window'?"),
    (BASE + "          - a\n", 9, "one letter"),
    (BASE + '          - "sister (city|town)"\n', 9, "not a pattern"),
    (BASE + '          - "sister c.ty?"\n', 9, "not a pattern"),
    (BASE + '          - "some # years"\n', 9, "# stands for a number"),
    (BASE + '          - ""\n', 9, "must not be empty"),
    (BASE + '          - "*"\n', 9, "end of a word"),
    (BASE + '          - "ab*"\n', 9, "three letters"),
    (BASE + '          - "*town"\n', 9, "5 letters must stand behind a *"),
    (BASE + '          - "twin *stadt"\n', 9, "end of a word"),
    (BASE + '          - "ا\u0640\u0640"\n', 9, "one letter"),
    (BASE + '          - "\u0301\u0301\u0301"\n', 9, "one letter"),
    (BASE + "        abroad: [Sister City]\n", 9, "stands twice in this language (first in line 8)"),
    (BASE + "          - 2030\n", 9, "put it in quotes"),
    (BASE + "          - Sister-City\n", 9, "stands twice in this language (first in line 8)"),
    (BASE + "        weak: friendly ties\n", 9, "must be a list of terms"),
    (BASE + "        weak:\n", 9, "must be a list of terms"),
    (BASE + "        context_words: [mayor]\n", 9, "there are none in this language"),
    (BASE + "        language_only: [twin town]\n", 9, "not among the terms"),
    (BASE + "        doubtful: [twin town]\n", 9, "not among the strong terms"),
    (BASE + "        words: {guests: [visits], law: [mayor]}\n        together:\n          - [guests, lawyers]\n", 11,
     "'lawyers' is no class of words of this language; there are: guests, law, two countries, abroad, region"),
    (BASE + "        words: {guests: [visits]}\n        together:\n          - [two countries, guests]\n", 11, "there are: guests"),
    (BASE + "        words: {guests: [visits], law: [mayor]}\n        together:\n          - [guests, not lawyers]\n", 11, "'not lawyers' is no"),
    (BASE + "        words: {guests: [visits], law: [mayor]}\n        together:\n          - [guests, abroad]\n", 9, "asked for by no rule"),
    (BASE + "        words: {guests: [visits], region: [north]}\n        together:\n          - [guests, region]\n", 9, "another name"),
    (BASE + "        words: {guests: [县], law: [mayor]}\n        together:\n          - [guests, law]\n", 11, "it is everywhere"),
    (BASE + "        words: {guests: [a], law: [mayor]}\n        together:\n          - [guests, law]\n", 9, "one letter"),
    (BASE + "        words: {guests: [visits]}\n        together:\n          - [guests]\n", 11, "at least 2 items"),
    (BASE + "      no:\n        source: seen in use\n        weak: [vennskapsby]\n", 4, "in quotes"),
    (BASE + "      English:\n        source: seen in use\n", 9, "topics[0].terms.English"),
    (BASE + "    keep: .nan\n", 9, "finite"),
    ("scoring: {weights: {weak: {title: .nan, lead: 0, body: 0}}}\n" + BASE, 1, "finite"),
    ("scoring: {passage: 0}\n" + BASE, 1, "greater than or equal to 1"),
    (BASE + "    keep: 1.5\n", 9, "less than or equal to 1"),
    (BASE + "    keep: 0.2\n", 2, "undecided must lie"),
    (BASE.replace("strong", "weak"), 2, "never keep a story"),
    (BASE + BASE.replace("topics:\n", ""), 9, "stands twice (first in line 2)"),
    (BASE.replace("        source: seen in use\n", ""), 5, "is missing"),
    ("topics:\n  - id: demo\n    name: Demo\n    terms: {}\n", 2, "never keep a story"),
    ("topics: []\n", 1, "at least one topic"),
    ("topics:\n\t- id: x\n", 2, "tab"),
])
def test_wrong_file(tmp_path: Path, text: str, line: int, said: str) -> None:
    """A wrong topics file is refused with its line and one complaint that says what is wrong."""
    with pytest.raises(ConfigError) as e:
        load(tmp_path, text)
    assert e.value.subject == f"{tmp_path / 'topics.yaml'}:{line}"
    assert said in e.value.message
    assert len(e.value.message.splitlines()) == 1


def test_rule_version_ignores_layout(tmp_path: Path) -> None:
    """Comments, key order and list style do not change the rule version."""
    other = ('# a comment\ntopics:\n  - name: "Demo"\n    id: demo\n    terms:\n'
             "      en: {strong: [sister city], source: seen in use}\n")
    assert load(tmp_path, BASE).rule_version == load(tmp_path, other).rule_version


@pytest.mark.parametrize("edit", ["          - twin town\n", "    keep: 0.7\n",
                                  "    samples: {keep: [Twin towns meet]}\n",
                                  "      de:\n        source: seen in use\n        weak: [Partnerstadt]\n"])
def test_rule_version_sees_edits(tmp_path: Path, edit: str) -> None:
    """Any edit of the meaning changes the rule version."""
    assert load(tmp_path, BASE).rule_version != load(tmp_path, BASE + edit).rule_version


def test_shipped_file() -> None:
    """The shipped file loads, has both topics, and covers 40 languages that may keep a story."""
    topics = {t.id: t for t in load_topics(SHIPPED).topics}
    assert list(topics) == ["friendship_cities", "regional_development"]
    assert sum(block.gating for block in topics["friendship_cities"].terms.values()) >= 40
    assert sum(block.gating for block in topics["regional_development"].terms.values()) >= 35
    assert all(len(t.samples.keep) >= 100 and len(t.samples.drop) >= 50 for t in topics.values())


def test_every_term_has_a_source() -> None:
    """Every language says where its terms were seen; what was not seen there was checked by someone who knows the language,
    or is from knowledge alone and says so."""
    sources = [b.source for t in load_topics(SHIPPED).topics for b in t.terms.values()]
    told = re.compile(r"\bchecked$|from knowledge, not seen in use$|\.[a-z]{2,3}\b|pages|press|glossaries|labels|names")
    assert all(map(told.search, sources))


def test_either_company_will_do(tmp_path: Path) -> None:
    """A term may stand among context and abroad terms of a language, and nowhere else twice."""
    both = "        context: [partner city]\n        abroad: [partner city]\n"
    assert load(tmp_path, BASE + both).topics[0].terms["en"].abroad == ("partner city",)


def test_a_character_is_a_word(tmp_path: Path) -> None:
    """A single Chinese character may keep company in a rule, where a single letter may not."""
    text = BASE + "        words: {guests: [visits], place: [县]}\n        together:\n          - [guests, place]\n"
    assert load(tmp_path, text).topics[0].terms["en"].words["place"] == ("县",)


def test_a_rule_alone_may_keep(tmp_path: Path) -> None:
    """A topic that has nothing but a rule can keep stories."""
    text = BASE.replace("strong:\n          - sister city", "words: {guests: [visits], law: [mayor]}\n        together:\n          - [guests, law]")
    assert load(tmp_path, text).topics[0].terms["en"].together == (("guests", "law"),)


def test_a_folder_of_topics(tmp_path: Path) -> None:
    """Every file of the folder adds its topics, in the order of their names; a folder that is not there adds none."""
    folder = tmp_path / "topics"
    assert [t.id for t in load(tmp_path, BASE).topics] == ["demo"]
    folder.mkdir()
    (folder / "b.yaml").write_text(BASE.replace("demo", "second"), encoding="utf-8")
    (folder / "a.yaml").write_text(BASE.replace("demo", "first"), encoding="utf-8")
    (folder / "notes.txt").write_text("no topic", encoding="utf-8")
    loaded = load_topics(tmp_path / "topics.yaml", folder)
    assert [t.id for t in loaded.topics] == ["demo", "first", "second"]
    assert load_topics(tmp_path / "topics.yaml", tmp_path / "none") == load(tmp_path, BASE)


@pytest.mark.parametrize(("text", "line", "said"), [
    (BASE, 2, "'demo' stands twice (first in"),
    ("scoring: {window: 3}\n" + BASE.replace("demo", "other"), 1, "belongs into topics.yaml"),
    ("id: other\n", 1, "unknown key"),
    ("", 1, "is missing"),
    (BASE.replace("demo", "other").replace("strong", "strnog"), 7, "did you mean 'strong'?"),
])
def test_a_wrong_file_of_the_folder(tmp_path: Path, text: str, line: int, said: str) -> None:
    """The complaint names the file that is wrong, its line and its key."""
    load(tmp_path, BASE)
    (tmp_path / "topics").mkdir()
    wrong = tmp_path / "topics" / "x.yaml"
    wrong.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as e:
        load_topics(tmp_path / "topics.yaml", tmp_path / "topics")
    assert e.value.subject == f"{wrong}:{line}"
    assert said in e.value.message


def _large(source: str = "seen in use") -> str:
    return BASE.replace("seen in use", source) + "".join(f"          - the town of number {n} and its twin\n" for n in range(1500))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own, and no memory of what this process has read."""
    monkeypatch.setenv("TWINWIRE_CACHE", str(tmp_path / "cache"))
    _checked.cache_clear()
    return tmp_path / "cache"


def test_a_large_file_is_checked_once(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next process takes what was checked from the cache folder: the same topics, of the same version."""
    first = load(tmp_path, _large())
    _checked.cache_clear()
    monkeypatch.setattr("twinwire.config.topics.parse_topics", lambda _: pytest.fail("was parsed again"))
    again = load(tmp_path, _large())
    assert again == first
    assert again.rule_version == first.rule_version
    assert len(list(cache.glob("topics-*.json"))) == 1


def test_an_edited_file_is_checked_anew(tmp_path: Path, cache: Path) -> None:
    """Another byte is another file; a wrong one is complained of, and not kept."""
    load(tmp_path, _large())
    assert load(tmp_path, _large("seen elsewhere")).topics[0].terms["en"].source == "seen elsewhere"
    with pytest.raises(ConfigError, match="did you mean 'context'"):
        load(tmp_path, _large() + "        contxt: [foo bar]\n")
    assert len(list(cache.glob("topics-*.json"))) == 2


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"{}", b'{"topics": [1]}', b'{"topics": [{"terms": {"en": 3}}], "scoring": {}}', b"\xff"])
def test_a_damaged_cache_is_read_past(tmp_path: Path, cache: Path, content: bytes) -> None:
    """What lies there is no promise: the file itself is parsed, and kept anew."""
    first = load(tmp_path, _large())
    kept = next(cache.glob("topics-*.json"))
    whole = kept.read_bytes()
    kept.write_bytes(content)
    _checked.cache_clear()
    assert load(tmp_path, _large()) == first
    assert kept.read_bytes() == whole


def test_the_canonical_form_says_all(tmp_path: Path) -> None:
    """The shipped file comes back from it as it was."""
    topics = load_topics(SHIPPED)
    assert TopicsFile.from_canonical(topics.canonical()) == topics
