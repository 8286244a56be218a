"""Known pairs from a CSV file of one's own. Columns: place_a, country_a, place_b, country_b and, if wanted, start, end, source.

A place may be "City, Region"; a country is a name or an ISO 3166-1 code; a date is a year, a month or a day. What cannot be
matched is told with its line and kept in a file that can be mended and imported.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from twinwire.config import Config
from twinwire.config.document import nearest
from twinwire.errors import ConfigError
from twinwire.normalise.atlas import Atlas
from twinwire.rejects import COLUMNS, Rejects
from twinwire.relate.knownpairs import Listed, Matched, Side, Unmatched, match, partial_date
from twinwire.warehouse.knownlinks import Entered, Entering, enter, keep
from twinwire.warehouse.paths import DataFolder

MAX_BYTES = 50 << 20
MAX_ROWS = 500_000
_NEEDED, _CELL = COLUMNS[:4], 300  # characters of a cell that are read
_KNOWN = {"started": "start", "ended": "end", "since": "start"} | {c: c for c in COLUMNS}
_QUOTED = re.compile(r"'(?=\s*[=+\-@])")  # as our own CSV writes what a spreadsheet would run


@dataclass(slots=True)
class FileReport:
    """What an import did, or (dry) would do. ``repeated``: lines whose pair stood in the file before."""

    rows: int = 0
    matched: int = 0
    repeated: int = 0
    unmatched: list[tuple[str, str]] = field(default_factory=list)  # line, reason
    ignored: tuple[str, ...] = ()                                   # columns that are not read
    entered: Entered = field(default_factory=Entered)
    rejects: str | None = None


def import_file(file: Path, config: Config, data: DataFolder, atlas: Atlas, now: datetime | None) -> FileReport:
    """Match the pairs of ``file`` and load them. ``now`` None: a dry run, which writes nothing.

    Raises :class:`ConfigError` for a file that is no such CSV, :class:`~twinwire.errors.Busy` when another run is at work.
    """
    report = FileReport()
    found: dict[tuple[str, str], Matched] = {}
    unmatched = []
    for told in rows(_text(file), str(file), file.stem, report):
        report.rows += 1
        one = told if isinstance(told, Unmatched) else match(told, atlas)
        if isinstance(one, Unmatched):
            unmatched.append(one)
            continue
        ref = f"{one.place_a.place_id}-{one.place_b.place_id}"
        report.repeated += (one.listed.source, ref) in found
        found[one.listed.source, ref] = replace(one, listed=replace(one.listed, ref=ref))
    report.matched = len(found)
    report.unmatched = [(u.listed.ref, u.reason) for u in unmatched]
    if now is not None:
        _write(file, (list(found.values()), unmatched), (config, data, now), report)
    return report


def rows(text: str, name: str, source: str, report: FileReport | None = None) -> Iterator[Listed | Unmatched]:
    """Lines of the CSV ``text``; ``name`` is what errors call it, ``source`` what a line is from that does not say so."""
    reader = csv.reader(io.StringIO(text), delimiter=";" if text.partition("\n")[0].count(";") >= len(_NEEDED) - 1 else ",", strict=True)
    try:
        columns = _columns(next(reader, []), name, report)
        begun = reader.line_num + 1
        for number, cells in enumerate(reader):
            if number >= MAX_ROWS:
                raise ConfigError(name, f"holds more than {MAX_ROWS:,} rows; split it")
            if any(c.strip() for c in cells):
                yield _listed({c: _cell(cells[i]) for c, i in columns.items() if i < len(cells)}, f"line {begun}", source)
            begun = reader.line_num + 1
    except csv.Error as e:
        raise ConfigError(f"{name}:{reader.line_num}", f"is no CSV from here on ({e})") from None


def _columns(head: list[str], name: str, report: FileReport | None) -> dict[str, int]:
    named = [h.strip().casefold() for h in head]
    found: dict[str, int] = {}
    for i, h in enumerate(named):
        found.setdefault(_KNOWN.get(h, h), i)
    if missing := [c for c in _NEEDED if c not in found]:
        near = f" (is {near!r} meant?)" if (near := nearest(missing[0], named)) else ""
        raise ConfigError(f"{name}:1", f"has no column {missing[0]}{near}; needed are {', '.join(_NEEDED)}")
    if report is not None:
        report.ignored = tuple(h for h in named if h and h not in _KNOWN)
    return {c: i for c, i in found.items() if c in COLUMNS}


def _listed(row: Mapping[str, str], line: str, source: str) -> Listed | Unmatched:
    a, b = (Side(name=row.get(f"place_{s}", ""), country=row.get(f"country_{s}") or None) for s in "ab")
    listed = Listed(ref=line, a=a, b=b, source=row.get("source") or source, started=row.get("start") or None, ended=row.get("end") or None)
    try:
        started, ended = partial_date(listed.started), partial_date(listed.ended)
    except ValueError as e:
        return Unmatched(listed=listed, reason=str(e))
    if started and ended and ended < started[:len(ended)]:
        return Unmatched(listed=listed, reason=f"ends ({ended}) before it begins ({started})")
    return listed


def _cell(text: str) -> str:
    return " ".join(_QUOTED.sub("", text, count=1).split())[:_CELL]


def _text(file: Path) -> str:
    try:
        with file.open("rb") as f:
            body = f.read(MAX_BYTES + 1)
    except OSError as e:
        raise ConfigError(str(file), f"cannot be read ({e.strerror})") from None
    if len(body) > MAX_BYTES:
        raise ConfigError(str(file), f"is larger than {MAX_BYTES >> 20} MB; split it")
    try:
        return body.decode("utf-8-sig").replace("\0", "")
    except UnicodeDecodeError as e:
        line = body.count(b"\n", 0, e.start) + 1
        raise ConfigError(f"{file}:{line}", "is not UTF-8; save it as CSV in UTF-8") from None


def _write(file: Path, pairs: tuple[list[Matched], list[Unmatched]], where: tuple[Config, DataFolder, datetime],
           report: FileReport) -> None:
    (found, unmatched), (config, data, now) = pairs, where
    data.prepare()
    data.links.mkdir(exist_ok=True, mode=0o700)
    rejects = Rejects(data.links / f"{file.stem}.rejects.csv", anew=True)
    rejects.add(unmatched)
    rejects.save()
    report.rejects = str(data.links / f"{file.stem}.rejects.csv") if unmatched else None
    if found:
        keep(data, found, now)
    report.entered = enter(data, Entering(trigger="links import", wait=config.settings.run.lock_wait, config_version=config.version,
                                          backups=config.settings.publish.backups), now)
