"""A run over the list of known reports, and the taking in of one report: fetch, keep, convert, note what has become of it."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline import __version__
from pipeline.alone import interrupts
from pipeline.collect.addresses import parse
from pipeline.collect.converting import Converter, Read
from pipeline.collect.fetching import Fetcher
from pipeline.collect.gathering import Gathered, Gatherer, Spent
from pipeline.collect.hosts import Hosts, Manners
from pipeline.collect.known import Listing
from pipeline.collect.lanes import Lanes
from pipeline.collect.plan import Task, host_of, next_day, plan
from pipeline.collect.store import Note, Store
from pipeline.collect.trouble import NotAllowed
from pipeline.collect.visiting import Visitor
from pipeline.identity import Given
from pipeline.known_reports import KnownReport
from pipeline.record import agency_folder, read_record

JOBS = 8
"""Hosts side by side: from far away many do not answer, and each of these takes a minute to say so."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run is asked to do. `again`: also what is not due yet."""

    data: Path
    store: Path
    limit: int | None = None
    host: str = ""
    again: bool = False
    jobs: int = JOBS
    manners: Manners = field(default_factory=Manners)


@dataclass(frozen=True, slots=True)
class Result:
    """What has become of one known report. `ended` is one of ENDINGS; `says`, `code` why; `lines` are to be looked at."""

    row: KnownReport
    ended: str
    says: str = ""
    code: str = ""
    record: Path | None = None
    changes: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


ENDINGS = {
    "added": "a new record",
    "held_already": "the report is held, from another file with the same figures",
    "changed": "source republished: the record was brought up to date",
    "changed_same": "source republished with the same figures",
    "changed_refused": "source republished, and the record stays: it needs a person",
    "unchanged": "nothing has changed",
    "refused": "it cannot be read",
    "missing": "not found; gone if another day says so too",
    "gone": "gone",
    "address_gone": "its address is gone; the record stays",
    "forbidden": "it may not be asked for",
    "failed": "no report came",
    "left": "its host was left alone",
    "spent": "not asked: the limit of requests is reached",
    "stopped": "not asked: the run was ended",
}


@dataclass(slots=True)
class Outcome:
    """What a run did: each report that was its turn, the hosts left alone and why, how many requests it made, how many
    reports are due that it did not ask for, the day when the next is due; whether it was interrupted."""

    results: list[Result] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)
    requests: int = 0
    waiting: int = 0
    next_day: str = ""
    interrupted: bool = False


class Misplaced(ValueError):
    """The store must not lie where it is asked to lie."""


def collect(wanted: Wanted, listing: Listing, fetcher: Fetcher, tell: Callable[[Result], None]) -> Outcome:
    """Fetches what is new or due, and calls `tell` with each result. `listing` has no problems.

    Raises Misplaced, and OSError where the store or the data cannot be written.
    """
    run = _Run(wanted, listing, fetcher)
    with interrupts() as stop_if_asked, Converter(wanted.data / "agencies") as converter:
        try:
            for result in run.results(converter, stop_if_asked):
                tell(result)
        except KeyboardInterrupt:
            run.outcome.interrupted = True
        finally:
            fetcher.clock.stop()
    return run.told()


class _Run:
    def __init__(self, wanted: Wanted, listing: Listing, fetcher: Fetcher) -> None:
        self._wanted, self._listing, self._fetcher = wanted, listing, fetcher
        self._store = open_store(wanted.store, wanted.data)
        self.hosts = Hosts(fetcher.clock, wanted.manners)
        self.outcome = Outcome()
        self._counting = threading.Lock()
        fetcher.count = self._count
        self.gatherer = Gatherer(Visitor(fetcher, self.hosts, self._store), self._store)
        self._today = fetcher.clock.today()

    def _count(self) -> None:
        """Counts a request. Raises Spent where no more may be made."""
        with self._counting:
            if self._wanted.limit is not None and self.outcome.requests >= self._wanted.limit:
                raise Spent(ENDINGS["spent"])
            self.outcome.requests += 1

    def results(self, converter: Converter, stop_if_asked: Callable[[], None]) -> Iterator[Result]:
        due = self._due()
        tasks = plan(due, self._wanted.limit)
        self.outcome.waiting = len(due) - len(tasks)
        lanes = Lanes(tasks, self.gatherer.gather, self._wanted.jobs)
        try:
            with contextlib.closing(lanes.results(stop_if_asked)) as found:
                for task, gathered in found:
                    result = self.settle(task.number, task.row, gathered, converter, Given())
                    self.outcome.results.append(result)
                    yield result
        finally:
            self._fetcher.clock.stop()
            lanes.join(1)

    def _due(self) -> list[Task]:
        found = []
        for number, row in enumerate(self._listing.rows):
            host = self._host(row.url) if row.url else ""
            if not host or (self._wanted.host and host != self._wanted.host):
                continue
            note = self._store.note(row.url)
            day = next_day(row, note, __version__, self._last)
            if self._wanted.again or not day or day <= self._today:
                found.append(Task(number, row, host, note))
        return found

    def _host(self, url: str) -> str:
        """The host of an address; of one that may not be asked as well as can be told."""
        try:
            return parse(url, self._fetcher.rules).host
        except NotAllowed:
            return host_of(url) or "?"

    def _last(self, row: KnownReport) -> str:
        """When a report was last fetched or refused, as far as the data tells."""
        if row.status == "refused":
            refusal = self._listing.refusal(row)
            return refusal.date if refusal else ""
        if row.status != "held":
            return ""
        path = agency_folder(self._wanted.data / "agencies", row.agency_id) / f"{row.year}.yaml"
        record = read_record(path).record
        return (record and record.source.retrieved) or ""

    def told(self) -> Outcome:
        """The outcome with all that can be told at the end."""
        self.outcome.left = self.hosts.left()
        days = [
            next_day(row, self._store.note(row.url), __version__, self._last) for row in self._listing.rows if row.url
        ]
        self.outcome.next_day = min((max(day, self._today) for day in days), default="")
        return self.outcome

    # what becomes of a report ----------------------------------------------------------------------------------------

    def settle(self, number: int, row: KnownReport, gathered: Gathered, converter: Converter, given: Given) -> Result:
        """Converts what was gathered, and writes to both lists and the notes what has become of the report."""
        result, agency_id = self._result(row, gathered, converter, given)
        if number >= 0:
            self._list(number, result, agency_id)
            self._listing.save()
        if result.ended not in ("spent", "stopped"):
            for note in gathered.notes:
                self._store.write_note(self._converted(note, gathered))
        return result

    def _converted(self, note: Note, gathered: Gathered) -> Note:
        return replace(note, converter=__version__) if gathered.ended in ("new", "same", "too_much") else note

    def _list(self, number: int, result: Result, agency_id: str) -> None:
        if result.ended in ("added", "held_already", "changed", "changed_same") or (
            result.ended == "unchanged" and agency_id
        ):
            self._listing.settle(number, "held", agency_id)
        elif result.ended == "refused":
            self._listing.refuse(number, result.code, result.says, self._today)
        elif result.ended == "gone":
            self._listing.settle(number, "gone")

    def _result(self, row: KnownReport, gathered: Gathered, converter: Converter, given: Given) -> tuple[Result, str]:
        if gathered.ended == "missing":
            return Result(row, self._missing(row, gathered), gathered.says), ""
        if gathered.ended == "too_much":
            return self._refused(row, "UnreadableSource", gathered.says), ""
        if gathered.page is None or gathered.ended not in ("new", "same"):
            return Result(row, gathered.ended, gathered.says), ""
        if gathered.ended == "same" and self._has_been_read(row, gathered):
            return Result(row, "unchanged"), ""
        read = converter.convert(gathered, row, self._given(row, given), again=row.status == "held")
        return self._of_read(row, read), read.agency_id

    def _has_been_read(self, row: KnownReport, gathered: Gathered) -> bool:
        """Whether reading the same file again could say nothing else."""
        if not all(note.converter for note in gathered.notes if note.sha256):
            return False  # it was fetched in a run that left the host before it had all
        return row.status == "held" or (row.status == "refused" and gathered.notes[0].converter == __version__)

    def _given(self, row: KnownReport, given: Given) -> Given:
        """What may be said with certainty before a report is read: the place of an organ whose id the list tells. Its
        name and year the report has to tell by itself; they are then held to what the list says."""
        return given if given.region or not row.agency_id else replace(given, region=row.agency_id[:6])

    def _missing(self, row: KnownReport, gathered: Gathered) -> str:
        if row.status == "gone":
            return "gone"
        if gathered.notes[0].missing_since >= self._today:
            return "missing"
        return "address_gone" if row.status == "held" else "gone"

    def _of_read(self, row: KnownReport, read: Read) -> Result:
        if read.ended == "refused":
            return self._refused(row, read.code, read.says, read.lines)
        is_held = row.status == "held"
        endings = {
            "converted": "changed" if is_held and read.changes else "added",
            "kept": "changed_same" if is_held else "held_already",
            "unchanged": "changed_same" if is_held else "unchanged",
        }
        told = replace(row, agency_name=row.agency_name or read.name, year=row.year or str(read.year))
        told = replace(told, agency_id=read.agency_id, published=row.published or read.published, status="held")
        return Result(told, endings[read.ended], "", "", read.record, read.changes, read.lines)

    def _refused(self, row: KnownReport, code: str, says: str, lines: tuple[str, ...] = ()) -> Result:
        """A report that is held stays so, whatever its address gives now."""
        ended = "changed_refused" if row.status == "held" else "refused"
        return Result(row, ended, says, code, lines=lines)


def open_store(folder: Path, data: Path) -> Store:
    """The store in a folder. Raises Misplaced where it lies among the data: what is fetched is not ours to publish."""
    if folder.resolve().is_relative_to(data.resolve()):
        raise Misplaced(f"{folder} lies inside {data}: what is fetched is kept outside of the data")
    return Store(folder)


# one report ----------------------------------------------------------------------------------------------------------


def add(wanted: Wanted, listing: Listing, fetcher: Fetcher, url: str, given: Given) -> Result:
    """Fetches one report, converts it and takes it into the list; where it is there, its row says what has become of it.

    Raises Misplaced, OSError, KeyboardInterrupt.
    """
    run = _Run(wanted, listing, fetcher)
    number = _listed(listing, url, given.year)
    row = listing.rows[number] if number >= 0 else KnownReport("", "", "", url, "", "known")
    with interrupts() as stop_if_asked, Converter(wanted.data / "agencies") as converter:
        lanes = Lanes([Task(number, row, "", None)], run.gatherer.gather, 1)
        try:
            _, gathered = next(lanes.results(stop_if_asked))
        finally:
            fetcher.clock.stop()
        result = run.settle(number, row, gathered, converter, given)
        if number < 0 and result.row.agency_id:
            listing.add(replace(result.row, status="held"))
            listing.save()
    return result


def _listed(listing: Listing, url: str, year: int | None) -> int:
    """The place of an address in the list, -1 where it is not there; of several that of the year."""
    rows = [number for number, row in enumerate(listing.rows) if row.url == url]
    of_year = [number for number in rows if listing.rows[number].year == str(year)]
    return next(iter(of_year or rows), -1)
