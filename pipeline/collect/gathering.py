"""One known report -> its files in the store: the page, and where that is no report the documents that it names."""

from dataclasses import dataclass, field, replace

from pipeline.collect.addresses import parse
from pipeline.collect.linked import files_of, is_page
from pipeline.collect.store import Note, Original, Store
from pipeline.collect.trouble import Failed, LeftAlone, NotAllowed, Stopped, TooMuch, Trouble
from pipeline.collect.visiting import Visitor

MISSING = (404, 410)


class Spent(Trouble):
    """The run has made as many requests as it may."""


class _Missing(Trouble):
    """The address says that nothing is there."""


@dataclass(slots=True)
class Gathered:
    """What asking for a report gave. `ended` is new or same, or tells with `says` why there is nothing: missing, failed,
    forbidden, left, too_much, spent, stopped.

    `notes` are those of the report's address, first, and of the files that its page names; whoever has made use of what
    was gathered writes them.
    """

    ended: str
    says: str = ""
    page: Original | None = None
    files: list[Original] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


@dataclass(slots=True)
class Gatherer:
    """Fetches reports into a store."""

    visitor: Visitor
    store: Store

    def gather(self, url: str) -> Gathered:
        """The files of the report at an address. Never raises a Trouble."""
        note = self.store.note(url) or Note(url)
        gathered = Gathered("same", notes=[note])
        try:
            gathered.page = self._fetch(gathered, note)
            self._add_files(gathered, gathered.page)
        except Trouble as error:
            gathered.ended, gathered.says = _ending(error), error.says
        except Stopped:
            gathered.ended = "stopped"
        gathered.notes[0] = self._told(gathered, gathered.notes[0])
        return gathered

    def _told(self, gathered: Gathered, note: Note) -> Note:
        today = self.visitor.fetcher.clock.today()
        missing = (note.missing_since or today) if gathered.ended == "missing" else ""
        files = [one.url for one in gathered.files] if gathered.page else note.files
        return replace(note, asked=today, ended=gathered.ended, missing_since=missing, files=files)

    def _fetch(self, gathered: Gathered, note: Note) -> Original:
        """The file at an address, from there or, where it has not changed, from the store; its note is brought up to
        date among `gathered.notes`. Raises a Trouble."""
        kept = self.store.original(note)
        answer = self.visitor.visit(note.url, note.conditions() if kept else {}, note.final_url if kept else "")
        if answer.status == 304 and kept:
            return kept
        if answer.status in MISSING:
            raise _Missing(f"it answers {answer.status}")
        if answer.status != 200:
            raise Failed(f"it answers {answer.status}")
        if not answer.body.strip():
            raise Failed("the answer is empty")
        original = self.store.keep(note.url, answer, self.visitor.fetcher.clock.today())
        if original.sha256 != note.sha256:
            gathered.ended = "new"
        self._note(gathered, note, original, {name: answer.headers.get(name, "") for name in ("etag", "last-modified")})
        return original

    def _note(self, gathered: Gathered, note: Note, original: Original, headers: dict[str, str]) -> None:
        is_same = original.sha256 == note.sha256
        made = replace(
            note,
            sha256=original.sha256,
            final_url=original.final_url,
            retrieved=note.retrieved if is_same else original.retrieved,
            content_type=original.content_type,
            etag=headers["etag"],
            last_modified=headers["last-modified"],
            converter=note.converter if is_same else "",
        )
        gathered.notes[gathered.notes.index(note)] = made

    # the documents that a page names ---------------------------------------------------------------------------------

    def _add_files(self, gathered: Gathered, page: Original) -> None:
        data = page.bytes()
        if not is_page(data):
            return
        rules = self.visitor.fetcher.rules
        before = gathered.notes[0].files
        for address in files_of(data, parse(page.final_url, rules), rules):
            self._add_file(gathered, str(address))
        if [one.url for one in gathered.files] != before:
            gathered.ended = "new"

    def _add_file(self, gathered: Gathered, url: str) -> None:
        """Fetches one of them; a host that is left, or a run that ends, leaves the whole report for another time."""
        note = self.store.note(url) or Note(url)
        gathered.notes.append(note)
        try:
            gathered.files.append(self._fetch(gathered, note))
        except (LeftAlone, Spent):
            raise
        except Trouble as error:
            gathered.unread.append(f"{url}: {error.says}")
        gathered.notes[-1].asked = self.visitor.fetcher.clock.today()


def _ending(error: Trouble) -> str:
    endings = {_Missing: "missing", NotAllowed: "forbidden", LeftAlone: "left", TooMuch: "too_much", Spent: "spent"}
    return endings.get(type(error), "failed")
