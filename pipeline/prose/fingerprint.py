"""A fingerprint of prose by which near copies are told, digits and names masked: sixteen numbers, no words.

Each number is the least of the hashes of all runs of four characters, each by a hash of its own: as many of the sixteen
agree in two texts as their runs are the same (Broder 1997, "On the resemblance and containment of documents").
"""

import hashlib
import re
import struct

from pipeline.document import BLANKS
from pipeline.prose.wording import Teller

LEAST = 150
"""Shorter prose has no fingerprint: a few set phrases are everybody's."""
RUN = 4
NUMBERS = 16

_PLACES = str.maketrans(dict.fromkeys("省市县区州旗镇乡", "县"))
_OTHER = re.compile(r"[^\u4e00-\u9fffA-Za-z]+")


def fingerprint(text: str, teller: Teller) -> str | None:
    """64 hexadecimal digits, four for each number; None for short prose. The same on every machine."""
    if len(BLANKS.sub("", text)) < LEAST:
        return None
    masked = _masked(BLANKS.sub("", text), teller)
    runs = {masked[n : n + RUN] for n in range(len(masked) - RUN + 1)}
    if not runs:
        return None
    hashed = (struct.unpack("<16I", hashlib.blake2b(run.encode("utf-8")).digest()) for run in runs)
    return "".join(f"{min(column) & 0xFFFF:04x}" for column in zip(*hashed, strict=True))


def _masked(text: str, teller: Teller) -> str:
    """Letters and characters alone; names of this organ and its places are one sign, and so is every kind of place."""
    text = text.replace(teller.name, "我")
    text = re.sub(
        f"[\u4e00-\u9fff]{{2,11}}?{re.escape(teller.name[-1:])}", lambda match: _without_name(match[0], teller), text
    )
    for place in sorted(teller.places, key=len, reverse=True):
        text = text.replace(place, "县")
    return re.sub("县+", "县", _OTHER.sub("", text).translate(_PLACES))


def _without_name(words: str, teller: Teller) -> str:
    own = next((n for n in range(len(words) - 2) if teller.is_own(words[n:])), None)
    return words if own is None else words[:own] + "我"
