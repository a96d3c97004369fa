"""A reader ends in cells, whatever the bytes; what it cannot read it refuses with the reason, soon."""

import os
import time
from pathlib import Path

import pytest

from pipeline.document import Document, Heading, Paragraph, Table, UnreadableSource
from pipeline.readers import read


def document(tmp_path: Path, content: str | bytes) -> Document:
    path = tmp_path / "报告 一.txt"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read(path)


def tables(tmp_path: Path, text: str) -> list[list[list[str]]]:
    blocks = document(tmp_path, text).blocks
    return [[[cell.text for cell in row] for row in block.rows] for block in blocks if isinstance(block, Table)]


def refused(tmp_path: Path, content: bytes) -> str:
    with pytest.raises(UnreadableSource) as caught:
        document(tmp_path, content)
    return caught.value.says


def test_rows_with_tabs_keep_every_cell(tmp_path: Path) -> None:
    """A tab parts cells, also blank ones at the start, inside and at the end of a row."""
    assert tables(tmp_path, "规章\t1\t\t3\t\n\t\t2\n") == [[["规章", "1", "", "3", ""], ["", "", "2"]]]


def test_rows_with_pipes_keep_every_cell(tmp_path: Path) -> None:
    """Pipes around all rows are no cells; between them blank cells count, and a rule under the head is none."""
    text = "| 甲 | 乙 |  |\n|---|:--:|--|\n| 1 |  | 3 |\n"
    assert tables(tmp_path, text) == [[["甲", "乙", ""], ["1", "", "3"]]]


def test_a_pipe_that_only_some_rows_have_in_front_parts_off_a_blank_cell(tmp_path: Path) -> None:
    """Where rows begin without a pipe, a row that begins with one begins with a blank cell."""
    assert tables(tmp_path, "甲 | 1 | 2 |\n | 3 | 4 |\n") == [[["甲", "1", "2"], ["", "3", "4"]]]


def test_rows_behind_each_other_with_double_pipes_keep_the_spans(tmp_path: Path) -> None:
    """`|||` behind a cell are blank cells."""
    assert tables(tmp_path, "条目 | |||\n信息内容 | 一 | 二 | 三 |\n") == [
        [["条目", "", "", ""], ["信息内容", "一", "二", "三"]]
    ]


def test_one_cell_a_line_makes_a_row_of_each_stretch(tmp_path: Path) -> None:
    """A tab in front is a cell, a line without one goes on with the cell before it, a blank line ends the row."""
    text = "\t商业\n企业\n\t\n0\n\n\n\t\n\t5\n"
    assert tables(tmp_path, text) == [[["商业\n企业", "0"]], [["", "5"]]]


def test_lines_without_marks_are_paragraphs(tmp_path: Path) -> None:
    """Each line is a paragraph with its number; a marked heading is a heading."""
    blocks = document(tmp_path, "# 一、总体情况\n\n文字\n0\n").blocks
    assert blocks == (Heading("一、总体情况", "line 1"), Paragraph("文字", "line 3"), Paragraph("0", "line 4"))


def test_a_paragraph_between_rows_parts_two_tables(tmp_path: Path) -> None:
    """A heading that stands right above a table is no row of it."""
    blocks = document(tmp_path, "甲\t1\n二、标题\n乙\t2\n").blocks
    assert [type(block) for block in blocks] == [Table, Paragraph, Table]


def test_marks_of_the_word_processor_are_no_text(tmp_path: Path) -> None:
    """Bookmarks, images and zero-width characters are gone; the number of the bookmark is no figure."""
    text = "\t[bookmark: _Hlk66973412]一、本年\n\t[image: 1704859250673]\n\t\u200b7\ufeff\n"
    assert tables(tmp_path, text) == [[["一、本年", "", "7"]]]


def test_a_line_break_inside_a_cell_is_a_blank(tmp_path: Path) -> None:
    """The vertical tab of a word processor and the `<br>` of Markdown stay inside the cell."""
    assert tables(tmp_path, "社会公益\x0b组织\t1\n") == [[["社会公益 组织", "1"]]]
    assert tables(tmp_path, "| 社会公益<br/>组织 | 1 |\n") == [[["社会公益 组织", "1"]]]


def test_a_cell_says_where_it_stands(tmp_path: Path) -> None:
    """The place of a cell is its line, and in a row the number of the cell."""
    (table,) = [block for block in document(tmp_path, "文字\n\n甲\t1\n").blocks if isinstance(block, Table)]
    assert [cell.place for cell in table.rows[0]] == ["line 3, cell 1", "line 3, cell 2"]


TEXT = "示例县卫生健康局2023年政府信息公开工作年度报告\n规章\t１２\t“三安全一稳定”\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_encoding_gives_the_same_blocks(tmp_path: Path, encoding: str, line_end: str) -> None:
    """UTF-8 and UTF-16 with and without a mark, GB18030, and every line end: the same document."""
    plain = document(tmp_path, TEXT).blocks
    assert document(tmp_path, TEXT.replace("\n", line_end).encode(encoding)).blocks == plain


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b" \n\t \r\n" * 1000, "empty"),
        ("　\u00a0\n".encode() * 1000, "white space"),
        (b"\x00" * 5000, "no text"),
        (bytes(range(256)) * 40, "no text"),
        (b"%PDF-1.7\n...", "PDF"),
        (b"PK\x03\x04....", "zip"),
        (b"\xd0\xcf\x11\xe0....", "Office"),
        (b"{\\rtf1 ...", "RTF"),
        (b"\xef\xbb\xbf  <!DOCTYPE html><p>", "HTML"),
        (b"| " * 200_000, "far"),
        (b"a\n" * 300_000, "far"),
    ],
)
def test_what_is_no_text_is_refused_with_the_reason(tmp_path: Path, content: bytes, says: str) -> None:
    """Empty files, white space, junk, other formats and endless lines each get a sentence."""
    assert says in refused(tmp_path, content)


def test_random_bytes_are_refused(tmp_path: Path) -> None:
    """Bytes that nobody wrote are no text."""
    assert "no text" in refused(tmp_path, os.urandom(200_000))


def test_fifty_megabytes_of_blanks_are_refused_without_reading_them(tmp_path: Path) -> None:
    """A file far larger than any report is refused by its size."""
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    started = time.monotonic()
    with pytest.raises(UnreadableSource, match="50,000,000 bytes"):
        read(path)
    assert time.monotonic() - started < 5


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    """What is no file gets a sentence, not a traceback."""
    with pytest.raises(UnreadableSource, match="no file"):
        read(tmp_path)
    with pytest.raises(UnreadableSource, match="no such file"):
        read(tmp_path / "nothing.txt")
