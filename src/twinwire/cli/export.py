"""`export`, `publish`, `shell`: what leaves the warehouse, its read copy, and questions by hand. Holds no logic of its own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twinwire.cli.options import CONFIG, DATA, ConfigDir, DataDir, config_folder
from twinwire.errors import ConfigError, StoreDamaged

if TYPE_CHECKING:
    from twinwire.warehouse.shell import Session, Shown

_ROWS = 200  # shown of an answer
_WIDE = 12   # columns that still fit beside each other
_HELP = """A question in SQL ends with a semicolon or an empty line. Nothing can be changed here.
.tables         tables, views and macros
.columns NAME   columns of one, with what they mean
.quit           leave (Ctrl-D does too)"""


def export(
    form: Annotated[str, typer.Option("--format", metavar="F", help="csv, jsonl, parquet, atom or jsonfeed")],
    topic: Annotated[str | None, typer.Option("--topic", metavar="T", help="Only items kept for this topic")] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help="Only items published on or after this day (UTC)")] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="The newest so many; 200 for feeds, else all")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Where to write; else standard output")] = None,
    address: Annotated[str | None, typer.Option("--address", metavar="URL", help="Where the feed will be found, for readers of it")] = None,
    config: ConfigDir = CONFIG,
    data: DataDir = DATA,
) -> None:
    """Give out kept items: as a table for other programs, or as a feed to subscribe to."""
    from datetime import UTC, date, datetime

    from twinwire import config as configs
    from twinwire.exporting import FEED_ITEMS, Asked, Form
    from twinwire.exporting import export as write
    from twinwire.warehouse.export import Wanted
    from twinwire.warehouse.paths import DataFolder

    try:
        asked_form = Form(form)
    except ValueError:
        raise ConfigError("--format", f"{form!r} is none of {', '.join(Form)}") from None
    try:
        day = date.fromisoformat(since) if since else None
    except ValueError:
        raise ConfigError("--since", f"{since!r} is no day such as 2026-11-24") from None
    if limit is None and asked_form in {Form.ATOM, Form.JSONFEED}:
        limit = FEED_ITEMS
    excerpt = configs.load(config_folder(config)).settings.keep.excerpt
    asked = Asked(form=asked_form, address=address, wanted=Wanted(topic=topic, since=day, limit=limit, excerpt=excerpt))
    size = write(DataFolder(data).warehouse, asked, out, datetime.now(UTC))
    if out is not None:
        typer.echo(f"{out}: {size:,} bytes written")


def publish(config: ConfigDir = CONFIG, data: DataDir = DATA) -> None:
    """Make the read copy anew from the store; people who have the old one open keep it."""
    from datetime import UTC, datetime

    from twinwire import config as configs
    from twinwire.warehouse.paths import DataFolder
    from twinwire.warehouse.publish import publish_anew

    settings = configs.load(config_folder(config)).settings
    folder = DataFolder(data)
    size = publish_anew(folder, settings.run.lock_wait, settings.publish.backups, datetime.now(UTC))
    typer.echo(f"{folder.warehouse}: {size:,} bytes published")


def shell(data: DataDir = DATA) -> None:
    """Ask questions in SQL, one after the other, on the same locked-down connection as `sql`."""
    from twinwire.warehouse.paths import DataFolder
    from twinwire.warehouse.shell import Session

    with Session(DataFolder(data).warehouse) as session:
        if sys.stdin.isatty():
            _by_hand(session)
        elif not _from(session, sys.stdin.read()):
            raise typer.Exit(ConfigError.exit_code)


def _by_hand(session: Session) -> None:
    import contextlib

    with contextlib.suppress(ImportError):
        import readline  # noqa: F401 - input() edits lines with it
    typer.echo("Questions in SQL on the read copy; .help says more", err=True)
    text = ""
    while True:
        try:
            line = input("     ...> " if text else "twinwire> ")
        except EOFError:
            return
        except KeyboardInterrupt:
            text = ""
            typer.echo("")
            continue
        if not text and line.strip() == ".quit":
            return
        text, whole = _with(text, line)
        if whole:
            _tried(session, text)
            text = ""


def _from(session: Session, script: str) -> bool:
    """Answer what was piped in: up to each semicolon, or line by line where there is none. Returns whether all went well."""
    well, text, by_line = True, "", ";" not in script
    for line in script.split("\n"):
        if not text and line.strip() == ".quit":
            return well
        text, whole = _with(text, line)
        if whole or by_line:
            well &= _tried(session, text)
            text = ""
    return _tried(session, text) and well


def _with(text: str, line: str) -> tuple[str, bool]:
    """The text with one more line, and whether it can be asked: a command, up to a semicolon, or up to an empty line."""
    command = not text and line.lstrip().startswith(".")
    return f"{text}\n{line}".strip(), command or line.rstrip().endswith(";") or not line.strip()


def _tried(session: Session, text: str) -> bool:
    """Answer one question or command; what is wrong with it is told and is no end."""
    try:
        _answer(session, text)
    except (ConfigError, StoreDamaged) as e:
        print(f"twinwire: {e}", file=sys.stderr, flush=True)  # noqa: T201
        return False
    except KeyboardInterrupt:
        print("twinwire: stopped", file=sys.stderr, flush=True)  # noqa: T201
    return True


def _answer(session: Session, text: str) -> None:
    command, _, name = text.partition(" ")
    if not text.startswith("."):
        for answer in session.answers(text, _ROWS):
            _show(answer)
    elif command == ".tables":
        _show(session.tables())
    elif command == ".columns" and name.strip():
        _show(session.columns(name.strip()))
    elif command == ".help":
        typer.echo(_HELP)
    else:
        raise ConfigError(command, "is no command; there are .tables, .columns NAME, .help and .quit")


def _show(answer: Shown) -> None:
    """A table; with many columns, or one per line and a blank one after each row."""
    from twinwire.cli.screen_of import table

    if len(answer.columns) > _WIDE:
        for row in answer.rows:
            for name, value in zip(answer.columns, row, strict=True):
                typer.echo(f"{name}: {'' if value is None else value}")
            typer.echo("")
    else:
        table("", list(answer.columns), [list(r) for r in answer.rows])
    if answer.more:
        typer.echo(f"… only the first {len(answer.rows)} rows are shown; add a LIMIT, or use `twinwire sql --format`")
