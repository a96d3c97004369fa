"""What `gongkai show` prints: identity, form, sections, every cell with its place, and what was not understood."""

from collections.abc import Iterator, Sequence
from typing import Any

import simplejson

from pipeline.convert import Understood
from pipeline.document import Row, canonical, collapse
from pipeline.forms import TABLES, forms
from pipeline.sections import Reading, is_figure, meanings, title_of


def as_plain(understood: Understood) -> dict[str, Any]:
    """The keys that other programs read: identity, form, figures by field, and problems."""
    told, report = understood.identity, understood.report
    placed = [one for reading in report.readings.values() for one in reading.placed] if report else []
    return {
        "agency_name": told.agency_name,
        "region_code": told.region.code if told.region else None,
        "year": told.year,
        "form": understood.form.id if understood.form else None,
        "published": told.published,
        "scope": told.scope,
        "figures": {one.field: one.number.value for one in placed},
        "as_written": {one.field: one.number.as_written for one in placed if one.number.as_written is not None},
        "confidence": {one.field: round(one.cell.confidence, 4) for one in placed if one.cell.confidence is not None},
        "problems": [{"code": p.code, "where": p.where, "says": p.says} for p in understood.problems],
    }


def as_json(understood: Understood) -> str:
    """`as_plain` as JSON; amounts are numbers with all their digits."""
    return simplejson.dumps(as_plain(understood), ensure_ascii=False, indent=2, use_decimal=True)


def as_text(understood: Understood) -> str:
    """The same for a person, with the words that told each thing and the place of every cell."""
    return "\n".join([*_identity(understood), *_sections(understood), *_problems(understood)])


def _identity(understood: Understood) -> Iterator[str]:
    told, document = understood.identity, understood.document
    assert document is not None
    form = understood.form
    yield f"file       {document.file} ({document.media_type}, sha256 {document.sha256[:12]}…)"
    yield f"organ      {told.agency_name or 'not told'}"
    yield f"place      {told.region.code + ' ' + told.region.name if told.region else 'not told'}"
    yield f"year       {told.year or 'not told'}"
    yield f"published  {told.published or 'not told'}"
    yield f"scope      {told.scope or 'not told'}"
    yield f"form       {form.id + ' ' + form.notice if form else 'not told'}"
    for clue in told.clues:
        yield f"  {clue.kind} {clue.value}: {clue.place}: {collapse(clue.words)}"


def _sections(understood: Understood) -> Iterator[str]:
    report = understood.report
    if report is None:
        yield "\nno sections 二, 三, 四; every line as it stands:"
        yield from (line for row in understood.rows for line in _raw(row, TABLES))
        return
    for section in TABLES:
        title = next(iter(forms().values())).titles[section]
        yield f"\n{title.number}{title.label} ({section})"
        if section in report.readings:
            yield from _cells(report.readings[section])
        else:
            yield "  this section is refused; its cells as they stand:"
            yield from (line for row in report.cut.of(section) for line in _raw(row, [section]))
    for code, says, where in report.notes:
        yield f"note: {where}: {says} ({code})"


def _raw(row: Row, names: Sequence[str]) -> Iterator[str]:
    """The cells of a row that nothing was read from: the place, the text, and what its words can mean."""
    title = title_of(row)
    for cell in row.cells:
        meant = (
            [f"title of {title}"]
            if title
            else [f"{name}: {one}" for name in names for one in meanings(name, cell.text)]
        )
        if not cell.is_blank:
            told = "; ".join(meant) or ("a number" if is_figure(cell) else "not understood")
            yield f"  {cell.place}: “{collapse(cell.text)[:60]}” ({told})"


def _cells(reading: Reading) -> Iterator[str]:
    for one in reading.placed:
        value = "null" if one.number.value is None else canonical(one.number.value)
        sure = "" if one.cell.confidence is None else f", confidence {one.cell.confidence:.2f}"
        yield f"  {one.field} = {value}    {one.cell.place}: “{collapse(one.cell.text)}”{sure}"
    for row in reading.extra_rows:
        yield f"  extra row “{row['label']}”: {row['values']}"
    for cell in reading.not_understood:
        yield f"  not understood: {cell.place}: “{collapse(cell.text)[:60]}”"


def _problems(understood: Understood) -> Iterator[str]:
    if understood.problems:
        yield "\nThis document is refused:"
    for problem in understood.problems:
        where = f"{problem.where}: " if problem.where else ""
        yield f"  {where}{problem.says} ({problem.code})"
