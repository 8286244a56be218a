"""Options that several commands share. Reads nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ConfigDir = Annotated[Path, typer.Option("--config", metavar="DIR", envvar="TWINWIRE_CONFIG", show_default="config",
                                         help="Folder with sources.yaml, topics.yaml, settings.yaml")]
DataDir = Annotated[Path, typer.Option("--data", metavar="DIR", envvar="TWINWIRE_DATA",
                                       help="Folder of the warehouse, the archive and the spool")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout; messages go to stderr")]
CONFIG = Path("config")
DATA = Path("data")


def config_folder(given: Path) -> Path:
    """``config/`` of the working folder; where there is none, the shipped one."""
    from twinwire import config

    return config.shipped("config") if given == CONFIG and not given.exists() else given
