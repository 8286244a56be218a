"""The language classifier's tables in the cache folder: the same answers, and never those of a damaged file."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from twinwire.cachefolder import cache_folder
from twinwire.normalise.languagemodel import identifier

CODES = ["en", "de", "sr", "sw"]
TEXTS = ["Bristol and Hannover renew their sister city agreement", "Kassel und Jaroslawl erneuern ihre Partnerschaft",
         "Београд и Москва потписали споразум", "Miji miwili imesaini makubaliano ya urafiki", "", "§§§", "12345"]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own."""
    monkeypatch.setenv("TWINWIRE_CACHE", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that is left after a first time, which takes a second. Nobody writes to it."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TWINWIRE_CACHE", str(tmp_path_factory.mktemp("unpacked")))
        identifier(CODES)
        return next(cache_folder().glob("languages-*.npy"))


@pytest.fixture
def kept(unpacked: Path, cache: Path) -> Path:
    """A copy of it in the test's own cache folder."""
    return Path(shutil.copy(unpacked, cache))


@pytest.fixture(scope="module")
def whole() -> LanguageIdentifier:
    """The library's own way."""
    found = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    found.set_languages(CODES)
    return found


def test_the_answers_are_the_librarys(cache: Path, whole: LanguageIdentifier) -> None:
    """To all languages and probabilities, unpacked and from the file."""
    for found in (identifier(CODES), identifier(CODES)):
        for text in TEXTS:
            assert [(code, pytest.approx(p)) for code, p in whole.rank(text)] == found.rank(text)
    assert len(list(cache.iterdir())) == 1


def test_it_is_unpacked_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next process finds it; other languages have a file of their own."""
    identifier(CODES)
    identifier(CODES[:2])
    assert len(list(cache.glob("languages-*.npy"))) == 2
    monkeypatch.setattr(LanguageIdentifier, "from_model_file", lambda *_: pytest.fail("was unpacked again"))
    assert identifier(CODES).classify(TEXTS[1])[0] == "de"


@pytest.mark.parametrize("cut", [0, 1, 100, 1000, -4])
def test_a_file_that_is_not_whole_is_made_anew(kept: Path, cut: int) -> None:
    """Cut anywhere, it is never asked."""
    whole = kept.read_bytes()
    kept.write_bytes(whole[:cut])
    assert identifier(CODES).classify(TEXTS[0])[0] == "en"
    assert kept.read_bytes() == whole


@pytest.mark.parametrize("other", [np.zeros(3, np.uint32), np.zeros(9, np.uint32), np.zeros(100), np.array(["x"]), np.array(None, object)])
def test_another_array_is_no_model(kept: Path, other: object) -> None:
    """Whatever lies there under that name."""
    np.save(kept, other)
    assert identifier(CODES).classify(TEXTS[0])[0] == "en"


def test_no_cache_is_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be written it is unpacked each time."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("TWINWIRE_CACHE", str(tmp_path / "file"))
    assert identifier(CODES).classify(TEXTS[0])[0] == "en"
