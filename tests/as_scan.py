"""Makes scans: a record as pictures of its pages, and what a scanner, a copier and a careless hand do to them.

`ruled` draws a table of figures without any font of the machine; whole reports are printed by Chromium.
"""

import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pypdfium2

from pipeline.record import Record
from tests.as_html import to_html
from tests.layouts import MergedRow

Picture = Any
"""Rows of dots with three colours."""

STYLE = (
    "@page{size:%s;margin:15mm}body{font:14px 'Noto Sans CJK SC'}h1{text-align:center;font-size:22px}"
    "table{border-collapse:collapse;width:100%%}td{border:1.5px solid #000;padding:4px;text-align:center}"
)


def printed(record: Record, folder: Path, dots_per_inch: int = 150, size: str = "A4") -> list[Picture]:
    """The pages of a report as Chromium prints them; `size` as CSS writes it."""
    page, pdf = folder / "page.html", folder / "page.pdf"
    page.write_text(to_html(record, STYLE % size), encoding="utf-8")
    chromium = shutil.which("chromium") or "chromium"
    switches = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--print-to-pdf={pdf}"]
    subprocess.run([chromium, *switches, page.as_uri()], check=True, capture_output=True, timeout=120)
    pages = pypdfium2.PdfDocument(pdf)
    return [np.array(one.render(scale=dots_per_inch / 72).to_numpy()[:, :, :3]) for one in pages]


def ruled(rows: Sequence[MergedRow], width: int = 160, height: int = 70) -> Picture:
    """A page with one ruled table, its figures in the strokes that opencv brings along."""
    columns = sum(cell.columns for cell in rows[0])
    page = np.full((max(height * len(rows) + 300, 1400), max(width * columns + 200, 1400), 3), 255, np.uint8)
    taken: set[tuple[int, int]] = set()
    for r, row in enumerate(rows):
        c = 0
        for cell in row:
            while (r, c) in taken:
                c += 1
            taken |= {(r + i, c + j) for i in range(cell.rows) for j in range(cell.columns)}
            corner, end = (
                (100 + c * width, 100 + r * height),
                (100 + (c + cell.columns) * width, 100 + (r + cell.rows) * height),
            )
            cv2.rectangle(page, corner, end, (0, 0, 0), 2)
            _write(page, cell.text, corner, end)
    return page


def _write(page: Picture, text: str, corner: tuple[int, int], end: tuple[int, int]) -> None:
    (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 1.0, 2)
    at = ((corner[0] + end[0] - width) // 2, (corner[1] + end[1] + height) // 2)
    cv2.putText(page, text, at, cv2.FONT_HERSHEY_SIMPLEX, 1.0, (0, 0, 0), 2, cv2.LINE_AA)


# what becomes of a page ----------------------------------------------------------------------------------------------


def leaning(page: Picture, degrees: float = 0.8) -> Picture:
    height, width = page.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return cv2.warpAffine(page, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255))


def blurred(page: Picture, by: float = 1.2) -> Picture:
    return cv2.GaussianBlur(page, (0, 0), by)


def noisy(page: Picture, by: float = 12) -> Picture:
    grain = np.random.default_rng(1).normal(0, by, page.shape[:2])[:, :, None]
    return np.clip(page + grain, 0, 255).astype(np.uint8)


def peppered(page: Picture, share: float = 0.005) -> Picture:
    chance = np.random.default_rng(2).random(page.shape[:2])
    made = page.copy()
    made[chance < share / 2], made[chance > 1 - share / 2] = 0, 255
    return made


def faint(page: Picture, darkest: int = 130) -> Picture:
    return (darkest + page.astype(float) * (240 - darkest) / 255).astype(np.uint8)


def squeezed(page: Picture, quality: int = 40) -> Picture:
    return cv2.imdecode(cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)


DAMAGE: Mapping[str, Callable[[Picture], Picture]] = {
    "leaning": leaning,
    "blurred": blurred,
    "noisy": noisy,
    "peppered": peppered,
    "faint": faint,
    "squeezed": squeezed,
}


# pages to files ------------------------------------------------------------------------------------------------------


def to_png(page: Picture) -> bytes:
    return bytes(cv2.imencode(".png", page)[1])


def to_black_and_white_png(page: Picture) -> bytes:
    """One bit a dot, as many scanners write."""
    _, black = cv2.threshold(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), 160, 255, cv2.THRESH_BINARY)
    return bytes(cv2.imencode(".png", black, [cv2.IMWRITE_PNG_BILEVEL, 1, cv2.IMWRITE_PNG_COMPRESSION, 9])[1])


def to_jpeg(page: Picture, quality: int = 60) -> bytes:
    grey = cv2.cvtColor(page, cv2.COLOR_BGR2GRAY)
    return bytes(cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1])[1])


def to_pdf(pages: Sequence[Picture], path: Path, dots_per_inch: int = 150) -> bytes:
    """A PDF that holds nothing but pictures."""
    document = pypdfium2.PdfDocument.new()
    for n, picture in enumerate(pages):
        (path / f"{n}.jpg").write_bytes(to_jpeg(picture))
        width, height = picture.shape[1] * 72 / dots_per_inch, picture.shape[0] * 72 / dots_per_inch
        page, image = document.new_page(width, height), pypdfium2.PdfImage.new(document)
        image.load_jpeg(path / f"{n}.jpg", pages=[page])
        image.set_matrix(pypdfium2.PdfMatrix().scale(width, height))
        page.insert_obj(image)
        page.gen_content()
    document.save(path / "made.pdf")
    return (path / "made.pdf").read_bytes()
