"""Content codings, undone while counting."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twinwire.fetch.coding import Decoder, TooLargeError, UnaskedCodingError

CAP = 1 << 20


def decode(coding: str, data: bytes, step: int = 7, cap: int = CAP) -> tuple[bytes, str | None]:
    decoder = Decoder(coding, cap)
    for i in range(0, len(data), step):
        decoder.feed(data[i : i + step])
    return decoder.body, decoder.close()


@given(st.binary(max_size=5000), st.integers(1, 999), st.sampled_from(["gzip", "x-gzip", "deflate", "raw deflate", "", "identity"]))
def test_what_was_coded_comes_back(body: bytes, step: int, coding: str) -> None:
    """Whole, however the bytes are cut on the way."""
    if coding == "raw deflate":
        z = zlib.compressobj(wbits=-15)
        coded, name = z.compress(body) + z.flush(), "deflate"
        if coded[:1] and (coded[0] & 0x0F) == 8 and len(coded) > 1 and (coded[0] << 8 | coded[1]) % 31 == 0:
            return  # this raw stream looks like a zlib header; nobody could tell
        step = max(step, 2)
    else:
        name = coding
        coded = gzip.compress(body) if "gzip" in coding else zlib.compress(body) if coding == "deflate" else body
        step = max(step, 2)
    assert decode(name, coded, step) == (body, None)


@given(st.binary(min_size=400, max_size=3000), st.integers(12, 60))
def test_a_cut_stream_is_flagged(body: bytes, percent: int) -> None:
    """The end of the stream must be seen; what came before the cut is kept."""
    coded = gzip.compress(body)
    got, why = decode("gzip", coded[: len(coded) * percent // 100])
    assert why == "the gzip stream ends early"
    assert body.startswith(got)


def test_a_wrong_checksum_is_flagged() -> None:
    """The text is there, but it is not what was sent."""
    coded = gzip.compress(b"hello" * 100)
    got, why = decode("gzip", coded[:-8] + b"\xde\xad\xbe\xef" + coded[-4:])
    assert why is not None
    assert "broken" in why
    assert len(got) <= 500


def test_members_one_after_the_other_and_padding_are_read() -> None:
    """gzip files may be joined (RFC 1952 §2.2), and some servers pad them."""
    assert decode("gzip", gzip.compress(b"one ") + gzip.compress(b"two") + b"\0\0\0", step=1000) == (b"one two", None)


def test_a_bomb_stops_at_the_cap() -> None:
    """Decoded bytes count, while decoding: 50 MB never exist."""
    with pytest.raises(TooLargeError):
        decode("gzip", gzip.compress(b" " * (50 << 20)), step=1 << 16)


def test_plain_text_that_says_gzip_is_read_as_it_is() -> None:
    """Some servers say it and do not do it."""
    assert decode("gzip", b"<rss/>") == (b"<rss/>", None)


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", ", ".join(["gzip"] * 60), "compress"])
def test_only_one_layer_of_what_was_offered(coding: str) -> None:
    """A chain of codings multiplies a bomb."""
    with pytest.raises(UnaskedCodingError):
        Decoder(coding, CAP)


def test_an_empty_body_is_whole() -> None:
    """Nothing was sent, so nothing is missing."""
    assert decode("gzip", b"") == (b"", None)
