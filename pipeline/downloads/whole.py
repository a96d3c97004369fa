"""Files that libraries write themselves: there whole or not at all, and the same bytes each time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipInfo


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A path beside the wanted one to write to; it takes that one's place when all went well, with the usual rights."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        yield part
        part.chmod(0o644)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def member(name: str) -> ZipInfo:
    """A file in a zip, with one date (1980-01-01), one set of rights and one way of packing, whatever wrote it."""
    info = ZipInfo(name)
    info.compress_type, info.create_system, info.external_attr = ZIP_DEFLATED, 3, 0o100644 << 16
    return info
