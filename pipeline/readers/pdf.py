"""PDF with text: ruled lines and the places of characters make the cells; a page that is an image goes to the scans."""

import ctypes
from collections.abc import Iterator, Sequence

import pypdfium2.raw as pdfium

from pipeline.document import Block, Document, Paragraph, UnreadableSource
from pipeline.readers import pdf_join, pdf_tables
from pipeline.readers.pdf_cells import TextLine, to_lines
from pipeline.readers.pdf_grid import find_tables
from pipeline.readers.pdf_hidden import check_fields, check_layers
from pipeline.readers.pdf_lines import Running, to_paragraphs, without_margins
from pipeline.readers.pdf_page import Page, read_page

MEDIA_TYPE = "application/pdf"
MOST_PAGES = 300
_ERRORS = {
    pdfium.FPDF_ERR_PASSWORD: "the PDF is encrypted and opens only with a password",
    pdfium.FPDF_ERR_SECURITY: "the PDF is encrypted in a way that cannot be opened",
    pdfium.FPDF_ERR_FORMAT: "the PDF is damaged, or is no PDF at all",
    pdfium.FPDF_ERR_PAGE: "a page of the PDF is damaged",
}
_STRANGE = 0.02


def read(data: bytes, file: str, sha256: str) -> Document:
    """The document in the bytes of a PDF. Raises UnreadableSource."""
    pages = _pages(data)
    if any(page.is_image for page in pages):
        from pipeline.readers import scan

        return scan.read(data, file, sha256)
    glyphs = [glyph.text for page in pages for glyph in page.glyphs]
    if not glyphs:
        raise UnreadableSource("the PDF holds no text, and no page that is one large image")
    if glyphs.count("\ufffd") > _STRANGE * len(glyphs):
        raise UnreadableSource("the fonts of the PDF lack the map to Unicode, so nobody can tell which signs it prints")
    return Document(file, MEDIA_TYPE, sha256, tuple(_blocks(pages)))


# the file ------------------------------------------------------------------------------------------------------------


def _pages(data: bytes) -> list[Page]:
    pdfium.FPDF_InitLibrary()
    buffer = (ctypes.c_char * len(data)).from_buffer_copy(data)  # pdfium reads from it as long as the file is open
    document = pdfium.FPDF_LoadMemDocument64(buffer, len(data), None)
    if not document:
        raise UnreadableSource(_ERRORS.get(pdfium.FPDF_GetLastError(), "the PDF cannot be opened"))
    try:
        check_layers(document, data)
        return list(_each_page(document))
    finally:
        pdfium.FPDF_CloseDocument(document)


def _each_page(document: pdfium.FPDF_DOCUMENT) -> Iterator[Page]:
    if pdfium.FPDF_GetFormType(document) in (pdfium.FORMTYPE_XFA_FULL, pdfium.FORMTYPE_XFA_FOREGROUND):
        raise UnreadableSource("the PDF is an XFA form, whose figures are in no page; print it to a plain PDF first")
    count = pdfium.FPDF_GetPageCount(document)
    if not 0 < count <= MOST_PAGES:
        raise UnreadableSource(f"the PDF has {count} pages; a report has 1 to {MOST_PAGES}")
    for i in range(count):
        page = _load(document, i)
        try:
            page = _flat(document, page, i)
            yield read_page(page, i + 1)
        finally:
            pdfium.FPDF_ClosePage(page)


def _load(document: pdfium.FPDF_DOCUMENT, i: int) -> pdfium.FPDF_PAGE:
    page = pdfium.FPDF_LoadPage(document, i)
    if not page:
        raise UnreadableSource("the page is damaged", f"page {i + 1}")
    return page


def _flat(document: pdfium.FPDF_DOCUMENT, page: pdfium.FPDF_PAGE, i: int) -> pdfium.FPDF_PAGE:
    """The page with what its form fields and notes show made part of it."""
    if not pdfium.FPDFPage_GetAnnotCount(page):
        return page
    check_fields(document, page, i + 1)
    if pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY) != pdfium.FLATTEN_SUCCESS:
        return page
    pdfium.FPDF_ClosePage(page)
    return _load(document, i)


Tables = list[tuple[float, pdf_tables.Piece]]


# the pages -----------------------------------------------------------------------------------------------------------


def _blocks(pages: Sequence[Page]) -> Iterator[Block]:
    """The blocks in order; a table that goes on on the next page is one block."""
    parts = [_tables_of(page) for page in pages]
    lines = without_margins([rest for _, rest in parts], [page.height for page in pages])
    held: pdf_tables.Piece | None = None
    head: pdf_tables.Piece | None = None
    left, right = _edges(parts)
    for page, (tables, _), rest in zip(pages, parts, lines, strict=True):
        for one in _in_order(page, tables, rest, left, right):
            if isinstance(one, pdf_tables.Piece):
                if held and head and one.page == held.page + 1 and pdf_join.join(held, one, head):
                    continue
                if held:
                    yield pdf_join.finish(held)
                held, head = one, _copy(one)
            else:
                if held:
                    yield pdf_join.finish(held)
                    held = None
                yield one
    if held:
        yield pdf_join.finish(held)


def _copy(piece: pdf_tables.Piece) -> pdf_tables.Piece:
    return pdf_tables.Piece(piece.page, piece.xs, piece.height, list(piece.parts))


def _edges(parts: Sequence[tuple[Tables, list[TextLine]]]) -> tuple[float, float]:
    """Where the text and the tables of all pages begin and end."""
    lines = [(line.x0, line.x1) for _, lines in parts for line in lines]
    tables = [(piece.xs[0], piece.xs[-1]) for tables, _ in parts for _, piece in tables]
    return min(x for x, _ in [*lines, *tables]), max(x for _, x in [*lines, *tables])


def _tables_of(page: Page) -> tuple[Tables, list[TextLine]]:
    """The tables of a page, each with its upper edge, and the lines of running text."""
    found = find_tables(page.across, page.down, page.number)
    glyphs, pieces = page.glyphs, list[tuple[float, pdf_tables.Piece]]()
    for number, ruled in enumerate(found, start=1):
        piece, glyphs = pdf_tables.fill(ruled, glyphs, page.number, number if len(found) > 1 else None)
        pieces.append((ruled.ys[0], piece))
    return pieces, to_lines(glyphs)


def _in_order(
    page: Page, tables: Tables, lines: Sequence[TextLine], left: float, right: float
) -> Iterator[pdf_tables.Piece | Paragraph]:
    numbered = [Running(line, f"page {page.number}, line {n}") for n, line in enumerate(lines, start=1)]
    for top, piece in tables:
        above = [one for one in numbered if one.line.middle < top]
        yield from to_paragraphs(above, left, right)
        numbered = numbered[len(above) :]
        yield piece
    yield from to_paragraphs(numbered, left, right)
