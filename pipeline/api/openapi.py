"""The OpenAPI description of every path of the API, its parameters and its answers, and the entry that lists them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline.api.answers import Answer, one
from pipeline.api.properties import Schema, text
from pipeline.api.schemas import answer, every_schema
from pipeline.descriptor import descriptor_text, schema
from pipeline.forms import forms


@dataclass(frozen=True, slots=True)
class Operation:
    """One path of the API: `data` is the name of its schema; a list may have pages, where the path says so."""

    name: str
    path: str
    title: str
    title_en: str
    data: str
    is_list: bool = False

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(re.findall(r"{(\w+)}", self.path))

    @property
    def pattern(self) -> re.Pattern[str]:
        """What a path must look like to be one of this operation."""
        parts = re.split(r"{(\w+)}", self.path)
        return re.compile("".join(_PATTERNS[one] if n % 2 else re.escape(one) for n, one in enumerate(parts)))

    def fill(self, values: Mapping[str, str]) -> str:
        """The path with its parameters in place."""
        return self.path.format_map(values)


OPERATIONS = (
    Operation("entry", "index.json", "入口：全部路径", "The entry: every path", "Entry"),
    Operation("listAgencies", "agencies/list/{page}.json", "机关列表", "All organs", "Agency", True),
    Operation(
        "getAgency",
        "agencies/{agency_id}.json",
        "一个机关和它的各年报告",
        "An organ with its reports, year by year",
        "WholeAgency",
    ),
    Operation(
        "getReport",
        "reports/{agency_id}/{year}.json",
        "一份报告：全部数字、比率和核对说明",
        "A report: every figure, its indicators and findings",
        "WholeReport",
    ),
    Operation("getRegion", "regions/{code}.json", "一个地区", "A place", "Region"),
    Operation(
        "listRegionAgencies",
        "regions/{code}/agencies/{page}.json",
        "一个地区的机关，含下级地区",
        "The organs in a place and in the places inside it",
        "Agency",
        True,
    ),
    Operation("listYears", "years.json", "全部年度", "All years", "Year", True),
    Operation("listYearReports", "years/{year}/{page}.json", "一年的报告", "The reports of a year", "Report", True),
    Operation("listSubjects", "subjects.json", "全部主题", "All subjects", "Subject", True),
    Operation(
        "listSubjectValues",
        "subjects/{subject}/{year}/{page}.json",
        "一个主题一年的数值：各报告的比率、分子与分母",
        "One subject in one year: rate, numerator and denominator of every report",
        "Value",
        True,
    ),
    Operation(
        "listCoverage",
        "coverage/{year}/{page}.json",
        "一年的覆盖范围",
        "Coverage of a year: held, known, refused, gone, missing",
        "Coverage",
        True,
    ),
    Operation("listRules", "rules.json", "全部核对规则", "All rules", "Rule", True),
    Operation(
        "listFindings",
        "findings/{rule}/{page}.json",
        "一条规则不成立之处",
        "Where a rule does not hold",
        "Finding",
        True,
    ),
    Operation("listCorrections", "corrections/{page}.json", "全部更正", "All corrections", "Correction", True),
    Operation("getForm", "forms/{form}.json", "一种法定表式", "A statutory form", "Form"),
)
"""Every path of the API but that of its own description."""

_PATTERNS: Mapping[str, str] = {
    "agency_id": "[0-9]{6}-[a-z]+[0-9]*",
    "year": "[0-9]{4}",
    "code": "[0-9]{6}",
    "subject": "[a-z][a-z0-9_]*",
    "rule": "[A-Z][0-9]{2}",
    "form": "[0-9]{4}",
    "page": "[1-9][0-9]*",
}
_WORDS: Mapping[str, tuple[str, str]] = {
    "agency_id": ("机关编号", "Agency id"),
    "year": ("年度", "Year reported on"),
    "code": ("区划代码，全国为000000", "Region code; 000000 for the whole country"),
    "subject": ("主题代码，见subjects.json", "Code of a subject; see subjects.json"),
    "rule": ("规则编号，见rules.json", "Id of a rule; see rules.json"),
    "form": ("表式", "Form"),
    "page": ("第几页，从1起", "Number of the page, from 1"),
}


def entry_answer(agencies: int, reports: int) -> Answer:
    """The entry, which names every path."""
    words = schema()
    told = {key: words[key] for key in ("name", "title", "title_en", "description", "description_en")}
    held = {"agencies": agencies, "reports": reports}
    paths = [
        {"operation": one.name, "path": one.path, "title": one.title, "title_en": one.title_en} for one in OPERATIONS
    ]
    return one("index.json", {**told, "openapi": "openapi.json", **held, "paths": paths})


def description(url: str, values: Mapping[str, str], examples: Mapping[str, Any]) -> Answer:
    """The OpenAPI file. `values` fill the paths of examples; `examples` are answers as plain values, by operation."""
    words = schema()
    made = {
        "openapi": "3.1.1",
        "info": {
            "title": f"{words['title']} · {words['title_en']}",
            "version": words["version"],
            "description": f"{_ABOUT}\n\n{_ABOUT_EN}",
            "license": {"name": words["licenses"][0]["title"], "identifier": words["licenses"][0]["name"]},
        },
        "servers": [{"url": url or "."}],
        "paths": {f"/{one.path}": {"get": _operation(one, examples.get(one.name))} for one in OPERATIONS},
        "components": {
            "parameters": {name: _parameter(name, values.get(name)) for name in _PATTERNS},
            "schemas": every_schema(),
            "responses": {"NotFound": {"description": "没有这个内容 · Nothing stands at this address"}},
        },
    }
    return Answer("openapi.json", descriptor_text(made))


_ABOUT = (
    "只读的静态接口：每个地址是一个JSON文件，可以从任何网站读取，不需要密钥。"
    "每个回答都写明版本、许可和总数；回答里的路径都从api/v1/算起。"
    "路径、编号和键的含义不再改变；可能增加新的键，请忽略不认识的键。页码会随数据增加而移动，编号不会。"
)
_ABOUT_EN = (
    "A read-only API of static files: every address is a JSON file, open to every origin, without a key. "
    "Every answer tells version, licence and total; paths inside an answer begin at api/v1/. "
    "Paths, ids and the meaning of keys never change; keys may be added, so ignore those you do not know. "
    "What stands on which page moves as data are added; ids do not."
)


def _operation(of: Operation, example: Any) -> dict[str, Any]:
    content: Schema = {"schema": answer(of.data, of.is_list)} | ({} if example is None else {"example": example})
    found = {"description": f"{of.title} · {of.title_en}", "content": {"application/json": content}}
    return {
        "operationId": of.name,
        "summary": f"{of.title} · {of.title_en}",
        "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in of.parameters],
        "responses": {"200": found, "404": {"$ref": "#/components/responses/NotFound"}},
    }


def _parameter(name: str, example: str | None) -> dict[str, Any]:
    title, title_en = _WORDS[name]
    form = {"enum": [*forms()]} if name == "form" else {"pattern": f"^{_PATTERNS[name]}$"}
    made = {"name": name, "in": "path", "required": True, "schema": text(title, title_en) | form}
    return made | ({} if example is None else {"example": example})


@cache
def operation(name: str) -> Operation:
    return next(one for one in OPERATIONS if one.name == name)
