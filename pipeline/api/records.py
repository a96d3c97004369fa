"""The shape of a statutory form, and of the record of a report that uses it."""

from collections.abc import Iterable, Mapping

from pipeline.api.properties import Schema, columns, thing
from pipeline.forms import NARRATIVE, TABLES, Form, RowOfForm, forms
from pipeline.shape import SOURCE_KEYS


def form_schemas() -> dict[str, Schema]:
    """The schema of a form and of the record of each form, by name."""
    words: dict[str, Schema] = {key: {"type": "string"} for key in ("number", "title", "title_en")}
    column = thing(
        {
            **{key: {"type": "string"} for key in ("column", "field", "title", "title_en")},
            "kind": {"type": "string", "enum": ["count", "change", "amount"]},
            "unit": {"type": ["string", "null"]},
        }
    )
    row = thing(
        {
            "row": {"type": "string"},
            **words,
            "full_title": {"type": "string"},
            "full_title_en": {"type": "string"},
            "group": {"type": ["string", "null"]},
            "columns": {"type": "array", "items": column},
        }
    )
    section = thing(
        {"section": {"type": "string", "enum": [*TABLES]}, **words, "rows": {"type": "array", "items": row}}
    )
    form: dict[str, Schema] = {
        "form": {"type": "string", "enum": [*forms()]},
        "notice": {"type": "string"},
        "first_year": {"type": "integer"},
        "last_year": {"type": ["integer", "null"]},
        "sections": {"type": "array", "items": section},
    }
    return {"Form": thing(form), **{f"Record{one.id}": _record(one) for one in forms().values()}}


def _record(form: Form) -> Schema:
    """The record of a report of a form: a row of the form is a list of figures in the order of its columns."""
    reports = columns("reports")
    facts = {name: reports[name] for name in ("report_id", "agency_id", "agency_name", "year")}
    corrections = {name: one for name, one in columns("corrections").items() if name not in ("report_id", "n")}
    sparse = ("was", "now", "printed", "should_be", "confirmed")
    prose = {"characters": {"type": "integer"}, "fingerprint": {"type": "string"}, "claims": {"type": "array"}}
    extra = {"section": {"type": "string"}, "label": {"type": "string"}, "values": {"type": "array"}}
    return thing(
        {
            **facts,
            "form": {"const": form.id},
            "scope": reports["scope"],
            "published": reports["published"],
            "source": thing({key: {"type": ["string", "null"]} for key in SOURCE_KEYS}),
            **{section: _table(form.rows[section]) for section in TABLES},
            "narrative": thing({key: _prose(prose) for key in NARRATIVE}, optional=NARRATIVE),
            "as_written": {"type": "object", "additionalProperties": {"type": "string"}},
            "extra_rows": {"type": "array", "items": thing(extra)},
            "corrections": {"type": "array", "items": thing(corrections, optional=sparse)},
        }
    )


def _prose(keys: Mapping[str, Schema]) -> Schema:
    return thing({**keys, "text": {"type": "string"}}, optional=("fingerprint", "claims", "text"))


def _table(rows: Iterable[RowOfForm]) -> Schema:
    """Rows of a table by their keys; of the rows that stand for one another (other_total) a report has one kind."""
    made = {row.key: _row(row) for row in rows}
    return thing(made, optional=[row.key for row in rows if row.alternative or row.group == "other"])


def _row(row: RowOfForm) -> Schema:
    cells = [
        {
            "type": ["number" if column.kind == "amount" else "integer", "null"],
            "title": f"{column.words.label} · {column.words.label_en}",
        }
        for column in row.columns
    ]
    return {
        "type": "array",
        "title": f"{row.words.number}{row.words.label} · {row.words.label_en}",
        "prefixItems": cells,
        "minItems": len(cells),
        "maxItems": len(cells),
    }
