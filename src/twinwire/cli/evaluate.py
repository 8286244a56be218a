"""`evaluate`: a labelled file against what twinwire makes of it. Computes nothing itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from twinwire.cli.inputs import lines
from twinwire.cli.judging import judging
from twinwire.cli.options import CONFIG, AsJson, ConfigDir
from twinwire.errors import ConfigError

SHOWN = 20  # errors listed on a terminal


def evaluate(
    file: Annotated[Path, typer.Argument(help="JSON lines with gold fields: labels, the gold places of datelines, or pairs of places")],
    config: ConfigDir = CONFIG,
    as_json: AsJson = False,
) -> None:
    """Precision, recall and F1 per topic and language, datelines read right, or pairs of places found, with the worst errors."""
    rows = list(lines(file))
    told = _figures(rows, config)
    if len(told) == 1:
        raise ConfigError(str(file), "holds no gold field: `labels` for topics, `raw` and `gold` for datelines,"
                                     " `text` and `pairs` for city links")
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        _show(told)


def _figures(rows: list[dict[str, Any]], config: Path) -> dict[str, Any]:
    from twinwire import evaluation

    told: dict[str, Any] = {"n": len(rows)}
    errors: list[dict[str, Any]] = []
    if labelled := [r for r in rows if isinstance(r.get("labels"), dict)]:
        screen, places = judging(config)
        told |= evaluation.topics(labelled, lambda text, language: screen.decide(text, language, places(text, language)))
        errors += told.pop("errors")
    if lines_ := [r for r in rows if isinstance(r.get("gold"), list) and isinstance(r.get("raw"), str)]:
        told |= evaluation.datelines(lines_, *_readers())
        errors += told.pop("errors")
    if paired := [r for r in rows if isinstance(r.get("pairs"), list) and isinstance(r.get("text"), str)]:
        told |= evaluation.pairs(paired, *_linkers())
        errors += told.pop("errors")
    return told | ({"errors": errors} if len(told) > 1 else {})


def _linkers() -> tuple[Any, Any]:
    """How the city links of a row are read, and which places of the gazetteer a gold place may be."""
    from datetime import UTC, datetime

    from twinwire.entryjson import entry_from
    from twinwire.normalise.item import normalise
    from twinwire.normalise.mentions import context_of
    from twinwire.probing import source_of
    from twinwire.relate import identity
    from twinwire.relate.links import extract
    from twinwire.warehouse.gazetteer import open_gazetteer

    atlas, now = open_gazetteer(), datetime.now(UTC)

    def read(row: dict[str, Any]) -> Any:
        language = row.get("lang")
        entry = entry_from({"id": "1", "content": row["text"], "language": language}, 0)
        item = normalise(identity.read([entry], source := source_of({"language": language}))[0], source, now, atlas)
        return extract(item.text, language, item.dateline, context_of(item.text, source.country, language, atlas), atlas)

    return read, _readers()[1]


def _readers() -> tuple[Any, Any]:
    """How a dateline is read of a row, and which places of the gazetteer a gold place may be."""
    from datetime import UTC, datetime

    from twinwire.entryjson import entry_from
    from twinwire.normalise.item import normalise
    from twinwire.probing import source_of
    from twinwire.relate import identity
    from twinwire.warehouse.gazetteer import open_gazetteer

    atlas, now = open_gazetteer(), datetime.now(UTC)

    def read(row: dict[str, Any]) -> tuple[Any, Any]:
        at = str(row.get("source") or "")
        given = {"id": "1", "content": row["raw"], "language": row.get("lang"), "link": at if at.startswith("http") else None}
        item = normalise(identity.read([entry_from(given, 0)], source := source_of({"language": row.get("lang")}))[0], source, now, atlas)
        return item.dateline, item.wire

    def find(gold: dict[str, Any]) -> frozenset[int]:
        return frozenset(p.place_id for p in (*atlas.cities(str(gold["name"])), *atlas.admin1s(str(gold["name"])))
                         if p.country_code == gold["cc"] and gold.get("a1") in {None, p.admin1_code})

    return read, find


def _show(told: dict[str, Any]) -> None:
    from twinwire.cli.screen_of import table

    typer.echo(f"{told['n']} rows")
    parts: dict[str, Any] = {"all": told.get("topics", {})}
    parts |= {k: told[k]["topics"] for k in ("title_only", "verbatim_only", "excluded") if k in told}
    figures = ["precision", "recall", "f1", "tp", "fp", "fn"]
    made = [[topic, part, *(f[k] for k in figures), "{}-{}".format(*f["f1_interval"])]
            for part, of in parts.items() for topic, f in of.items()]
    made += [[topic, lang, *(f[k] for k in figures), "{}-{}".format(*f["f1_interval"])]
             for topic, whole in told.get("topics", {}).items() for lang, f in whole["by_language"].items()]
    if made:
        table("Topics", ["topic", "rows", *figures, "f1, 95 %"], made, frozenset(range(2, 9)))
        table("What a score is worth", ["topic", "score", "rows", "mean score", "on topic"], [
            [topic, f"{r['from']}-{r['to']}", r["n"], r["score"], r["on_topic"]]
            for topic, whole in told.get("topics", {}).items() for r in whole["reliability"]], frozenset({2, 3, 4}))
    if lines_ := told.get("datelines"):
        table("Datelines", ["", "lines", "wholly right", "agency right"], [
            ["all", lines_["n"], lines_["exact"], lines_["wire"]],
            *([k, v["n"], v["exact"], v["wire"]] for by in ("by_language", "by_wire") for k, v in lines_[by].items()),
        ], frozenset({1, 2, 3}))
    if linked := told.get("pairs"):
        table("City links", ["language", *figures], [
            [lang, *(f[k] for k in figures)] for lang, f in (("all", linked), *linked["by_language"].items())], frozenset(range(1, 7)))
        typer.echo(f"status right {linked['status_accuracy']}, year right {linked['since_accuracy']}; domestic pairs marked:"
                   f" {linked['domestic']['marked']} of {linked['domestic']['n']}")
    for e in told.get("errors", [])[:SHOWN]:
        typer.echo(f"  {e['id']}: {e['topic']} is {e['gold']}, got {e['got']}  {e.get('title') or ''}  {e.get('reason') or ''}")
