"""What the corrections that were added quote: whether the words stand in the kept cells, and whether `was` is true."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.changes.compared import Compared, Entered
from pipeline.corrections import GONE, value_of
from pipeline.document import Ambiguous, BrokenForm, Cell, read_number
from pipeline.quoting import Kept, place_of, told_by_cells
from pipeline.record import Record
from pipeline.shape import ERRED


@dataclass(frozen=True, slots=True)
class Quoted:
    """An added correction, looked at: the line where its evidence begins (0: it does not stand in the cells).

    `names`: the evidence holds the figure that the entry says is printed; where the conversion misread the cell itself,
    the kept cells hold the wrong one, and only the original shows it. `fits`: what the entry says stood there, or is
    printed, is so; else `says` is what does stand there. `line` is the line that the figure was read from.
    """

    entered: Entered
    at: int
    names: bool
    fits: bool
    says: Any
    line: str

    @property
    def is_sound(self) -> bool:
        return bool(self.at and self.fits)


def quoted(compared: Compared, entered: Entered, kept: Kept) -> Quoted:
    """Holds a correction against the kept cells of its report; the words must stand there exactly, tabs and all."""
    entry, id = entered.entry, entered.report_id
    old, new = compared.before.record(id), compared.after.record(id)
    assert new is not None
    fits, says = _fits(entry, old, new, kept)
    line = kept.derived.lines.get(entry["field"], "")
    return Quoted(entered, place_of(entry["evidence"], kept), _names(entry), fits, says, line)


def _fits(entry: Any, old: Record | None, new: Record, kept: Kept) -> tuple[bool, Any]:
    """`was` is what the conversion says, or what the record said where an entry takes back an earlier one."""
    name = entry["field"]
    if entry["kind"] not in ERRED:
        says = value_of(new, name)
        return says == entry["printed"], says
    says = told_by_cells(kept, name)
    before = value_of(old, name) if old else GONE
    if says is GONE and before is GONE:
        return True, GONE
    return entry["was"] in (one for one in (says, before) if one is not GONE), before if says is GONE else says


def _names(entry: Any) -> bool:
    """Whether a figure that is said to be printed stands in the words that are to show it."""
    printed = entry["now"] if entry["kind"] in ERRED else entry["printed"]
    if printed is None or isinstance(printed, str):
        return True
    return any(printed == value for value in _numbers(entry["evidence"]))


def _numbers(words: str) -> Iterator[Any]:
    cells = words.split("\t")
    for text in [*cells, *(part for cell in cells for part in cell.split())]:
        for unit in (None, "万元", "元"):
            try:
                yield read_number(Cell(text, ""), "amount" if unit else "change", unit).value
            except (Ambiguous, BrokenForm):
                continue
