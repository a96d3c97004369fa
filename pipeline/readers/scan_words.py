"""Recognition: one line of ink to its text, and how sure that is.

A recogniser is surer than it should be, so what looks like a figure is read in several preparations: where two of them
differ, or the ink does not fit the digits, the text is worth nothing.
"""

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from typing import Any

import cv2
import numpy as np

from pipeline.readers.scan_cells import Box
from pipeline.readers.scan_page import Picture

logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)

from rapidocr import RapidOCR  # noqa: E402 - it sets up its log when it is loaded

_HEIGHT = 48
"""The height in dots that the recogniser works with."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text with the confidence in each of its characters, 0 to 1."""

    text: str
    sure: tuple[float, ...]

    @property
    def least(self) -> float:
        return min(self.sure, default=0.0)

    @property
    def without_blanks(self) -> "Words":
        """The same without the blanks that a recogniser sees between letters, or does not."""
        kept = [(c, sure) for c, sure in zip(self.text, self.sure, strict=True) if c != " "]
        return Words("".join(c for c, _ in kept), tuple(sure for _, sure in kept))

    @property
    def mean(self) -> float:
        return sum(self.sure) / len(self.sure) if self.sure else 0.0


@cache
def _engine() -> Any:
    """The recogniser alone, on one thread: the same picture gives the same text, whatever else runs."""
    engine = "EngineConfig.onnxruntime"
    threads = {f"{engine}.intra_op_num_threads": 1, f"{engine}.inter_op_num_threads": 1}
    # Short crops are not padded to a long line: that is slower and reads no better.
    return RapidOCR(params={"Global.log_level": "critical", "Rec.rec_img_shape": [3, _HEIGHT, _HEIGHT], **threads})


def recognise(line: Picture) -> Words:
    """The text of one prepared line."""
    # The three steps are named each time: the engine keeps what it was told for the next call.
    found = _engine()(
        cv2.cvtColor(line, cv2.COLOR_GRAY2BGR), use_det=False, use_cls=False, use_rec=True, return_word_box=True
    )
    text, told = found.txts[0], found.word_results[0].confs or []
    sure = tuple(float(one) for one in told)
    return Words(text, sure if len(sure) == len(text) else (0.0,) * len(text))


# preparations --------------------------------------------------------------------------------------------------------


def plainly(grey: Picture, box: Box) -> Picture:
    """The line as it is, with some paper round it."""
    return _framed(box.of(grey), 0.25)


def boldly(grey: Picture, box: Box) -> Picture:
    """Ink black and paper white."""
    large = cv2.resize(box.of(grey), None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    _, black = cv2.threshold(large, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return _framed(np.asarray(cv2.GaussianBlur(black, (3, 3), 0), np.uint8), 0.25)


def doubly(grey: Picture, box: Box) -> Picture:
    """The line twice, side by side: a digit alone has no neighbour to be measured by."""
    crop = box.of(grey)
    gap = np.full((crop.shape[0], max(crop.shape[0] // 3, 2)), _paper(crop), np.uint8)
    return _framed(np.hstack([crop, gap, crop]), 0.35)


def narrowly(grey: Picture, box: Box) -> Picture:
    """The letters a little narrower than they are."""
    return _framed(
        np.asarray(cv2.resize(box.of(grey), None, fx=0.8, fy=1, interpolation=cv2.INTER_AREA), np.uint8), 0.3
    )


def _framed(crop: Picture, share: float) -> Picture:
    pad = max(round(crop.shape[0] * share), 4)
    paper = _paper(crop)
    return np.asarray(cv2.copyMakeBorder(crop, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=(paper,)), np.uint8)


def _paper(crop: Picture) -> int:
    return int(np.percentile(crop, 90)) if crop.size else 255


# lines ---------------------------------------------------------------------------------------------------------------


_SURE = 0.9


def read_words(grey: Picture, box: Box) -> Words:
    """What a line reads; where words are not sure, the surest of several preparations. Figures are taken as they are."""
    first = recognise(plainly(grey, box))
    if first.least >= _SURE or _chinese(first.text) <= 2:
        return first
    return max((first, recognise(boldly(grey, box)), recognise(narrowly(grey, box))), key=lambda words: words.mean)


def _chinese(text: str) -> int:
    return sum("\u4e00" <= c <= "\u9fff" for c in text)


def read_figure(grey: Picture, box: Box, first: Words, parts: Sequence[Box]) -> float:
    """How sure the text of what looks like a figure is, after other preparations; `parts` are those of its ink."""
    if not _could_be_read(first.text) or (first.text.isdigit() and not _fits(len(first.text), parts)):
        return 0.0
    if set(first.text) == {"1"} and any(_leans(part.of(grey)) for part in parts):
        return 0.0
    second = recognise(boldly(grey, box))
    short = first.text.isdigit() and len(first.text) <= 3
    third = recognise(doubly(grey, box)).without_blanks if short else recognise(narrowly(grey, box))
    if second.text != first.text or third.text != first.text * (2 if short else 1):
        return 0.0
    return min(first.least, second.least, third.least)


def _could_be_read(text: str) -> bool:
    """Whether a text holds a digit or words; a sign alone (`O`, `/`, `一`) may be a digit or a stroke misread."""
    return any(c.isdigit() for c in text) or text == "无" or _chinese(text) > 1


def _leans(stroke: Picture) -> bool:
    """Whether a stroke leans as a `/` does, which is printed where nothing is to be said, and reads as a 1."""
    _, black = cv2.threshold(stroke, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    third = max(stroke.shape[0] // 3, 1)
    top, bottom = np.flatnonzero(black[:third].any(axis=0)), np.flatnonzero(black[-third:].any(axis=0))
    if not len(top) or not len(bottom):
        return True
    return bool(top.max() - bottom.max() > 0.1 * stroke.shape[0])  # a 1 may have a flag at its left, none at its right


def _fits(count: int, parts: Sequence[Box]) -> bool:
    """Whether ink in such parts can be so many digits: one each, or several that touch where a part is wide."""
    height = max(part.height for part in parts)
    least = sum(max(math.ceil(part.width / (0.9 * height)), 1) for part in parts)
    most = sum(max(int(part.width / (0.4 * height)), 1) for part in parts)
    return least <= count <= most


def agreed(first: Words, second: Words, mark: float, unread: str) -> str:
    """A line of running text, each character that two preparations read differently, or not surely, as `unread`."""
    same = [False] * len(first.text)
    for block in SequenceMatcher(None, first.text, second.text, autojunk=False).get_matching_blocks():
        for i in range(block.size):
            at, other = block.a + i, block.b + i
            same[at] = first.sure[at] >= mark and second.sure[other] >= mark
    return "".join(c if sure else unread for c, sure in zip(first.text, same, strict=True))
