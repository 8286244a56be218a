"""What a run did, for people and for programs. Reads no store: it is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from twinwire.ledger import Fetched, Outcome
from twinwire.records import Failure


@dataclass(slots=True)
class RunReport:
    """Totals of one run. ``as_json`` is the contract of ``twinwire run --json``."""

    run_id: UUID
    warehouse: str
    topics: Sequence[str]
    total: int = 0                                   # sources asked for
    statuses: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    seen: int = 0
    kept: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    damaged: dict[str, str] = field(default_factory=dict)   # source → why its payload is incomplete
    recovered: int = 0                               # batches a dead run had left
    published: bool = False
    cancelled: bool = False
    tracked: bool = False
    duration: float = 0.0                            # seconds

    def count(self, fetched: Sequence[Fetched], kept: Counter[str]) -> None:
        """Add the answers of one source (a drop folder gives several) and the topics its new items were kept for."""
        if not fetched:
            return
        order = ("failed", "read", "unchanged", "waiting")
        self.statuses[min((f.status for f in fetched), key=order.index)] += 1
        for f in fetched:
            self.outcomes.update(f.tally.outcomes)
            self.seen += f.tally.entries
            if f.failure is not None and f.status != "waiting":
                self.failures.append(f.failure)
        self.kept.update(kept)

    @property
    def read_any(self) -> bool:
        """Did at least one source answer?"""
        return bool(self.statuses["read"] or self.statuses["unchanged"] or self.statuses["waiting"] or not self.total)

    def as_json(self) -> dict[str, Any]:
        """One JSON object, keys as in the contract; extra keys only at the end."""
        entries = {"seen": self.seen, **{o.value: self.outcomes[o] for o in Outcome}}
        return {
            "run_id": str(self.run_id),
            "sources": {"total": self.total, "read": self.statuses["read"], "unchanged": self.statuses["unchanged"],
                        "failed": self.statuses["failed"], "waiting": self.statuses["waiting"]},
            "entries": entries,
            "kept": {t: self.kept[t] for t in self.topics},
            "failures": [{"source": f.source, "stage": f.stage.value, "class": f.kind.value, "message": f.message}
                         for f in sorted(self.failures, key=lambda f: f.source)],
            "warehouse": self.warehouse, "duration_s": round(self.duration, 3),
            "damaged": self.damaged, "recovered_batches": self.recovered, "published": self.published,
            "cancelled": self.cancelled, "tracked": self.tracked,
        }


def markdown(report: RunReport) -> str:
    """The report as Markdown, for Prefect's UI."""
    told = report.as_json()
    sources, entries = told["sources"], told["entries"]
    lines = [
        f"Run `{report.run_id}`" + (" (cancelled)" if report.cancelled else ""), "",
        "| sources | read | unchanged | waiting | failed |", "| --: | --: | --: | --: | --: |",
        f"| {sources['total']} | {sources['read']} | {sources['unchanged']} | {sources['waiting']} | {sources['failed']} |", "",
        "| entries | " + " | ".join(o.value for o in Outcome) + " |", "| --: " * (len(Outcome) + 1) + "|",
        f"| {entries['seen']} | " + " | ".join(str(entries[o.value]) for o in Outcome) + " |", "",
        *(f"- kept for **{topic}**: {n}" for topic, n in told["kept"].items()), "",
        f"{told['duration_s']} s; warehouse `{report.warehouse}`",
    ]
    return "\n".join(lines)
