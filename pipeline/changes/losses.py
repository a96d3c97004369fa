"""Great losses: more than a tenth of the reports, of a province's reports, or of the filled figures is gone.

The tenth is counted without any floor. Where little is held, one report is more than a tenth, and to lose it is
something that a person should say aloud: a province with one report that loses it counts.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.changes.compared import Compared, State
from pipeline.corrections import GONE
from pipeline.regions import by_code
from pipeline.shape import FACTS

PART = 10
"""More than one in so many is a great loss."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What is lost: `what` is reports, province or figures; `name` tells the province by its code and its words."""

    what: str
    before: int
    gone: int
    name: str = ""

    @property
    def is_great(self) -> bool:
        return self.gone * PART > self.before


def losses(compared: Compared) -> Iterator[Loss]:
    """Every great loss. Gone is what stood before and stands no more, whatever has come beside it."""
    gone = compared.reports_removed
    found = [Loss("reports", len(compared.before.held), len(gone))]
    before, removed = Counter(map(_province, compared.before.held)), Counter(map(_province, gone))
    found += [Loss("province", before[code], n, _name(code)) for code, n in sorted(removed.items())]
    found.append(Loss("figures", _filled_in_all(compared.before), _gone(compared)))
    yield from (loss for loss in found if loss.is_great)


def _province(id: str) -> str:
    return id[:2]


def _name(code: str) -> str:
    region = by_code().get(f"{code}0000")
    return f"{code} {region.name}" if region else code


def _filled_in_all(state: State) -> int:
    return sum(_filled(state, id) for id in state.by_id)


def _filled(state: State, id: str) -> int:
    record = state.record(id)
    tables = record.tables.values() if record else ()
    return sum(value is not None for table in tables for row in table.values() for value in row)


def _gone(compared: Compared) -> int:
    """A figure is gone where its cell is empty or not there any more, or its report is not."""
    emptied = sum(
        one.before not in (None, GONE) and one.after in (None, GONE) for one in compared.moved if one.field not in FACTS
    )
    return emptied + sum(_filled(compared.before, id) for id in compared.reports_removed)
