"""The command line: arguments in, calls to the library, lines out. Holds no logic of its own.

Every command imports what it needs when it runs, so that `--help` is instant and no question waits for Prefect.
"""

from __future__ import annotations

import os
import sys

from twinwire.errors import TwinwireError


def main() -> None:
    """Entry point. Exit codes: 0 done, 1 a bug, 2 config or usage, 3 busy, 4 no source read, 5 store damaged."""
    from twinwire.cli.app import app

    try:
        app()
    except TwinwireError as e:
        print("\n".join(f"twinwire: {line}" for line in str(e).splitlines()), file=sys.stderr)  # noqa: T201
        sys.exit(e.exit_code)
    except BrokenPipeError:  # `| head`: the reader has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(130)
