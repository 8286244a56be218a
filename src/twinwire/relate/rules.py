"""Thresholds by which two items are one story, and how a person names a change of them. Compares nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

MOST_DAYS = 3660


@dataclass(frozen=True, slots=True)
class ByTitles:
    """A share, 0 … 1, by how two headlines relate: equal, near (one holds nearly all of the other), template (alike, but each has
    words of its own), other."""

    equal: float
    near: float
    other: float
    template: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What :func:`~twinwire.relate.stories.same` goes by. The defaults were measured with benchmarks/stories.py.

    ``like`` is the similarity needed and ``held`` how much of the shorter text the longer one must hold. ``headline`` is the
    similarity that equal headlines within ``headline_days`` need where both texts can be compared. What one source shows twice
    more than ``series_days`` apart is a series. A copy more than ``window_days`` later is a story of its own.
    """

    like: ByTitles = ByTitles(equal=0.15, near=0.25, other=0.4, template=0.6)
    held: ByTitles = ByTitles(equal=0.45, near=0.5, other=0.75, template=0.9)
    headline: float = 0.1
    headline_days: int = 3
    series_days: int = 7
    window_days: int = 45


DEFAULT = Rules()


def names(rules: Rules = DEFAULT) -> dict[str, float]:
    """Every threshold by its name, ``like.other``, with its value."""
    return dict(_flat(rules))


def changed(rules: Rules, changes: Iterable[str]) -> Rules:
    """``rules`` with each of ``changes`` (``like.other=0.5``). Raises ValueError, in words for a person, for what is none."""
    for change in changes:
        name, _, text = (part.strip() for part in change.partition("="))
        if name not in names():
            raise ValueError(f"{name!r} is no threshold; there are {', '.join(names())}")
        value = _value(name, text)
        rules = _with(rules, name, value)
    return rules


def _with(rules: Rules, name: str, value: Any) -> Rules:
    group, _, key = name.partition(".")
    return replace(rules, **{group: replace(getattr(rules, group), **{key: value}) if key else value})


def _value(name: str, text: str) -> float:
    whole = name.endswith("_days")
    try:
        value = int(text) if whole else float(text)
    except ValueError:
        raise ValueError(f"{name} takes a number, not {text!r}") from None
    if not 0 <= value <= (MOST_DAYS if whole else 1):  # NaN is not between anything
        raise ValueError(f"{name} lies between 0 and {MOST_DAYS if whole else 1}")
    return value


def _flat(rules: Rules) -> Iterator[tuple[str, float]]:
    for f in fields(rules):
        value = getattr(rules, f.name)
        if isinstance(value, ByTitles):
            yield from ((f"{f.name}.{part.name}", getattr(value, part.name)) for part in fields(value))
        else:
            yield f.name, value
