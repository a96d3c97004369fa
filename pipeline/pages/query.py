"""The SQL page: what the database holds, queries to begin with, and the engine that runs them in the browser."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar
from urllib.parse import quote

from pipeline.pages.addresses import file_of
from pipeline.pages.material import Download, Material
from pipeline.pages.page import Task
from pipeline.record import Record

SQL = "sql/"
DATABASE = "data/gongkai.sqlite"
ENGINE = ("sql/sqlite/sqlite3.js", "sql/sqlite/sqlite3.wasm")
"""SQLite for the browser, where the build has put it there."""
LITE = "https://lite.datasette.io/?url="
"""A public page that opens a SQLite file by its address, for a site without an engine of its own."""


@dataclass(frozen=True, slots=True)
class Example:
    """A query to begin with; `id` names it on the page."""

    id: str
    title: str
    title_en: str
    sql: str


@dataclass(frozen=True, slots=True)
class Described:
    """A table or view of the database, with the fields of the published schema."""

    name: str
    title: str
    title_en: str
    rows: int
    fields: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class QueryPage:
    """The SQL page; without an engine `elsewhere` is where the database can be asked, None where nobody can know."""

    template: ClassVar[str] = "sql"
    path: str
    database: Download
    engine: tuple[Download, ...]
    elsewhere: str | None
    examples: tuple[Example, ...]
    tables: tuple[Described, ...]

    @property
    def bytes(self) -> int:
        """All that a query needs to be loaded."""
        return self.database.bytes + sum(file.bytes for file in self.engine)


def tasks(made: Material) -> Iterator[Task]:
    """The one page."""
    yield partial(_pages, made)


def _pages(made: Material) -> list[QueryPage]:
    return [query_page(made)]


def query_page(made: Material) -> QueryPage:
    """The SQL page. Raises FileNotFoundError where the package has no database."""
    has_engine = all((made.output / address).is_file() for address in ENGINE)
    return QueryPage(
        path=file_of(SQL),
        database=made.download(DATABASE),
        engine=made.downloads(*ENGINE) if has_engine else (),
        elsewhere=f"{LITE}{quote(f'{made.site.url}/{DATABASE}', safe='')}" if made.site.url else None,
        examples=tuple(_examples(made.dataset.records)),
        tables=tuple(_described(one) for one in made.package["resources"] if "schema" in one),
    )


def _described(resource: Mapping[str, Any]) -> Described:
    name, title, title_en, rows = (resource[key] for key in ("name", "title", "title_en", "rows"))
    return Described(name, title, title_en, rows, resource["schema"]["fields"])


def _examples(records: Sequence[Record]) -> Iterator[Example]:
    yield Example("received", "各年收到多少申请", "Requests received by year", _RECEIVED)
    yield Example("levels", "各层级的公开率", "Disclosure rate by level", _LEVELS)
    yield Example("none", "没有申请的报告有多少", "How many reports had no request at all", _NONE)
    if records:
        newest = max(records, key=lambda one: (one.year, one.report_id))
        sql = _REPORT.replace("REPORT", newest.report_id)
        yield Example("report", "一份报告里不是0的数字", "The figures of one report that are not 0", sql)
    yield Example("rules", "哪些规则常常不成立", "Which rules often do not hold", _RULES)
    yield Example("missing", "还缺哪些年份", "Which years are missing", _MISSING)
    yield Example("columns", "找一个栏目叫什么", "Find the name of a column", _COLUMNS)


_RECEIVED = """\
SELECT year, count(*) AS reports, sum(requests_new_received_total) AS received
FROM reports
GROUP BY year
ORDER BY year;"""
_LEVELS = """\
SELECT level, count(*) AS reports,
       sum(disclosure_rate_numerator) AS disclosed,
       sum(disclosure_rate_denominator) AS processed,
       round(100.0 * sum(disclosure_rate_numerator) / sum(disclosure_rate_denominator), 1) AS percent
FROM reports
WHERE disclosure_rate IS NOT NULL
GROUP BY level;"""
_NONE = """\
SELECT year, count(*) AS reports,
       sum(requests_new_received_total = 0 AND requests_carried_in_total = 0) AS without_requests
FROM reports
GROUP BY year
ORDER BY year;"""
_REPORT = """\
SELECT f.field, c.title, c.title_en, f.value, f.as_written
FROM figures AS f
JOIN columns AS c ON c.table_name = 'reports' AND c.column_name = replace(f.field, '.', '_')
WHERE f.report_id = 'REPORT' AND f.value <> 0;"""
_RULES = """\
SELECT rule, severity, count(*) AS hits, count(DISTINCT report_id) AS reports
FROM findings
GROUP BY rule, severity
ORDER BY hits DESC, rule;"""
_MISSING = """\
SELECT agency_name, group_concat(year, ' ') AS years
FROM coverage
WHERE status <> 'held'
GROUP BY agency_id, agency_name
ORDER BY count(*) DESC, agency_name;"""
_COLUMNS = """\
SELECT table_name, column_name, title, title_en
FROM columns
WHERE title LIKE '%国家秘密%' OR title_en LIKE '%secret%';"""
