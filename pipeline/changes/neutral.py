"""Words of reports and of strangers as they may stand in a comment: seen as they are, and doing nothing there.

No mark-up, no tag, no link, no mention of a person or an issue comes of them, and no line break.
"""

import re
from collections.abc import Iterable

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_MARKS = re.compile(r"[\\`*_{}\[\]|~]|^[-+=:]|(?<=^\d)[.)]|(?<=^\d\d)[.)]")
# These work on the text after the mark-up is gone, where no backslash helps: their wide twins look alike and do nothing.
_WIDE = str.maketrans({"@": "＠", "#": "＃", "$": "＄"})
_ADDRESS = re.compile(r"(?i)(?<=:)//|\b(?P<www>www)\.")
_ISSUE = re.compile(r"(?i)\b(GH)-(?=\d)")
_PLAIN = re.compile(r"[\w./\-]+")


def words(text: object, most: int = 200) -> str:
    """Any text as inert words in one line; a tab is shown as ⇥, what is cut off as ….

    Characters that turn the direction of writing, or that nobody sees, become blanks.
    """
    shown = "".join(c if c.isprintable() or c == "\t" else " " for c in str(text))
    shown = " ".join(shown.replace("\t", " ⇥ ").split())
    shown = shown if len(shown) <= most else shown[:most] + "…"
    shown = _ADDRESS.sub(lambda at: f"{at['www']}．" if at["www"] else "／／", shown.translate(_WIDE))
    shown = _ISSUE.sub(r"\1‑", shown)
    shown = re.sub("[&<>]", lambda at: _ENTITIES[at[0]], shown)
    return _MARKS.sub(r"\\\g<0>", shown)


def code(text: object) -> str:
    """An id, a field or a path in the type of code; inert words where it is none."""
    shown = str(text)
    return f"`{shown}`" if _PLAIN.fullmatch(shown) and len(shown) < 300 else words(shown, 300)


def fenced(lines: Iterable[str], language: str = "yaml") -> str:
    """Lines to copy, as they are; no run of backticks in them ends the block."""
    shown = ["".join(c if c.isprintable() or c in "\t\u3000" else "�" for c in line) for line in lines]
    longest = max((len(run) for line in shown for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([f"{fence}{language}", *shown, fence])
