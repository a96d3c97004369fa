"""The comment that a change hears: what it says, in which words, and that nothing in it comes alive."""

import re
from html.parser import HTMLParser
from typing import Any

import markdown as python_markdown
import pytest
from markdown_it import MarkdownIt

from pipeline.changes.neutral import code, fenced, words
from pipeline.changes.told import MARKER
from pipeline.record import Record
from tests.repository import ID, NATURAL, ORGANS, YEARS, Repository, entry, put, report
from tests.repository import repository as repository
from tests.repository import template as template

IDS = sorted(f"{organ}-{year}" for organ in ORGANS for year in YEARS)
NEW = {"year": 2024, "agency_id": "999901-mzj", "agency_name": "示例县民政局"}


def part(markdown: str, title: str) -> str:
    """What stands below a heading; empty where there is no such part."""
    found = re.search(rf"^### {title} .*?$(.*?)(?=^### |\Z)", markdown, re.DOTALL | re.MULTILINE)
    return found[1].strip() if found else ""


# what is said --------------------------------------------------------------------------------------------------------


def test_a_correction_with_evidence_is_told_whole_and_of_low_risk(repository: Repository) -> None:
    """The touched row with all its figures, the sum that now holds, the evidence, and each published file."""
    repository.correct(entry())
    ran = repository.changes()
    assert (ran.status, ran.plain["verdict"], ran.plain["risk"]["level"]) == (0, "mergeable", "low")
    assert ran.markdown.startswith(f"{MARKER}\n\n## 可以合并 · Can be merged\n")
    assert "**风险：低 · Risk: low**" in ran.markdown
    row = next(line for line in ran.markdown.splitlines() if line.startswith("| （一）予以公开"))
    assert row == "| （一）予以公开 `granted` | ~~1~~ **12** | 3 | 0 | 0 | 1 | 0 | 16 |"
    total = next(line for line in ran.markdown.splitlines() if "“（一）予以公开”行" in line)
    assert total.endswith("| 5 ≠ 16 **不符 does not hold** | 16 = 16 相符 holds |")
    assert "依据在source.txt第27行" in part(ran.markdown, "更正的依据")
    files = part(ran.markdown, "发布的文件").splitlines()
    assert files[:2] == ["- `reports.csv`：改1行 1 row changed", "- `figures.csv`：改1行 1 row changed"]
    assert "- `corrections.csv`：增1行 1 row added" in files
    for title in ("怎么改", "新增的报告", "删去的报告", "许多报告里相同的改动", "机关", "名单"):
        assert f"### {title}" not in ran.markdown


def test_a_figure_that_nothing_here_bears_out_is_looked_at_twice(repository: Repository) -> None:
    """Evidence that prints another figure, and no sum that comes to hold: only the report itself can tell."""
    before = repository.record().figures()["proactive.penalty.decisions"]
    line = next(one for one in repository.kept().read_text(encoding="utf-8").splitlines() if one.startswith("行政处罚"))
    repository.correct(entry("proactive.penalty.decisions", before, 77, evidence=line))
    ran = repository.changes()
    assert (ran.status, ran.plain["risk"]["level"]) == (0, "medium")
    assert "要看报告原件" in ran.markdown


def test_the_line_of_the_evidence_is_where_it_stands(repository: Repository) -> None:
    """The number of the line in the comment is that of the file."""
    lines = repository.kept().read_text(encoding="utf-8").splitlines()
    assert "（一）予以公开\t\t1\t3" in lines[26]


def test_both_rows_of_two_tables_are_drawn(repository: Repository) -> None:
    """Figures of two sections each stand in a table with the columns of their row."""
    before = repository.record().figures()["disputes.litigation_direct.upheld"]
    repository.correct(entry())
    repository.correct(entry("disputes.litigation_direct.upheld", before, 5))
    drawn = part(repository.changes().markdown, "改了什么")
    assert "自然人 `natural`" in drawn
    assert f"| 未经复议直接起诉 `litigation_direct` | ~~{before}~~ **5** |" in drawn
    assert "未经复议直接起诉”行：各项结果之和，应等于“总计”" in drawn


def test_evidence_that_does_not_stand_in_the_cells_is_said_on_its_line(repository: Repository) -> None:
    """Blanks in place of tabs are other words; the line that the figure was read from is offered, and nothing blocks."""
    repository.correct(entry(evidence="（一）予以公开 1 3 0 0 1 0 16"))
    ran = repository.changes("main", "--annotations")
    assert (ran.status, ran.plain["risk"]["level"]) == (0, "medium")
    told = part(ran.markdown, "更正的依据")
    assert "**依据在source.txt里找不到。" in told
    assert 'evidence: "三、本年度办理结果\\t（一）予以公开\\t\\t1\\t3\\t0\\t0\\t1\\t0\\t16"' in told
    line = 1 + next(n for n, one in enumerate(repository.path().read_text().splitlines()) if "evidence:" in one)
    assert f"::warning file=data/agencies/99/999901/999901-wsjkj/2023.yaml,line={line}::" in ran.out


def test_a_correction_of_something_that_never_stood_there_is_said(repository: Repository) -> None:
    """`was` is what the kept cells say, as `gongkai check` says too; anything else blocks."""
    repository.correct(entry(was=7))
    ran = repository.changes()
    assert (ran.status, ran.plain["risk"]["level"]) == (1, "high")
    (mend,) = ran.plain["blocking"]
    assert (mend["field"], "保存的表格是1" in mend["says_zh"]) == (NATURAL, True)
    assert "`was`与转换结果不合：那里是1。" in ran.markdown


def test_a_misprint_is_told_and_changes_no_figure(repository: Repository) -> None:
    """What is printed stays; what it should be stands beside it."""
    told = {key: value for key, value in entry().items() if key not in ("was", "now")}
    repository.correct(told | {"kind": "printed_wrong", "printed": 1, "should_be": 12})
    ran = repository.changes()
    assert (ran.status, ran.plain["counts"]["moved"]) == (0, 0)
    assert "1，应为 should be 12（`printed_wrong`）" in ran.markdown


def test_unexplained_changes_and_new_findings_are_annotated_on_their_lines(repository: Repository) -> None:
    """The line is that of the row in the record that was changed."""
    repository.edit(lambda record: put(record, NATURAL, 13))
    ran = repository.changes("main", "--annotations")
    line = 1 + next(n for n, one in enumerate(repository.path().read_text().splitlines()) if "  granted:" in one)
    place = f"file=data/agencies/99/999901/999901-wsjkj/2023.yaml,line={line}::"
    assert f"::error {place}" in ran.out


def test_equal_changes_of_many_reports_are_told_once(repository: Repository) -> None:
    """The same field, the same words before, and a different day in each: one line, and no table for any."""
    for id in IDS[:5]:
        field, record = "disputes.litigation_direct.other", repository.record(id)
        repository.correct(entry("published", record.published, None, kind="not_in_source"), id)
        repository.correct(entry(field, record.figures()[field], 3), id)
    same = part(repository.changes().markdown, "许多报告里相同的改动")
    assert [line.split("（")[0] for line in same.splitlines()] == ["- 5份报告 5 reports：`published` "]
    base = repository.commit()
    for n, id in enumerate(IDS[:5]):
        repository.correct(entry("published", None, f"2025-03-1{n}", kind="missed"), id)
    ran = repository.changes(base)
    same = part(ran.markdown, "许多报告里相同的改动")
    assert same.startswith("- 5份报告 5 reports：`published` null → （各不相同 various）（`999901-czj-2021`、")
    assert part(ran.markdown, "改了什么") == ""


def test_a_new_report_is_listed_with_its_findings(repository: Repository) -> None:
    """Converted by the real command: the organ, the year, and how many findings it comes with."""
    repository.convert(report(5, **NEW))
    ran = repository.changes()
    (row,) = part(ran.markdown, "新增的报告").splitlines()[2:]
    assert re.fullmatch(r"\| `999901-mzj-2024` \| 示例县民政局 \| 2024 \| [1-9]\d* \| \d+ \|", row)
    assert "- 新增 new：`999901-mzj` 示例县民政局" in part(ran.markdown, "机关")
    assert "- `agencies.csv`：增1行 1 row added" in part(ran.markdown, "发布的文件")
    assert ran.plain["risk"]["level"] == "medium"


def test_retired_ids_and_known_reports_are_a_line_each(repository: Repository) -> None:
    """What the lists gain or lose is counted by its status."""
    repository.path(IDS[0]).unlink()
    repository.kept(IDS[0]).unlink()
    retired, known = repository.data / "retired.csv", repository.data / "known_reports.csv"
    retired.write_text(retired.read_text() + f"{IDS[0]},两份同一,{IDS[1]},2026-01-01\n", encoding="utf-8")
    known.write_text(known.read_text() + "示例县民政局,,2020,https://example.org/a,,known\n", encoding="utf-8")
    ran = repository.changes()
    lists = part(ran.markdown, "名单").splitlines()
    assert f"- `retired.csv`：新停用 retired `{IDS[0]}` → `{IDS[1]}`：两份同一" in lists
    assert any(line.startswith("- `coverage.csv`：新增 new `known` × 1") for line in lists)
    assert "retired.csv`里没有它的编号" not in ran.markdown


def test_a_report_removed_without_its_id_being_retired_is_said(repository: Repository) -> None:
    """An address that once was given out says for ever what became of it."""
    repository.path(IDS[0]).unlink()
    repository.kept(IDS[0]).unlink()
    assert "`retired.csv`里没有它的编号" in part(repository.changes().markdown, "删去的报告")


# what is not the data ------------------------------------------------------------------------------------------------


def test_a_change_of_the_code_alone_is_one_line(repository: Repository) -> None:
    """Nothing in the data changes, and that is all there is to say."""
    (repository.root / "pipeline" / "convert.py").write_text("raise\n", encoding="utf-8")
    ran = repository.changes()
    assert (ran.status, ran.plain["risk"]["level"]) == (0, "high")
    assert ran.markdown == f"{MARKER}\n数据没有变化。 Nothing in the data changes.\n"


def test_no_change_at_all_is_one_line_of_low_risk(repository: Repository) -> None:
    """The branch itself."""
    ran = repository.changes()
    assert (ran.status, ran.plain["risk"]["level"]) == (0, "low")
    assert ran.markdown.count("\n") == 2


def test_spellings_alone_are_of_medium_risk(repository: Repository) -> None:
    """They decide how the next report is read, and change none that is held."""
    (repository.data / "labels.yaml").write_text("rows: {a: [b]}\n", encoding="utf-8")
    ran = repository.changes()
    assert (ran.status, ran.plain["risk"]["level"]) == (0, "medium")
    assert "没有报告改变" in ran.markdown


@pytest.mark.parametrize("path", ["data/forms/2021.yaml", ".github/workflows/check.yml", "data/.gitattributes"])
def test_forms_workflows_and_attributes_are_of_high_risk(repository: Repository, path: str) -> None:
    """They can change what everything means, or hide it from this very report."""
    (repository.root / path).parent.mkdir(parents=True, exist_ok=True)
    (repository.root / path).write_text("a: b\n", encoding="utf-8")
    assert repository.changes().plain["risk"]["level"] == "high"


@pytest.mark.parametrize(
    ("path", "level"),
    [
        ("tests/test_a.py", "low"),
        ("content/pages/about.md", "low"),
        ("data/make_regions.py", "high"),
        ("data/sectors.yaml", "medium"),
        ("data/agencies/99/999901/999901-wsjkj/agency.yaml", "medium"),
    ],
)
def test_the_risk_of_a_file_is_told_by_what_it_does(repository: Repository, path: str, level: str) -> None:
    """Tests and words change nothing that is published, programs everything."""
    (repository.root / path).parent.mkdir(parents=True, exist_ok=True)
    with (repository.root / path).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert repository.changes().plain["risk"]["level"] == level


# revisions -----------------------------------------------------------------------------------------------------------


def test_what_happened_on_the_base_meanwhile_does_not_count(repository: Repository) -> None:
    """The change is compared with the commit that it began from, and may be any revision."""
    repository.git("checkout", "-q", "-b", "correction")
    repository.correct(entry())
    head = repository.commit()
    repository.git("checkout", "-q", "main")
    repository.correct(entry("requests.granted.enterprise", 3, 5), IDS[0])
    repository.commit()
    ran = repository.changes("main", head)
    assert (ran.status, ran.plain["counts"]["corrections_added"]) == (0, 1)
    assert ID in ran.markdown
    assert IDS[0] not in ran.markdown


@pytest.mark.parametrize("asked", [("nowhere",), ("main", "nowhere"), ("--output=x",), ("main", "--markdown=/")])
def test_what_cannot_be_compared_is_misuse(repository: Repository, asked: tuple[str, ...]) -> None:
    """One sentence, status 2, and no file."""
    ran = repository.changes(*asked)
    assert (ran.status, ran.markdown) == (2, "")
    assert ran.err


def test_two_histories_without_a_common_commit_cannot_be_compared(repository: Repository) -> None:
    """As in a clone that was cut off too short."""
    repository.git("checkout", "-q", "--orphan", "other")
    repository.commit()
    ran = repository.changes("main", "other")
    assert ran.status == 2
    assert "in common" in ran.err


# what strangers write ------------------------------------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "@someone 和 @some-org/team，a@example.org",
    "[点这里](https://example.org) ![图](https://example.org/a.png) <https://example.org> https://example.org www.example.org",
    "`code` **粗** __粗__ ~~删~~ ```\n# 题\n- 项\n> 引 | 格 |\n---|---",
    "#12 some/repo#12 GH-12 &lt;b&gt; &#60;b&#62; $x$",
    "<!-- gongkai-changes --> --> <details>\u202e\u200b\u2066",
    "[a]: https://example.org\n[a]",
    "1. 一\n\n    缩进 + = - *",
    "\\`x\\` \\<b> \\@me",
]  # fmt: skip


class Seen(HTMLParser):
    """The tags, the addresses and the words outside of code in a rendered page."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags, self.words, self._in_code = set[str](), "", 0
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [one for one in attributes if one[0] not in ("class", "style", "align")]
        self._in_code += tag in ("code", "pre")

    def handle_endtag(self, tag: str) -> None:
        self._in_code -= tag in ("code", "pre")

    def handle_data(self, data: str) -> None:
        self.words += " " if self._in_code else data


def rendered(text: str) -> list[Seen]:
    """As GitHub renders it, near enough, and once more by a renderer with other habits."""
    gfm = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    other = python_markdown.markdown(text, extensions=["tables", "fenced_code"])
    return [Seen(gfm.render(text)), Seen(other)]


def is_inert(seen: Seen) -> bool:
    """No tag but our own, no address, and in the words nothing that GitHub turns into a link or a mention."""
    ours = {
        "h2",
        "h3",
        "p",
        "strong",
        "s",
        "ul",
        "li",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "code",
        "pre",
        "em",
    }
    alive = r"@\w|(?<![\w])#\d|\w#\d|\bGH-\d|://|\bwww\."
    return seen.tags <= ours and not seen.attributes and not re.search(alive, seen.words)


@pytest.mark.parametrize("text", HOSTILE)
def test_words_of_strangers_do_nothing(text: str) -> None:
    """Alone, in an item and in a cell, they are one line of words."""
    for around in ("{}", "- 理由：“{}”", "| a | b |\n|---|---|\n| {} | 1 |"):
        for seen in rendered(around.format(words(text))):
            assert seen.tags <= {"p", "ul", "li", "table", "thead", "tbody", "tr", "th", "td"}
            assert is_inert(seen)


def test_words_are_seen_as_they_are() -> None:
    """What has no power is not touched, and what is cut says so."""
    assert words("表格中的两位数，被拆成两格（见第3页）: 1-2, a.b") == "表格中的两位数，被拆成两格（见第3页）: 1-2, a.b"
    assert words("1\t2") == "1 ⇥ 2"
    assert words("长" * 300, 10) == "长" * 10 + "…"
    assert code("requests.granted.natural") == "`requests.granted.natural`"
    assert "`" not in code("a b").replace("\\`", "")


def test_a_block_ends_where_it_should() -> None:
    """Backticks in lines to paste do not end their block early."""
    lines = ["a: ```", "`````", "b: <b>@someone</b>"]
    for seen in rendered(fenced(lines))[:1]:
        assert seen.tags == {"pre", "code"}
    assert fenced(lines).splitlines()[1:-1] == lines


def test_a_whole_comment_of_hostile_words_does_nothing(repository: Repository) -> None:
    """Names, reasons, evidence, who wrote it, and an entry that has to be put back."""
    repository.correct(entry(reason="之前"), IDS[0])
    base = repository.commit()
    repository.edit(lambda record: record.corrections.clear(), IDS[0])
    every = " ".join(HOSTILE)
    for field, was, now in ((NATURAL, 1, 12), ("agency_name", "示例县卫生健康局", every)):
        repository.correct(entry(field, was, now, reason=every, evidence=every, by=every))
    repository.edit(lambda record: put(record, "requests.granted.enterprise", 99))
    ran = repository.changes(base)
    assert ran.status == 1
    assert ran.markdown.count(MARKER) == 1
    for seen in rendered(ran.markdown.removeprefix(MARKER)):
        assert is_inert(seen)


# length --------------------------------------------------------------------------------------------------------------


def test_a_comment_is_never_too_long_and_says_how_much_more_there_is(repository: Repository) -> None:
    """Every figure of every report changed, half of them without a word: cut, and the number that is left out said."""

    def everything(record: Record) -> None:
        for n, (name, value) in enumerate(record.figures().items()):
            put(record, name, int(value or 0) + n + record.year)
            if n % 2:
                long: Any = "很长的理由" * 400
                record.corrections.append(entry(name, value, int(value or 0) + n + record.year, reason=long))

    for id in IDS:
        repository.edit(everything, id)
    ran = repository.changes()
    assert ran.status == 1
    assert 20_000 < len(ran.markdown) <= 60_000
    for title in ("怎么改", "改了什么", "更正的依据"):
        assert re.search(r"另有\d+项没有列出。 \d+ more are not listed here\.$", part(ran.markdown, title))
    assert ran.plain["counts"]["unexplained"] == len(ran.plain["blocking"]) > 1000
