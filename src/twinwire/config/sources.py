"""Models of ``sources.yaml``. Contains no fetching: it says what a source is, not how it is read."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema, field_validator

from twinwire.formats import Format

_ID = r"^[a-z0-9][a-z0-9._-]{0,79}$"
_DURATION = re.compile(r"^(\d+(?:\.\d+)?)([smhdw])$")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_MAPPED = r"^json:[a-z0-9][a-z0-9._-]{0,79}$"
_CRON = re.compile(r"^\S+(\s+\S+){4}$")


def seconds(text: str) -> float:
    """``"15m"`` → 900.0. Units: s, m, h, d, w. Raises ValueError."""
    m = _DURATION.match(text.strip())
    if not m:
        raise ValueError("must be a number with a unit, such as 30s, 15m, 3h, 3d or 2w")
    return float(m[1]) * _SECONDS[m[2]]


def format_name(name: str) -> str:
    """``name`` when it is one of :class:`Format` or ``json:`` and the name of a mapping. Raises ValueError."""
    if name in list(Format) or re.fullmatch(_MAPPED, name):
        return name
    raise ValueError(f"must be {', '.join(Format)} or json: with the name of a mapping")


FormatName = Annotated[str, AfterValidator(format_name), WithJsonSchema(
    {"anyOf": [{"enum": [str(f) for f in Format], "type": "string"}, {"pattern": _MAPPED, "type": "string"}]})]


class Expect(BaseModel):
    """Bounds of a healthy source; outside them it is flagged, never dropped."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    min: int = Field(1, ge=0, description="fewer entries than this in one fetch is flagged")
    max: int = Field(1000, ge=1, description="more entries than this in one fetch is flagged")
    quiet_after: str = Field("14d", description="no new entry for this long is flagged: 12h, 3d, 2w")

    @field_validator("quiet_after")
    @classmethod
    def _duration(cls, v: str) -> str:
        seconds(v)
        return v


class Source(BaseModel):
    """One source: a feed address, or a folder where an agency drops files."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=_ID, description="stable; the key in the warehouse")]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    url: Annotated[str, Field(min_length=5, max_length=4096, description="http(s)://…, or file:/path or folder:/path")]
    format: FormatName = Field(Format.AUTO.value, description="how its payloads are read; auto looks at the bytes")
    wire: str | None = Field(None, description="the agency whose copy this is, as datelines name it")
    publisher: str | None = None
    language: str | None = Field(None, pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", description="BCP 47; a prior, not a fact")
    country: str | None = Field(None, pattern=r"^[A-Z]{2}$", description="ISO 3166-1 of the publisher")
    timezone: str | None = Field(None, description="for dates without a zone: Asia/Shanghai")
    schedule: str = Field("hourly", description="fast | hourly | daily, or a cron line of five fields")
    article: Literal["never", "kept", "undecided"] = Field("never", description="whose pages to fetch")
    store: Literal["excerpt", "full"] = Field("excerpt", description="what its terms allow to be kept")
    terms: str = Field("", description="what is known of its terms of use")
    expect: Expect = Field(default_factory=Expect)
    allow_private: bool = Field(False, description="may it live on a private address? (drop servers, tests)")
    auth: str | None = Field(None, pattern=r"^env:[A-Z][A-Z0-9_]*$",
                             description="env:NAME, a variable that holds user:password or a bearer token")
    enabled: bool = True
    evidence: str = Field("", description="where the address was seen working, and when")
    quirks: str = Field("", description="what to know about it")
    tags: tuple[str, ...] = ()

    @field_validator("url")
    @classmethod
    def _url(cls, v: str) -> str:
        if not re.match(r"^(https?://[^\s/]+|file:[^\s]|folder:[^\s])", v, re.IGNORECASE):
            raise ValueError("must start with http://, https://, file: or folder:")
        if re.match(r"^https?://[^/]*@", v, re.IGNORECASE):
            raise ValueError("holds a password; name it instead: auth: env:NAME")
        return v.strip()

    @field_validator("timezone")
    @classmethod
    def _zone(cls, v: str | None) -> str | None:
        if v is not None:
            try:
                ZoneInfo(v)
            except (ZoneInfoNotFoundError, ValueError):
                raise ValueError("is not an IANA zone such as Asia/Shanghai") from None
        return v

    @field_validator("schedule")
    @classmethod
    def _schedule(cls, v: str) -> str:
        if v not in {"fast", "hourly", "daily"} and not _CRON.match(v.strip()):
            raise ValueError("must be fast, hourly, daily or a cron line of five fields")
        return v.strip()

    @property
    def is_local(self) -> bool:
        """True for drop files and folders."""
        return self.url[:5].lower() == "file:" or self.url[:7].lower() == "folder:"


class SourcesFile(BaseModel):
    """``sources.yaml``: ``defaults:`` are laid under every source before it is checked."""

    model_config = ConfigDict(extra="forbid")

    defaults: dict[str, Any] = Field(default_factory=dict, description="keys of a source that hold for all of them")
    sources: list[Source] = Field(min_length=0)
