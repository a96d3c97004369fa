"""S and T: whether the whole form was read, by whom and for which year; when it was published and where it lies.

A report whose structure does not hold is refused when it is read; a record is held to the same again.
"""

from pipeline.checks.rule import (
    CANNOT_JUDGE,
    HOLDS,
    Context,
    Fault,
    Finding,
    Judgement,
    Rule,
    Verdicts,
    reading,
    rule,
    words_of_section,
)
from pipeline.forms import NARRATIVE, SECTIONS, TABLES, RowOfForm
from pipeline.record import Record


@rule(
    "S01",
    "error",
    "第二、三、四部分各出现一次，依次排列，按标题或表格认定；缺少其他部分时仅作提示。",
    "Sections 二, 三 and 四 are found by title or by their tables, each once and in order; another section that is"
    " missing is a note.",
    "proactive, requests, disputes; overview, problems, other",
)
def sections_are_there(context: Context) -> Verdicts:
    """Tables were found when the report was read, else there is no record; the prose may be missing."""
    for section in SECTIONS:
        if section not in NARRATIVE or section in context.record.narrative:
            yield HOLDS
            continue
        zh, en = words_of_section(context.record.law, section)
        yield Fault(section, f"报告中未见{zh}这一部分。", f"The report has no section {en}.", severity="note")


FORM_IS_TOLD = reading(
    "S02",
    "error",
    "所用表式只由第二部分的栏目认定，不看年份，也不看所引文件。",
    "The form is told by the columns of section 二, never by the year or by the notice that is cited.",
    "proactive: issued -> 2021; made -> 2019",
)


def _wanted(record: Record, section: str) -> list[RowOfForm]:
    """The rows that the form has in a section, （六）其他处理 as this report prints it (rule S08)."""
    absent = record.law.other_rows(not _single(record)) if section == "requests" else ()
    return [row for row in record.law.rows[section] if row.key not in absent]


def _single(record: Record) -> bool:
    return "other_total" in record.tables["requests"]


@rule(
    "S03",
    "error",
    "表式的每一行恰好出现一次；表式没有而带有数字的行另行保存（extra_rows），并作提示。",
    "Every row of the form is found exactly once; a row of numbers that the form lacks is kept in extra_rows, with a note.",
    "rows(record) = rows(form)",
)
def rows_are_the_forms(context: Context) -> Verdicts:
    """Each of the three tables has the rows of its form, no fewer and no more."""
    record = context.record
    for section in TABLES:
        zh, en = words_of_section(record.law, section)
        wrong = {row.key for row in _wanted(record, section)} ^ set(record.tables[section])
        more = [str(row["label"]) for row in record.extra_rows if row["section"] == section]
        if wrong:
            named = ", ".join(sorted(wrong))
            yield Fault(section, f"{zh}的行与表式不符：{named}。", f"Rows of {en} are not those of the form: {named}.")
        elif more:
            labels = "、".join(f"“{label}”" for label in more)
            yield Fault(
                section,
                f"{zh}中有表式所没有的行：{labels}，原样保存。",
                f"{en} has rows that the form lacks: {labels}; they are kept as printed.",
                severity="note",
            )
        else:
            yield HOLDS


@rule(
    "S04",
    "error",
    "2021年表式为10＋175＋15格，2019年表式为22＋161＋15格（S08成立时175与161互换）；第三部分每行七格。",
    "The 2021 form has 10 + 175 + 15 cells, the 2019 form 22 + 161 + 15 (175 and 161 change places where S08 holds);"
    " every row of section 三 has seven.",
    "cells(record) = cells(form)",
)
def cells_are_the_forms(context: Context) -> Verdicts:
    """Each table has as many cells as its form, row by row."""
    record = context.record
    for section in TABLES:
        widths = {row.key: len(row.columns) for row in _wanted(record, section)}
        found = {key: len(values) for key, values in record.tables[section].items()}
        if found == widths:
            yield HOLDS
            continue
        zh, en = words_of_section(record.law, section)
        have, want = sum(found.values()), sum(widths.values())
        yield Fault(
            section,
            f"{zh}有{have}格，表式为{want}格，或有的行格数不符。",
            f"{en} has {have} cells where the form has {want}, or a row has a cell too many or too few.",
            printed=have,
            expected=want,
        )


NOTHING_ELSE_IS_A_FIGURE = reading(
    "S05",
    "error",
    "书签、页码、脚注、年份和序号不作为数据。",
    "No figure comes from a bookmark, a page number, a footnote, a year or a list number.",
    "place(figure) in table",
)


@rule(
    "S06",
    "error",
    "机关、年度、地区各只有一个且确定无疑；同一机关同一年度只有一份记录。",
    "One organ, one year, one place, each told without doubt; one record for an organ and year.",
    "report_id = agency_id-year",
)
def is_one_report(context: Context) -> Verdicts:
    """The record is filed under the organ that it names; that no other has its id is judged over all records."""
    record, agency = context.record, context.agency
    if record.agency_id == agency.agency_id:
        yield HOLDS
    else:
        told = f"{record.agency_id} / {agency.agency_id}"
        yield Fault("agency_name", f"记录与机关的编号不同：{told}。", f"Record and organ have different ids: {told}.")


def stands_twice(record: Record) -> Judgement:
    """S06 over all records: another record bears the same organ and year."""
    finding = Finding(
        report_id=record.report_id,
        rule="S06",
        severity="error",
        field="year",
        printed=record.year,
        expected=None,
        difference=None,
        fields=(),
        message=f"同一机关{record.year}年度有一份以上的记录。",
        message_en=f"There is more than one record for this organ and {record.year}.",
    )
    return Judgement("fails", finding)


@rule(
    "S07",
    "note",
    "2019、2020年度用2019年表式，2021年度起用2021年表式。",
    "Reports on 2019 and 2020 use the 2019 form, from 2021 on the 2021 form.",
    "form.first_year <= year <= form.last_year",
)
def form_fits_year(context: Context) -> Verdicts:
    """The form was in use for reports on this year."""
    record = context.record
    if record.law.fits(record.year):
        yield HOLDS
        return
    yield Fault(
        "year",
        f"报告年度为{record.year}年，所用的是{record.form}年表式（{record.law.notice}），不是该年度使用的表式。",
        f"The report on {record.year} uses the form of {record.form}, which was not the one in use for that year.",
        printed=record.year,
    )


@rule(
    "S08",
    "note",
    "“（六）其他处理”在2021年表式中为三行，在2019年表式中为一行。",
    "“Other handling” stands as three rows in the 2021 form and as one row in the 2019 form.",
    "rows(other) = rows(form, other)",
)
def other_handling_is_the_forms(context: Context) -> Verdicts:
    """（六）其他处理 stands as its own form prints it."""
    record = context.record
    has = "一行" if _single(record) else "三行"
    has_en = "one row" if _single(record) else "three rows"
    if not any(row.alternative for row in _wanted(record, "requests")):
        yield HOLDS
        return
    yield Fault(
        "requests",
        f"“（六）其他处理”印为{has}，与{record.form}年表式不同。",
        f"“Other handling” is printed as {has_en}, unlike in the form of {record.form}.",
    )


# dates and provenance ------------------------------------------------------------------------------------------------


@rule(
    "T01",
    "note",
    "次年1月31日前（人民政府为次年3月31日前）公布；日期不详则无法判断。",
    "Published by 31 January of the next year, a people's government's by 31 March; cannot be judged without a date.",
    "published <= year+1-01-31 (government: year+1-03-31)",
)
def is_in_time(context: Context) -> Verdicts:
    """Published in time (article 49 of the Regulations on Open Government Information)."""
    record, late = context.record, context.agency.is_government
    until = f"{record.year + 1}-{'03' if late else '01'}-31"
    if record.published is None:
        yield CANNOT_JUDGE
    elif record.published <= until:
        yield HOLDS
    else:
        yield Fault(
            "published",
            f"公布日期为{record.published}，在{until}之后。",
            f"Published on {record.published}, after {until}.",
        )


@rule(
    "T02",
    "note",
    "来源有网址、获取日期和SHA-256校验值。",
    "The source has a url, a date of retrieval and a SHA-256.",
    "source.url, source.retrieved, source.sha256",
)
def source_is_known(context: Context) -> Verdicts:
    """Anybody can look at the source again and see whether it is still the same."""
    source = context.record.source
    told = {
        "url": ("网址", source.url),
        "retrieved": ("获取日期", source.retrieved),
        "sha256": ("SHA-256", source.sha256),
    }
    lacking = {key: words for key, (words, value) in told.items() if not value}
    if not lacking:
        yield HOLDS
        return
    yield Fault("source", f"来源缺少{'、'.join(lacking.values())}。", f"The source lacks: {', '.join(lacking)}.")


RULES: tuple[Rule, ...] = (
    sections_are_there,
    FORM_IS_TOLD,
    rows_are_the_forms,
    cells_are_the_forms,
    NOTHING_ELSE_IS_A_FIGURE,
    is_one_report,
    form_fits_year,
    other_handling_is_the_forms,
)
DATES: tuple[Rule, ...] = (is_in_time, source_is_known)
