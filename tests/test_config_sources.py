"""The format of a source."""

from __future__ import annotations

import re

import pytest
from pydantic import ValidationError

from twinwire.config.sources import Format, Source, format_name


def source(name: str) -> Source:
    return Source(id="a", name="A", url="https://a.example/", format=name)


@pytest.mark.parametrize("name", [*(str(f) for f in Format), "json:gdelt", "json:a-list.2"])
def test_known_formats_and_mappings(name: str) -> None:
    """Every format is taken by its name, and a mapping by json: and its name."""
    assert source(name).format == name == format_name(name)


@pytest.mark.parametrize("name", ["", "rss", "json:", "json:A B", "JSON:gdelt", "json", "json:a\n", "NITF"])
def test_unknown_formats_are_refused_with_the_list(name: str) -> None:
    """The complaint names what is valid."""
    with pytest.raises(ValidationError, match=r"newsml-g2.*json: with the name of a mapping"):
        source(name)


def test_editors_complete_the_names() -> None:
    """The schema lists the formats and describes a mapping's name."""
    listed, mapped = Source.model_json_schema()["properties"]["format"]["anyOf"]
    assert listed["enum"] == [str(f) for f in Format]
    assert re.match(mapped["pattern"], "json:gdelt")
