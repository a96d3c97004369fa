"""The styles of a .docx, as far as they decide what is printed: headings, hidden and raised text, and lists."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from pipeline.readers.docx_package import WORD

VAL = WORD + "val"
_HEADING = re.compile(r"(?:heading|标题|標題)\s*[1-9]|title", re.IGNORECASE)
_OFF = {"0", "false", "off", "none"}
_DEEPEST = 20


def is_on(element: etree._Element | None) -> bool | None:
    """What a switch such as `<w:vanish/>` says; None where it is not there."""
    return None if element is None else element.get(VAL, "1") not in _OFF


def child_of(element: Iterable[etree._Element], tag: str) -> etree._Element | None:
    """The first child of that tag; sooner found than with `find`, for what is asked for stands in front."""
    for child in element:
        if child.tag == tag:
            return child
    return None


def value(properties: etree._Element | None, name: str) -> str | None:
    """The `w:val` of a child of a properties element."""
    if properties is None:
        return None
    child = child_of(properties, WORD + name)
    return None if child is None else child.get(VAL, "")


@dataclass(frozen=True, slots=True)
class Style:
    """What one style says itself."""

    name: str = ""
    based_on: str | None = None
    outline: int | None = None
    hidden: bool | None = None
    raised: str | None = None
    struck: bool | None = None
    list_id: str | None = None
    list_level: int | None = None


@dataclass(slots=True)
class Styles:
    """All styles by their id; `paragraph` is the id of the style of a paragraph that names none."""

    elements: Mapping[str, etree._Element] = field(default_factory=dict)
    paragraph: str | None = None
    _read: dict[str, Style] = field(default_factory=dict)

    def get(self, style_id: str) -> Style | None:
        """A style, read when it is first asked for: a document names few of the many that it holds."""
        if style_id not in self._read and style_id in self.elements:
            self._read[style_id] = _style(self.elements[style_id])
        return self._read.get(style_id)

    def chain(self, style_id: str | None) -> Iterator[tuple[str, Style]]:
        """A style and those that it is based on, itself first."""
        for _ in range(_DEEPEST):
            style = self.get(style_id or "")
            if style is None or style_id is None:
                return
            yield style_id, style
            style_id = style.based_on

    def is_heading(self, style_id: str | None) -> bool:
        for _, style in self.chain(style_id):
            if style.outline is not None:
                return style.outline < 9
            if _HEADING.fullmatch(style.name):
                return True
        return False

    def hidden(self, style_id: str | None) -> bool:
        return next((one.hidden for _, one in self.chain(style_id) if one.hidden is not None), False)

    def raised(self, style_id: str | None) -> str | None:
        return next((one.raised for _, one in self.chain(style_id) if one.raised is not None), None)

    def struck(self, style_id: str | None) -> bool:
        return next((one.struck for _, one in self.chain(style_id) if one.struck is not None), False)


def read_styles(root: etree._Element | None) -> Styles:
    """The styles of a styles part; none where there is no such part."""
    if root is None:
        return Styles()
    found = {one.get(WORD + "styleId", ""): one for one in root.iterchildren(WORD + "style")}
    usual = [key for key, one in found.items() if one.get(WORD + "type") == "paragraph" and _is_default(one)]
    return Styles(found, usual[0] if usual else None)


def _is_default(style: etree._Element) -> bool:
    return style.get(WORD + "default", "0") not in _OFF


def _style(element: etree._Element) -> Style:
    paragraph, run = child_of(element, WORD + "pPr"), child_of(element, WORD + "rPr")
    listed = None if paragraph is None else child_of(paragraph, WORD + "numPr")
    hidden = None if run is None else is_on(child_of(run, WORD + "vanish"))
    return Style(
        value(element, "name") or "",
        value(element, "basedOn"),
        to_int(value(paragraph, "outlineLvl")),
        hidden,
        value(run, "vertAlign"),
        is_struck(run),
        value(listed, "numId"),
        to_int(value(listed, "ilvl")),
    )


def is_struck(run: etree._Element | None) -> bool | None:
    """Whether run properties strike the text through, once or twice."""
    if run is None:
        return None
    said = [is_on(child_of(run, WORD + name)) for name in ("strike", "dstrike")]
    return any(said) if any(one is not None for one in said) else None


def to_int(text: str | None) -> int | None:
    """A small whole number, or None where there is none."""
    return int(text) if text and re.fullmatch(r"\d{1,9}", text, re.ASCII) else None
