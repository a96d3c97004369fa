"""The parts of the comment on a change, each a heading and a list of things of one kind."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from pipeline.changes import quotes
from pipeline.changes.compared import Compared, Moved, Row
from pipeline.changes.drawn import rows_drawn, shown, sums_drawn, sums_of
from pipeline.changes.grouped import Group, grouped
from pipeline.changes.neutral import code, words
from pipeline.changes.verdict import Verdict
from pipeline.checks import Finding
from pipeline.shape import FACTS

MOST_DRAWN = 40
"""Reports whose tables are drawn at all; fewer than that fit into a comment."""

FEW = 8
"""Reports that are named where a change is told of many."""


@dataclass(frozen=True, slots=True)
class Part:
    """A heading, what stands once above the items, and the items; `most` characters in all, `parted` by blank lines.

    `more` is how many things there are beside the items, too many to be told at all.
    """

    title: str
    most: int
    items: Sequence[str] = ()
    head: str = field(default="", kw_only=True)
    parted: bool = field(default=False, kw_only=True)
    more: int = field(default=0, kw_only=True)


def parts(verdict: Verdict) -> Iterator[Part]:
    """Every part in the order of the comment, the empty ones too."""
    compared = verdict.compared
    groups, rest = grouped([*compared.moved, *compared.besides])
    by_report = {id: rest[id] for id in compared.both if id in rest}
    drawn = [_report(verdict, id, moved) for id, moved in islice(by_report.items(), MOST_DRAWN)]
    yield Part("改了什么 · What changes", 14_000, drawn, parted=True, more=len(by_report) - len(drawn))
    yield Part("许多报告里相同的改动 · The same change in many reports", 3_000, [_group(one) for one in groups])
    yield Part("更正的依据 · Evidence of the corrections", 5_500, [quotes.told(one) for one in verdict.quoted])
    yield _added(verdict)
    yield Part("删去的报告 · Removed reports", 2_500, list(_removed(compared)))
    yield Part("机关 · Organs", 2_500, list(_organs(compared)))
    yield Part("名单 · Lists", 2_500, list(_lists(compared)))
    yield Part("核对意见 · Findings", 3_500, list(_findings(verdict, by_report)))
    yield Part("发布的文件 · Published files", 1_500, list(_tables(compared)))


def summary(verdict: Verdict) -> tuple[str, str]:
    """The change in one sentence, by numbers."""
    compared = verdict.compared
    figures = sum(one.field not in FACTS for one in compared.moved)
    told = [
        (len(compared.both), "改动{}份报告", "{} report(s) changed"),
        (figures, "改动{}个数字", "{} figure(s) changed"),
        (len(verdict.quoted), "新增{}条更正", "{} correction(s) added"),
        (len(compared.reports_added), "新增{}份报告", "{} new report(s)"),
        (len(compared.reports_removed), "删去{}份报告", "{} report(s) removed"),
    ]
    zh = "，".join(zh.format(n) for n, zh, _ in told if n)
    en = ", ".join(_plural(en, n) for n, _, en in told if n)
    if not zh:
        return f"数据里改动了{len(verdict.data_paths)}个文件，没有报告改变。", "No report changes."
    return f"{zh}。", f"{en}."


def _plural(sentence: str, n: int) -> str:
    return sentence.format(n).replace("(s)", "s" if n > 1 else "")


# one report ----------------------------------------------------------------------------------------------------------


def _report(verdict: Verdict, id: str, moved: Sequence[Moved]) -> str:
    compared = verdict.compared
    old, new = compared.before.record(id), compared.after.record(id)
    assert old is not None
    assert new is not None
    figures = [one for one in moved if one.field.count(".") == 2 and not one.field.startswith("narrative")]
    lines = [f"**{words(new.agency_name, 60)} {new.year}** {code(id)}"]
    lines += [" · ".join(_besides(one) for one in moved if one not in figures)]
    return "\n\n".join(filter(None, [*lines, *rows_drawn(old, new, figures), sums_drawn(old, new, figures)]))


def _besides(one: Moved) -> str:
    if isinstance(one.before, list | dict) or isinstance(one.after, list | dict):
        return f"{code(one.field)} 改了 changed"
    return f"{code(one.field)} ~~{shown(one.before)}~~ **{shown(one.after)}**"


def _group(group: Group) -> str:
    n = len(group.reports)
    change = f"{shown(group.before)} → {shown(group.after)}"
    if any(isinstance(one, list | dict) for one in (group.before, group.after)):
        change = "改了 changed"
    return f"- {n}份报告 {n} reports：{code(group.field)} {change}（{_named(group.reports)}）"


def _named(ids: Sequence[str]) -> str:
    more = f"……等{len(ids)}份" if len(ids) > FEW else ""
    return "、".join(code(id) for id in ids[:FEW]) + more


# what came and went --------------------------------------------------------------------------------------------------


def _added(verdict: Verdict) -> Part:
    state, rows = verdict.compared.after, list[str]()
    for id in verdict.compared.reports_added:
        record = state.record(id)
        counts = Counter(one.severity for one in state.findings(id))
        told = f"{words(record.agency_name, 60)} | {record.year}" if record else "读不出 cannot be read | "
        rows.append(f"| {code(id)} | {told} | {counts['finding']} | {counts['note']} |")
    head = "| 报告 Report | 机关 Organ | 年 Year | 核对意见 Findings | 提示 Notes |\n|---|---|--:|--:|--:|"
    return Part("新增的报告 · New reports", 5_000, rows, head=head)


def _removed(compared: Compared) -> Iterator[str]:
    retired = {one.id for one in compared.after.dataset.retired}
    for id in compared.reports_removed:
        record = compared.before.record(id)
        name = f" {words(record.agency_name, 60)} {record.year}" if record else ""
        lost = f"，连同{n}条更正 with {n} corrections" if record and (n := len(record.corrections)) else ""
        gone = (
            ""
            if {id, id.rpartition("-")[0]} & retired
            else "，`retired.csv`里没有它的编号 its id is not in retired.csv"
        )
        yield f"- {code(id)}{name}{lost}{gone}"


def _organs(compared: Compared) -> Iterator[str]:
    agencies = compared.after.dataset.agencies
    if compared.agencies_added:
        named = [f"{code(id)} {words(agencies[id].name, 60)}" for id in compared.agencies_added]
        yield from (f"- 新增 new：{one}" for one in named)
    for id in compared.agencies_removed:
        yield f"- 删去 removed：{code(id)} {words(compared.before.dataset.agencies[id].name, 60)}"
    rows = compared.tables.get("agencies")
    for before, after in rows.changed if rows else ():
        if told := _differing(before, after, but=("reports", "first_year", "last_year")):
            yield f"- {code(after['agency_id'])}：{told}"


def _differing(before: Row, after: Row, but: Sequence[str] = ()) -> str:
    names = [name for name in after if before[name] != after[name] and name not in but]
    return "；".join(f"{code(name)} ~~{_shown(before[name])}~~ **{_shown(after[name])}**" for name in names)


def _shown(value: Any) -> str:
    return shown(value if value is None or isinstance(value, str) else str(value))


def _lists(compared: Compared) -> Iterator[str]:
    old = {one.id: one for one in compared.before.dataset.retired}
    new = {one.id: one for one in compared.after.dataset.retired}
    for id in sorted({*old} | {*new}):
        if id not in new:
            yield f"- `retired.csv`：不再有 lost {code(id)}"
        elif new[id] != old.get(id):
            how = "改了 changed" if id in old else "新停用 retired"
            successor = f" → {code(new[id].successor)}" if new[id].successor else ""
            yield f"- `retired.csv`：{how} {code(id)}{successor}：{words(new[id].reason)}"
    rows = compared.tables.get("coverage")
    if rows:
        for how, found in (("新增 new", rows.added), ("删去 removed", rows.removed)):
            counts = Counter(str(row["status"]) for row in found)
            yield from (f"- `coverage.csv`：{how} {code(status)} × {n}" for status, n in sorted(counts.items()))
        turned = Counter((str(old["status"]), str(new["status"])) for old, new in rows.changed)
        yield from (f"- `coverage.csv`：{code(a)} → {code(b)} × {n}" for (a, b), n in sorted(turned.items()))


# findings and files --------------------------------------------------------------------------------------------------


def _findings(verdict: Verdict, drawn: dict[str, list[Moved]]) -> Iterator[str]:
    """Findings that came or went, but for the sums that are drawn."""
    in_tables = defaultdict[str, set[tuple[str, str]]](set)
    for id, moved in drawn.items():
        record = verdict.compared.after.record(id)
        in_tables[id] |= {*sums_of(record, moved)} if record else set()
    for how, found in (("新出现 new", verdict.appeared), ("不再有 no longer", verdict.ceased)):
        for one in found:
            if (one.rule, one.field) not in in_tables[one.report_id]:
                yield f"- {how}：{_finding(one)}"


def _finding(one: Finding) -> str:
    severity = {"finding": "核对意见 finding", "note": "提示 note"}.get(one.severity, one.severity)
    return f"{code(one.report_id)} {one.rule}（{severity}）{words(one.message)} {words(one.message_en)}"


def _tables(compared: Compared) -> Iterator[str]:
    for name, rows in compared.tables.items():
        told = [
            f"{zh}{len(found)}行 {len(found)} {'row' if len(found) == 1 else 'rows'} {en}"
            for zh, en, found in (
                ("改", "changed", rows.changed),
                ("增", "added", rows.added),
                ("减", "removed", rows.removed),
            )
            if found
        ]
        yield f"- `{name}.csv`：{'；'.join(told)}"
