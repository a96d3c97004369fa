"""Everything that lies under `data/`, read at once: the organs, their reports, and what is known to exist."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

from pipeline import ROOT
from pipeline.known_reports import read_known_reports
from pipeline.record import (
    AGENCIES,
    Agency,
    Loaded,
    Problem,
    Record,
    agency_folder,
    read_agency,
    read_record,
    record_paths,
)
from pipeline.refusals import Refusal, read_refusals
from pipeline.released import NAME as RELEASES
from pipeline.released import Release, read_releases
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
    releases: Sequence[Release] = ()

    @property
    def records(self) -> list[Record]:
        return [one.record for one in self.loaded if one.record]

    def agency_of(self, record: Record) -> Agency:
        return self.agencies[record.agency_id]


def read_dataset(paths: Sequence[Path] = (AGENCIES,), known: Path = KNOWN_REPORTS) -> Dataset:
    """Reads records and organs below the paths; whatever is wrong with a file is in `problems`.

    Beside the list of known reports lie that of refused ones, which is held to it, that of retired ids, and that of
    the releases.
    """
    found = Dataset()
    _add_known(found, known)
    for path in sorted({one for root in paths for one in record_paths(root)}):
        loaded = read_record(path)
        found.loaded.append(loaded)
        found.problems.extend(loaded.problems)
        _add_agency(found, path.parent)
    held = {*found.agencies, *(record.report_id for record in found.records)}
    found.retired, problems = read_retired(known.with_name("retired.csv"), held)
    found.problems.extend(problems)
    found.releases, problems = read_releases(known.with_name(RELEASES))
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


def _add_known(found: Dataset, path: Path) -> None:
    """The known reports and, where these are sound, the refused among them."""
    is_held = cache(lambda id: bool(record_paths(agency_folder(path.parent / "agencies", id))))
    rows, problems = read_known_reports(path, is_held)
    found.known = [asdict(row) for row in rows]
    if not problems:
        found.refusals, problems = read_refusals(path.with_name("refusals.csv"), found.known)
    found.problems.extend(problems)
