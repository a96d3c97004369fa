"""Work in processes of its own, each piece within its time and its memory: what passes a limit is ended, no other.

A worker lives long and does one piece at a time. It leads a group, so that a program that it has started ends with it;
its memory is that of the group. What ends in a worker that has worked before begins once more in a fresh one: what the
pieces before it left behind is not its fault, and how a piece ends must not depend on them.
"""

import contextlib
import errno
import gc
import multiprocessing
import os
import resource
import shutil
import signal
import subprocess
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

LOOK = 0.05
"""Seconds between two looks at what the workers hold."""

_PROC = Path("/proc/self/statm").exists()
_PRELOADED = ("pipeline.convert", "pipeline.showing")
_START = 60  # seconds that a worker may take to start on a busy machine, and that are not the fault of its piece
MOST_STILLBORN = 3
_GRACE = 15  # seconds after which a worker that nobody ended, because nobody is left, ends itself


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of work: its number, what the work is called with, and the seconds that it may take."""

    number: int
    argument: Any
    seconds: float


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a piece: its result, or one sentence that says why there is none."""

    number: int
    result: Any
    says: str | None
    seconds: float


class _Worker:
    """One process, the pipe to it, and the piece that it is at."""

    def __init__(self, work: Callable[[Any], Any], megabytes: int, folder: Path | None) -> None:
        self.folder = folder
        if folder:
            folder.mkdir()
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(list(_PRELOADED))
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, work, megabytes, folder), daemon=True)
        self.process.start()
        theirs.close()
        self.piece: Piece | None = None
        self.is_ready, self.is_fresh, self.began = False, True, 0.0

    def begin(self, piece: Piece) -> None:
        self.piece, self.began = piece, time.monotonic()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it has died: the next look will tell
            self.pipe.send((piece.argument, piece.seconds))

    def held(self) -> int:
        return resident(self.process.pid or 0)

    def end(self) -> None:
        """Ends the process with everything that it started, and takes away what they left lying about."""
        pid = self.process.pid or 0
        for kill in (os.killpg, os.kill):  # the group exists only after the first moments
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(pid, signal.SIGKILL)
        self.process.join(5)
        self.pipe.close()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)


class Workers:
    """As many processes as jobs, all for the same work; used as `with Workers(…) as workers`."""

    def __init__(self, work: Callable[[Any], Any], jobs: int, megabytes: int) -> None:
        self._work, self._jobs, self._megabytes = work, jobs, megabytes
        self._workers: list[_Worker] = []
        self._started, self._looked = 0, 0.0
        self._stillborn = 0
        self._folder: Path | None = None
        with contextlib.suppress(OSError):  # a disk that is full does not keep the workers from reading
            self._folder = Path(tempfile.mkdtemp(prefix="gongkai-"))

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def busy(self) -> Sequence[_Worker]:
        return [worker for worker in self._workers if worker.piece]

    @property
    def are_free(self) -> bool:
        """Whether one of them can begin a piece now."""
        return len(self.busy) < self._jobs

    def begin(self, piece: Piece) -> None:
        """Gives a piece to a free worker; a process is started only when there is none."""
        worker = next((one for one in self._workers if not one.piece), None) or self._start()
        worker.begin(piece)

    def done(self) -> list[Done]:
        """What has ended since, after a short wait for something to end. Raises RuntimeError where nothing ever can."""
        if not self.busy:
            raise RuntimeError("no worker is at work, so there is nothing to wait for")
        ready = set(wait([worker.pipe for worker in self.busy], LOOK))
        ended = [self._receive(worker) for worker in self.busy if worker.pipe in ready]
        if time.monotonic() - self._looked > LOOK:
            ended += [self._look(worker) for worker in self.busy]
            self._looked = time.monotonic()
        return [one for one in ended if one]

    def _start(self) -> _Worker:
        self._started += 1
        folder = self._folder / str(self._started) if self._folder else None
        worker = _Worker(self._work, self._megabytes, folder)
        self._workers.append(worker)
        return worker

    def _receive(self, worker: _Worker) -> Done | None:
        try:
            answer = worker.pipe.recv()
        except (EOFError, OSError):
            worker.process.join(5)
            self._count_stillborn(worker)
            return self._ended(worker, _crash(worker.process.exitcode))
        if answer is None:  # it has started, and takes up its piece only now
            worker.is_ready, worker.began = True, time.monotonic()
            self._stillborn = 0
            return None
        result, says = answer
        assert worker.piece is not None
        done = Done(worker.piece.number, result, says, time.monotonic() - worker.began)
        worker.piece, worker.is_fresh = None, False
        if worker.held() > self._bytes / 2:  # so much is left of that piece that the next would be short of memory
            self._drop(worker)
        return done

    def _look(self, worker: _Worker) -> Done | None:
        assert worker.piece is not None
        most = worker.piece.seconds + (0 if worker.is_ready else _START)
        if time.monotonic() - worker.began > most:
            self._count_stillborn(worker)
            return self._ended(worker, f"reading it took longer than {worker.piece.seconds:g} seconds", again=False)
        if worker.held() > self._bytes:
            return self._ended(worker, f"reading it needed more than {self._megabytes:,} MB of memory")
        return None

    def _count_stillborn(self, worker: _Worker) -> None:
        """A worker that ends before it has begun is no fault of its piece, nor would the next one fare better."""
        self._stillborn += 0 if worker.is_ready else 1
        if self._stillborn >= MOST_STILLBORN:
            raise ChildProcessError(errno.ECHILD, "no process to read in can be started", "workers")

    @property
    def _bytes(self) -> int:
        return self._megabytes * 1_000_000

    def _ended(self, worker: _Worker, says: str, again: bool = True) -> Done | None:
        piece, seconds = worker.piece, time.monotonic() - worker.began
        assert piece is not None
        self._drop(worker)
        if again and not worker.is_fresh:
            self._start().begin(piece)
            return None
        return Done(piece.number, None, says, seconds)

    def _drop(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.end()


def run_one(work: Callable[[Any], Any], argument: Any, seconds: float, megabytes: int) -> Done:
    """One piece of work in a process of its own."""
    with Workers(work, 1, megabytes) as workers:
        workers.begin(Piece(0, argument, seconds))
        while True:
            for done in workers.done():
                return done


def cores() -> int:
    """How many processes can run at once here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _crash(status: int | None) -> str:
    if status is not None and status < 0:
        return f"reading it crashed a library ({signal.strsignal(-status) or f'signal {-status}'})"
    return f"reading it ended the process that read it (exit status {status})"


# memory --------------------------------------------------------------------------------------------------------------


def resident(pid: int) -> int:
    """The bytes of memory that a worker and the programs that it started hold; 0 where nothing can tell."""
    return _from_proc(pid) if _PROC else _from_ps(pid)


def _from_proc(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    except (OSError, IndexError):  # it has ended meanwhile
        return 0
    return pages * resource.getpagesize() + sum(_from_proc(int(child)) for child in children)


def _from_ps(group: int) -> int:
    """Where there is no /proc; slower."""
    try:
        listed = subprocess.run(["ps", "-axo", "pgid=,rss="], capture_output=True, text=True, timeout=5).stdout
    except (OSError, subprocess.SubprocessError):
        return 0
    return sum(int(rss) * 1024 for pgid, rss in (line.split() for line in listed.splitlines()) if int(pgid) == group)


# the worker's side ---------------------------------------------------------------------------------------------------


def _serve(pipe: Connection, work: Callable[[Any], Any], megabytes: int, folder: Path | None) -> None:
    _settle_in(megabytes, folder)
    pipe.send(None)
    with contextlib.suppress(EOFError, OSError):  # the other side has gone: nothing is left to do
        while True:
            argument, seconds = pipe.recv()
            signal.alarm(int(seconds) + _GRACE)
            answer = _answer(work, argument)
            signal.alarm(0)
            pipe.send(answer)


def _settle_in(megabytes: int, folder: Path | None) -> None:
    gc.set_threshold(50_000)  # a document is thousands of small values, none of them in a circle
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who runs the command decides when a worker ends
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    wanted = megabytes * 1_000_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (wanted if most < 0 else min(wanted, most), most))
    if folder:
        os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
    with Path(os.devnull).open("r+b") as nothing:  # libraries that talk would write over the progress of the command
        for stream in (0, 1, 2):
            os.dup2(nothing.fileno(), stream)


def _answer(work: Callable[[Any], Any], argument: Any) -> tuple[Any, str | None]:
    try:
        return work(argument), None
    except MemoryError:
        return None, "reading it needed more memory than there is"
    except Exception as error:
        return None, fault(error)


def fault(error: Exception) -> str:
    """One sentence about an error that nobody foresaw, with the place in the code for the person who mends it."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"gongkai itself failed: {type(error).__name__}: {error} ({Path(last.filename).name}, line {last.lineno})"
