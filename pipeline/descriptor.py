"""The published schema: every table and column with its type, its bounds and its words, made from the forms."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import simplejson
import yaml

from pipeline import ROOT
from pipeline.checks.rule import words_of_row
from pipeline.edition import Edition, read_edition
from pipeline.forms import TABLES, Column, Form, Label, RowOfForm, all_rows, forms
from pipeline.indicators import RATES
from pipeline.shape import sectors
from pipeline.tables import COLUMNS, KEYS, figure_columns

Field = dict[str, Any]

_PROFILES = "https://datapackage.org/profiles/2.0/"
_WORDS = ("title", "title_en", "description", "description_en")
_LICENSE = {
    "name": "CC0-1.0",
    "path": "https://creativecommons.org/publicdomain/zero/1.0/",
    "title": "CC0 1.0 Universal",
}
_DIALECT = {
    "delimiter": ",",
    "lineTerminator": "\n",
    "quoteChar": '"',
    "doubleQuote": True,
    "skipInitialSpace": False,
    "header": True,
}
"""Said in full: where any of it is missing, readers guess it from the first lines."""

_REFERS = {
    "reports": ("agency_id", "agencies"),
    "figures": ("report_id", "reports"),
    "findings": ("report_id", "reports"),
    "corrections": ("report_id", "reports"),
    "coverage": ("agency_id", "agencies"),
}
"""The column of each table that refers to another, and to which."""


def schema(edition: Edition | None = None) -> dict[str, Any]:
    """The descriptor of the whole package as `data/datapackage.json` holds it: without sizes and checksums.

    `edition` is the version that it tells, that of `CITATION.cff` unless given.
    """
    words, edition = described()["package"], edition or read_edition()
    return {
        "$schema": _PROFILES + "datapackage.json",
        "name": "gongkai",
        "version": edition.version,
        "created": edition.created,
        **{key: words[key] for key in _WORDS},
        "licenses": [_LICENSE],
        "sources": [{"title": words["sources"]}],
        "resources": [_resource(name) for name in COLUMNS],
    }


def descriptor_text(descriptor: Mapping[str, Any]) -> str:
    """A descriptor as the bytes of its file, as text."""
    return str(simplejson.dumps(descriptor, ensure_ascii=False, indent=2)) + "\n"


@cache
def described(path: Path = ROOT / "data" / "columns.yaml") -> Mapping[str, Any]:
    """The words of the package, its tables and their columns, as `data/columns.yaml` lists them."""
    loaded: Mapping[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return loaded


def words_of_kinds() -> Mapping[str, Sequence[str]]:
    """The kinds of corrections, each in Chinese and in English."""
    words: Mapping[str, Sequence[str]] = described()["tables"]["corrections"]["fields"]["kind"]["values"]
    return words


def _resource(name: str) -> dict[str, Any]:
    words = described()["tables"][name]
    return {
        "$schema": _PROFILES + "dataresource.json",
        "name": name,
        "type": "table",
        "path": f"{name}.csv",
        **{key: words[key] for key in _WORDS},
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"$schema": _PROFILES + "tabledialect.json", **_DIALECT},
        "schema": _schema(name),
    }


def _schema(name: str) -> dict[str, Any]:
    fields = _fields(name)
    made: dict[str, Any] = {
        "$schema": _PROFILES + "tableschema.json",
        "fields": [fields[column] for column in COLUMNS[name]],
        "missingValues": [""],
    }
    # A primary key may not be empty anywhere, and coverage's is where an organ is not told or no address is known.
    made |= {"uniqueKeys": [list(KEYS[name])]} if name == "coverage" else {"primaryKey": list(KEYS[name])}
    if name in _REFERS:
        field, to = _REFERS[name]
        made["foreignKeys"] = [{"fields": [field], "reference": {"resource": to, "fields": [field]}}]
    return made


# columns -------------------------------------------------------------------------------------------------------------


@cache
def _fields(name: str) -> Mapping[str, Field]:
    """The fields of a table by their names: those listed for it, those that tables share, and those made."""
    listed = described()["shared"] | described()["tables"][name]["fields"]
    made = [_of_list(column, words) for column, words in listed.items()]
    if name == "reports":
        made += [*_indicators(), *_figures()]
    return {field["name"]: field for field in made}


def _of_list(name: str, listed: Mapping[str, Any]) -> Field:
    field = {"name": name, "type": listed["type"], **{key: listed[key] for key in _WORDS}}
    values = listed.get("values") or (_VALUES[name]() if name in _VALUES else {})
    if values:
        field["categories"] = [{"value": key, "label": " ".join(words)} for key, words in values.items()]
    constraints = listed.get("constraints", {}) | ({"enum": list(values)} if values else {})
    return field | ({"constraints": constraints} if constraints else {})


def _section_words() -> dict[str, tuple[str, str]]:
    newest = list(forms().values())[-1]
    return {key: _pair(newest.titles[key]) for key in TABLES}


def _pair(words: Label) -> tuple[str, str]:
    return words.number + words.label, words.label_en


_VALUES: Mapping[str, Callable[[], Mapping[str, tuple[str, str]]]] = {
    "section": _section_words,
    "form": lambda: {form.id: (form.notice, f"the form of {form.id}") for form in forms().values()},
    "sector": lambda: {key: (one["label"], one["label_en"]) for key, one in sectors().items()},
}
"""The closed lists that stand elsewhere in data/."""


def _field(
    name: str, type: str, title: str, title_en: str, description: str, description_en: str, **constraints: Any
) -> Field:
    words = dict(zip(_WORDS, (title, title_en, description, description_en), strict=True))
    return {"name": name, "type": type, **words} | ({"constraints": constraints} if constraints else {})


def _indicators() -> Iterator[Field]:
    for name, rate in RATES.items():
        yield _field(
            name,
            "number",
            rate.label,
            rate.label_en,
            f"{rate.formula}，均取总计列；六位小数，四舍六入五成双；分母为0或有空缺时为空。",
            f"{rate.formula}, all from the total column; six decimals, half to even; empty where the denominator is 0 or"
            " an input is null.",
        )
        yield _field(
            f"{name}_numerator",
            "integer",
            f"{rate.label}（分子）",
            f"{rate.label_en}, numerator",
            f"{rate.formula}的分子。",
            f"The numerator of {rate.formula}.",
            minimum=0,
        )
        yield _field(
            f"{name}_denominator",
            "integer",
            f"{rate.label}（分母）",
            f"{rate.label_en}, denominator",
            f"{rate.formula}的分母。",
            f"The denominator of {rate.formula}.",
        )


def _figures() -> Iterator[Field]:
    names = figure_columns()
    for row in all_rows():
        for column, field in zip(row.columns, row.fields, strict=True):
            yield _figure(names[field], row, column)


def _figure(name: str, row: RowOfForm, column: Column) -> Field:
    having = [form for form in forms().values() if _has(form, row, column)]
    form = having[-1]
    words = words_of_row(form, form.row(row.section, row.key) or row)
    title = form.titles[row.section]
    unit, unit_en = (f"，单位{column.unit}", ", in 10,000 yuan") if column.unit else ("", "")
    return _field(
        name,
        "number" if column.kind == "amount" else "integer",
        f"{words.label}：{column.words.label}",
        f"{words.label_en}: {column.words.label_en}",
        f"“{title.number}{title.label}”中“{words.label}”行“{column.words.label}”列，照报告所印{unit}；"
        f"{'、'.join(one.id for one in having)}年表式。",
        f"Section “{title.label_en}”, row “{words.label_en}”, column “{column.words.label_en}”, as printed{unit_en};"
        f" form of {', '.join(one.id for one in having)}.",
        **({} if column.kind == "change" else {"minimum": 0}),
    )


def _has(form: Form, row: RowOfForm, column: Column) -> bool:
    found = form.row(row.section, row.key)
    return found is not None and any(one.key == column.key for one in found.columns)
