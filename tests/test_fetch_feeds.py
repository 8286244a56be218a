"""The conditional GET: what to ask, what an answer means, what to remember."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinwire.config.sources import Source
from twinwire.errors import Kind
from twinwire.fetch import feeds
from twinwire.fetch.feeds import MAX_WAIT, Came, Waiting, fetch_feed, next_state, plan, retry_after, same_bytes
from twinwire.fetch.transport import Answer, Trouble
from twinwire.records import Failure, FeedState, Payload, Stage, Unchanged

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SOURCE = Source(id="a-feed", name="A", url="https://a.example/feed")
STATE = FeedState(source="a-feed", url=SOURCE.url, etag='"e"', last_modified="yesterday", digest="d", full_at=NOW - timedelta(hours=2))


class FakeTransport:
    """Gives the answer it was told to give and remembers what it was asked."""

    def __init__(self, answer: Answer | Trouble) -> None:
        self.answer = answer
        self.asked: list[tuple[str, dict[str, str], dict[str, object]]] = []

    def get(self, url: str, headers: dict[str, str], **more: object) -> Answer | Trouble:
        self.asked.append((url, headers, more))
        return self.answer


def answer(status: int = 200, body: bytes = b"<rss/>", **more: object) -> Answer:
    base = Answer(status=status, headers={}, body=body, final_url=SOURCE.url, moved_to=None, damage=None, wire_bytes=len(body),
                  challenge=False)
    return replace(base, **more)


def fetched(a: Answer | Trouble, headers: dict[str, str] | None = None, source: Source = SOURCE) -> Payload | Unchanged | Failure:
    return fetch_feed(source, FakeTransport(a), NOW, headers or {})  # type: ignore[arg-type]


def failure(kind: Kind, wait: float | None = None) -> Failure:
    return Failure(source="a-feed", stage=Stage.FETCH, kind=kind, message="x", retry_after=wait)


def after(result: Payload | Unchanged | Failure, state: FeedState = STATE, damage: str | None = None) -> FeedState:
    return next_state(SOURCE, state, Came(result=result, at=NOW, failure=result if isinstance(result, Failure) else None, damage=damage))


def test_validators_go_only_to_the_address_they_came_from() -> None:
    """A changed address in the catalogue is another feed."""
    assert plan(SOURCE, STATE, NOW, 86400) == {"If-None-Match": '"e"', "If-Modified-Since": "yesterday"}
    assert plan(SOURCE, replace(STATE, url="https://old.example/"), NOW, 86400) == {}


def test_a_304_is_believed_only_for_a_while() -> None:
    """After a day the body is asked for: a server that answers 304 for ever costs a day, not the source."""
    assert plan(SOURCE, replace(STATE, full_at=NOW - timedelta(hours=25)), NOW, 86400) == {}
    assert plan(SOURCE, replace(STATE, full_at=None), NOW, 86400) == {}


def test_who_asked_to_wait_is_not_asked() -> None:
    """Unless a person insists."""
    state = replace(STATE, next_try_at=NOW + timedelta(minutes=1))
    assert plan(SOURCE, state, NOW, 86400) == Waiting(NOW + timedelta(minutes=1))
    assert plan(SOURCE, state, NOW, 86400, force=True) == {}
    assert plan(SOURCE, replace(state, next_try_at=NOW), NOW, 86400) != {}


@pytest.mark.parametrize(("status", "headers", "kind"), [
    (204, {}, Kind.HTTP_STATUS), (206, {}, Kind.HTTP_STATUS), (304, {}, Kind.HTTP_STATUS), (401, {}, Kind.UNAUTHORISED),
    (403, {}, Kind.FORBIDDEN), (404, {}, Kind.NOT_FOUND), (410, {}, Kind.GONE), (418, {}, Kind.HTTP_STATUS),
    (429, {"retry-after": "60"}, Kind.THROTTLED), (500, {}, Kind.SERVER_ERROR), (503, {}, Kind.SERVER_ERROR),
    (503, {"retry-after": "120"}, Kind.THROTTLED), (503, {"retry-after": "soon"}, Kind.SERVER_ERROR), (999, {}, Kind.HTTP_STATUS)])
def test_each_status_has_its_class(status: int, headers: dict[str, str], kind: Kind) -> None:
    """A failure is a value with a class and words that say what to do."""
    got = fetched(answer(status, headers=headers))
    assert isinstance(got, Failure)
    assert (got.kind, got.http_status, got.source) == (kind, status, "a-feed")
    assert str(status) in got.message


def test_an_empty_200_is_a_failure_not_zero_entries() -> None:
    """"0 items, fine" would hide a dead feed."""
    got = fetched(answer(body=b""))
    assert isinstance(got, Failure)
    assert got.kind is Kind.EMPTY


def test_a_bot_wall_is_told_as_one() -> None:
    """It is not a bad feed, and waiting does not help."""
    got = fetched(answer(403, challenge=True))
    assert isinstance(got, Failure)
    assert got.kind is Kind.CHALLENGE


def test_a_304_that_was_asked_for_is_unchanged() -> None:
    """And its validators replace the old ones where it brings some."""
    got = fetched(answer(304, b"", headers={"etag": '"new"'}), {"If-None-Match": '"e"'})
    assert isinstance(got, Unchanged)
    state = after(got)
    assert (state.etag, state.last_modified, state.digest, state.full_at) == ('"new"', "yesterday", "d", STATE.full_at)


def test_the_same_bytes_are_unchanged_unless_they_are_damaged() -> None:
    """An ignored ETag costs a download, not a parse; half a body is never "the same"."""
    payload = fetched(answer())
    assert isinstance(payload, Payload)
    known = replace(STATE, digest=payload.digest)
    assert same_bytes(payload, STATE) is None
    same = Unchanged(source="a-feed", reason="same bytes", status=200, fetched_at=NOW, full=True, wire_bytes=6)
    assert same_bytes(payload, known) == same
    assert same_bytes(replace(payload, damage="cut"), known) is None


def test_nothing_of_a_damaged_payload_becomes_a_validator() -> None:
    """Otherwise a 304 would make the loss final."""
    payload = fetched(answer(headers={"etag": '"half"'}))
    state = after(payload, damage="cut")
    assert (state.etag, state.last_modified, state.digest) == (None, None, None)
    assert after(payload).etag == '"half"'


def test_a_failure_keeps_the_validators_and_counts() -> None:
    """An error in between loses nothing: the next 304 still means what it meant."""
    state = after(failure(Kind.SERVER_ERROR), replace(STATE, failures=2))
    assert (state.etag, state.digest, state.failures) == ('"e"', "d", 3)
    assert after(fetched(answer()), state).failures == 0


@pytest.mark.parametrize("kind", [Kind.NOT_FOUND, Kind.SERVER_ERROR, Kind.TIMEOUT])
def test_back_off_grows_linearly_to_a_day_and_never_ends(kind: Kind) -> None:
    """Dead feeds are asked once a day for ever; they have been seen to come back."""
    waits = []
    for failures in (0, 1, 2, 5, 500):
        due = after(failure(kind), replace(STATE, failures=failures)).next_try_at
        assert due is not None
        waits.append((due - NOW).total_seconds())
    assert waits == sorted(waits)
    assert waits[-1] == MAX_WAIT
    assert kind is Kind.NOT_FOUND or waits[0] == 0


def test_retry_after_is_honoured_up_to_a_day() -> None:
    """The server's word wins over our own back-off."""
    due = after(failure(Kind.THROTTLED, 3600.0)).next_try_at
    assert due is not None
    assert 3600 <= (due - NOW).total_seconds() < 4000


@pytest.mark.parametrize(("value", "seconds"), [
    ("60", 60), ("0", 0), ("99999999999999999999", MAX_WAIT), ("Tue, 24 Nov 2026 13:00:00 GMT", 3600), ("Tue, 24 Nov 2020 13:00:00 GMT", 0),
    ("soon", None), ("-5", None), ("", None), (None, None), ("٣", None), ("1e9", None)])
def test_retry_after_in_both_forms(value: str | None, seconds: float | None) -> None:
    """Seconds or a date (RFC 9110 §10.2.3); garbage is no header."""
    assert retry_after(value, NOW) == seconds


@given(st.text(max_size=200))
def test_no_retry_after_raises_or_sends_us_away_for_long(value: str) -> None:
    """Whatever stands there."""
    got = retry_after(value, NOW)
    assert got is None or 0 <= got <= MAX_WAIT


def test_credentials_come_from_the_named_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Named in the catalogue, never written there; missing ones are told by name."""
    source = SOURCE.model_copy(update={"auth": "env:A_TOKEN"})
    got = fetched(answer(), source=source)
    assert isinstance(got, Failure)
    assert got.kind is Kind.CREDENTIALS
    assert "A_TOKEN" in got.message
    for value, header in (("u:p", "Basic dTpw"), ("abc", "Bearer abc")):
        assert feeds._authorization("env:A_TOKEN", {"A_TOKEN": value}) == header
