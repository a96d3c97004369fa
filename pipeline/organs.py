"""Which organ a report is of: the one that bears its name in its place, or a new one, whose id is minted once."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.document import UnreadableSource
from pipeline.identity import level, mint, sector
from pipeline.record import AGENCIES, Agency, agency_folder, read_agency, read_record
from pipeline.regions import Region

RETIRED = AGENCIES.parent / "retired.csv"


@dataclass(slots=True)
class _Place:
    """The organs of one place: by each of their names, the ids that are taken, and what cannot be read."""

    named: dict[str, Agency] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)


class Organs:
    """The organs below a folder. Each place is read once, so nobody else may write there meanwhile."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._places: dict[str, _Place] = {}

    def find(self, name: str, region: Region) -> tuple[Agency, bool]:
        """The organ of that name in that place, or a new one and True; the new one is known only after `add`.

        Raises UnreadableSource where an organ of that place cannot be read, for it could be this one.
        """
        place = self._place(region.code)
        if name in place.named:
            return place.named[name], False
        if place.problems:
            says = f"an organ of this place, perhaps this very one, cannot be read: {place.problems[0]}"
            raise UnreadableSource(says)
        agency_id = mint(name, region.code, [*place.taken, *_retired()])
        return Agency(agency_id, name, region.code, level(name, region), sector(name, region)), True

    def add(self, agency: Agency) -> None:
        """Makes an organ known that has been written."""
        place = self._place(agency.agency_id[:6])
        place.taken.add(agency.agency_id)
        place.named.setdefault(agency.name, agency)

    def _place(self, code: str) -> _Place:
        if code not in self._places:
            self._places[code] = _read_place(agency_folder(self._root, f"{code}-x").parent)
        return self._places[code]


def _read_place(folder: Path) -> _Place:
    place = _Place()
    for one in sorted(folder.glob("*/")):
        if any(one.glob("[!.]*")):
            place.taken.add(one.name)
            agency, problems = read_agency(one / "agency.yaml")
            place.problems.extend(map(str, problems))
            if agency:
                for name in _names(agency, one):
                    place.named.setdefault(name, agency)
    return place


def _names(agency: Agency, folder: Path) -> list[str]:
    return [agency.name, *agency.former_names, *_misread_names(folder)]


def _misread_names(folder: Path) -> list[str]:
    """Names under which the conversion knew the organ before a person corrected them."""
    loaded = [read_record(path).record for path in sorted(folder.glob("[0-9]*.yaml")) if _corrects_the_name(path)]
    entries = [entry for record in loaded if record for entry in record.corrections]
    return [entry["was"] for entry in entries if entry["field"] == "agency_name" and entry.get("was")]


def _corrects_the_name(path: Path) -> bool:
    """Whether a record could hold such a correction: reading all of every record takes a hundred times as long."""
    try:
        return path.read_bytes().count(b"agency_name") > 1
    except OSError:
        return False


def _retired() -> Sequence[str]:
    """Ids that are out of use, and are never given to another organ."""
    with RETIRED.open(encoding="utf-8", newline="") as file:
        return [row["id"] for row in csv.DictReader(file)]
