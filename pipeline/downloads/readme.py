"""The README of a zip, Chinese first: what is in it, when it was made, under which terms, how to cite it, its columns."""

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.citation import read_citation

_READING = """\
空格表示没有数，0是报告印着的0。reports.csv里的空格有两种：报告留空，或者这种表式没有这一格；figures.csv分得开，前者有一行、value为空，后者没有这一行。数字照报告所印，不作修改；对不上的列在findings.csv。
CSV是UTF-8编码。用Excel请打开网站上的gongkai.xlsx；直接双击CSV可能显示乱码，代码前面的0会丢失。
datapackage.json逐栏说明，可用frictionless validate datapackage.json核对。
"""
_READING_EN = """\
An empty cell is no figure; 0 is a printed zero. In reports.csv an empty cell is either one that the report left empty or one that its form does not have; figures.csv tells them apart: the first is a row with an empty value, the second no row. Figures stand as printed; what does not add up is listed in findings.csv.
The CSV files are in UTF-8. For Excel take gongkai.xlsx from the site: opened directly, codes lose the zeros before them.
datapackage.json describes every column; frictionless validate datapackage.json checks all of it.
"""


def readme(descriptor: Mapping[str, Any]) -> str:
    """The text of a README, made from the descriptor that lies beside it."""
    return "\n".join([*_chinese(descriptor), *_english(descriptor), *_columns(descriptor)])


def _chinese(package: Mapping[str, Any]) -> Iterator[str]:
    cited = read_citation()
    yield f"{package['title']}\n{package['title_en']}\n"
    yield package["description"]
    yield f"\n版本：{cited.version}（{cited.released}）"
    yield f"许可：{package['licenses'][0]['title']}，{package['licenses'][0]['path']}。可以复制、修改、发布，不必征得同意。全文见LICENSE.txt。"
    yield f"引用：{cited.words()}"
    yield f"出处：{package['sources'][0]['title']}\n"
    yield from (f"{one['path']}  {one['title']}，{one['rows']}行。{one['description']}" for one in package["resources"])
    yield f"\n{_READING}"


def _english(package: Mapping[str, Any]) -> Iterator[str]:
    cited = read_citation()
    yield f"{package['description_en']}"
    yield f"\nVersion: {cited.version} ({cited.released})"
    yield f"Licence: {package['licenses'][0]['title']}, {package['licenses'][0]['path']}. The full text is in LICENSE.txt."
    yield f"To cite: {cited.words_en()}"
    yield "Source: the reports that the organs publish; the address of each stands in reports.csv, column source_url.\n"
    for one in package["resources"]:
        yield f"{one['path']}  {one['title_en']}, rows: {one['rows']}. {one['description_en']}"
    yield f"\n{_READING_EN}"


def _columns(package: Mapping[str, Any]) -> Iterator[str]:
    yield "各栏 Columns"
    for resource in package["resources"]:
        yield f"\n{resource['path']}"
        yield from (
            f"  {field['name']}  {field['title']}  {field['title_en']}" for field in resource["schema"]["fields"]
        )
    yield ""
