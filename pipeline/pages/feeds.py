"""Atom feeds of what is new: reports and corrections, for the whole dataset and for each province.

Days come from the data alone: a report is dated by the day on which it was retrieved, else by that of its publication, a
correction by its own. What has no day is left out, and the feed says so. Ids do not depend on where the site stands.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import partial
from heapq import nlargest
from html import escape
from itertools import groupby
from uuid import uuid5

from feedgenerator import Atom1Feed

from pipeline.citation import read_citation
from pipeline.pages.addresses import file_of, report_address
from pipeline.pages.language import CHINESE, ENGLISH
from pipeline.pages.material import Material
from pipeline.pages.page import File, Task
from pipeline.record import Record
from pipeline.regions import Region

FOLDER = "feeds/"
CHANGES = FOLDER + "changes.atom"
LATEST = 100
"""How many entries a feed holds."""
_CHINA = timezone(timedelta(hours=8))
_NOTHING_YET = "1970-01-01"
"""The day of a feed without an entry, which must bear one all the same."""
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened to a report on a day: it came in, or figures of it were corrected."""

    day: str
    key: str
    record: Record
    published: str | None = None
    corrected: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[str, str]:
        return (self.day, self.key)


def feed_address(code: str) -> str:
    """The feed of a province."""
    return f"{FOLDER}{code}.atom"


def tasks(made: Material) -> Iterator[Task]:
    """The feed of all changes, and one for each province that has an organ here."""
    yield partial(_feed, made, None, made.dataset.records)
    provinces: dict[Region, list[Record]] = {}
    for row in made.rows:
        for region in row.places[:1]:
            provinces.setdefault(region, []).extend(made.reports_of(row.agency.agency_id))
    for province, records in provinces.items():
        yield partial(_feed, made, province, records)


def _feed(made: Material, province: Region | None, records: Sequence[Record]) -> Iterator[File]:
    address = feed_address(province.code) if province else CHANGES
    yield File(address, feed_text(made, address, province, records))


# what happened -------------------------------------------------------------------------------------------------------


def entries_of(records: Sequence[Record]) -> Iterator[Entry]:
    """Everything that happened to the reports and has a day."""
    for record in records:
        day = record.source.retrieved or record.published
        if day:
            yield Entry(day, record.report_id, record, record.published)
        yield from _corrections(record)


def _corrections(record: Record) -> Iterator[Entry]:
    """The corrections of a report, those of one day together."""
    ordered = sorted(record.corrections, key=lambda entry: str(entry["date"]))
    for day, part in groupby(ordered, key=lambda entry: str(entry["date"])):
        fields = tuple(str(entry["field"]) for entry in part)
        yield Entry(day, f"{record.report_id}/corrections/{day}", record, corrected=fields)


def latest(records: Sequence[Record]) -> list[Entry]:
    """The newest entries, the newest first."""
    return nlargest(LATEST, entries_of(records), key=lambda entry: entry.order)


# the feed ------------------------------------------------------------------------------------------------------------


def feed_text(made: Material, address: str, province: Region | None, records: Sequence[Record]) -> str:
    """A feed as XML. Without a site address its links lead from the feed to the pages beside it."""
    found = latest(records)
    cited = read_citation()
    feed = Atom1Feed(
        title=_plain(_title(province)),
        link=_link(made, "" if province is None else f"regions/{province.code}/"),
        description=None,
        subtitle=_SUBTITLE,
        language=CHINESE.tag,
        author_name=cited.author,
        feed_url=made.site.full(address) or address.removeprefix(FOLDER),
        feed_copyright=cited.licence,
        feed_guid=_id(address),
    )
    for entry in found:
        _add(feed, made, entry)
    if not found:
        feed.latest_post_date = lambda: _moment(_NOTHING_YET)
    return str(feed.writeString("utf-8")) + "\n"


_SUBTITLE = (
    "新收录的报告和更正，最近的在前，最多100条。日期取自数据：报告按取得之日，没有则按公布之日；更正按更正之日。没有日期的不列入。 "
    "New reports and corrections, the newest first, 100 at most. Days come from the data: a report by the day on which it"
    " was retrieved, else published, a correction by its own. What has no day is not listed."
)


def _title(province: Region | None) -> str:
    place, place_en = (province.name, f" in {province.name}") if province else ("", "")
    return f"{place}政府信息公开年报数据更新 · Changes of the data on open government information{place_en}"


def _add(feed: Atom1Feed, made: Material, entry: Entry) -> None:
    record = entry.record
    address = report_address(record.agency_id, record.year)
    feed.add_item(
        title=_plain(_heading(entry)),
        link=_link(made, address),
        description=_plain(_words(made, entry, _link(made, ENGLISH.folder + address))),
        unique_id=_id(entry.key),
        pubdate=_moment(entry.published) if entry.published else None,
        updateddate=_moment(entry.day),
        categories=["correction" if entry.corrected else "report", str(record.year)],
    )


def _heading(entry: Entry) -> str:
    name = f"{entry.record.agency_name}{entry.record.year}年度报告"
    return f"{name}：更正" if entry.corrected else name


def _words(made: Material, entry: Entry, english: str) -> str:
    """What happened, in a sentence of each language, as HTML."""
    chinese, other = _of_corrections(entry) if entry.corrected else _of_report(made, entry)
    link = f'<a href="{escape(english)}">English page</a>'
    return f'<p lang="{CHINESE.tag}">{escape(chinese)}</p><p lang="{ENGLISH.tag}">{escape(other)} {link}</p>'


def _of_corrections(entry: Entry) -> tuple[str, str]:
    day, fields = entry.day, entry.corrected
    number = len(fields)
    chinese = f"{CHINESE.day(day)}更正{number}处：{'、'.join(fields)}。"
    return chinese, f"{number} correction{'s' * (number != 1)} on {ENGLISH.day(day)}: {', '.join(fields)}."


def _of_report(made: Material, entry: Entry) -> tuple[str, str]:
    published, retrieved = entry.record.published, entry.record.source.retrieved
    findings = made.count_findings(entry.record)
    chinese = [f"{CHINESE.day(day)}{word}" for day, word in ((published, "公布"), (retrieved, "取得")) if day]
    english = [
        f"{word} {ENGLISH.day(day)}" for day, word in ((published, "published"), (retrieved, "retrieved")) if day
    ]
    told = f"{findings} finding{'s' * (findings != 1)}"
    year = entry.record.year
    return (
        f"{year}年度报告，{'，'.join(chinese)}，核对说明{findings}条。",
        f"Report on {year}, {', '.join(english)}, {told}.",
    )


# pieces --------------------------------------------------------------------------------------------------------------


def _id(key: str) -> str:
    """The same id for the same thing, for ever: made from the ids of the data."""
    return f"urn:uuid:{uuid5(read_citation().id, key)}"


def _link(made: Material, address: str) -> str:
    return made.site.full(address) or "../" + file_of(address)


def _moment(day: str) -> datetime:
    """The beginning of a day in China."""
    return datetime.fromisoformat(day).replace(tzinfo=_CHINA)


def _plain(text: str) -> str:
    """Text without the characters that XML cannot hold."""
    return _NO_XML.sub("\ufffd", text)
