"""Kept items out of the house, in the form asked for: whole, beside the file that is replaced, or not at all."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

from twinwire.errors import ConfigError
from twinwire.report.cells import safe_cell
from twinwire.report.feeds import FeedItem, Head, atom, json_feed
from twinwire.warehouse import export as kept
from twinwire.warehouse.export import Wanted


class Form(StrEnum):
    """Forms of an export."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"
    ATOM = "atom"
    JSONFEED = "jsonfeed"


FEED_ITEMS = 200  # the newest, where no other number is asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What to export. ``address`` is where a feed will be found."""

    form: Form
    wanted: Wanted
    address: str | None = None


def export(warehouse: Path, asked: Asked, out: Path | None, now: datetime) -> int:
    """Write the items to ``out``, or to standard output. Returns the bytes written.

    Raises :class:`ConfigError` for a topic that is none and a file that cannot be written.
    """
    if asked.wanted.topic is not None:
        kept.check_topic(warehouse, asked.wanted.topic)
    with _beside(out) as file:
        return _WRITERS[asked.form](warehouse, asked, file, now)


def _csv(warehouse: Path, asked: Asked, file: IO[bytes], _now: datetime) -> int:
    columns = kept.columns(warehouse)
    size = file.write(_csv_line(columns))
    for item in kept.items(warehouse, asked.wanted):
        size += file.write(_csv_line(safe_cell("; ".join(v) if isinstance(v, list) else v) for v in item.values()))
    return size


def _csv_line(cells: Iterable[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue().encode("utf-8", "replace")


def _jsonl(warehouse: Path, asked: Asked, file: IO[bytes], _now: datetime) -> int:
    lines = (json.dumps(item, default=_plain, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
             for item in kept.items(warehouse, asked.wanted))
    return sum(file.write(line) for line in lines)


def _parquet(warehouse: Path, asked: Asked, file: IO[bytes], _now: datetime) -> int:
    return file.write(kept.parquet(warehouse, asked.wanted))


def _feed(make: Callable[[Head, list[FeedItem]], bytes]) -> Callable[[Path, Asked, IO[bytes], datetime], int]:
    def write(warehouse: Path, asked: Asked, file: IO[bytes], now: datetime) -> int:
        topic = asked.wanted.topic
        title = f"twinwire: {topic.replace('_', ' ')}" if topic else "twinwire: kept stories"
        head = Head(name=topic or "all", title=title, made_at=now, address=asked.address)
        return file.write(make(head, [_feed_item(i) for i in kept.items(warehouse, asked.wanted)]))

    return write


_WRITERS = {Form.CSV: _csv, Form.JSONL: _jsonl, Form.PARQUET: _parquet, Form.ATOM: _feed(atom), Form.JSONFEED: _feed(json_feed)}


def _feed_item(row: Mapping[str, Any]) -> FeedItem:
    published = _utc(row["published_at"])
    seen = _utc(row["first_seen_at"])
    assert seen is not None
    return FeedItem(
        item_id=row["item_id"], title=row["title"], updated=_utc(row["updated_at"]) or published or seen, published=published,
        url=row["url"], summary=row["summary"], body=row["body"], language=row["language"], topics=row["topics"],
        source=row["source"] or row["source_id"], author=row["author"])


def _utc(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=UTC) if at else None


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


@contextmanager
def _beside(out: Path | None) -> Iterator[IO[bytes]]:
    """A file that takes the place of ``out`` when all is written; standard output, or what is no regular file, is written to."""
    if out is None:
        yield sys.stdout.buffer
        return
    try:
        if out.exists() and not out.is_file():
            with out.open("wb") as file:
                yield file
            return
        path = out.resolve()
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = Path(file.name)
            try:
                yield file
                file.flush()
                os.fsync(file.fileno())
                temporary.chmod(0o644)
                temporary.replace(path)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
    except OSError as e:
        raise ConfigError(str(out), f"cannot be written ({e.strerror})") from None
