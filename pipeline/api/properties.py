"""The pieces of JSON Schema that the answers are described with, and a published column as one of them."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from pipeline.descriptor import schema

Schema = dict[str, Any]

_TYPES: Mapping[str, Schema] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "year": {"type": "integer"},
    "date": {"type": "string", "format": "date"},
    "boolean": {"type": "boolean"},
    "any": {"type": ["string", "number"]},
}
_KEPT = ("minimum", "maximum", "enum")


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def thing(properties: Mapping[str, Schema], optional: Iterable[str] = ()) -> Schema:
    """An object that always has these keys, but for the optional ones."""
    left = set(optional)
    return {
        "type": "object",
        "properties": dict(properties),
        "required": [name for name in properties if name not in left],
    }


def listed(name: str) -> Schema:
    return {"type": "array", "items": ref(name)}


def text(title: str, title_en: str, **more: Any) -> Schema:
    return {"type": "string", "title": f"{title} · {title_en}", **more}


def count(title: str, title_en: str, **more: Any) -> Schema:
    return {"type": "integer", "minimum": 0, "title": f"{title} · {title_en}", **more}


def nullable(of: Schema) -> Schema:
    return of | {"type": [*([of["type"]] if isinstance(of["type"], str) else of["type"]), "null"]}


@cache
def columns(table: str) -> Mapping[str, Schema]:
    """Each column of a published table as a property."""
    resource = next(one for one in schema()["resources"] if one["name"] == table)
    return {field["name"]: property_of(field) for field in resource["schema"]["fields"]}


def property_of(field: Mapping[str, Any]) -> Schema:
    """A field of the Table Schema as a JSON Schema: an empty cell of the CSV is null here."""
    constraints = field.get("constraints", {})
    made = _TYPES[field["type"]] | {key: constraints[key] for key in _KEPT if key in constraints}
    if "pattern" in constraints:
        made["pattern"] = f"^(?:{constraints['pattern']})$"
    if not constraints.get("required"):
        made = nullable(made)
        made |= {"enum": [*made["enum"], None]} if "enum" in made else {}
    title, words = f"{field['title']} · {field['title_en']}", f"{field['description']} {field['description_en']}"
    return made | {"title": title, "description": words}
