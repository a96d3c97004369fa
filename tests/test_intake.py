"""A filled-in issue form becomes a correction, or an answer that says what is missing; its text is a stranger's."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import ROOT
from pipeline.cli import main
from pipeline.forms import TABLES
from pipeline.intake import Issue, ask, read_form
from pipeline.naming import read_field, read_kind
from pipeline.record import record_to_yaml
from pipeline.replying import reply
from tests import made
from tests.correctable import BLANK, FEES, LINE, NATURAL, REPORT, Desk, desk_at, printed

Capture = pytest.CaptureFixture[str]
FORM = yaml.safe_load((ROOT / ".github/ISSUE_TEMPLATE/correction.yml").read_text(encoding="utf-8"))
LABELS = {one["id"]: one["attributes"]["label"] for one in FORM["body"] if "id" in one}
KINDS = next(one["attributes"]["options"] for one in FORM["body"] if one.get("id") == "kind")
COMPLETE = {
    "report_id": REPORT,
    "field": NATURAL,
    "shown": "1",
    "printed": "12",
    "kind": KINDS[0],
    "should_be": "",
    "evidence": "予以公开 1 36 37",
    "source_sha256": "",
    "reason": "两位数只读到了第一位",
}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_at(tmp_path)


def form(**changes: str) -> str:
    """The text that GitHub makes of the form."""
    told = COMPLETE | changes
    return "\n\n".join(f"### {LABELS[id]}\n\n{text or '_No response_'}" for id, text in told.items()) + "\n"


def ran(desk: Desk, body: str, login: str = "some-one", **more: Any) -> tuple[int, str]:
    """The status of the command on GitHub's event of an issue, and the answer."""
    event = {"issue": {"body": body, "number": 7, "user": {"login": login}, "html_url": "https://x/7"} | more}
    file, answer = desk.root / "event.json", desk.root / "answer.md"
    file.write_text(json.dumps(event), encoding="utf-8")
    status = main(["corrections", "issue", str(file), "--answer", str(answer), "--data", str(desk.data)])
    return status, answer.read_text(encoding="utf-8")


def refused(desk: Desk, body: str, login: str = "some-one") -> str:
    before = desk.path.read_bytes()
    status, answer = ran(desk, body, login)
    assert (status, desk.path.read_bytes()) == (1, before)
    return answer


# a complete form -----------------------------------------------------------------------------------------------------


def test_a_complete_form_is_a_correction(desk: Desk) -> None:
    """The record is edited and the answer shows the row before and after, the sums and the evidence, in both languages."""
    status, answer = ran(desk, form())
    assert status == 0
    (entry,) = desk.record.corrections
    told = (entry["kind"], entry["was"], entry["now"], entry["evidence"], entry["by"], entry["reason"])
    assert told == ("misread", 1, 12, LINE, "github:some-one", "两位数只读到了第一位")
    assert "| 原来 Before | 1 | 36 | 37 |" in answer
    assert "| 现在 After | **12** | 36 | 37 |" in answer
    assert "在保存的表格里找到了" in answer
    assert "Found in the cells kept" in answer
    assert "仍不相符 Still fails（R03）" in answer
    assert f"`{NATURAL}`：`1` → **`12`**" in answer


def test_the_labels_are_those_of_the_form() -> None:
    """Each part of the form is recognised by the label in the form's own file, and no other heading is."""
    told, faults = read_form("x\n" + form(evidence="### 别的 / Other\n予以公开"))
    assert faults == []
    assert set(told) == set(LABELS)
    assert told["evidence"] == "### 别的 / Other\n予以公开"
    assert told["source_sha256"] == ""


@pytest.mark.parametrize("option", KINDS)
def test_each_option_of_the_form_is_a_kind(option: str) -> None:
    """Every kind can be chosen by its option, its code or its Chinese words; the last option leaves it to the figures."""
    kind = read_kind(option)
    assert kind in ("misread", "missed", "not_in_source", "printed_wrong", "")
    assert read_kind(option.split("：")[0].split(" / ")[0]) == kind
    assert (kind == "") == (option == KINDS[-1])


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"printed": "12"}, "misread"),
        ({"printed": "空"}, "not_in_source"),
        ({"field": BLANK, "shown": "空", "printed": "3"}, "missed"),
        ({"printed": "1", "should_be": "3"}, "printed_wrong"),
    ],
)
def test_who_cannot_tell_the_kind_leaves_it_to_the_figures(changes: dict[str, str], kind: str, desk: Desk) -> None:
    """Old and new figure tell the kind where the person did not choose one."""
    assert ran(desk, form(kind=KINDS[-1], **changes))[0] == 0
    assert desk.record.corrections[0]["kind"] == kind


def test_a_misprint_stays_printed(desk: Desk) -> None:
    """An error of the report itself is noted, and the answer says that the printed figure stays."""
    status, answer = ran(desk, form(printed="1", kind=KINDS[3], should_be="3"))
    assert status == 0
    assert (desk.record.figures()[NATURAL], desk.record.corrections[0]["should_be"]) == (1, 3)
    assert "照印保留" in answer
    assert "| 原来 Before" not in answer


def test_evidence_that_the_cells_lack_is_told(desk: Desk) -> None:
    """The correction is made all the same, and the answer asks to compare with the original."""
    status, answer = ran(desk, form(evidence="予以公开\n12\n36"))
    assert status == 0
    assert desk.record.corrections[0]["evidence"] == "予以公开\t12\t36"
    assert "保存的表格里没有这些字句" in answer


def test_the_bare_text_of_a_form_will_do(desk: Desk, capsys: Capture) -> None:
    """The text of the form with a name given is read like the event, and the answer goes to the terminal."""
    file = desk.root / "form.md"
    file.write_text(form().replace("\n", "\r\n"), encoding="utf-8")
    assert main(["corrections", "issue", str(file), "--by", "github:me", "--data", str(desk.data)]) == 0
    assert "`1` → **`12`**" in capsys.readouterr().out
    assert desk.record.corrections[0]["by"] == "github:me"


def test_the_page_may_fill_in_the_source_and_an_amount(desk: Desk) -> None:
    """The hash of today's source agrees, a shown amount is in 万元, and the address of the report names it as well."""
    told = {"report_id": "https://x.example/agencies/999901-wsjkj/2023/", "source_sha256": desk.record.source.sha256}
    assert ran(desk, form(field=FEES, shown="20.5", printed="251000元", evidence="行政事业性收费", **told))[0] == 0
    assert desk.record.as_written[FEES] == "251000元"


# the figure in words -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "三、予以公开、自然人",
        "三、（一）予以公开 自然人",
        "第三部分 予以公开，自然人",
        "自然人 予以公开",
        "收到和处理政府信息公开申请情况 本年度办理结果 予以公开 自然人",
        "requests.granted.natural（三、予以公开、自然人）",
    ],
)
def test_a_figure_is_named_in_the_words_of_the_form(words: str) -> None:
    """Section, row and column as the form prints them name one figure."""
    assert read_field(printed(), words) == NATURAL


@pytest.mark.parametrize("form_id", ["2019", "2021"])
def test_every_figure_has_words(form_id: str) -> None:
    """Number, row and column name each figure of a form, or are known to name two."""
    record = made.record(form_id, 2020 if form_id == "2019" else 2023)
    for row, _ in [pair for section in TABLES for pair in record.rows(section)]:
        for name, column in zip(row.fields, row.columns, strict=True):
            found = read_field(record, f"{row.words.number}{row.words.label}、{column.words.label}")
            assert found == name or (not isinstance(found, str) and name in found.says)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("其他、总计", "requests.other_other.total、requests.total_processed.other"),
        ("二、予以公开、自然人", "找不到"),
        ("三、予以公开", "找不到"),
        ("予以公开的自然人数不对", "找不到"),
        ("requests.granted.natural requests.granted.total", "可能是几个数字"),
        ("requests.granted.nobody", "找不到"),
        ("../../x", "找不到"),
    ],
)
def test_words_that_leave_a_doubt_are_asked_about(words: str, says: str, desk: Desk) -> None:
    """Words that name no figure, or two, change nothing; the answer names what they could mean."""
    assert says in refused(desk, form(field=words)).replace("\\", "")


# what is missing or wrong --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("id", ["report_id", "field", "shown", "printed", "kind", "reason"])
def test_what_is_missing_is_named_in_both_languages(id: str, desk: Desk) -> None:
    """Each part that has to be filled in is named by its label, with how to mend it."""
    answer = refused(desk, form(**{id: ""}))
    chinese, english = LABELS[id].split(" / ")
    assert f"「{chinese}」：这一栏还空着" in answer
    assert f"{english}: This is missing" in answer
    assert "Edit" in answer


def test_without_evidence_the_line_that_was_read_is_quoted(desk: Desk) -> None:
    """Who has nothing to add to the line on the page leaves it out."""
    status, _ = ran(desk, form(evidence=""))
    assert (status, [entry["evidence"] for entry in desk.record.corrections]) == (0, [LINE])


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"shown": "5"}, "您看的页面是旧的，或者指的是另一个数字：记录现在是1"),
        ({"shown": "12"}, "记录现在是1"),
        ({"source_sha256": "ab" * 32}, "这份报告后来换了原件，记录现在是1"),
        ({"source_sha256": "ab" * 8}, "这份报告后来换了原件，记录现在是1"),
        ({"report_id": "999901-wsjkj-2022"}, "数据集里没有报告“999901-wsjkj-2022”"),
        ({"report_id": "../../../etc/passwd"}, "数据集里没有报告"),
        ({"report_id": f"{REPORT} 999901-wsjkj-2022"}, "数据集里没有报告"),
        ({"printed": "1x2"}, "读不成一个件数"),
        ({"printed": "1"}, "记录里已经是1"),
        ({"printed": "空"}, "应当是 not\\_in\\_source"),
        ({"kind": "瞎猜"}, "不是更正的种类"),
        ({"kind": KINDS[3], "printed": "1"}, "请写明应当是多少"),
        ({"kind": KINDS[3], "printed": "2", "should_be": "3"}, "请先把它改成原文印的数"),
        ({"should_be": "3"}, "这一栏只在“原文自己印错了”时填写"),
        ({"reason": "长" * 501}, "理由最多写500个字"),
        ({"evidence": "长" * 1001}, "最多写1000个字"),
        ({"field": FEES, "shown": "1", "printed": "2"}, "记录现在是20.5"),
    ],
)
def test_what_does_not_agree_is_answered(changes: dict[str, str], says: str, desk: Desk) -> None:
    """Each disagreement is said in words that tell what stands there now, and the record is as it was."""
    assert says in refused(desk, form(**changes))


def test_a_correction_that_is_made_already_is_told(desk: Desk) -> None:
    """The same form a second time hears that the record says so already."""
    assert ran(desk, form())[0] == 0
    answer = refused(desk, form())
    assert "记录现在是12，已经同您说的一样" in answer
    assert answer.startswith("**这一页后来变了")


@pytest.mark.parametrize("body", ["", "hello", "### 别的\n\nx", "\0", "{}", "### 报告编号"])
def test_an_issue_without_the_form_is_answered(body: str, desk: Desk) -> None:
    """Words that are no form get an answer as well."""
    assert "正文里没有这张表的任何一栏" in refused(desk, body)


@pytest.mark.parametrize("login", ["", "a b", "-x", "x\ny", "../x", "x" * 60, "@all"])
def test_a_name_that_is_no_login_corrects_nothing(login: str, desk: Desk) -> None:
    """Who asks is a login of GitHub, or nobody."""
    assert "不知道是谁提出的" in refused(desk, form(), login)


def test_a_heading_twice_is_a_doubt(desk: Desk) -> None:
    """A text in which a part stands twice says two things."""
    assert "出现了两次" in refused(desk, form() + f"### {LABELS['printed']}\n\n13\n")


def test_a_strangers_words_do_nothing_in_the_answer(desk: Desk) -> None:
    """Mentions, links, code and control characters of a form come out as plain words, on one line."""
    bad = "`x` @everyone [a](http://b) <b>\x1b[31m\u202e\n\n# Head"
    status, answer = ran(desk, form(evidence=bad, reason=bad))
    assert status == 0
    (entry,) = desk.record.corrections
    assert all(c.isprintable() or c == "\t" for c in entry["evidence"] + entry["reason"])
    assert "\n# Head" not in answer
    assert "\x1b" not in answer
    quoted = refused(desk, form(field=bad, shown="1"))
    assert "@everyone" not in quoted
    assert "[a](" not in quoted
    assert "<b>" not in quoted.replace("\\<b\\>", "")


@pytest.mark.parametrize("text", ["[]", '{"issue": 3}', '{"issue": {"body": 5, "user": []}}', "[" * 100_000, "\ud800"])
def test_an_event_of_another_shape_is_answered(text: str, desk: Desk) -> None:
    """Whatever the file holds, there is an answer and no traceback."""
    file, answer = desk.root / "event.json", desk.root / "answer.md"
    file.write_text(text, encoding="utf-8", errors="surrogatepass")
    told = ["--by", "me", "--answer", str(answer), "--data", str(desk.data)]
    assert main(["corrections", "issue", str(file), *told]) == 1
    assert answer.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk that nobody writes to."""
    return desk_at(tmp_path_factory.mktemp("desk"))


TEXTS = st.one_of(
    st.text(max_size=40), st.sampled_from([NATURAL, "1", "12", "空", "/", *KINDS, REPORT, "９", "x" * 1200])
)


@settings(max_examples=80, deadline=None)
@given(told=st.dictionaries(st.sampled_from(list(LABELS)), TEXTS))
def test_no_form_breaks_anything(told: dict[str, str], held: Desk) -> None:
    """Whatever stands in the form: a correction of a whole record, or faults; there is always an answer."""
    asked = ask(held.data, Issue(form(**told), "me"), "2026-03-02")
    assert (asked.made is None) == bool(asked.faults)
    assert reply(asked).strip()
    if asked.made:
        assert len(asked.made.record.corrections) == 1
        assert record_to_yaml(asked.made.record).endswith('date: "2026-03-02"\n')
