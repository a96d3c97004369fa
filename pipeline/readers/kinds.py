"""What kind of file some bytes are: by their own marks first, by the suffix only where they have none."""

import re

from pipeline.document import UnreadableSource
from pipeline.readers.archive import Archive

_MAGIC = {
    b"%PDF": "pdf",
    b"{\\rtf": "office",
    b"\x89PNG": "scan",
    b"\xff\xd8\xff": "scan",
}
_OTHERS = {
    b"GIF8": "a GIF image",
    b"II*\x00": "a TIFF image",
    b"MM\x00*": "a TIFF image",
    b"\x1f\x8b": "a gzip file",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ": "an xz file",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"MZ\x90": "a program",
    b"\x7fELF": "a program",
}
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "sheet"}
_CONTENT_TYPES = {b"wordprocessingml.document.main": "docx", b"ms-word.document.macroenabled.main": "docx"}
"""A text may lie in a part of another name, which the list of all parts then tells."""

_OTHER_PARTS = {
    "xl/workbook.bin": "a binary workbook (.xlsb); save it as .xlsx",
    "ppt/presentation.xml": "a presentation; save its report as .docx or PDF",
    "ofd.xml": "an OFD document; save it as PDF first",
}
_XML = {
    b"schemas.microsoft.com/office/word/2003/wordml": "a Word document saved as XML; save it as .docx",
    b"schemas.microsoft.com/office/2006/xmlpackage": "a Word document saved as XML; save it as .docx",
    b"urn:schemas-microsoft-com:office:spreadsheet": "a workbook saved as XML; save it as .xlsx",
}
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."
_HTML_SUFFIXES = (".html", ".htm", ".shtml", ".xhtml")
_OFFICE_SUFFIXES = (".doc", ".xls", ".wps", ".et")
_TAG = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|title|meta|link|base|table|thead|tbody|tr|td|div|p|span|h[1-6]|ul|ol|li|a|b"
    rb"|strong|section|article|main|script|style|center|font)[\s>/]",
    re.IGNORECASE,
)
_PAGE = re.compile(rb"<html[\s>]", re.IGNORECASE)
_MESSAGE = re.compile(
    rb"\A(?:[\w-]+:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*)*?(?:mime-version:|content-type:\s*multipart/)", re.IGNORECASE
)
_BEFORE = b"\xef\xbb\xbf\xff\xfe \t\r\n"
"""Byte order marks and white space: what editors leave before the first mark of a format."""


def kind(data: bytes, suffix: str) -> str:
    """The name of the module for these bytes; what a file is called counts only where its bytes say nothing.

    Raises UnreadableSource, with what the file is, where no module reads it.
    """
    if other := _other(data):
        advice = "; save it as PNG, JPEG or PDF" if other.endswith("image") else ", and no report is read from one"
        raise UnreadableSource(f"the file is {other}{advice}")
    if known := _by_magic(data, suffix):
        return known
    if data.startswith(_OLE):
        return _kind_of_ole(data)
    if data.startswith(_ZIP):
        return _kind_of_zip(data)
    return _kind_of_text(data, suffix)


def _other(data: bytes) -> str | None:
    if data[257:262] == b"ustar":
        return "a tar archive"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "a WebP image"
    if data.startswith(b"BM") and data[6:10] == bytes(4):
        return "a BMP image"
    return next((name for magic, name in _OTHERS.items() if data.startswith(magic)), None)


def _by_magic(data: bytes, suffix: str) -> str | None:
    if suffix == ".pdf" and b"%PDF-" in data[:1024]:  # some servers put lines of their own before the document
        return "pdf"
    start = data[:64].lstrip(_BEFORE)
    return next((name for magic, name in _MAGIC.items() if data.startswith(magic) or start.startswith(magic)), None)


# containers ----------------------------------------------------------------------------------------------------------


def _kind_of_ole(data: bytes) -> str:
    """An old Office file is told by the names of its streams; one inside another by what lies at its root."""
    if _has_stream(data, "EncryptedPackage"):
        raise UnreadableSource("the file is protected by a password")
    if _has_stream(data, "PowerPoint Document"):
        raise UnreadableSource("the file is a presentation, and no report is read from one")
    sheet, text = _has_stream(data, "Workbook") or _has_stream(data, "Book"), _has_stream(data, "WordDocument")
    return "sheet" if sheet and (not text or _is_workbook(data)) else "office"


def _has_stream(data: bytes, name: str) -> bool:
    """Whether a directory of the file has an entry of that name: name, its length with the end, and its type."""
    wanted, at = name.encode("utf-16-le") + b"\x00\x00", -1
    while (at := data.find(wanted, at + 1)) >= 0:
        if at % 128 == 0 and data[at + 64 : at + 67] == len(wanted).to_bytes(2, "little") + b"\x02":
            return True
    return False


def _is_workbook(data: bytes) -> bool:
    """Whether the workbook is the file itself and the text a part of it."""
    from doc2docx.cfb import CompoundFile  # type: ignore[import-untyped]
    from doc2docx.errors import Doc2DocxError  # type: ignore[import-untyped]

    try:
        names = {entry.path.strip("/").casefold() for entry in CompoundFile(data).entries}
    except (Doc2DocxError, ValueError):
        return False
    return "worddocument" not in names and bool(names & {"workbook", "book"})


def _kind_of_zip(data: bytes) -> str:
    archive = Archive(data)
    names = {name.lower() for name in archive.entries}
    if other := next((says for part, says in _OTHER_PARTS.items() if part in names), None):
        raise UnreadableSource(f"the file is {other}")
    if known := next((module for part, module in _PARTS.items() if part in names), None):
        return known
    types = archive.find("[Content_Types].xml")
    if types and (
        known := next((one for mark, one in _CONTENT_TYPES.items() if mark in archive.read(types).lower()), None)
    ):
        return known
    if "content.xml" in names and "mimetype" in names and archive.read("mimetype").startswith(_OPEN_DOCUMENT):
        raise UnreadableSource("the file is an OpenDocument file; save it as .docx or .xlsx")
    return "bundle"


# text ----------------------------------------------------------------------------------------------------------------


def _kind_of_text(data: bytes, suffix: str) -> str:
    """A web page begins with a tag; only where the suffix says so it may begin with words. All else is plain text."""
    start = data[:65_536].replace(b"\x00", b"").lstrip(_BEFORE)  # UTF-16 has a zero byte beside each ASCII character
    if _MESSAGE.match(start[:16_384]):
        return "bundle"
    if not start.startswith(b"<"):
        is_page = _PAGE.search(start) if suffix in _OFFICE_SUFFIXES else suffix in _HTML_SUFFIXES and _TAG.search(start)
        return "html" if is_page else "text"
    if other := next((says for mark, says in _XML.items() if mark in start[:4096]), None):
        raise UnreadableSource(f"the file is {other}")
    return "html" if _TAG.match(_without_comments(start)) or _PAGE.search(start) or suffix in _HTML_SUFFIXES else "text"


def _without_comments(start: bytes) -> bytes:
    """What follows the comments and declarations that stand before the first tag."""
    while found := re.match(rb"<!--.*?-->\s*|<\?[^>]*>\s*|<!doctype[^>]*>\s*", start, re.DOTALL | re.IGNORECASE):
        if found[0][:9].lower() == b"<!doctype" and b"html" in found[0].lower():
            return found[0]
        start = start[found.end() :]
    return start
