"""Many files at once: read side by side in limits, written one after the other, so that no result depends on luck.

The workers only read. This process alone writes, in the order of the files: ids are minted alike and the same records
come out with any number of jobs. Of many files, those are passed over that were read before and have a record that
nobody has touched since; a single file is always read.
"""

import contextlib
import hashlib
import stat
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from pipeline import __version__
from pipeline.alone import alone_in, folder_of_a_run, interrupts
from pipeline.convert import Draft, Options, Outcome, draft, refused, settle
from pipeline.document import UnreadableSource
from pipeline.identity import Given
from pipeline.inputs import Inputs
from pipeline.known import Known
from pipeline.limits import Done, Piece, Workers, fault
from pipeline.organs import Organs
from pipeline.readers import MOST_BYTES
from pipeline.turning import LOOK, MOST, Turn, could_want, turn, turned, wants

ENDINGS = ("converted", "unchanged", "refused")
FOR_A_SCAN = 300
AHEAD = 2_000
"""How many files may be read ahead of the first one that is not: a file that takes its time must not fill the memory."""

_SLOW = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"\xd0\xcf\x11\xe0", b"{\\rtf", b"PK", b"<", b"MIME")
_HOLDING = (".htm", ".html", ".shtml", ".xhtml", ".mht", ".mhtml", ".eml", ".pdf")


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many files are read at once, and what each may take; `seconds` None: what such a file may need at most."""

    jobs: int
    megabytes: int = 1000
    seconds: float | None = None

    def patience(self, file: Path, start: bytes) -> float:
        """The seconds for a file that begins so: scans are recognised letter by letter, old Office files turned first.

        A page may name a scan beside it, and a message may hold one.
        """
        if self.seconds is not None:
            return self.seconds
        is_slow = start.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(_SLOW) or file.suffix.lower() in _HOLDING
        return FOR_A_SCAN if is_slow else 60


@dataclass(frozen=True, slots=True)
class Ended:
    """How one file ended; `sha256` is None where the file was not read."""

    file: Path
    sha256: str | None
    outcome: Outcome
    seconds: float = 0


@dataclass(frozen=True, slots=True)
class _Read:
    """What reading gave of one file: a draft, an outcome, or the number of the file with the same bytes."""

    sha256: str | None
    result: Draft | Outcome | int
    seconds: float = 0


def convert_all(
    inputs: Inputs, given: Given, options: Options, bounds: Bounds, advance: Callable[[], object] = lambda: None
) -> Generator[Ended]:
    """Converts files and yields how each ended, in their order; `advance` is called whenever one has been read.

    Raises KeyboardInterrupt between two files, and OSError where somebody else is writing to the same folder.
    """
    for closed, says in inputs.closed:
        yield Ended(closed, None, refused(UnreadableSource(f"the folder cannot be opened: {says}")))
    with (
        alone_in(options.out),
        interrupts() as stop_if_asked,
        Known(options.out, options.prose) as known,
        folder_of_a_run() as folder,
        Workers(read, bounds.jobs, bounds.megabytes) as workers,
    ):
        run = _Run(inputs.files, given, options, bounds, workers, known, folder, advance)
        while run.is_going:
            stop_if_asked()
            run.read_on()
            yield from run.ended()


class Job(NamedTuple):
    """What a worker needs to know of a file; `made`: what LibreOffice has made of it already."""

    file: Path
    given: Given
    options: Options
    sha256: str | None
    made: Path | None = None


def read(job: Job | Turn) -> Draft | Outcome | list[Path | None]:
    """The work of a worker."""
    if isinstance(job, Turn):
        return turn(job)
    with turned(job.sha256, job.made):
        return draft(job.file, job.given, job.options)


class _Run:
    """The files of one run: which are begun, what was read of them, and which is the next to be written."""

    def __init__(
        self,
        files: Sequence[Path],
        given: Given,
        options: Options,
        bounds: Bounds,
        workers: Workers,
        known: Known,
        folder: Path | None,
        advance: Callable[[], object],
    ) -> None:
        self._files, self._given, self._options = files, given, options
        self._bounds, self._workers, self._advance = bounds, workers, advance
        self._known, self._folder = known, folder
        self._reads_all = len(files) == 1 or _asks_for_all(given, options)
        self._organs = Organs(options.out)
        self._begun, self._written = 0, 0
        self._ready = deque[Piece]()
        self._together: set[int] = set()  # begun before their turn, to be turned along with another
        self._turns: list[list[Piece]] = []
        self._hashes: dict[int, str | None] = {}
        self._first: dict[tuple[str | None, str, Path], int] = {}
        self._read: dict[int, _Read] = {}
        self._outcomes: dict[int, Outcome] = {}
        self._made: dict[Path, Path] = {}

    @property
    def is_going(self) -> bool:
        return self._written < len(self._files)

    def read_on(self) -> None:
        """Begins files while a worker is free, else takes what the workers have done."""
        ahead = self._begun - self._written
        if self._ready and self._workers.are_free:
            self._workers.begin(self._ready.popleft())
        elif self._begun < len(self._files) and self._workers.are_free and ahead < AHEAD:
            self._begin(self._begun)
            self._begun += 1
        else:  # where nothing is left to wait for, `done` raises: better than to wait for ever
            for done in self._workers.done():
                self._take(done)

    def ended(self) -> Iterator[Ended]:
        """Writes what can be written now, in order."""
        while found := self._read.pop(self._written, None):
            number = self._written
            file = self._files[number]
            outcome = self._outcomes[found.result] if isinstance(found.result, int) else self._settle(found, file)
            if isinstance(found.result, int) and outcome.ended == "converted":
                outcome = Outcome("unchanged", outcome.record)
            if outcome.record and outcome.ended != "refused":
                self._made.setdefault(outcome.record, file)
                self._keep(found, file, outcome)
            self._outcomes[number] = outcome
            self._written += 1
            yield Ended(file, found.sha256, outcome, found.seconds)

    def _begin(self, number: int) -> None:
        if number in self._together:
            self._together.discard(number)
            return
        if not (told := self._piece(number)):
            return
        piece, is_turned = told
        if is_turned and self._folder and (others := self._others(number)):
            self._turns.append([piece, *others])
            files = [one.argument.file for one in self._turns[-1]]
            seconds = piece.seconds * (1 + len(files) / MOST)
            self._workers.begin(Piece(-len(self._turns), Turn(files, self._folder), seconds))
        else:
            self._workers.begin(piece)

    def _others(self, number: int) -> list[Piece]:
        """The next files that LibreOffice has to turn as well; whatever is looked into is begun by that."""
        found: list[Piece] = []
        for other in range(number + 1, min(len(self._files), number + LOOK)):
            if other not in self._together and could_want(_start(self._files[other])):
                self._together.add(other)
                if (told := self._piece(other)) and told[1]:
                    found.append(told[0])
                elif told:
                    self._ready.append(told[0])
            if len(found) + 1 >= MOST:
                break
        return found

    def _piece(self, number: int) -> tuple[Piece, bool] | None:
        """What there is to read of a file, and whether LibreOffice has to turn it; None where nothing is."""
        file = self._files[number]
        sha256, data = _bytes(file)
        ending = file.suffix.lower()
        like = (sha256, ending, file.parent)  # the files beside it can matter too
        if sha256 and not self._reads_all and (record := self._known.record(sha256, ending)):
            self._put(number, _Read(sha256, Outcome("unchanged", record)))
        elif sha256 and like in self._first:
            self._put(number, _Read(sha256, self._first[like]))
        else:
            self._first[like] = number
            self._hashes[number] = sha256
            job = Job(file.absolute(), self._given, self._options, sha256)
            return Piece(number, job, self._bounds.patience(file, data[:8])), wants(data, file)
        return None

    def _take(self, done: Done) -> None:
        if done.number < 0:
            self._take_turned(done)
            return
        result = refused(UnreadableSource(done.says)) if done.says else done.result
        self._put(done.number, _Read(self._hashes.pop(done.number), result, done.seconds))

    def _take_turned(self, done: Done) -> None:
        """What was turned is ready to be read; what was not, perhaps for another file's fault, is turned alone."""
        pieces = self._turns[-done.number - 1]
        made = [None] * len(pieces) if done.says else done.result
        self._ready.extend(
            replace(piece, argument=piece.argument._replace(made=one)) for piece, one in zip(pieces, made, strict=True)
        )

    def _put(self, number: int, found: _Read) -> None:
        self._read[number] = found
        self._advance()

    def _settle(self, found: _Read, file: Path) -> Outcome:
        if not isinstance(found.result, Draft):
            assert isinstance(found.result, Outcome)
            return found.result
        try:
            return settle(found.result, self._options, self._organs, self._made)
        except Exception as error:  # one file never stops the others
            return refused(UnreadableSource(fault(error)))

    def _keep(self, found: _Read, file: Path, outcome: Outcome) -> None:
        """Notes a record that reading this file once more would leave as it is, without a word."""
        if not isinstance(found.result, Draft) or not found.sha256 or not outcome.record:
            return
        said = outcome.lines[len(found.result.notes) :] if outcome.ended == "converted" else outcome.lines
        is_alone = found.result.record.source.file == named(Path(file.name)) or file.suffix.lower() == ".zip"
        if not said and is_alone:  # what lies beside a page may change while the page does not
            self._known.keep(found.sha256, file.suffix.lower(), outcome.record)


def _asks_for_all(given: Given, options: Options) -> bool:
    """Whether the person asks for something that is not in the bytes of a file, so that every file is read anew."""
    settled = options.settled.keep or options.settled.take
    asked = options.again or options.url or options.retrieved or options.answers or settled
    return given != Given() or bool(asked)


def _bytes(file: Path) -> tuple[str | None, bytes]:
    """The hash and the bytes of a file that a reader would open."""
    with contextlib.suppress(OSError, ValueError):
        told = file.stat()
        if stat.S_ISREG(told.st_mode) and told.st_size <= MOST_BYTES:
            data = file.read_bytes()
            return hashlib.sha256(data).hexdigest(), data
    return None, b""


def _start(file: Path) -> bytes:
    """The first bytes of a file that a reader would open."""
    with contextlib.suppress(OSError, ValueError):
        if stat.S_ISREG(file.stat().st_mode):
            with file.open("rb") as opened:
                return opened.read(64)
    return b""


# the report of a run -------------------------------------------------------------------------------------------------


def totals(ended: Sequence[Ended], inputs: Inputs) -> dict[str, Any]:
    """How many files ended how, and the refused by their code, the most frequent first."""
    counts = Counter(one.outcome.ended for one in ended)
    codes = Counter(_refusal(one)["code"] for one in ended if one.outcome.ended == "refused")
    by_code = dict(sorted(codes.items(), key=lambda item: (-item[1], item[0])))
    ways = {how: counts[how] for how in ENDINGS}
    return {"files": len(ended), **ways, "skipped": len(inputs.skipped), "refused_by_code": by_code}


def as_plain(ended: Sequence[Ended], inputs: Inputs, started: str, stopped: str, interrupted: bool) -> dict[str, Any]:
    """The report of a run for `--report`; only the times differ between two runs that do the same."""
    return {
        "gongkai": __version__,
        "started": started,
        "ended": stopped,
        "interrupted": interrupted,
        "totals": totals(ended, inputs),
        "files": [_file_as_plain(one) for one in ended],
        "skipped": [{"file": named(path), "says": says} for path, says in inputs.skipped],
    }


def _file_as_plain(one: Ended) -> dict[str, Any]:
    told = {"file": named(one.file), "sha256": one.sha256, "ended": one.outcome.ended}
    record = named(one.outcome.record) if one.outcome.record and one.outcome.ended != "refused" else None
    return told | _refusal(one) | {"record": record, "seconds": round(one.seconds, 3)}


def _refusal(one: Ended) -> dict[str, str | None]:
    if one.outcome.ended != "refused":
        return {"code": None, "where": None, "says": None}
    where, says, code = one.outcome.lines[0]
    return {"code": code, "where": where or None, "says": says}


def named(path: Path) -> str:
    """A path as text; a name may hold bytes of another code."""
    return str(path).encode("utf-8", "backslashreplace").decode("utf-8")
