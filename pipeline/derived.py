"""What the cells kept beside a record say by themselves: every figure as the conversion reads it, before any correction."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.convert import NOTHING_GIVEN, Understood, understand
from pipeline.document import Row, collapse
from pipeline.identity import Given
from pipeline.record import Value
from pipeline.sections import Placed, Reading
from pipeline.shape import FACTS


@dataclass(frozen=True, slots=True)
class Derived:
    """The figures, how they are printed, and the line of the kept cells that each figure or fact was read from.

    `form` is the key of the statutory form, `extra_rows` the rows of numbers that it does not have, as a record keeps
    them. `facts` has `agency_name`, `scope` and `published` where the cells tell them; `untold` says why organ, place or year
    are not certain by the cells alone. `problems` say why there is nothing.
    """

    form: str = ""
    figures: Mapping[str, Value] = field(default_factory=dict)
    as_written: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, str] = field(default_factory=dict)
    extra_rows: Sequence[Mapping[str, Any]] = ()
    facts: Mapping[str, str | None] = field(default_factory=dict)
    untold: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def derive(kept: Path, given: Given = NOTHING_GIVEN) -> Derived:
    """Reads a `<year>.source.txt` once more, or the document itself. Never raises for a bad file."""
    understood = understand(kept, given)
    report = understood.report
    if report is None or report.problems:
        errors = report.problems if report else understood.problems
        return Derived(problems=tuple(error.says for error in errors))
    placed = [one for reading in report.readings.values() for one in reading.placed]
    return Derived(
        form=report.form.id if report.form else "",
        figures={one.field: one.number.value for one in placed},
        as_written={one.field: one.number.as_written for one in placed if one.number.as_written is not None},
        lines=_told_by(understood) | {one.field: line for r in report.readings.values() for one, line in _lines(r)},
        extra_rows=[row for reading in report.readings.values() for row in reading.extra_rows],
        facts=_facts(understood),
        untold=tuple(error.says for error in understood.identity.problems),
    )


def _lines(reading: Reading) -> Iterator[tuple[Placed, str]]:
    rows = {id(cell): row for row in reading.used for cell in row.cells}
    for one in reading.placed:
        if row := rows.get(id(one.cell)):
            yield one, _line(row)


def _told_by(understood: Understood) -> dict[str, str]:
    """The line that tells each fact about the report, as it is kept: the whole of it, or the words alone."""
    clues = [clue for clue in understood.identity.clues if clue.kind in FACTS]
    return {clue.kind: _line(clue.rows[0]) if clue.rows else clue.words for clue in reversed(clues)}


def _line(row: Row) -> str:
    return "\t".join(collapse(cell.text) for cell in row.cells)


def _facts(understood: Understood) -> dict[str, str | None]:
    told = understood.identity
    return {"agency_name": told.agency_name, "scope": told.scope, "published": told.published}
