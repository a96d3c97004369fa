"""Fetched files -> a record or a refusal: what is fetched is read in a process of its own, and held to the list's claims."""

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from pipeline.alone import alone_in
from pipeline.batch import Bounds, Job, read
from pipeline.collect.claims import hold_to
from pipeline.collect.gathering import Gathered
from pipeline.collect.linked import SUFFIXES
from pipeline.collect.store import Original, came_as
from pipeline.convert import Draft, Options, Outcome, refused, settle
from pipeline.document import Ambiguous, ReportError, UnknownForm, UnreadableSource
from pipeline.identity import Given
from pipeline.known_reports import KnownReport
from pipeline.limits import Done, Piece, Workers
from pipeline.organs import Organs
from pipeline.readers import kind
from pipeline.record import Source
from pipeline.refusals import CODES

_NO_REPORT = (UnknownForm.code, UnreadableSource.code)
_OF_TYPE = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "application/pdf": ".pdf",
    "application/msword": ".doc",
    "application/vnd.ms-excel": ".xls",
    "message/rfc822": ".eml",
}
_OF_KIND = {
    "pdf": (".pdf",),
    "docx": (".docx",),
    "html": (".html",),
    "text": (".txt",),
    "office": (".doc", ".wps", ".rtf"),
    "sheet": (".xlsx", ".xls", ".et"),
    "scan": (".png", ".jpg"),
    "bundle": (".mht", ".eml", ".zip"),
}
"""The endings that a file of ours may have by what its bytes are; the first where nothing tells more."""

_OF_START = {
    b"PK": ".zip",
    b"{\\rtf": ".rtf",
    b"\xff\xd8": ".jpg",
    b"\xd0\xcf": ".xls",
}
_PAGES = (".htm", ".html", ".shtml", ".xhtml", ".jhtml", "")


@dataclass(frozen=True, slots=True)
class Read:
    """What became of the files of one report: `ended` is converted, unchanged, kept or refused.

    `kept`: the report is held, and these files say the same figures. `agency_id` and `name`, `year`, `published` are those
    of the record; `changes` lists what a new conversion changed, `lines` what is to be looked at.
    """

    ended: str
    code: str = ""
    says: str = ""
    agency_id: str = ""
    name: str = ""
    year: int = 0
    published: str = ""
    record: Path | None = None
    changes: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


class Converter:
    """Reads fetched files and writes records below a folder; used as `with Converter(out) as converter`."""

    def __init__(self, out: Path) -> None:
        self._out, self._number = out, 0
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> "Converter":
        self._stack.enter_context(alone_in(self._out))
        self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="gongkai-")))
        self._bounds = Bounds(1)
        self._workers = self._stack.enter_context(Workers(read, 1, self._bounds.megabytes))
        self._organs = Organs(self._out)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def convert(self, gathered: Gathered, row: KnownReport, given: Given, again: bool) -> Read:
        """Makes the record of what was gathered, where it is the report that the list says. `again`: the report is
        held, and what is fetched now may change its record (corrections are kept)."""
        result = self._chosen(gathered, given)
        if isinstance(result, Outcome):
            return self._refused(result)
        try:
            agency, _ = self._organs.find(result.record.agency_name, result.region)
            hold_to(row, result, agency.agency_id)
        except ReportError as error:
            return self._refused(refused(error))
        return self._settle(result, agency.agency_id, again)

    def _settle(self, made: Draft, agency_id: str, again: bool) -> Read:
        outcome = settle(made, Options(self._out), self._organs)
        ended, changes = outcome.ended, tuple(outcome.changes)
        if ended == "refused" and changes and all(one.startswith("source.") for one in changes):
            ended = "kept"
        elif ended == "refused" and changes and again:
            outcome = settle(made, Options(self._out, again=True), self._organs)
            ended, changes = outcome.ended, tuple(outcome.changes)
        if ended == "refused":
            return self._refused(outcome)
        told = made.record
        return Read(
            *(ended, "", "", agency_id, told.agency_name, told.year, told.published or ""),
            record=outcome.record,
            changes=changes,
            lines=tuple(self._line(where, says) for where, says, _ in outcome.lines) if ended != "kept" else (),
        )

    def _refused(self, outcome: Outcome) -> Read:
        where, says, code = outcome.lines[0]
        if says.startswith("nothing can be written below"):  # that is no fault of the report
            raise OSError(0, says, str(self._out))
        lines = tuple(self._line(where, says) for where, says, _ in outcome.lines[1:])
        return Read("refused", code if code in CODES else UnreadableSource.code, self._line(where, says), lines=lines)

    def _line(self, where: str, says: str) -> str:
        """A sentence that holds no path of this machine."""
        line = f"{where}: {says}" if where else says
        line = line.replace(f"{self._out.parent}/", "data/").replace(f"{self._folder}/", "")
        return "".join(c if c.isprintable() else " " for c in line)

    # which of the files is the report --------------------------------------------------------------------------------

    def _chosen(self, gathered: Gathered, given: Given) -> Draft | Outcome:
        """What the page is read as, or where it is no report the one document of those that it names."""
        assert gathered.page is not None
        page = self._read(gathered.page, given)
        if isinstance(page, Draft) or page.lines[0][2] not in _NO_REPORT or not (gathered.files or gathered.unread):
            return page
        results = [(one, self._read(one, given)) for one in gathered.files]
        reports = [(one, got) for one, got in results if isinstance(got, Draft) or got.lines[0][2] not in _NO_REPORT]
        if len({one.sha256 for one, _ in reports}) > 1:
            names = " and ".join(came_as(one.url) for one, _ in reports)
            return refused(Ambiguous(f"more than one document that the page names could be the report: {names}"))
        return reports[0][1] if reports else _none(page, results, gathered.unread)

    def _read(self, original: Original, given: Given) -> Draft | Outcome:
        """Reads a file under a name of ours, alone in a folder of ours."""
        self._number += 1
        folder = self._folder / str(self._number)
        folder.mkdir()
        data = original.bytes()
        file = folder / f"report{suffix(data, original)}"
        file.write_bytes(data)
        options = Options(self._out, original.url, original.retrieved)
        job = Job(file, replace(given, url=original.url), options, original.sha256)
        self._workers.begin(Piece(self._number, job, self._bounds.patience(file, data[:8])))
        result, says = next((done.result, done.says) for done in self._done())
        file.unlink()
        if says:
            return refused(UnreadableSource(says))
        if isinstance(result, Draft):
            result.record.source = _named(result.record.source, original, file.name)
        assert isinstance(result, Draft | Outcome)
        return result

    def _done(self) -> Iterator[Done]:
        while True:
            yield from self._workers.done()


def _named(source: Source, original: Original, ours: str) -> Source:
    """The source under the name that the file came under."""
    name = came_as(original.final_url) or came_as(original.url)
    return replace(source, file=name + source.file.removeprefix(ours) if name else source.file)


def _none(page: Outcome, results: Sequence[tuple[Original, Draft | Outcome]], unread: Sequence[str]) -> Outcome:
    told = [f"{came_as(one.url)}: {got.lines[0][1]}" for one, got in results if isinstance(got, Outcome)]
    where, says, code = page.lines[0]
    beside = "; ".join([*told, *unread])
    return Outcome("refused", lines=[(where, f"{says}; nor is any document that the page names: {beside}", code)])


def suffix(data: bytes, original: Original) -> str:
    """The ending of the file of ours: one of a closed list, by the bytes, and where these say nothing by what the server
    and the address say."""
    declared = _OF_TYPE.get(original.content_type.partition(";")[0].strip().lower(), "")
    ending = PurePosixPath(urlsplit(original.final_url).path).suffix.lower()
    hint = ending if ending in SUFFIXES else declared or (".html" if ending in _PAGES else "")
    try:
        told = kind(data, hint)
    except ReportError:
        return hint
    by_start = next((ending for start, ending in _OF_START.items() if data.startswith(start)), "")
    fitting = _OF_KIND.get(told, (hint,))
    return hint if hint in fitting else by_start if by_start in fitting else fitting[0]
