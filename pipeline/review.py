"""What a person is asked of a scan, and his answers: figures below the mark are looked at by eye, never guessed.

The sums of the form point at suspects among them; they fill nothing in.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline import strict
from pipeline.document import Ambiguous, Block, Cell, Document, ReportError, Row, Table, UnreadableSource, collapse
from pipeline.forms import TABLES, Form, Sum
from pipeline.readers.scan import UNREAD
from pipeline.sections import Placed, Report, meanings, title_of

MARK = 0.7
"""A figure that the recogniser is less sure of is looked at by a person."""

MOST_CHARACTERS = 300
_KEYS = ("sha256", "cells")
_LINES_OF_TITLE, _LINES_OF_SIGNATURE = 12, 6


@dataclass(frozen=True, slots=True)
class Doubt:
    """A cell or line to be looked at: what was seen there, how surely (None for a line), which field it is where that
    is known, and the rules of the form that do not hold with it."""

    place: str
    seen: str
    confidence: float | None = None
    field: str = ""
    broken: tuple[str, ...] = ()

    @property
    def says(self) -> str:
        """One sentence for a person who stands before the scan."""
        what = f"{self.field}: " if self.field else ""
        seen = f"“{collapse(self.seen)[:60]}”" if self.seen.strip() else "nothing"
        sure = "" if self.confidence is None else f", with confidence {self.confidence:.2f}"
        sums = f"; with it {' and '.join(self.broken)} {_do(self.broken)} not hold" if self.broken else ""
        return f"{what}the scan reads {seen}{sure}{sums}: look at it and answer with --review"


def _do(rules: Sequence[str]) -> str:
    return "do" if len(rules) > 1 else "does"


# what is doubtful ----------------------------------------------------------------------------------------------------


def doubts(
    document: Document, report: Report | None, told: Iterable[Row] = (), problems: Iterable[ReportError] = ()
) -> list[Doubt]:
    """What a person has to look at before anything of a scan is believed, in the order of the pages.

    `told` are the rows that tell organ, year and date; `problems` what is refused already, for its cell may be misread.
    No document but a scan has any.
    """
    cells = _recognised(document)
    if not cells:
        return []
    placed = [one for reading in report.readings.values() for one in reading.placed] if report else []
    broken = _broken(report.form, placed) if report and report.form else {}
    found: dict[str, Doubt] = {}
    for one in placed:
        if one.cell.confidence is not None and one.cell.confidence < MARK:
            found[one.cell.place] = _doubt(one.cell, one.field, broken.get(one.field, ()))
    where = {problem.where for problem in problems}
    known = {one.cell.place for one in placed}
    refused = report is None or bool(report.problems)
    for place, cell in cells.items():
        if place in where or (refused and place not in known and _may_be_misread(cell)):
            found.setdefault(place, _doubt(cell))
    found |= {place: Doubt(place, text) for place, text in dict(_unread_lines(report, told)).items()}
    order = {place: n for n, place in enumerate(_places(document))}
    return sorted(found.values(), key=lambda doubt: order.get(doubt.place, len(order)))


def _doubt(cell: Cell, name: str = "", broken: tuple[str, ...] = ()) -> Doubt:
    return Doubt(cell.place, cell.text, cell.confidence, name, broken)


def _recognised(document: Document) -> dict[str, Cell]:
    """The cells that a recogniser read, by their places; a slot that a merged cell covers has no text of its own."""
    tables = [block for block in document.blocks if isinstance(block, Table)]
    return {cell.place: cell for table in tables for row in table.rows for cell in row if cell.confidence is not None}


def _places(document: Document) -> Iterator[str]:
    for row in document.rows():
        yield from dict.fromkeys(cell.place for cell in row.cells)


def _may_be_misread(cell: Cell) -> bool:
    """Where a section could not be read, its unsure figures and the words that nobody knows are asked for as well: one
    round for the person, not one for each of them."""
    chinese = sum("\u4e00" <= c <= "\u9fff" for c in cell.text)
    if chinese > 1:
        return not any(meanings(section, cell.text) for section in TABLES)
    return cell.confidence is not None and cell.confidence < MARK and len(cell.text) <= 24


def _unread_lines(report: Report | None, told: Iterable[Row]) -> Iterator[tuple[str, str]]:
    """The lines of title, signature and whatever told organ and year in which a character was not read."""
    rows = list(told)
    if report:
        before = [row for row in report.cut.before if not row.in_table]
        first = next((i for i, row in enumerate(before) if title_of(row)), len(before))
        after = [row for row in report.cut.after if not row.in_table]
        rows += before[: min(first, _LINES_OF_TITLE)] + after[-_LINES_OF_SIGNATURE:]
    yield from ((row.place, row.text) for row in rows if UNREAD in row.text)


def _broken(form: Form, placed: Sequence[Placed]) -> dict[str, tuple[str, ...]]:
    """The rules of the form's own sums that do not hold with each field; a blank figure lets none be judged."""
    values = {one.field: one.number.value for one in placed}
    found: dict[str, dict[str, None]] = {}
    for rule, parts, whole in (sides for stated in form.sums for sides in _sums(form, stated, values)):
        figures = [values[name] for name in (*parts, *whole)]
        if None not in figures and _total(parts, values) != _total(whole, values):
            for name in (*parts, *whole):
                found.setdefault(name, {})[rule] = None
    return {name: tuple(rules) for name, rules in found.items()}


def _total(names: Iterable[str], values: Mapping[str, Any]) -> Decimal:
    return sum((Decimal(values[name]) for name in names), Decimal(0))


def _sums(form: Form, stated: Sum, values: Mapping[str, Any]) -> Iterator[tuple[str, list[str], list[str]]]:
    """The fields of both sides of a sum, for each line of figures that the report has."""
    rows = [row for row in form.rows[stated.section] if row.fields[0] in values]
    if stated.along == "columns":
        for row in rows:
            keyed = {column.key: name for column, name in zip(row.columns, row.fields, strict=True)}
            yield stated.rule, [keyed[key] for key in stated.parts], [keyed[key] for key in stated.whole]
        return
    outcomes = stated.parts == ("outcomes",)
    for at in range(len(rows[0].columns) if rows else 0):
        parts = [row.fields[at] for row in rows if (row.group if outcomes else row.key in stated.parts)]
        yield stated.rule, parts, [row.fields[at] for row in rows if row.key in stated.whole]


def problems(found: Sequence[Doubt]) -> list[ReportError]:
    """Each doubt as a reason to refuse the report."""
    return [Ambiguous(doubt.says, doubt.place) for doubt in found]


# the file that a person fills ----------------------------------------------------------------------------------------


def template(document: Document, found: Sequence[Doubt]) -> str:
    """The YAML that a person fills in: one key a place, above each what the recogniser saw there; null is no answer."""
    lines = [
        f"# What a recogniser was not sure of in {collapse(document.file)}. Look at each place on the scan and write",
        '# its text in quotes instead of null, "" where nothing is printed. Any other cell or line can be added.',
        f"sha256: {strict.quoted(document.sha256)}",
        "cells:" if found else "cells: {}",
    ]
    for doubt in found:
        lines += [f"  # {doubt.says.split(': look at it')[0]}", f"  {strict.quoted(doubt.place)}: null"]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person read on a scan, by place, and for which file; `problems` are sentences with file and line."""

    path: Path
    sha256: str = ""
    cells: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def read_answers(path: Path) -> Answers:
    """The answers in a file; nothing of it counts where `problems` is not empty. Never raises for a bad file."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return Answers(path, problems=(f"{path}:1: the file is no text in UTF-8",))
    except OSError as error:
        return Answers(path, problems=(f"{path}: the file cannot be opened: {error.strerror}",))
    loaded = strict.load(text)
    wrong = list(loaded.problems) or list(_wrong(loaded))
    if wrong:
        return Answers(path, problems=tuple(f"{path}:{line}: {_at(at)}{says}" for line, at, says in sorted(wrong)))
    cells = {place: str(answer) for place, answer in loaded.value["cells"].items()}
    return Answers(path, loaded.value["sha256"], cells, {place: loaded.lines[f"cells.{place}"] for place in cells})


def _at(path: str) -> str:
    return f"{path.removeprefix('cells.')}: " if path else ""


def _wrong(loaded: strict.Loaded) -> Iterator[tuple[int, str, str]]:
    value = loaded.value
    if not isinstance(value, dict):
        yield 1, "", "the file must have the keys sha256 and cells"
        return
    yield from ((loaded.lines[key], key, "this key is not known: sha256 and cells are") for key in value.keys() - _KEYS)
    yield from ((1, key, "this key is not there") for key in _KEYS if key not in value)
    if not isinstance(value.get("sha256", ""), str):
        yield loaded.lines["sha256"], "sha256", "the sum of the file's bytes belongs here, in quotes"
    if not isinstance(value.get("cells", {}), dict):
        yield loaded.lines["cells"], "cells", "places with their texts belong here"
        return
    for place, answer in value.get("cells", {}).items():
        says = _what_is_wrong(answer)
        if says:
            yield loaded.lines[f"cells.{place}"], f"cells.{place}", says


def _what_is_wrong(answer: Any) -> str:
    if answer is None:
        return 'this is not answered yet: write the text in quotes, "" where nothing is printed'
    if isinstance(answer, bool | dict | list):
        return "a text in quotes belongs here"
    text = str(answer)
    if len(text) > MOST_CHARACTERS or not text.isprintable() or UNREAD in text:
        return f"one line of at most {MOST_CHARACTERS} printed characters belongs here"
    return ""


# what follows from the answers ---------------------------------------------------------------------------------------


def apply(document: Document, answers: Answers) -> Document:
    """The document with each answered cell as the person read it, sure now. Raises UnreadableSource for answers that
    are about another file or about places that this one does not have."""
    if answers.problems:
        raise UnreadableSource(answers.problems[0])
    if answers.sha256 != document.sha256:
        raise UnreadableSource(f"{answers.path} answers for another file: the sha256 of this one is {document.sha256}")
    cells = _recognised(document)
    lines = {block.place for block in document.blocks if not isinstance(block, Table)} if cells else set()
    strange = [place for place in answers.cells if place not in cells and place not in lines]
    if strange:
        where = f"{answers.path}:{answers.lines.get(strange[0], 1)}"
        raise UnreadableSource(f"{where}: the scan has no cell or line “{strange[0]}”")
    return replace(document, blocks=tuple(_answered(block, answers.cells) for block in document.blocks))


def _answered(block: Block, cells: Mapping[str, str]) -> Block:
    if not isinstance(block, Table):
        return replace(block, text=cells[block.place]) if block.place in cells else block
    return Table(tuple(tuple(_answered_cell(cell, cells) for cell in row) for row in block.rows))


def _answered_cell(cell: Cell, cells: Mapping[str, str]) -> Cell:
    """A slot that a merged cell covers bears the place of that cell, but not its text."""
    answer = cells.get(cell.place)
    return cell if answer is None or cell.confidence is None else Cell(answer, cell.place, 1.0)
