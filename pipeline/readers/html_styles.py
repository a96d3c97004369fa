"""The style sheets of a page: what they hide, raise or strike out inside a table is marked, for nobody can be sure of it.

Scripts, screens and later rules may undo a rule, so nothing is left out for it: a figure that it touches is refused.
"""

import re
from collections.abc import Iterator
from itertools import islice

from pipeline.readers.html_tags import DOUBTFUL, Element

MOST_CHARACTERS = 500_000
MOST_RULES = 5_000

_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_RULE = re.compile(r"([^{}]{1,500})\{([^{}]{0,5000})\}")
_TOUCHES = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|vertical-align\s*:\s*(?:super|sub)\b"
    r"|text-decoration[\w-]*\s*:[^;]*line-through|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$|!)|font-size\s*:\s*0[a-z%]*\s*(?:;|$|!)"
    r"|position\s*:\s*(?:absolute|fixed)",
    re.IGNORECASE,
)
_SIMPLE = re.compile(r"([a-zA-Z][\w]*)?((?:[.#][\w\u4e00-\u9fff-]+)+)")
_LAST = re.compile(r"[\s>+~]+")


def mark_doubtful(root: Element) -> None:
    """Marks the elements inside cells, and rows and cells, that a style sheet of the page hides, raises or strikes."""
    named = set(_named(root))
    if not named:
        return
    for table in root.iter("table"):
        for element in table.iterdescendants():
            if isinstance(element.tag, str) and not named.isdisjoint(_names(element)):
                element.set("style", f"{DOUBTFUL};{element.get('style', '')}")


def _named(root: Element) -> Iterator[tuple[str, str]]:
    """Tag, or nothing, and a class or id of every rule that touches how words are seen."""
    sheets = "".join("".join(map(str, sheet.itertext())) for sheet in root.iter("style"))[:MOST_CHARACTERS]
    for rule in islice(_RULE.finditer(_COMMENT.sub("", sheets)), MOST_RULES):
        if _TOUCHES.search(rule[2]):
            for selector in rule[1].split(","):
                match = _SIMPLE.fullmatch(_LAST.split(selector.strip())[-1])
                if match:
                    yield (match[1] or "").lower(), re.split(r"(?=[.#])", match[2])[-1]


def _names(element: Element) -> Iterator[tuple[str, str]]:
    names = [f".{name}" for name in (element.get("class") or "").split()]
    names += [f"#{element.get('id')}"] if element.get("id") else []
    for name in names:
        yield "", name
        yield str(element.tag), name
