"""Reports that could not be read, and why: `data/refusals.csv`, each row borne by a known report that was refused."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from pipeline.checks import RULES
from pipeline.document import Ambiguous, UnknownForm, UnreadableSource
from pipeline.record import Problem
from pipeline.shape import is_date
from pipeline.strict_csv import read_rows

CODES: tuple[str, ...] = (
    *(error.code for error in (UnreadableSource, UnknownForm, Ambiguous)),
    *(rule.id for rule in RULES.values() if rule.severity == "error"),
)
"""Why a conversion may refuse a report: the three of every reader, and the rules that refuse."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A report that was not read: `code` and `sentence` as the converter said them, `date` the day of the attempt."""

    agency_name: str
    agency_id: str
    year: str
    url: str
    code: str
    sentence: str
    date: str

    @property
    def report(self) -> tuple[str, str, str, str]:
        """What names the report: the same cells as in the list of known reports."""
        return self.agency_name, self.agency_id, self.year, self.url


COLUMNS = tuple(field.name for field in fields(Refusal))


def read_refusals(path: Path, known: Sequence[Mapping[str, str]]) -> tuple[list[Refusal], list[Problem]]:
    """The rows of the list and what is wrong with them; none of either where the file is not there."""
    refused = {tuple(row[key] for key in COLUMNS[:4]) for row in known if row["status"] == "refused"}
    return read_rows(path, Refusal, lambda one: one.report, lambda one, found: _wrong(one, refused, found))


def _wrong(
    refusal: Refusal, refused: Collection[tuple[str, ...]], found: Collection[tuple[str, ...]]
) -> Iterator[tuple[str, str]]:
    """Each field that is wrong, and what is wrong with it."""
    if refusal.code not in CODES:
        yield "code", f"“{refusal.code}” is no code with which a report is refused: {', '.join(CODES)}"
    if not refusal.sentence.strip():
        yield "sentence", "what the converter said is not there"
    if not is_date(refusal.date):
        yield "date", f"“{refusal.date}” is no day, YYYY-MM-DD"
    if refusal.report not in refused:
        yield "", "no row of known_reports.csv with the status refused has this organ, id, year and address"
    elif refusal.report in found:
        yield "", "the report stands in the list twice"


# what a sentence says ------------------------------------------------------------------------------------------------

_KINDS = {
    UnreadableSource.code: (
        ("protected", r"password|encrypted"),
        ("elsewhere", r"links to the report|in a frame|names more than|in another file|XFA form"),
        ("program", r"LibreOffice"),
        ("too_large", r"\bfar (?:larger|longer|wider|more)\b|(?:has|holds) more than|has \d[\d,]* (?:bytes|pages)"),
        ("no_map", r"map to Unicode"),
        ("empty", r"\bis empty\b|holds no (?:words|text)|holds nothing|no cell with words|no text on the pages"),
        ("scan", r"too few dots|too faint|ruled lines?\b|picture"),
        ("format", r"the file is (?!RTF)|Excel 95|is a document that can be read|no text in UTF-8"),
        ("damaged", r""),
    ),
    UnknownForm.code: (("older_form", r"2018 and before"), ("no_form", r"")),
    Ambiguous.code: (
        ("several", r"more than one document"),
        ("organ", r"the organ could|could be in|names? (?:two places|a place)|place of|but the page is of|--region"),
        ("year", r"the year could|tells the year"),
        ("figure", r""),
    ),
}  # fmt: skip
"""For each code the sorts of reasons, each told by words of the converter's sentences; the last takes the rest."""

BROKEN = "form"
KINDS = (*(kind for kinds in _KINDS.values() for kind, _ in kinds), BROKEN)
"""Every sort of reason there is."""


def kind_of(refusal: Refusal) -> str:
    """The sort of reason, told by the converter's own sentence; a rule that does not hold is a sort of its own."""
    kinds = _KINDS.get(refusal.code, ((BROKEN, ""),))
    return next(kind for kind, words in kinds if re.search(words, refusal.sentence))
