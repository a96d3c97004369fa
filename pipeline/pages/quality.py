"""How much of the reports adds up: those without a finding, by year and by form. Of reports, never of organs."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from pipeline.pages.material import Material
from pipeline.record import Record


@dataclass(frozen=True, slots=True)
class Quality:
    """Reports of a year or in a form: how many, how many without a finding, how many findings and notes."""

    key: str
    reports: int
    clean: int
    findings: int
    notes: int

    @property
    def share(self) -> Decimal | None:
        """The part without a finding; None where there is no report."""
        return Decimal(self.clean) / self.reports if self.reports else None


def qualities(made: Material, key: Callable[[Record], str]) -> Iterator[Quality]:
    """The quality of the reports by a key of theirs, the keys in order."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for record in made.dataset.records:
        found[key(record)].append((made.count_findings(record), made.count_findings(record, notes=True)))
    for name, counts in sorted(found.items()):
        findings, notes = (sum(column) for column in zip(*counts, strict=True))
        yield Quality(name, len(counts), sum(not one for one, _ in counts), findings, notes)
