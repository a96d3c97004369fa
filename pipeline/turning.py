"""Files that only LibreOffice can open, turned many in one run: starting it takes ten times as long as turning a file."""

import contextlib
import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.readers import kind

MOST = 25
"""Files in one run: one that hangs costs the others their time, so they are not too many."""
LOOK = 500
"""How many files are looked at to find others of the kind."""

_STARTS = (b"{\\rtf", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True, slots=True)
class Turn:
    """A piece of work: files to be turned, and the folder that takes what comes out."""

    files: Sequence[Path]
    folder: Path


def could_want(start: bytes) -> bool:
    """Whether a file that begins so could be one of them."""
    return start.lstrip().startswith(_STARTS)


def wants(data: bytes, file: Path) -> bool:
    """Whether only LibreOffice opens the file, and it is there to do so."""
    from pipeline.document import ReportError
    from pipeline.readers import office, soffice

    try:
        return (
            could_want(data[:64])
            and kind(data, file.suffix.lower()) == "office"
            and office.wants_program(data)
            and bool(soffice.program())
        )
    except ReportError:
        return False


def turn(job: Turn) -> list[Path | None]:
    """The work of a worker: for each file where its .docx lies, None where it could not be turned with the others."""
    from pipeline.readers import office

    made = office.convert_many(job.files)
    found: list[Path | None] = []
    for file in job.files:
        target = job.folder / f"{hashlib.sha256(os.fsencode(file)).hexdigest()}.docx"
        if file in made:
            target.write_bytes(made[file])
        found.append(target if file in made else None)
    return found


@contextlib.contextmanager
def turned(sha256: str | None, made: Path | None) -> Iterator[None]:
    """Lets the reader of a file with that hash take what was made of it, where there is something."""
    from pipeline.readers import office

    data = b""
    if sha256 and made:
        with contextlib.suppress(OSError):  # then the reader has it made once more
            data = made.read_bytes()
    if not sha256 or not data:
        yield
        return
    with office.turned(sha256, data):
        yield
