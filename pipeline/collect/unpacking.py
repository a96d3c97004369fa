"""Bytes as they come over the wire -> the bytes that were meant, piece by piece and never more than allowed."""

import zlib
from collections.abc import Iterable, Iterator
from typing import Protocol

from pipeline.collect.trouble import Failed, Passing, TooMuch

ACCEPTED = "gzip, identity"
MOST_MEMBERS = 100


class _Inflater(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...


def unpack(pieces: Iterable[bytes], encoding: str, most: int) -> Iterator[bytes]:
    """The decoded pieces of a body. Raises TooMuch past `most` bytes, packed or unpacked, and Failed, Passing."""
    name = encoding.strip().lower()
    if name in ("", "identity"):
        yield from _limited(pieces, most)
    elif name in ("gzip", "x-gzip", "deflate"):
        yield from _inflated(_limited(pieces, most), 31 if "gzip" in name else 15, most)
    else:
        raise Failed("the answer is packed in a way that was not asked for")


def _limited(pieces: Iterable[bytes], most: int) -> Iterator[bytes]:
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > most:
            raise too_much(most)
        yield piece


def too_much(most: int) -> TooMuch:
    """What is said of an answer that is larger than any report."""
    return TooMuch(f"the answer has more than {most:,} bytes; no report has")


def _inflated(pieces: Iterable[bytes], bits: int, most: int) -> Iterator[bytes]:
    inflater, left, begun, members = _inflater(bits), most, False, 1
    for piece in pieces:
        if not begun and piece and bits == 15 and not _has_head(piece):
            inflater = _inflater(-15)  # some servers leave the two bytes in front of deflate out
        begun = begun or bool(piece)
        while piece:
            try:
                made = inflater.decompress(piece, left + 1)  # no more is ever made than one byte too many
            except zlib.error:
                raise Passing("the answer cannot be unpacked") from None
            left -= len(made)
            if left < 0:
                raise too_much(most)
            if made:
                yield made
            piece = inflater.unused_data if inflater.eof and bits == 31 else b""
            if piece:
                if not piece.startswith(b"\x1f\x8b"):
                    return  # what stands behind the end belongs to nothing
                inflater, members = _inflater(bits), members + 1
                if members > MOST_MEMBERS:
                    raise Failed("the answer is packed in more pieces than any report")
    if begun and not inflater.eof:
        raise Passing("the packed answer broke off")


def _inflater(bits: int) -> _Inflater:
    return zlib.decompressobj(bits)


def _has_head(piece: bytes) -> bool:
    return piece[0] & 0x0F == 8 and (len(piece) < 2 or int.from_bytes(piece[:2], "big") % 31 == 0)
