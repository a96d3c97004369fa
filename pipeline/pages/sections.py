"""Sections 二, 三, 四 of a report as its form prints them: tables, groups, lines and cells."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from markupsafe import Markup

from pipeline.checks.rule import words_of_row
from pipeline.forms import TABLES, Column, Form, Label, RowOfForm
from pipeline.record import Record, Value


@dataclass(frozen=True, slots=True)
class Mark:
    """A number beside a cell that leads to a finding, a note or a correction, told apart by `kind`."""

    kind: str
    number: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure: `written` is the printed text where it differs from the figure."""

    field: str
    value: Value
    written: str | None = None
    marks: tuple[Mark, ...] = ()

    @property
    def text(self) -> str | None:
        """The figure as the record has it; None for a cell left blank."""
        return number_to_text(self.value)

    @property
    def is_plain(self) -> bool:
        """Whether the cell is its figure and nothing else, as nearly all are."""
        return self.value is not None and not self.marks and not self.written

    @property
    def classes(self) -> str:
        """How the cell is set: blank, zero or some (a figure other than zero); flagged, changed where marks say so."""
        found = "blank" if self.value is None else "zero" if self.value == 0 else "some"
        kinds = {mark.kind for mark in self.marks} if self.marks else ()
        marked = [name for kind, name in (("finding", "flagged"), ("correction", "changed")) if kind in kinds]
        return " ".join([found, *marked]) if marked else found

    def leading(self, way: str) -> Markup:
        """A plain cell, its figure a link to its row on the page `way`.

        As short as HTML allows, for there are two hundred of them: without quotes and ends, and nought, as most are,
        without a name. Fields and figures are ours and hold nothing to escape.
        """
        name = "" if self.classes == "zero" else f" class={self.classes}"
        return Markup(f"<td id={self.field}{name}><a href={way}#{self.field}>{self.text}</a>")


def number_to_text(value: Value) -> str | None:
    """A figure in plain digits, never with an exponent."""
    return None if value is None else format(value, "f") if not isinstance(value, int) else str(value)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table; `deep` where it stands under the heading of a group."""

    row: RowOfForm
    cells: tuple[Cell, ...]
    deep: bool
    plain: Markup | None
    """Its cells as HTML where all are plain, as nearly all are: told once for both languages, for half of the time that
    a report's page takes."""


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that stand together, under a heading or without one."""

    heading: Label | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One printed table: the whole of section 三 or 四, or one clause (`item`) of section 二."""

    key: str
    item: str
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]

    def cells(self) -> Iterator[Cell]:
        return (cell for group in self.groups for line in group.lines for cell in line.cells)


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the report with its tables, and the rows in it that the form does not have."""

    key: str
    title: Label
    heads: Mapping[str, Label]
    legal_persons: tuple[str, ...]
    tables: tuple[Table, ...]
    rows: str
    """The way to the page that has a row for each figure, under its field."""
    extra_rows: tuple[Mapping[str, object], ...] = field(default=())

    @property
    def has_blank(self) -> bool:
        return any(cell.value is None for table in self.tables for cell in table.cells())

    @property
    def has_written(self) -> bool:
        return any(cell.written for table in self.tables for cell in table.cells())


Marks = Mapping[str, Sequence[Mark]]


def sections_of(record: Record, marks: Marks, rows: str = "") -> tuple[Section, ...]:
    """The three sections of a report that carry figures, each cell with the marks of its field and a link to its row."""
    return tuple(_section(record, key, marks, rows) for key in TABLES)


def _section(record: Record, key: str, marks: Marks, way: str) -> Section:
    rows = list(record.rows(key))
    parts = groupby(rows, key=lambda pair: (pair[0].item, pair[0].columns))
    return Section(
        key=key,
        title=record.law.titles[key],
        heads=record.law.heads[key],
        legal_persons=record.law.legal_persons,
        tables=tuple(_table(record, key, n, list(part), marks, way) for n, (_, part) in enumerate(parts, 1)),
        rows=way,
        extra_rows=tuple(row for row in record.extra_rows if row["section"] == key),
    )


def _table(
    record: Record,
    section: str,
    number: int,
    rows: Sequence[tuple[RowOfForm, list[Value]]],
    marks: Marks,
    way: str,
) -> Table:
    first = rows[0][0]
    groups, shown = [], set[str]()
    for within, part in groupby(rows, key=lambda pair: pair[0].within):
        heads = [key for key in within if key not in shown]
        shown.update(within)
        # A group's first row may open two headings at once: 三、本年度办理结果 and, under it, （三）不予公开.
        groups += [Group(_heading(record.law, section, key), ()) for key in heads[:-1]]
        heading = _heading(record.law, section, heads[-1]) if heads else None
        groups.append(Group(heading, tuple(_line(record, row, values, marks, way) for row, values in part)))
    return Table(f"{section}-{number}", first.item, first.columns, tuple(groups))


def _heading(form: Form, section: str, key: str) -> Label:
    return form.heads[section].get(key) or form.groups[key]


def _line(record: Record, row: RowOfForm, values: Sequence[Value], marks: Marks, way: str) -> Line:
    cells = tuple(
        Cell(name, value, record.as_written.get(name), tuple(marks.get(name, ())))
        for name, value in zip(row.fields, values, strict=True)
    )
    return Line(row, cells, len(row.within) > (row.section == "requests"), _plain(cells, way))


def _plain(cells: Sequence[Cell], way: str) -> Markup | None:
    if not all(cell.is_plain for cell in cells):
        return None
    return Markup("").join(cell.leading(way) for cell in cells)


def words_of_field(form: Form, name: str) -> tuple[Label, ...]:
    """The words of a field: section, row and column, or the section alone; empty for a fact about the report."""
    section, _, rest = name.partition(".")
    if section not in form.titles:
        return ()
    key, _, column = rest.partition(".")
    row = form.row(section, key) if section in TABLES else None
    title, heads = form.titles[section], [one.words for one in row.columns if one.key == column] if row else []
    return (title, words_of_row(form, row), *heads) if row else (title,)
