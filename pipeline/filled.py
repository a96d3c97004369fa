"""The workbook of one report, filled in by a person -> the corrections that it asks for, each problem with its cell."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date as day_type
from datetime import time, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

from pipeline import fillable
from pipeline.correcting import Corrected, Wanted, correct, report_path
from pipeline.corrections import GONE, value_of
from pipeline.document import canonical, collapse, plain
from pipeline.naming import read_kind
from pipeline.quoting import Kept, read_kept
from pipeline.record import Record, read_record, record_to_yaml
from pipeline.typed import Fault, Typed, read_typed, shown

MOST_BYTES = 10_000_000
"""Bytes of a workbook; that of a report has a thousandth of that."""

MOST_ROWS = 5_000
_HEAD_WITHIN = 20
_NEEDED = ("field", "value", "printed")
_ASKED = ("printed", "kind", "should_be", "reason")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a sheet: its texts by the key of the column, and the cell of each (`G12`)."""

    sheet: str
    texts: Mapping[str, str]
    cells: Mapping[str, str]

    def get(self, key: str) -> str:
        return self.texts.get(key, "")

    def cell(self, key: str) -> str:
        return f"{self.sheet}!{self.cells.get(key) or self.cells['field']}"


@dataclass(slots=True)
class Filled:
    """What a workbook asks for: the record to write, the corrections made to it, and what is wrong, with its place."""

    path: Path | None = None
    record: Record | None = None
    made: list[Corrected] = field(default_factory=list)
    faults: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        assert self.record is not None
        return record_to_yaml(self.record)


def read_filled(data: Path, file: Path, wanted: Wanted) -> Filled:
    """Makes every correction of a workbook to a copy of its record, or tells all that is wrong; writes nothing.

    `wanted` says who, when, the reason where a row gives none, and whether evidence may lack in the kept cells.
    """
    filled = Filled()
    sheets, says = _sheets(file)
    rows = [] if says else list(_rows(sheets))
    if says or not rows:
        says = says or f"there is no sheet with the columns {', '.join(_NEEDED)}: take data.xlsx of the report"
        filled.faults.append(("", says, "UnreadableSource"))
        return filled
    told = _facts(sheets)
    _find(filled, data, told.get("report_id", ""))
    if filled.record and filled.path:
        is_same = told.get("record_sha256") == sha256(filled.path.read_bytes()).hexdigest()
        _fill(filled, filled.record, rows, is_same, wanted)
    return filled


def _find(filled: Filled, data: Path, report: str) -> None:
    path = report_path(data, report)
    loaded = read_record(path) if path and path.is_file() else None
    if loaded is None:
        says = f"the dataset holds no report “{report[:60]}”" if report else "the sheet names no report_id"
        filled.faults.append((fillable.FACTS_SHEET, says, "UnreadableSource"))
    elif loaded.record is None:
        filled.faults.append(("", f"the record is broken: {loaded.problems[0]}", loaded.problems[0].code))
    else:
        filled.path, filled.record = path, loaded.record


# the corrections -----------------------------------------------------------------------------------------------------


def _fill(filled: Filled, record: Record, rows: Sequence[Row], is_same: bool, wanted: Wanted) -> None:
    assert filled.path is not None
    kept, before, asked = read_kept(filled.path, record), record, set[str]()
    for row in rows:
        given = any(row.get(key) for key in _ASKED) or _is_new_evidence(row, kept)
        faults = list(_of_shown(before, row, is_same, given))
        if given and row.get("field") in asked:
            faults = [Fault("field", "this figure stands in the sheet twice", "")]
        if given and not faults:
            asked.add(row.get("field"))
            made = _correct(record, kept, row, wanted)
            if isinstance(made, Corrected):
                filled.made.append(made)
                record = made.record
            else:
                faults = made
        filled.faults += [(row.cell(one.about), one.says, one.code) for one in faults]
    filled.record = record
    if not asked and not filled.faults:
        filled.faults.append((fillable.SHEET, "nothing is filled in", "UnreadableSource"))


def _evidence(row: Row, kept: Kept) -> str:
    """What a person gives as evidence; nothing where it is the line that the workbook came with, less some blanks."""
    words = row.get("evidence")
    return "" if plain(words) == plain(kept.derived.lines.get(row.get("field"), "")) else words


def _is_new_evidence(row: Row, kept: Kept) -> bool:
    """Evidence alone asks for nothing where it is a line of the kept cells."""
    words = collapse(_evidence(row, kept))
    return bool(words) and all(words not in collapse(line) for line in kept.lines)


def _of_shown(record: Record, row: Row, is_same: bool, given: bool) -> Iterator[Fault]:
    """The sheet shows what the record said; what it shows must be what the record says now, or nothing is certain."""
    name = row.get("field")
    body = value_of(record, name)
    if body is GONE:
        if given:
            yield Fault("field", f"the report has no figure “{name[:60]}”", "")
        return
    if not (is_same or given) or _shows(record, name, row.get("value")):
        return
    if is_same:
        says = f"the sheet came with {shown(body)} here: write what the report prints into the column printed instead"
        yield Fault("value", says, "")
    else:
        says = f"the record was changed since this workbook was made, and says {shown(body)} now: look at it again"
        yield Fault("value", says, "")


def _shows(record: Record, name: str, text: str) -> bool:
    read = read_typed(record, name, text, unit="万元")
    return isinstance(read, Typed) and read.value == value_of(record, name)


def _correct(record: Record, kept: Kept, row: Row, wanted: Wanted) -> Corrected | list[Fault]:
    kind = read_kind(row.get("kind"))
    if isinstance(kind, Fault):
        return [kind]
    wrong = kind == "printed_wrong" or (not kind and bool(row.get("should_be")))
    if faults := list(_of_row(record, row, wrong)):
        return faults
    value = row.get("should_be") if wrong else row.get("printed")
    reason, evidence = row.get("reason") or wanted.reason, _evidence(row, kept) or wanted.evidence
    asked = replace(wanted, field=row.get("field"), value=value, reason=reason, evidence=evidence)
    made = correct(record, kept, replace(asked, kind="printed_wrong" if wrong else kind))
    if isinstance(made, Corrected):
        return made
    place = "should_be" if wrong else "printed"
    return [replace(fault, about=place if fault.about == "value" else fault.about) for fault in made]


def _of_row(record: Record, row: Row, wrong: bool) -> Iterator[Fault]:
    if wrong and not row.get("should_be"):
        yield Fault("should_be", "say what it should be", "")
    elif wrong and row.get("printed") and not _shows(record, row.get("field"), row.get("printed")):
        says = "a misprint is noted of the figure that stands in the record: first correct that"
        yield Fault("printed", says, "")
    elif not wrong and row.get("should_be"):
        yield Fault("should_be", "this is for errors of the report itself only; leave it empty", "")
    elif not wrong and not row.get("printed"):
        yield Fault("printed", "say what the report prints; 空 for an empty cell", "")


# the sheets ----------------------------------------------------------------------------------------------------------

Cells = list[list[str]]


def _sheets(file: Path) -> tuple[dict[str, Cells], str]:
    """The cells of every sheet as trimmed text, or why there are none. Raises OSError where the file cannot be read."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    with file.open("rb") as opened:
        if len(opened.read(MOST_BYTES + 1)) > MOST_BYTES:
            return {}, "the file is far too large for the workbook of a report"
    try:
        book = CalamineWorkbook.from_path(str(file))
        return {name: _cells(book.get_sheet_by_name(name).iter_rows()) for name in book.sheet_names}, ""
    except PasswordError:
        return {}, "the workbook is locked with a password"
    except (CalamineError, OSError, ValueError) as error:
        return {}, f"this is no workbook that can be read: {error}"
    except BaseException as error:  # the reader is compiled, and what it cannot bear is no Exception
        if type(error).__name__ != "PanicException":
            raise
        return {}, "this is no workbook that can be read"


def _cells(rows: Iterator[list[Any]]) -> Cells:
    return [[_text(cell) for cell in row] for row, _ in zip(rows, range(MOST_ROWS), strict=False)]


def _text(cell: Any) -> str:
    """A cell as a person sees it: spreadsheets keep 12 as 12.0; a day or a truth value stands for no figure."""
    if isinstance(cell, float):
        return canonical(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else canonical(Decimal(repr(cell)))
    if isinstance(cell, bool | day_type | time | timedelta):
        return f"{cell} (no text and no number)"
    return str(cell).strip()


def _rows(sheets: Mapping[str, Cells]) -> Iterator[Row]:
    """The rows of the sheet of figures, found by the keys at the ends of its headings, wherever it stands."""
    for name, cells in sorted(sheets.items(), key=lambda item: item[0] != fillable.SHEET):
        for n, head in enumerate(cells[:_HEAD_WITHIN]):
            places = _places(head)
            if all(key in places for key in _NEEDED):
                yield from _below(name, cells, n + 1, places)
                return


def _below(sheet: str, cells: Cells, first: int, places: Mapping[str, int]) -> Iterator[Row]:
    for n, texts in enumerate(cells[first:], first + 1):
        told = {key: texts[at] for key, at in places.items() if at < len(texts)}
        if any(told.values()):
            yield Row(sheet, told, {key: f"{_letters(at)}{n}" for key, at in places.items()})


def _places(head: Sequence[str]) -> dict[str, int]:
    keys = {column.key for column in fillable.COLUMNS}
    last = [(text.split() or [""])[-1] for text in head]
    return {word: at for at, word in reversed(list(enumerate(last))) if word in keys}


def _letters(at: int) -> str:
    first, last = divmod(at, 26)
    return (_letters(first - 1) if first else "") + chr(ord("A") + last)


def _facts(sheets: Mapping[str, Cells]) -> dict[str, str]:
    """The facts by which the report is known, from whichever sheet names it."""
    for cells in [sheets.get(fillable.FACTS_SHEET, []), *sheets.values()]:
        told = {(row[0].split() or [""])[-1]: row[1] for row in cells if len(row) > 1}
        if told.get("report_id"):
            return {key: told.get(key, "") for key in fillable.FACTS}
    return {}
