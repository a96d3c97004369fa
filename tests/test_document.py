"""The number in a cell: a value, nothing, or a refusal; and the vocabulary of reading."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline import strict
from pipeline.document import (
    Ambiguous,
    BrokenForm,
    Cell,
    Document,
    Number,
    Paragraph,
    ReportError,
    Row,
    Table,
    canonical,
    collapse,
    plain,
    read_number,
    trimmed,
)

YUAN, WAN = "元", "万元"


def read(text: str, kind: str = "count", unit: str | None = None) -> Number:
    return read_number(Cell(text, "line 7"), kind, unit)


def refusal(text: str, kind: str = "count", unit: str | None = None) -> ReportError:
    with pytest.raises(ReportError) as caught:
        read(text, kind, unit)
    return caught.value


# counts --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", " ", "　", "\xa0", "\t\n", "\u200b", "\ufeff"])
@pytest.mark.parametrize("kind", ["count", "change", "amount"])
def test_a_blank_cell_is_no_number_and_nothing_was_written(text: str, kind: str) -> None:
    """Blank, in any kind of white space, is null, never nought, and leaves no printed text."""
    assert read(text, kind) == Number(None, None)


@pytest.mark.parametrize(
    "text", ["/", "—", "－", "-", "－－", "无", "无。", "不涉及", "——", "*", "?", "None", "零", "三"]
)
@pytest.mark.parametrize("kind", ["count", "change", "amount"])
def test_words_instead_of_a_number_are_null_and_kept(text: str, kind: str) -> None:
    """What holds no digit is no number, never nought, and the record keeps what was printed."""
    assert read(text, kind) == Number(None, text)


@pytest.mark.parametrize(
    ("text", "value", "written"),
    [
        ("0", 0, None),
        ("12", 12, None),
        (" 0", 0, None),
        ("0 ", 0, None),
        ("\xa0128\u3000", 128, None),
        ("\t12\n", 12, None),
        ("１２", 12, "１２"),
        ("　１２　", 12, "１２"),
        ("1,234", 1234, "1,234"),
        ("1，234", 1234, "1，234"),
        ("12,345,678", 12345678, "12,345,678"),
        ("5件", 5, "5件"),
        ("0 件", 0, "0 件"),
        ("1128 条", 1128, "1128 条"),
        ("３人次", 3, "３人次"),
        ("+3", 3, "+3"),
        ("＋３", 3, "＋３"),
        ("1 128", 1128, "1 128"),
        ("1 128 000", 1128000, "1 128 000"),
        ("-0", 0, "-0"),
    ],
)
def test_a_count_is_read_and_its_odd_writing_kept(text: str, value: int, written: str | None) -> None:
    """A whole number in any of the ways that reports print it; the printed text stays where it is not the plain one."""
    assert read(text) == Number(value, written)
    assert type(read(text).value) is int


NOT_ONE = [
    "0 0", "1 2", "12 34", "1231 6", "1 128 00", "1 1280", "1128 000", "00", "007", "０５", "0,123", "7²", "7①", "①", "½", "〇", "Ⅳ", "5（其中1件）", "5件(其中1件为上年结转)", "2023年",
    "1.85万条", "12.5.3", "1-2", "1/2", "3~5", "50余条", "约3", "12。", "5.", ".5", "1e3", "0x1", "1,23", "1,2345",
    "12,34,567", "1'234", "5，", "1件2", "--3", "+-3", "3%", "٣", "१", "𝟏", "1" * 16, "1" * 5000, "bookmark1",
]  # fmt: skip


@pytest.mark.parametrize("text", NOT_ONE)
@pytest.mark.parametrize("kind", ["count", "change"])
def test_digits_that_are_not_one_number_are_refused(text: str, kind: str) -> None:
    """Two figures run together, a note number, a year, a part in brackets: refused with the place, never guessed."""
    error = refusal(text, kind)
    assert isinstance(error, Ambiguous)
    assert error.where == "line 7"
    assert f"“{text[:40]}" in error.says
    assert len(error.says) < 120


@pytest.mark.parametrize(
    "text", ["-3", "−5", "－５", "- 3", "-3件", "12.50", "12.0", "3.5", "251000元", "12.5万元", "0元", "１２．５"]
)
def test_what_no_count_can_be_breaks_rule_v01(text: str) -> None:
    """A negative number, a fraction or money where a number of cases belongs refuses the report by rule V01."""
    error = refusal(text)
    assert isinstance(error, BrokenForm)
    assert (error.code, error.where) == ("V01", "line 7")


def test_running_text_in_a_cell_of_figures_is_refused() -> None:
    """Prose that slipped into a table is no answer such as 无: it is refused, not kept as null."""
    assert "running text" in refusal("本年度未收到任何政府信息公开申请").says


# changes and amounts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value", "written"),
    [
        ("-3", -3, None),
        ("−5", -5, "−5"),
        ("－５", -5, "－５"),
        ("+1036", 1036, "+1036"),
        ("0", 0, None),
        ("-0", 0, "-0"),
    ],
)
def test_a_change_may_be_negative(text: str, value: int, written: str | None) -> None:
    """本年增/减 is the one kind of figure below nought; every sign of minus is one."""
    assert read(text, "change") == Number(value, written)


@pytest.mark.parametrize("text", ["-3.5", "3万元", "1.0"])
def test_a_change_is_a_whole_number(text: str) -> None:
    """A change counts items: a fraction or money breaks rule V01."""
    assert refusal(text, "change").code == "V01"


@pytest.mark.parametrize(
    ("text", "unit", "value", "written"),
    [
        ("0", None, "0", None),
        ("0", WAN, "0", None),
        ("12.5", WAN, "12.5", None),
        ("12.50", WAN, "12.5", "12.50"),
        ("0.00", None, "0", "0.00"),
        ("-0", WAN, "0", "-0"),
        ("1200", WAN, "1200", None),
        ("5949.088667", WAN, "5949.088667", None),
        ("12.5万元", None, "12.5", "12.5万元"),
        ("251000元", None, "25.1", "251000元"),
        ("251000元", WAN, "25.1", "251000元"),
        ("2832995", YUAN, "283.2995", "2832995"),
        ("12.5万元", YUAN, "12.5", "12.5万元"),
        ("1,234.56", WAN, "1234.56", "1,234.56"),
        ("１２．５", WAN, "12.5", "１２．５"),
        ("59237.2449 万元", None, "59237.2449", "59237.2449 万元"),
        ("0.01", YUAN, "0.000001", "0.01"),
        ("1" * 15 + "." + "1" * 9, YUAN, "11111111111.1111111111111", "1" * 15 + "." + "1" * 9),
    ],
)
def test_an_amount_is_exact_and_in_wan_yuan(text: str, unit: str | None, value: str, written: str | None) -> None:
    """Money is an exact decimal in 万元 without trailing zeros; the cell's own unit outranks that of the column."""
    number = read(text, "amount", unit)
    assert (str(canonical(number.value)), number.as_written) == (value, written)
    assert isinstance(number.value, Decimal)
    assert strict.load(f"a: {strict.scalar(number.value)}\n").problems == []


@pytest.mark.parametrize(
    ("text", "unit", "kind"),
    [
        ("5", None, Ambiguous),
        ("5", "件", Ambiguous),
        ("5件", WAN, Ambiguous),
        ("12.5.1", WAN, Ambiguous),
        ("0." + "1" * 40, WAN, Ambiguous),
        ("05", WAN, Ambiguous),
        ("-5", WAN, BrokenForm),
        ("-0.01万元", None, BrokenForm),
    ],
)
def test_an_amount_without_a_unit_or_below_nought_is_refused(text: str, unit: str | None, kind: type) -> None:
    """Whether 元 or 万元 is never guessed, no digit is rounded away, and no fee is negative."""
    assert isinstance(refusal(text, "amount", unit), kind)


# over everything -----------------------------------------------------------------------------------------------------

CELLS = st.text("0123456789０５.,，+-−件元万年 \n/无²①（）", max_size=10)


@given(CELLS, st.sampled_from(["count", "change", "amount"]), st.sampled_from([None, YUAN, WAN]))
def test_no_cell_makes_a_figure_out_of_other_digits(text: str, kind: str, unit: str | None) -> None:
    """Whatever a cell holds: a refusal, null without any digit, or a figure of exactly the printed digits."""
    try:
        number = read(text, kind, unit)
    except ReportError:
        return
    digits = "".join(c for c in plain(text) if c in "0123456789")
    if number.value is None:
        assert digits == ""
        assert (number.as_written is None) == (collapse(text) == "")
    else:
        assert (number.as_written or canonical(number.value)) == collapse(text)
        assert canonical(number.value).replace(".", "").replace("-", "").strip("0") == digits.strip("0")


@given(st.integers(0, 10**12))
def test_every_way_to_print_a_count_gives_the_same_count(value: int) -> None:
    """Full width, thousands parted, with a unit or padded: the same figure."""
    wide = str(value).translate({0x30 + n: 0xFF10 + n for n in range(10)})
    for text in (str(value), wide, f"{value:,}", f"{value}件", f" {value} ", f"+{value}"):
        assert read(text).value == value


@given(st.decimals(0, 10**9, places=6))
def test_an_amount_in_yuan_is_a_ten_thousandth_in_wan_yuan(value: Decimal) -> None:
    """元 divided by ten thousand is exact, digit by digit."""
    text = f"{value:f}"
    assume(value)
    in_yuan, in_wan = read(text, "amount", YUAN).value, read(text, "amount", WAN).value
    assert in_yuan is not None
    assert in_yuan * 10000 == in_wan == value


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (0, "0"), (-3, "-3"), (Decimal("12.50"), "12.5"), (Decimal("1E+3"), "1000"), (Decimal("-0.0"), "0")],
)
def test_a_figure_has_one_way_to_be_written(value: int | Decimal | None, text: str) -> None:
    """No trailing zeros, no exponent, no negative nought, nothing for null."""
    assert canonical(value) == text
    if isinstance(value, Decimal):
        assert str(trimmed(value)) == text


# the vocabulary ------------------------------------------------------------------------------------------------------


def test_the_rows_of_a_document_come_in_the_order_of_the_page() -> None:
    """Paragraphs and table rows are rows alike, in order, and know whether they stand in a table."""
    table = Table(((Cell("a", "2"), Cell(" ", "2"), Cell("b", "2")), (Cell("c", "3"),)))
    rows = Document("x.txt", "text/plain", "0", (Paragraph("head", "1"), table, Paragraph("tail", "4"))).rows()
    assert [(row.text, row.place, row.in_table) for row in rows] == [
        ("head", "1", False), ("a b", "2", True), ("c", "3", True), ("tail", "4", False),
    ]  # fmt: skip


def test_the_only_cell_of_a_row_is_the_one_that_is_not_blank() -> None:
    """Blank cells do not count; of two words none is the only one."""
    assert Row((Cell(" ", "1"), Cell("a", "1"), Cell("", "1")), True).only == Cell("a", "1")
    assert Row((Cell("a", "1"), Cell("b", "1")), True).only is None
    assert Row((Cell(" ", "1"),), True).only is None


def test_labels_are_compared_without_width_and_white_space() -> None:
    """A label broken over lines, with full-width brackets and a mark inside, is the label; two words stay two cells."""
    assert plain("第二十条 第（一）\n项\u200b") == "第二十条第(一)项"
    assert collapse(" a\t\u3000b\n") == "a b"
