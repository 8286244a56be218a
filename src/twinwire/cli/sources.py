"""`sources …`: the catalogue, its health, and changes to it. Edits no file itself."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from twinwire.cli.options import CONFIG, AsJson, ConfigDir, config_folder
from twinwire.errors import ConfigError, Kind, NothingRead

if TYPE_CHECKING:
    from twinwire.config import Config, Source
    from twinwire.discover import Seen

_SHOWN = 10  # addresses that cannot be used; the rest are counted

app = typer.Typer(no_args_is_help=True, help="The catalogue of sources", rich_markup_mode=None)


@app.command("list")
def list_(
    config: ConfigDir = CONFIG,
    everything: Annotated[bool, typer.Option("--all", help="Disabled sources too")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the sources of the catalogue."""
    from twinwire import config as configs

    found = [s for s in configs.load(config_folder(config)).sources if everything or s.enabled]
    if as_json:
        typer.echo(json.dumps([s.model_dump(mode="json") for s in found], ensure_ascii=False))
        return
    from twinwire.cli.screen_of import table

    table("", ["id", "name", "wire", "language", "country", "schedule", "store", "enabled", "url"],
          [[s.id, s.name, s.wire, s.language, s.country, s.schedule, s.store, "yes" if s.enabled else "no", s.url] for s in found])
    typer.echo(f"{len(found)} sources" + ("" if everything else " enabled (--all shows the others)"))


@app.command("check")
def check(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Only these; none means all enabled")] = None,
    config: ConfigDir = CONFIG,
    as_json: AsJson = False,
) -> None:
    """Ask every source once, without touching the warehouse, and say how each is doing."""
    from datetime import UTC, datetime

    from twinwire import config as configs
    from twinwire.probing import check_all

    loaded = configs.load(config_folder(config))
    wanted = [loaded.source(i) for i in ids] if ids else [s for s in loaded.sources if s.enabled]
    checks = check_all(wanted, loaded, datetime.now(UTC))
    if as_json:
        typer.echo(json.dumps(checks, ensure_ascii=False, default=str))
    else:
        _show(checks)
    if checks and all(c["class"] for c in checks):
        raise typer.Exit(NothingRead.exit_code)


def _show(checks: list[dict[str, Any]]) -> None:
    from twinwire.cli.screen_of import table

    columns = ["source", "health", "http", "entries", "newest", "format", "KB", "seconds", "note"]
    table("", columns, [[c[k] for k in columns] for c in checks], frozenset({2, 3, 6, 7}))
    bad = sum(bool(c["class"]) for c in checks)
    typer.echo(f"{len(checks) - bad} of {len(checks)} sources can be read")


@app.command("add")
def add(
    url: Annotated[str, typer.Argument(help="Address of a feed")],
    id_: Annotated[str | None, typer.Option("--id", help="Key in the warehouse, never to be changed; made of host and title")] = None,
    name: Annotated[str | None, typer.Option("--name", help="What people read; else the feed's title")] = None,
    language: Annotated[str | None, typer.Option("--language", help="BCP 47; else what the feed says")] = None,
    country: Annotated[str | None, typer.Option("--country", help="ISO 3166-1 of the publisher: DE")] = None,
    timezone: Annotated[str | None, typer.Option("--timezone", help="IANA zone for dates without one")] = None,
    wire: Annotated[str | None, typer.Option("--wire", help="Agency whose copy this is, as datelines name it")] = None,
    publisher: Annotated[str | None, typer.Option("--publisher", help="Who publishes the feed")] = None,
    schedule: Annotated[str | None, typer.Option("--schedule", help="fast, hourly, daily or a cron line")] = None,
    format_: Annotated[str | None, typer.Option("--format", metavar="F", help="How it is read; else its bytes tell")] = None,
    store: Annotated[str | None, typer.Option("--store", help="excerpt or full: what its terms allow to be kept")] = None,
    terms: Annotated[str | None, typer.Option("--terms", help="What you know of its terms of use")] = None,
    auth: Annotated[str | None, typer.Option("--auth", metavar="env:NAME", help="Variable that holds user:password or a token")] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="Word to group by; may be repeated")] = None,
    allow_private: Annotated[bool, typer.Option("--allow-private", help="It may live on a private address")] = False,
    disabled: Annotated[bool, typer.Option("--disabled", help="Add it, but do not read it yet")] = False,
    unchecked: Annotated[bool, typer.Option("--unchecked", help="Do not ask it first")] = False,
    config: ConfigDir = CONFIG,
) -> None:
    """Add a source to sources.yaml, after asking it once. Nothing else in the file changes."""
    from twinwire import cataloguefile
    from twinwire import config as configs
    from twinwire.catalogue import as_source, filled, is_local, new_row

    given = {"id": id_, "name": name, "format": format_, "wire": wire, "publisher": publisher, "language": language,
             "country": country.upper() if country else None, "timezone": timezone, "schedule": schedule, "store": store,
             "terms": terms, "auth": auth, "tags": tag, "allow_private": allow_private or None, "enabled": False if disabled else None}
    loaded, told = configs.load(cataloguefile.editable(config)), "not asked"
    row = new_row(loaded, url, given)
    if not unchecked:
        seen = _asked(loaded, as_source(row, config))
        given, told = filled(given, seen.title, seen.language), seen.told
        url = url if is_local(url) else seen.url
    source = cataloguefile.add(config, url, given)
    asleep = "" if source.enabled or disabled else ", not enabled: the file's defaults say so"
    typer.echo(f"{source.id}: added to {config / 'sources.yaml'} ({told}{asleep})")
    _say_terms(source)


def _asked(loaded: Config, source: Source) -> Seen:
    from datetime import UTC, datetime

    from twinwire.catalogue import shown
    from twinwire.discover import look
    from twinwire.fetch import Fetcher
    from twinwire.records import Failure

    with Fetcher(loaded.settings.fetch, force=True) as fetcher:
        seen = look(fetcher, source, loaded.mappings, datetime.now(UTC))
    if isinstance(seen, Failure):
        also = {Kind.NOT_A_FEED: "`twinwire sources discover` finds the feeds of a page, ",
                Kind.REFUSED_ADDRESS: "here with --allow-private, "}.get(seen.kind, "")
        raise NothingRead(shown(source.url), f"{seen.kind.value}: {seen.message}; {also}--unchecked adds it all the same")
    if not seen.is_feed:
        raise NothingRead(shown(source.url), f"{Kind.NOT_A_FEED.value}: {seen.note}")
    return seen


@app.command("discover")
def discover(
    url: Annotated[str, typer.Argument(help="A page, or a feed")],
    allow_private: Annotated[bool, typer.Option("--allow-private", help="Let the page be on a private address")] = False,
    config: ConfigDir = CONFIG,
    as_json: AsJson = False,
) -> None:
    """Show the feeds of a page: those it names or links to, else those found where feeds usually are."""
    from datetime import UTC, datetime

    from twinwire import config as configs
    from twinwire.catalogue import address, by_key, is_local, key, shown
    from twinwire.discover import discover as search
    from twinwire.records import Failure

    loaded = configs.load(config_folder(config))
    if is_local(url):
        raise ConfigError(url, "is no page; only pages of the web are searched for feeds")
    found = search(address(url), loaded.settings.fetch, datetime.now(UTC), allow_private=allow_private)
    if isinstance(found, Failure):
        raise NothingRead(shown(url), f"{found.kind.value}: {found.message}")
    known = by_key(loaded)
    rows = [{"url": s.url, "title": s.title, "format": s.format, "entries": s.entries, "language": s.language, "how": s.how,
             "newest": s.newest.isoformat(timespec="minutes") if s.newest else None, "note": s.note,
             "source": known[k].id if (k := key(s.url, loaded.folder)) in known else None} for s in found.feeds]
    for failed, why in found.failed:
        _say(f"{shown(failed)}: {why}")
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
    elif rows:
        from twinwire.cli.screen_of import table

        columns = ["url", "title", "format", "entries", "newest", "source", "note"]
        table("", columns, [[r[c] for c in columns] for r in rows], frozenset({3}))
        if found.is_feed:
            typer.echo("this address is a feed itself")
    if not found.any_feed:
        raise NothingRead(shown(url), "names no feed that can be read, and there is none where feeds usually are")


@app.command("import")
def import_(
    file: Annotated[str, typer.Argument(metavar="FILE", help="OPML, as feed readers export it; - is stdin")],
    enabled: Annotated[bool | None, typer.Option("--enabled/--disabled", help="Read them, or only list them; else as FILE says")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be added, and change nothing")] = False,
    config: ConfigDir = CONFIG,
) -> None:
    """Add the feeds of an OPML file to sources.yaml. Those that are there already stay as they are. Asks none of them."""
    from twinwire import catalogue, cataloguefile, opml
    from twinwire import config as configs

    feeds = opml.read(_list(file, opml.MAX_BYTES), file)
    if dry_run:
        from twinwire.cli.screen_of import table

        now = catalogue.imported(configs.load(cataloguefile.editable(config)), feeds, enabled=enabled)
        table("", ["id", "name", "language", "tags", "enabled", "url"],
              [[r["id"], r["name"], r.get("language"), ", ".join(r.get("tags", ())), "yes" if r.get("enabled", True) else "no", r["url"]]
               for r in now.rows])
    else:
        now = cataloguefile.merge(config, feeds, enabled=enabled)
    for url, why in now.unusable[:_SHOWN]:
        _say(f"{url}: {why}")
    if len(now.unusable) > _SHOWN:
        _say(f"… and {len(now.unusable) - _SHOWN} more")
    typer.echo(f"{len(now.rows)} sources {'would be ' if dry_run else ''}added, {now.known} were there already"
               + (f", {len(now.unusable)} cannot be used" if now.unusable else ""))


@app.command("export")
def export(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Where to write it; else stdout")] = None,
    enabled: Annotated[bool, typer.Option("--enabled", help="Only sources that are read")] = False,
    config: ConfigDir = CONFIG,
) -> None:
    """Give the catalogue as OPML 2.0, for feed readers. Files and folders of this machine are left out."""
    from datetime import UTC, datetime

    from twinwire import config as configs
    from twinwire import opml
    from twinwire.catalogue import outlines
    from twinwire.cataloguefile import write

    chosen = [s for s in configs.load(config_folder(config)).sources if s.enabled or not enabled]
    data = opml.write(outlines(chosen), "twinwire", datetime.now(UTC))
    if file is None:
        typer.echo(data, nl=False)
    else:
        write(file, data)
    local = sum(s.is_local for s in chosen)
    if local:
        _say(f"{local} sources that are files or folders of this machine are left out")
    if file is not None:
        typer.echo(f"{len(chosen) - local} sources written to {file}")


Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="Sources as `sources list --all` names them")]


@app.command("enable")
def enable(ids: Ids, config: ConfigDir = CONFIG) -> None:
    """Read these sources from now on. Shows their terms: enabling says that your use is allowed."""
    _switch(ids, config, on=True)


@app.command("disable")
def disable(ids: Ids, config: ConfigDir = CONFIG) -> None:
    """Stop reading these sources. What was read of them stays."""
    _switch(ids, config, on=False)


def _switch(ids: list[str], config: Path, *, on: bool) -> None:
    from twinwire.cataloguefile import switch

    state = "enabled" if on else "disabled"
    for source, changed in switch(config, ids, on=on):
        typer.echo(f"{source.id}: {state}" if changed else f"{source.id}: was {state} already")
        if on:
            _say_terms(source)


def _say_terms(source: Source) -> None:
    typer.echo(f"  terms: {source.terms or 'none are written down; read them, and note them under terms:'}")


def _list(file: str, cap: int) -> bytes:
    """At most one byte more than ``cap``, which is enough to be refused."""
    try:
        if file == "-":
            return sys.stdin.buffer.read(cap + 1)
        with Path(file).open("rb") as f:
            return f.read(cap + 1)
    except OSError as e:
        raise ConfigError(file, f"cannot be read ({e.strerror})") from None


def _say(message: str) -> None:
    print(f"twinwire: {message}", file=sys.stderr)  # noqa: T201
