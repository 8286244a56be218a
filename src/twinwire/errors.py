"""Everything that can go wrong and is not a bug.

Contains no handling: it names things. Two kinds are kept apart (bad luck is a value, a stop is an exception):

Failures of one source are *values* (:class:`twinwire.records.Failure`) whose ``kind`` is one of :class:`Kind`.
What stops a whole command is an exception, and the exit code belongs to its class::

    TwinwireError                 1
    ├── ConfigError               2   a file or an argument the user can mend
    ├── Busy                      3   another run holds the lock
    ├── NothingRead               4   no source could be read
    └── StoreDamaged              5   ledger and tables disagree, or the file cannot be opened

Every error carries its subject (a file, a source, a path), prints as one line and survives pickling.
"""

from __future__ import annotations

from enum import StrEnum


class TwinwireError(Exception):
    """Base of all stops. ``subject`` is what it is about, ``message`` says what to do about it."""

    exit_code = 1

    def __init__(self, subject: str, message: str) -> None:
        super().__init__(subject, message)
        self.subject = subject
        self.message = message

    def __str__(self) -> str:
        return f"{self.subject}: {self.message}"


class ConfigError(TwinwireError):
    """A config file, an environment variable or an argument is wrong."""

    exit_code = 2


class Busy(TwinwireError):
    """Another process holds the run lock or the store."""

    exit_code = 3


class NothingRead(TwinwireError):
    """Not one source could be read."""

    exit_code = 4


class StoreDamaged(TwinwireError):
    """The store cannot be trusted; nothing was changed."""

    exit_code = 5


class Kind(StrEnum):
    """Classes of a source's failure. The value is what ledger, summary and logs show."""

    # fetch: before an answer
    BAD_URL = "bad-url"                  # not http(s), unparsable, or with a refused port
    REFUSED_ADDRESS = "refused-address"  # the name leads to an address that is not public
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"                  # the total deadline of the source passed
    # fetch: the answer
    BROKEN_ANSWER = "broken-answer"      # framing, reset, undecodable encoding
    TOO_LARGE = "too-large"
    REDIRECT = "redirect"                # loop, too many, nowhere
    UNAUTHORISED = "unauthorised"        # 401, 407
    FORBIDDEN = "forbidden"              # 403, 451
    CHALLENGE = "challenge"              # a bot wall, not the feed
    NOT_FOUND = "not-found"              # 404
    GONE = "gone"                        # 410
    THROTTLED = "throttled"              # 429, 503 with Retry-After
    SERVER_ERROR = "server-error"        # 5xx
    HTTP_STATUS = "http-status"          # any other status nobody asked for, 204, 206 and unasked 304 among them
    # fetch: article pages
    ROBOTS = "robots"                    # the host's robots.txt does not let us
    NOT_A_PAGE = "not-a-page"            # PDF, image …, or a page without an article of its own
    # drop folders
    UNREADABLE = "unreadable"            # file or folder missing or not permitted
    # parse
    EMPTY = "empty"                      # no bytes, or a well-formed feed without any entry
    NOT_A_FEED = "not-a-feed"            # HTML, a JSON error, random bytes
    ALL_ENTRIES_BAD = "all-entries-bad"
    PARSER_DIED = "parser-died"          # killed by its limits
    # run
    CREDENTIALS = "credentials"          # auth: env:NAME, and NAME is not set
    WAITING = "waiting"                  # not asked: told to wait, or backing off
    INTERNAL = "internal"                # a bug; the log has its traceback
