"""Puts a verdict into words. Decides nothing."""

from __future__ import annotations

from collections.abc import Sequence

from twinwire.records import Match, TopicDecision, Verdict

_PLACE = {"title": "in the title", "lead": "in the opening", "body": "in the body"}


def reason(verdict: Verdict, evidence: Sequence[Match], zones: Sequence[str]) -> str:
    """One sentence. ``zones`` are the places of the first ``len(zones)`` pieces of evidence, those that counted."""
    if zones:
        said = _mentions(evidence, zones)
        tail = f"; also {', '.join(said[1:3])}" if len(said) > 1 else ""
        if verdict is Verdict.KEPT:
            return f"kept: {said[0]}{tail}"
        passing = ", a passing mention" if set(zones) == {"body"} else ", which is not enough alone"
        return f"{verdict.value}: only {said[0]}{tail}{passing}"
    if not evidence:
        return f"{verdict.value}: no term of the topic"
    m = evidence[0]
    if m.rule.startswith("blocked by"):
        return f"{verdict.value}: '{m.term}' is {m.rule}"
    if m.rule.startswith("domestic"):
        return f"{verdict.value}: {m.rule.removeprefix('domestic: ')}, so '{m.term}' is no tie between countries"
    if m.rule.startswith("not near"):
        return f"{verdict.value}: '{m.term}' means something else {m.rule.removeprefix('not ')}"
    if m.rule.startswith("abroad"):
        return f"{verdict.value}: '{m.term}' has no word of another country near"
    return f"{verdict.value}: '{m.term}' has no second term near"


def _mentions(evidence: Sequence[Match], zones: Sequence[str]) -> list[str]:
    counts: dict[tuple[str, str], int] = {}
    rules: dict[tuple[str, str], str] = {}
    for m, zone in zip(evidence, zones, strict=False):
        counts[m.term, zone] = counts.get((m.term, zone), 0) + 1
        rules.setdefault((m.term, zone), m.rule)
    out = []
    for (term, zone), n in counts.items():
        times = f" {n} times" if n > 1 else ""
        why = rules[term, zone].partition(": ")[2]
        out.append(f"'{term}'{f' ({why})' if why.startswith('near') or why.endswith('throughout') else ''}{times} {_PLACE[zone]}")
    return out


def overall(decisions: Sequence[TopicDecision], verdict: Verdict) -> str:
    """The reason of a whole decision: of the topics that reached ``verdict``, those with evidence."""
    said = [f"{d.topic}: {d.reason.partition(': ')[2]}" for d in decisions if d.verdict is verdict and d.evidence]
    return f"{verdict.value}: " + (" | ".join(said) if said else "no term of any topic")
