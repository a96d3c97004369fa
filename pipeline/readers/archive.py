"""Zip archives with a bound on everything: names are only ever names, and no size that an archive states is believed."""

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from pipeline.document import UnreadableSource

MOST_ENTRIES = 2_000
MOST_UNPACKED = 80_000_000
"""Bytes that one archive may unpack to, all of its entries that are read together."""

_CHUNK = 1 << 16
_FAILURES = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    NotImplementedError,
    EOFError,
    ValueError,
    OSError,
)


@dataclass(slots=True)
class Allowance:
    """How many bytes may still be unpacked; an archive and those inside it share one."""

    left: int = MOST_UNPACKED

    def take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise UnreadableSource("the zip archive unpacks to far more than any report")


class Archive:
    """The files of a zip archive by their names; what is read of it is counted. Raises UnreadableSource."""

    def __init__(self, data: bytes, allowance: Allowance | None = None) -> None:
        self._allowance = allowance or Allowance()
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _FAILURES as error:
            raise UnreadableSource(f"the file begins like a zip archive and is none: {error}") from error
        if len(self._zip.filelist) > MOST_ENTRIES:
            raise UnreadableSource(f"the zip archive holds more than {MOST_ENTRIES:,} files")

    @cached_property
    def entries(self) -> Mapping[str, zipfile.ZipInfo]:
        """The files, in their order, by names with `/` between folders."""
        files = [info for info in self._zip.filelist if not info.is_dir()]
        entries = {_name(info): info for info in files}
        if len(entries) < len(files):
            raise UnreadableSource("the zip archive holds two files of one name")
        return entries

    def find(self, name: str) -> str | None:
        """The entry with that name, in whatever case it is written."""
        return next((one for one in self.entries if one.lower() == name.lower()), None)

    def read(self, name: str) -> bytes:
        """The bytes of one entry, unpacked only as far as the archive may. Raises UnreadableSource."""
        info = self.entries[name]
        if info.flag_bits & 0x1:
            raise UnreadableSource(f"“{name}” is protected by a password")
        made = io.BytesIO()
        try:
            with self._zip.open(info) as source:
                while chunk := source.read(_CHUNK):
                    self._allowance.take(len(chunk))
                    made.write(chunk)
        except (*_FAILURES, RuntimeError) as error:
            raise UnreadableSource(f"“{name}” in the zip archive is damaged: {error}") from error
        return made.getvalue()


def _name(info: zipfile.ZipInfo) -> str:
    """The name as its writer meant it: archives without the mark of UTF-8 hold UTF-8 or GB18030 all the same."""
    name = info.filename
    if not info.flag_bits & 0x800:
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:
            return name.replace("\\", "/")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/")
