"""The notes of a release, made from the data: Chinese first, English beside it; parts with nothing in them are left out."""

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipeline import regions
from pipeline.changes.compared import State
from pipeline.checks import RULES
from pipeline.descriptor import described, words_of_kinds
from pipeline.plain import text_of
from pipeline.releases.planned import Told
from pipeline.releases.rows import Change
from pipeline.releases.version import Step, next_version
from pipeline.tables import Table

MOST = 40
"""How many rows a list in the notes shows; the table of changes has them all."""
_STEPS = {
    Step.MAJOR: ("第一位加一：有不兼容的改动", "MAJOR: there are incompatible changes"),
    Step.MINOR: ("第二位加一：有新增的数据", "MINOR: data are added"),
    Step.PATCH: ("第三位加一：只有更正和说明", "PATCH: only corrections and descriptions"),
}
Lines = Iterable[str]


def notes_of(told: Told) -> str:
    """The notes as Markdown."""
    parts = [_head(told), _why(told), _structure(told), _gone(told), _added(told), _moved(told), _corrected(told)]
    parts += [_findings(told), _coverage(told), _files(told)]
    return "\n\n".join("\n".join(lines) for part in parts if (lines := list(part))) + "\n"


def changes_name(told: Told) -> str | None:
    """What the table of changes is called; None for the first release, which has nothing to be compared with."""
    return f"changes-{told.since.version}-{told.edition.version}.csv" if told.since else None


_MARKUP = re.compile(r"([\\`*_\[\]|~#])")


def _plain(text: str) -> str:
    """Words of reports and of people as they are, nothing of which is markup or calls for anybody by name."""
    return _MARKUP.sub(r"\\\1", html.escape(" ".join(text.split()), quote=False)).replace("@", "@\u2060")


def _heading(chinese: str, english: str) -> str:
    return f"## {chinese} · {english}\n"


def _table(head: Sequence[str], rows: Sequence[Sequence[object]], figures_from: int = 99) -> Iterator[str]:
    """A table in Markdown, cut after so many rows; from a column on cells are figures and stand to the right."""
    yield "| " + " | ".join(head) + " |"
    yield "|" + "".join(" ---: |" if place >= figures_from else " --- |" for place in range(len(head)))
    for row in rows[:MOST]:
        yield "| " + " | ".join(str(cell) for cell in row) + " |"


def _rest(rows: Sequence[object], told: Told) -> Iterator[str]:
    if len(rows) > MOST:
        name = changes_name(told)
        where, where_en = (f"，全部见`{name}`", f", all of them in `{name}`") if name else ("", "")
        yield f"\n另有{len(rows) - MOST}行{where}。 And {len(rows) - MOST} more{where_en}."


# what it is ----------------------------------------------------------------------------------------------------------


def _head(told: Told) -> Lines:
    words, edition = described()["package"], told.edition
    yield f"# {words['title']} {edition.version}\n"
    yield f"{words['title_en']}, version {edition.version}, {edition.date}.\n"
    reports, organs = _count(told.state, "reports"), _count(told.state, "agencies")
    figures = sum(len(record.figures()) for record in told.state.dataset.records)
    yield f"收录{organs}个机关的{reports}份报告，{figures}个数字。"
    yield f"{_many(reports, 'report')} of {_many(organs, 'organ')}, {_many(figures, 'figure')}."


def _count(state: State, table: str) -> int:
    found = state.tables.get(table)
    return len(found.rows) if found else 0


def _why(told: Told) -> Lines:
    if not told.since:
        yield _heading("第一版", "First release")
        yield "这是第一版，没有更早的版本可比。\nThis is the first release; there is nothing before it to compare it with."
        return
    yield _heading("为什么是这个版本", "Why this version")
    words, words_en = _rule_of(told, told.since.version)
    yield f"{told.since.version} → {told.edition.version}。{words}。 {words_en}.\n"
    for one in told.reasons:
        yield f"- {one.step.name}：{_plain(one.words)} {_plain(one.words_en)}"


def _rule_of(told: Told, since: str) -> tuple[str, str]:
    """Which number went up, or that a person chose it."""
    if next_version(since, told.reasons) != told.edition.version:
        return "版本号由人选定", "The version was chosen by a person"
    return _STEPS[max(one.step for one in told.reasons)]


def _structure(told: Told) -> Lines:
    if told.structure:
        yield _heading("表的结构", "Structure of the tables")
        for one in told.structure:
            yield f"- {one.step.name}：{_plain(one.words)} {_plain(one.words_en)}"


# what came and went --------------------------------------------------------------------------------------------------


def _gone(told: Told) -> Lines:
    rows = [
        (one.key, _plain(_name(told.compared.before, one)), _plain(one.reason), one.date)
        for one in told.changes
        if one.change == "removed" and one.table in ("agencies", "reports")
    ]
    if rows:
        yield _heading("不再收录", "No longer held")
        yield from _table(("编号 Id", "名称 Name", "原因与后继 Reason and successor", "日期 Date"), rows)
        yield from _rest(rows, told)


def _added(told: Told) -> Lines:
    if not told.since:
        return
    organs, reports = told.compared.agencies_added, told.compared.reports_added
    if organs or reports:
        yield _heading("新收录", "Added")
        yield f"{len(organs)}个机关，{len(reports)}份报告。 {_many(len(organs), 'organ')}, {_many(len(reports), 'report')}.\n"
        added = [one for one in told.changes if one.change == "added" and one.table in ("agencies", "reports")]
        rows = [(one.key, _plain(_name(told.state, one))) for one in added]
        yield from _table(("编号 Id", "名称 Name"), rows)
        yield from _rest(rows, told)


def _name(state: State, change: Change) -> str:
    if change.table == "agencies":
        organ = state.dataset.agencies.get(change.key)
        return organ.name if organ else ""
    record = state.record(change.report_id)
    return f"{record.agency_name} {record.year}" if record else ""


# what says something else --------------------------------------------------------------------------------------------


def _moved(told: Told) -> Lines:
    rows = [one for one in told.changes if one.column or one.table == "figures"]
    if rows:
        reports = len({one.report_id for one in rows if one.report_id})
        yield _heading("改动的数字和事实", "Changed figures and facts")
        yield f"{len(rows)}处，涉及{reports}份报告。 {_many(len(rows), 'change')} in {_many(reports, 'report')}.\n"
        cells = [(_cell(one), _shown(one.before, one), _shown(one.after, one), _plain(one.reason)) for one in rows]
        yield from _table(("哪里 Where", "原为 Before", "现为 After", "原因 Reason"), cells)
        yield from _rest(rows, told)


def _cell(one: Change) -> str:
    where = one.report_id or one.key
    return f"{_plain(where)} `{one.field or one.column}`" + (" (as_written)" if one.column == "as_written" else "")


def _shown(value: str, one: Change) -> str:
    absent = {"added": one.before, "removed": one.after}.get(one.change)
    return "—" if absent is value and not value else _plain(value) or "空 empty"


def _corrected(told: Told) -> Lines:
    kinds = Counter(str(one.entry["kind"]) for one in told.compared.entered)
    if kinds:
        yield _heading("更正", "Corrections")
        rows = [(*words, kinds[kind]) for kind, words in words_of_kinds().items() if kinds[kind]]
        yield from _table(("种类", "Kind", "更正 Corrections"), rows, 2)


def _findings(told: Told) -> Lines:
    before, after = (_by_rule(state) for state in (told.compared.before, told.state))
    rules = sorted(rule for rule in before.keys() | after.keys() if before[rule] != after[rule])
    if not rules:
        return
    yield _heading("核对结果", "Findings")
    if not told.since:
        yield f"{after.total()}处勾稽关系不符。 {_many(after.total(), 'finding')}.\n"
        yield from _table(("规则 Rule", "", "处 Findings"), [(*_rule(rule), after[rule]) for rule in rules], 2)
        return
    yield f"勾稽关系不符之处：{before.total()} → {after.total()}。 Findings: {before.total()} → {after.total()}.\n"
    rows = [(*_rule(rule), before[rule], after[rule]) for rule in rules]
    yield from _table(("规则 Rule", "", "原有 Before", "现有 After"), rows, 2)


def _rule(rule: str) -> tuple[str, str]:
    return rule, _plain(RULES[rule].words) if rule in RULES else ""


def _by_rule(state: State) -> Counter[str]:
    """How often each rule does not hold; notes are no findings."""
    table = state.tables.get("findings")
    return Counter(str(row["rule"]) for row in (table.rows if table else ()) if row["severity"] == "finding")


# coverage ------------------------------------------------------------------------------------------------------------

_NOWHERE = ("999999", "未定 not told")
"""Last in the order of codes."""


def _coverage(told: Told) -> Lines:
    """Per province how many reports are held, and how many are known or missing; provinces that stayed are left out."""
    before, after = (_by_province(state) for state in (told.compared.before, told.state))
    both = sorted(before.keys() | after.keys())
    none = Counter[bool]()
    changed = [one for one in both if before.get(one, none) != after.get(one, none)]
    if not changed:
        return
    yield _heading("各省覆盖", "Coverage by province")
    head = ("省 Province", "已收录的报告 Reports held", "尚未收录 Not held")
    rows = [
        (name, *_pair(before.get((code, name), none), after.get((code, name), none), told)) for code, name in changed
    ]
    total = [sum(several.values(), none) for several in (before, after)]
    yield from _table(head, [*rows[: MOST - 1], ("合计 Total", *_pair(total[0], total[1], told))], 1)
    if told.since and len(changed) < len(both):
        same = len(both) - len(changed)
        yield f"\n其余{same}处没有变。 The other {same} are as they were."


def _pair(before: Mapping[bool, int], after: Mapping[bool, int], told: Told) -> list[str]:
    pairs = [(before.get(held, 0), after.get(held, 0)) for held in (True, False)]
    return [str(new) if old == new or not told.since else f"{old} → {new}" for old, new in pairs]


def _by_province(state: State) -> dict[tuple[str, str], Counter[bool]]:
    """The lines of the coverage by province, and whether they are held."""
    found: dict[tuple[str, str], Counter[bool]] = {}
    table: Table | None = state.tables.get("coverage")
    for row in table.rows if table else ():
        found.setdefault(_province(row["agency_id"]), Counter())[row["status"] == "held"] += 1
    return found


def _province(agency_id: object) -> tuple[str, str]:
    if not agency_id:
        return _NOWHERE
    code = text_of(agency_id)[:2] + "0000"
    if code == regions.NATIONAL:
        return code, "中央 national"
    region = regions.by_code().get(code)
    return code, region.name if region else code


# the files -----------------------------------------------------------------------------------------------------------


def _files(told: Told) -> Lines:
    version = told.edition.version
    yield _heading("文件", "Files")
    yield f"- `gongkai-{version}.zip`：全部数据，附字段说明。 All data with their description."
    if name := changes_name(told):
        yield f"- `{name}`：逐条列出上一版以来的改动。 Every change since the last release, a row each."
    yield "- `SHA256SUMS`：`sha256sum -c SHA256SUMS`核对下载的文件。 To check what was downloaded."
    yield "- `CITATION.cff`：引用信息。 How to cite."
    yield "\n版本是数据的版本；程序的版本写在每份记录的`source.converter`里。"
    yield "The version is that of the data; the version of the program stands in `source.converter` of each record."


def _many(count: int, noun: str) -> str:
    return f"{count} {noun if count == 1 else noun + 's'}"
