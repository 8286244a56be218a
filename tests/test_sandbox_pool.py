"""Children that die, hang, eat and lie, for real: the task is lost, the next is read, nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from twinwire.sandbox import codec
from twinwire.sandbox.child import Limits
from twinwire.sandbox.frames import Task
from twinwire.sandbox.pool import Ask, Lost, Pool, ReaderBug

JOBS = "sandboxjobs"
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc and limits of memory")


def anything(value: Any) -> Any:
    return value


def ask(job: str, body: bytes = b"", check: Any = anything, **asked: Any) -> Ask:
    return Ask(Task(job, asked, body), check)


def answers(pool: Pool, *asks: Ask) -> list[Any]:
    return [future.result().value for future in pool.submit(asks)]


@pytest.fixture(scope="module")
def shared_pool() -> Iterator[Pool]:
    """One pool for all that goes wrong: what comes later finds it sound."""
    pool = Pool(1, Limits(wall=1.5, memory=768 << 20, answer=1 << 20), JOBS)
    yield pool
    pool.close()


@pytest.fixture
def pool() -> Iterator[Pool]:
    pool = Pool(1, Limits(wall=60), JOBS)
    yield pool
    pool.close()


def gone(pid: int) -> bool:
    """No such process, and no zombie of it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize(("deed", "said"), [
    ("segfault", "ended the process that read it (SIGSEGV)"), ("abort", "(SIGABRT)"), ("leave", "(exit code 3)"),
    ("kill", "(SIGKILL, perhaps for want of memory)"), ("hang", "took more than 1.5 s"),
    pytest.param("eat", "needed more than 768 MB of memory", marks=LINUX), ("drip", "took more than 1.5 s"),
    ("close", "gave no proper answer"), ("garbage", "gave no proper answer"), ("binary", "gave no proper answer"),
    ("deep", "gave no proper answer"), ("half", "gave no proper answer"), ("huge", "gave more than 1 MB"), ("other", "gave no proper answer")])
def test_a_task_that_ruins_its_process_is_lost_and_the_next_are_done(shared_pool: Pool, deed: str, said: str) -> None:
    """Those of its own batch before and after it, and those of a later one."""
    before, lost, *after = answers(shared_pool, ask("echo", b"before"), ask(deed, check=codec.text), ask("echo", b"after"), ask("echo", b"last"))
    assert (before, after) == ("before", ["after", "last"])
    assert isinstance(lost, Lost)
    assert said in lost.reason
    assert answers(shared_pool, ask("echo", b"later")) == ["later"]


def test_a_task_that_computes_for_ever_is_ended_by_its_system() -> None:
    """CPU time counts, and from the beginning of the task: what the process has used before is no matter."""
    pool = Pool(1, Limits(cpu=0, wall=60), JOBS)
    lost, sound = answers(pool, ask("spin"), ask("echo", b"after"))
    pool.close()
    assert (lost, sound) == (Lost("took more than 0 s of CPU time"), "after")


def test_too_much_of_an_answer_is_no_answer(shared_pool: Pool) -> None:
    """The bound is on what a child says, whatever it was asked."""
    lost, sound = answers(shared_pool, ask("much", bytes=2 << 20), ask("much", bytes=1000))
    assert lost == Lost("gave more than 1 MB")
    assert len(sound) == 1000


def test_a_process_is_kept_while_it_is_sound_and_replaced_when_it_is_not(pool: Pool) -> None:
    """One process for many batches; another after a death."""
    (first,), (second,), (_, third) = (answers(pool, *asks) for asks in ([ask("pid")], [ask("pid")], [ask("segfault"), ask("pid")]))
    assert first == second != third
    assert gone(first)


def test_a_process_that_dies_between_batches_costs_no_task(pool: Pool) -> None:
    """It took nothing with it."""
    pid, = answers(pool, ask("pid"))
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert answers(pool, ask("echo", b"x" * 300_000), ask("echo", b"y")) == ["x" * 300_000, "y"]
    assert gone(pid)


@LINUX
def test_a_process_that_has_grown_is_replaced() -> None:
    """After its batch, so that the next payload has all the memory it may have."""
    pool = Pool(1, Limits(memory=1 << 30), JOBS)
    grown, = answers(pool, ask("keep", bytes=300 << 20))
    fresh, again = (answers(pool, ask("pid"))[0] for _ in range(2))
    pool.close()
    assert grown != fresh == again


def test_a_bug_is_raised_with_the_traceback_of_the_child(pool: Pool) -> None:
    """And takes neither the process nor the others of its batch along. A lone surrogate in what a reader gives is one."""
    before, bug, surrogate, after = pool.submit([ask("pid"), ask("bug"), ask("surrogate"), ask("pid")])
    with pytest.raises(ReaderBug, match=r"(?s)ZeroDivisionError.*sandboxjobs.py"):
        bug.result()
    with pytest.raises(ReaderBug, match="UnicodeEncodeError"):
        surrogate.result()
    assert before.result().value == after.result().value


def test_nothing_is_started_before_there_is_work_and_nothing_is_left_after() -> None:
    """Closing ends a process that hangs, too, and what is asked afterwards is lost, not waited for."""
    pool = Pool(2, Limits(), JOBS)
    assert not pool._alive
    pids = answers(pool, ask("pid"))
    hanging = pool.submit([ask("hang")])
    pool.close()
    assert all(gone(pid) for pid in pids)
    assert isinstance(hanging[0].result().value, Lost)
    assert isinstance(answers(pool, ask("echo"))[0], Lost)


def test_a_warm_pool_has_one_process_ready() -> None:
    """However often it is told."""
    pool = Pool(2, Limits(), JOBS)
    for _ in range(5):
        pool.warm_up()
    pids = {answers(pool, ask("pid"))[0] for _ in range(5)}
    pool.close()
    assert len(pids) == 1


def test_a_second_process_comes_when_waiting_costs_more_than_a_start(tmp_path: Path) -> None:
    """Two tasks that need each other are done; two hundred quick ones need one process."""
    os.mkfifo(tmp_path / "pipe")
    pool = Pool(2, Limits(), JOBS)
    first = pool.submit([ask("meet", path=str(tmp_path / "pipe"), mode="wb")])
    second = pool.submit([ask("meet", path=str(tmp_path / "pipe"), mode="rb")])
    pids = {future.result().value for future in (*first, *second)}
    assert len(pids) == 2
    assert len(pool._alive) == 2
    pool.close()


def test_answers_go_to_who_asked(pool: Pool) -> None:
    """Many threads, batches large and small."""
    got: dict[int, list[str]] = {}

    def many(n: int) -> None:
        got[n] = answers(pool, *(ask("echo", f"{n}-{i}".encode() * (1 if i % 7 else 20_000)) for i in range(30)))

    threads = [threading.Thread(target=many, args=(n,)) for n in range(6)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert got == {n: [f"{n}-{i}" * (1 if i % 7 else 20_000) for i in range(30)] for n in range(6)}


def test_processes_that_do_not_start_are_told_once_and_not_tried_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the last word of the interpreter."""
    pool = Pool(1, Limits(), "no_such_module")
    first, *_ = answers(pool, ask("echo"))
    assert first == Lost("could not begin: ModuleNotFoundError: No module named 'no_such_module'")
    for _ in range(2):
        answers(pool, ask("echo"))
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: pytest.fail("tried again"))
    assert answers(pool, ask("echo")) == [Lost("could not begin: 3 processes did not start")]
    pool.close()


def test_processes_that_end_before_they_read_are_given_up(monkeypatch: pytest.MonkeyPatch, pool: Pool) -> None:
    """No endless round of new ones."""
    from twinwire.sandbox import child

    def unread(*_: Any) -> None:
        raise child.Unread

    monkeypatch.setattr(child.Child, "_send", unread)
    assert answers(pool, ask("echo")) == [Lost("was given up: processes end before they begin")]


@LINUX
def test_a_child_may_write_nothing_start_nothing_and_knows_no_secret(pool: Pool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Limits are set, the environment is empty but for paths, and what a library prints does not get among the answers."""
    monkeypatch.setenv("WIRE_PASSWORD", "s3cret")
    limits, environment, said, written = answers(
        pool, ask("limits"), ask("environment"), ask("chatter"), ask("write", path=str(tmp_path / "f")))
    assert limits == {"CORE": [0, 0], "FSIZE": [0, 0], "NPROC": [0, 0], "NOFILE": [64, 64], "AS": [1 << 30, 1 << 30]}
    assert "s3cret" not in str(environment)
    assert set(environment) <= {"PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "LC_CTYPE"}
    assert (said, written) == ("said nothing", "OSError")


def test_a_child_leaves_ctrl_c_to_its_parent(pool: Pool) -> None:
    """The terminal tells every process of the group."""
    pid, = answers(pool, ask("pid"))
    os.kill(pid, signal.SIGINT)
    os.kill(pid, signal.SIGTERM)
    assert answers(pool, ask("pid")) == [pid]


_PARENT = """
import sys
sys.path[:0] = {paths!r}
from twinwire.sandbox.pool import Ask, Pool
from twinwire.sandbox.frames import Task
pool = Pool(1, None, "sandboxjobs")
pool.submit([Ask(Task("block", {{"path": {pipe!r}}}), print)])[0].result()
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_children_end_with_their_parent(tmp_path: Path, how: signal.Signals) -> None:
    """Even one that hangs, and however the parent ends: the pipe it holds open is closed."""
    os.mkfifo(tmp_path / "pipe")
    code = _PARENT.format(paths=[p for p in sys.path if p], pipe=str(tmp_path / "pipe"))
    with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL) as parent, (tmp_path / "pipe").open("rb") as held:
        parent.send_signal(how)
        parent.wait()
        assert held.read() == b""
