"""Readers: read(path) -> Document, chosen by the bytes first and the suffix second; none of them knows the form."""

import hashlib
from pathlib import Path

from pipeline.document import Document, UnreadableSource
from pipeline.readers import text

MOST_BYTES = 20_000_000
"""Real reports have some kilobytes; a file past this size is no report."""

_OTHERS = {
    b"PK\x03\x04": "a zip container such as .docx or .xlsx",
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Office file such as .doc or .xls",
    b"{\\rtf": "an RTF file",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"\x1f\x8b": "a gzip file",
}


def read(path: Path) -> Document:
    """The document in a file. Raises UnreadableSource with the reason; OSError is one of the reasons."""
    data = _bytes(path)
    kind = next((name for magic, name in _OTHERS.items() if data.startswith(magic)), None)
    if kind:
        raise UnreadableSource(f"the file is {kind}; plain text is what can be read: save it as text first")
    if data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype html", b"<html", b"<?xml")):
        raise UnreadableSource("the file is HTML or XML; plain text is what can be read: save it as text first")
    return text.read(data, path.name, hashlib.sha256(data).hexdigest())


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
