"""What the tags and styles of a page mean for its words: which are shown, which begin a line, which are links."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from lxml import etree

Element = etree._Element

_BLOCKS = (
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre section summary ul"
)
_DROPPED = (
    "applet audio button canvas datalist del embed frame frameset head iframe img input map math noframes noscript"
    " object option rp rt script select style svg template textarea title video xml"
)
BLOCKS = frozenset(_BLOCKS.split())
DROPPED = frozenset(_DROPPED.split())
TABLE_PARTS = frozenset(("table", "tbody", "thead", "tfoot", "tr", "td", "th"))

_KINDS = {
    "a[href]": "link",
    "pre": "verbatim",
    "sup": "raised",
    "sub": "raised",
    "s": "struck",
    "strike": "struck",
    "small": "small",
    "big": "big",
    **{f"h{n}": "heading" for n in range(1, 7)},
}
_PICTURES = frozenset(("img", "canvas", "svg", "object", "embed"))
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all", re.IGNORECASE)
_OWN_LINE = re.compile(
    r"display\s*:\s*(?:block|inline-(?:block|flex|grid|table)|flex|grid|list-item|table)", re.IGNORECASE
)
_RAISED = re.compile(r"vertical-align\s*:\s*(?:super|sub)\b", re.IGNORECASE)
_STRUCK = re.compile(r"text-decoration[\w-]*\s*:[^;]*line-through", re.IGNORECASE)
_SET_APART = re.compile(
    r"(?<![\w-])((?:float|top|bottom|left|opacity|position|text-indent)\s*:\s*[^;]+"
    r"|font-size\s*:\s*(?:0(?![.\d]*[1-9])|smaller|x+-small)[^;]*"
    r"|vertical-align\s*:\s*(?:text-top|top|-?[\d.]*[1-9])[^;]*"
    r"|color\s*:\s*(?:#fff(?:fff)?\b|white|transparent|rgb\(\s*255\s*,\s*255\s*,\s*255\s*\)))",
    re.IGNORECASE,
)
"""What sets words apart from the words beside them, or keeps them from being seen."""

DOUBTFUL = "--doubtful: 1"
"""Stands in the style of an element of which a style sheet says that it may not be seen, or not as it is written."""
_WITH_HIDDEN = etree.XPath("//@hidden/..")
_TINY = re.compile(r"[0-3](?:px)?")


@dataclass(frozen=True, slots=True)
class Look:
    """What a tag and its style make of an element: not shown, not read, a line of its own.

    `whole` is what is more or less than its words: a part of a table, a line break, what is not shown or not read.
    `kinds` is what they make of the words inside: `link`, `heading`, `verbatim`, `raised`, `struck`, or what sets them
    apart from the words beside them, such as a place of their own.
    """

    hidden: bool
    dropped: bool
    breaks: bool
    kinds: tuple[str, ...]
    whole: bool


def look_of(element: Element) -> Look:
    """How an element looks by its tag and its own style."""
    tag = element.tag
    return _look("a[href]" if tag == "a" and element.get("href") is not None else tag, element.get("style"))


@lru_cache(maxsize=4096)
def _look(tag: str, style: str | None) -> Look:
    kinds = [_KINDS[tag]] if tag in _KINDS else []
    dropped, whole = tag in DROPPED, tag in DROPPED or tag in TABLE_PARTS or tag == "br"
    if not style:
        return Look(False, dropped, tag in BLOCKS, tuple(kinds), whole)
    kinds += [kind for kind, pattern in (("raised", _RAISED), ("struck", _STRUCK)) if pattern.search(style)]
    kinds += ["struck"] if DOUBTFUL in style else []
    kinds += [re.sub(r"\s", "", match[0]).lower() for match in _SET_APART.finditer(style)]
    hidden = _HIDDEN.search(style) is not None
    breaks = tag in BLOCKS or _OWN_LINE.search(style) is not None
    return Look(hidden, dropped, breaks, tuple(kinds), whole or hidden)


def mark_hidden(root: Element) -> None:
    """Says in the style of each element what its attribute `hidden` says, so that one look at it is enough."""
    for element in cast(list[Element], _WITH_HIDDEN(root)):
        element.set("style", f"display:none;{element.get('style', '')}")


def is_picture(element: Element) -> bool:
    """Whether an element is a picture that can be seen, not one of the dots that old pages keep their distances with."""
    return element.tag in _PICTURES and not any(_TINY.fullmatch(element.get(k, "")) for k in ("width", "height"))


def shown_value(element: Element) -> str:
    """What a field that one can fill in shows."""
    if element.tag == "input" and element.get("type", "text").lower() in ("text", "number", "tel"):
        return element.get("value", "")
    if element.tag == "textarea":
        return element.text or ""
    if element.tag == "select":
        options = list(element.iter("option"))
        chosen = [one for one in options if one.get("selected") is not None] or options[:1]
        return " ".join((one.text or "").strip() for one in chosen)
    return ""
