"""What a page of a PDF draws beside its text: rules, filled areas and images, in the coordinates of the page."""

import ctypes
from collections.abc import Iterator
from itertools import repeat

import pypdfium2.raw as pdfium

from pipeline.document import UnreadableSource
from pipeline.readers import pdf_calls as calls
from pipeline.readers.pdf_calls import Handle
from pipeline.readers.pdf_hidden import check_told
from pipeline.readers.pdf_paths import MOST_SEGMENTS, add_path
from pipeline.readers.pdf_shapes import SAME, Drawing, Matrix, bounds_of, clip_of, matrix_of

MOST_OBJECTS = 100_000
_DEEPEST = 12
_TEXT, _PATH = pdfium.FPDF_PAGEOBJ_TEXT, pdfium.FPDF_PAGEOBJ_PATH
_IMAGE, _FORM = pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM


def draw(page: pdfium.FPDF_PAGE, number: int) -> Drawing:
    """Everything that a page draws. Raises UnreadableSource past the limits."""
    made = Drawing()
    made.page_area = pdfium.FPDF_GetPageWidthF(page) * pdfium.FPDF_GetPageHeightF(page)
    handle, count = calls.handle(page), pdfium.FPDFPage_CountObjects(page)
    objects = map(calls.page_object, repeat(handle, count), range(count))
    for order, (one, kind, matrix) in enumerate(_flat(objects, SAME, 0)):  # some thousand, where lines are strokes
        if order > MOST_OBJECTS or made.segments > MOST_SEGMENTS:
            raise UnreadableSource("the page draws far more than any of a report", f"page {number}")
        if kind == _PATH:
            add_path(made, one, matrix, order)
        elif kind == _TEXT:
            made.order[one.value or 0] = order
            check_told(one, number)
            if clip := clip_of(one, matrix):
                made.clips[order] = clip
        elif kind == _IMAGE:
            made.images.append((bounds_of(one, matrix), order))
    return made


def _flat(objects: Iterator[Handle], matrix: Matrix, depth: int) -> Iterator[tuple[Handle, int, Matrix]]:
    """The objects in the order of drawing, those inside of forms too, each with its type and the matrix of its form."""
    for one in objects:
        if not one:
            continue
        kind = calls.object_type(one)
        if kind != _FORM:
            yield one, kind, matrix
        elif depth < _DEEPEST:
            count = pdfium.FPDFFormObj_CountObjects(ctypes.cast(one, pdfium.FPDF_PAGEOBJECT))
            inner = map(calls.form_object, repeat(one, count), range(count))
            yield from _flat(inner, matrix_of(one, matrix), depth + 1)
