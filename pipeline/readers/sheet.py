"""Spreadsheets: .xlsx, .xls and .et as their sheets show them, one after the other."""

from collections.abc import Iterator

from pipeline.document import Document, UnreadableSource
from pipeline.readers.sheet_page import Page, to_blocks

MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xls": "application/vnd.ms-excel",
}
MOST_SHEETS = 200


def read(data: bytes, file: str, sha256: str) -> Document:
    """The document in the bytes of a workbook. Raises UnreadableSource or Ambiguous."""
    kind = "xlsx" if data.startswith(b"PK") else "xls"
    blocks = tuple(block for page in _pages(data, kind) for block in to_blocks(page))
    if not blocks:
        raise UnreadableSource("the workbook has no cell with words or figures that is not hidden")
    return Document(file, MEDIA_TYPES[kind], sha256, blocks)


def _pages(data: bytes, kind: str) -> Iterator[Page]:
    if kind == "xlsx":
        from pipeline.readers.sheet_xlsx import read_pages
    else:
        from pipeline.readers.sheet_xls import read_pages
    for count, page in enumerate(read_pages(data), start=1):
        if count > MOST_SHEETS:
            raise UnreadableSource(f"the workbook has more than {MOST_SHEETS} sheets")
        yield page
