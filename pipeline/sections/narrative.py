"""一、总体情况 and its siblings 五 and 六: the prose of a report is measured and stays with its publisher."""

from collections.abc import Sequence

from pipeline.document import BLANKS, Row


def measure(rows: Sequence[Row]) -> int:
    """How many characters the paragraphs of a section have, white space and tables not counted."""
    return sum(len(BLANKS.sub("", row.text)) for row in rows if not row.in_table)
