"""What every answer of the API has around its data: version, licence, total, and in a list the way to its other pages.

Every address inside an answer is a path below `api/v1/`, so the same bytes hold wherever the site stands.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from pipeline.descriptor import schema
from pipeline.package import json_of

ROOT = "api/v1/"
"""Where the API lies on the site. A change that would break a caller gets a folder of its own, `api/v2/`."""
API = "1"
PER_PAGE = 1000
"""How many short rows a page of a list holds."""
PER_WIDE_PAGE = 250
"""How many rows with all indicators: such a page has some 500 KB."""

Item = TypeVar("Item")
Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Answer:
    """One file of the API: its path below `api/v1/` and its text."""

    path: str
    text: str


def one(path: str, data: Row) -> Answer:
    """The answer that is about one thing."""
    return Answer(path, _enveloped({"total": 1}, "{\n" + ",\n".join(_entries(data)) + "\n}"))


def page(name: str, number: int, total: int, rows: Iterable[Row], per: int = PER_PAGE) -> Answer:
    """One page of the list `name`, which has `total` rows on all its pages; an empty list has one page."""
    last = max(numbers(total, per))
    about: Row = {
        "total": total,
        "page": number,
        "pages": last,
        "per_page": per,
        "next": f"{name}/{number + 1}.json" if number < last else None,
        "previous": f"{name}/{number - 1}.json" if number > 1 else None,
    }
    return Answer(f"{name}/{number}.json", _enveloped(about, _listed(rows)))


def whole(path: str, rows: Sequence[Row]) -> Answer:
    """A list that is short by nature and stands in one answer."""
    about = {"total": len(rows), "page": 1, "pages": 1, "per_page": PER_PAGE, "next": None, "previous": None}
    return Answer(path, _enveloped(about, _listed(rows)))


def numbers(total: int, per: int = PER_PAGE) -> range:
    """The numbers of the pages that so many rows need."""
    return range(1, max(1, -(-total // per)) + 1)


def part(rows: Sequence[Item], number: int, per: int = PER_PAGE) -> Sequence[Item]:
    """What stands on a page of a list."""
    return rows[(number - 1) * per : number * per]


def _enveloped(about: Row, data: str) -> str:
    return "{\n" + ",\n".join([_head(), *_entries(about), f'"data": {data}']) + "\n}\n"


@cache
def _head() -> str:
    package = schema()
    of = package["licenses"][0]
    licence = {"name": of["name"], "title": of["title"], "url": of["path"]}
    return ",\n".join(_entries({"version": {"api": API, "dataset": package["version"]}, "licence": licence}))


def _entries(values: Row) -> list[str]:
    return [f"{json_of(key)}: {_value(value)}" for key, value in values.items()]


def _value(value: object) -> str:
    """A list of objects has one a line, anything else is one line."""
    rows = isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value)
    return _listed(value) if rows and isinstance(value, list) else json_of(value)


def _listed(rows: Iterable[Row]) -> str:
    lines = [json_of(row) for row in rows]
    return "[\n" + ",\n".join(lines) + "\n]" if lines else "[]"
