"""A list under `data/`, read without any guess: each row of the CSV is sound, or it is named with its line."""

import csv
import io
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import Field, fields
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

from pipeline.document import UnreadableSource
from pipeline.record import Problem


class _Row(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


Row = TypeVar("Row", bound=_Row)
Key = TypeVar("Key", bound=Hashable)
Says = tuple[str, str]
"""A field and what is wrong with it; no field where it is the row as a whole."""


def read_rows(
    path: Path, kind: type[Row], key: Callable[[Row], Key], wrong: Callable[[Row, Mapping[Key, Row]], Iterable[Says]]
) -> tuple[list[Row], list[Problem]]:
    """The sound rows of a list and what is wrong with the others; none of either where the file is not there.

    `kind` is a dataclass whose fields are the columns, each of them text; `key` tells its rows apart; `wrong` says what
    is wrong with a row, given the sound ones above it.
    """
    try:
        return rows_of(path.read_bytes().decode(), path, kind, key, wrong) if path.exists() else ([], [])
    except (OSError, UnicodeDecodeError) as error:
        return [], [_no_csv(path, 1, error)]


def rows_of(
    text: str,
    path: Path,
    kind: type[Row],
    key: Callable[[Row], Key],
    wrong: Callable[[Row, Mapping[Key, Row]], Iterable[Says]],
) -> tuple[list[Row], list[Problem]]:
    """The same from the text of the file. Where a cell's quotes are broken nothing is read: all below it is in doubt."""
    found: dict[Key, Row] = {}
    problems: list[Problem] = []
    columns = tuple(field.name for field in fields(kind))
    rows, line = csv.reader(io.StringIO(text, newline=""), strict=True), 1
    try:
        for cells in rows:
            says = list(_wrong_shape(columns, line, cells))
            if line > 1 and not says:
                row = kind(*cells)
                says = list(wrong(row, found))
                found |= {} if says else {key(row): row}
            problems += [Problem(path, line, field, what, UnreadableSource.code) for field, what in says]
            line = rows.line_num + 1  # that on which the next row begins: a cell in quotes may run over several
    except csv.Error as error:
        return [], [_no_csv(path, line, error)]
    return list(found.values()), problems


def _no_csv(path: Path, line: int, error: Exception) -> Problem:
    return Problem(path, line, "", f"this is no CSV in UTF-8: {error}", UnreadableSource.code)


def _wrong_shape(columns: Sequence[str], line: int, cells: Sequence[str]) -> Iterator[Says]:
    if line == 1 and tuple(cells) != tuple(columns):
        yield "", f"the columns must be {','.join(columns)}"
    if line > 1 and len(cells) != len(columns):
        yield "", f"the row has {len(cells)} cells, not {len(columns)}"
