"""The words that show a figure: looked up in the cells kept beside a record, exactly or as a person copies them."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from pipeline.corrections import GONE
from pipeline.derived import Derived, derive
from pipeline.document import collapse
from pipeline.identity import Given
from pipeline.record import Record, source_path
from pipeline.shape import FACTS
from pipeline.typed import Fault, clean

MOST_CHARACTERS = 1000
"""Characters of a quotation; the longest row of the forms has a third of that."""

MOST_NEAR = 2
_LEAST_ALIKE = 0.35


@dataclass(frozen=True, slots=True)
class Kept:
    """The cells kept beside a record: their text, empty where it cannot be read, and what they say by themselves."""

    text: str = ""
    derived: Derived = field(default_factory=Derived)

    @property
    def lines(self) -> list[str]:
        return [line for line in self.text.split("\n") if line.strip()]

    @property
    def problems(self) -> tuple[str, ...]:
        """Why these cells make no report."""
        return self.derived.problems if self.text else ("they are no text in UTF-8",)


@dataclass(frozen=True, slots=True)
class Quote:
    """Words for an entry, and whether they stand in the cells kept."""

    words: str
    stands: bool = True


def read_kept(path: Path, record: Record | None = None) -> Kept:
    """The cells kept beside the record at a path; nothing where they are not there or are no text.

    Where the cells alone leave organ, place or year open, scope and day are told with what `record` says of them.
    """
    path = source_path(path)
    try:
        text = "" if path.is_symlink() else path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        text = ""
    derived = derive(path) if text else Derived()
    if record and derived.untold:
        given = derive(path, Given(record.agency_name, record.region_code, record.year))
        facts = {name: value for name, value in given.facts.items() if name != "agency_name"}
        derived = replace(derived, facts=facts, untold=())
    return Kept(text, derived)


def told_by_cells(kept: Kept, name: str) -> Any:
    """What the kept cells say of a field by themselves; GONE where they do not tell it with certainty."""
    if name in FACTS:
        return GONE if kept.derived.untold else kept.derived.facts.get(name, GONE)
    return kept.derived.figures.get(name, GONE)


def place_of(words: str, kept: Kept) -> int:
    """The line, from 1, of the cells kept on which these very words begin; 0 where they do not stand there.

    A number of the words is a whole number of the line: `36\t3` does not stand in `36\t37`.
    """
    found = _whole(words).search(kept.text) if words.strip() else None
    return kept.text.count("\n", 0, found.start()) + 1 if found else 0


def _whole(words: str) -> re.Pattern[str]:
    before = r"(?<![\d.,])" if words[:1].isdigit() else ""
    after = r"(?![\d.,])" if words[-1:].isdigit() else ""
    return re.compile(before + re.escape(words) + after)


def quote(kept: Kept, name: str, given: str, value: str, anyway: bool = False) -> Quote | Fault:
    """The evidence of a field: what is given, as it stands there; where nothing is, the line that the figure came from.

    Who copies a row from a page or a sheet has other blanks than the kept line, and means that line. `value` is looked
    for where no line is known, as for a name. `anyway` lets words pass that the kept cells lack.
    """
    if not given.strip():
        return _by_itself(kept, name, value)
    if len(given) > MOST_CHARACTERS:
        return Fault("evidence", "the evidence is too long: one row is enough", "依据太长，引用表格里的一行就够了")
    if "\n" not in given.strip() and place_of(given.strip(), kept):
        return Quote(given.strip())
    if found := _as_copied(kept, name, collapse(given)):
        return Quote(found)
    if anyway:
        cells = re.split(r"[\t\r\n]+", given.strip())
        return Quote("\t".join(clean(cell, MOST_CHARACTERS) for cell in cells), stands=False)
    near = nearest(kept, given, name)
    says = "these words do not stand in the cells kept beside the record (source.txt)"
    says_zh = "保存的表格（source.txt）里没有这些字句"
    if near:
        says += "; the nearest lines: " + " | ".join(near)
        says_zh += "；最接近的几行：" + " | ".join(near)
    return Fault("evidence", says, says_zh)


def _by_itself(kept: Kept, name: str, value: str) -> Quote | Fault:
    if line := kept.derived.lines.get(name):
        return Quote(line)
    if "." not in name and (line := next((line for line in kept.lines if value and value in line), "")):
        return Quote(line)
    return Fault(
        "evidence",
        f"no line of the cells kept is known for {name}: quote the words that show it",
        "保存的表格里找不到这个数字所在的行，请写明依据：照抄原文表格里的一行",
    )


def _as_copied(kept: Kept, name: str, words: str) -> str | None:
    """The kept line that holds the words, however blanks and full-width forms stand; the figure's own line first."""
    own, looked = kept.derived.lines.get(name), _whole(_narrow(words))
    return next((line for line in ([own] if own else []) + kept.lines if looked.search(_narrow(line))), None)


def _narrow(words: str) -> str:
    return collapse(unicodedata.normalize("NFKC", words))


def nearest(kept: Kept, words: str, name: str = "") -> list[str]:
    """The lines most like the words, best first; the line that the figure came from is always among them."""
    own, bare = kept.derived.lines.get(name), collapse(words)
    others = sorted((line for line in kept.lines if line != own), key=lambda line: -_alike(bare, line))
    near = [line for line in others[:MOST_NEAR] if _alike(bare, line) > _LEAST_ALIKE]
    return list(_unique([*([own] if own else []), *near]))[:MOST_NEAR]


def _alike(words: str, line: str) -> float:
    matcher = SequenceMatcher(None, words, collapse(line), autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() > _LEAST_ALIKE else 0.0


def _unique(lines: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(lines)
