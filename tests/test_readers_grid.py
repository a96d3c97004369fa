"""Cells that span columns and rows are put into slots; what no cell fills is never filled."""

from collections.abc import Sequence

import pytest

from pipeline.document import Ambiguous, UnreadableSource
from pipeline.readers.grid import MOST_COLUMNS, Spanning, to_table

Given = str | tuple[str, int, int]
"""A cell: its text, or its text with the columns and rows that it spans."""


def table(*rows: Sequence[Given]) -> list[list[str]]:
    """The texts of the table that these cells make."""
    made = [
        [Spanning(*_whole(cell)[:1], f"row {n}, cell {i}", *_whole(cell)[1:]) for i, cell in enumerate(row, start=1)]
        for n, row in enumerate(rows, start=1)
    ]
    return [[cell.text for cell in row] for row in to_table(made).rows]


def _whole(cell: Given) -> tuple[str, int, int]:
    return (cell, 1, 1) if isinstance(cell, str) else cell


HEAD = ("信息内容", "制发", "废止", "有效")


def test_covered_slots_are_blank() -> None:
    """What a merged cell covers to the right and below is blank, in its place."""
    assert table([("甲", 2, 2), "1"], ["2"], ["乙", "丙", "3"]) == [["甲", "", "1"], ["", "", "2"], ["乙", "丙", "3"]]


def test_columns_that_no_row_tells_apart_are_one() -> None:
    """A grid that is finer than what is printed comes out as printed."""
    assert table([("甲", 3, 1), ("1", 2, 1)], [("乙", 3, 1), ("2", 2, 1)]) == [["甲", "1"], ["乙", "2"]]


@pytest.mark.parametrize("cells", [("规章", "1", "2"), ("规章",), ("规章", "1", "")])
def test_a_row_that_ends_before_the_table_stays_short(cells: Sequence[str]) -> None:
    """No blank cell is made up behind a row, for the one that is not there may have stood anywhere in it."""
    assert table(HEAD, cells)[1] == list(cells)


def test_a_row_ends_at_a_gap_before_a_cell_from_above() -> None:
    """Where cells are lacking before a column that is covered from above, the row ends there."""
    assert table(["甲", "乙", "丙", ("总计", 1, 2)], ["1"]) == [["甲", "乙", "丙", "总计"], ["1"]]


def test_a_row_without_cells_of_its_own_is_what_covers_it() -> None:
    """A row of nothing but merged cells from above is blank; a row of nothing at all is none."""
    assert table([("甲", 1, 2), ("1", 1, 2)], [], []) == [["甲", "1"], ["", ""]]


def test_a_table_that_is_far_too_wide_is_refused() -> None:
    """A span of thousands of columns ends the reading, not the machine."""
    with pytest.raises(UnreadableSource) as caught:
        table([("甲", MOST_COLUMNS + 1, 1)])
    assert caught.value.where == "row 1, cell 1"


@pytest.mark.parametrize(
    "rows",
    [
        (HEAD, ("规章", ("5", 2, 1), "7")),
        (HEAD, ("规章", "7", ("5", 2, 1))),
        (("", ("单位", 2, 1), ("总计", 1, 2)), ("", "甲", "乙"), ("文件", "1", "2", "4"), ("规章", "3", ("5", 2, 1))),
        (("规章", "1", "2", "3"), ("文件", ("5", 3, 1))),
        (("文件", ("5", 3, 1)), ("规章", "1", "2", "3")),
    ],
)
def test_one_figure_for_several_columns_is_refused(rows: Sequence[Sequence[Given]]) -> None:
    """A figure that reaches further than the head above it belongs to no one column."""
    with pytest.raises(Ambiguous) as caught:
        table(*rows)
    assert caught.value.says == "“5” is one figure for several columns"


@pytest.mark.parametrize(
    "head", [("信息内容", ("决定数量", 3, 1)), ("信息内容", "决定数量"), ("信息内容", "决定数量", "", "")]
)
def test_a_figure_may_be_as_wide_as_its_head(head: Sequence[Given]) -> None:
    """The one figure under a wide head, or under the last head of a row, stands where it begins."""
    assert table(HEAD, ("规章", "1", "2", "3"), head, ("许可", ("5", 3, 1)))[3] == ["许可", "5", "", ""]


def test_one_figure_for_several_rows_is_refused() -> None:
    """A figure that reaches down beside other cells belongs to no one row."""
    with pytest.raises(Ambiguous) as caught:
        table(HEAD, ("规章", "1", ("0", 1, 2), "3"), ("文件", "4", "6"))
    assert (caught.value.says, caught.value.where) == ("“0” is one figure for several rows", "row 2, cell 3")


def test_a_figure_over_rows_that_hold_nothing_else_is_its_own() -> None:
    """Where every cell of a row reaches down into an empty one, nothing is uncertain."""
    assert table(HEAD, [(text, 1, 2) for text in ("规章", "1", "2", "3")], [])[1] == ["规章", "1", "2", "3"]
