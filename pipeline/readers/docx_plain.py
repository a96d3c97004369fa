"""Runs of nothing but text in the look of their paragraph, as nearly all are: told at a glance."""

from lxml import etree

from pipeline.readers.docx_package import WORD
from pipeline.readers.docx_styles import VAL

SYMBOL_FONTS = {"wingdings", "wingdings 2", "wingdings 3", "webdings", "marlett", "zapf dingbats"}
VANISH, ALIGN, FONTS = WORD + "vanish", WORD + "vertAlign", WORD + "rFonts"
FONT_NAMES = WORD + "ascii", WORD + "hAnsi"
POSITION, COLOR = WORD + "position", WORD + "color"
RUN, TEXT, RUN_PROPERTIES, RUN_STYLE = WORD + "r", WORD + "t", WORD + "rPr", WORD + "rStyle"
PARAGRAPH_PROPERTIES = WORD + "pPr"
_LOOKS = {VANISH, ALIGN, POSITION, RUN_STYLE, WORD + "strike", WORD + "dstrike"}
"""What may give a run a look of its own, beside fonts and colours."""

_LEFT_OUT = (
    "del moveFrom pPr rPr sdtPr sdtEndPr tblPr tblGrid delText delInstrText rt rubyPr annotationRef "
    "footnoteRef endnoteRef commentReference proofErr bookmarkStart bookmarkEnd softHyphen lastRenderedPageBreak pgNum "
    "smartTagPr customXmlPr fldData ffData"
)
SILENT = {WORD + name for name in _LEFT_OUT.split()}
"""Elements that print nothing, whatever they hold."""


def is_plain_run(run: etree._Element, texts: list[str]) -> bool:
    """Whether a run is nothing but text in the look of its paragraph; its text is added to the others."""
    for one in run:
        tag = one.tag
        if tag == TEXT:
            if text := one.text:
                texts.append(text)
        elif tag == RUN_PROPERTIES:
            if not all(_is_plain_look(look) for look in one):
                return False
        elif tag not in SILENT:
            return False
    return True


def _is_plain_look(one: etree._Element) -> bool:
    """Whether direct formatting changes no meaning; where that takes a closer look, it may."""
    tag = one.tag
    if tag == FONTS:
        return all(one.get(name, "").casefold() not in SYMBOL_FONTS for name in FONT_NAMES)
    if tag == COLOR:
        return one.get(VAL, "").upper() != "FFFFFF"
    return tag not in _LOOKS
