"""The gazetteer's file is built once, read back whole, and thrown away when it does not fit."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from twinwire.cachefolder import cache_folder
from twinwire.errors import TwinwireError
from twinwire.normalise.gazetteer import Gazetteer
from twinwire.records import Level
from twinwire.warehouse import gazetteer as module
from twinwire.warehouse.gazetteer import build, data_version, open_gazetteer

TABLE = Path(module.__file__).parent / "data" / "admin1.csv"


@pytest.fixture(scope="session")
def built(gazetteer: Gazetteer) -> Path:
    """The file behind the session's gazetteer."""
    return cache_folder() / f"gazetteer-{data_version()}.duckdb"


@pytest.fixture
def copy(built: Path, tmp_path: Path) -> Path:
    path = tmp_path / built.name
    shutil.copy(built, path)
    return path


def test_the_file_says_what_it_is(built: Path) -> None:
    """Versions and the attribution GeoNames asks for are in the file, and it is small."""
    with duckdb.connect(str(built), read_only=True) as con:
        meta = dict(con.execute("select key, value from meta").fetchall())
        counts = con.execute("select level, count(*) from place group by level order by level").fetchall()
    assert meta["version"] == data_version()
    assert "CC BY 4.0" in meta["attribution"]
    assert counts[0][1] > 230_000
    assert counts[1][1] > 3_900
    assert counts[2][1] > 245
    assert built.stat().st_size < 25_000_000


def test_a_file_in_place_is_not_built_again(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Opening says nothing and changes nothing."""
    before = copy.stat().st_mtime_ns
    assert open_gazetteer(copy).cities("Zaozhuang")
    assert copy.stat().st_mtime_ns == before
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("harm", ["missing", "cut", "other version", "no database"])
def test_a_file_that_does_not_fit_is_built_anew(copy: Path, harm: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
                                                built: Path) -> None:
    """Missing, damaged or of another version: one line on stderr, then the right file lies there. Nothing else is left behind."""
    if harm == "missing":
        copy.unlink()
    elif harm == "cut":
        copy.write_bytes(copy.read_bytes()[:1_000_000])
    elif harm == "no database":
        copy.write_text("nothing of the kind")
    else:
        with duckdb.connect(str(copy)) as con:
            con.execute("update meta set value = 'old' where key = 'version'")
    monkeypatch.setattr(module, "build", lambda path: shutil.copy(built, path))  # the build itself is tested below, once
    assert open_gazetteer(copy).cities("Zaozhuang")
    err = capsys.readouterr().err
    assert "building the gazetteer" in err
    assert err.count("\n") == 1
    assert [p.name for p in copy.parent.iterdir()] == [copy.name]


def test_a_build_is_whole_and_alone(tmp_path: Path, built: Path) -> None:
    """A fresh build has the rows of any other, leaves nothing beside it, and old files of other versions go."""
    for n in range(6):
        (tmp_path / f"gazetteer-{n}.duckdb").touch()
    path = tmp_path / "gazetteer-new.duckdb"
    build(path)
    assert max(p.name for p in tmp_path.iterdir()) == path.name
    assert len(list(tmp_path.iterdir())) == 4
    with duckdb.connect(str(path), read_only=True) as con:
        con.execute(f"attach '{built}' as other (read_only)")
        for table in ("place", "place_name", "han_name"):
            assert con.execute(f"select count(*) from (from {table} except from other.{table})").fetchone() == (0,)
            assert con.execute(f"select (select count(*) from {table}) - (select count(*) from other.{table})").fetchone() == (0,)


def test_no_place_to_build_is_one_clear_line(tmp_path: Path) -> None:
    """A folder that cannot be written is an error that says what to set."""
    blocked = tmp_path / "file"
    blocked.touch()
    with pytest.raises(TwinwireError, match="TWINWIRE_CACHE"):
        open_gazetteer(blocked / "gazetteer.duckdb")


@pytest.mark.parametrize(("name", "country", "admin1"), [
    ("枣庄", "CN", "Shandong"), ("索非亚", "BG", None), ("과천", "KR", "Gyeonggi"), ("시흥", "KR", "Gyeonggi"), ("Algier", "DZ", None), ("洋野町", "JP", "Iwate"),
    ("Frankfurt/Main", "DE", "Hesse"), ("ワシントン", "US", "Washington, D.C."), ("延边", "CN", "Jilin"), ("呼伦贝尔", "CN", "Inner Mongolia"), ("Reykjavík", "IS", None),
])
def test_names_that_were_gaps(gazetteer: Gazetteer, name: str, country: str, admin1: str | None) -> None:
    """What GeoNames' extract lacks comes from CLDR or our own table."""
    place = gazetteer.cities(name)[0]
    assert place.country_code == country
    assert admin1 is None or place.admin1 == admin1


@pytest.mark.parametrize(("code", "city"), [("CAN", "Guangzhou"), ("SAN", "San Diego"), ("BAR", "Qionghai"), ("LAX", "Los Angeles")])
def test_airport_codes_are_no_names(gazetteer: Gazetteer, code: str, city: str) -> None:
    """GeoNames lists them as names; a text does not mean Guangzhou by "can"."""
    assert gazetteer.cities(city)
    assert city not in {p.name for p in gazetteer.cities(code)}


@pytest.mark.parametrize(("name", "code"), [
    ("中国", "CN"), ("Südkorea", "KR"), ("대한민국", "KR"), ("UK", "GB"), ("U.S.", "US"), ("UAE", "AE"), ("DPRK", "KP"), ("Hong Kong SAR", "HK"),
    ("Türkiye", "TR"), ("Great Britain", "GB"), ("Англия", None), ("Великобритания", "GB"), ("ドイツ", "DE"), ("ألمانيا", "DE"), ("République tchèque", "CZ"),
    ("Mexico City", None), ("VN", "VN"),
])
def test_countries_in_many_languages(gazetteer: Gazetteer, name: str, code: str | None) -> None:
    """CLDR's names, ISO codes and the usual short forms; England is a division."""
    land = gazetteer.country(name)
    assert (land.country_code if land else None) == code


@pytest.mark.parametrize(("name", "country", "code"), [
    ("Calif.", None, "CA"), ("Mass.", None, "MA"), ("W.Va.", None, "WV"), ("N.Y.", "US", "NY"), ("B.C.", "CA", "02"), ("NSW", "AU", "02"), ("山东省", "CN", "25"),
    ("堪萨斯州", "US", "KS"), ("Bavière", "DE", "02"), ("京都府", "JP", "22"), ("충남", "KR", "17"), ("Московская область", "RU", "47"), ("SP", "BR", "27"),
])
def test_divisions_in_many_forms(gazetteer: Gazetteer, name: str, country: str | None, code: str) -> None:
    """AP style, postal and ISO codes, and names in the languages of the wires."""
    assert gazetteer.admin1s(name, country)[0].admin1_code == code


def test_our_table_of_divisions_holds_together() -> None:
    """One row per division, one ISO code for at most one of a country, no id twice."""
    with TABLE.open(encoding="utf-8") as f:
        rows = list(csv.DictReader(line for line in f if not line.startswith("#")))
    for key in (lambda r: (r["country"], r["code"]), lambda r: r["place_id"], lambda r: r["iso"] or r["place_id"]):
        assert [k for k, n in Counter(map(key, rows)).items() if n > 1] == []
    assert all(r["iso"].startswith(r["country"] + "-") or not r["iso"] for r in rows)
    assert all(r["name"].strip() for r in rows)


def test_every_division_of_the_big_countries_has_a_name(gazetteer: Gazetteer, built: Path) -> None:
    """Of the sixty countries with most places, no city is without the name of its division, but for some with no code at all."""
    with duckdb.connect(str(built), read_only=True) as con:
        missing = con.execute("""
            with big as (select country_code from place where level = 0 group by 1 order by count(*) desc limit 60)
            select country_code, admin1_code, count(*) from place c where level = 0 and admin1_code is not null
              and country_code in (from big) and not exists (
                select 1 from place r where r.level = 1 and r.country_code = c.country_code and r.admin1_code = c.admin1_code)
            group by all having count(*) > 3""").fetchall()
    assert missing == []


def test_our_table_agrees_with_geonames(shared: Path) -> None:
    """Every division GeoNames names is in our table under the same id, but for Viet Nam and Latvia, whose divisions were redrawn."""
    file = shared / "data" / "geo" / "admin1CodesASCII.txt"
    if not file.is_file():
        pytest.skip("GeoNames' names of divisions are not beside the project")
    theirs = {tuple(k.split(".", 1)): i for k, _, _, i in (line.split("\t") for line in file.read_text("utf-8").splitlines())}
    with TABLE.open(encoding="utf-8") as f:
        ours = {(r["country"], r["code"]): r["place_id"] for r in csv.DictReader(line for line in f if not line.startswith("#"))}
    assert {k for k, i in theirs.items() if ours.get(k) != i and k[0] not in {"VN", "LV"}} == set()


def test_places_have_their_levels(gazetteer: Gazetteer) -> None:
    """Each look-up gives places of its own level only."""
    assert {p.level for p in gazetteer.cities("New York")} == {Level.CITY}
    assert {p.level for p in gazetteer.admin1s("New York")} == {Level.ADMIN1}
    land = gazetteer.country("China")
    assert land is not None
    assert land.level is Level.COUNTRY
