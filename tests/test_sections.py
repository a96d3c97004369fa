"""Sections are cut by titles and tables, and each cell is placed by its labels or not at all."""

from pathlib import Path

import pytest

from pipeline.convert import Understood, understand
from pipeline.record import Record
from tests.layouts import lay_out
from tests.made import record as made_record


def planted(form: str = "2021") -> Record:
    numbers = iter(range(101, 900))
    return made_record(form, fill=lambda column: next(numbers))


def understood(tmp_path: Path, text: str) -> Understood:
    path = tmp_path / "document.txt"
    path.write_text(text, encoding="utf-8")
    return understand(path)


def figures(tmp_path: Path, text: str) -> dict[str, object]:
    report = understood(tmp_path, text).report
    assert report is not None
    assert report.problems == ()
    return {one.field: one.number.value for reading in report.readings.values() for one in reading.placed}


def refusal(tmp_path: Path, text: str) -> str:
    found = understood(tmp_path, text)
    assert found.report is None or found.report.problems
    return f"{found.problems[0].says} ({found.problems[0].code})"


TABS = lay_out(planted(), "tab-rows-left-out")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("二、主动公开政府信息情况", "2、 主动公开政府信息情况"),
        ("二、主动公开政府信息情况", "（二）主动公开情况"),
        ("二、主动公开政府信息情况\n", ""),
        ("三、收到和处理政府信息公开申请情况", "三、收到和处理政府\n信息公开申请情况"),
        ("四、政府信息公开行政复议、行政诉讼情况", "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况"),
        ("五、存在的主要问题及改进情况", "五、存在问题及整改措施"),
        ("1.属于国家秘密", "1、 属于国家秘密"),
        ("1.属于国家秘密", "①属于国家秘密"),
        ("（一）予以公开", "(一) 予以公开"),
        ("危及“三安全一稳定”", '危及"三安全一稳定"'),
        ("（二）部分公开（区分处理的，只计这一情形，不计其他情形）", "（二）部分公开"),
        ("本年废止件数", "本年废止数"),
        ("商业企业", "商业 企业"),
        ("六、其他需要报告的事项", "六、其他需要报告的事项\n3\n"),
    ],
)
def test_a_variant_of_a_title_or_label_changes_nothing(tmp_path: Path, old: str, new: str) -> None:
    """Numbers in front, brackets, blanks, line breaks and known variants: the same figures in the same places."""
    assert old in TABS
    assert figures(tmp_path, TABS.replace(old, new, 1)) == planted().figures()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("1.属于国家秘密", "1.属于某某秘密", "lacks “1.属于国家秘密”"),
        ("自然人", "个人", "lacks the columns 自然人"),
        ("现行有效件数", "有效", "not understood: 有效"),
        ("3.其他\t", "4.其他\t1\t2\t3\t4\t5\t6\t7\n3.其他\t", "stands twice"),
        ("行政诉讼\n", "行政诉讼\n结果维持\n", "belongs to no block"),
        ("行政复议\t行政诉讼", "行政诉讼\t行政复议", "order of the blocks"),
        ("（三）不予公开\t", "（三）不予公开\t1\t2\t3\t4\t5\t6\t7\n", "beside the heading"),
        ("四、结转下年度继续办理\t", "四、结转下年度继续办理\t5\t重复申请\t", "figures stand before the label"),
        ("五、存在的主要问题及改进情况", "1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t11\t12\t13\t14\t15", "more than one row"),
        (
            "一、本年新收政府信息公开申请数量\t",
            "一、本年新收政府信息公开申请数量\t这里是一段不该出现在格子里的文字\t",
            "8 figures",
        ),
    ],
)
def test_what_is_not_certain_is_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    """A label that nobody knows, heads in another order, stray figures: refused with the reason, never guessed."""
    assert old in TABS
    assert says in refusal(tmp_path, TABS.replace(old, new, 1))


def test_the_form_is_told_by_labels_not_by_the_year(tmp_path: Path) -> None:
    """A report on 2023 in the tables of 2019 is in the form of 2019."""
    text = lay_out(planted("2019"), "tab-rows").replace("\t10", "\t20").replace("采购总金额", "采购总金额（万元）")
    found = understood(tmp_path, text.replace("2020年", "2023年").replace("2019年", "2023年"))
    assert found.form is not None
    assert found.form.id == "2019"


def test_a_section_that_is_missing_is_a_note(tmp_path: Path) -> None:
    """Without 一, 五 or 六 the figures are read, and a note says what is not there."""
    text = TABS.replace("六、其他需要报告的事项\n", "")
    report = understood(tmp_path, text).report
    assert report is not None
    assert [code for code, _, _ in report.notes] == ["S01"]
    assert figures(tmp_path, text) == planted().figures()


def test_a_page_number_between_tables_is_no_figure(tmp_path: Path) -> None:
    """A lone number in a paragraph is noted (S05) and placed nowhere."""
    lines = TABS.split("\n")
    at = next(i for i, line in enumerate(lines) if line.startswith("2.重复申请"))
    text = "\n".join([*lines[:at], "", "- 3 -", "", *lines[at:]])
    report = understood(tmp_path, text).report
    assert report is not None
    assert [code for code, _, _ in report.notes] == ["S05"]
    assert figures(tmp_path, text) == planted().figures()


def test_a_head_printed_again_by_a_page_break_changes_nothing(tmp_path: Path) -> None:
    """The head of section 三 in the middle of the table is a head, not two rows named 其他 and 总计."""
    lines = TABS.split("\n")
    head = next(i for i, line in enumerate(lines) if line.startswith("（本列数据"))
    at = next(i for i, line in enumerate(lines) if line.startswith("2.重复申请"))
    assert figures(tmp_path, "\n".join([*lines[:at], *lines[head : head + 3], *lines[at:]])) == planted().figures()


def test_what_was_read_is_told_with_its_place(tmp_path: Path) -> None:
    """Every figure knows the cell that it came from."""
    report = understood(tmp_path, TABS).report
    assert report is not None
    lines = TABS.split("\n")
    for reading in report.readings.values():
        for one in reading.placed:
            line, cell = (int(word) for word in one.cell.place.replace("line ", "").replace(" cell ", "").split(","))
            assert lines[line - 1].split("\t")[cell - 1] == str(one.number.value)


def test_a_refused_section_leaves_the_others_read(tmp_path: Path) -> None:
    """Where section 三 is refused, sections 二 and 四 are still understood, for `gongkai show`."""
    report = understood(tmp_path, TABS.replace("1.属于国家秘密", "1.属于某某秘密")).report
    assert report is not None
    assert set(report.readings) == {"proactive", "disputes"}
    assert [problem.code for problem in report.problems] == ["S03"]
