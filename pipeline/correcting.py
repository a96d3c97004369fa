"""One correction made to a record: the figure in the body, the entry behind it, the evidence found; or why not.

Whoever asks, at a desk, by a workbook or through an issue, goes through `correct`.
"""

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pipeline import shape, strict
from pipeline.corrections import GONE, converted, governing, kind_of, misprints, put, value_of
from pipeline.quoting import Kept, Quote, quote, told_by_cells
from pipeline.record import Record, agency_folder, record_path, record_to_yaml
from pipeline.shape import ERRED, FACTS, KINDS
from pipeline.typed import Fault, Typed, clean, read_typed, shown, shown_zh

MOST_OF_A_REASON = 500

_REPORT = re.compile(rf"({shape.AGENCY_ID.pattern})-(20\d\d)", re.ASCII)
_FITS = {
    "misread": "misread: a figure for another figure",
    "missed": "missed: a figure for an empty cell",
    "not_in_source": "not_in_source: an empty cell for a figure",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """One correction as a person asks for it.

    `value` is what the report prints, with `printed_wrong` what it should be; `kind` is empty where old and new figure
    may tell it. Without `evidence` the line is taken that the figure was read from; `anyway` lets evidence pass that
    the kept cells lack, because it stands in the original.
    """

    field: str
    value: str | Typed
    kind: str = ""
    reason: str = ""
    by: str = ""
    date: str = ""
    evidence: str = ""
    anyway: bool = False


@dataclass(frozen=True, slots=True)
class Corrected:
    """The record with a correction made, the entry, what stood there before and stands there now."""

    record: Record
    entry: Mapping[str, Any]
    before: Any
    after: Any
    stands: bool
    """Whether the evidence stands in the cells kept."""


Faults = list[Fault]


def report_path(data: Path, report: str) -> Path | None:
    """Where the record of a report lies below a folder `data`; None where these words are no id of a report."""
    found = _REPORT.fullmatch(report)
    return agency_folder(data / "agencies", found[1]) / f"{found[2]}.yaml" if found else None


def correct(record: Record, kept: Kept, wanted: Wanted) -> Corrected | Faults:
    """A copy of the record with the correction, or everything that is wrong with the wish. Changes nothing given."""
    faults = _of_words(wanted)
    if value_of(record, wanted.field) is GONE:
        return [_no_such_field(record, wanted.field), *faults]
    typed = wanted.value
    if isinstance(typed, str):
        read = read_typed(record, wanted.field, typed)
        if isinstance(read, Fault):
            return [read, *faults]
        typed = read
    if wanted.kind == "printed_wrong":
        told: dict[str, Any] | Fault = _misprint(record, wanted, typed)
    else:
        told = _error(record, kept, wanted, typed)
    evidence = quote(kept, wanted.field, wanted.evidence, shown(typed.value), wanted.anyway)
    faults += [fault for fault in (told, evidence) if isinstance(fault, Fault)]
    if faults or isinstance(told, Fault) or isinstance(evidence, Fault):
        return faults
    return _made(record, kept, wanted, typed, told, evidence)


def _of_words(wanted: Wanted) -> Faults:
    faults = []
    if wanted.kind and wanted.kind not in KINDS:
        says = f"“{wanted.kind}” is no kind: {', '.join(KINDS)}"
        faults.append(Fault("kind", says, f"“{wanted.kind}”不是更正的种类：{'、'.join(KINDS)}"))
    if not clean(wanted.reason):
        faults.append(Fault("reason", "a reason belongs here: how the error came about", "请写一句理由：怎么错的"))
    if len(wanted.reason) > MOST_OF_A_REASON:
        says = f"a reason has at most {MOST_OF_A_REASON} characters"
        faults.append(Fault("reason", says, f"理由最多写{MOST_OF_A_REASON}个字"))
    if not clean(wanted.by):
        faults.append(Fault("by", "who corrects this is not said", "没有写明是谁更正的"))
    if not shape.is_date(wanted.date):
        faults.append(Fault("date", f"“{wanted.date}” is no day, such as 2026-03-02", "日期要写成2026-03-02这样"))
    return faults


def _no_such_field(record: Record, name: str) -> Fault:
    near = get_close_matches(name, [*record.figures(), *FACTS], n=3, cutoff=0.6)
    says = f"the report {record.report_id} has no figure “{clean(name)}”"
    says_zh = f"报告{record.report_id}里没有“{clean(name)}”这个数字"
    if near:
        says, says_zh = f"{says}; near it: {', '.join(near)}", f"{says_zh}；相近的有 {'、'.join(near)}"
    return Fault("field", says, says_zh)


# the conversion erred ------------------------------------------------------------------------------------------------


def _error(record: Record, kept: Kept, wanted: Wanted, typed: Typed) -> dict[str, Any] | Fault:
    """Kind, `was` and `now` of an entry.

    `was` guards what the conversion says, also where the body was corrected before. Who takes a correction back agrees
    with the conversion: then `was` is the figure that goes, and nothing is left to be confirmed.
    """
    body = value_of(record, wanted.field)
    said = _said(record, kept, wanted.field, typed.value)
    if isinstance(said, Fault):
        return said
    if typed.value == body and (said == body or wanted.field in governing(record)):
        return _nothing_new(typed, record.report_id)
    if not wanted.kind and _are_words(typed):
        return _no_figure(typed)
    taken_back = typed.value == said
    was = body if taken_back else said
    fitting = kind_of(was, typed.value)
    if wanted.kind and wanted.kind not in (fitting, kind_of(body, typed.value)):
        return _unfit(wanted.kind, fitting or "", was, typed.value)
    told = {"kind": fitting, "was": was, "now": typed.value}
    return {**told, "confirmed": True} if taken_back else told


def _are_words(typed: Typed) -> bool:
    """Whether something stands for an empty cell that may be a remark (看不清): a mark or 无 is what a report prints."""
    return typed.value is None and sum(c.isalpha() for c in typed.as_written or "") > 1


def _no_figure(typed: Typed) -> Fault:
    says = f"“{typed.as_written}” is no figure: if the report prints these words there, say not_in_source"
    return Fault("kind", says, f"“{typed.as_written}”不是数字：原文这一格若真的印着这些字，种类请选 not_in_source")


def _said(record: Record, kept: Kept, name: str, wanted: Any) -> Any:
    """What the conversion says of a field; where nothing explains what the body says, what the kept cells say."""
    body, derived, entry = value_of(record, name), told_by_cells(kept, name), governing(record).get(name)
    if derived is GONE:
        return converted(record, name)
    if derived == body or (entry and derived == entry["was"]):
        return derived
    if entry is None and wanted in (body, derived):
        return derived if wanted == body else body
    says = f"the record says {shown(body)}, the cells kept say {shown(derived)}, and no entry explains that: "
    says_zh = f"记录是{shown_zh(body)}，保存的表格是{shown_zh(derived)}，却没有更正说明缘由："
    return Fault("field", f"{says}mend that first, see `gongkai check`", f"{says_zh}请先用 gongkai check 看清再改")


def _nothing_new(typed: Typed, report: str) -> Fault:
    says = f"{shown(typed.value)} is what the record of {report} says already"
    return Fault("value", says, f"记录里已经是{shown_zh(typed.value)}，没有要改的")


def _unfit(kind: str, fitting: str, was: Any, now: Any) -> Fault:
    says = f"{_FITS[kind]}; here {shown(now)} takes the place of {shown(was)}, which is {fitting}"
    says_zh = f"种类与数字不合：由{shown_zh(was)}改为{shown_zh(now)}，应当是 {fitting}，不是 {kind}"
    return Fault("kind", says, says_zh)


# the report itself is in error ---------------------------------------------------------------------------------------


def _misprint(record: Record, wanted: Wanted, typed: Typed) -> dict[str, Any] | Fault:
    body = value_of(record, wanted.field)
    if wanted.field in FACTS:
        says = "only a figure can be misprinted; a fact about the report is what it prints"
        return Fault("kind", says, "机关名称、范围和日期照原文记录，不能记为“原文印错”")
    if typed.value == body:
        says = f"{shown(body)} is what the report prints: say what it should be"
        return Fault("value", says, f"{shown_zh(body)}就是原文印的数，请写明应当是多少")
    told = {"kind": "printed_wrong", "printed": body, "should_be": typed.value}
    last = misprints(record).get(wanted.field)
    if last and all(last[key] == value for key, value in told.items()):
        return Fault("value", "that is noted already", "这一条已经记下了")
    return told


# the entry -----------------------------------------------------------------------------------------------------------


def _made(
    record: Record, kept: Kept, wanted: Wanted, typed: Typed, told: Mapping[str, Any], evidence: Quote
) -> Corrected | Faults:
    before, made, name = value_of(record, wanted.field), deepcopy(record), wanted.field
    said = {"evidence": evidence.words, "reason": clean(wanted.reason, MOST_OF_A_REASON), "by": clean(wanted.by)}
    entry = {"field": name, **told, **said, "date": wanted.date}
    made.corrections.append(entry)
    if told["kind"] in ERRED:
        put(made, name, typed.value)
        made.as_written.pop(name, None)
        # Who agrees with the kept cells agrees with how they print it.
        agrees = told_by_cells(kept, name) == typed.value
        if written := kept.derived.as_written.get(name) if agrees else typed.as_written:
            made.as_written[name] = written
    return faults_of(made) or Corrected(made, entry, before, value_of(made, name), evidence.stands)


def faults_of(record: Record) -> Faults:
    """What the shape of a record says against writing it; nothing of the kind ever reaches the file."""
    path = record_path(Path(), record)
    problems = shape.problems_of_record(path, strict.load(record_to_yaml(record)))
    return [
        Fault("value", f"{one.field}: {one.says}", f"改好的记录不合规定：{one.field}：{one.says}", one.code)
        for one in problems
    ]


def entry_lines(entry: Mapping[str, Any]) -> list[str]:
    """The lines of an entry as they stand in a record, ready to be pasted below `corrections:`."""
    keys = [key for key in shape.CORRECTION_KEYS if key in entry]
    return [f"{'  ' if n else '- '}{key}: {strict.scalar(entry[key])}" for n, key in enumerate(keys)]
