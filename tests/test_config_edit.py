"""Edits of sources.yaml: what is asked for changes, and no other character does."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from twinwire.config.edit import NotEditableError, appended, switched

ROOT = Path(__file__).parents[1]
SHIPPED = (ROOT / "config" / "sources.yaml").read_text(encoding="utf-8")
MEANT = yaml.load(SHIPPED, yaml.CSafeLoader)
IDS = [s["id"] for s in MEANT["sources"]]
NEW = {"id": "n", "name": "N: new", "url": "https://n.example/", "enabled": False, "tags": ["a", "b, c"]}


def set_to(value: Any, wanted: dict[str, bool]) -> Any:
    """The meaning of a file with ``enabled`` set."""
    value = copy.deepcopy(value)
    for source in value["sources"]:
        if source["id"] in wanted:
            source["enabled"] = wanted[source["id"]]
    return value


@settings(max_examples=8)  # of a file of a thousand lines each
@given(st.dictionaries(st.sampled_from(IDS), st.booleans(), min_size=1, max_size=5))
def test_switching_changes_lines_of_enabled_only(wanted: dict[str, bool]) -> None:
    """In the shipped file, with its comments and block texts: every other line stays, in its order."""
    after = switched(SHIPPED, wanted)
    assert yaml.load(after, yaml.CSafeLoader) == set_to(MEANT, wanted)
    rest = [line for line in after.splitlines() if not line.startswith("    enabled: ")]
    assert rest == [line for line in SHIPPED.splitlines() if not line.startswith("    enabled: ")]


def test_switching_back_gives_the_same_file() -> None:
    """Where `enabled` stood already, on and off again leaves no trace."""
    off = [s["id"] for s in MEANT["sources"] if s.get("enabled") is False]
    there = switched(SHIPPED, dict.fromkeys(off, True))
    assert there != SHIPPED
    assert switched(there, dict.fromkeys(off, False)) == SHIPPED


def test_enabled_goes_before_what_is_longer_than_a_line() -> None:
    """Behind the short keys, where the shipped file has it."""
    after = switched(SHIPPED, {"globenewswire-government": False})
    assert "    expect: {min: 5, max: 40, quiet_after: 5d}\n    enabled: false\n    quirks: >-\n" in after


@pytest.mark.parametrize(("before", "after"), [
    ("sources:\n- id: a\n  url: u\n", "sources:\n- id: a\n  url: u\n  enabled: false\n"),
    ("sources:\n- id: a\n  enabled: yes # why\n", "sources:\n- id: a\n  enabled: false # why\n"),
    ("sources:\n- id: a\n  'enabled':   !!bool \"true\"\n  url: u\n", "sources:\n- id: a\n  'enabled':   false\n  url: u\n"),
    ("sources:\n  - id: a\n    url: u # c", "sources:\n  - id: a\n    url: u # c\n    enabled: false\n"),
    ("sources:\r\n- id: a\r\n  url: u\r\n", "sources:\r\n- id: a\r\n  url: u\r\n  enabled: false\r\n"),
    ("sources:\n- terms: |\n    id: x\n    enabled: true\n  id: a\n\n\n- id: b\n",
     "sources:\n- terms: |\n    id: x\n    enabled: true\n  id: a\n  enabled: false\n\n\n- id: b\n"),
    ("sources:\n- terms: >+\n    t\n\n\n  id: 'a\n    '\n- id: a\n", "sources:\n- terms: >+\n    t\n\n\n  id: 'a\n    '\n- id: a\n  enabled: false\n"),
    ("sources: [{id: a, url: u}, {id: b}]\n", "sources: [{id: a, url: u, enabled: false}, {id: b}]\n"),
    ("sources:\n- {id: a, # c }\n   url: u,\n   }\n", "sources:\n- {id: a, # c }\n   url: u, enabled: false,\n   }\n"),
    ('{"sources": [{"id": "a"}]}', '{"sources": [{"id": "a", "enabled": false}]}'),
    ("x: &on true\nsources:\n- id: a\n  enabled: *on\n- id: b\n  enabled: *on\n",
     "x: &on true\nsources:\n- id: a\n  enabled: false\n- id: b\n  enabled: *on\n"),
    ("x: &base {enabled: true}\nsources:\n- <<: *base\n  id: a\n", "x: &base {enabled: true}\nsources:\n- <<: *base\n  id: a\n  enabled: false\n"),
    ("--- # c\nsources:\n- tags:\n  - x\n  id: a\n...\n", "--- # c\nsources:\n- tags:\n  - x\n  id: a\n  enabled: false\n...\n"),
])
def test_every_way_of_writing_a_source(before: str, after: str) -> None:
    """Block and flow, quoted, anchored, with comments, either line ending, without a last one."""
    assert switched(before, {"a": False}) == after
    assert yaml.safe_load(after) == set_to(yaml.safe_load(before), {"a": False})


def added(before: str, *rows: dict[str, Any]) -> str:
    """The file with rows behind it, checked to hold the same and the rows."""
    after = appended(before, rows)
    value = yaml.safe_load(before)
    value["sources"] = [*value["sources"], *rows]
    assert yaml.safe_load(after) == value
    return after


def test_new_sources_look_like_the_old_ones() -> None:
    """In the shipped file: at its end, with the indentation and the blank lines of the others."""
    assert added(SHIPPED, NEW) == SHIPPED + (
        "\n  - id: n\n    name: 'N: new'\n    url: https://n.example/\n    enabled: false\n    tags: [a, 'b, c']\n")
    assert appended(SHIPPED, []) == SHIPPED


@pytest.mark.parametrize(("before", "after"), [
    ("sources: []\n", "sources:\n  - id: n\n"),
    ("sources: []  # none yet\n# end\n", "sources:  # none yet\n  - id: n\n# end\n"),
    ("sources: [\n  ]", "sources:\n  - id: n\n"),
    ("sources:\n- id: a\n- id: b\ndefaults: {}\n", "sources:\n- id: a\n- id: b\n- id: n\ndefaults: {}\n"),
    ("sources:\n- id: a\n\n# second\n- id: b\n\ndefaults: {}\n", "sources:\n- id: a\n\n# second\n- id: b\n\n- id: n\n\ndefaults: {}\n"),
    ("sources:\n- id: a\n- id: b # c\n  # quirks: x\n\n# far\n", "sources:\n- id: a\n- id: b # c\n  # quirks: x\n- id: n\n\n# far\n"),
    ("sources:\r\n  - id: a\r\n  - id: b", "sources:\r\n  - id: a\r\n  - id: b\r\n  - id: n\r\n"),
    ("sources:\n- id: a\n- id: b\n  terms: >-\n    t\n\n\n", "sources:\n- id: a\n- id: b\n  terms: >-\n    t\n- id: n\n\n\n"),
    ("sources:\n- id: a\n\n- id: b\n  terms: |+ # kept\n    t\n\n", "sources:\n- id: a\n\n- id: b\n  terms: |+ # kept\n    t\n\n- id: n\n"),
    ("sources: [{id: a}, # c\n  {id: b},]\n", "sources: [{id: a}, # c\n  {id: b}, {\"id\": \"n\"},]\n"),
    ('{"sources": []}', '{"sources": [{"id": "n"}]}'),
    ("x: &x [1]\nsources:\n- id: a\n- id: b\n  tags:\n  - *x\n", "x: &x [1]\nsources:\n- id: a\n- id: b\n  tags:\n  - *x\n- id: n\n"),
    ("sources:\n- id: a\n- id: b\n  tags: *x\n".replace("sources", "x: &x [1]\nsources"), "x: &x [1]\nsources:\n- id: a\n- id: b\n  tags: *x\n- id: n\n"),
    ("sources:\n- id: a\n- id: b\n...\n", "sources:\n- id: a\n- id: b\n- id: n\n...\n"),
])
def test_every_way_of_writing_a_list(before: str, after: str) -> None:
    """New sources come behind the last one, before what belongs to somebody else."""
    assert added(before, {"id": "n"}) == after


TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)


@given(TEXT, st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=9), max_size=3))
def test_any_value_is_written_so_that_it_is_read_again(text: str, tags: list[str]) -> None:
    """Quoted where YAML would take it for something else, on one line."""
    row = {"id": "n", "name": text, "tags": tags}
    assert added("sources:\n- id: a\n- id: b\n", row).count("\n") == 6


LINES = st.sampled_from(["", "# c", "    # c", "  # id: x", "#enabled: true"])


@given(st.lists(st.fixed_dictionaries(
    {"name": st.sampled_from(["A", "x: y", "two\nlines\n", "  ", "#"])},
    optional={"enabled": st.booleans(), "terms": st.sampled_from(["t", "long " * 40, "a\n\nb\n\n"]), "tags": st.lists(st.just("x"), max_size=3),
              "expect": st.just({"min": 1, "max": 2}), "url": st.just("https://a.example/")}), min_size=1, max_size=4),
    st.sampled_from([True, False, None]), st.integers(2, 6), st.sampled_from(["\n", "\r\n"]), st.data())
def test_any_layout_keeps_its_meaning(rows: list[dict[str, Any]], flow: bool | None, indent: int, newline: str, data: st.DataObject) -> None:
    """Whatever YAML's own writer makes of some sources, with comments strewn in, is edited or refused, never garbled."""
    value = {"sources": [{"id": f"s{i}", **row} for i, row in enumerate(rows)], "defaults": {}}
    lines = yaml.safe_dump(value, default_flow_style=flow, indent=indent, sort_keys=data.draw(st.booleans())).splitlines()
    for at in sorted(data.draw(st.sets(st.integers(0, len(lines)), max_size=4)), reverse=True):
        lines.insert(at, data.draw(LINES))
    text = newline.join(lines) + data.draw(st.sampled_from(["", newline]))
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError:
        return  # a comment inside a quoted text is none
    if [s["id"] for s in value["sources"]] != [f"s{i}" for i in range(len(rows))]:
        return
    wanted = data.draw(st.dictionaries(st.sampled_from([s["id"] for s in value["sources"]]), st.booleans()))
    assert yaml.safe_load(switched(text, wanted)) == set_to(value, wanted)
    after = yaml.safe_load(appended(text, [NEW, {**NEW, "id": "m"}]))
    assert after["sources"][len(rows):] == [NEW, {**NEW, "id": "m"}]
    assert [s["id"] for s in after["sources"][:len(rows)]] == [s["id"] for s in value["sources"]]


@pytest.mark.parametrize(("text", "says"), [
    ("- id: a\n", "not written out"),
    ("", "not written out"),
    ("x: &x\n- id: a\nsources: *x\n", "not written out"),
    ("x: &a a\nsources:\n- id: *a\n", "the id 'a' is written where it cannot be found"),
    ("sources:\n- id: |-\n    a\n", "no safe place for `enabled`"),
])
def test_what_cannot_be_edited_is_refused(text: str, says: str) -> None:
    """Sound YAML, but nothing a mark points to."""
    with pytest.raises(NotEditableError, match=says):
        switched(text, {"a": True})


def test_a_list_with_a_tag_is_not_appended_to() -> None:
    """The mark of such a list is that of its tag."""
    with pytest.raises(NotEditableError, match="has a tag or an anchor"):
        appended("sources: !!seq\n- id: a\n", [NEW])
