"""`search`: kept items by words, asked of the read copy. Decides nothing about what is found."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from twinwire.cli.options import DATA, AsJson, DataDir
from twinwire.errors import ConfigError

if TYPE_CHECKING:
    from twinwire.warehouse.search import Hit, Span


def search(
    words: Annotated[list[str], typer.Argument(help="Words that must all occur, or one question in quotes: 'sister \"twin town\" partner*"
                                                    " -football'; case and accents do not count")],
    data: DataDir = DATA,
    topic: Annotated[str | None, typer.Option("--topic", help="Only items kept for this topic")] = None,
    language: Annotated[str | None, typer.Option("--language", help="Only items in this language (en, zh …)")] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help="Only items published on or after this day (UTC)")] = None,
    place: Annotated[str | None, typer.Option("--place", metavar="NAME", help="Only items that name this place")] = None,
    newest: Annotated[bool, typer.Option("--newest", help="Newest first, not best first")] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many items")] = 20,
    as_json: AsJson = False,
) -> None:
    """Find kept items by words in title, summary or body; best first, and of equals the newest."""
    from twinwire.warehouse.paths import DataFolder
    from twinwire.warehouse.search import Wanted
    from twinwire.warehouse.search import search as find

    try:
        day = date.fromisoformat(since) if since else None
    except ValueError:
        raise ConfigError("--since", f"{since!r} is no day such as 2026-11-24") from None
    hits = find(DataFolder(data).warehouse, Wanted(_question(words), topic, language, day, place, newest, limit))
    if as_json:
        typer.echo(json.dumps([_json(h) for h in hits], ensure_ascii=False))
    else:
        _show(hits)


def _question(words: list[str]) -> str:
    """One argument is a question as typed. Of several, one with a blank in it had quotes, which the shell took off."""
    return " ".join(f'"{w}"' if len(words) > 1 and " " in w.strip() and '"' not in w else w for w in words)


def _json(hit: Hit) -> dict[str, Any]:
    row = hit.row | {"item_id": str(hit.row["item_id"]), "published": hit.row["published"].isoformat()}
    return {**row, "snippet": hit.snippet, "marks": hit.marks, "title_marks": hit.title_marks}


def _show(hits: list[Hit]) -> None:
    from rich.console import Console
    from rich.text import Text

    out = Console(highlight=False)
    for hit in hits:
        row = hit.row
        left = "  (has left its topics)" if row["has_left"] else ""
        head = Text(f"{row['published']:%Y-%m-%d} {row['language'] or '??':3} {row['source_id']}  ")
        out.print(head + _marked(row["title"], hit.title_marks, out.is_terminal) + Text(left, style="dim"), soft_wrap=True)
        if hit.snippet:
            out.print(Text("    ") + _marked(hit.snippet, hit.marks, out.is_terminal), soft_wrap=True)
        out.print(Text(f"    {row['item_id']}  {row['url'] or ''}", style="dim"), soft_wrap=True)
    if not hits:
        typer.echo("Nothing found.")


def _marked(text: str, spans: tuple[Span, ...], is_terminal: bool) -> Any:
    from rich.text import Text

    made, last = Text(), 0
    for start, stop in spans:
        made.append(text[last:start])
        made.append(text[start:stop] if is_terminal else f"*{text[start:stop]}*", style="bold reverse")
        last = stop
    return made.append(text[last:])
