"""`gongkai.xlsx`: the whole dataset as one workbook, for people who open it and look.

A heading is the Chinese title of a column with its code on a line of its own below, so that the last word of a heading
is the name of the column in every other file. Figures stand a report a row; what an empty cell of them means, and how a
figure was printed, stands in a sheet of its own, so that both sheets together say what `figures.csv` says.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline.citation import read_citation
from pipeline.descriptor import schema
from pipeline.downloads.sheets import Book, Field, fields_of
from pipeline.downloads.whole import whole
from pipeline.tables import Table

NAME = "gongkai.xlsx"
SHEETS = {
    "reports": "数字 figures",
    "agencies": "机关 organs",
    "figures": "空格和写法 cells",
    "corrections": "更正 corrections",
    "findings": "核对结果 findings",
    "coverage": "覆盖范围 coverage",
}
"""The sheet of each table; that of `figures` has only what the first sheet cannot tell."""
DICTIONARY, NOTES = "字典 dictionary", "说明 notes"

_FROZEN = {"reports": 3, "agencies": 2}
_WORDS = (
    Field("table", "表", "string"), Field("column", "栏", "string"), Field("title", "名称", "string"),
    Field("title_en", "英文名称", "string"), Field("type", "类型", "string"), Field("description", "说明", "string"),
    Field("description_en", "英文说明", "string"), Field("values", "取值", "string"),
)  # fmt: skip


def write(tables: Mapping[str, Table], folder: Path) -> Path:
    """Writes the file into the folder, whole or not at all."""
    path = folder / NAME
    with whole(path) as part:
        _write(tables, part)
    return path


def _write(tables: Mapping[str, Table], path: Path) -> None:
    described = schema()
    resources = {one["name"]: one for one in described["resources"]}
    book = Book(path, described["title"])
    for name, sheet in SHEETS.items():
        rows = odd_cells(tables["figures"]) if name == "figures" else iter(tables[name].rows)
        book.add_table(sheet, list(fields_of(resources[name])), rows, _FROZEN.get(name, 1))
    book.add_table(DICTIONARY, _WORDS, _dictionary(resources), 2)
    book.add_words(NOTES, list(_notes(described, tables)))
    book.close()


def odd_cells(figures: Table) -> Iterator[Mapping[str, object]]:
    """The figures that are more, or less, than a plain number: empty, printed in another way, or corrected."""
    for row in figures.rows:
        if row["value"] is None or row["as_written"] is not None or row["corrected"]:
            yield row


def _dictionary(resources: Mapping[str, Mapping[str, Any]]) -> Iterator[Mapping[str, object]]:
    for name, resource in resources.items():
        for field in resource["schema"]["fields"]:
            values = "；".join(f"{one['value']}={one['label']}" for one in field.get("categories", ()))
            words = {key: field[key] for key in ("title", "title_en", "type", "description", "description_en")}
            yield {"table": name, "column": field["name"], **words, "values": values or None}


def _notes(described: Mapping[str, Any], tables: Mapping[str, Table]) -> Iterator[tuple[str, str]]:
    """What must be known to read the sheets."""
    cited, count = read_citation(), {name: len(table.rows) for name, table in tables.items()}
    yield described["title"], described["title_en"]
    yield described["description"], described["description_en"]
    yield (
        f"版本：{cited.version}（{cited.released}）。{count['agencies']}个机关，{count['reports']}份报告，{count['figures']}个数字。",
        f"Version {cited.version} ({cited.released}): {count['agencies']} organs, {count['reports']} reports, {count['figures']} figures.",
    )
    yield (
        "许可：CC0 1.0，可以复制、修改、发布，用于任何目的，不必征得同意。报告原文属各机关。",
        "Licence: CC0 1.0; copy, change and publish for any purpose without asking. The reports belong to their publishers.",
    )
    yield f"引用：{cited.words()}", f"To cite: {cited.words_en()}"
    yield (
        f"出处：{described['sources'][0]['title']}",
        "Source: the address of each report stands in the column source_url.",
    )
    yield from _READING


_READING = (
    (
        f"“{SHEETS['reports']}”一行是一份报告。0是报告印着的0。空格有两种：报告这一格没有数字，则“{SHEETS['figures']}”里有这一格的一行；这种表式没有这一格，则没有。",
        f"In “{SHEETS['reports']}” a row is a report. 0 is a printed zero. An empty cell is one of two: the report has no number in it, and then it has a row in “{SHEETS['figures']}”; or its form has no such cell, and then it has none.",
    ),
    (
        f"“{SHEETS['figures']}”列出没有数字的格、原文写法与规范写法不同的格（as_written）和更正过的格（corrected）。",
        f"“{SHEETS['figures']}” lists the cells without a number, those printed in another than the canonical way (as_written) and those corrected.",
    ),
    (
        "每列的标题下面是它的代码，与CSV、JSON里的栏名相同；“字典”逐栏说明。编号和代码是文字，不要转成数字。",
        "Below the title of a column stands its code, its name in CSV and JSON; the dictionary explains each. Ids and codes are text.",
    ),
    (
        "Excel只保留十五位有效数字，更长的数以文字列出，各位不变。一张表最多1,048,576行，放不下的接在名称带(2)、(3)……的表里。太长的文字截断并注明，全文见CSV。",
        "Excel keeps fifteen digits: a longer number stands as text, digit by digit. A sheet has at most 1,048,576 rows; what does not fit goes on in sheets marked (2), (3) … Text that is too long is cut and says so; the CSV has all of it.",
    ),
    (
        "数字逐格一行的长表不在此文件中，见figures.csv、figures.parquet或gongkai.sqlite。",
        "The long table with a row for each figure is not in this file: see figures.csv, figures.parquet or gongkai.sqlite.",
    ),
)
