"""The words of a Word paragraph as they are printed: changes accepted, field codes, notes and hidden text left out."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lxml import etree

from pipeline.readers.docx_numbering import UNKNOWN, Numbering
from pipeline.readers.docx_package import WORD
from pipeline.readers.docx_plain import (
    ALIGN,
    COLOR,
    FONT_NAMES,
    FONTS,
    PARAGRAPH_PROPERTIES,
    POSITION,
    RUN,
    RUN_PROPERTIES,
    RUN_STYLE,
    SILENT,
    SYMBOL_FONTS,
    VANISH,
    is_plain_run,
)
from pipeline.readers.docx_styles import VAL, Styles, child_of, is_on, is_struck
from pipeline.readers.encoding import INVISIBLE

APART = "\u2063"
"""An invisible separator: two runs of digits that the page shows apart never become one number."""

PICTURE = "\ufffc"
"""Stands for a picture or another object in a line of text."""

_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_VML = "{urn:schemas-microsoft-com:vml}"
_KNOWN = ("http://schemas.openxmlformats.org/", "http://schemas.microsoft.com/office/")
_RAISED = {
    "superscript": str.maketrans("0123456789+-=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾"),
    "subscript": str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎"),
}
_DIGIT = re.compile(r"(\d)")
_JOINT = re.compile(r"(?<=[\d.,，．+\-−])\s*[\t\n]\s*(?=[\d.,，．])")
_SPACES = re.compile(r"[\t\n\r]+")
_PRINTING_CODE = re.compile(r"\s*(?:=|EQ|SYMBOL|QUOTE|FORMDROPDOWN|FORMCHECKBOX|INCLUDEPICTURE)\b|\s*=", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Look:
    """How the characters of a run look: only what can change their meaning.

    `apart` is what sets them apart from the characters beside them: a place above the line, white ink, a link.
    """

    hidden: bool = False
    raised: str | None = None
    struck: bool = False
    symbols: bool = False
    apart: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A text box: the element that holds its paragraphs, and whether it floats over the page."""

    content: etree._Element
    floats: bool


@dataclass(slots=True)
class Line:
    """What is gathered of one paragraph: its text and its text boxes; `floats` is for the drawing at hand."""

    style: str | None
    pieces: list[str] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    look: Look = field(default_factory=Look)
    floats: bool = False
    apart: str = ""


@dataclass(slots=True)
class _Field:
    """A field that is open: its code until its result begins."""

    code: list[str] = field(default_factory=list)
    in_result: bool = False
    wrote: bool = False


def tidy(text: str) -> str:
    """The text in one line, without characters that have no width; digits that a break parts stay apart."""
    if text.isprintable():  # so it has no break, and nothing without width
        return text
    return _SPACES.sub(" ", _JOINT.sub(f" {APART}", text.translate(INVISIBLE)))


def understood(alternate: etree._Element) -> Sequence[etree._Element]:
    """What Word takes of an mc:AlternateContent: the first choice that it understands, else the fallback."""
    for choice in alternate.iterchildren(_COMPATIBILITY + "Choice"):
        names = [choice.nsmap.get(prefix) or "" for prefix in choice.get("Requires", "").split()]
        if all(name.startswith(_KNOWN) for name in names):
            return [choice]
    return list(alternate.iterchildren(_COMPATIBILITY + "Fallback"))[:1]


class Writer:
    """Writes paragraphs as text; it keeps what reaches over paragraphs: open fields and the numbers of lists."""

    def __init__(self, styles: Styles, numbering: Numbering) -> None:
        self.styles = styles
        self.numbering = numbering
        self._fields: list[_Field] = []
        self._looks: dict[tuple[str | None, str | None], Look] = {}
        self._usual: dict[str | None, bool] = {}

    def line(self, paragraph: etree._Element, style: str | None) -> Line:
        """The text and the text boxes of a paragraph, without the number of its list."""
        line = Line(style)
        self._inside(paragraph, line)
        return line

    def plain(self, inside: Iterable[etree._Element], style: str | None) -> str | None:
        """What `line` gives for a paragraph of nothing but text in the usual look, told sooner; None for all others.

        `inside` is what the paragraph holds, without its properties.
        """
        if self._fields or not self._is_usual(style):
            return None
        texts: list[str] = []
        for child in inside:
            tag = child.tag
            if tag == RUN:
                if not is_plain_run(child, texts):
                    return None
            elif tag not in SILENT or tag == PARAGRAPH_PROPERTIES:
                return None
        text = texts[0] if len(texts) == 1 else "".join(texts)
        return text if text.isprintable() else "".join(_SPACES.sub(" ", one) for one in texts)

    def _is_usual(self, style: str | None) -> bool:
        usual = self._usual.get(style)
        if usual is None:
            usual = self._usual[style] = self._look(None, None, style) == Look()
        return usual

    def _inside(self, element: etree._Element, line: Line) -> None:
        for child in element:
            action = _ACTIONS.get(child.tag, Writer._inside)
            if action is not None:
                action(self, child, line)

    def _add(self, text: str, line: Line) -> None:
        if self._fields and not all(one.in_result for one in self._fields):
            return
        look = line.look
        if look.hidden:
            return
        for one in self._fields:
            one.wrote = True
        if look.raised in _RAISED:
            text = text.translate(_RAISED[look.raised])
        if look.struck:
            text = _DIGIT.sub("\\1\u0336", text)
        if look.symbols:
            text = _DIGIT.sub(f"\\1{APART}", text)
        if look.apart != line.apart and line.pieces and line.pieces[-1][-1:].isdigit() and text[:1].isdigit():
            line.pieces.append(APART)
        line.apart = look.apart
        line.pieces.append(text)

    # runs

    def _run(self, run: etree._Element, line: Line) -> None:
        before = line.look
        properties = child_of(run, RUN_PROPERTIES)
        style = None
        if properties is not None:
            named = child_of(properties, RUN_STYLE)
            style = None if named is None else named.get(VAL)
        line.look = self._look(properties, style, line.style)
        if before.apart:
            line.look = replace(line.look, apart=before.apart + line.look.apart)
        self._inside(run, line)
        line.look = before

    def _look(self, properties: etree._Element | None, style: str | None, paragraph_style: str | None) -> Look:
        key = (style, paragraph_style)
        look = self._looks.get(key)
        if look is None:
            look = self._looks[key] = self._look_of_styles(style, paragraph_style)
        if properties is None or not len(properties):
            return look
        return _own_look(properties, look)

    def _look_of_styles(self, style: str | None, paragraph_style: str | None) -> Look:
        """Hidden and struck are switches: set by both styles, they are off."""
        styles = self.styles
        raised = styles.raised(style) or styles.raised(paragraph_style)
        hidden = styles.hidden(style) != styles.hidden(paragraph_style)
        return Look(hidden, raised, styles.struck(style) != styles.struck(paragraph_style))

    def _link(self, link: etree._Element, line: Line) -> None:
        before, line.look = line.look, replace(line.look, apart="link")
        self._inside(link, line)
        line.look = before

    # what stands in runs

    def _text(self, element: etree._Element, line: Line) -> None:
        text = element.text
        if text:
            self._add(_SPACES.sub(" ", text), line)

    def _tab(self, _: etree._Element, line: Line) -> None:
        self._add("\t", line)

    def _break(self, _: etree._Element, line: Line) -> None:
        self._add("\n", line)

    def _hyphen(self, _: etree._Element, line: Line) -> None:
        self._add("-", line)

    def _symbol(self, element: etree._Element, line: Line) -> None:
        """A character by its number in a font; a digit of a font of signs is no digit."""
        try:
            code = int(element.get(WORD + "char", ""), 16)
        except ValueError:
            code = 0xFFFD
        low = code & 0xFF
        if not 0xF000 <= code <= 0xF0FF:
            self._add(chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else UNKNOWN, line)
        elif element.get(WORD + "font", "").casefold() == "symbol" and low < 0x40:
            self._add(chr(low), line)
        else:
            self._add(chr(low) + APART if chr(low).isdigit() else PICTURE, line)

    def _note(self, element: etree._Element, line: Line) -> None:
        """The mark of a note is no text of the line; a mark that the writer typed follows in the same run."""
        if element.get(WORD + "customMarkFollows", "0") not in ("0", "false", "off"):
            line.look = Look(hidden=True)

    def _field(self, element: etree._Element, line: Line) -> None:
        kind = element.get(WORD + "fldCharType")
        if kind == "begin":
            self._fields.append(_Field())
        elif kind == "separate" and self._fields:
            self._fields[-1].in_result = True
        elif kind == "end" and self._fields:
            ended = self._fields.pop()
            if not ended.wrote and _PRINTING_CODE.match("".join(ended.code)):
                self._add(PICTURE, line)

    def _code(self, element: etree._Element, _: Line) -> None:
        if self._fields and len(self._fields[-1].code) < 20:
            self._fields[-1].code.append(element.text or "")

    # drawings and other branches

    def _alternate(self, element: etree._Element, line: Line) -> None:
        for branch in understood(element):
            self._inside(branch, line)

    def _anchor(self, element: etree._Element, line: Line) -> None:
        before, line.floats = line.floats, True
        self._inside(element, line)
        line.floats = before

    def _shape(self, element: etree._Element, line: Line) -> None:
        before = line.floats
        line.floats = before or "absolute" in element.get("style", "").replace(" ", "")
        self._inside(element, line)
        line.floats = before

    def _box(self, element: etree._Element, line: Line) -> None:
        if not line.look.hidden:
            line.boxes.append(Box(element, line.floats))

    def _picture(self, _: etree._Element, line: Line) -> None:
        if not line.floats:
            self._add(PICTURE, line)

    def _formula(self, element: etree._Element, line: Line) -> None:
        """Characters of a formula stand on top of each other: they are kept apart."""
        texts = [one.text for one in element.iter(_MATH + "t") if one.text]
        self._add(APART.join(texts), line)


def _own_look(properties: etree._Element, look: Look) -> Look:
    """The look that direct formatting makes of the look of the styles."""
    hidden, raised, struck, symbols, apart = look.hidden, look.raised, is_struck(properties), False, ""
    for one in properties:
        tag = one.tag
        if tag == VANISH:
            hidden = bool(is_on(one))
        elif tag == ALIGN:
            raised = one.get(VAL)
        elif tag == FONTS:
            names = {one.get(name, "").casefold() for name in FONT_NAMES}
            symbols = not names.isdisjoint(SYMBOL_FONTS)
        elif tag == POSITION and one.get(VAL, "0") != "0":
            apart += f"position {one.get(VAL)}"
        elif tag == COLOR and one.get(VAL, "").upper() == "FFFFFF":
            apart += "white"
    return Look(hidden, raised, look.struck if struck is None else struck, symbols, apart)


_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_PICTURES = "{http://schemas.openxmlformats.org/drawingml/2006/picture}pic"
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"

_Action = Callable[[Writer, etree._Element, Line], None]
_ACTIONS: Mapping[object, _Action | None] = {
    **dict.fromkeys(SILENT),
    WORD + "r": Writer._run,
    WORD + "hyperlink": Writer._link,
    WORD + "t": Writer._text,
    WORD + "tab": Writer._tab,
    WORD + "ptab": Writer._tab,
    WORD + "br": Writer._break,
    WORD + "cr": Writer._break,
    WORD + "noBreakHyphen": Writer._hyphen,
    WORD + "sym": Writer._symbol,
    WORD + "footnoteReference": Writer._note,
    WORD + "endnoteReference": Writer._note,
    WORD + "fldChar": Writer._field,
    WORD + "instrText": Writer._code,
    WORD + "txbxContent": Writer._box,
    WORD + "altChunk": Writer._picture,
    _COMPATIBILITY + "AlternateContent": Writer._alternate,
    _DRAWING + "anchor": Writer._anchor,
    **{_VML + name: Writer._shape for name in ("shape", "rect", "roundrect", "oval", "group", "line", "polyline")},
    _VML + "imagedata": Writer._picture,
    _PICTURES: Writer._picture,
    _CHART: Writer._picture,
    _DIAGRAM: Writer._picture,
    _MATH + "oMath": Writer._formula,
}
