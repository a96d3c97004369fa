"""Subjects: every indicator, and every outcome row of section 三 as a share of the requests processed.

（六）其他处理 is printed as one row or as three (rule S08): each of the four rows is a subject of its own, of the
reports that print it; `other_rate` adds up either way.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pipeline.forms import RowOfForm, forms
from pipeline.indicators import RATES
from pipeline.record import Record, Value

_ALL = "requests.total_processed.total"
_NOTHING_PROCESSED = ("没有办结的申请", "processed no requests")
_NOTHING_IN_HAND = ("没有新收和上年结转的申请", "had no requests, new or carried in")


@dataclass(frozen=True, slots=True)
class Subject:
    """A share that every report may have: its words, the fields that it is made of, and how it is made.

    `share` says what is counted and of what. `without` ends the sentence “so many organs …” for those whose denominator
    is 0. `group` is the group of outcomes that a row belongs to, None for an indicator.
    """

    slug: str
    label: str
    label_en: str
    share: tuple[str, str]
    share_en: tuple[str, str]
    without: str
    without_en: str
    fields: frozenset[str]
    numerator: Callable[[Record], Value]
    denominator: Callable[[Record], Value]
    group: str | None = None

    @property
    def short(self) -> str:
        """The words without those of the group that it stands in."""
        return self.label.rpartition("：")[2]

    @property
    def short_en(self) -> str:
        said = self.label_en.rpartition(": ")[2]
        return said[:1].upper() + said[1:]

    @property
    def is_indicator(self) -> bool:
        return self.group is None

    def stands_in(self, record: Record) -> bool:
        """Whether the report prints the row; an indicator can be asked of any report."""
        return self.is_indicator or self.slug in record.tables["requests"]


# indicators ----------------------------------------------------------------------------------------------------------


def _outcomes(*groups: str) -> tuple[str, ...]:
    rows = {row.key for form in forms().values() for row in form.rows["requests"] if row.group in groups}
    return tuple(f"requests.{key}.total" for key in sorted(rows))


_IN_HAND = ("requests.new_received.total", "requests.carried_in.total")
_BLOCKS = {"review": ("administrative_review",), "suits": ("litigation_direct", "litigation_after_review")}


def _settled(block: str) -> tuple[str, ...]:
    return tuple(f"disputes.{row}.{column}" for row in _BLOCKS[block] for column in ("corrected", "total", "pending"))


_PROCESSED = ("办结总计", "all processed")
_RECEIVED = ("本年新收申请＋上年结转申请", "requests received + requests carried in")

_INDICATORS: Mapping[str, tuple[tuple[str, str], tuple[str, str], tuple[str, str], tuple[str, ...]]] = {
    "disclosure_rate": (
        ("予以公开＋部分公开", "granted in full + granted in part"),
        _PROCESSED,
        _NOTHING_PROCESSED,
        (*_outcomes("granted", "partly_granted"), _ALL),
    ),
    "full_disclosure_rate": (
        ("予以公开", "granted in full"),
        _PROCESSED,
        _NOTHING_PROCESSED,
        (*_outcomes("granted"), _ALL),
    ),
    "refusal_rate": (
        ("不予公开各项之和", "all rows of “refused”"),
        _PROCESSED,
        _NOTHING_PROCESSED,
        (*_outcomes("refused"), _ALL),
    ),
    "unable_rate": (
        ("无法提供各项之和", "all rows of “unable to provide”"),
        _PROCESSED,
        _NOTHING_PROCESSED,
        (*_outcomes("unable"), _ALL),
    ),
    "rejection_rate": (
        ("不予处理各项之和", "all rows of “not handled”"),
        _PROCESSED,
        _NOTHING_PROCESSED,
        (*_outcomes("rejected"), _ALL),
    ),
    "other_rate": (
        ("其他处理各项之和", "all rows of “other handling”"),
        _PROCESSED,
        _NOTHING_PROCESSED,
        (*_outcomes("other"), _ALL),
    ),
    "clearance_rate": (("办结总计", "all processed"), _RECEIVED, _NOTHING_IN_HAND, (_ALL, *_IN_HAND)),
    "carry_rate": (
        ("结转下年度继续办理", "carried out to next year"),
        _RECEIVED,
        _NOTHING_IN_HAND,
        ("requests.carried_out.total", *_IN_HAND),
    ),
    "natural_share": (
        ("自然人的本年新收申请", "requests received from natural persons"),
        ("本年新收申请总计", "all requests received"),
        ("没有新收的申请", "received no requests"),
        ("requests.new_received.natural", "requests.new_received.total"),
    ),
    "review_corrected_rate": (
        ("行政复议结果纠正", "administrative reviews that corrected the organ"),
        ("已审结的行政复议（总计－尚未审结）", "administrative reviews concluded (total − pending)"),
        ("没有审结的行政复议", "had no administrative review concluded"),
        _settled("review"),
    ),
    "litigation_lost_rate": (
        ("行政诉讼结果纠正（两类之和）", "lawsuits that corrected the organ (both kinds)"),
        ("已审结的行政诉讼（总计－尚未审结，两类之和）", "lawsuits concluded (total − pending, both kinds)"),
        ("没有审结的行政诉讼", "had no lawsuit concluded"),
        _settled("suits"),
    ),
}
"""What each indicator counts, of what, what it is to have none of that, and the fields that it is made of."""


def _indicator(slug: str) -> Subject:
    of, (share, whole, without, fields) = RATES[slug], _INDICATORS[slug]
    return Subject(
        slug=slug,
        label=of.label,
        label_en=of.label_en,
        share=(share[0], whole[0]),
        share_en=(share[1], whole[1]),
        without=without[0],
        without_en=without[1],
        fields=frozenset(fields),
        numerator=of.numerator,
        denominator=of.denominator,
    )


# outcome rows --------------------------------------------------------------------------------------------------------


def _total_of(key: str) -> Callable[[Record], Value]:
    # The total is the last column of either form. This is asked of every report for every outcome.
    return lambda record: record.tables["requests"][key][-1]


_CLAUSE = re.compile(r"（|、行政机关不再处理| \(counted|, no longer handled")


def _label(row: RowOfForm) -> tuple[str, str]:
    """The words of a row, behind those of its group where it stands in one: “3.其他” alone says nothing."""
    group = forms()["2021"].groups.get(row.group or "")
    # What stands behind tells the person who fills in the form how to count.
    label = _CLAUSE.split(row.words.label)[0]
    label_en = _CLAUSE.split(row.words.label_en)[0]
    if group is None or row.group not in row.within:
        return label, label_en
    return f"{group.label}：{label}", f"{group.label_en}: {label_en[:1].lower()}{label_en[1:]}"


def _outcome(row: RowOfForm) -> Subject:
    label, label_en = _label(row)
    return Subject(
        slug=row.key,
        label=label,
        label_en=label_en,
        share=(f"“{row.words.number}{row.words.label}”一行的总计", _PROCESSED[0]),
        share_en=(f"Total of the row “{row.words.label_en}”", _PROCESSED[1]),
        without=_NOTHING_PROCESSED[0],
        without_en=_NOTHING_PROCESSED[1],
        fields=frozenset((f"requests.{row.key}.total", _ALL)),
        numerator=_total_of(row.key),
        denominator=_total_of("total_processed"),
        group=row.group,
    )


def _all() -> Iterator[Subject]:
    yield from map(_indicator, RATES)
    yield from (_outcome(row) for row in forms()["2021"].rows["requests"] if row.group)


SUBJECTS: Mapping[str, Subject] = MappingProxyType({subject.slug: subject for subject in _all()})
"""Every subject by its slug: the indicators, then the outcome rows in the form's order."""
