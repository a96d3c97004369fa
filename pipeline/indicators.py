"""The rates of a report, each with its numerator and denominator, from the total column alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from pipeline.checks.rule import cells, difference, total
from pipeline.record import Record, Value


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate: what is counted, of what, and its words."""

    numerator: Callable[[Record], Value]
    denominator: Callable[[Record], Value]
    label: str
    label_en: str
    formula: str


def rate(numerator: Value, denominator: Value) -> Decimal | None:
    """Six decimals, half to even; None where either is null or the denominator is 0."""
    if numerator is None or not denominator:
        return None
    return Decimal(round(Fraction(numerator) / Fraction(denominator) * 10**6)).scaleb(-6)


def indicators(record: Record) -> dict[str, object]:
    """Every indicator of a report: `<name>`, `<name>_numerator`, `<name>_denominator`, null as the contract says."""
    found: dict[str, object] = {}
    for name, of in RATES.items():
        numerator, denominator = of.numerator(record), of.denominator(record)
        found[name] = rate(numerator, denominator)
        found[f"{name}_numerator"] = numerator
        found[f"{name}_denominator"] = denominator
    return found


# figures -------------------------------------------------------------------------------------------------------------


# The last column of section 三 is the total in every form; a test holds it.
def _rows(*keys: str) -> Callable[[Record], Value]:
    return lambda record: total(record.tables["requests"][key][-1] for key in keys)


def _group(*groups: str) -> Callable[[Record], Value]:
    """The outcomes of some groups; a report prints （六）其他处理 as one row or as three (rule S08)."""
    return lambda record: total(values[-1] for row, values in record.rows("requests") if row.group in groups)


def _disputes(column: str, *keys: str) -> Callable[[Record], Value]:
    return lambda record: total(cells(record, "disputes", key)[column] for key in keys)


def _settled(*keys: str) -> Callable[[Record], Value]:
    whole, pending = _disputes("total", *keys), _disputes("pending", *keys)
    return lambda record: difference(whole(record), pending(record))


_PROCESSED = _rows("total_processed")
_IN_HAND = _rows("new_received", "carried_in")
_SUITS = ("litigation_direct", "litigation_after_review")

RATES: Mapping[str, Rate] = {
    "disclosure_rate": Rate(
        _group("granted", "partly_granted"),
        _PROCESSED,
        "公开率",
        "Disclosure rate",
        "(granted + partly_granted) / total_processed",
    ),
    "full_disclosure_rate": Rate(
        _group("granted"), _PROCESSED, "全部公开率", "Full disclosure rate", "granted / total_processed"
    ),
    "refusal_rate": Rate(_group("refused"), _PROCESSED, "不予公开率", "Refusal rate", "Σ refused_* / total_processed"),
    "unable_rate": Rate(_group("unable"), _PROCESSED, "无法提供率", "Unable rate", "Σ unable_* / total_processed"),
    "rejection_rate": Rate(
        _group("rejected"), _PROCESSED, "不予处理率", "Rejection rate", "Σ rejected_* / total_processed"
    ),
    "other_rate": Rate(_group("other"), _PROCESSED, "其他处理率", "Other rate", "Σ other_* / total_processed"),
    "clearance_rate": Rate(
        _PROCESSED, _IN_HAND, "办结率", "Clearance rate", "total_processed / (new_received + carried_in)"
    ),
    "carry_rate": Rate(
        _rows("carried_out"), _IN_HAND, "结转率", "Carry rate", "carried_out / (new_received + carried_in)"
    ),
    "natural_share": Rate(
        lambda record: cells(record, "requests", "new_received")["natural"],
        _rows("new_received"),
        "自然人占比",
        "Share of natural persons",
        "new_received.natural / new_received.total",
    ),
    "review_corrected_rate": Rate(
        _disputes("corrected", "administrative_review"),
        _settled("administrative_review"),
        "复议纠正率",
        "Reviews corrected",
        "administrative_review: corrected / (total − pending)",
    ),
    "litigation_lost_rate": Rate(
        _disputes("corrected", *_SUITS),
        _settled(*_SUITS),
        "诉讼纠正率",
        "Suits lost",
        "litigation_direct + litigation_after_review: Σ corrected / Σ (total − pending)",
    ),
}
"""Every indicator by its name, in the order of their columns."""

INDICATORS: tuple[str, ...] = tuple(RATES)

HEADLINES = (
    "requests.new_received.total",
    "requests.carried_in.total",
    "requests.total_processed.total",
    "requests.carried_out.total",
    "disputes.administrative_review.total",
    "disputes.litigation_direct.total",
    "disputes.litigation_after_review.total",
)
"""The counts that an organ is followed by over the years, by their fields."""


def count_of(record: Record, field: str) -> Value:
    """A count by its field, whose row must be in the report: the row's last figure, the total where it has one.

    Looked up alone, for the whole list of figures takes longer.
    """
    section, row, _ = field.split(".")
    return record.tables[section][row][-1]
