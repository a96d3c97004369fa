"""A reader ends in cells, whatever the bytes; what it cannot read it refuses with the reason, soon."""

import io
import os
import time
import zipfile
from pathlib import Path

import pytest

from pipeline.document import Document, Heading, Paragraph, Table, UnreadableSource
from pipeline.readers import kind, read


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
        (b"PK\x03\x04....", "zip"),
        (b"| " * 200_000, "far"),
        (b"a\n" * 300_000, "far"),
    ],
)
def test_what_is_no_text_is_refused_with_the_reason(tmp_path: Path, content: bytes, says: str) -> None:
    """Empty files, white space, junk, other formats and endless lines each get a sentence."""
    assert says in refused(tmp_path, content)


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n...",
        b"PK\x03\x04....",
        b"PK\x05\x06" + bytes(18),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....",
        b"{\\rtf1 ...",
        b"\xef\xbb\xbf  <!DOCTYPE html><p>",
        b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x--",
    ],
)
def test_a_file_that_only_begins_like_a_format_is_refused(tmp_path: Path, content: bytes) -> None:
    """The mark of a format with nothing behind it gets a sentence, never a traceback."""
    assert refused(tmp_path, content)


# what kind of file it is ---------------------------------------------------------------------------------------------


def zipped(*names: str, **contents: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, contents.get(name.split(".")[0], b"x"))
    return made.getvalue()


def ole(*streams: str) -> bytes:
    """The head and directory of an old Office file, as far as they tell what it is."""
    names = [stream.encode("utf-16-le") + b"\x00\x00" for stream in streams]
    entries = [name.ljust(64, b"\x00") + len(name).to_bytes(2, "little") + b"\x02" + bytes(61) for name in names]
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\x00") + b"".join(entries)


MAIN = b'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"'
PAGE = "<!DOCTYPE html><html><body><p>文字</p></body></html>"
KINDS = [
    ("text", "示例县\t1\n".encode(), ".txt"),
    ("text", "示例县\t1\n".encode(), ".html"),
    ("text", "示例县\t1\n".encode(), ".doc"),
    ("text", "示例县\t1\n".encode(), ".bin"),
    ("text", "商业<br>企业 | 1 |\n".encode(), ".txt"),
    ("text", "网页里写着 <table 一词，<p>也有\n".encode(), ".txt"),
    ("text", "网页里写着 <table 一词，<p>也有\n".encode(), ".doc"),
    ("text", "<示例县>的年报\n".encode(), ".txt"),
    ("text", "< 5 件\n<10 件\n".encode(), ".txt"),
    ("text", "主题：MIME-Version: 1.0\n".encode(), ".txt"),
    ("html", PAGE.encode(), ".txt"),
    ("html", PAGE.encode(), ".doc"),
    ("html", PAGE.encode(), ".xls"),
    ("html", PAGE.encode(), ""),
    ("html", b"\xef\xbb\xbf\r\n" + PAGE.encode(), ".txt"),
    ("html", PAGE.encode("utf-16"), ".txt"),
    ("html", PAGE.encode("utf-16-le"), ".txt"),
    ("html", PAGE.encode("utf-16-be"), ".html"),
    ("html", "<table><tr><td>规章</td></tr></table>".encode(), ".txt"),
    ("html", "<div class='a'>文字</div>".encode(), ".txt"),
    ("html", "<!-- 页头 -->\n<div>文字</div>".encode(), ".txt"),
    ("html", b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "x"><html/>', ".xml"),
    ("html", "网页里写着 <table><tr> 的表\n".encode(), ".html"),
    ("html", ("<!--" + "x" * 9000 + "--><html><p>文字").encode(), ".txt"),
    ("html", ("文字 <html xmlns='x'><p>文字").encode(), ".doc"),
    ("bundle", b"From: <Saved>\r\nSubject: x\r\n y\r\nMIME-Version: 1.0\r\n\r\n", ".mht"),
    ("bundle", b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n", ".doc"),
    ("bundle", zipped("报告.docx", "附件/表.xlsx"), ".zip"),
    ("bundle", zipped("报告.docx"), ".docx"),
    ("docx", zipped("[Content_Types].xml", "word/document.xml"), ".doc"),
    ("docx", zipped("word\\document.xml"), ".zip"),
    ("docx", zipped("[Content_Types].xml", "word/document2.xml", **{"[Content_Types]": MAIN}), ".zip"),
    ("sheet", zipped("[Content_Types].xml", "xl/workbook.xml"), ".et"),
    ("sheet", zipped("xl/workbook.xml"), ".docx"),
    ("sheet", ole("Workbook"), ".doc"),
    ("sheet", ole("Book"), ".et"),
    ("office", ole("WordDocument"), ".xls"),
    ("office", ole("WordDocument", "Workbook"), ".doc"),
    ("office", b"{\\rtf1\\ansi 1}", ".doc"),
    ("office", b"\n{\\rtf1\\ansi 1}", ".txt"),
    ("pdf", b"%PDF-1.4\n", ".txt"),
    ("pdf", b"\r\n%PDF-1.4\n", ".docx"),
    ("pdf", b"HTTP/1.1 200\n\n%PDF-1.4\n", ".pdf"),
    ("text", b"HTTP/1.1 200\n\n%PDF-1.4\n", ".txt"),
    ("scan", b"\x89PNG\r\n\x1a\n", ".pdf"),
    ("scan", b"\xff\xd8\xff\xe0", ".docx"),
]


@pytest.mark.parametrize(("module", "content", "suffix"), KINDS)
def test_the_bytes_tell_the_kind_and_the_suffix_only_where_they_do_not(
    module: str, content: bytes, suffix: str
) -> None:
    """Every kind is told under its own suffix and under a wrong one; words about tags do not make a web page."""
    assert kind(content, suffix) == module


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"GIF89a", "GIF"),
        (b"II*\x00....", "TIFF"),
        (b"MM\x00*....", "TIFF"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "WebP"),
        (b"BM\x36\x00\x00\x00\x00\x00\x00\x00\x36", "BMP"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"MZ\x90\x00", "program"),
        (b"x".ljust(257, b"\x00") + b"ustar\x00", "tar"),
        (zipped("OFD.xml", "Doc_0/Document.xml"), "OFD"),
        (zipped("ppt/presentation.xml"), "presentation"),
        (zipped("xl/workbook.bin"), "xlsb"),
        (zipped("mimetype", "content.xml", mimetype=b"application/vnd.oasis.opendocument.text"), "OpenDocument"),
        (ole("EncryptedPackage", "EncryptionInfo"), "password"),
        (ole("PowerPoint Document"), "presentation"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "workbook"),
        (b'<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"/>', "Word"),
    ],
)
def test_a_kind_that_nobody_reads_is_named(content: bytes, says: str) -> None:
    """The refusal says what the file is, and where there is a way, how to save it."""
    with pytest.raises(UnreadableSource, match=says):
        kind(content, ".doc")


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
