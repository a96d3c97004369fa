"""Scans: pages that are pictures, read cell by cell along the ruled lines; each cell says how sure its text is.

What cannot be read of a line of running text stands as `〓`, one for each character. Nothing is repaired: `O` stays `O`.
"""

from pipeline.document import Document, UnreadableSource

UNREAD = "〓"
"""Stands in running text for a character that was not read with certainty."""

_MEDIA_TYPES = {b"%PDF": "application/pdf", b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}


def read(data: bytes, file: str, sha256: str) -> Document:
    """The document on the pages of a PDF or image. Raises UnreadableSource, also where the extra is not installed."""
    try:
        from pipeline.readers import scan_document
    except ImportError as error:
        says = (
            f"the file is a scan, and what reads scans is not installed ({error.name}): "
            "install it with pip install 'gongkai[scan]', or in a checkout "
            "with .venv/bin/python -m pip install -r requirements/scan.txt"
        )
        raise UnreadableSource(says) from error
    media_type = next(name for magic, name in _MEDIA_TYPES.items() if data.startswith(magic))
    return Document(file, media_type, sha256, scan_document.blocks(data, UNREAD))
