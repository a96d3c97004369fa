"""The workbook of one report in which a person can say what is wrong: how its sheet is laid out, for both who write it
and who read it back.
"""

from dataclasses import dataclass

SHEET = "数字 figures"
FACTS_SHEET = "报告 report"
"""The sheet that tells which report this is: two columns, a key of `FACTS` and its value."""

FACTS = ("report_id", "agency_name", "year", "form", "source_sha256", "record_sha256")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the sheet: the word by which it is found again (the last of its heading), and the Chinese words."""

    key: str
    label: str
    fill: bool = False

    @property
    def heading(self) -> str:
        return f"{self.label} {self.key}"


COLUMNS = (
    Column("field", "字段"),
    Column("section", "部分"),
    Column("row", "行"),
    Column("column", "列"),
    Column("value", "本站所记"),
    Column("as_written", "原表写法"),
    Column("printed", "原文所印（在此填写）", fill=True),
    Column("kind", "种类（在此填写）", fill=True),
    Column("should_be", "应为（报告自己印错时填写）", fill=True),
    Column("reason", "理由（在此填写）", fill=True),
    Column("evidence", "依据（原表的一行）", fill=True),
)
"""A row is a figure of the report, in the order of the form; a person fills in those of `fill` where a figure is wrong."""
