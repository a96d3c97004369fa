"""一、总体情况 and its siblings 五 and 六: the prose of a report, cut out of it; the words stay with their publisher."""

from collections.abc import Collection, Sequence

from pipeline.document import Row


def paragraphs(rows: Sequence[Row], signed: Collection[int]) -> list[Row]:
    """The rows of a section that are running text: no tables, nothing of the signature."""
    return [row for row in rows if not row.in_table and id(row) not in signed]
