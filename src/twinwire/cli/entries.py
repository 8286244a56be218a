"""`parse`, `screen`, `normalise`, `explain`, `probe`: single stages by hand. Write to no warehouse; explain reads it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from twinwire.cli.inputs import lines, payload_bytes
from twinwire.cli.judging import judging
from twinwire.cli.options import CONFIG, DATA, AsJson, ConfigDir, DataDir
from twinwire.errors import ConfigError

FormatName = Annotated[str, typer.Option("--format", metavar="F", help="auto, feed, jsonfeed, newsml-g2, newsml-1, nitf, ninjs,"
                                                                       " sitemap, wire-text, page or json:NAME")]


def parse(
    file: Annotated[Path, typer.Argument(help="A payload: feed, JSON Feed …; - reads standard input")],
    format_: FormatName = "auto",
    url: Annotated[str | None, typer.Option("--url", metavar="U", help="Where it came from: base of relative links")] = None,
) -> None:
    """Show the entries of a payload file as JSON lines."""
    from datetime import UTC, datetime

    from twinwire.config import shipped_mappings
    from twinwire.config.mappings import PREFIX
    from twinwire.entryjson import entry_json
    from twinwire.parse import Unreadable
    from twinwire.parse import parse as read

    shape = _format(format_)
    parsed = read(payload_bytes(file), format=shape, url=url, mapping=shipped_mappings().get(shape.removeprefix(PREFIX)))
    if isinstance(parsed, Unreadable):
        raise ConfigError(str(file), f"{parsed.kind.value}: {parsed.message}")
    now = datetime.now(UTC)
    for entry in parsed.entries:
        typer.echo(json.dumps(entry_json(entry, now), ensure_ascii=False))
    for bad in parsed.quarantined:
        _say(f"{file}: entry {bad.position + 1} left out: {bad.reason}")
    if parsed.damage:
        _say(f"{file}: {parsed.damage}")


def screen(
    file: Annotated[Path, typer.Argument(help="JSON lines with title, summary, body (or content), language")],
    config: ConfigDir = CONFIG,
) -> None:
    """Judge entries; gives decision, score, reason and evidence as JSON lines."""
    from twinwire.entryjson import decision_json, text_from

    judge, places = judging(config)
    for row in lines(file):
        text, language = text_from(row), _text(row, "language")
        decision = judge.decide(text, language, places(text, language))
        typer.echo(json.dumps({"id": row.get("id"), **decision_json(decision)}, ensure_ascii=False))


def normalise(
    file: Annotated[Path, typer.Argument(help="JSON lines as `twinwire parse` gives them; - reads standard input")],
    places: Annotated[bool, typer.Option(help="Look datelines and places up in the gazetteer")] = True,
) -> None:
    """Turn entries into items; gives text, addresses, UTC times, language, wire, issuer, dateline and places as JSON lines."""
    from datetime import UTC, datetime

    from twinwire.entryjson import entry_from, item_json
    from twinwire.normalise.item import normalise as make
    from twinwire.probing import source_of
    from twinwire.relate import identity
    from twinwire.warehouse.gazetteer import open_gazetteer

    now, atlas = datetime.now(UTC), open_gazetteer() if places else None
    for i, row in enumerate(lines(file)):
        source = source_of(row)
        reading = identity.read([entry_from(row, i)], source)[0]
        typer.echo(json.dumps(item_json(make(reading, source, now, atlas)), ensure_ascii=False))


def explain(
    what: Annotated[str | None, typer.Argument(metavar="[ID|URL]", help="A kept item")] = None,
    text: Annotated[str | None, typer.Option("--text", metavar="T", help="Any text instead; its first line counts as the title")] = None,
    language: Annotated[str | None, typer.Option("--language", help="Language of --text")] = None,
    config: ConfigDir = CONFIG,
    data: DataDir = DATA,
    as_json: AsJson = False,
) -> None:
    """Say why an entry was kept or not, with the evidence marked, and what would have changed that."""
    from twinwire.entryjson import found_text, split_text
    from twinwire.screen.explain import explain as reasons
    from twinwire.warehouse.paths import DataFolder

    if (what is None) == (text is None):
        raise ConfigError("explain", "needs an item's id or address, or --text")
    judge, places = judging(config)
    subject, language = (split_text(text), language) if text is not None else found_text(DataFolder(data).warehouse, str(what))
    told = reasons(judge, subject, language, places(subject, language))
    if as_json:
        from twinwire.entryjson import explanation_json

        typer.echo(json.dumps([explanation_json(e) for e in told], ensure_ascii=False))
        return
    typer.echo(subject.title or "(no title)")
    for e in told:
        typer.echo(f"\n{e.name}: {e.verdict.value} ({e.score:.2f}) - {e.reason}")
        for m in e.evidence:
            typer.echo(f"  {m.match.field:8}{m.match.weight:+.2f}  …{m.before}[[{m.marked}]]{m.after}…".replace("\n", " ")
                       + f"   ('{m.match.term}', {m.match.rule})")
        if e.missing:
            typer.echo(f"  {e.missing}")


def probe(
    url: Annotated[str, typer.Argument(help="Address of a feed")],
    state: Annotated[Path | None, typer.Option("--state", metavar="DIR", help="Folder that remembers the feed between calls")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Entries known so far, as JSON lines")] = None,
    report: Annotated[Path | None, typer.Option("--report", metavar="FILE", help="The same as a web page")] = None,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="The same as CSV")] = None,
    format_: FormatName = "auto",
    allow_private: Annotated[bool, typer.Option("--allow-private", help="Let the address lead into a private network")] = False,
) -> None:
    """Try one feed without touching the warehouse. The last line is JSON: outcome, items, stored, error."""
    from datetime import UTC, datetime

    from twinwire.probing import Outputs, any_source
    from twinwire.probing import probe as try_feed

    source = any_source(url, format_=_format(format_), allow_private=allow_private)
    told = try_feed(source, state, Outputs(out, report, csv), datetime.now(UTC))
    typer.echo(json.dumps(told, ensure_ascii=False))
    if told["outcome"] == "error":
        raise typer.Exit(4)


def _text(row: dict[str, Any], key: str) -> str | None:
    value = row.get(key)
    return value if isinstance(value, str) else None


def _format(name: str) -> str:
    from twinwire.config import shipped_mappings
    from twinwire.config.document import nearest
    from twinwire.config.mappings import PREFIX
    from twinwire.config.sources import format_name
    from twinwire.formats import Format

    known = [*(f.value for f in Format), *(PREFIX + m for m in shipped_mappings())]
    try:
        if name.startswith(PREFIX) and name not in known:
            raise ValueError
        return format_name(name)
    except ValueError:
        near = nearest(name, known)
        raise ConfigError("--format", f"{name!r} is none of {', '.join(known)}{f'; did you mean {near}?' if near else ''}") from None


def _say(message: str) -> None:
    typer.echo(f"twinwire: {message}", err=True)
