"""A little world with a past: feeds on a local server, topics that change, a data folder. Holds no test."""

from __future__ import annotations

import shutil
from copy import copy
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
from feedserver import FeedServer, Reply
from wires import NOW, at, config_folder, rows

from twinwire import config as configs
from twinwire import pipeline
from twinwire.config import Config
from twinwire.pipeline import Ingest, Options
from twinwire.rescreen import Options as Asked
from twinwire.rescreen import Report, Rescreen
from twinwire.summary import RunReport
from twinwire.warehouse.paths import DataFolder

TWINS = """
topics:
  - id: friendship_cities
    name: Friendship cities
    terms:
      en: {{source: made for these tests, strong: [{strong}]}}
  - id: regional_development
    name: Regional development
    terms:
      en: {{source: made for these tests, strong: [rural revival]}}
"""
SETTINGS = "publish: {max_age: 0s}\nrun: {parsers: 0}\n"


def topics(*strong: str) -> str:
    """A topics file whose first topic has these terms."""
    return TWINS.format(strong=", ".join(strong))


def item(n: int, title: str, text: str = "", guid: str = "", link: str = "") -> str:
    """An entry of a feed."""
    return (f"<item><guid isPermaLink='false'>{guid or f'g{n}'}</guid><link>{link or f'https://news.example/{n}'}</link><title>{title}</title>"
            f"<description>{text or f'Text {n}.'}</description><pubDate>Mon, 23 Nov 2026 0{n % 10}:00:00 GMT</pubDate></item>")


def feed(*items: str) -> Reply:
    """A feed of them."""
    return Reply(f"<rss version='2.0'><channel><title>T</title>{''.join(items)}</channel></rss>".encode())


class World:
    """A config folder whose sources are the given paths of the server, and a data folder that is filled from them."""

    def __init__(self, folder: Path, server: FeedServer, *paths: str, **source: Any) -> None:
        self.server, self.data = server, DataFolder(folder / "d")
        self.folder = config_folder(folder / "c", *(at(server, p, **{"language": "en", "store": "full"} | source) for p in paths))
        (self.folder / "settings.yaml").write_text(SETTINGS)
        self.judged_by("sister city agreement")

    def judged_by(self, *strong: str) -> None:
        """From now on these terms are the first topic's."""
        (self.folder / "topics.yaml").write_text(topics(*strong))

    def copied(self, folder: Path) -> World:
        """The same past in another folder: feeds as they are, data as they were left."""
        other = copy(self)
        other.folder, other.data = folder / "c", DataFolder(folder / "d")
        shutil.copytree(self.folder, other.folder)
        shutil.copytree(self.data.root, other.data.root)
        return other

    @property
    def config(self) -> Config:
        """As it is now."""
        return configs.load(self.folder)

    def run(self, now: datetime = NOW, **options: Any) -> RunReport:
        """One ingest."""
        return pipeline.run(Ingest(self.config, self.data, Options(**options), lambda: now))

    def open(self, now: datetime = NOW, **options: Any) -> Rescreen:
        """A rescreening, in this process unless told otherwise."""
        return Rescreen(self.config, self.data, Asked(**{"workers": 1} | options), lambda: now)

    def rescreen(self, now: datetime = NOW, **options: Any) -> Report:
        """One rescreening."""
        return self.open(now, **options).run()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Of the read copy."""
        return rows(self.data.warehouse, sql)

    def tables(self, *without: str) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table of the store, but for these columns."""
        return tables(self.data.store, *without)


def tables(path: Path, *without: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of a file, but for these columns and the search index, whose rows are numbered as they come."""
    with duckdb.connect(str(path), read_only=True) as con:
        found: dict[str, list[str]] = {}
        for schema, table, column in con.execute("SELECT schema_name, table_name, column_name FROM duckdb_columns() WHERE NOT internal"
                                                 " AND table_name IN (SELECT table_name FROM duckdb_tables()) ORDER BY 1, 2, column_index").fetchall():
            if column not in without and not table.startswith("search_"):
                found.setdefault(f"{schema}.{table}", []).append(f'"{column}"')
        return {t: con.execute(f"SELECT {', '.join(c)} FROM {t} ORDER BY ALL").fetchall() for t, c in found.items()}
