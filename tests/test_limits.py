"""Work in processes of its own: what hangs, grows or crashes is ended and said, and nothing else suffers."""

import ctypes
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from pipeline import limits
from pipeline.limits import Done, Piece, Workers, run_one

KEPT: list[bytes] = []


def act(what: Any) -> Any:
    """The work of these tests: what a reader could do at its worst."""
    name, given = what
    if name == "hang":
        time.sleep(1000)
    elif name == "spin":
        while True:
            pass
    elif name == "eat":
        eaten = []
        while True:
            eaten.append(b"x" * 10_000_000)
    elif name == "keep":
        KEPT.append(b"x" * given)
    elif name == "exit":
        os._exit(3)
    elif name == "crash":
        ctypes.string_at(0)
    elif name == "raise":
        raise KeyError("x")
    elif name == "deep":
        return act(what)
    elif name == "talk":
        os.write(1, b"noise")
        os.write(2, b"noise")
    elif name == "start":
        Path(given).write_text(str(subprocess.Popen(["sleep", "1000"]).pid), encoding="ascii")
        time.sleep(1000)
    elif name == "child eats":
        subprocess.run([sys.executable, "-c", "x = [bytes([1]) * 300_000_000]; import time; time.sleep(100)"])
    elif name == "temporary":
        return tempfile.mkdtemp()
    return os.getpid() if name == "pid" else given


def run(pieces: list[tuple[Any, float]], jobs: int = 2, megabytes: int = 500) -> dict[int, Done]:
    """What became of each piece, by its number."""
    found: dict[int, Done] = {}
    with Workers(act, jobs, megabytes) as workers:
        left = [Piece(number, what, seconds) for number, (what, seconds) in enumerate(pieces)]
        while left or workers.busy:
            if left and workers.are_free:
                workers.begin(left.pop(0))
            else:
                found |= {done.number: done for done in workers.done()}
    return found


def is_running(pid: int) -> bool:
    """Whether a process is there and is no corpse that waits for its parent."""
    told = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return bool(told.stdout.strip()) and not told.stdout.startswith("Z")


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("hang", "took longer than 1 seconds"),
        ("spin", "took longer than 1 seconds"),
        ("exit", "exit status 3"),
        ("crash", "Segmentation fault"),
        ("raise", "gongkai itself failed: KeyError: 'x' (test_limits.py, line"),
        ("deep", "gongkai itself failed: RecursionError"),
    ],
)
def test_what_goes_wrong_is_one_sentence(what: str, says: str) -> None:
    """Each way to go wrong ends that piece with its reason, in time, and every other piece is done."""
    good = [(("same", n), 60.0) for n in range(6)]
    found = run([*good[:3], ((what, None), 1.0 if "longer" in says else 60.0), *good[3:]])
    assert says in (found[3].says or "")
    assert "\n" not in (found[3].says or "")
    assert found[3].seconds < 30
    assert [found[n].result for n in (0, 1, 2, 4, 5, 6)] == list(range(6))
    assert [found[n].says for n in (0, 1, 2, 4, 5, 6)] == [None] * 6


@pytest.mark.parametrize("what", ["eat", "child eats"])
def test_what_grows_is_ended(what: str) -> None:
    """A piece that takes more memory than it may, itself or in a program that it started, is ended and said."""
    done = run_one(act, (what, None), 60, 200)
    assert done.says == "reading it needed more than 200 MB of memory"
    assert done.seconds < 30


def test_memory_is_known_where_there_is_no_proc(monkeypatch: pytest.MonkeyPatch) -> None:
    """The slower way to tell the memory of a group sees the same growth."""
    monkeypatch.setattr(limits, "_PROC", False)
    assert "more than 200 MB" in (run_one(act, ("eat", None), 60, 200).says or "")


def test_what_an_earlier_piece_left_behind_is_nobody_elses_fault() -> None:
    """Pieces that each leave much memory behind all succeed: a worker that holds too much makes room for a fresh one."""
    found = run([(("keep", 120_000_000), 60.0)] * 6, jobs=1, megabytes=220)
    assert [found[n].says for n in range(6)] == [None] * 6


def test_a_worker_serves_many_pieces() -> None:
    """A process is not started for each piece."""
    found = run([(("pid", None), 60.0)] * 30)
    assert len({found[n].result for n in range(30)}) <= 2


def test_a_program_that_was_started_ends_with_its_worker(tmp_path: Path) -> None:
    """Nothing that a reader started outlives the limit."""
    note = tmp_path / "pid"
    done = run_one(act, ("start", str(note)), 2, 500)
    assert done.says == "reading it took longer than 2 seconds"
    pid = int(note.read_text(encoding="ascii"))
    deadline = time.monotonic() + 10
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(pid)


def test_what_a_worker_leaves_on_the_disk_is_taken_away() -> None:
    """Temporary files lie in a folder of the worker, which goes with it."""
    done = run_one(act, ("temporary", None), 60, 500)
    assert done.result
    assert not Path(done.result).exists()
    assert not Path(done.result).parent.exists()


def test_a_library_that_talks_is_not_heard(capfd: pytest.CaptureFixture[str]) -> None:
    """What a worker writes to the terminal does not come between the lines of the command."""
    assert run_one(act, ("talk", 1), 60, 500).result == 1
    assert capfd.readouterr() == ("", "")


def test_waiting_for_nothing_is_an_error() -> None:
    """Who waits where no worker is at work would wait for ever, and is told so."""
    with Workers(act, 2, 500) as workers, pytest.raises(RuntimeError, match="nothing to wait for"):
        workers.done()


def test_workers_that_cannot_start_are_no_fault_of_the_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where processes end before they have begun, the work stops at the third, instead of refusing all there is."""
    monkeypatch.setattr(limits, "_serve", refuses_to_start)
    with pytest.raises(ChildProcessError, match="no process to read in can be started"):
        run([(("same", n), 60.0) for n in range(20)])


def refuses_to_start(*_: Any) -> None:
    """What a process does in which the program cannot be loaded."""
    os._exit(1)
