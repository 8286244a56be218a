"""The parse stage: bytes of a payload → entries. Fetches nothing and judges no story."""

from twinwire.parse.outcome import Unreadable
from twinwire.parse.payload import parse

__all__ = ["Unreadable", "parse"]
