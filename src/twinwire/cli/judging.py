"""The screening as single commands use it: the topics of a config folder, and places where they matter. Decides nothing itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from twinwire.cli.options import config_folder

if TYPE_CHECKING:  # a command loads what it needs, when it needs it
    from twinwire.records import Text
    from twinwire.screen import Places, Screen

PlacesOf = Callable[["Text", "str | None"], Callable[[], "Places"]]


def judging(config: Path) -> tuple[Screen, PlacesOf]:
    """The compiled topics, and what gives the places of a text in a language; the gazetteer is opened when it is first needed."""
    from twinwire import config as configs
    from twinwire.screen import compiled

    return compiled(configs.load(config_folder(config)).topics), lambda text, language: lambda: _places(text, language)


def _places(text: Text, language: str | None) -> Places:
    from twinwire.warehouse.gazetteer import shared
    from twinwire.whereabouts import places_of

    return places_of(text, language, None, shared)()
