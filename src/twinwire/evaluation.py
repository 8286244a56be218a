"""Judgements against labels: how often the screening and the reading of datelines are right. Changes and stores nothing.

Takes the JSON lines of a labelled file, told apart by their gold fields: ``labels`` (a truth per topic), ``gold`` (the
places of a dateline), ``pairs`` (the places a text says are twinned). Rows that are ``borderline`` or of ``kind``
"reference" are counted apart.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from twinwire.entryjson import text_from
from twinwire.normalise.declension import first_cases
from twinwire.normalise.placenames import bare, fold, stems
from twinwire.normalise.wirenames import same
from twinwire.records import CityLink, Dateline, Decision, Located, Place, Text

Row = dict[str, Any]
Outcome = tuple[bool, bool]  # gold, got
Decide = Callable[[Text, str | None], Decision]
ReadLine = Callable[[Row], tuple[Dateline | None, str | None]]
FindPlaces = Callable[[Row], frozenset[int]]
FindLinks = Callable[[Row], Sequence[CityLink]]
ROUNDS = 1_000  # of the bootstrap
EDGES = (0.0, 0.05, 0.3, 0.6, 0.8, 0.95)  # of the table of scores; the last part ends at 1


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of a yes/no judgement, and what follows from them. An empty denominator gives 0."""

    tp: int
    fp: int
    fn: int

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> Figures:
        """From pairs (gold, got)."""
        found = list(outcomes)
        return cls(sum(g and h for g, h in found), sum(h and not g for g, h in found), sum(g and not h for g, h in found))

    @property
    def precision(self) -> float:
        """Right ones among those found."""
        return _share(self.tp, self.tp + self.fp)

    @property
    def recall(self) -> float:
        """Found ones among those that are right."""
        return _share(self.tp, self.tp + self.fn)

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        return _share(2 * self.tp, 2 * self.tp + self.fp + self.fn)

    def as_json(self) -> Row:
        """Rounded to four places."""
        return {"precision": round(self.precision, 4), "recall": round(self.recall, 4), "f1": round(self.f1, 4),
                "tp": self.tp, "fp": self.fp, "fn": self.fn}


def interval(outcomes: Sequence[Outcome]) -> tuple[float, float]:
    """95 % interval of F1, by drawing the rows again with a fixed seed."""
    if not outcomes:
        return (0.0, 1.0)
    drawn = random.Random(0)  # noqa: S311 - a seed for repeatable figures, no secret
    scores = sorted(Figures.of(drawn.choices(outcomes, k=len(outcomes))).f1 for _ in range(ROUNDS))
    return round(scores[ROUNDS // 40], 4), round(scores[-ROUNDS // 40], 4)


def topics(rows: Sequence[Row], decide: Decide) -> Row:
    """Figures per topic and language, with title-only and verbatim-only ones, those left out, and every error."""
    scored = [r for r in rows if not _apart(r)]
    apart = [r for r in rows if _apart(r)]
    told: Row = {"topics": _by_topic(scored, decide), "errors": _errors(scored, decide)}
    short = [r | {"summary": "", "body": "", "content": ""} for r in scored if r.get("title")]
    told["title_only"] = {"n": len(short), "topics": _plain(_by_topic(short, decide))}
    if verbatim := [r for r in scored if r.get("text_kind") == "verbatim"]:
        told["verbatim_only"] = {"n": len(verbatim), "topics": _plain(_by_topic(verbatim, decide))}
    if apart:
        told["excluded"] = {"n": len(apart), "topics": _plain(_by_topic(apart, decide))}
    return told


def datelines(rows: Sequence[Row], read: ReadLine, find: FindPlaces) -> Row:
    """Datelines whose set of places is the gold one, and those whose agency is. ``read`` gives the line and the wire,
    ``find`` the gazetteer's ids of a gold place (several where its label leaves the region open)."""
    exact = wires = 0
    errors: list[Row] = []
    tables: dict[str, dict[str, list[int]]] = {"by_wire": {}, "by_language": {}}
    for row in rows:
        line, wire = read(row)
        got = [p for p in line.places if p.place] if line else []
        right = _same_places(row["gold"], got, find)
        named = _same_wire(row.get("wire"), wire)
        exact += right
        wires += named
        for table, key in (("by_wire", row.get("wire")), ("by_language", row.get("lang"))):
            counts = tables[table].setdefault(str(key), [0, 0, 0])
            counts[0] += 1
            counts[1] += right
            counts[2] += named
        if not right or not named:
            errors.append({"id": row.get("id") or row["raw"][:120], "topic": "dateline", "gold": _told(row.get("wire"), row["gold"]),
                           "got": _told(wire, [_place(p.place) for p in got if p.place])})
    told = {"n": len(rows), "exact": exact, "wire": wires, "accuracy": round(_share(exact, len(rows)), 4),
            "wire_accuracy": round(_share(wires, len(rows)), 4)}
    shown = {t: {k: dict(zip(("n", "exact", "wire"), v, strict=True)) for k, v in sorted(c.items())} for t, c in tables.items()}
    return {"datelines": told | shown, "errors": errors}


def pairs(rows: Sequence[Row], extract: FindLinks, find: FindPlaces) -> Row:
    """City links found, by pair: right when both places are the gold ones, in any order. Domestic pairs are counted apart: a gold
    one has to come out marked as such, and is a false link when it does not. ``find`` is as for :func:`datelines`."""
    outcomes: list[tuple[str, Outcome]] = []
    errors: list[Row] = []
    counts = {"status": 0, "since": 0, "domestic": 0, "marked": 0}
    for row in rows:
        left = list(row["pairs"])
        got = [link for link in extract(row) if link.published]
        wrong = []
        for link in {frozenset((_place_key(k.a), _place_key(k.b))): k for k in got}.values():
            gold = next((g for g in left if _same_pair(g, link, find)), None)
            if gold:
                left.remove(gold)
            if bool(gold and gold.get("domestic")) and link.domestic:
                counts["marked"] += 1
            elif gold and not gold.get("domestic") and not link.domestic:
                outcomes.append((str(row.get("lang")), (True, True)))
                counts["status"] += link.status == gold.get("status")
                counts["since"] += str(link.since or "") == str(gold.get("since") or "")
            elif not link.domestic:
                wrong.append(f"{link.a.surface} - {link.b.surface} ({link.rule})")
                outcomes.append((str(row.get("lang")), (False, True)))
            elif gold:
                left.append(gold)
        missed = [f"{g['a']} - {g['b']}" for g in left]
        outcomes += [(str(row.get("lang")), (True, False)) for g in left if not g.get("domestic")]
        counts["domestic"] += sum(bool(g.get("domestic")) for g in row["pairs"])
        if wrong or missed:
            errors.append({"id": row.get("id"), "topic": "pairs", "gold": missed, "got": wrong, "language": row.get("lang"),
                           "title": row["text"]})
    return {"pairs": _pair_figures(outcomes, counts), "errors": errors}


def _pair_figures(outcomes: Sequence[tuple[str, Outcome]], counts: Row) -> Row:
    figures = Figures.of(o for _, o in outcomes)
    by_language = {lang: Figures.of(o for one, o in outcomes if one == lang).as_json() for lang in sorted({one for one, _ in outcomes})}
    return figures.as_json() | {"status_accuracy": round(_share(counts["status"], figures.tp), 4),
                                "since_accuracy": round(_share(counts["since"], figures.tp), 4),
                                "domestic": {"n": counts["domestic"], "marked": counts["marked"]}, "by_language": by_language}


def _place_key(located: Located) -> object:
    return located.place.place_id if located.place else located.surface.casefold()


def _same_pair(gold: Row, link: CityLink, find: FindPlaces) -> bool:
    a, b = ((gold[k], gold.get(f"{k}_cc")) for k in ("a", "b"))
    return any(_same_side(one, *a, find) and _same_side(two, *b, find) for one, two in ((link.a, link.b), (link.b, link.a)))


def _same_side(found: Located, name: str, country: str | None, find: FindPlaces) -> bool:
    """The same GeoNames id in the gold country, or the same name as written, whatever word or character says what the place is."""
    place = found.place
    if place and place.country_code == country:
        names = (name, *first_cases(name))
        if any(place.place_id in find({"name": n, "cc": country}) for n in names):
            return True
    return bool(_written(found.surface) & _written(name))


def _written(name: str) -> set[str]:
    key = bare(fold(name))
    short = {key[:-1]} if len(key) == 2 and key[1] in "市县区町村省州시군구" else set()
    return {key, *stems(key)} | short


def _same_wire(gold: Any, got: str | None) -> bool:
    """The same agency, however spelt; a label such as "local DE" means that there is none."""
    if gold is None or str(gold).startswith("local"):
        return got is None
    return got is not None and (got == gold or same(got, str(gold)))


def _told(wire: Any, places: Sequence[Row]) -> Row:
    return {"wire": wire, "places": list(places)}


def _place(place: Place) -> Row:
    return {"name": place.name, "cc": place.country_code, "a1": place.admin1_code}


def _same_places(gold: Sequence[Row], got: Sequence[Located], find: FindPlaces) -> bool:
    """Every gold place is matched by one place got, and none is left. By id where the gazetteer knows the gold place,
    else by name and country."""
    left = list(got)
    for g in gold:
        match = next((p for p in left if _is(p, g, find(g))), None)
        if match is None:
            return False
        left.remove(match)
    return not left


def _is(found: Located, gold: Row, ids: frozenset[int]) -> bool:
    """Country and division agree, and the id or the name does. Labels may be cut at the first letter beyond ASCII ("Reykjav")."""
    place, name = found.place, bare(fold(str(gold["name"])))
    if place is None or place.country_code != gold["cc"] or (gold.get("a1") is not None and place.admin1_code not in {gold["a1"], None}):
        return False
    return place.place_id in ids or any(bare(fold(n)).startswith(name) for n in (found.surface, place.name))


def _by_topic(rows: Sequence[Row], decide: Decide) -> Row:
    judged = [(r, decide(text_from(r), r.get("language"))) for r in rows]
    told: Row = {}
    for topic in sorted({t for r in rows for t in r["labels"]}):
        outcomes = [(bool(r["labels"].get(topic)), topic in d.kept, str(r.get("language"))) for r, d in judged]
        pairs = [(g, h) for g, h, _ in outcomes]
        languages = sorted({lang for *_, lang in outcomes})
        scores = [(t.score, bool(r["labels"].get(topic))) for r, d in judged for t in d.topics if t.topic == topic]
        told[topic] = Figures.of(pairs).as_json() | {"f1_interval": interval(pairs), "reliability": reliability(scores), "by_language": {
            lang: Figures.of(own).as_json() | {"n": len(own), "f1_interval": interval(own)}
            for lang in languages if (own := [(g, h) for g, h, one in outcomes if one == lang])}}
    return told


def reliability(scores: Sequence[tuple[float, bool]]) -> list[Row]:
    """What a score is worth: of the rows scored between two edges (the upper one excluded, but for 1), the mean score and the share
    that is on topic. Parts without a row are left out."""
    told = []
    for low, high in zip(EDGES, (*EDGES[1:], 1.01), strict=True):
        part = [(score, gold) for score, gold in scores if low <= score < high]
        if part:
            told.append({"from": low, "to": min(high, 1.0), "n": len(part), "score": round(sum(s for s, _ in part) / len(part), 4),
                         "on_topic": round(sum(g for _, g in part) / len(part), 4)})
    return told


def _plain(told: Row) -> Row:
    apart = {"by_language", "reliability"}
    return {topic: {k: v for k, v in figures.items() if k not in apart} for topic, figures in told.items()}


def _errors(rows: Sequence[Row], decide: Decide) -> list[Row]:
    out = []
    for row in rows:
        decision = decide(text_from(row), row.get("language"))
        for t in decision.topics:
            gold, got = bool(row["labels"].get(t.topic)), t.topic in decision.kept
            if gold != got:
                out.append({"id": row.get("id"), "topic": t.topic, "gold": gold, "got": got, "language": row.get("language"),
                            "score": round(t.score, 4), "reason": t.reason, "title": row.get("title")})
    return sorted(out, key=lambda e: -abs(e["score"] - float(e["gold"])))


def _apart(row: Row) -> bool:
    return bool(row.get("borderline")) or row.get("kind") == "reference"


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
