"""Models of ``topics.yaml``. Contains no matching: it says what a topic is and which terms speak for it.

Every complaint names file, line and key, with the nearest valid key. How to edit the file: ``docs/topics.md``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictStr, field_validator, model_validator

from twinwire.cachefolder import cache_folder, keep
from twinwire.config.document import Document, Loc, contents, document, read, validate

SERVING = ("context_words", "foreign", "not_near", "never_near")  # words that only say something about terms near them
TERMS = ("strong", "context", "abroad", "weak", "blockers")
LISTS = (*TERMS, *SERVING)  # lists of terms in a language block
PLACES = ("two countries", "abroad", "region")  # what a rule may ask for that is no class of words: the gazetteer says it
NOT = "not "  # before a class in a rule: none of its words may stand near
_LEAST_BEHIND_STAR = 5
_LARGE = 50_000  # bytes of a file that is worth a place in the cache folder
_TATWEEL = "\u0640"  # draws Arabic letters apart; no letter itself
_PATTERN_SIGNS = set("\\[](){}|^$+?<>")


def _term(value: object) -> str:
    """A plain phrase. ``*`` at the end of a word stands for any ending, before the first word for any beginning of it, ``#`` before a
    term for a number; nothing else has a meaning of its own."""
    if not isinstance(value, str):
        raise ValueError("a term must be text; put it in quotes")
    if value != value.strip() or not value.strip():
        raise ValueError("a term must not be empty, nor begin or end with a blank")
    if signs := _PATTERN_SIGNS & set(value):
        raise ValueError(f"a term is a plain phrase, not a pattern ({min(signs)!r} has no meaning here); "
                         "the only sign is * at the end of a word")
    inner = value.removeprefix("*")
    words = inner.replace("-", " ").split()
    if inner != value and len(words[0].rstrip("*") if words else "") < _LEAST_BEHIND_STAR:
        raise ValueError(f"at least {_LEAST_BEHIND_STAR} letters must stand behind a * at the beginning of a term; * may stand at the "
                         "end of a word too")
    if any("*" in w[:-1] or w == "*" for w in words):
        raise ValueError("* may stand only at the end of a word, or at the beginning of the term")
    if "#" in value[1:] or value.startswith("# *"):
        raise ValueError("# stands for a number; it may only be the first sign of a term")
    if sum((c.isalnum() and c != _TATWEEL) or c == "#" for c in value) < 2:
        raise ValueError("a term of one letter matches everything; give at least two")
    if words[0].endswith("*") and len(words[0]) < 4:
        raise ValueError("at least three letters must stand before the first *")
    return value


def _word(value: object) -> str:
    """A term, or a single Chinese character: by itself it decides nothing, and beside a term it says enough (县, 村)."""
    return value if isinstance(value, str) and len(value) == 1 and "\u3400" <= value <= "\u9fff" else _term(value)


Term = Annotated[str, Field(max_length=120), BeforeValidator(_term)]
Word = Annotated[str, Field(max_length=120), BeforeValidator(_word)]
Weight = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LanguageTerms(_Model):
    """Terms of one topic in one language."""

    source: Annotated[str, Field(min_length=8, description="where these terms were seen in use")]
    strong: tuple[Term, ...] = Field((), description="keeps a story from the title or the opening")
    context: tuple[Term, ...] = Field((), description="counts only with a context word or another term near")
    abroad: tuple[Term, ...] = Field((), description="counts only with a word or place of another country, or another term, near")
    weak: tuple[Term, ...] = Field((), description="only adds to others")
    blockers: tuple[Term, ...] = Field((), description="longer expressions in which a term means something else")
    context_words: tuple[Term, ...] = Field((), description="what must stand near a context term")
    foreign: tuple[Term, ...] = Field((), description="words that tell of another country; what must stand near an abroad term")
    not_near: tuple[Term, ...] = Field((), description="near these words, context and weak terms mean something else")
    never_near: tuple[Term, ...] = Field((), description="near these words no term counts, strong ones neither")
    language_only: tuple[Term, ...] = Field((), description="terms above that count only in texts of this language")
    doubtful: tuple[Term, ...] = Field((), description="strong terms above that need a context word when a not_near word is near")
    words: dict[Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,39}$")], tuple[Word, ...]] = Field({}, description="classes of words")
    together: tuple[Annotated[tuple[StrictStr, ...], Field(min_length=2)], ...] = Field(
        (), description="rules: a word of the first class counts where one of every other stands near, none where ``not`` stands before")

    @field_validator(*LISTS, "language_only", "doubtful", mode="before")
    @classmethod
    def _lists(cls, value: Any) -> Any:
        if not isinstance(value, list | tuple):
            raise ValueError("must be a list of terms, such as [one term, another term]")
        return value

    @property
    def gating(self) -> bool:
        """Can this block keep a story at all?"""
        return bool(self.strong or self.context or self.abroad or self.together)


class Samples(_Model):
    """Headlines in our own words that the tests check."""

    keep: tuple[StrictStr, ...] = ()
    drop: tuple[StrictStr, ...] = ()


class Topic(_Model):
    """One topic: what it is, when a score keeps a story, and its terms per language."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,39}$", description="stable; the key in the warehouse")]
    name: Annotated[str, Field(min_length=1, max_length=80)]
    description: str = ""
    between_countries: bool = Field(False, description="its ties join places of different countries; one within a country is none")
    iptc: tuple[Annotated[str, Field(pattern=r"^medtop:\d{8}$")], ...] = Field((), description="IPTC Media Topics")
    keep: Weight = Field(0.6, description="kept from this score on")
    undecided: Weight = Field(0.3, description="undecided from this score on, rejected below")
    terms: dict[Language, LanguageTerms]
    samples: Samples = Samples()

    @field_validator("terms", mode="before")
    @classmethod
    def _norwegian(cls, value: Any) -> Any:
        if isinstance(value, dict) and False in value:
            raise ValueError("YAML reads the key no as false; write it in quotes: \"no\"")
        return value

    @model_validator(mode="after")
    def _can_keep(self) -> Topic:
        if not any(block.gating for block in self.terms.values()):
            raise ValueError("has no strong, context or abroad term, nor any together, so it could never keep a story")
        if not 0 < self.undecided <= self.keep:
            raise ValueError("undecided must lie above 0 and not above keep")
        return self


class FieldWeights(_Model):
    """What one mention adds, by where it stands."""

    title: Weight
    lead: Weight
    body: Weight


class Weights(_Model):
    """What one mention adds, by the strength of its term."""

    strong: FieldWeights = FieldWeights(title=0.95, lead=0.9, body=0.3)
    context: FieldWeights = FieldWeights(title=0.85, lead=0.85, body=0.2)
    weak: FieldWeights = FieldWeights(title=0.25, lead=0.15, body=0.05)

    def of(self, strength: str) -> FieldWeights:
        """Weights of a term; an abroad term weighs as a context term does."""
        return self.strong if strength == "strong" else self.weak if strength == "weak" else self.context


class Scoring(_Model):
    """How evidence becomes a score; lengths in characters."""

    lead: int = Field(300, ge=1, le=5000, description="how much of summary and body is the opening")
    window: int = Field(120, ge=1, le=2000, description="how far a context word may stand from its term")
    passage: int = Field(150, ge=1, le=5000, description="what all stands within it is one passage; half for Chinese and the like")
    long_body: int = Field(3000, ge=1, description="in bodies longer than this a mention adds half")
    weights: Weights = Weights()


class TopicsFile(_Model):
    """``topics.yaml``, whole."""

    scoring: Scoring = Scoring()
    topics: tuple[Topic, ...]

    @field_validator("topics")
    @classmethod
    def _some(cls, value: tuple[Topic, ...]) -> tuple[Topic, ...]:
        if not value:
            raise ValueError("is empty; give at least one topic")
        return value

    @property
    def rule_version(self) -> str:
        """12 hex digits over the meaning of the file: comments and layout do not change it, any edit does."""
        return hashlib.blake2b(self.canonical(), digest_size=6).hexdigest()

    def canonical(self) -> bytes:
        """The file in the one form that says what it means, JSON."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass")

    @classmethod
    def from_canonical(cls, form: bytes) -> TopicsFile:
        """From what :meth:`canonical` gave, which is not checked again. Raises ValueError, KeyError or TypeError for anything else."""
        told = json.loads(form)
        topics = []
        for topic in told["topics"]:
            terms = {name: LanguageTerms.model_construct(
                **{k: tuple(v) if isinstance(v, list) else v for k, v in block.items()}
                | {"words": {k: tuple(v) for k, v in block["words"].items()}, "together": tuple(map(tuple, block["together"]))})
                for name, block in topic["terms"].items()}
            topics.append(Topic.model_construct(**topic | {
                "iptc": tuple(topic["iptc"]), "terms": terms, "samples": Samples.model_validate(topic["samples"])}))
        return cls.model_construct(scoring=Scoring.model_validate(told["scoring"]), topics=tuple(topics))


def load_topics(path: Path, more: Path | None = None) -> TopicsFile:
    """Read and check a topics file, and every ``*.yaml`` of the folder ``more``, if it is there: files of the same form that add topics
    and have no ``scoring``. Raises :class:`ConfigError` with file, line and key."""
    whole = _checked(path, contents(path))
    origins = dict.fromkeys((t.id for t in whole.topics), path)
    for extra in sorted(more.glob("*.yaml")) if more is not None and more.is_dir() else ():
        doc = read(extra)
        if isinstance(doc.value, dict) and "scoring" in doc.value:
            raise doc.error(("scoring",), f"belongs into {path.name}: it holds for all topics")
        added = parse_topics(doc)
        for i, topic in enumerate(added.topics):
            if topic.id in origins:
                raise doc.error(("topics", i, "id"), f"{topic.id!r} stands twice (first in {origins[topic.id]})")
            origins[topic.id] = extra
        whole = whole.model_copy(update={"topics": (*whole.topics, *added.topics)})
    return whole


@lru_cache(maxsize=2)
def _checked(path: Path, raw: bytes) -> TopicsFile:
    """The same bytes are parsed and checked once, in this process and by way of the cache folder in those to come: it takes half a
    second, as much as all the rest of a start."""
    if len(raw) < _LARGE:
        return parse_topics(document(path, raw))
    code = [(files("twinwire.config") / name).read_bytes() for name in ("topics.py", "document.py")]  # what checks it may change too
    kept = cache_folder() / f"topics-{hashlib.blake2b(b''.join([raw, *code]), digest_size=8).hexdigest()}.json"
    try:
        return TopicsFile.from_canonical(kept.read_bytes())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        checked = parse_topics(document(path, raw))
        keep(kept, checked.canonical())
        return checked


def parse_topics(doc: Document) -> TopicsFile:
    """Check a document that was read already. Raises :class:`ConfigError`."""
    checked = validate(TopicsFile, doc)
    seen: dict[str, Loc] = {}
    for i, topic in enumerate(checked.topics):
        if topic.id in seen:
            first = doc.line(seen[topic.id])
            raise doc.error(("topics", i, "id"), f"{topic.id!r} stands twice (first in line {first})")
        seen[topic.id] = ("topics", i, "id")
        for language, block in topic.terms.items():
            _check_block(doc, ("topics", i, "terms", language), block)
    return checked


def _listed(block: LanguageTerms, names: tuple[str, ...]) -> Iterator[tuple[str, int, str]]:
    for name in names:
        for k, term in enumerate(getattr(block, name)):
            yield name, k, " ".join(term.casefold().replace("-", " ").split())


def _check_block(doc: Document, at: Loc, block: LanguageTerms) -> None:
    """A term has one strength; words that only serve context terms need one; ``language_only`` names terms above."""
    seen: dict[str, Loc] = {}
    for name, k, term in _listed(block, TERMS):
        loc = (*at, name, k)
        if term in seen and {name, seen[term][-2]} != {"context", "abroad"}:  # either company will do
            raise doc.error(loc, f"{term!r} stands twice in this language (first in line {doc.line(seen[term])})")
        seen[term] = loc
    for name, k, term in _listed(block, ("language_only",)):
        if term not in seen:
            raise doc.error((*at, name, k), f"{term!r} is not among the terms of this language")
    _check_rules(doc, at, block)
    for k, term in enumerate(block.doubtful):
        if term not in block.strong:
            raise doc.error((*at, "doubtful", k), f"{term!r} is not among the strong terms of this language")
    if block.context_words and not block.context:
        raise doc.error((*at, "context_words"), "serve context terms, and there are none in this language")


def _check_rules(doc: Document, at: Loc, block: LanguageTerms) -> None:
    """Rules name classes of words of their language, begin with one of them, and every class is asked for."""
    for r, rule in enumerate(block.together):
        for k, name in enumerate(rule):
            if (name.removeprefix(NOT) if k else name) not in block.words and (not k or name not in PLACES):
                known = ", ".join([*block.words, *(PLACES if k else ())])
                raise doc.error((*at, "together", r, k), f"{name!r} is no class of words of this language; there are: {known}")
        short = next((w for w in block.words[rule[0]] if len(w) == 1), None)
        if short:
            raise doc.error((*at, "together", r, 0), f"begins with a class that has {short!r}, a word of one letter: it is everywhere")
    asked = {name.removeprefix(NOT) for rule in block.together for name in rule}
    for name in block.words:
        if name in PLACES:
            raise doc.error((*at, "words", name), "is what rules ask of the places; give the class another name")
        if name not in asked:
            raise doc.error((*at, "words", name), "is asked for by no rule under 'together'")
