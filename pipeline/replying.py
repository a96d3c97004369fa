"""What an issue hears: the correction as it was made, or what is missing and how to mend it; Chinese first."""

import re
from collections.abc import Iterable, Iterator, Sequence

from pipeline.checks import Finding, check_records
from pipeline.correcting import Corrected
from pipeline.forms import RowOfForm
from pipeline.intake import Asked
from pipeline.naming import issue_form
from pipeline.record import Record, read_agency
from pipeline.shape import ERRED, FACTS
from pipeline.typed import Fault, clean, shown, shown_zh

_MOST_QUOTED = 400
_MOST_FINDINGS = 6


def reply(asked: Asked) -> str:
    """The words for the pull request where the correction is made, else those for the issue; Markdown."""
    lines = _made(asked, asked.made) if asked.made else _not_made(asked)
    return "\n".join(lines) + "\n"


def answer_of(fault: Fault) -> str:
    """The words where there is not even an issue to read."""
    return reply(Asked(faults=[fault]))


# what is missing -----------------------------------------------------------------------------------------------------


def _not_made(asked: Asked) -> Iterator[str]:
    if asked.was_old:
        yield "**这一页后来变了，请重新打开看一遍。**  "
        yield "**The page has changed since: please open it again and look once more.**"
    else:
        yield "**还差一点，记录没有改动。**  "
        yield "**Something is missing or does not fit; the record is as it was.**"
    yield ""
    for fault in asked.faults:
        label, label_en = _labels(fault)
        yield f"- {label}{_plain(fault.says_zh)}。  "
        says = _plain(fault.says)
        yield f"  {label_en}{says[:1].upper()}{says[1:]}."
    yield ""
    yield "改法：在上面这个问题的右上角点“⋯”，选“Edit”（编辑），改好以后保存，就会自动再看一遍。  "
    yield "To mend it, choose “Edit” behind “⋯” at the top of this issue, change what is named here and save: it is read again."


def _labels(fault: Fault) -> tuple[str, str]:
    chinese, _, english = issue_form().labels.get(fault.about, "").partition(" / ")
    return (f"「{chinese}」：" if chinese else ""), (f"{english}: " if english else "")


# what was made -------------------------------------------------------------------------------------------------------


def _made(asked: Asked, made: Corrected) -> Iterator[str]:
    record, entry = made.record, made.entry
    name, name_en = _named(record, asked.name)
    yield "**已照这张表改好记录，核对以后合并。**  "
    yield "**The record is edited as the form asks; somebody looks at it before it is merged.**"
    yield ""
    yield f"{_plain(record.agency_name)} {record.year}（`{record.report_id}`）{name} `{asked.name}`：{_change_zh(made)}  "
    yield f"{name_en}: {_change(made)}"
    yield ""
    if asked.record and asked.name not in FACTS and entry["kind"] in ERRED:
        yield from _row(asked.record, record, asked.name)
        yield from _sums(asked)
    stands = ("在保存的表格里找到了", "found in the cells kept beside the record")
    lacks = (
        "保存的表格里没有这些字句，请对照原件核对",
        "these words do not stand in the cells kept: compare them with the original",
    )
    told, told_en = stands if made.stands else lacks
    yield f"依据 Evidence：{_code(entry['evidence'])}  "
    yield f"{told}。 / {told_en.capitalize()}.  "
    yield f"理由 Reason：{_code(entry['reason'])}"


def _named(record: Record, name: str) -> tuple[str, str]:
    row = _row_of(record, name)
    if row is None:
        return name, name
    column = row.columns[row.fields.index(name)]
    title = record.law.titles[row.section]
    chinese = f"{title.number}{title.label} · {row.words.number}{row.words.label} · {column.words.label}"
    return chinese, f"{title.label_en} · {row.words.label_en} · {column.words.label_en}"


def _row_of(record: Record, name: str) -> RowOfForm | None:
    return next((row for s in record.tables for row, _ in record.rows(s) if name in row.fields), None)


def _change_zh(made: Corrected) -> str:
    if made.entry["kind"] in ERRED:
        return f"{_code(shown_zh(made.before))} → **{_code(shown_zh(made.after))}**"
    printed, right = shown_zh(made.entry["printed"]), shown_zh(made.entry["should_be"])
    return f"原文印的是 {_code(printed)}，照印保留；应当是 **{_code(right)}**"


def _change(made: Corrected) -> str:
    if made.entry["kind"] in ERRED:
        return f"{_code(shown(made.before))} → **{_code(shown(made.after))}**"
    printed, right = shown(made.entry["printed"]), shown(made.entry["should_be"])
    return f"the report prints {_code(printed)}, which stays; it should be **{_code(right)}**"


def _row(before: Record, after: Record, name: str) -> Iterator[str]:
    """The row of the form, before and after."""
    row = _row_of(before, name)
    if row is None:
        return
    yield "| | " + " | ".join(column.short for column in row.columns) + " |"
    yield "|---|" + "--:|" * len(row.columns)
    for words, record in (("原来 Before", before), ("现在 After", after)):
        figures = record.figures()
        cells = [shown_zh(figures[one]) for one in row.fields]
        if record is after:
            cells = [f"**{cell}**" if one == name else cell for one, cell in zip(row.fields, cells, strict=True)]
        yield f"| {words} | " + " | ".join(cells) + " |"
    yield ""


def _sums(asked: Asked) -> Iterator[str]:
    """What the form's own arithmetic says before and after, in so far as that differs."""
    assert asked.path is not None
    assert asked.record is not None
    assert asked.made is not None
    agency, _ = read_agency(asked.path.with_name("agency.yaml"))
    if agency is None:
        return
    one, other = (
        check_records([record], {agency.agency_id: agency}).findings.get(record.report_id, ())
        for record in (asked.record, asked.made.record)
    )
    said = {finding.message for finding in one}
    still = [finding for finding in _without(other, _without(other, one)) if finding.message not in said]
    told = {"现在相符 Holds now": _without(one, other), "现在不符 Fails now": _without(other, one)}
    told["仍不相符 Still fails"] = still
    if not any(told.values()):
        yield "勾稽关系没有变化。 / The sums of the form are as before."
    for words, findings in told.items():
        for finding in findings[:_MOST_FINDINGS]:
            yield f"- {words}（{finding.rule}）：{finding.message} / {finding.message_en}"
        if len(findings) > _MOST_FINDINGS:
            yield f"- {words}：另有{len(findings) - _MOST_FINDINGS}处 / {len(findings) - _MOST_FINDINGS} more"
    yield ""


def _without(findings: Iterable[Finding], others: Sequence[Finding]) -> list[Finding]:
    known = {(one.rule, one.field) for one in others if one.severity == "finding"}
    return [one for one in findings if one.severity == "finding" and (one.rule, one.field) not in known]


# a stranger's words --------------------------------------------------------------------------------------------------


def _code(text: str) -> str:
    """Words as code: no mention, link or heading of theirs is followed."""
    return f"`{clean(text.replace('`', 'ˋ'), _MOST_QUOTED) or ' '}`"


def _plain(text: str) -> str:
    """A sentence of ours that may quote a stranger: what Markdown would make of his words is switched off."""
    calm = re.sub(r"([\\`*_\[\]<>#|~!&])", r"\\\1", clean(text, 3 * _MOST_QUOTED))
    return re.sub(r"@", "@\u200b", calm).rstrip(".。")
