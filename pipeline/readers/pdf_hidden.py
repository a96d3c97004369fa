"""What the text of a PDF does not tell: layers that are switched off, fields without appearance, signs told as others.

Each of them could make a reader take what nobody sees, or miss what everybody does, so each is refused.
"""

import ctypes
import re
import zlib
from collections.abc import Iterator

import pypdfium2.raw as pdfium

from pipeline.document import UnreadableSource
from pipeline.readers import pdf_calls as calls
from pipeline.readers.pdf_calls import Handle

MOST_UNPACKED = 64_000_000
_PACKED = re.compile(rb"/ObjStm\b.{0,400}?stream\r?\n", re.DOTALL)
_OFF = re.compile(rb"/OFF\s*(?:\[\s*\d|\d+\s+\d+\s+R)|/BaseState\s*/(?:OFF|Unchanged)")
_VALUED = {pdfium.FPDF_FORMFIELD_TEXTFIELD, pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX}
_UNSEEN = 1 << 1 | 1 << 5
_SHOWS = re.compile(r"\b(?:Tj|TJ|Do)\b|['\"]")


# layers --------------------------------------------------------------------------------------------------------------


def check_layers(document: pdfium.FPDF_DOCUMENT, data: bytes) -> None:
    """A document with layers that are switched off is not read: pdfium does not tell which text stands on them."""
    if pdfium.FPDF_GetSecurityHandlerRevision(document) >= 0:
        data = _decrypted(document)
    held = [data, *_unpacked(data)]
    if any(b"/OCProperties" in one for one in held) and any(_OFF.search(one) for one in held):
        raise UnreadableSource(
            "the PDF has layers that are switched off, and nobody can tell which of its text they hide"
        )


def _unpacked(data: bytes) -> Iterator[bytes]:
    """The objects that are kept packed, up to a limit."""
    left = MOST_UNPACKED
    for match in _PACKED.finditer(data):
        unpacking = zlib.decompressobj()
        try:
            made = unpacking.decompress(data[match.end() : _end(data, match.end())], left)
        except zlib.error:
            continue
        left -= len(made)
        if left <= 0:
            raise UnreadableSource("the PDF is far larger when unpacked than any report")
        yield made


def _end(data: bytes, start: int) -> int:
    end = data.find(b"endstream", start)
    return end if end >= 0 else len(data)


def _decrypted(document: pdfium.FPDF_DOCUMENT) -> bytes:
    """The file as it is without its encryption."""
    made = bytearray()

    def write(_: object, start: int, size: int) -> int:
        made.extend(ctypes.string_at(start, size))
        return 1

    writer = pdfium.FPDF_FILEWRITE(version=1)
    writer.WriteBlock = type(writer.WriteBlock)(write)
    if not pdfium.FPDF_SaveAsCopy(document, writer, pdfium.FPDF_REMOVE_SECURITY):
        raise UnreadableSource("the PDF is encrypted in a way that cannot be opened")
    return bytes(made)


# fields --------------------------------------------------------------------------------------------------------------


def check_fields(document: pdfium.FPDF_DOCUMENT, page: pdfium.FPDF_PAGE, number: int) -> None:
    """What stands in a field or a free note must be drawn, or programs show it and the page does not."""
    info = pdfium.FPDF_FORMFILLINFO(version=2)  # pdfium keeps its address, so it must live as long as the form
    form = pdfium.FPDFDOC_InitFormFillEnvironment(document, info)
    if not form:
        raise UnreadableSource("the form fields of the PDF cannot be read", f"page {number}")
    try:
        for i in range(pdfium.FPDFPage_GetAnnotCount(page)):
            note = pdfium.FPDFPage_GetAnnot(page, i)
            if not note:
                continue
            is_missing = _is_undrawn(form, note)
            pdfium.FPDFPage_CloseAnnot(note)
            if is_missing:
                says = "a field or note has a text that the page does not draw; print the PDF to a plain one first"
                raise UnreadableSource(says, f"page {number}")
    finally:
        pdfium.FPDFDOC_ExitFormFillEnvironment(form)


def _is_undrawn(form: pdfium.FPDF_FORMHANDLE, note: pdfium.FPDF_ANNOTATION) -> bool:
    if pdfium.FPDFAnnot_GetFlags(note) & _UNSEEN:
        return False
    if pdfium.FPDFAnnot_GetSubtype(note) == pdfium.FPDF_ANNOT_FREETEXT:
        text = _wide(pdfium.FPDFAnnot_GetStringValue, note, b"Contents")
    elif pdfium.FPDFAnnot_GetFormFieldType(form, note) in _VALUED:
        text = _wide(pdfium.FPDFAnnot_GetFormFieldValue, form, note)
    else:
        return False
    drawn = _wide(pdfium.FPDFAnnot_GetAP, note, pdfium.FPDF_ANNOT_APPEARANCEMODE_NORMAL)
    return bool(text.strip()) and not _SHOWS.search(drawn)


def _wide(get: object, *given: object) -> str:
    """A text that pdfium writes to a buffer."""
    size = get(*given, None, 0)  # type: ignore[operator]
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    get(*given, buffer, size)  # type: ignore[operator]
    return bytes(buffer)[: max(size - 2, 0)].decode("utf-16-le", "replace")


# signs told as others ------------------------------------------------------------------------------------------------


def check_told(one: Handle, number: int) -> None:
    """A text object must not mean other figures than it prints, nor none; words may be told otherwise, as a ligature is."""
    for i in range(calls.mark_count(one)):
        mark = calls.mark(one, i)
        if calls.mark_value_type(mark, b"ActualText") != pdfium.FPDF_OBJECT_STRING:
            continue
        told = _told(ctypes.cast(mark, pdfium.FPDF_PAGEOBJECTMARK))
        if not told or any(
            sign.isdigit() for sign in told
        ):  # a blank is how browsers tell a blank that keeps words together
            says = "the PDF says that some of its figures mean others than it prints, so neither is certain"
            raise UnreadableSource(says, f"page {number}")


def _told(mark: pdfium.FPDF_PAGEOBJECTMARK) -> str:
    """The text of a mark; nothing where it is too long to be that of some signs."""
    size = ctypes.c_ulong()
    buffer = (ctypes.c_ubyte * 1000)()
    kept = pdfium.FPDFPageObjMark_GetParamBlobValue(mark, b"ActualText", buffer, len(buffer), size)
    if not kept or size.value > len(buffer):
        return ""
    data = bytes(buffer)[: size.value]
    if data.startswith(b"\xfe\xff"):
        return data[2:].decode("utf-16-be", "replace")
    return data.decode("utf-8" if data.startswith(b"\xef\xbb\xbf") else "latin-1", "replace").lstrip("\ufeff")
