"""Notices that correct or withdraw a story, as wires mark them; ordinary headlines are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinwire.records import Wired
from twinwire.relate.notices import Kind, meant, notice

H = "Sister cities sign a pact"


@pytest.mark.parametrize(("title", "kind", "rest"), [
    (f"CORRECTING and REPLACING {H}", Kind.CORRECTION, H), (f"CORRECTING & REPLACING - {H}", Kind.CORRECTION, H),
    (f"/C O R R E C T I O N -- City of Kent/ {H}", Kind.CORRECTION, H), (f"CORRECTION: {H}", Kind.CORRECTION, H),
    (f"CORRECTED - {H}", Kind.CORRECTION, H), (f"{H} (Corrected)", Kind.CORRECTION, H), (f"Berichtigung: {H}", Kind.CORRECTION, H),
    (f"Rectificatif - {H}", Kind.CORRECTION, H), ("更正：枣庄与鹿特丹结好", Kind.CORRECTION, "枣庄与鹿特丹结好"), ("【訂正】姉妹都市が調印", Kind.CORRECTION, "姉妹都市が調印"),
    ("[정정] 자매도시 협약", Kind.CORRECTION, "자매도시 협약"), (f"/DISREGARD RELEASE: City of Kent/ {H}", Kind.KILL, H),
    ("/DISREGARD RELEASE: City of Kent/", Kind.KILL, ""), (f"DISREGARD RELEASE: {H} 24/7", Kind.KILL, f"{H} 24/7"),
    (f"KILL: {H}", Kind.KILL, H), ("撤稿：枣庄与鹿特丹结好", Kind.KILL, "枣庄与鹿特丹结好"), (f"UPDATE 2 - {H}", Kind.UPDATE, H)])
def test_marks_of_the_wires(title: str, kind: Kind, rest: str | None) -> None:
    """The mark is taken off, so that the headline is that of the story meant."""
    found = notice(title)
    assert found is not None
    assert found.kind is kind
    assert rest is None or found.title == rest


@pytest.mark.parametrize("title", [
    H, "Killeen and Osan renew sister city ties", "Corrections officers visit twin town", "Update on regional development", "Repeal of the act",
    "Withdrawal of funds hurts regions", "Correction of borders proposed", "Kill Devil Hills has a sister city", "订正条约的城市", ""])
def test_headlines_that_only_begin_alike(title: str) -> None:
    """A word is a mark only where wires put it."""
    assert notice(title) is None


def test_a_status_field_speaks_for_itself() -> None:
    """IPTC pubStatus, with or without its scheme; "usable" is the ordinary case."""
    assert (found := notice(H, Wired(status="stat:canceled"))) is not None
    assert found.kind is Kind.KILL
    assert notice(H, Wired(status="stat:usable")) is None
    assert (told := notice(H, Wired(corrects="urn:x:1"))) is not None
    assert told.kind is Kind.CORRECTION


def test_a_withdrawal_quotes_the_headline_it_means() -> None:
    """Where the headline is only a mark, the text says which story; a book in it is none."""
    told = notice("/DISREGARD RELEASE: City of Kent/")
    assert told is not None
    assert meant(told, f"We are advised that readers should disregard the news release, {H}, issued Nov. 20 over PR Newswire.") == H
    chinese = notice("撤稿：枣庄")
    assert chinese is not None
    assert meant(chinese, "新华社20日播发的《枣庄与鹿特丹结好》一稿，请勿使用。") == "枣庄与鹿特丹结好"
    assert meant(chinese, "《枣庄史》一书出版。") == "枣庄"


@given(st.text())
def test_any_headline_is_read(title: str) -> None:
    """No text raises; what is left of it was in it."""
    found = notice(title)
    assert found is None or all(part in " ".join(title.split()) or part for part in found.title.split())
