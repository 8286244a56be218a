"""Two days of schedules over twenty feeds that misbehave, in simulated time. `make soak` takes a week and two hundred."""

from __future__ import annotations

from pathlib import Path

import pytest
from chaos.simfeeds import LIVES, TROUBLE
from chaos.soak import Soak, faults, report, soak

pytestmark = [pytest.mark.chaos]


@pytest.fixture(scope="module")
def two_days(tmp_path_factory: pytest.TempPathFactory) -> Soak:
    """One feed of each life."""
    s = soak(tmp_path_factory.mktemp("soak"), len(LIVES), fast=False)
    with s.server:
        s.go(2)
    return s


def test_nothing_is_lost_or_doubled_against_the_feeds_own_truth(two_days: Soak) -> None:
    """Every version of every entry that was shown whole is there once, nothing else is, every fetch adds up, every wait was kept."""
    bad = faults(two_days)
    assert bad == [], report(two_days, bad)


def test_the_feeds_did_misbehave(two_days: Soak) -> None:
    """The truth is no idle one: entries were edited, answers cut, every class of trouble was met."""
    lives = {f.life: f for f in two_days.feeds}
    assert set(lives) == set(LIVES) >= TROUBLE
    assert any(len(v) > 2 for v in lives["edits"].truth.versions.values())
    assert lives["is cut on the wire"].truth.partial + lives["ends early"].truth.partial > 0
    assert {"not-a-feed", "empty", "gone", "timeout", "throttled", "server-error"} <= set(two_days.classes)
    assert two_days.outcomes["duplicate"]
    assert two_days.outcomes["revised"]
    assert two_days.outcomes["quarantined"]
    assert two_days.statuses["unchanged"] > two_days.statuses["read"]


def test_a_lost_and_a_doubled_entry_would_be_noticed(two_days: Soak) -> None:
    """The truth is compared for real: it speaks up when it is told of an entry that nobody stored, and of a version more."""
    feed = two_days.feeds[0]
    link = next(iter(feed.truth.versions))
    feed.truth.versions[link].append(("Another title", "another text"))
    feed.truth.versions["https://press0.example/never-stored"] = [("t", "x")]
    feed.truth.kept["https://press0.example/never-stored"] = True
    try:
        told = " ".join(faults(two_days))
    finally:
        feed.truth.versions[link].pop()
        del feed.truth.versions["https://press0.example/never-stored"]
    assert "stands 0 times" in told
    assert "has 0 versions and not 1" in told


def test_nothing_grows_that_should_not(two_days: Soak) -> None:
    """After the first day: no thread, handle or child process more (but for answers that the server still holds back), an empty spool,
    and a store that grows with its rows only."""
    first, last = two_days.sizes[2], two_days.sizes[-1]
    assert last.threads <= first.threads + 2
    assert last.handles <= first.handles + 2
    assert (last.children, last.spool) == (first.children, 0)
    assert last.rss - first.rss < 64 << 20
    assert last.store - first.store < 8 << 20
    assert last.archive < 4 * sum(f.truth.whole + f.truth.partial for f in two_days.feeds) * 15_000


def test_a_soak_can_be_repeated(tmp_path: Path) -> None:
    """A world is the same each time: what failed once can be looked at."""
    lives = []
    for n in range(2):
        world = soak(tmp_path / str(n), 3, fast=False)
        for f in world.feeds:
            f.live(f.now.replace(day=18))
        lives.append([[(e.link, e.title, e.text) for e in f.shown] for f in world.feeds])
    assert lives[0] == lives[1]
    assert lives[0][0] != lives[0][1]
