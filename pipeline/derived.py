"""What the cells kept beside a record say by themselves: every figure as the conversion reads it, before any correction."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.convert import Understood, understand
from pipeline.document import collapse
from pipeline.record import Value
from pipeline.sections import Placed, Reading


@dataclass(frozen=True, slots=True)
class Derived:
    """The figures, how they are printed, and the line of the kept cells that each was read from.

    `facts` has `agency_name`, `scope` and `published` where the cells tell them. `problems` say why there is nothing.
    """

    figures: Mapping[str, Value] = field(default_factory=dict)
    as_written: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str | None] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def derive(kept: Path) -> Derived:
    """Reads a `<year>.source.txt` once more. Never raises for a bad file."""
    understood = understand(kept)
    report = understood.report
    if report is None or report.problems:
        errors = report.problems if report else understood.problems
        return Derived(problems=tuple(error.says for error in errors))
    placed = [one for reading in report.readings.values() for one in reading.placed]
    return Derived(
        figures={one.field: one.number.value for one in placed},
        as_written={one.field: one.number.as_written for one in placed if one.number.as_written is not None},
        lines={one.field: line for reading in report.readings.values() for one, line in _lines(reading)},
        facts=_facts(understood),
    )


def _lines(reading: Reading) -> Iterator[tuple[Placed, str]]:
    rows = {id(cell): row for row in reading.used for cell in row.cells}
    for one in reading.placed:
        if row := rows.get(id(one.cell)):
            yield one, "\t".join(collapse(cell.text) for cell in row.cells)


def _facts(understood: Understood) -> dict[str, str | None]:
    told = understood.identity
    return {"agency_name": told.agency_name, "scope": told.scope, "published": told.published}
