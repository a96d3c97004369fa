"""The main figures of a report: its totals, and the two numbers that each indicator is made of, each worked out once.

They bear the names of the columns of `reports.csv`. Most rates share a number with another: `PARTS` says which two
figures each is made of.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from pipeline.indicators import RATES
from pipeline.record import Record, Value


def _cell(section: str, row: str, place: int = -1) -> Callable[[Record], Value]:
    return lambda record: record.tables[section][row][place]


_ROWS = ("new_received", "carried_in", "granted", "partly_granted", "total_processed", "carried_out")
_BLOCKS = ("administrative_review", "litigation_direct", "litigation_after_review")
_SUMS = ("disclosure_rate", "refusal_rate", "unable_rate", "rejection_rate", "other_rate")
_CASES = ("review_corrected_rate", "litigation_lost_rate")

FIGURES: Mapping[str, Callable[[Record], Value]] = MappingProxyType(
    {"requests_new_received_natural": _cell("requests", "new_received", 0)}
    | {f"requests_{row}_total": _cell("requests", row) for row in _ROWS}
    | {f"{name}_numerator": RATES[name].numerator for name in _SUMS}
    | {"clearance_rate_denominator": RATES["clearance_rate"].denominator}
    | {f"disputes_{block}_total": _cell("disputes", block) for block in _BLOCKS}
    | {f"{name}_numerator": RATES[name].numerator for name in _CASES}
    | {f"{name}_denominator": RATES[name].denominator for name in _CASES}
)
"""How each figure is read from a record; every report of either form has them, blank or not."""

_PROCESSED, _IN_HAND = "requests_total_processed_total", "clearance_rate_denominator"

PARTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "disclosure_rate": ("disclosure_rate_numerator", _PROCESSED),
        "full_disclosure_rate": ("requests_granted_total", _PROCESSED),
        "refusal_rate": ("refusal_rate_numerator", _PROCESSED),
        "unable_rate": ("unable_rate_numerator", _PROCESSED),
        "rejection_rate": ("rejection_rate_numerator", _PROCESSED),
        "other_rate": ("other_rate_numerator", _PROCESSED),
        "clearance_rate": (_PROCESSED, _IN_HAND),
        "carry_rate": ("requests_carried_out_total", _IN_HAND),
        "natural_share": ("requests_new_received_natural", "requests_new_received_total"),
        "review_corrected_rate": ("review_corrected_rate_numerator", "review_corrected_rate_denominator"),
        "litigation_lost_rate": ("litigation_lost_rate_numerator", "litigation_lost_rate_denominator"),
    }
)
"""The numerator and the denominator of each indicator, by the names of `FIGURES`."""


def figures_of(record: Record) -> dict[str, Value]:
    """The main figures of a report, by name."""
    return {name: read(record) for name, read in FIGURES.items()}
