"""Bytes to text: by byte order mark, then by what the bytes themselves allow; a declaration alone is never believed."""

import re
from collections.abc import Sequence

from pipeline.document import UnreadableSource

BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xAD])
"""Characters without width that editors and content systems leave inside words and figures; for `str.translate`."""


def decode(data: bytes) -> str:
    """The text of the bytes: by byte order mark, then UTF-8, UTF-16 without a mark, GB18030; the first that fits.

    Raises UnreadableSource where nothing fits.
    """
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _checked(_try(data[len(mark) :], encoding))
    for encoding in ("utf-8", *(_utf16(data)), "gb18030"):
        text = _try(data, encoding)
        if text is not None and _is_text(text):
            return text
    return _checked(None)


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _utf16(data: bytes) -> Sequence[str]:
    """Only text with zero bytes can be UTF-16: every line break and every ASCII character has one."""
    return ("utf-16-le", "utf-16-be") if len(data) % 2 == 0 and b"\x00" in data else ()


def _is_text(text: str) -> bool:
    """Whether nearly all characters are of the kinds that Chinese text has; binary junk decodes to anything."""
    sample = text if len(text) < 100_000 else text[:50_000] + text[-50_000:]
    return len(_STRANGE.findall(sample)) * 50 <= len(sample)


_STRANGE = re.compile("[^\x09-\x0d\x20-\x7e\x85\xa0-\u05ff\u2000-\u27bf\u3000-\u9fff\ufe30-\uffee\ufeff]")
"""Outside ASCII, Latin, Greek and Cyrillic letters, signs, Han characters, and full-width forms."""


def _checked(text: str | None) -> str:
    if text is None or not _is_text(text):
        raise UnreadableSource("the bytes are no text in UTF-8, UTF-16 or GB18030")
    if not text.strip():
        raise UnreadableSource("the file holds nothing but white space")
    return text
