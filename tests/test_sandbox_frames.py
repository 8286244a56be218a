"""Tasks through a pipe."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from twinwire.sandbox.frames import BATCH, Task, batch_of, tasks_in

ASKED = st.dictionaries(st.text(max_size=5), st.none() | st.text(st.characters(), max_size=9) | st.integers(), max_size=3)


@given(st.lists(st.builds(Task, st.text(max_size=9), ASKED, st.binary(max_size=99)), max_size=4))
def test_a_batch_comes_out_as_it_went_in(tasks: list[Task]) -> None:
    """In order; a header of a hostile server may hold half a character."""
    raw = batch_of(tasks)
    assert BATCH.unpack_from(raw)[0] == len(raw) - BATCH.size
    assert list(tasks_in(raw[BATCH.size:])) == tasks


@given(st.lists(st.binary(max_size=9), max_size=3))
def test_bodies_are_not_looked_into(bodies: list[Any]) -> None:
    """Whatever stands in them."""
    raw = batch_of([Task("x", {}, body + batch_of([])) for body in bodies])
    assert [t.body for t in tasks_in(raw[BATCH.size:])] == [body + batch_of([]) for body in bodies]
