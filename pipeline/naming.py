"""Words by which people name a figure or a kind of error, and the one field or kind that they mean without doubt."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pipeline import ROOT
from pipeline.document import plain
from pipeline.forms import Label, RowOfForm
from pipeline.record import Record
from pipeline.shape import FACTS, KINDS
from pipeline.typed import Fault, clean

FORM = ROOT / ".github" / "ISSUE_TEMPLATE" / "correction.yml"
MOST_NAMED = 4

_CODE = re.compile(r"(?<![\w.])[a-z][a-z0-9_]*(?:\.[a-z0-9_]+){2}(?![\w.])", re.ASCII)
_BRACKETED = re.compile(r"\([^()]*\)")
_MARKS = re.compile(r"[^\w\u4e00-\u9fff]+|_")


@dataclass(frozen=True, slots=True)
class IssueForm:
    """The form in which a figure is reported: the id of each label, its labels, and the options of `kind`."""

    ids: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)


@cache
def issue_form(path: Path = FORM) -> IssueForm:
    """The form as its file says; labels are compared without blanks."""
    parts = [one for one in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["body"] if "id" in one]
    labels = {one["id"]: str(one["attributes"]["label"]) for one in parts}
    (kinds,) = [one["attributes"]["options"] for one in parts if one["id"] == "kind"]
    return IssueForm({plain(label): id for id, label in labels.items()}, labels, dict(_options(kinds)))


def _options(options: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for option in map(str, options):
        yield plain(option), next((kind for kind in KINDS if re.search(rf"\b{kind}\b", option)), "")


def read_kind(text: str) -> str | Fault:
    """The kind that words name: by its one code, or by the Chinese words of the issue form; empty for no words."""
    words, codes = plain(text), [kind for kind in KINDS if re.search(rf"(?<![a-z_]){kind}(?![a-z_])", text)]
    if not words or len(codes) == 1:
        return codes[0] if codes else ""
    for option, kind in issue_form().kinds.items():
        if words in (option, *(re.split(marks, option)[0] for marks in ("/", ":", ","))):
            return kind
    says = f"“{clean(text, 40)}” is no kind: {', '.join(KINDS)}"
    return Fault("kind", says, f"“{clean(text, 40)}”不是更正的种类：{'、'.join(KINDS)}")


# figures -------------------------------------------------------------------------------------------------------------


def read_field(record: Record, text: str) -> str | Fault:
    """The field of a report that a code or the form's own words (三、予以公开、自然人) name, where they name one."""
    codes = list(dict.fromkeys(_CODE.findall(text))) or [name for name in FACTS if name == text.strip()]
    known = [code for code in codes if code in FACTS or code in record.figures()]
    if len(known) == 1:
        return str(known[0])
    if codes:
        return _unknown(record, codes) if not known else _several(known)
    words = _bare(text)
    meant = [name for row, _ in _rows(record) for name, pattern in _patterns(record, row) if pattern.fullmatch(words)]
    if len(meant) == 1:
        return meant[0]
    return _several(meant) if meant else _unknown(record, [clean(text, 80)])


def _unknown(record: Record, names: list[str]) -> Fault:
    says = f"the report {record.report_id} has no figure “{', '.join(names[:MOST_NAMED])}”"
    says_zh = f"报告{record.report_id}里找不到“{'、'.join(names[:MOST_NAMED])}”"
    return Fault("field", f"{says}; name it by its code", f"{says_zh}；请从报告页上这个数字点进来，或写字段名")


def _several(names: list[str]) -> Fault:
    named = names[:MOST_NAMED]
    return Fault(
        "field", f"that could be {' or '.join(named)}", f"这可能是几个数字：{'、'.join(named)}；请写一个字段名"
    )


def _rows(record: Record) -> Iterator[tuple[RowOfForm, Any]]:
    for section in record.tables:
        yield from record.rows(section)


def _patterns(record: Record, row: RowOfForm) -> Iterator[tuple[str, re.Pattern[str]]]:
    """What may be written for each figure of a row: what stands above it, the row, the column; or the column first."""
    law = record.law
    heads, title = law.heads[row.section], law.titles[row.section]
    own = [label for key, label in {**law.groups, **heads}.items() if key not in law.groups or key in row.within]
    numbers = [_bare(title.number), f"第{_bare(title.number)}部分", *(_bare(one.number) for one in own)]
    above = _any([*_ways(title, *own), _bare(row.item), *numbers])
    name = _any(_ways(row.words))
    for code, column in zip(row.fields, row.columns, strict=True):
        told = _any([_bare(column.words.label), _bare(column.short)])
        last = f"{told}?" if len(row.columns) == 1 else told
        yield code, re.compile(f"{above}*{name}{above}*{last}|{above}*{told}{name}")


def _ways(*labels: Label) -> Iterator[str]:
    """The words of labels, with and without their numbers and what stands in brackets."""
    for label in labels:
        for words in {label.label, _BRACKETED.sub("", plain(label.label))}:
            yield _bare(label.number + words)
            yield _bare(words)


def _any(words: Iterable[str]) -> str:
    return f"(?:{'|'.join(map(re.escape, sorted({w for w in words if w}, key=len, reverse=True)))})"


def _bare(text: str) -> str:
    return _MARKS.sub("", plain(text))
