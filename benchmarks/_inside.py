"""The measured end of rows that time a function: `_inside.py MODULE:FUNCTION JSON` calls it and prints its figures as JSON."""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import asdict


def main(call: str, arguments: str) -> None:
    """Print {"figures": {row: {...}}}, or {"absent": reason}."""
    from _rows import Absent

    module, _, function = call.partition(":")
    try:
        found = getattr(importlib.import_module(module), function)(**json.loads(arguments))
    except Absent as e:
        print(json.dumps({"absent": str(e)}))
    else:
        print(json.dumps({"figures": {name: asdict(figures) for name, figures in found.items()}}))


if __name__ == "__main__":
    main(*sys.argv[1:])
