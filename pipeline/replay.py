"""Accepted corrections as a test of the converter: which of them it now gets right by itself."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Any

from pipeline.corrections import GONE, governing
from pipeline.derived import Derived, derive
from pipeline.identity import Given
from pipeline.limits import run_one
from pipeline.record import Record, read_record, record_paths, source_path
from pipeline.shape import FACTS
from pipeline.typed import shown

CAUGHT_UP, STILL, THIRD = "caught up", "still needed", "a third value"
ENDINGS = (CAUGHT_UP, STILL, THIRD)

SECONDS, MEGABYTES = 300, 1000
"""What reading one original may take; a scan needs most."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """One accepted correction and what the converter says today of its field (GONE: there is no such cell).

    `by_original`: read from the document itself, not from the cells that were kept of it.
    """

    path: Path
    report_id: str
    entry: Mapping[str, Any]
    says: Any
    by_original: bool = False
    fault: str = ""

    @property
    def ending(self) -> str:
        if not self.fault and self.says == self.entry["now"]:
            return CAUGHT_UP
        return STILL if not self.fault and self.says == self.entry["was"] else THIRD

    @property
    def sentence(self) -> str:
        said = self.fault or ("has no such cell" if self.says is GONE else f"says {shown(self.says)}")
        where = "the original" if self.by_original else "the kept cells"
        told = f"{self.ending}: the converter {said}" if not self.fault else f"{self.ending}: {said}"
        return f"{told} ({where}); corrected from {shown(self.entry['was'])} to {shown(self.entry['now'])}"


@dataclass(frozen=True, slots=True)
class Replay:
    """All accepted corrections that the converter had not confirmed, and how many it has."""

    replayed: tuple[Replayed, ...] = ()
    confirmed: int = 0

    def count(self, ending: str) -> int:
        return sum(one.ending == ending for one in self.replayed)

    @property
    def share(self) -> str:
        """How many of all accepted corrections the converter gets right by itself."""
        right = self.confirmed + self.count(CAUGHT_UP)
        return f"{right} of {self.confirmed + len(self.replayed)}"


def replay(data: Path, originals: Path | None = None) -> Replay:
    """Reads again every report that has corrections; with `originals` the document, where one is named by its sha256."""
    held = originals_by_sha256(originals) if originals else {}
    found, confirmed = list[Replayed](), 0
    for path in record_paths(data / "agencies"):
        record = read_record(path).record
        entries = list(governing(record).values()) if record and record.corrections else []
        confirmed += sum(bool(entry.get("confirmed")) for entry in entries)
        open_ones = [entry for entry in entries if not entry.get("confirmed")]
        if record and open_ones:
            found += _again(path, record, open_ones, held.get(record.source.sha256))
    return Replay(tuple(found), confirmed)


def originals_by_sha256(folder: Path) -> dict[str, Path]:
    """The documents below a folder that bear their sha256 as a name, whatever their suffix."""
    return {path.name.partition(".")[0]: path for path in sorted(folder.rglob("*")) if path.is_file()}


def _again(
    path: Path, record: Record, entries: Iterable[Mapping[str, Any]], original: Path | None
) -> Iterator[Replayed]:
    derived = read_original(original, record) if original else derive(source_path(path))
    fault = f"it cannot be read: {'; '.join(derived.problems)}" if derived.problems else ""
    for entry in entries:
        told: Mapping[str, Any] = derived.facts if entry["field"] in FACTS else derived.figures
        says = told.get(entry["field"], GONE)
        yield Replayed(path, record.report_id, entry, says, original is not None, fault)


def read_original(original: Path, record: Record) -> Derived:
    """What a document says by itself, read within bounds; place and year are told, for its page may have told them."""
    with original.open("rb") as file:
        if file_digest(file, "sha256").hexdigest() != record.source.sha256:
            return Derived(problems=(f"{original.name} does not hold what its name says",))
    done = run_one(_derive, (original, Given(None, record.region_code, record.year)), SECONDS, MEGABYTES)
    return Derived(problems=(done.says,)) if done.says else done.result


def _derive(job: tuple[Path, Given]) -> Derived:
    return derive(*job)
