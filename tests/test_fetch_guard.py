"""Which addresses may be asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinwire.fetch.guard import MAX_MESSAGE, Target, host_of, one_line, redact, refuse, target


@pytest.mark.parametrize("ip", [
    "127.0.0.1", "127.255.0.9", "10.0.0.5", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::", "::1",
    "fe80::1%eth0", "fc00::1", "224.0.0.1", "ff02::1", "::ffff:127.0.0.2", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
    "192.0.2.1", "198.18.0.1", "203.0.113.7", "240.0.0.1", "255.255.255.255", "2001:db8::1", "2001:0:4136:e378:8000:63bf:f5ff:fffe",
    "not an address"])
def test_what_is_not_public_is_refused(ip: str) -> None:
    """Loopback, private, shared, link-local, reserved, documentation and multicast, also inside IPv6."""
    assert refuse(ip)


@pytest.mark.parametrize("ip", ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_what_is_public_is_not_refused(ip: str) -> None:
    """The guard must not keep us from the wires."""
    assert refuse(ip) is None


@pytest.mark.parametrize(("url", "host"), [
    ("http://2130706434/", "127.0.0.2"), ("http://0x7f.0.0.2/", "127.0.0.2"), ("http://0177.0.0.2/", "127.0.0.2"),
    ("http://127.2/", "127.0.0.2"), ("http://127.0.0.2:80\\@public.example/", "127.0.0.2"), ("http://a.example@127.0.0.2/", "127.0.0.2"),
    ("http://[::ffff:7f00:2]/", "::ffff:7f00:2"), ("HTTP://EXAMPLE.org", "example.org"),
    ("http://bücher.example/", "xn--bcher-kva.example"),
    ("http://ｅｘａｍｐｌｅ.org/", "example.org")])
def test_every_spelling_comes_down_to_one_host(url: str, host: str) -> None:
    """The host that is checked is the host that is connected to, however it was written."""
    found = target(url)
    assert isinstance(found, Target)
    assert found.host == host


@pytest.mark.parametrize("url", ["file:///etc/passwd", "gopher://a.example/", "ftp://a.example/", "data:text/plain,x",
                                 "javascript:1", "",
                                 "http://", "//a.example/", "http://a b/", "http://a.example:99999/", "http://" + "a" * 9000])
def test_what_is_no_web_address_is_told_in_words(url: str) -> None:
    """Only http and https, with a host, of a sane length."""
    assert isinstance(target(url), str)


def test_credentials_are_taken_out_of_the_address() -> None:
    """They are sent as a header to this origin, and shown nowhere."""
    found = target("https://us%40er:p%3Aw@a.example:8443/x?q=1#frag")
    assert isinstance(found, Target)
    assert (found.username, found.password, found.url) == ("us@er", "p:w", "https://a.example:8443/x?q=1")
    assert found.origin == ("https", "a.example", 8443)


def test_a_relative_redirect_keeps_its_base() -> None:
    """Location may be relative (RFC 9110 §10.2.2)."""
    found = target("../b?x=1", "https://a.example/p/q")
    assert isinstance(found, Target)
    assert found.url == "https://a.example/b?x=1"


@pytest.mark.parametrize(("text", "clean"), [
    ("GET https://u:secret@a.example/ failed", "GET https://a.example/ failed"),
    ("https://a.example/?api_key=SECRET&x=1", "https://a.example/?api_key=…&x=1"),
    ("token=abc password=def", "token=… password=…"), ("nothing here", "nothing here")])
def test_secrets_are_not_shown(text: str, clean: str) -> None:
    """Logs, errors, ledger and exports pass through here."""
    assert redact(text) == clean


@given(st.text(max_size=2000))
def test_a_message_is_one_printable_line(text: str) -> None:
    """No forged log lines, no escape sequences, no novels."""
    line = one_line(text)
    assert len(line) <= MAX_MESSAGE
    assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or 0xD800 <= ord(c) <= 0xDFFF for c in line)


@pytest.mark.parametrize(("url", "host"), [
    ("https://A.example:8443/x", "a.example"), ("http://[::1]/", "::1"), ("http://[::1/feed", None), ("file:/a.xml", None), ("", None)])
def test_whose_turn_it_is_can_be_told_of_any_address(url: str, host: str | None) -> None:
    """Also of those that no parser reads: one of them in the catalogue must not stop the run."""
    assert host_of(url) == host
