"""The command line: arguments in, calls to the library, lines out. Holds no logic of its own.

Every command imports what it needs when it runs, so that `--help` is instant and no question waits for Prefect.
"""

from __future__ import annotations

import errno
import gc
import io
import os
import sys

from twinwire.errors import TwinwireError

_MENDABLE = {  # what a machine does to a program, and its user can mend
    errno.ENOSPC: "no space left on the device", errno.EDQUOT: "no space left in the quota", errno.EFBIG: "larger than a file may be here",
    errno.EROFS: "the file system is read-only", errno.EACCES: "no permission", errno.EPERM: "no permission",
    errno.EIO: "the device fails to read or write; look at the disk", errno.EMFILE: "too many open files; raise `ulimit -n`",
}


def main() -> None:
    """Entry point. Exit codes: 0 done, 1 a bug, 2 config or usage, 3 busy, 4 no source read, 5 store damaged."""
    from twinwire.cli.app import app

    # A run holds a million objects that are no garbage, and makes hardly any cycles: looking for them as often as Python does by itself
    # was 3 to 5 % of its time.
    gc.set_threshold(50_000, 20, 100)
    _hold_standard_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that cannot show a headline's letters is no bug
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except TwinwireError as e:
        print("\n".join(f"twinwire: {line}" for line in str(e).splitlines()), file=sys.stderr)  # noqa: T201
        sys.exit(e.exit_code)
    except SystemExit as e:
        if isinstance(e.__context__, OSError) and e.__context__.errno == errno.EPIPE:
            sys.exit(0)  # `| head`: the reader has had enough; Typer calls that a failure
        raise
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as e:
        if e.errno not in _MENDABLE:
            raise
        print(f"twinwire: {e.filename or 'output'}: {_MENDABLE[e.errno]}", file=sys.stderr)  # noqa: T201
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        gc.freeze()  # the process ends: looking through all that is alive for cycles once more took half a second after a run


def _hold_standard_streams() -> None:
    """Where the caller closed one of them (``>&-``), the next file to be opened would get its number, and messages would land in it."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free: this one
