"""Readers: read(path) -> Document, chosen by the bytes first and the suffix second; none of them knows the form."""

import hashlib
import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

from pipeline.document import Document, ReportError, UnreadableSource
from pipeline.readers.kinds import kind

__all__ = ["MOST_BYTES", "Held", "Reader", "kind", "read", "read_all", "read_beside", "to_document"]

MOST_BYTES = 20_000_000
"""Real reports have some kilobytes; a file past this size is no report."""


class Reader(Protocol):
    """What each module of this package offers."""

    def read(self, data: bytes, file: str, sha256: str) -> Document:
        """The document in the bytes of a file of that name. Raises UnreadableSource."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a file holds: its documents, and by name whatever could not be read, with the reason."""

    documents: tuple[Document, ...] = ()
    unread: tuple[tuple[str, ReportError], ...] = ()


def read(path: Path) -> Document:
    """The document in a file. Raises UnreadableSource with the reason; OSError is one of the reasons."""
    data = _bytes(path)
    return to_document(data, path.suffix, path.name, hashlib.sha256(data).hexdigest())


def to_document(data: bytes, suffix: str, file: str, sha256: str) -> Document:
    """The document in bytes that stand in a file of that suffix. Raises UnreadableSource."""
    if not data.strip():
        raise UnreadableSource("the file is empty")
    return _to_document(kind(data, suffix.lower()), data, file, sha256)


def _to_document(module: str, data: bytes, file: str, sha256: str) -> Document:
    if module == "pdf":
        data = data[data.find(b"%PDF") :]  # what stands before the mark is none of the document
    return _load(module).read(data, file, sha256)


def read_all(path: Path) -> Held:
    """Every document in a file: one, or those of a bundle. Raises UnreadableSource where it holds none at all.

    A web page that cannot be read gives way to the files that it names.
    """
    data = _bytes(path)
    module, sha256 = kind(data, path.suffix.lower()), hashlib.sha256(data).hexdigest()
    if module == "bundle":
        from pipeline.readers import bundle

        return bundle.read_all(data, path.name, sha256)
    try:
        return Held((_to_document(module, data, path.name, sha256),))
    except ReportError as error:
        beside = read_beside(path) if module == "html" else Held()
        if not beside.documents:
            raise
        return Held(beside.documents, ((path.name, error), *beside.unread))


def read_beside(path: Path) -> Held:
    """The documents that a web page names and that lie beside it; nothing where the file is no web page."""
    data = _bytes(path)
    if kind(data, path.suffix.lower()) != "html":
        return Held()
    from pipeline.readers import bundle

    return bundle.read_beside(data, path, hashlib.sha256(data).hexdigest())


def _load(module: str) -> Reader:
    """The module of that name, loaded only when it is needed."""
    return cast(Reader, importlib.import_module(f"pipeline.readers.{module}"))


def _bytes(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise UnreadableSource("there is no such file" if not path.exists() else "this is no file")
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise UnreadableSource(f"the file has {size:,} bytes; no report has more than {MOST_BYTES:,}")
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableSource(f"the file cannot be opened: {error.strerror}") from error
    if not data.strip():
        raise UnreadableSource("the file is empty")
    return data
