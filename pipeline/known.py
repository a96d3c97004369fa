"""Which record was made of which bytes, so that a second run reads only what is new or changed.

A file is passed over only where reading it again could say nothing else: the same bytes under the same ending, the same
code, tables and packages, and a record that is byte for byte what the last conversion left. A record that a hand has
touched is read against its source anew. The list lies in the person's cache, not among the records; where it is gone
all files are read once more, and the records are the same. LibreOffice alone may change unseen.
"""

import contextlib
import hashlib
import os
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO

from pipeline import ROOT

_TABLES = ("data/*.yaml", "data/forms/*.yaml", "data/regions.csv", "pipeline/**/*.py")


class Known:
    """What the conversions to one folder left there; used as `with Known(out) as known`."""

    def __init__(self, out: Path, prose: bool = False) -> None:
        self._out, self._prose = out, prose
        self._left: dict[str, tuple[str, str]] = {}
        self._list: TextIO | None = None

    def __enter__(self) -> "Known":
        with contextlib.suppress(OSError, RuntimeError):  # no home, no leave to write: all is read each time
            self._open()
        return self

    def __exit__(self, *_: object) -> None:
        if self._list:
            with contextlib.suppress(OSError):  # a disk that is full
                self._list.close()

    def record(self, sha256: str, ending: str) -> Path | None:
        """The record that was made of these bytes, where it lies there as the conversion left it."""
        digest, name = self._left.get(self._key(sha256, ending), ("", ""))
        path = self._out / name
        return path if digest and _digest(path) == digest else None

    def keep(self, sha256: str, ending: str, record: Path) -> None:
        """Notes that a record now says what these bytes say."""
        digest = _digest(record)
        if self._list and digest:
            name = record.relative_to(self._out).as_posix()
            with contextlib.suppress(OSError):
                self._list.write(f"{self._key(sha256, ending)} {digest} {name}\n")

    def _open(self) -> None:
        path = cache_folder() / f"{_hash(os.fsencode(self._out.resolve()))[:32]}.txt"
        first = f"gongkai {_reader()}"
        lines = path.read_text("ascii", "replace").splitlines() if path.is_file() else []
        is_ours = lines[:1] == [first]
        for line in lines[1:] if is_ours else ():
            words = line.split(" ")
            if len(words) == 3:  # the last line of a run that was killed may be half a line
                self._left[words[0]] = (words[1], words[2])
        path.parent.mkdir(parents=True, exist_ok=True)
        self._list = path.open("a" if is_ours else "w", encoding="ascii", buffering=1)
        self._list.write("\n" if is_ours else f"{first}\n")

    def _key(self, sha256: str, ending: str) -> str:
        return _hash(f"{sha256} {ending} {self._prose}".encode("utf-8", "surrogateescape"))[:32]


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where this program keeps what can be made or fetched again: in the person's cache."""
    named = Path(environment.get("XDG_CACHE_HOME", ""))
    return (named if named.is_absolute() else Path.home() / ".cache") / "gongkai"


def _reader() -> str:
    """A hash of all that decides what a file is read as: our code and tables, and the packages that are installed."""
    told = hashlib.sha256(sys.version.encode())
    for path in _tables():
        told.update(f"{path.relative_to(ROOT)} {_digest(path)} ".encode())
    for path in sorted(Path(sysconfig.get_path("purelib")).glob("*.dist-info")):
        told.update(path.name.encode())
    return told.hexdigest()


def _tables() -> Iterator[Path]:
    for pattern in _TABLES:
        yield from (path for path in sorted(ROOT.glob(pattern)) if "pages" not in path.parts)


def _digest(path: Path) -> str | None:
    try:
        return _hash(path.read_bytes())
    except OSError:
        return None


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
