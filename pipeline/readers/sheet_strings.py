"""The texts of old workbooks: one table for all sheets, cut into records wherever one was full."""

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.document import Ambiguous

_WIDE, _EXTENDED, _RICH = 0x01, 0x04, 0x08
_SMALL = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Font:
    """What of a font can change a figure: raised or lowered digits, and digits that are struck out."""

    raised: bool = False
    struck: bool = False


def read_font(body: bytes) -> Font:
    flags, script = struct.unpack_from("<H", body, 2)[0], struct.unpack_from("<H", body, 8)[0]
    return Font(script != 0, bool(flags & 0x08))


def read_text(body: bytes, count_bytes: int = 2) -> str:
    """A text alone in a record: how many characters, one or two bytes each, and these."""
    count, flags = int.from_bytes(body[:count_bytes], "little"), body[count_bytes]
    start = count_bytes + 1
    return _decoded(body[start : start + count * (1 + (flags & _WIDE))], flags)


def _decoded(raw: bytes, flags: int) -> str:
    return raw.decode("utf-16-le", "replace") if flags & _WIDE else raw.decode("latin-1")


def read_table(bodies: Sequence[bytes], fonts: Sequence[Font]) -> Iterator[str]:
    """The texts of the table in their order. Raises Ambiguous for figures struck out in part, struct.error if cut."""
    pieces = _Pieces(bodies)
    _, unique = struct.unpack("<II", pieces.take(8))
    for _ in range(unique):
        count, flags = struct.unpack("<HB", pieces.take(3))
        runs = struct.unpack("<H", pieces.take(2))[0] if flags & _RICH else 0
        more = struct.unpack("<I", pieces.take(4))[0] if flags & _EXTENDED else 0
        text = pieces.characters(count, flags)
        marks = [struct.unpack("<HH", pieces.take(4)) for _ in range(runs)]
        pieces.take(more)
        yield _marked(text, marks, fonts) if marks else text


def _marked(text: str, marks: Sequence[tuple[int, int]], fonts: Sequence[Font]) -> str:
    """The text with raised or lowered digits told from the others."""
    ends = [*(start for start, _ in marks[1:]), len(text)]
    parts = [text[: marks[0][0]]]
    for (start, number), end in zip(marks, ends, strict=True):
        index = number - (number > 4)  # there is no font of the number 4
        font, part = fonts[index] if index < len(fonts) else Font(), text[start:end]
        if font.struck and _DIGIT.search(part):
            raise Ambiguous(f"“{part[:40]}” is struck out in a part of a cell")
        parts.append(part.translate(_SMALL) if font.raised else part)
    return "".join(parts)


class _Pieces:
    """The bytes of several records as one, read from the front."""

    def __init__(self, bodies: Sequence[bytes]) -> None:
        self._bodies = bodies
        self._piece = self._at = 0

    def take(self, size: int) -> bytes:
        taken = b""
        while len(taken) < size:
            taken += self._some(size - len(taken))
        return taken

    def characters(self, count: int, flags: int) -> str:
        """So many characters; where they go on in the next record, that says anew how wide they are."""
        text = ""
        while len(text) < count:
            if self._at >= len(self._bodies[self._piece]):
                self._next()
                flags = self._some(1)[0]
            width = 1 + (flags & _WIDE)
            raw = self._some((count - len(text)) * width)
            if len(raw) % width:
                raise struct.error("a character is cut in two")
            text += _decoded(raw, flags)
        return text

    def _some(self, most: int) -> bytes:
        """At least one byte, from one record."""
        if self._at >= len(self._bodies[self._piece]):
            self._next()
        raw = self._bodies[self._piece][self._at : self._at + most]
        self._at += len(raw)
        if not raw:
            raise struct.error("the texts end too early")
        return raw

    def _next(self) -> None:
        self._piece, self._at = self._piece + 1, 0
        if self._piece >= len(self._bodies):
            raise struct.error("the texts end too early")
