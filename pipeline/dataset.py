"""Everything that lies under `data/`, read at once: the organs, their reports, and what is known to exist."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline import ROOT
from pipeline.record import AGENCIES, Agency, Loaded, Problem, Record, read_agency, read_record, record_paths
from pipeline.refusals import Refusal, read_refusals
from pipeline.retired import Retired, read_retired

KNOWN_REPORTS = ROOT / "data" / "known_reports.csv"


@dataclass(slots=True)
class Dataset:
    """Organs by id, records in the order of their ids, and every file as it was read."""

    agencies: dict[str, Agency] = field(default_factory=dict)
    loaded: list[Loaded] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    known: Sequence[Mapping[str, str]] = ()
    refusals: Sequence[Refusal] = ()
    retired: Sequence[Retired] = ()

    @property
    def records(self) -> list[Record]:
        return [one.record for one in self.loaded if one.record]

    def agency_of(self, record: Record) -> Agency:
        return self.agencies[record.agency_id]


def read_dataset(paths: Sequence[Path] = (AGENCIES,), known: Path = KNOWN_REPORTS) -> Dataset:
    """Reads records and organs below the paths; whatever is wrong with a file is in `problems`.

    Beside the list of known reports lie that of refused ones, which is held to it, and that of retired ids.
    """
    found = Dataset(known=read_known(known))
    found.refusals, problems = read_refusals(known.with_name("refusals.csv"), found.known)
    found.problems.extend(problems)
    for path in sorted({one for root in paths for one in record_paths(root)}):
        loaded = read_record(path)
        found.loaded.append(loaded)
        found.problems.extend(loaded.problems)
        _add_agency(found, path.parent)
    held = {*found.agencies, *(record.report_id for record in found.records)}
    found.retired, problems = read_retired(known.with_name("retired.csv"), held)
    found.problems.extend(problems)
    found.loaded.sort(key=lambda one: one.record.report_id if one.record else "")
    return found


def _add_agency(found: Dataset, folder: Path) -> None:
    if folder.name in found.agencies:
        return
    agency, problems = read_agency(folder / "agency.yaml")
    new = [problem for problem in problems if problem not in found.problems]
    found.problems.extend(new)
    if agency:
        found.agencies[folder.name] = agency


def read_known(path: Path) -> list[dict[str, str]]:
    """The rows of `known_reports.csv`; none where the file is not there."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
