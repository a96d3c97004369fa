"""Ink to lines of text: in a cell, and on the page outside the ruled tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from pipeline.readers.scan_cells import Box, Grid, Lines
from pipeline.readers.scan_page import Page, Picture


@dataclass(frozen=True, slots=True)
class Line:
    """A line of ink: its box, and the boxes of its parts from left to right, parted by paper from top to bottom."""

    box: Box
    parts: tuple[Box, ...]

    @property
    def widest_gap(self) -> int:
        return max((b.left - a.right for a, b in zip(self.parts, self.parts[1:], strict=False)), default=0)

    def chunks(self, gap: int) -> list["Line"]:
        """The line cut where more paper than `gap` lies between two parts."""
        found: list[list[Box]] = []
        for part in self.parts:
            if found and part.left - found[-1][-1].right <= gap:
                found[-1].append(part)
            else:
                found.append([part])
        return [Line(_round(parts), tuple(parts)) for parts in found]


def _round(parts: Sequence[Box]) -> Box:
    return Box(
        min(part.left for part in parts),
        min(part.top for part in parts),
        max(part.right for part in parts),
        max(part.bottom for part in parts),
    )


def letters(ink: Picture, lines: Lines, em: int) -> Picture:
    """The ink without ruled lines and without specks that are no part of any letter."""
    ruled = cv2.dilate(lines.both, np.ones((3, 3), np.uint8))
    bare = cv2.bitwise_and(ink, cv2.bitwise_not(ruled))
    _, owner, parts, _ = cv2.connectedComponentsWithStats(bare)
    large = np.maximum(parts[:, cv2.CC_STAT_WIDTH], parts[:, cv2.CC_STAT_HEIGHT]) >= max(em * 0.15, 3)
    large[0] = False
    return np.asarray(large[owner] * np.uint8(255), np.uint8)


def lines_in(ink: Picture, box: Box, em: int) -> list[Line]:
    """The lines of text in a box from top to bottom."""
    part = box.of(ink)
    if not part.size or not part.any():
        return []
    return [_line(part, top, bottom, box) for top, bottom in _bands(part, em)]


def _bands(part: Any, em: int) -> list[tuple[int, int]]:
    """Runs of rows with ink; the strokes of a 三 are one line, for no line is lower than a letter."""
    bands: list[tuple[int, int]] = []
    for top, bottom in _runs(part.any(axis=1)):
        if bands and (bottom - bands[-1][0] <= 1.15 * em or top - bands[-1][1] <= em // 12):
            bands[-1] = (bands[-1][0], bottom)
        else:
            bands.append((top, bottom))
    return bands


def _runs(filled: Any) -> Iterator[tuple[int, int]]:
    """The stretches that are true, each with its start and the first place behind it."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], filled.astype(np.int8), [0]))))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _line(part: Any, top: int, bottom: int, box: Box) -> Line:
    band = part[top:bottom]
    parts = []
    for left, right in _runs(band.any(axis=0)):
        rows = np.flatnonzero(band[:, left:right].any(axis=1))
        low, high = top + int(rows[0]), top + int(rows[-1]) + 1
        parts.append(Box(box.left + left, box.top + low, box.left + right, box.top + high))
    return Line(_round(parts), tuple(parts))


def lines_outside(page: Page, ink: Picture, grids: Sequence[Grid]) -> list[Line]:
    """The lines of running text of a page, above, between and below its tables."""
    bare = ink.copy()
    for grid in grids:
        grid.box.of(bare)[:] = 0
    found = lines_in(bare, Box(0, 0, page.width, page.height), page.em)
    return [line for line in found if line.box.height >= page.em // 3 or line.box.width >= 2 * page.em]
