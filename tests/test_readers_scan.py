"""Scans: pictures of tables made here, and what a scanner does to them; a figure is right, unsure, or refused."""

import functools
import hashlib
import importlib.util
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from pipeline import readers, sections
from pipeline.document import Ambiguous, Document, Table, UnreadableSource
from pipeline.readers import scan
from pipeline.review import MARK, doubts
from tests.layouts import Merged, MergedRow
from tests.made import different, record
from tests.tools import missing

if any(importlib.util.find_spec(name) is None for name in ("rapidocr", "onnxruntime", "cv2")):
    missing("what reads scans is not installed (requirements/scan.txt)", of_module=True)

import cv2
import numpy as np

from tests import as_scan

HERE = Path(__file__).parent / "reports"


def read(data: bytes) -> Document:
    return scan.read(data, "scan", hashlib.sha256(data).hexdigest())


def table(page: Any) -> Table:
    (block,) = [block for block in read(as_scan.to_png(page)).blocks if isinstance(block, Table)]
    return block


def texts(of: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in of.rows]


def rows(*given: Sequence[str]) -> list[MergedRow]:
    return [[Merged(text) for text in row] for row in given]


FIGURES = (["1024", "96", "0", "357"], ["7", "2468", "11", "80"], ["1", "53", "1112", "6"])
GRID = rows(*FIGURES)


# figures -------------------------------------------------------------------------------------------------------------


def test_every_figure_of_a_clean_table_is_read_and_sure() -> None:
    """Each figure comes from its own cell, above the mark, with a place that a person can find."""
    read_table = table(as_scan.ruled(GRID))
    assert texts(read_table) == [list(row) for row in FIGURES]
    assert all((cell.confidence or 0) >= MARK for row in read_table.rows for cell in row)
    assert read_table.rows[1][2].place == "page 1, table 1, row 2, cell 3"


@pytest.mark.parametrize("damage", list(as_scan.DAMAGE))
def test_a_damaged_figure_is_right_or_below_the_mark(damage: str) -> None:
    """Whatever the scanner does to a page, no figure above the mark is another than the printed one."""
    read_table = table(as_scan.DAMAGE[damage](as_scan.ruled(GRID)))
    sure = 0
    for printed, row in zip(FIGURES, read_table.rows, strict=True):
        for text, cell in zip(printed, row, strict=True):
            assert cell.text == text or (cell.confidence or 0) < MARK
            sure += (cell.confidence or 0) >= MARK
    assert sure >= 9


def test_the_same_picture_gives_the_same_document() -> None:
    """Text and confidence are the same each time, to the last digit."""
    data = as_scan.to_png(as_scan.noisy(as_scan.ruled(GRID[:2])))
    assert read(data) == read(data)


def test_a_blank_cell_is_sure_to_be_blank() -> None:
    """A cell without ink has no text, and needs no second look."""
    cell = table(as_scan.ruled(rows(["12", "", "8"], ["5", "9", "31"]))).rows[0][1]
    assert (cell.text, cell.confidence) == ("", 1.0)


def test_red_ink_in_a_blank_cell_is_looked_at() -> None:
    """A seal is no figure, but a figure may be red: such a cell is not said to be blank for certain."""
    page = as_scan.ruled(rows(["12", "", "8"], ["5", "9", "31"]))
    cv2.putText(page, "44", (300, 145), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (40, 40, 235), 2)
    assert table(page).rows[0][1].confidence == 0.0


def test_a_sign_alone_is_looked_at() -> None:
    """A stroke in a cell may be a 1 or a dash: nothing is read from it for certain."""
    read_table = table(as_scan.ruled(rows(["12", "/", "8"], ["-", "9", "31"])))
    assert [read_table.rows[r][c].confidence for r, c in ((0, 1), (1, 0))] == [0.0, 0.0]


def test_figures_below_one_another_in_a_cell_are_looked_at() -> None:
    """Two lines in a cell are one number broken or two numbers: a person says which."""
    page = as_scan.ruled(rows(["12", "345", "8"], ["5", "9", "31"]), height=110)
    cv2.rectangle(page, (264, 104), (416, 206), (255, 255, 255), -1)
    for text, at in (("345", 145), ("67", 195)):
        cv2.putText(page, text, (305, at), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (0, 0, 0), 2)
    assert table(page).rows[0][1].confidence == 0.0


# walls ---------------------------------------------------------------------------------------------------------------


def without_wall(cells: list[MergedRow], share: float = 1.0) -> Any:
    """The wall between the first two cells of the second row gone, as far as said."""
    page = as_scan.ruled(cells)
    cv2.rectangle(page, (255, 174), (265, 174 + round(62 * share)), (255, 255, 255), -1)
    return page


@pytest.mark.parametrize("second", [["57", "24"], ["57", ""], ["", "24"]])
def test_a_lost_wall_never_moves_a_figure(second: list[str]) -> None:
    """Where the line between two cells is gone, nobody can tell whose the figures are: refused."""
    with pytest.raises((UnreadableSource, Ambiguous)):
        table(without_wall(rows(["12", "345"], second, ["7", "31"], ["3", "66"])))


def test_a_broken_wall_is_refused() -> None:
    """A line that is there by half is a wall or none."""
    with pytest.raises(UnreadableSource, match="broken"):
        table(without_wall(GRID, 0.6))


def test_a_small_break_in_a_wall_is_none() -> None:
    """A line with a gap of some dots is a wall."""
    assert texts(table(without_wall(GRID, 0.15))) == [list(row) for row in FIGURES]


def test_merged_cells_stand_once_in_the_grid() -> None:
    """A head over two columns fills the first of its slots; the figures stand below, each in its own."""
    cells = [[Merged("101", columns=2), Merged("202", rows=2)], rows(["3", "4"])[0], rows(["5", "6", "7"])[0]]
    page = as_scan.ruled([[Merged("", columns=2), Merged("", rows=2)], *cells[1:]])
    assert texts(table(page)) == [["", "", ""], ["3", "4", ""], ["5", "6", "7"]]


# pages ---------------------------------------------------------------------------------------------------------------


@functools.cache
def planted(name: str = "scan-png-2021") -> Any:
    (path,) = (HERE / name).glob("document.*")
    return cv2.imread(str(path))


def foot() -> Any:
    """The table of section 四 and what stands below it, from a planted report."""
    page = planted()
    return page[-1150:]


def test_a_page_is_read_whichever_way_it_was_laid() -> None:
    """A page on its side or upside down gives the same cells."""
    upright = read(as_scan.to_png(foot()))
    figures = [texts(block) for block in upright.blocks if isinstance(block, Table)]
    for quarters in (1, 2, 3):
        turned = read(as_scan.to_png(np.ascontiguousarray(np.rot90(foot(), quarters))))
        assert [texts(block) for block in turned.blocks if isinstance(block, Table)] == figures


def test_a_table_over_a_page_break_is_one(tmp_path: Path) -> None:
    """Where the edges of a table go on at the top of the next page, its rows are one table."""
    document = read(as_scan.to_pdf([as_scan.ruled(GRID[:2]), as_scan.ruled(GRID[2:])], tmp_path))
    (block,) = document.blocks
    assert isinstance(block, Table)
    assert texts(block) == [list(row) for row in FIGURES]
    assert block.rows[2][0].place == "page 2, table 1, row 1, cell 1"
    assert document.media_type == "application/pdf"


def test_tables_with_other_edges_stay_apart(tmp_path: Path) -> None:
    """Another table at the top of the next page is another table."""
    document = read(as_scan.to_pdf([as_scan.ruled(GRID[:2]), as_scan.ruled(rows(["8", "9", "21"]))], tmp_path))
    assert [len(block.rows) for block in document.blocks if isinstance(block, Table)] == [2, 1]


def test_unread_characters_of_a_line_are_marked() -> None:
    """What stands under a blot in a line of running text is no letter: it is marked, or the line has none there."""
    page = foot()
    clean = [block.text for block in read(as_scan.to_png(page)).blocks if not isinstance(block, Table)]
    assert "示例县卫生健康局" in clean
    assert not any(scan.UNREAD in text for text in clean)
    blurred = as_scan.blurred(page, 3.2)
    try:
        lines = [block.text for block in read(as_scan.to_png(blurred)).blocks if not isinstance(block, Table)]
    except UnreadableSource:
        return
    assert all(text in clean or scan.UNREAD in text for text in lines)


# bytes ---------------------------------------------------------------------------------------------------------------

PNG = as_scan.to_png(as_scan.ruled(GRID[:1]))
JPEG = as_scan.to_jpeg(as_scan.ruled(GRID[:1]))


@pytest.mark.parametrize(
    "data",
    [
        PNG[:20],
        PNG[:60],
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        PNG[:16] + b"\x00\x01\x00\x00\x00\x01\x00\x00" + PNG[24:],
        JPEG[:3],
        JPEG[:150],
        b"\xff\xd8\xff" + bytes(100),
        b"\xff\xd8\xff" + b"\xff" * 500,
        b"%PDF-1.7\nno document",
        as_scan.to_png(np.full((500, 500, 3), 255, np.uint8)),
        as_scan.to_png(np.zeros((3, 3, 3), np.uint8)),
    ],
    ids=lambda data: f"{data[:4]!r}-{len(data)}",
)
def test_damaged_bytes_are_refused_with_a_sentence(data: bytes) -> None:
    """A damaged, huge or empty picture ends as a refusal, never as anything else."""
    with pytest.raises(UnreadableSource) as refused:
        read(data)
    assert len(refused.value.says) > 10


def test_transparent_paper_is_white() -> None:
    """A picture whose paper is transparent is read as it is seen."""
    page = as_scan.ruled(GRID[:1])
    ink = 255 - cv2.cvtColor(page, cv2.COLOR_BGR2GRAY)
    clear = np.dstack([np.zeros_like(page), ink])
    (block,) = read(bytes(cv2.imencode(".png", clear)[1])).blocks
    assert isinstance(block, Table)
    assert texts(block) == [list(FIGURES[0])]


def test_without_the_extra_a_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the recogniser is not installed, the refusal names the command that installs it."""
    for name in [name for name in sys.modules if name.startswith("pipeline.readers.scan_")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr(readers, "scan_document", raising=False)
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    with pytest.raises(UnreadableSource, match=r"gongkai\[scan\].*requirements/scan\.txt"):
        read(PNG)


# whole reports -------------------------------------------------------------------------------------------------------


def test_a_scanned_report_has_no_silent_error(tmp_path: Path) -> None:
    """A printed, blurred and slanted report: every figure above the mark is the printed one, and few are below."""
    if shutil.which("chromium") is None:
        missing("Chromium is not installed")
    made = record("2021", 2023, different(105))
    pages = [as_scan.blurred(as_scan.leaning(page), 0.8) for page in as_scan.printed(made, tmp_path)]
    document = read(as_scan.to_pdf(pages, tmp_path))
    report = sections.read_report(sections.rows_of(document))
    assert report.problems == ()
    doubtful = {doubt.field for doubt in doubts(document, report)}
    got = {one.field: one.number.value for reading in report.readings.values() for one in reading.placed}
    assert {name: value for name, value in got.items() if value != made.figures()[name]}.keys() <= doubtful
    assert got.keys() == made.figures().keys()
    assert len(doubtful) <= 40
