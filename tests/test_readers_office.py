"""Binary Word documents and RTF are turned into .docx and read as one; what cannot be turned with certainty is refused."""

import hashlib
import random
import time
from pathlib import Path
from typing import Any

import pytest

from pipeline.convert import understand
from pipeline.document import Document, ReportError, Table, UnreadableSource
from pipeline.readers import kinds, office, read, soffice
from tests.tools import missing

REPORTS = Path(__file__).parent / "reports"
DOC = (REPORTS / "doc-plain" / "document.doc").read_bytes()
RTF = (REPORTS / "rtf-plain-2019" / "document.rtf").read_bytes()
DOCX = (REPORTS / "docx-plain" / "document.docx").read_bytes()


def needs_libreoffice() -> None:
    """Skips a test that needs LibreOffice; fails where the environment says that it must be there."""
    if soffice.program() is None:
        missing("LibreOffice is not installed")


def cells(document: Document) -> list[str]:
    """The words of all tables, cell by cell."""
    tables = [block for block in document.blocks if isinstance(block, Table)]
    return [cell.text for table in tables for row in table.rows for cell in row if not cell.is_blank]


def read_bytes(data: bytes) -> Document:
    return office.read(data, "document", hashlib.sha256(data).hexdigest())


def figures(path: Path) -> dict[str, object]:
    report = understand(path).report
    return (
        {one.field: one.number.value for reading in report.readings.values() for one in reading.placed}
        if report
        else {}
    )


def test_a_binary_document_reads_as_its_twin() -> None:
    """The same report as .doc and as .docx gives the same cells, and the media type of its own."""
    document = read(REPORTS / "doc-plain" / "document.doc")
    assert cells(document) == cells(read(REPORTS / "docx-plain" / "document.docx"))
    assert document.media_type == "application/msword"


@pytest.mark.parametrize("name", ["doc-plain", "doc-fields-and-hidden-text"])
def test_two_readers_agree_on_a_binary_document(name: str) -> None:
    """The library and LibreOffice turn each planted document into the same cells."""
    needs_libreoffice()
    data = (REPORTS / name / "document.doc").read_bytes()
    by_program = office.docx.read(office._from_program(data, "doc", ""), "document.docx", "0")
    assert cells(by_program) == cells(read_bytes(data))


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (DOC, "office"),
        (RTF, "office"),
        (b"\n  " + RTF, "office"),
        (DOCX, "docx"),
        (b"<html><body><table><tr><td>1</td></tr></table></body></html>", "html"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\n", "bundle"),
        ("示例县卫生健康局\n规章\t1\n".encode("gb18030"), "text"),
    ],
)
def test_a_file_called_doc_is_read_by_its_bytes(data: bytes, kind: str) -> None:
    """Under the name of an old Word document lie all formats."""
    assert kinds.kind(data, ".doc") == kind


def test_without_libreoffice_the_reason_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """RTF, a document of another program and one that is not wholly understood need LibreOffice, and say so."""
    monkeypatch.setattr(soffice, "program", lambda: None)
    with pytest.raises(UnreadableSource, match="RTF, which takes LibreOffice"):
        read_bytes(RTF)
    monkeypatch.setattr(office, "_streams", lambda data: {"contents"})
    with pytest.raises(UnreadableSource, match="another program"):
        read_bytes(DOC)
    with pytest.raises(UnreadableSource, match="not installed"):
        soffice.to_docx({"1.rtf": RTF})


def test_what_the_library_doubts_is_left_to_libreoffice(monkeypatch: pytest.MonkeyPatch) -> None:
    """A report of the library that may touch words or cells makes LibreOffice the reader."""
    monkeypatch.setattr(office, "_HARMLESS", office.re.compile("NOTHING"))
    monkeypatch.setattr(office, "_UNSUPPORTED", office.re.compile(".*"))
    monkeypatch.setattr(soffice, "program", lambda: None)
    with pytest.raises(UnreadableSource, match="not wholly understood"):
        read_bytes(DOC)
    monkeypatch.setattr(soffice, "program", lambda: "soffice")
    monkeypatch.setattr(soffice, "to_docx", lambda files: dict.fromkeys(files, DOCX))
    assert cells(read_bytes(DOC)) == cells(read(REPORTS / "docx-plain" / "document.docx"))


def test_what_the_library_calls_malformed_is_left_to_no_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lenient program reads wrong figures from a damaged document, so none is asked."""
    monkeypatch.setattr(office, "_from_program", lambda *_: pytest.fail("LibreOffice was asked"))
    for code in ("TABLE_CELL_DEFINITION_MISMATCH", "UNSUPPORTED_CONTROL_CHARACTER", "A_CODE_OF_TOMORROW"):
        with pytest.raises(UnreadableSource, match="damaged: so it is"):
            office._judge([("OBJECT_ANCHOR_DEFERRED", "a shape"), (code, "so it is")])


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.98])
def test_a_file_that_is_cut_off_is_refused(share: float) -> None:
    """Half a document is none, however much of it could still be read."""
    for data, says in ((DOC, "damaged"), (RTF, "closing brace")):
        with pytest.raises(UnreadableSource, match=says):
            read_bytes(data[: int(len(data) * share)])


@pytest.mark.parametrize("seed", range(40))
def test_damaged_bytes_end_in_a_sentence(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A binary document with bytes changed is refused or read, never a traceback, and soon."""
    monkeypatch.setattr(soffice, "program", lambda: None)
    chance, data, started = random.Random(seed), bytearray(DOC), time.process_time()
    for _ in range(seed % 8 + 1):
        data[chance.randrange(len(data))] = chance.randrange(256)
    try:
        assert read_bytes(bytes(data)).blocks
    except ReportError as error:
        words = error.says
        assert words.strip()
    assert time.process_time() - started < 20


def test_many_files_are_turned_in_one_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What was prepared is not turned again, and a file that could not be turned is left out."""
    runs: list[list[str]] = []

    def turn(files: dict[str, bytes]) -> dict[str, bytes]:
        runs.append(sorted(files))
        return {name: DOCX for name, data in files.items() if data == RTF}

    monkeypatch.setattr(soffice, "to_docx", turn)
    good, bad = tmp_path / "good.rtf", tmp_path / "bad.RTF"
    good.write_bytes(RTF)
    bad.write_bytes(b"{\\rtf1 }")
    assert office.convert_many([good, bad]) == {good: DOCX}
    with office.turned(hashlib.sha256(RTF).hexdigest(), DOCX):
        assert cells(read_bytes(RTF)) == cells(read(REPORTS / "docx-plain" / "document.docx"))
    assert runs == [["0.rtf", "1.rtf"]]
    assert office.convert_many([]) == {}
    assert cells(read_bytes(RTF)) == cells(read(REPORTS / "docx-plain" / "document.docx"))
    assert runs[1:] == [["document.rtf"]]


@pytest.mark.parametrize("data", [RTF[:50_000], DOC[: len(DOC) // 2]])
def test_what_was_turned_counts_only_where_the_file_is_whole(data: bytes) -> None:
    """A file that is refused alone is refused as well where LibreOffice made something of it."""
    with office.turned(hashlib.sha256(data).hexdigest(), DOCX), pytest.raises(UnreadableSource):
        read_bytes(data)


def test_libreoffice_turns_many_files_at_once(tmp_path: Path) -> None:
    """One run turns RTF and binary documents; their figures are those of the planted reports."""
    needs_libreoffice()
    held = {"a.rtf": RTF, "b.doc": DOC, "c.rtf": b"{\\rtf1 "}
    for name, data in held.items():
        (tmp_path / name).write_bytes(data)
    made = office.convert_many(tmp_path / name for name in held)
    for name, twin in (("a.rtf", "docx-plain-2019"), ("b.doc", "docx-plain")):
        (tmp_path / f"{name}.docx").write_bytes(made[tmp_path / name])
        assert figures(tmp_path / f"{name}.docx") == figures(REPORTS / twin / "document.docx")


def test_a_program_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """LibreOffice gets its time and no more, and nothing that it started goes on."""
    script, mark = tmp_path / "soffice", tmp_path / "pid"
    script.write_text(f"#!/bin/sh\nsleep 60 &\necho $! > {mark}\nwait\n", encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setattr(soffice, "program", lambda: str(script))
    monkeypatch.setattr(soffice, "SECONDS", 1)
    with pytest.raises(UnreadableSource, match="longer than 1 seconds"):
        soffice.to_docx({"1.rtf": RTF})
    pid = int(mark.read_text(encoding="utf-8"))
    assert _has_ended(pid)


def _has_ended(pid: int) -> Any:
    """Whether a process is gone or waits only to be buried."""
    state = Path(f"/proc/{pid}/stat")
    for _ in range(50):
        if not state.exists() or state.read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.1)
    return False
