"""The page that sets organs side by side: what can be chosen there, and the medians by level that need no script.

The figures themselves come from `agencies/<id>/data.json`, which stands there for everybody.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import ClassVar

from pipeline.forms import TABLES, Column, Label, RowOfForm, all_rows, forms
from pipeline.indicators import RATES, rate
from pipeline.pages.addresses import file_of
from pipeline.pages.material import Download, Material
from pipeline.pages.page import Page, Task
from pipeline.pages.statistics import PEERS, Quartiles, is_whole, quartiles
from pipeline.pages.totals import PARTS, figures_of
from pipeline.record import Value
from pipeline.shape import LEVELS

COMPARE = "compare/"
"""The page's address; `compare/?a=<agency_id>` opens it with an organ chosen."""
MOST = 12
"""How many organs are compared at once."""
MOST_FIGURES = 40
LATEST = 3
"""How many years the medians by level are told of."""
USUAL = ("requests_new_received_total", "requests_total_processed_total", "disclosure_rate", "refusal_rate")
"""What is shown before anybody has chosen."""
HEADLINES: Mapping[str, Label] = {
    "requests.new_received.total": Label("本年新收申请", "Requests received"),
    "requests.carried_in.total": Label("上年结转", "Carried in"),
    "requests.total_processed.total": Label("办理结果总计", "Processed"),
    "requests.carried_out.total": Label("结转下年度", "Carried out"),
    "disputes.administrative_review.total": Label("行政复议", "Administrative reviews"),
    "disputes.litigation_direct.total": Label("未经复议直接起诉", "Lawsuits, direct"),
    "disputes.litigation_after_review.total": Label("复议后起诉", "Lawsuits after review"),
}
"""The totals that everybody asks for, in fewer words than the form has for them."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A figure that can be compared: its column in `reports.csv`, its words, and the forms that have such a cell.

    `other` is the way in which a report has to print （六）其他处理 to have it (rule S08): single or three.
    """

    key: str
    words: Label
    forms: tuple[str, ...]
    is_rate: bool = False
    other: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """Figures that stand together, as a row of the form does; `heading` names the group that the row is in."""

    words: Label | None
    heading: Label | None
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Lines under one heading: indicators, totals, and the three sections."""

    key: str
    words: Label
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Medians:
    """An indicator by level: for each of the years, quartiles where at least five organs have a rate, else None."""

    slug: str
    label: str
    label_en: str
    levels: Mapping[str, tuple[Quartiles | None, ...]]


@dataclass(frozen=True, slots=True)
class ComparePage:
    """What can be compared, and what is already."""

    template: ClassVar[str] = "compare"
    path: str
    years: Sequence[int]
    blocks: tuple[Block, ...]
    latest: tuple[int, ...]
    medians: tuple[Medians, ...]
    downloads: tuple[Download, ...]
    most: int = MOST
    most_figures: int = MOST_FIGURES
    peers: int = PEERS
    usual: tuple[str, ...] = USUAL


def tasks(made: Material) -> Iterator[Task]:
    """The one page."""
    yield partial(_page, made)


def _page(made: Material) -> Iterator[Page]:
    latest = tuple(made.years[-LATEST:])
    yield ComparePage(
        path=file_of(COMPARE),
        years=made.years,
        blocks=tuple(_blocks()),
        latest=latest,
        medians=tuple(_medians(made, latest)),
        downloads=made.downloads("data/reports.csv", "data/reports.json"),
    )


# what can be chosen --------------------------------------------------------------------------------------------------


def _blocks() -> Iterator[Block]:
    rows = all_rows()
    rates = tuple(
        Choice(name, Label(of.label, of.label_en), tuple(forms()), is_rate=True) for name, of in RATES.items()
    )
    yield Block("indicators", Label("比率", "Rates"), (Line(None, None, rates),))
    yield Block("headlines", Label("主要数字", "Main figures"), (Line(None, None, tuple(_headlines(rows))),))
    for section in TABLES:
        title = forms()["2021"].titles[section]
        yield Block(section, title, tuple(_line(row) for row in rows if row.section == section))


def _headlines(rows: Sequence[RowOfForm]) -> Iterator[Choice]:
    named = {f"{row.section}.{row.key}.total": row for row in rows}
    return (_choice(named[name], named[name].columns[-1], words) for name, words in HEADLINES.items())


def _line(row: RowOfForm) -> Line:
    return Line(row.words, _heading(row), tuple(_choice(row, column, column.words) for column in row.columns))


def _heading(row: RowOfForm) -> Label | None:
    """The group that a row stands in: “3.其他” alone says nothing."""
    law = forms()["2021"]
    inner = next(iter(row.within[-1:]), "")
    return law.groups.get(inner) or (law.heads["disputes"].get(inner) if row.section == "disputes" else None)


def _choice(row: RowOfForm, column: Column, words: Label) -> Choice:
    field = f"{row.section}.{row.key}.{column.key}"
    having = tuple(id for id, form in forms().items() if _has(form.row(row.section, row.key), column.key))
    other = "" if row.group != "other" else "single" if row.key in forms()["2021"].other_rows(single=True) else "three"
    return Choice(field.replace(".", "_"), words, having, other=other)


def _has(row: RowOfForm | None, column: str) -> bool:
    return row is not None and any(one.key == column for one in row.columns)


# what needs no script ------------------------------------------------------------------------------------------------


def _medians(made: Material, years: Sequence[int]) -> Iterator[Medians]:
    found = _rates(made, frozenset(years))
    levels = [level for level in LEVELS if any(key[0] == level for key in found)]
    for slug, of in RATES.items():
        told = {level: tuple(quartiles(found[level, year][slug]) for year in years) for level in levels}
        yield Medians(slug, of.label, of.label_en, {level: row for level, row in told.items() if any(row)})


def _rates(made: Material, years: frozenset[int]) -> Mapping[tuple[str, int], Mapping[str, list[Decimal]]]:
    """The rates of organs' own reports by level, year and indicator."""
    found: dict[tuple[str, int], dict[str, list[Decimal]]] = defaultdict(lambda: defaultdict(list))
    for record in made.dataset.records:
        level = made.dataset.agency_of(record).level
        if record.year in years and level and not is_whole(record):
            for slug, value in _rates_of(figures_of(record)):
                found[level, record.year][slug].append(value)
    return found


def _rates_of(figures: Mapping[str, Value]) -> Iterator[tuple[str, Decimal]]:
    for slug, (numerator, denominator) in PARTS.items():
        value = rate(figures[numerator], figures[denominator])
        if value is not None:
            yield slug, value
