"""The functions of pdfium that are called for every character and line of a page, without the checks of each argument.

A checked call takes three times as long, and a report needs some ten thousand. Only handles, small whole numbers and
`byref` are ever passed, and a handle stays as pdfium gave it, for a pointer as a plain number would be cut to 32 bits.
"""

import ctypes
from collections.abc import Callable
from typing import Any

import pypdfium2.raw as pdfium


class Handle(ctypes.c_void_p):
    """A pointer that pdfium gave; its `value` tells one object from another."""


def handle(pointer: Any) -> Handle:
    """A typed pointer as a handle."""
    return Handle(ctypes.cast(pointer, ctypes.c_void_p).value)


def _bare(function: Any, result: Any = ctypes.c_int) -> Callable[..., Any]:
    return ctypes.PYFUNCTYPE(result)(ctypes.cast(function, ctypes.c_void_p).value or 0)


# what a page draws
page_object = _bare(pdfium.FPDFPage_GetObject, Handle)
form_object = _bare(pdfium.FPDFFormObj_GetObject, Handle)
object_type = _bare(pdfium.FPDFPageObj_GetType)
object_matrix = _bare(pdfium.FPDFPageObj_GetMatrix)
stroke_colour = _bare(pdfium.FPDFPageObj_GetStrokeColor)
fill_colour = _bare(pdfium.FPDFPageObj_GetFillColor)
draw_mode = _bare(pdfium.FPDFPath_GetDrawMode)
segment_count = _bare(pdfium.FPDFPath_CountSegments)
segment = _bare(pdfium.FPDFPath_GetPathSegment, Handle)
segment_point = _bare(pdfium.FPDFPathSegment_GetPoint)
segment_type = _bare(pdfium.FPDFPathSegment_GetType)
segment_closes = _bare(pdfium.FPDFPathSegment_GetClose)
clip_path = _bare(pdfium.FPDFPageObj_GetClipPath, Handle)
clip_count = _bare(pdfium.FPDFClipPath_CountPaths)
clip_segment_count = _bare(pdfium.FPDFClipPath_CountPathSegments)
clip_segment = _bare(pdfium.FPDFClipPath_GetPathSegment, Handle)
mark_count = _bare(pdfium.FPDFPageObj_CountMarks)
mark = _bare(pdfium.FPDFPageObj_GetMark, Handle)
mark_value_type = _bare(pdfium.FPDFPageObjMark_GetParamValueType)

# its characters
text_object = _bare(pdfium.FPDFText_GetTextObject, Handle)
text_mode = _bare(pdfium.FPDFTextObj_GetTextRenderMode)
text_colour = _bare(pdfium.FPDFText_GetFillColor)
text_matrix = _bare(pdfium.FPDFText_GetMatrix)
font_size = _bare(pdfium.FPDFText_GetFontSize, ctypes.c_double)
unicode_of = _bare(pdfium.FPDFText_GetUnicode, ctypes.c_uint)
lacks_unicode = _bare(pdfium.FPDFText_HasUnicodeMapError)
is_hyphen = _bare(pdfium.FPDFText_IsHyphen)
char_box = _bare(pdfium.FPDFText_GetLooseCharBox)
char_origin = _bare(pdfium.FPDFText_GetCharOrigin)
