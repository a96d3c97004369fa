"""Atom feeds of what is new: reports and corrections, for the whole dataset and for each province, and one of corrections.

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
from pipeline.descriptor import words_of_kinds
from pipeline.pages import corrections
from pipeline.pages.addresses import CORRECTIONS as LIST
from pipeline.pages.addresses import file_of, report_address
from pipeline.pages.corrections import Corrected
from pipeline.pages.language import CHINESE, ENGLISH
from pipeline.pages.material import Material
from pipeline.pages.page import File, Task
from pipeline.record import Record
from pipeline.regions import Region

FOLDER = "feeds/"
CHANGES = FOLDER + "changes.atom"
CORRECTIONS = FOLDER + "corrections.atom"
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
    """The feed of all changes, that of corrections, and one for each province that has an organ here."""
    yield partial(_feed, made, None, made.dataset.records)
    yield partial(_corrected, made)
    provinces: dict[Region, list[Record]] = {}
    for row in made.rows:
        for region in row.places[:1]:
            provinces.setdefault(region, []).extend(made.reports_of(row.agency.agency_id))
    for province, records in provinces.items():
        yield partial(_feed, made, province, records)


def _feed(made: Material, province: Region | None, records: Sequence[Record]) -> Iterator[File]:
    address = feed_address(province.code) if province else CHANGES
    yield File(address, feed_text(made, address, province, records))


def _corrected(made: Material) -> Iterator[File]:
    yield File(CORRECTIONS, corrections_text(made))


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
    feed = _begun(made, address, _title(province), _SUBTITLE, "" if province is None else f"regions/{province.code}/")
    for entry in found:
        _add(feed, made, entry)
    return _text(feed, empty=not found)


def _begun(made: Material, address: str, title: str, subtitle: str, page: str) -> Atom1Feed:
    cited = read_citation()
    return Atom1Feed(
        title=_plain(title),
        link=_link(made, page),
        description=None,
        subtitle=subtitle,
        language=CHINESE.tag,
        author_name=cited.author,
        feed_url=made.site.full(address) or address.removeprefix(FOLDER),
        feed_copyright=cited.licence,
        feed_guid=_id(address),
    )


def _text(feed: Atom1Feed, empty: bool) -> str:
    if empty:
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


# the feed of corrections ---------------------------------------------------------------------------------------------


def corrections_text(made: Material) -> str:
    """The feed of the latest corrections, each an entry of its own that leads to the row of its figure."""
    title = "政府信息公开年报数据的更正 · Corrections of the data on open government information"
    feed = _begun(made, CORRECTIONS, title, _SUBTITLE_OF_CORRECTIONS, LIST)
    found = made.once(corrections.lists_of)[""][:LATEST]
    for one in found:
        feed.add_item(
            title=_plain(f"{one.record.agency_name}{one.record.year}年度报告：{_figure(one)[0]}"),
            link=_link(made, one.address),
            description=_plain(_of_correction(made, one)),
            unique_id=_id(f"{one.record.report_id}/corrections/{one.change.number}"),
            updateddate=_moment(one.day),
            categories=[one.kind, str(one.record.year)],
        )
    return _text(feed, empty=not found)


_SUBTITLE_OF_CORRECTIONS = (
    "全部报告的更正，最近的在前，最多100条。 Corrections of all reports, the newest first, 100 at most."
)


def _figure(one: Corrected) -> tuple[str, str]:
    """The words of its figure in both languages; a fact has only its name."""
    words = one.change.words[1:] or one.change.words
    name = str(one.change.entry["field"])
    return "·".join(each.label for each in words) or name, " · ".join(each.label_en for each in words) or name


def _of_correction(made: Material, one: Corrected) -> str:
    entry, (figure, figure_en), (kind, kind_en) = one.change.entry, _figure(one), words_of_kinds()[one.kind]
    before, after = one.change.before, one.change.after
    chinese = (
        f"{CHINESE.day(one.day)}，{kind}，{figure}：{_moved(one, before or '空', after or '空')}理由：{entry['reason']}"
    )
    english = f"{ENGLISH.day(one.day)}, {kind_en}, {figure_en}: {_moved_en(one, before or '—', after or '—')}"
    link = f'<a href="{escape(_link(made, ENGLISH.folder + one.address))}">English page</a>'
    told = f'<p lang="{CHINESE.tag}">{escape(chinese)}（{escape(str(entry["by"]))}）</p>'
    return told + f'<p lang="{ENGLISH.tag}">{escape(english)} {link}</p>'


def _moved(one: Corrected, before: str, after: str) -> str:
    printed = one.kind == "printed_wrong"
    return f"原表印作{before}，应为{after}。" if printed else f"由{before}改为{after}。"


def _moved_en(one: Corrected, before: str, after: str) -> str:
    printed = one.kind == "printed_wrong"
    return f"printed as {before}, should be {after}." if printed else f"from {before} to {after}."


# pieces --------------------------------------------------------------------------------------------------------------


def _id(key: str) -> str:
    """The same id for the same thing, for ever: made from the ids of the data."""
    return f"urn:uuid:{uuid5(read_citation().id, key)}"


def _link(made: Material, address: str) -> str:
    path, mark, anchor = address.partition("#")
    return (made.site.full(path) or "../" + file_of(path)) + mark + anchor


def _moment(day: str) -> datetime:
    """The beginning of a day in China."""
    return datetime.fromisoformat(day).replace(tzinfo=_CHINA)


def _plain(text: str) -> str:
    """Text without the characters that XML cannot hold."""
    return _NO_XML.sub("\ufffd", text)
