"""A page is read as a browser shows it: its cells where they stand, its words as they are, its frame left out."""

import random
import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import readers
from pipeline.convert import NOTHING_GIVEN, Options, find_agency, to_record, understand
from pipeline.document import (
    Ambiguous,
    Cell,
    Document,
    Heading,
    Paragraph,
    ReportError,
    Table,
    UnreadableSource,
    read_number,
)
from pipeline.record import Record
from tests.as_html import to_html
from tests.made import different, record
from tests.test_roundtrip import records

SLOW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def page(tmp_path: Path, source: str | bytes) -> Document:
    path = tmp_path / "页.html"
    path.write_bytes(source if isinstance(source, bytes) else source.encode())
    return readers.read(path)


def tables(tmp_path: Path, body: str) -> list[list[list[str]]]:
    blocks = page(tmp_path, f"<html><body>{body}</body></html>").blocks
    return [[[cell.text for cell in row] for row in block.rows] for block in blocks if isinstance(block, Table)]


def lines(tmp_path: Path, body: str) -> list[str]:
    blocks = page(tmp_path, f"<html><body>{body}</body></html>").blocks
    return [block.text for block in blocks if isinstance(block, Paragraph)]


def row(*cells: str) -> str:
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def cell(tmp_path: Path, inside: str) -> str:
    """The text of one cell among others."""
    return tables(tmp_path, f"<table>{row('甲', '乙', '丙')}<tr><td>丁</td><td>{inside}</td><td>戊</td></tr></table>")[
        0
    ][1][1]


# a report comes back -------------------------------------------------------------------------------------------------


@SLOW
@given(made=records())
def test_a_record_comes_back_from_a_page(made: Record, tmp_path: Path) -> None:
    """Whatever the figures and wherever blank cells stand, a page with merged cells gives the same record back."""
    path = tmp_path / "report.html"
    path.write_text(to_html(made), encoding="utf-8")
    understood = understand(path)
    assert not understood.problems, (understood.problems[0].where, understood.problems[0].says)
    agency, _ = find_agency(understood, NOTHING_GIVEN, tmp_path)
    again = to_record(understood, agency, Options(tmp_path))
    assert again.figures() == made.figures()
    assert (again.as_written, again.published, again.agency_name) == (made.as_written, made.published, made.agency_name)


def moved(made: Record, source: str, tmp_path: Path) -> dict[str, object]:
    """The figures that are read from a damaged page and do not stand in the record."""
    path = tmp_path / "damaged.html"
    path.write_text(source, encoding="utf-8")
    report = understand(path).report
    if report is None:
        return {}
    got = {one.field: one.number.value for reading in report.readings.values() for one in reading.placed}
    return {name: value for name, value in got.items() if value != made.figures().get(name)}


def without(source: str, at: int, pattern: str) -> str:
    """The page without one of the stretches that match."""
    found = list(re.finditer(pattern, source, re.DOTALL))
    match = found[at % len(found)]
    return source[: match.start()] + source[match.end() :]


@pytest.mark.parametrize("pattern", [r"<td[^>]*>.*?</td>", r"</?td[^>]*>", r"</?tr>", r"</?table>"])
@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(made=records(), at=st.integers(0, 10**6))
def test_a_lost_cell_or_tag_never_moves_a_figure(pattern: str, made: Record, at: int, tmp_path: Path) -> None:
    """A page that lost a cell, or a tag of its tables, is refused, or what is read of it is as it was."""
    assert not moved(made, without(to_html(made), at, pattern), tmp_path)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(made=records(), seed=st.integers(0, 10**9))
def test_another_span_never_moves_a_figure(made: Record, seed: int, tmp_path: Path) -> None:
    """A page of which one cell spans other columns or rows is refused, or what is read of it is as it was."""
    chance = random.Random(seed)
    source = to_html(made)
    found = list(re.finditer(r"(?<=span=\")\d+", source))
    match = chance.choice(found)
    span = str(chance.choice([0, 1, 2, 3, 4, 5, 7, 10, 22, 1000]))
    assert not moved(made, source[: match.start()] + span + source[match.end() :], tmp_path)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(made=records(), seed=st.integers(0, 10**9))
def test_a_cell_that_swallows_its_neighbour_never_moves_a_figure(made: Record, seed: int, tmp_path: Path) -> None:
    """Where somebody merged two cells of a row, no other figure is placed elsewhere."""
    source = to_html(made)
    found = list(
        re.finditer(r'<td colspan="(\d+)" rowspan="1">([^<]*)</td><td colspan="(\d+)" rowspan="1">[^<]*</td>', source)
    )
    match = random.Random(seed).choice(found)
    merged = f'<td colspan="{int(match[1]) + int(match[3])}" rowspan="1">{match[2]}</td>'
    lost = moved(made, source[: match.start()] + merged + source[match.end() :], tmp_path)
    assert all(value is None for value in lost.values()), lost


# words ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("20<span>23</span>", "2023"),
        ("<b>其</b>他", "其他"),
        ("&nbsp;12&nbsp;", "12"),
        ("　12", "12"),
        ("1\u200b2\ufeff", "12"),
        ("1&#8203;2&shy;3", "123"),
        ("<p class=MsoNormal><span lang=EN-US>12<o:p></o:p></span></p>", "12"),
        ("<!--[if !supportLists]-->12<!--[endif]-->", "12"),
        ("<![if !supportEmptyParas]>12<![endif]>", "12"),
        ("<!--[if gte mso 9]><xml>7</xml><![endif]-->12", "12"),
        ("1<script>9</script>2<style>p{}</style>", "12"),
        ("1<span style='display: none'>9</span>2", "12"),
        ("<del>9</del>12", "12"),
        ("商业<br>企业", "商业 企业"),
        ("<p>商业</p>\n<p>企业</p>", "商业 企业"),
        ("商业\n  企业", "商业 企业"),
        ("<p>12</p><p>&nbsp;</p>", "12"),
        ("<input type=text value=12>", "12"),
        ("<input type=hidden value=12>", ""),
        ("<select><option>5</option><option selected>12</option></select>", "12"),
        ("<table><tr><td>12</td></tr></table>", "12"),
        ("<p><br></p>", ""),
        ("<ruby>年<rt>nián</rt></ruby>报", "年报"),
    ],
)
def test_the_words_of_a_cell_are_what_the_page_shows(inside: str, text: str, tmp_path: Path) -> None:
    """Marks, spans and breaks inside a cell leave its words, and nothing that is hidden comes in."""
    assert cell(tmp_path, inside) == text


@pytest.mark.parametrize(
    "inside",
    [
        "<p>12</p><p>34</p>",
        "12<br>34",
        "12<br>.5",
        "-<br>5",
        "12&nbsp;&nbsp;&nbsp;34",
        "12<sup>1</sup>",
        "12<span style='vertical-align:super'>1</span>",
        "<s>1</s>2",
        "1<span style='text-decoration:line-through'>2</span>",
        "<img src=a.gif>",
        "<div style='display:inline-block'>1</div><div style='display:inline-block'>2</div>",
    ],
)
def test_what_could_be_two_figures_is_no_figure(inside: str, tmp_path: Path) -> None:
    """Two lines, a footnote, a figure that is struck out and a picture never make a number."""
    with pytest.raises(Ambiguous):
        read_number(Cell(cell(tmp_path, inside), ""), "count")


def test_lines_and_headings_come_as_the_page_breaks_them(tmp_path: Path) -> None:
    """A block or a break ends a line, an inline element does not, and the heads of a page are headings."""
    blocks = page(tmp_path, "<body><h2>标题</h2>甲<b>乙</b><br>丙<div>丁<p>戊</div>己").blocks
    assert [block.text for block in blocks if isinstance(block, Paragraph)] == ["标题", "甲乙", "丙", "丁", "戊", "己"]
    assert isinstance(blocks[0], Heading)
    assert isinstance(blocks[1], Paragraph)
    assert blocks[1].place == "paragraph 2"


def test_what_stands_behind_the_end_of_a_page_is_read(tmp_path: Path) -> None:
    """A page that ends too soon, or holds another page, loses nothing."""
    source = (
        "<html><body><p>甲</p></body></html><p>乙</p><html><head><title>年</title></head><body><p>丙</p></body></html>"
    )
    assert [getattr(block, "text", "") for block in page(tmp_path, source).blocks] == ["甲", "乙", "丙"]
    two = page(tmp_path, "<html><body><p>甲</p><body><p>乙</p>").blocks
    assert [getattr(block, "text", "") for block in two] == ["甲", "乙"]


# tables --------------------------------------------------------------------------------------------------------------


def test_cells_stand_where_a_browser_puts_them(tmp_path: Path) -> None:
    """Heads first and feet last, spans cut at the end of their group, rows and cells that nobody closed."""
    body = (
        "<table><tfoot><tr><td>尾<td>9</tfoot><tbody><tr><td rowspan=9>甲<td>1<tr><td>2</tbody>"
        "<tbody><tr><td>乙<td>3</tbody><thead><tr><th>头<th>数</thead></table>"
    )
    assert tables(tmp_path, body) == [[["头", "数"], ["甲", "1"], ["", "2"], ["乙", "3"], ["尾", "9"]]]


@pytest.mark.parametrize(
    ("attribute", "rows"),
    [
        ('rowspan="0"', [["甲", "1"], ["", "2"], ["", "3"]]),
        ('rowspan=" 2px"', [["甲", "1"], ["", "2"], ["3"]]),
        ('rowspan="65534"', [["甲", "1"], ["", "2"], ["", "3"]]),
        ('rowspan="-1"', [["甲", "1"], ["2"], ["3"]]),
        ('rowspan="two"', [["甲", "1"], ["2"], ["3"]]),
    ],
)
def test_strange_spans_are_read_as_browsers_read_them(attribute: str, rows: list[list[str]], tmp_path: Path) -> None:
    """0 reaches to the end, leading digits count, and everything else is one."""
    assert tables(tmp_path, f"<table><tr><td {attribute}>甲</td><td>1</td></tr>{row('2')}{row('3')}</table>") == [rows]


def test_a_span_of_a_thousand_columns_is_as_wide_as_the_table(tmp_path: Path) -> None:
    """Columns that nothing stands in are none."""
    body = f"<table><tr><td colspan=1000>标题</td></tr>{row('甲', '1')}</table>"
    assert tables(tmp_path, body) == [[["标题", ""], ["甲", "1"]]]


def test_a_row_without_height_is_no_row(tmp_path: Path) -> None:
    """The blank row with which word processors say how wide the columns are leaves the table as it is."""
    ruler = "<![if !supportMisalignedColumns]><tr height=0><td width=9></td><td width=9></td><td></td></tr><![endif]>"
    assert tables(tmp_path, f"<table><tr><td colspan=2>甲</td><td>1</td></tr>{ruler}</table>") == [[["甲", "1"]]]


def test_a_layout_table_gives_back_what_is_in_it(tmp_path: Path) -> None:
    """Tables that hold tables or nothing but one column are no tables of the report."""
    inner = f"<table>{row('甲', '1')}{row('乙', '2')}</table>"
    body = f"<table><tr><td>左</td><td><table><tr><td>上</td></tr><tr><td>{inner}</td></tr></table></td></tr></table>"
    blocks = page(tmp_path, body).blocks
    assert [getattr(block, "text", "table") for block in blocks] == ["左", "上", "table"]
    assert tables(tmp_path, body) == [[["甲", "1"], ["乙", "2"]]]


def test_rows_behind_a_table_that_was_closed_too_soon_are_a_table(tmp_path: Path) -> None:
    """What a stray end of a table cuts off keeps its cells."""
    assert tables(tmp_path, f"<table>{row('甲', '1')}</table>{row('乙', '2')}{row('丙', '3')}</table>") == [
        [["甲", "1"]],
        [["乙", "2"], ["丙", "3"]],
    ]


@pytest.mark.parametrize(
    "stray",
    ["<tr><td>甲</td>5</tr>", "<tr><td>甲</td><td></td><b>总计</b></tr>", "5", "<tr><td>甲<td></table>5</td></tr>"],
)
def test_words_between_cells_are_refused(stray: str, tmp_path: Path) -> None:
    """A word that a broken page shows above its table may be the word of a cell."""
    with pytest.raises(Ambiguous) as caught:
        tables(tmp_path, f"<table>{row('乙', '7')}{stray}{row('丙', '8')}</table>")
    assert "stands between the cells of a table" in caught.value.says
    assert caught.value.where.startswith("table ")


def test_a_caption_stands_above_its_table(tmp_path: Path) -> None:
    """The caption of a table is a line of text."""
    body = f"<table>{row('甲', '1')}<caption>二、标题</caption></table>"
    assert [getattr(block, "text", "table") for block in page(tmp_path, body).blocks] == ["二、标题", "table"]


def test_the_place_of_a_cell_is_that_of_the_page(tmp_path: Path) -> None:
    """A cell is found again by its table, its row and its number in the source's row."""
    body = "<table><tr><td rowspan=2>甲</td><td>1</td></tr><tr><td>2</td></tr></table>"
    table = page(tmp_path, f"<p>一</p><table>{row('甲', '乙')}</table>{body}").blocks[2]
    assert isinstance(table, Table)
    assert table.rows[1][1].place == "table 2, row 2, cell 1"


# bytes ---------------------------------------------------------------------------------------------------------------

WORDS = "<html><head>%s</head><body><p>示例县卫生健康局关于政府信息公开工作的说明</p></body></html>"


@pytest.mark.parametrize("declared", ["utf-8", "gb2312", "gbk", "big5", "utf-16", "x-unknown", ""])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_a_page_is_decoded_by_its_bytes(encoding: str, declared: str, tmp_path: Path) -> None:
    """Whatever charset a page declares, its words are those of its bytes."""
    source = WORDS % (f'<meta charset="{declared}">' if declared else "")
    assert page(tmp_path, source.encode(encoding)).blocks == (
        Paragraph("示例县卫生健康局关于政府信息公开工作的说明", "paragraph 1"),
    )


def test_an_xml_declaration_is_not_believed(tmp_path: Path) -> None:
    """A page that begins like XML in another encoding is read."""
    source = '<?xml version="1.0" encoding="gb2312"?>' + WORDS % ""
    assert len(page(tmp_path, source.encode()).blocks) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_a_few_characters_cut_in_two_spoil_nothing_else(encoding: str, tmp_path: Path) -> None:
    """Half a character is no character; the words around it are read, and no figure beside it is."""
    source = "<p>" + "示例的文字。" * 60 + "</p><p>12" + "@</p>"
    half = "报".encode(encoding)[:1]
    found = page(tmp_path, ("<html><body>" + source).encode(encoding).replace(b"@", half)).blocks
    assert [block.text for block in found if isinstance(block, Paragraph)] == ["示例的文字。" * 60, "12\ufffd"]


# the frame -----------------------------------------------------------------------------------------------------------

MENU = "<div><a href=1>首页</a> <a href=2>示例市财政局2018年政府信息公开工作年度报告</a></div>"
TRAIL = "<div>当前位置：<a href=1>首页</a> &gt; <a href=2>政务公开</a> &gt; 年报</div>"
FEET = "<div>上一篇：<a href=3>示例县教育局2020年政府信息公开工作年度报告</a></div><div>版权所有 示例县</div><p>2026年3月2日</p>"


def framed(made: Record, before: str, after: str, wrap: str = "%s") -> str:
    """A report's page with something before and behind the report."""
    source = to_html(made)
    start, end = source.index("<body>") + 6, source.index("</body>")
    return source[:start] + before + wrap % source[start:end] + after + source[end:]


@pytest.mark.parametrize("wrap", ["%s", "<div id=zoom>%s</div>", "<table><tr><td>%s</td></tr></table>"])
@pytest.mark.parametrize(
    ("before", "after"), [("", ""), (MENU, FEET), (MENU + TRAIL, FEET), (TRAIL, f"<ul><li>{MENU}</ul>" + FEET)]
)
def test_the_frame_of_a_page_is_left_out(before: str, after: str, wrap: str, tmp_path: Path) -> None:
    """Menus, the trail and the feet are no lines of the report; its title and its signature are."""
    made = record(fill=different())
    blocks = page(tmp_path, framed(made, before, after, wrap)).blocks
    whole = page(tmp_path, to_html(made)).blocks
    assert [getattr(block, "text", block) for block in blocks] == [getattr(block, "text", block) for block in whole]


def test_what_the_frame_says_is_kept_beside_the_report(tmp_path: Path) -> None:
    """Title, site, trail, source, day and address of a page are told with their places."""
    head = (
        "<title>年报_示例网</title><meta name=SiteName content=示例网><meta name=PubDate content='2024-01-28 09:00'>"
        "<meta name=ContentSource content=示例局><link rel=canonical href=https://example.org/a><meta name=Url content=''>"
    )
    body = f"{TRAIL}<p>{'示例的文字' * 20}</p><p>发布时间：2024-01-28 来源：示例县浏览：5</p><p>{'示例的文字' * 20}</p>"
    saved = "<!-- saved from url=(0021)https://example.org/b -->"
    told = page(tmp_path, f"{saved}<html><head>{head}</head><body>{body}</body></html>").about
    assert [(one.name, one.text) for one in told] == [
        ("title", "年报_示例网"),
        ("site", "示例网"),
        ("published", "2024-01-28 09:00"),
        ("source", "示例局"),
        ("address", "https://example.org/a"),
        ("address", "https://example.org/b"),
        ("path", "首页 > 政务公开 > 年报"),
        ("source", "示例县"),
    ]
    assert [one.place for one in told][:2] == ["title of the page", "meta SiteName"]


def test_a_sentence_with_an_address_in_it_is_no_menu(tmp_path: Path) -> None:
    """Prose is kept though most of its characters are a link."""
    text = "示例的文字，写在这里，详见（https://www.example.org/zwgk/nb/2023/）。"
    assert lines(tmp_path, text.replace("（", "（<a href=x>").replace("）", "</a>）")) == [text]


# flattened tables ----------------------------------------------------------------------------------------------------


def test_lines_with_tabs_or_pipes_are_rows(tmp_path: Path) -> None:
    """Rows whose cells are parted by tabs, in paragraphs or preformatted, or by pipes come as tables."""
    rows = [["甲", "", "1"], ["乙", "2", "3"], ["丙", "4", "5"]]
    tabs = "".join("<p>" + "\t".join(one) + "</p>\n\t" for one in rows)
    assert tables(tmp_path, tabs) == [rows]
    assert tables(tmp_path, "<pre>" + "\n".join("\t".join(one) for one in rows) + "</pre>") == [rows]
    assert tables(tmp_path, "<br>".join("| " + " | ".join(one) + " |" for one in rows)) == [rows]


def test_tabs_that_indent_the_source_part_no_cells(tmp_path: Path) -> None:
    """White space with a line break in it is one blank."""
    assert lines(tmp_path, "<p>\n\t\t甲\n\t\t<b>乙</b>\n\t</p>" * 3) == ["甲 乙"] * 3


# what is refused -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("<h1>年报</h1><iframe src='a.pdf'></iframe>", "shows the report in a frame (a.pdf)"),
        ("<h1>年报</h1><a href='a.docx?x=1'>附件：年报</a>", "only links to the report"),
        ("<div id=app></div><script>var a='<table></table>'</script>", "perhaps a script makes them"),
        ("<a href=1>年报</a>", "no words besides links"),
        ("<div>" * 5000 + "甲", "elements stand inside elements without an end"),
        ("<table><tr><td>甲</td><td>" * 30, "tables stand inside tables without an end"),
        ("<p>" * 150_001, "the page has more than 150,000 elements"),
        ("<table><tr>" + "<td>1</td>" * 300, "a table is far wider than any of a report"),
    ],
    ids=lambda value: value[:20],
)
def test_a_page_without_a_report_is_refused_with_the_reason(body: str, says: str, tmp_path: Path) -> None:
    """Frames, attachments, scripts and pages that never end are told apart, and soon."""
    with pytest.raises(UnreadableSource) as caught:
        page(tmp_path, f"<html><body>{body}")
    assert says in caught.value.says


BITS = ["<table>", "<tr>", "<td>", "</table>", "</td>", "<p>", "<!--", "-->", "<![", "<br", *"<>/='& -;#1示\t\n\u3000"]


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(bits=st.lists(st.sampled_from(BITS), max_size=60))
def test_no_page_breaks_the_reader(tmp_path: Path, bits: list[str]) -> None:
    """Any string of tags and words is read or refused, and every cell of it has its place."""
    with suppress(ReportError):
        for one in page(tmp_path, "<html>" + "".join(bits)).blocks:
            assert not isinstance(one, Table) or all(cell.place for cells in one.rows for cell in cells)
