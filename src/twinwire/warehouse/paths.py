"""Where things lie below the data folder. Creates folders, opens nothing."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from twinwire.errors import ConfigError


@dataclass(frozen=True, slots=True)
class DataFolder:
    """``root`` and what lies below it."""

    root: Path

    @property
    def warehouse(self) -> Path:
        """The read copy that people open."""
        return self.root / "warehouse.duckdb"

    @property
    def store(self) -> Path:
        """The loader's own file."""
        return self.root / "store" / "store.duckdb"

    @property
    def lock(self) -> Path:
        """Held (fcntl) by the one process that runs."""
        return self.root / "store" / "run.lock"

    @property
    def witness(self) -> Path:
        """Counts of the last commit, kept outside the database."""
        return self.root / "store" / "witness.json"

    @property
    def backups(self) -> Path:
        """Earlier read copies."""
        return self.root / "store" / "backups"

    @property
    def spool(self) -> Path:
        """Batches on their way into the store."""
        return self.root / "spool"

    @property
    def rescreen(self) -> Path:
        """Verdicts of a rescreening that are not adopted yet, one folder per rule version."""
        return self.root / "rescreen"

    @property
    def rebuild(self) -> Path:
        """A store that is being made anew from the archive: a data folder of its own until it takes the store's place."""
        return self.root / "rebuild"

    @property
    def damaged(self) -> Path:
        """Batches that could not be read when they were to be loaded."""
        return self.root / "store" / "damaged"

    @property
    def archive(self) -> Path:
        """Raw bytes, WARC."""
        return self.root / "archive"

    @property
    def links(self) -> Path:
        """Lists of known pairs on their way into the store: what was read, what could not be matched, how far a list was read."""
        return self.root / "links"

    @property
    def log(self) -> Path:
        """What a bug left behind."""
        return self.root / "log"

    @property
    def prefect(self) -> Path:
        """PREFECT_HOME, so that a user's other Prefect work is left alone."""
        return self.root / "prefect"

    def prepare(self) -> None:
        """Make the folders, readable by their owner only.

        Raises :class:`ConfigError` naming the folder that cannot be written.
        """
        for folder in (self.root, self.store.parent, self.spool, self.archive):
            try:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            except OSError as e:
                raise ConfigError(str(folder), f"cannot be made ({e.strerror}); choose another folder with --data") from None
            if not os.access(folder, os.W_OK | os.X_OK):
                raise ConfigError(str(folder), "cannot be written; mend its permissions or choose another with --data")
