"""Of a bundle the one document that is a report is found; of two nobody chooses, and nothing is ever unpacked."""

import email.message
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from pipeline.convert import Understood, understand
from pipeline.document import ReportError, UnreadableSource
from pipeline.readers import bundle, read, read_all
from pipeline.readers.archive import MOST_ENTRIES
from pipeline.record import Record
from tests.as_html import to_html
from tests.as_sheet import to_xlsx
from tests.layouts import lay_out
from tests.made import different, record

MADE = record(fill=different(), published="2024-01-28")
OTHER = record(year=2022, fill=different(500), published="2023-01-18")
NOTICE = "<!doctype html><html><body><h1>通知</h1><p>各单位：年报见附件，请查收。</p>{}</body></html>"


def text(made: Record = MADE) -> bytes:
    return lay_out(made, "pipes").encode()


def zipped(files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def zipped_under(encoding: str, files: Mapping[str, bytes]) -> bytes:
    """An archive of an old program, whose names are bytes in a code that it does not name."""
    raw = {name.encode(encoding): content for name, content in files.items()}
    stand_ins = {f"{n:0{len(name)}}": content for n, (name, content) in enumerate(raw.items())}
    data = zipped(stand_ins)
    for stand_in, name in zip(stand_ins, raw, strict=True):
        data = data.replace(stand_in.encode(), name)
    return data


def put(tmp_path: Path, name: str, content: bytes) -> Path:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def told(path: Path) -> tuple[str, Understood]:
    """The name of the document that was taken for the report, which is the made one."""
    understood = understand(path)
    assert not understood.problems, [problem.says for problem in understood.problems]
    assert understood.report is not None
    assert understood.document is not None
    placed = [one for reading in understood.report.readings.values() for one in reading.placed]
    assert {one.field: one.number.value for one in placed} == MADE.figures()
    assert (understood.identity.year, understood.identity.published) == (2023, "2024-01-28")
    return understood.document.file, understood


def refused(path: Path) -> ReportError:
    understood = understand(path)
    assert understood.problems
    return understood.problems[0]


# archives ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"年报.txt": text()}, "年报.txt"),
        ({"通知.html": NOTICE.format("").encode(), "附件/年报.xlsx": to_xlsx(MADE)}, "附件/年报.xlsx"),
        ({"页.html": to_html(MADE).encode(), "页_files/a.css": b"a", "页_files/图.gif": b"GIF8"}, "页.html"),
        ({"说明.txt": "各单位：年报见附件。".encode(), "内.zip": zipped({"年报.txt": text()})}, "内.zip/年报.txt"),
        ({"年报.txt": text(), "__MACOSX/._年报.txt": text(), "~$年报.txt": text(), ".DS_Store": b"x"}, "年报.txt"),
        ({"年报.txt": text(), "坏.xlsx": b"PK\x03\x04 x", "空.txt": b"", "包.rar": b"Rar!\x1a\x07"}, "年报.txt"),
        ({"../../年报.txt": text()}, "../../年报.txt"),
        ({"/etc/年报.txt": text()}, "/etc/年报.txt"),
        ({"年报.doc": to_html(MADE).encode()}, "年报.doc"),
    ],
)
def test_the_one_report_of_an_archive_is_found(files: Mapping[str, bytes], found: str, tmp_path: Path) -> None:
    """Among pages, pictures, remains and files that cannot be read; the name says which file it was."""
    path = put(tmp_path, "年报.zip", zipped(files))
    name, understood = told(path)
    assert name == f"年报.zip/{found}"
    assert understood.document is not None
    assert understood.rows[0].place.startswith(f"{found}: ")
    assert sorted(tmp_path.rglob("*")) == [path]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "gb18030"])
def test_names_in_an_old_code_are_understood(encoding: str, tmp_path: Path) -> None:
    """Archives that old programs made have names in the code of the system, without saying so."""
    content = zipped_under(encoding, {"示例县年报.txt": text(), "说明文件.txt": b"x"})
    assert told(put(tmp_path, "包.zip", content))[0] == "包.zip/示例县年报.txt"


def test_two_reports_are_refused_by_name(tmp_path: Path) -> None:
    """Whether the same report twice or those of two years: nobody can tell which is meant."""
    for files in (
        {"甲.txt": text(), "乙.xlsx": to_xlsx(MADE)},
        {"甲.txt": text(), "内.zip": zipped({"乙.xlsx": to_xlsx(OTHER)})},
    ):
        error = refused(put(tmp_path, "年报.zip", zipped(files)))
        assert error.code == "Ambiguous"
        assert "甲.txt" in error.says
        assert "乙.xlsx" in error.says


def test_a_report_that_can_be_read_in_two_ways_is_still_a_report(tmp_path: Path) -> None:
    """Such a document beside a sound report makes two."""
    struck = to_xlsx(MADE, put=_in_two_lines)
    error = refused(put(tmp_path, "年报.zip", zipped({"甲.txt": text(), "乙.xlsx": struck})))
    assert error.code == "Ambiguous"
    assert "乙.xlsx" in error.says
    assert "two lines" in refused(put(tmp_path, "年报.zip", zipped({"甲.txt": b"x", "乙.xlsx": struck}))).says


def _in_two_lines(sheet, row, column, text, style):  # type: ignore[no-untyped-def]
    sheet.write_string(row, column, f"{text}\n{text}", style)


def test_where_no_file_is_a_report_each_is_named_with_the_reason(tmp_path: Path) -> None:
    """The refusal says what every file was."""
    files = {
        "通知.txt": "各单位：年报见附件。".encode(),
        "计划.txt": "明年的计划。".encode(),
        "坏.xlsx": b"PK\x03\x04 x",
    }
    error = refused(put(tmp_path, "年报.zip", zipped(files)))
    assert error.code == "UnknownForm"
    assert all(name in error.says for name in files)


def test_a_report_in_an_archive_is_refused_like_one_alone(tmp_path: Path) -> None:
    """What is wrong with the report itself is said with its name in front of the place."""
    damaged = text().replace("行政强制".encode(), "强制行政".encode())
    error = refused(put(tmp_path, "年报.zip", zipped({"甲.txt": damaged, "乙.txt": b"x"})))
    assert error.code == "S03"
    assert error.where.startswith("甲.txt: line ")


def encrypted(content: bytes) -> bytes:
    """The archive with the mark of a password on each of its files."""
    data = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := data.find(mark, at + 1)) >= 0:
            data[at + offset] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (zipped({}), "nothing in the file"),
        (encrypted(zipped({"年报.txt": text()})), "password"),
        (zipped({"图.gif": b"GIF8", "a.css": b"a"}), "nothing in the file"),
        (zipped({"内.zip": zipped({"内.zip": zipped({"年报.txt": text()})})}), "inside another"),
        (zipped({f"{n}.txt": b"x" for n in range(80)}), "more than 60 documents"),
        (zipped({f"{n}.css": b"" for n in range(MOST_ENTRIES + 1)}), "2,000 files"),
        (zipped({f"{n}.txt": b" " * 19_000_000 for n in range(6)}), "far more"),
        (zipped({"大.txt": b"x" * 20_000_001}), "20,000,001 bytes"),
        (zipped({"年报.txt": text()})[:-30], "none"),
        (zipped({"年报.txt": text()}).replace(zipped({"年报.txt": text()})[60:90], bytes(30)), "damaged"),
    ],
)
def test_what_an_archive_must_not_do_is_refused_with_a_sentence(content: bytes, says: str, tmp_path: Path) -> None:
    """Passwords, archives in archives in archives, thousands of files, and bytes without end."""
    with pytest.raises(UnreadableSource) as caught:
        read_all(put(tmp_path, "年报.zip", content))
    assert says in caught.value.says


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    """One of them would be lost without a word."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("年报.txt", text())
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("年报.txt", text(OTHER))
    assert "one name" in refused(put(tmp_path, "年报.zip", made.getvalue())).says


def test_a_reader_of_one_document_takes_a_bundle_of_one(tmp_path: Path) -> None:
    """`read` gives the only document, and refuses to choose among several."""
    assert read(put(tmp_path, "一.zip", zipped({"甲.txt": text()}))).file == "一.zip/甲.txt"
    with pytest.raises(UnreadableSource, match="2 documents"):
        read(put(tmp_path, "二.zip", zipped({"甲.txt": text(), "乙.txt": text()})))


# saved pages ---------------------------------------------------------------------------------------------------------


def saved(page: bytes, charset: str = "utf-8", cte: str = "quoted-printable", **parts: bytes) -> bytes:
    """A web page in one file, as browsers save it."""
    made = email.message.EmailMessage()
    made["Subject"] = "年报"
    made["MIME-Version"] = "1.0"
    made.set_content(page, maintype="text", subtype="html", cte=cte, params={"charset": charset})
    made["Content-Location"] = "https://example.org/art/2024/1/28/art_1_2.html"
    made.make_related()
    for name, content in parts.items():
        made.add_related(content, maintype="image", subtype="gif", filename=name)
    return made.as_bytes()


@pytest.mark.parametrize(
    ("charset", "cte"), [("utf-8", "quoted-printable"), ("gb2312", "base64"), ("utf-16", "base64")]
)
@pytest.mark.parametrize("suffix", [".mht", ".mhtml", ".doc"])
def test_a_page_saved_in_one_file_is_read(charset: str, cte: str, suffix: str, tmp_path: Path) -> None:
    """Whatever the code of the page and of its transport; the pictures beside it are no documents."""
    page = to_html(MADE).replace('<meta charset="utf-8">', "")
    content = saved(page.encode({"gb2312": "gb18030"}.get(charset, charset)), charset, cte, pic=b"GIF89a")
    assert told(put(tmp_path, f"年报{suffix}", content))[0] == f"年报{suffix}/art_1_2.html"


def test_a_message_with_the_report_attached_is_read(tmp_path: Path) -> None:
    """The text of the message is no report, the file that came with it is."""
    made = email.message.EmailMessage()
    made["MIME-Version"] = "1.0"
    made.set_content("各单位：年报见附件。\n")
    made.add_attachment(to_xlsx(MADE), maintype="application", subtype="octet-stream", filename="年报.xlsx")
    assert told(put(tmp_path, "信.eml", made.as_bytes()))[0] == "信.eml/年报.xlsx"


def test_a_message_of_a_thousand_layers_is_refused(tmp_path: Path) -> None:
    """Parts inside parts without end get a sentence."""
    layers = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3_000))
    assert refused(put(tmp_path, "信.mht", b"MIME-Version: 1.0\n" + layers)).says


REMOTE = "https://example.org/P02/年报.xlsx"


@pytest.mark.parametrize(
    ("where", "link"),
    [
        ("年报.xlsx", "年报.xlsx"),
        ("附件/年报.xlsx", "./附件/%E5%B9%B4%E6%8A%A5.xlsx?v=1#a"),
        ("年报.xlsx", REMOTE),
        ("页_files/年报.xlsx", REMOTE),
        ("页.files/年报.xlsx", "/P02/年报.xlsx"),
    ],
)
def test_the_file_that_a_page_names_is_read_where_it_lies_beside_it(where: str, link: str, tmp_path: Path) -> None:
    """A page whose report is an attachment: where the link says, or under its name beside the page."""
    put(tmp_path, where, to_xlsx(MADE))
    page = put(tmp_path, "页.html", NOTICE.format(f'<p><a href="{link}">附件：年报</a></p>').encode())
    assert told(page)[0] == f"页.html/{where}"


def test_a_page_that_is_the_report_outranks_what_it_names(tmp_path: Path) -> None:
    """The attachment is the same report once more, and is not even opened."""
    put(tmp_path, "年报.xlsx", to_xlsx(OTHER))
    page = to_html(MADE).replace("</body>", '<p><a href="年报.xlsx">下载</a></p></body>').encode()
    assert told(put(tmp_path, "页.html", page))[0] == "页.html"


def test_two_files_that_a_page_names_are_refused(tmp_path: Path) -> None:
    """Two attachments that are reports: nobody can tell which is meant."""
    put(tmp_path, "甲.xlsx", to_xlsx(MADE))
    put(tmp_path, "乙.xlsx", to_xlsx(OTHER))
    links = '<a href="甲.xlsx">甲</a><a href="乙.xlsx">乙</a>'
    error = refused(put(tmp_path, "页.html", NOTICE.format(links).encode()))
    assert error.code == "Ambiguous"
    assert "甲.xlsx and 页.html/乙.xlsx" in error.says


@pytest.mark.parametrize("link", ["../年报.xlsx", "/etc/passwd.txt", "file:///etc/passwd.txt", "链.txt", "无.docx"])
def test_a_page_leads_to_no_file_outside_its_folder(link: str, tmp_path: Path) -> None:
    """Neither a path upwards, nor one from the root, nor a link of the system leads out of the folder."""
    put(tmp_path, "年报.xlsx", to_xlsx(MADE))
    page = put(tmp_path, "夹/页.html", NOTICE.format(f'<a href="{link}">附件</a>').encode())
    (tmp_path / "夹/链.txt").symlink_to(tmp_path / "年报.xlsx")
    held = bundle.read_beside(page.read_bytes(), page, "0" * 64)
    assert held.documents == ()
    assert refused(page)
