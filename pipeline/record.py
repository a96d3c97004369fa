"""Record and Agency, and their canonical YAML, both ways: nothing else knows how records are stored.

The order of keys, the alignment and the comments are this module's; load then write gives the same bytes.
"""

import os
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline import ROOT, claimed, shape, strict
from pipeline.forms import NARRATIVE, TABLES, Form, RowOfForm, forms

AGENCIES = ROOT / "data" / "agencies"

Value = int | Decimal | None
Problem = shape.Problem


@dataclass(slots=True)
class Source:
    """Where a report came from: the file it was read from, and the address and day where they are known."""

    file: str
    media_type: str
    sha256: str
    converter: str
    url: str | None = None
    retrieved: str | None = None


@dataclass(slots=True)
class Record:
    """One report as printed. `tables[section][row]` is a list in the form's column order; None is a cell left blank."""

    agency_id: str
    agency_name: str
    year: int
    form: str
    scope: str | None
    published: str | None
    source: Source
    tables: dict[str, dict[str, list[Value]]]
    narrative: dict[str, Any] = field(default_factory=dict)
    as_written: dict[str, str] = field(default_factory=dict)
    extra_rows: list[dict[str, Any]] = field(default_factory=list)
    corrections: list[dict[str, Any]] = field(default_factory=list)

    @property
    def report_id(self) -> str:
        return f"{self.agency_id}-{self.year}"

    @property
    def region_code(self) -> str:
        return self.agency_id[:6]

    @property
    def law(self) -> Form:
        """The statutory form that the report uses."""
        return forms()[self.form]

    def rows(self, section: str) -> Iterator[tuple[RowOfForm, list[Value]]]:
        """The rows of a section that the report has, in the form's order."""
        for row in self.law.rows[section]:
            if row.key in self.tables[section]:
                yield row, self.tables[section][row.key]

    def figures(self) -> dict[str, Value]:
        """Every figure by its field, in the form's order."""
        return {
            name: value
            for section in TABLES
            for row, values in self.rows(section)
            for name, value in zip(row.fields, values, strict=True)
        }

    def set_figure(self, name: str, value: Value) -> None:
        """Puts a value into the cell of a field; KeyError where this report has no such cell."""
        section, key, column = name.split(".")
        row = self.law.row(section, key)
        if row is None or key not in self.tables[section]:
            raise KeyError(name)
        self.tables[section][key][[c.key for c in row.columns].index(column)] = value

    def to_plain(self) -> dict[str, Any]:
        """The whole record as plain values in the order of its file."""
        return {
            "report_id": self.report_id,
            "agency_id": self.agency_id,
            "agency_name": self.agency_name,
            "year": self.year,
            "form": self.form,
            "scope": self.scope,
            "published": self.published,
            "source": {key: getattr(self.source, key) for key in shape.SOURCE_KEYS},
            **{section: {row.key: values for row, values in self.rows(section)} for section in TABLES},
            "narrative": self.narrative,
            "as_written": self.as_written,
            "extra_rows": self.extra_rows,
            "corrections": self.corrections,
        }


@dataclass(slots=True)
class Agency:
    """An organ of government. `level` and `sector` are told by the name; None where it does not tell the level."""

    agency_id: str
    name: str
    region_code: str
    level: str | None
    sector: str
    former_names: list[str] = field(default_factory=list)
    successor: str | None = None
    note: str | None = None

    @property
    def is_government(self) -> bool:
        """A people's government, whose report is due two months later than an organ's."""
        return self.sector in ("government", "township") and self.name.endswith("政府")


# where things lie ----------------------------------------------------------------------------------------------------


def agency_folder(root: Path, agency_id: str) -> Path:
    return root / agency_id[:2] / agency_id[:6] / agency_id


def record_path(root: Path, record: Record) -> Path:
    return agency_folder(root, record.agency_id) / f"{record.year}.yaml"


def source_path(record: Path) -> Path:
    """The cells that a record was read from, beside it."""
    return record.with_suffix(".source.txt")


def record_paths(root: Path) -> list[Path]:
    """Every record below a folder, sorted; the folder may be that of one organ, and a record is itself."""
    if root.is_file():
        return [root]
    return sorted(path for path in root.rglob("*.yaml") if path.name != "agency.yaml")


def write_text(path: Path, text: str) -> None:
    """Writes a file whole or not at all."""
    write_all({path: text})


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Writes a file line by line, whole or not at all; the lines end as they are."""
    _write({path: lines})


def write_all(texts: Mapping[Path, str]) -> None:
    """Writes files, each of them whole, and none where one of them cannot be written."""
    _write({path: [text] for path, text in texts.items()})


def _write(files: Mapping[Path, Iterable[str]]) -> None:
    made: dict[Path, Path] = {}
    try:
        for path, parts in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            made[path] = Path(name)
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.writelines(parts)
            made[path].chmod(0o644)
        for path, one in made.items():
            one.replace(path)
    except BaseException:
        for one in made.values():
            one.unlink(missing_ok=True)
        raise


# from bytes ----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Loaded:
    """A record file as read: the record where it has the right shape, what is wrong, and the line of each field."""

    path: Path
    text: str = ""
    record: Record | None = None
    problems: list[Problem] = field(default_factory=list)
    lines: Mapping[str, int] = field(default_factory=dict)

    def line_of(self, name: str) -> int:
        """The line of a field, of its row, or 1."""
        while name and name not in self.lines:
            name = name.rpartition(".")[0]
        return self.lines.get(name, 1)


def read_record(path: Path) -> Loaded:
    """The record in a file, with everything that is wrong with its shape. Never raises for a bad file."""
    text, problems = _text(path)
    if problems:
        return Loaded(path, problems=problems)
    read = strict.load(text)
    loaded = Loaded(path, text, lines=read.lines)
    loaded.problems = [Problem(path, line, name, says, "UnreadableSource") for line, name, says in read.problems]
    if not loaded.problems:
        loaded.problems = shape.problems_of_record(path, read)
    if not loaded.problems:
        loaded.record = plain_to_record(read.value)
    return loaded


def _text(path: Path) -> tuple[str, list[Problem]]:
    try:
        return path.read_bytes().decode("utf-8"), []
    except OSError as error:
        return "", [Problem(path, 1, "", f"the file cannot be opened: {error.strerror}", "UnreadableSource")]
    except UnicodeDecodeError:
        return "", [Problem(path, 1, "", "the file is not in UTF-8", "UnreadableSource")]


def plain_to_record(raw: Mapping[str, Any]) -> Record:
    """The record of plain values in which the shape finds no fault: `Record.to_plain` the other way round."""
    return Record(
        agency_id=raw["agency_id"],
        agency_name=raw["agency_name"],
        year=raw["year"],
        form=raw["form"],
        scope=raw["scope"],
        published=raw["published"],
        source=Source(**raw["source"]),
        tables={section: dict(raw[section]) for section in TABLES},
        narrative=raw["narrative"],
        as_written=raw["as_written"],
        extra_rows=raw["extra_rows"],
        corrections=raw["corrections"],
    )


def read_agency(path: Path) -> tuple[Agency | None, list[Problem]]:
    """The organ in an `agency.yaml`, or what is wrong with it."""
    text, problems = _text(path)
    if problems:
        return None, problems
    read = strict.load(text)
    problems = [Problem(path, line, name, says, "UnreadableSource") for line, name, says in read.problems]
    problems = problems or shape.problems_of_agency(path, read)
    return (None, problems) if problems else (Agency(**read.value), [])


# to bytes ------------------------------------------------------------------------------------------------------------


def agency_to_yaml(agency: Agency) -> str:
    """The canonical bytes of an `agency.yaml`, as text."""
    return "".join(_entry(key, getattr(agency, key)) for key in shape.AGENCY_KEYS)


def record_to_yaml(record: Record) -> str:
    """The canonical bytes of a record, as text."""
    plain = record.to_plain()
    parts = [_entry(key, plain[key]) for key in shape.FACT_KEYS]
    parts.append("source:\n" + "".join("  " + _entry(key, plain["source"][key]) for key in shape.SOURCE_KEYS))
    parts += [_table_to_yaml(record, section) for section in TABLES]
    parts.append(_narrative_to_yaml(record.narrative))
    parts.append(f"as_written: {_flow(_in_form_order(record))}\n")
    parts.append(_list_to_yaml("extra_rows", [_flow(row) for row in record.extra_rows]))
    parts.append(_list_to_yaml("corrections", [_block(entry) for entry in record.corrections]))
    return "".join(parts)


def _entry(key: str, value: Any) -> str:
    return f"{key}: {_flow(value)}\n"


def _in_form_order(record: Record) -> dict[str, str]:
    return {name: record.as_written[name] for name in record.figures() if name in record.as_written}


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(one) for one in value) + "]"
    return strict.scalar(value)


def _block(entry: Mapping[str, Any]) -> str:
    ordered = sorted(entry, key=shape.CORRECTION_KEYS.index)
    return "\n  ".join(f"{key}: {_flow(entry[key])}" for key in ordered)


def _list_to_yaml(key: str, items: Sequence[str]) -> str:
    return f"{key}: []\n" if not items else f"{key}:\n" + "".join(f"- {item}\n" for item in items)


def _narrative_to_yaml(narrative: Mapping[str, Any]) -> str:
    lines = [f"  {key}: {_flow(claimed.in_order(narrative[key]))}\n" for key in NARRATIVE if key in narrative]
    return "narrative:\n" + "".join(lines) if lines else "narrative: {}\n"


# tables: one row of the form is one line -----------------------------------------------------------------------------


def _table_to_yaml(record: Record, section: str) -> str:
    rows = list(record.rows(section))
    width = max(len(row.key) for row in record.law.rows[section]) + 1
    lines, shown = [f"{section}:\n"], None
    for row, values in rows:
        shorts = [column.short for column in row.columns]
        if shorts != shown and len(shorts) > 1:
            lines.append(_shorts_to_comment(shorts, width))
        shown = shorts
        lines.append(f"  {row.key + ':':<{width}} {_cells(shorts, values)}   # {_comment(row)}\n")
    return "".join(lines)


def _comment(row: RowOfForm) -> str:
    units = {column.unit for column in row.columns} - {None}
    return f"{row.words.number}{row.words.label}" + "".join(f"（{unit}）" for unit in units if unit)


def _cells(shorts: Sequence[str], values: Sequence[Value]) -> str:
    widths = [_width(short) for short in shorts] if len(shorts) > 1 else [5]
    return "[" + ", ".join(f"{strict.scalar(v):>{width}}" for v, width in zip(values, widths, strict=True)) + "]"


def _width(short: str) -> int:
    """A cell is as wide as its column's short name, Han characters counted twice, and never under five."""
    return max(5, _display(short))


def _display(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _shorts_to_comment(shorts: Sequence[str], width: int) -> str:
    names = "  ".join(" " * (_width(short) - _display(short)) + short for short in shorts)
    return f"  #{'':<{width - 1}}  {names}\n"
