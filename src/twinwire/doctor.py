"""Is all well? Surroundings, config, store, archive, spool, read copy: each finding is one line. Mends only when told to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from twinwire import config as configs
from twinwire import surroundings
from twinwire.config import Config
from twinwire.errors import Busy, ConfigError, StoreDamaged
from twinwire.findings import Finding, Level, bad, ok, warn
from twinwire.records import Failure
from twinwire.warcread import MAX_BODY, ArchiveRef, read_at
from twinwire.warehouse import spool
from twinwire.warehouse.integrity import archived, inspect
from twinwire.warehouse.lock import RunLock
from twinwire.warehouse.paths import DataFolder
from twinwire.warehouse.publish import is_copy, publish
from twinwire.warehouse.store import Store

SAMPLE = 300  # records of the archive that are read when not all are asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What an examination is asked to do."""

    deep: bool = False     # read every record of the archive
    repair: bool = False   # load what waits in the spool, publish the read copy anew


def examine(config: Path, data: DataFolder, options: Options, api: Callable[[], bool]) -> Iterator[Finding]:
    """Every finding, in order, as it is made. ``api`` asks whether a Prefect API answers."""
    yield from surroundings.look(data, api, datetime.now(UTC))
    loaded = None
    try:
        loaded = configs.load(config)
        yield _config(loaded)
    except ConfigError as e:
        yield bad("config", "valid", str(e).replace("\n", "; "))
    if not data.root.exists():
        return
    with ExitStack() as stack:
        busy = None
        try:
            if data.store.parent.is_dir():
                stack.enter_context(RunLock(data.lock))
        except Busy as e:
            busy = e.message
        if busy:
            yield warn("store", "opens", f"is not looked at: {busy.split(';')[0]}; ask again when it has ended")
        else:
            if options.repair:
                yield from _repaired(data, loaded)
            yield from inspect(data.store, data.witness)
        yield from _archive(data, options, loaded)
        yield from _spool(data)
        yield from _copies(data, busy=busy is not None)


def _config(config: Config) -> Finding:
    enabled = sum(s.enabled for s in config.sources)
    topics = ", ".join(t.id for t in config.topics.topics)
    return ok("config", "valid", f"{config.folder}: {enabled} of {len(config.sources)} sources enabled; topics {topics}")


# -- archive --------------------------------------------------------------------------------------------------------


def _archive(data: DataFolder, options: Options, config: Config | None) -> Iterator[Finding]:
    """Does what the ledger names lie in the archive, and can it be read?"""
    refs = archived(data.store) or archived(data.warehouse)
    if not refs:
        yield ok("archive", "files", "the ledger names no file yet")
        return
    names = sorted({r.path for r in refs})
    gone = [n for n in names if not (data.archive / n).is_file()]
    size = sum(f.stat().st_size for f in data.archive.rglob("*.warc.gz"))
    if gone:
        lost = sum(r.path in set(gone) for r in refs)
        yield warn("archive", "files", f"{len(gone)} of {len(names)} files are not there ({gone[0]} …), so {lost} payloads cannot be read "
                                       "again; bring them back from a backup, or live with it: what was made of them is in the store")
    else:
        yield ok("archive", "files", f"all {len(names)} files that the ledger names are there ({size / 1e6:.1f} MB)")
    yield _records(data, [r for r in refs if r.path not in set(gone)], options, config.settings.fetch.max_bytes if config else MAX_BODY)


def _records(data: DataFolder, refs: Sequence[ArchiveRef], options: Options, cap: int) -> Finding:
    step = 1 if options.deep else max(len(refs) // SAMPLE, 1)
    looked = refs[::step]
    broken = [found for r in looked if isinstance(found := read_at(data.archive, r, cap), Failure)]
    what = f"{len(looked)} of {len(refs)} records" if step > 1 else f"all {len(refs)} records"
    if broken:
        return bad("archive", "records", f"{len(broken)} of {len(looked)} cannot be read (the first: {broken[0].message}); "
                                         "bring the file back from a backup")
    return ok("archive", "records", f"{what} that were read are whole" + ("" if step == 1 else "; --deep reads them all"))


# -- spool and copies -----------------------------------------------------------------------------------------------


def _spool(data: DataFolder) -> Iterator[Finding]:
    if not data.spool.is_dir():
        return
    whole, half, strange = 0, 0, []
    for folder in sorted(p for p in data.spool.iterdir() if p.is_dir()):
        if folder.name.startswith("."):
            half += 1
            continue
        try:
            spool.verify(spool.read(folder))
            whole += 1
        except (spool.Damaged, StoreDamaged):
            strange.append(folder.name)
    if strange:
        yield bad("spool", "batches", f"{', '.join(strange[:3])} in {data.spool} cannot be read; the next run puts them aside. Their "
                                      "payloads are in the archive, and `twinwire doctor --rebuild` reads them again")
    elif whole or half:
        yield warn("spool", "batches", f"{whole} whole and {half} half-written ones wait; the next run, or --repair, loads what is whole")
    else:
        yield ok("spool", "batches", "nothing waits")


def _copies(data: DataFolder, *, busy: bool) -> Iterator[Finding]:
    """The read copy that people open, and earlier ones."""
    if not data.warehouse.exists():
        yield warn("copy", "warehouse", f"{data.warehouse} is not there; the next run, or --repair, makes it")
    elif not busy and not is_copy(data):
        yield bad("copy", "warehouse", f"{data.warehouse} is damaged, or no copy of the store; the next run, or --repair, makes it anew")
    else:
        made = datetime.fromtimestamp(data.warehouse.stat().st_mtime, UTC)
        yield ok("copy", "warehouse", f"{data.warehouse}, made {made:%Y-%m-%d %H:%M} UTC ({data.warehouse.stat().st_size / 1e6:.1f} MB)")
    kept = sorted(data.backups.glob("*.duckdb")) if data.backups.is_dir() else []
    aside = sorted(data.store.parent.glob("before-*"))
    yield ok("copy", "backups", (f"{len(kept)} earlier read copies, the newest {kept[-1].name}" if kept else "no earlier read copy is kept")
             + (f"; stores kept by a rebuild: {', '.join(p.name for p in aside)}, delete them when all is well" if aside else ""))


def _repaired(data: DataFolder, config: Config | None) -> Iterator[Finding]:
    """Load what waits, settle, publish."""
    data.prepare()
    try:
        with Store(data) as store:
            loaded = store.recover(datetime.now(UTC))
            store.settle()
            publish(store, config.settings.publish.backups if config else 2)
    except StoreDamaged as e:
        yield bad("repair", "spool", f"{e}; nothing was mended")
        return
    yield ok("repair", "spool", f"{loaded} waiting batches were loaded")
    yield ok("repair", "copy", f"{data.warehouse} was published anew")


def verdict(findings: Sequence[Finding]) -> int:
    """Exit code: 0, or 5 when anything is bad."""
    return StoreDamaged.exit_code if any(f.level is Level.BAD for f in findings) else 0
