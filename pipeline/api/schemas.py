"""The shape of every answer as JSON Schema, with the words of the published schema for each column.

What a caller gets today is listed in full; a later version may add keys, so no object is closed to others.
"""

from collections.abc import Iterable, Mapping

from pipeline.api.places import country
from pipeline.api.properties import Schema, columns, count, listed, nullable, ref, text, thing
from pipeline.api.records import form_schemas
from pipeline.descriptor import schema
from pipeline.forms import forms
from pipeline.indicators import HEADLINES
from pipeline.shape import LEVELS
from pipeline.tables import COLUMNS, figure_columns, indicator_columns


def every_schema() -> dict[str, Schema]:
    """Every schema by its name in `components/schemas`."""
    return {**_envelopes(), **_rows(), **_things(), **form_schemas()}


# the envelope --------------------------------------------------------------------------------------------------------


def answer(name: str, is_list: bool) -> Schema:
    """The answer whose data are one thing, or a list of rows, of a name."""
    data = {"data": listed(name) if is_list else ref(name)}
    around = [ref("Envelope"), ref("Page")] if is_list else [ref("Envelope")]
    return {"allOf": [*around, thing(data)]}


def _envelopes() -> dict[str, Schema]:
    version = thing(
        {
            "api": text("接口版本", "Version of the API", const="1"),
            "dataset": text("数据版本", "Version of the data"),
        }
    )
    licence = thing({key: {"type": "string"} for key in ("name", "title", "url")})
    total = count("总数", "Rows of the whole list; 1 for an answer about one thing")
    way = {"type": ["string", "null"]}
    return {
        "Envelope": thing({"version": version, "licence": licence, "total": total}),
        "Page": thing(
            {
                "page": count("第几页", "Number of this page", minimum=1),
                "pages": count("页数", "Number of pages", minimum=1),
                "per_page": count("每页行数", "Rows on a full page", minimum=1),
                "next": way | {"title": "下一页 · Next page"},
                "previous": way | {"title": "上一页 · Previous page"},
            }
        ),
    }


# rows of the published tables ----------------------------------------------------------------------------------------


def _rows() -> dict[str, Schema]:
    agencies, reports = columns("agencies"), columns("reports")
    path = {"path": text("路径", "Path below api/v1/")}
    facts = COLUMNS["reports"][: -len(figure_columns())]
    headlines = [name.replace(".", "_") for name in HEADLINES]
    return {
        "Agency": thing({**agencies, **path}),
        "Report": thing({**{name: reports[name] for name in [*facts, *headlines]}, **path}),
        "Finding": thing(columns("findings")),
        "Correction": thing(columns("corrections")),
        "Coverage": thing(columns("coverage")),
        "Value": thing(_value(reports)),
    }


def _value(reports: Mapping[str, Schema]) -> dict[str, Schema]:
    return {
        "report_id": reports["report_id"],
        "agency_id": reports["agency_id"],
        "value": {"type": ["number", "null"], "title": "比率 · Rate, null where there is none"},
        "numerator": {"type": ["integer", "null"], "title": "分子 · Numerator"},
        "denominator": {"type": ["integer", "null"], "title": "分母 · Denominator"},
    }


# things that are no rows ---------------------------------------------------------------------------------------------


def _things() -> dict[str, Schema]:
    agencies, reports = columns("agencies"), columns("reports")
    named = _place()
    return {
        "WholeAgency": thing(
            {
                "agency": thing(
                    {
                        **agencies,
                        "former_names": {
                            "type": "array",
                            "items": {"type": "string"},
                            "title": "曾用名 · Former names",
                        },
                        "successor": nullable(text("继任机关", "Successor")),
                        "note": nullable(text("说明", "Note")),
                    }
                ),
                "reports": listed("Report"),
                "coverage": listed("Coverage"),
            }
        ),
        "WholeReport": thing(
            {
                "record": {"oneOf": [ref(f"Record{form}") for form in forms()]},
                "indicators": thing({name: reports[name] for name in indicator_columns()}),
                "findings": listed("Finding"),
            }
        ),
        "Place": thing(named),
        "Region": thing(
            {
                "region": thing(
                    {
                        **named,
                        "former_names": {"type": "array", "items": {"type": "string"}},
                        "valid_to": {"type": ["string", "null"], "title": "撤销时间 · Day or year of its end"},
                    }
                ),
                "around": listed("Place"),
                "places": {"type": "array", "items": thing({**named, **_held()})},
                **_held(),
                "agencies_path": text("机关列表", "First page of its organs"),
            }
        ),
        "Year": thing(
            {
                "year": reports["year"],
                **_held(),
                "coverage": thing({name: count(name, name) for name in _statuses()}),
                "path": text("报告", "First page of its reports"),
                "coverage_path": text("覆盖范围", "First page of its coverage"),
            }
        ),
        "Subject": thing(
            {
                "subject": text("代码", "Code", pattern="^[a-z0-9_]+$"),
                "kind": text("种类", "Kind", enum=["indicator", "outcome"]),
                "title": text("名称", "Title"),
                "title_en": text("英文名称", "Title in English"),
                "formula": text("算法", "Formula"),
                "paths": {"type": "object", "additionalProperties": {"type": "string"}, "title": "各年 · By year"},
            }
        ),
        "Rule": thing(_rule()),
        "Entry": thing(_entry()),
    }


def _place() -> dict[str, Schema]:
    return {
        "code": text("区划代码", "Region code", pattern="^[0-9]{6}$"),
        "name": text("名称", "Name"),
        "level": text("层级", "Level", enum=[*LEVELS]),
        "path": text("路径", "Path below api/v1/", examples=[f"regions/{country().code}.json"]),
    }


def _held() -> dict[str, Schema]:
    return {"agencies": count("机关数", "Organs with a report"), "reports": count("报告数", "Reports held")}


def _statuses() -> Iterable[str]:
    resource = next(one for one in schema()["resources"] if one["name"] == "coverage")
    status = next(field for field in resource["schema"]["fields"] if field["name"] == "status")
    return [one["value"] for one in status["categories"]]


def _rule() -> dict[str, Schema]:
    counted = {name: nullable(count(name, name)) for name in ("holds", "fails", "cannot_judge")}
    return {
        "rule": text("规则", "Rule", pattern="^[A-Z][0-9][0-9]$"),
        "version": {"type": "integer", "minimum": 1},
        "severity": {"type": "string", "enum": ["error", "finding", "note"]},
        "stage": {"type": "string", "enum": ["reading", "record"]},
        "title": {"type": "string"},
        "title_en": {"type": "string"},
        "formula": {"type": "string"},
        **counted,
        "path": text("不成立之处", "First page of its findings"),
    }


def _entry() -> dict[str, Schema]:
    offered = thing({key: {"type": "string"} for key in ("operation", "path", "title", "title_en")})
    return {
        "name": {"type": "string"},
        "title": {"type": "string"},
        "title_en": {"type": "string"},
        "description": {"type": "string"},
        "description_en": {"type": "string"},
        "openapi": {"type": "string"},
        **_held(),
        "paths": {"type": "array", "items": offered},
    }
