"""A record laid out as text, in any layout, is read as the same record; a damaged text is never read otherwise."""

import hashlib
import random
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.convert import NOTHING_GIVEN, Options, find_agency, to_record, understand
from pipeline.document import trimmed
from pipeline.forms import TABLES, Column, forms
from pipeline.record import Record, Source, Value
from tests.layouts import LAYOUTS, lay_out

LISTED = [layout for layout in LAYOUTS if layout != "paragraphs"]
"""The layouts in which a blank cell leaves a trace."""


def value(column: Column, chance: random.Random, blanks: float) -> Value:
    if chance.random() < blanks:
        return None
    number = int(10 ** chance.uniform(0, 7)) - 1
    if column.kind == "amount":
        return trimmed(Decimal(number) / 10 ** chance.randrange(7))
    return chance.choice([number, -number]) if column.kind == "change" else number


@st.composite
def records(draw: st.DrawFn, blanks: bool = True) -> Record:
    """A made-up report; its figures come from one drawn seed, which is much faster than two hundred drawn figures."""
    form, chance = forms()[draw(st.sampled_from(list(forms())))], random.Random(draw(st.integers(0, 2**32)))
    share = draw(st.sampled_from([0, 0.02, 0.2, 0.8, 1])) if blanks else 0
    absent = form.other_rows(draw(st.booleans()))
    tables = {
        section: {
            row.key: [value(column, chance, share) for column in row.columns]
            for row in form.rows[section]
            if row.key not in absent
        }
        for section in TABLES
    }
    year = draw(st.integers(form.first_year, form.last_year or 2040))
    made = Record(
        agency_id="999901-wsjkj",
        agency_name="示例县卫生健康局",
        year=year,
        form=form.id,
        scope=None,
        published=draw(st.one_of(st.none(), st.dates(date(year, 1, 1), date(2041, 12, 31)).map(str))),
        source=Source("x.txt", "text/plain", "0" * 64, "0"),
        tables=tables,
    )
    amount = made.figures().get("proactive.procurement.amount")
    if amount:
        made.as_written["proactive.procurement.amount"] = f"{amount:f}万元"
    return made


def read_back(text: str, folder: Path) -> Record:
    path = folder / f"{hashlib.sha256(text.encode()).hexdigest()[:8]}.txt"
    path.write_text(text, encoding="utf-8")
    understood = understand(path)
    assert not understood.problems, (understood.problems[0].where, understood.problems[0].says)
    agency, _ = find_agency(understood, NOTHING_GIVEN, folder)
    return to_record(understood, agency, Options(folder))


def assert_same(one: Record, other: Record) -> None:
    assert one.figures() == other.figures()
    facts = ("report_id", "agency_name", "form", "published", "as_written", "extra_rows")
    assert {key: getattr(one, key) for key in facts} == {key: getattr(other, key) for key in facts}


SLOW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("layout", LISTED)
@SLOW
@given(record=records())
def test_a_record_comes_back_from_every_layout(record: Record, layout: str, tmp_path: Path) -> None:
    """Whatever the figures and wherever blank cells stand, each layout gives the same record back."""
    assert_same(read_back(lay_out(record, layout), tmp_path), record)


@SLOW
@given(record=records(blanks=False))
def test_a_record_without_blanks_comes_back_from_paragraphs(record: Record, tmp_path: Path) -> None:
    """Where each cell is a paragraph of its own, a report whose cells are all filled comes back the same."""
    assert_same(read_back(lay_out(record, "paragraphs"), tmp_path), record)


# damage --------------------------------------------------------------------------------------------------------------


def without_a_cell(text: str, layout: str, at: int) -> str:
    """The text of a report after one cell of its tables got lost, with the mark that parted it from the next."""
    lines = text.split("\n")
    start = next(i for i, line in enumerate(lines) if line.startswith("二、"))
    end = next(i for i, line in enumerate(lines) if line.startswith("五、"))
    mark = "|" if "pipes" in layout else "\t" if "tab-rows" in layout else ""
    places = [(i, j) for i in range(start + 1, end) for j in range(len(lines[i].split(mark)) if mark else 1)]
    line, cell = places[at % len(places)]
    if not mark:
        return "\n".join(lines[:line] + lines[line + 1 :])
    cells = lines[line].split(mark)
    lines[line] = mark.join(cells[:cell] + cells[cell + 1 :])
    return "\n".join(lines)


@pytest.mark.parametrize("layout", list(LAYOUTS))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), at=st.integers(0, 10**6))
def test_a_lost_cell_never_moves_a_figure(layout: str, data: st.DataObject, at: int, tmp_path: Path) -> None:
    """A report that lost one cell is refused, or every figure that is still read stands where it stood."""
    record = data.draw(records(blanks=layout != "paragraphs"))
    path = tmp_path / "damaged.txt"
    path.write_text(without_a_cell(lay_out(record, layout), layout, at), encoding="utf-8")
    report = understand(path).report
    if report is None:
        return
    got = {one.field: one.number.value for reading in report.readings.values() for one in reading.placed}
    moved = {name: value for name, value in got.items() if value is not None and value != record.figures().get(name)}
    assert not moved
