"""What a run that writes needs around it: its folder to itself, a place for what it makes, and a way to be stopped."""

import contextlib
import errno
import fcntl
import os
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType


@contextlib.contextmanager
def alone_in(out: Path) -> Iterator[None]:
    """Holds a folder for one conversion: two at once could give one id to two organs. Raises BlockingIOError."""
    is_new = not out.exists()
    try:
        out.mkdir(parents=True, exist_ok=True)
        handle = os.open(out, os.O_RDONLY)
    except OSError:  # each file that is to be written will say so
        yield
        return
    try:
        _lock(handle, out)
        yield
    finally:
        os.close(handle)
        if is_new:
            with contextlib.suppress(OSError):  # it holds records now
                out.rmdir()


def _lock(handle: int, out: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        says = "another conversion is writing here; wait until it has ended"
        raise BlockingIOError(errno.EWOULDBLOCK, says, str(out)) from None
    except OSError:
        pass  # some network drives know no locks


@contextlib.contextmanager
def interrupts() -> Iterator[Callable[[], None]]:
    """Holds Ctrl-C and a request to end back until asked for, between two files: a record and its cells are a pair."""
    asked = False

    def ask(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        asked = True

    def stop_if_asked() -> None:
        if asked:
            raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield stop_if_asked
        return
    before = {one: signal.signal(one, ask) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop_if_asked
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


@contextlib.contextmanager
def folder_of_a_run() -> Iterator[Path | None]:
    """A folder for this run; None where there is no room for one."""
    try:
        held = tempfile.TemporaryDirectory(prefix="gongkai-", ignore_cleanup_errors=True)
    except OSError:
        yield None
        return
    with held as name:
        yield Path(name)
