"""py3langid's model, cut down to some languages and laid out flat in a file of the cache folder that is mapped. Classifies nothing.

Unpacking the model takes seven tenths of a second and 65 MB in every process; of the file only those pages are read that texts lead to.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from importlib.metadata import version
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from twinwire.cachefolder import cache_folder, keep

Words = np.ndarray[Any, np.dtype[np.uint32]]

_LAYOUT = 2  # of the file
_HEAD = 5    # numbers at its beginning: letters of the languages, languages, features, states, transitions


def identifier(languages: Sequence[str]) -> LanguageIdentifier:
    """A classifier of these languages (ISO 639 codes). Kept for the next process; where nothing can be kept, unpacked each time."""
    key = f"{_LAYOUT} {version('py3langid')} {' '.join(languages)}"
    path = cache_folder() / f"languages-{blake2b(key.encode(), digest_size=8).hexdigest()}.npy"
    if (mapped := _mapped(path)) is not None:
        return mapped
    whole = LanguageIdentifier.from_model_file(MODEL_FILE)
    whole.set_languages(list(languages))
    flat = _flat(whole)
    keep(path, _file(flat))
    return _mapped(path) or _over(flat)


def _mapped(path: Path) -> LanguageIdentifier | None:
    try:
        return _over(np.load(path, mmap_mode="r", allow_pickle=False))
    except (OSError, ValueError, EOFError):  # not there, or not what was written
        return None


def _flat(whole: LanguageIdentifier) -> Words:
    """Head, languages, then the tables. Those of features have a row each with all its languages side by side: a text needs a hundred of
    a hundred thousand."""
    names = " ".join(whole.nb_classes).encode()
    names += b" " * (-len(names) % 4)
    features, languages = whole.nb_ptc.shape
    parts = [np.array([len(names), languages, features, len(whole.tk_output), len(whole.tk_nextmove)]), np.frombuffer(names, np.uint32),
             np.asarray(whole.nb_pc, np.float32).view(np.uint32), np.ascontiguousarray(whole.nb_ptc, np.float32).view(np.uint32).ravel(),
             np.asarray(whole.tk_row), np.asarray(whole.tk_output, np.int32).view(np.uint32), np.asarray(whole.tk_nextmove)]
    return np.concatenate([p.astype(np.uint32, copy=False) for p in parts])


def _file(flat: Words) -> bytes:
    np.save(out := BytesIO(), flat)
    return out.getvalue()


def _over(flat: Words) -> LanguageIdentifier:
    """A classifier over the flat tables. Raises ValueError when they are not whole."""
    if flat.dtype != np.uint32 or len(flat) < _HEAD:
        raise ValueError("not a model")
    letters, languages, features, states, moves = (int(n) for n in flat[:_HEAD])
    ends = np.cumsum((_HEAD, letters // 4, languages, languages * features, states, states, moves)).tolist()
    if len(flat) != ends[-1]:
        raise ValueError("not whole")
    names, pc, ptc, row, output, nextmove = (np.asarray(flat[a:b]) for a, b in pairwise(ends))
    return LanguageIdentifier(
        ptc.view(np.float32).reshape(features, languages), pc.view(np.float32), names.tobytes().decode().split(),
        nextmove.data, output.view(np.int32).data, norm_probs=True, tk_row=row.tolist())
