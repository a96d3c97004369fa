"""Pages of a scan: bytes to grey pictures that stand upright, and the ink on them."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.document import UnreadableSource

Picture = NDArray[np.uint8]
"""Grey values, 0 black; or ink, 255 where there is some."""

MOST_PIXELS = 60_000_000
MOST_PAGES = 60
DOTS_PER_INCH = 200
"""Pages of a PDF are drawn at this scale whatever picture lies in them."""

_LEAST_SIDE = 1400
_MOST_SIDE = 2600
"""The shorter side of a page: below, letters have too few dots to measure; above, nothing is won."""

_STEEPEST = 4.0
cv2.setNumThreads(1)  # the same picture gives the same page, and files are read beside one another


@dataclass(frozen=True, slots=True)
class Page:
    """One page, upright: `grey` without red ink, which is that of seals; `ink` what of it is printed; `any_ink` also
    what is printed in red; `em` the height of a line's letters in dots."""

    number: int
    grey: Picture
    ink: Picture
    any_ink: Picture
    em: int

    @property
    def height(self) -> int:
        return int(self.grey.shape[0])

    @property
    def width(self) -> int:
        return int(self.grey.shape[1])


def pictures(data: bytes) -> Iterator[Picture]:
    """The coloured picture of each page of an image file or a PDF. Raises UnreadableSource."""
    if data.startswith(b"%PDF"):
        yield from _drawn(data)
    else:
        yield _decoded(data)


def to_page(picture: Picture, number: int, quarters: int = 0) -> Page:
    """A picture turned by quarters, made as large as reading needs, and straightened."""
    turned = _sized(np.ascontiguousarray(np.rot90(picture, quarters)))
    # Red ink is as bright as paper in the red channel; the darkest channel shows ink of every colour.
    grey, dark = turned[:, :, 2], turned.min(axis=2)
    if _is_peppered(grey):
        grey, dark = _calm(grey), _calm(dark)
    angle = _skew(_ink(grey))
    grey, dark = _straight(grey, angle), _straight(dark, angle)
    ink = _ink(grey)
    return Page(number, grey, ink, _ink(dark), _em(ink))


# bytes to pictures ---------------------------------------------------------------------------------------------------


def _decoded(data: bytes) -> Picture:
    width, height = _size(data)
    if width * height > MOST_PIXELS:
        raise UnreadableSource(f"the picture has {width} by {height} dots, far more than a page needs")
    try:
        # A picture with transparent paper is laid on white; any other comes turned as its camera says.
        raw: Any = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
        if raw is not None and raw.ndim == 3 and raw.shape[2] == 4:
            return _on_white(raw)
        found: Any = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise UnreadableSource(f"the picture cannot be decoded: {error.err}") from error
    if found is None:
        raise UnreadableSource("the picture cannot be decoded: it is damaged or cut off")
    return np.asarray(found, np.uint8)


def _on_white(raw: Any) -> Picture:
    most = np.iinfo(raw.dtype).max
    share = raw[:, :, 3:].astype(np.float32) / most
    laid = raw[:, :, :3].astype(np.float32) * (255 / most) * share + 255 * (1 - share)
    return np.asarray(laid, np.uint8)


def _size(data: bytes) -> tuple[int, int]:
    """Width and height as the file's head says, so that no small file unpacks to a huge picture."""
    if data.startswith(b"\x89PNG") and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return int(width), int(height)
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        kind, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if kind == 0xFF:  # a filling byte before a mark
            at += 1
            continue
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return int(width), int(height)
        at += 2 + length
    raise UnreadableSource("the picture's size is not told: it is damaged or cut off")


def _drawn(data: bytes) -> Iterator[Picture]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
        if len(document) > MOST_PAGES:
            raise UnreadableSource(f"the scan has {len(document)} pages; no report has more than {MOST_PAGES}")
        for page in document:
            yield _drawn_page(page)
    except pypdfium2.PdfiumError as error:
        raise UnreadableSource(f"the PDF cannot be opened: {error}") from error


def _drawn_page(page: Any) -> Picture:
    width, height = page.get_size()
    # A page that claims the size of a wall is drawn smaller.
    scale = min(DOTS_PER_INCH / 72, _MOST_SIDE / max(min(width, height), 1.0))
    if width * height * scale * scale > MOST_PIXELS:
        raise UnreadableSource(f"a page of {width:.0f} by {height:.0f} points is far larger than any of a report")
    return np.array(page.render(scale=scale, rev_byteorder=False, prefer_bgrx=False).to_numpy()[:, :, :3], np.uint8)


def _sized(picture: Picture) -> Picture:
    side = max(min(picture.shape[:2]), 1)
    factor = min(max(1.0, _LEAST_SIDE / side), 3.0) if side < _LEAST_SIDE else min(1.0, _MOST_SIDE / side)
    if factor == 1.0:
        return picture
    how = cv2.INTER_CUBIC if factor > 1 else cv2.INTER_AREA
    return np.asarray(cv2.resize(picture, None, fx=factor, fy=factor, interpolation=how), np.uint8)


# ink -----------------------------------------------------------------------------------------------------------------


def _ink(grey: Picture) -> Picture:
    """What is darker than the paper round it by more than the paper's own noise."""
    smooth = cv2.GaussianBlur(grey, (3, 3), 0)
    noise = float(np.median(cv2.absdiff(grey, smooth)))
    return np.asarray(
        cv2.adaptiveThreshold(
            smooth, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 51, int(max(14, 4 * noise))
        ),
        np.uint8,
    )


def _is_peppered(grey: Picture) -> bool:
    """Whether there are far more single dots of ink than letters: dust, or a bad line of the scanner."""
    black = np.asarray(grey < 110, np.uint8)
    _, _, parts, _ = cv2.connectedComponentsWithStats(black)
    area = parts[1:, cv2.CC_STAT_AREA]
    return int((area <= 2).sum()) > 1000 + 2 * int((area >= 20).sum())


def _calm(grey: Picture) -> Picture:
    return np.asarray(cv2.medianBlur(np.ascontiguousarray(grey), 3), np.uint8)


def _em(ink: Picture) -> int:
    """The height of the letters: the larger ones among the parts of ink that are neither specks nor lines."""
    _, _, parts, _ = cv2.connectedComponentsWithStats(ink)
    width, height = parts[1:, cv2.CC_STAT_WIDTH], parts[1:, cv2.CC_STAT_HEIGHT]
    letters = height[(height >= 10) & (height <= 90) & (width >= 6) & (width <= 90)]
    return int(np.clip(np.percentile(letters, 75) * 1.15, 14, 80)) if len(letters) else 30


def _skew(ink: Picture) -> float:
    """The angle in degrees by which the lines of a page lean: where rows of ink and of paper differ most."""
    scale = 900 / max(ink.shape)
    small = cv2.resize(ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    best = 0.0
    for step in (0.5, 0.1, 0.02):
        reach = _STEEPEST if step == 0.5 else step * 5
        tries = np.arange(best - reach, best + reach + step / 2, step)
        best = float(max(tries, key=lambda angle: (_sharpness(small, float(angle)), -abs(float(angle)))))
    return best if abs(best) >= 0.04 else 0.0


def _sharpness(small: Any, angle: float) -> float:
    rows = _turned(small, angle, 0).sum(axis=1, dtype=np.float64)
    return float(np.square(np.diff(rows)).sum())


def _straight(grey: Picture, angle: float) -> Picture:
    return np.asarray(_turned(grey, angle, 255), np.uint8) if angle else np.ascontiguousarray(grey)


def _turned(picture: Any, angle: float, paper: int) -> Any:
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    return cv2.warpAffine(picture, turn, (width, height), flags=cv2.INTER_LINEAR, borderValue=(paper,))
