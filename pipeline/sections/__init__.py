"""The sections 一 to 六 of a document: cut by their titles and tables, each read by its own module."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from pipeline.document import BrokenForm, Document, ReportError, Row, UnknownForm
from pipeline.forms import NARRATIVE, TABLES, Form, Vocabulary, forms, label_key, spellings, titles, vocabulary
from pipeline.sections import narrative, section_2_proactive, section_3_requests, section_4_disputes
from pipeline.sections.slots import Placed, Reading, is_figure, mend

__all__ = ["Cut", "Placed", "Reading", "Report", "cut", "is_figure", "meanings", "read_report", "rows_of", "title_of"]

_READERS: Mapping[str, Callable[[Sequence[Row], Form], Reading]] = {
    "proactive": section_2_proactive.read,
    "requests": section_3_requests.read,
    "disputes": section_4_disputes.read,
}
_NEW_RECEIVED = "requests.row.new_received"
_RESULTS = {"disputes.column.upheld", "disputes.column.corrected", "disputes.column.pending"}
_COLUMNS_OF_TWO = frozenset(
    f"proactive.column.{column.key}"
    for form in forms().values()
    for row in form.rows["proactive"]
    for column in row.columns
)


@dataclass(frozen=True, slots=True)
class Cut:
    """The rows of a document and where each section begins and ends; `before` and `after` enclose the tables."""

    rows: tuple[Row, ...]
    spans: Mapping[str, tuple[int, int]]

    def of(self, section: str) -> tuple[Row, ...]:
        start, end = self.spans.get(section, (0, 0))
        return self.rows[start:end]

    def body(self, section: str) -> tuple[Row, ...]:
        """The rows of a section without titles of sections."""
        return tuple(row for row in self.of(section) if title_of(row) is None)

    @property
    def before(self) -> tuple[Row, ...]:
        return self.rows[: self.spans["proactive"][0]]

    @property
    def after(self) -> tuple[Row, ...]:
        """What follows section 四; the section itself where nothing titled follows, for a signature may end it."""
        start, end = self.spans["disputes"]
        return self.rows[end:] or self.rows[start:]


@dataclass(frozen=True, slots=True)
class Report:
    """What the sections of one document say; a section that is refused has no reading, and `problems` say why.

    `form` is None where section 二 does not tell it; then no section is read.
    """

    form: Form | None
    cut: Cut
    readings: Mapping[str, Reading]
    problems: tuple[ReportError, ...] = ()

    def narrative(self, signature: Sequence[Row] = ()) -> dict[str, list[Row]]:
        """The prose of each section 一, 五 and 六 that the report has; its signature is no prose."""
        signed = {id(row) for row in signature}
        found = {key: self.cut.body(key) for key in NARRATIVE if key in self.cut.spans}
        return {key: narrative.paragraphs(rows, signed) for key, rows in found.items()}

    @property
    def preamble(self) -> list[Row]:
        """The prose before section 一, where many reports name their period; none without that section."""
        start, _ = self.cut.spans.get("overview", (0, 0))
        return narrative.paragraphs(self.cut.rows[:start], ())

    @property
    def notes(self) -> list[tuple[str, str, str]]:
        lacking = [key for key in NARRATIVE if key not in self.cut.spans]
        words = [(key, forms()["2021"].titles[key]) for key in lacking]
        absent = [("S01", f"the section {label.number}{label.label} is not there", key) for key, label in words]
        return absent + [note for reading in self.readings.values() for note in reading.notes]


def rows_of(document: Document) -> tuple[Row, ...]:
    """The rows of a document, labels and titles that were broken over lines joined again."""
    return tuple(mend(document.rows(), _knows))


def read_report(rows: Sequence[Row]) -> Report:
    """Reads sections 二, 三 and 四 of `rows_of(document)`, each as far as it can be read.

    Raises UnknownForm or BrokenForm (S01) where the document cannot even be cut into sections.
    """
    found = cut(rows)
    try:
        form = section_2_proactive.tell_form(found.of("proactive"))
    except ReportError as error:
        return Report(None, found, {}, (error,))
    readings, problems = dict[str, Reading](), list[ReportError]()
    for section, read in _READERS.items():
        try:
            readings[section] = read(found.body(section), form)
        except ReportError as error:
            problems.append(error)
    return Report(form, found, readings, tuple(problems))


def meanings(section: str, text: str) -> list[str]:
    """What the words of a cell mean in a section, by either form: its rows, columns and headings."""
    words = _vocabularies(section)
    found = [(kind, look(text)) for one in words for kind, look in _looks(one)]
    return sorted({f"{kind} {key}" for kind, key in found if key})


def _looks(words: Vocabulary) -> tuple[tuple[str, Callable[[str], str | None]], ...]:
    return ("row", words.row), ("column", words.column), ("heading", words.head)


@cache
def _vocabularies(section: str) -> tuple[Vocabulary, ...]:
    return tuple(vocabulary(form_id, section) for form_id in forms())


@lru_cache(maxsize=50_000)
def _knows(text: str) -> bool:
    known = any(words.knows(text) for section in TABLES for words in _vocabularies(section))
    return known or label_key(text) in titles()


def title_of(row: Row) -> str | None:
    """The section that a row of one cell is the title of."""
    only = row.only
    return titles().get(label_key(only.text)) if only and len(only.text) <= 60 else None


# the cut -------------------------------------------------------------------------------------------------------------


def cut(rows: Sequence[Row]) -> Cut:
    """Finds each section by its title or by its tables (rule S01). Raises UnknownForm or BrokenForm."""
    known = [frozenset().union(*(_meanings(cell.text) for cell in row.cells)) for row in rows]
    received = [i for i, words in enumerate(known) if _NEW_RECEIVED in words]
    if not received:
        raise UnknownForm(_nothing(rows))
    if len(received) > 1:
        raise BrokenForm(
            "S01", "the table of section 三 stands twice: two reports in one file?", rows[received[1]].place
        )
    proactive = _start(
        rows,
        "proactive",
        0,
        next((i for i, w in enumerate(known[: received[0]]) if w & _COLUMNS_OF_TWO), None),
        received[0],
    )
    requests = _start(rows, "requests", proactive, received[0], received[0])
    results = [i for i, words in enumerate(known) if words & _RESULTS]
    disputes = _start(rows, "disputes", received[0], next((i for i in results if i > received[0]), None), len(rows))
    _check_order(rows, results, disputes)
    end = _next_title(rows, disputes + 1)
    spans = {"proactive": (proactive, requests), "requests": (requests, disputes), "disputes": (disputes, end)}
    return Cut(tuple(rows), _narrative_spans(rows, proactive, end) | spans)


@lru_cache(maxsize=50_000)
def _meanings(text: str) -> frozenset[str]:
    """What a cell can mean for the cut: `<section>.row.<key>` and `<section>.column.<key>`, by either form."""
    if len(text) > 80:
        return frozenset()
    words = [(section, one) for section in TABLES for one in _vocabularies(section)]
    rows = {f"{section}.row.{key}" for section, one in words if (key := one.row(text))}
    return frozenset(rows | {f"{section}.column.{key}" for section, one in words if (key := one.column(text))})


def _start(rows: Sequence[Row], section: str, first: int, anchor: int | None, end: int) -> int:
    """Where a section starts: at its last title before the table, else at the first row that has its words."""
    if anchor is None:
        title = next(
            words.number + words.label for f in forms().values() for k, words in f.titles.items() if k == section
        )
        raise BrokenForm("S01", f"the table of {title} is not there", rows[min(end, len(rows)) - 1].place)
    named = [i for i in range(first, anchor) if title_of(rows[i]) == section]
    if named:
        return named[-1]
    start = anchor
    while start > first and _belongs(rows[start - 1], section):
        start -= 1
    return start


def _belongs(row: Row, section: str) -> bool:
    words = _vocabularies(section)
    return all(c.is_blank or any(w.knows(c.text) for w in words) for c in row.cells) and title_of(row) is None


def _check_order(rows: Sequence[Row], results: Sequence[int], disputes: int) -> None:
    early = [i for i in results if i < disputes]
    if early:
        raise BrokenForm("S01", "section 四 stands before section 三, or twice", rows[early[0]].place)


def _next_title(rows: Sequence[Row], start: int) -> int:
    return next((i for i in range(start, len(rows)) if title_of(rows[i]) in NARRATIVE), len(rows))


def _narrative_spans(rows: Sequence[Row], proactive: int, end: int) -> dict[str, tuple[int, int]]:
    overview = [i for i in range(proactive) if title_of(rows[i]) == "overview"]
    after = [i for i in range(end, len(rows)) if title_of(rows[i]) in ("problems", "other")]
    spans = {"overview": (overview[-1], proactive)} if overview else {}
    for i, following in pairwise([*after, len(rows)]):
        spans.setdefault(title_of(rows[i]) or "", (i, following))
    return spans


def _nothing(rows: Sequence[Row]) -> str:
    """What is missing in a document that is no report in one of the forms."""
    older = [
        word for word in spellings()["older_forms"] if any(label_key(c.text) == word for r in rows for c in r.cells)
    ]
    if older:
        return f"the tables are those of 2018 and before ({older[0]})"
    named = [label.number for key, label in forms()["2021"].titles.items() if any(title_of(row) == key for row in rows)]
    seen = f"; of the section titles only {' '.join(named)} are there" if named else ""
    return f"no table of section 三 (本年新收政府信息公开申请数量){seen}: no annual report in a statutory form"
