"""The static API: every file of it, made from made-up organs, is held to the description that is published with it."""

import copy
import functools
import http.server
import json
import re
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import simplejson
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator

from pipeline import package, tables
from pipeline.api import answers, subjects
from pipeline.api.openapi import OPERATIONS, Operation
from pipeline.checks import RULES, check_records
from pipeline.edition import read_edition
from pipeline.indicators import INDICATORS, indicators
from pipeline.pages import service
from pipeline.pages.addresses import Site
from pipeline.pages.material import Material, read_material
from pipeline.pages.measures import SUBJECTS
from pipeline.pages.page import File
from pipeline.record import Agency, Record
from tests.made import agency, dataset, different, put, record

HOSTILE = '</script><script>alert("1")</script>\u2028'
BUREAU = "141021-slwsj"
NOBODY = "999901-x"
"""An organ without any request: its rates are null, never 0."""
STATE = "000000-slj"


def organs() -> list[Agency]:
    return [
        agency(agency_id=BUREAU, name="示例县卫生健康局", former_names=["示例县卫生局"], note="由两个局合并"),
        agency(agency_id=NOBODY, name=HOSTILE, former_names=[HOSTILE], level=None, sector="other"),
        agency(agency_id=STATE, name="示例国家局", level="national", sector="other"),
    ]


def records() -> list[Record]:
    who = {"evidence": "予以公开\t12\t3", "reason": "只读到第一位", "by": "github:someone", "date": "2026-03-02"}
    first = record("2021", 2023, different(100), agency_id=BUREAU, agency_name="示例县卫生健康局")
    put(first, requests__partly_granted__total=None, proactive__fees__amount=Decimal("0.000001"))
    first.as_written = {"requests.partly_granted.total": "/"}
    first.extra_rows = [{"section": "requests", "label": HOSTILE, "values": ["3", "无"]}]
    granted = {"field": "requests.granted.natural", "kind": "misread", "was": 1}
    first.corrections = [{**granted, "now": first.figures()["requests.granted.natural"], **who}]
    return [
        first,
        record("2019", 2020, different(1000), single=True, agency_id=BUREAU, agency_name="示例县卫生局"),
        record("2021", 2023, agency_id=NOBODY, agency_name=HOSTILE, published=None, scope=None),
        record("2021", 2023, different(7000), single=True, agency_id=STATE, agency_name="示例国家局"),
    ]


UNTOLD = "示例乡人民政府,,2018,https://example.org/,,known\n"
KNOWN = f"示例县卫生健康局,{BUREAU},2022,https://example.org/2022,,refused\n{UNTOLD}"


def material(folder: Path, url: str = "", some: list[Record] | None = None) -> Material:
    """What pages are made from, with the package written as the step before does it."""
    made = records() if some is None else some
    found = dataset(folder / "data", made, organs(), KNOWN if made else UNTOLD)
    assert found.problems == []
    checked = check_records(found.records, found.agencies)
    package.write(tables.build(found.records, found.agencies, found.known, checked), found, folder / "out")
    return read_material(folder / "data", folder / "out", Site(url))


def written(made: Material) -> dict[str, str]:
    """Every file of the API by its path below `api/v1/`."""
    files = [one for task in service.tasks(made) for one in task() if isinstance(one, File)]
    found = {one.address.removeprefix(answers.ROOT): one.text for one in files}
    assert len(found) == len(files), "an answer is written twice"
    assert all(one.address.startswith(answers.ROOT) for one in files)
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Material:
    return material(tmp_path_factory.mktemp("api"))


@pytest.fixture(scope="module")
def api(made: Material) -> dict[str, str]:
    return written(made)


@pytest.fixture(scope="module")
def described(api: dict[str, str]) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(api["openapi.json"])
    return loaded


def read(api: Mapping[str, str], path: str) -> Any:
    return simplejson.loads(api[path], use_decimal=True)


def operation_of(path: str) -> Operation:
    """The one operation that a file is an answer of."""
    (found,) = [one for one in OPERATIONS if one.pattern.fullmatch(path)]
    return found


def is_closed(described: dict[str, Any]) -> dict[str, Any]:
    """The description without the freedom to add keys, so that a key which it does not name is a fault."""

    def close(value: Any) -> Any:
        if isinstance(value, list):
            return [close(one) for one in value]
        if not isinstance(value, dict):
            return value
        made = {key: close(one) for key, one in value.items()}
        open_ended = "properties" in made and "allOf" not in made and made.get("type") == "object"
        return made | ({"unevaluatedProperties": False} if open_ended or "allOf" in made else {})

    # The parts of an envelope are met together under `allOf`: there only the whole is closed.
    closed: dict[str, Any] = close(described)
    for name in ("Envelope", "Page"):
        closed["components"]["schemas"][name].pop("unevaluatedProperties")
    for path in closed["paths"].values():
        for piece in path["get"]["responses"]["200"]["content"]["application/json"]["schema"]["allOf"]:
            piece.pop("unevaluatedProperties", None)
    return closed


def validator(described: dict[str, Any], operation: Operation) -> Draft202012Validator:
    answer = described["paths"][f"/{operation.path}"]["get"]["responses"]["200"]["content"]["application/json"]
    schema = {**answer["schema"], "components": described["components"]}
    return Draft202012Validator(schema, format_checker=FormatChecker())


# the description -----------------------------------------------------------------------------------------------------


def test_the_description_is_valid_openapi(described: dict[str, Any]) -> None:
    """The published file is valid OpenAPI 3.1 by a validator that knows nothing of us."""
    OpenAPIV31SpecValidator(described).validate()
    for schema in described["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_file_is_an_answer_that_is_described(api: dict[str, str], described: dict[str, Any]) -> None:
    """Each file matches exactly one path and has every key that its schema names, and no other."""
    closed = is_closed(copy.deepcopy(described))
    validators = {one.name: validator(closed, one) for one in OPERATIONS}
    for path, text in api.items():
        if path != "openapi.json":
            faults = [
                f"{path}: {one.json_path}: {one.message[:300]}"
                for one in validators[operation_of(path).name].iter_errors(json.loads(text))
            ]
            assert faults == []


def test_every_path_that_is_described_is_written(api: dict[str, str], described: dict[str, Any]) -> None:
    """No path is promised of which there is no file, and none of the operations is left out of the description."""
    assert set(described["paths"]) == {f"/{one.path}" for one in OPERATIONS}
    assert {operation_of(path).name for path in api if path != "openapi.json"} == {one.name for one in OPERATIONS}


def test_a_key_that_is_not_described_is_found(api: dict[str, str], described: dict[str, Any]) -> None:
    """The test above can fail: an unknown key, a missing one and a wrong type are each a fault."""
    path = f"reports/{BUREAU}/2023.json"
    held = validator(is_closed(copy.deepcopy(described)), operation_of(path))
    for change in ({"more": 1}, {"findings": None}, {"indicators": {}}):
        answer = json.loads(api[path])
        answer["data"] |= change
        assert list(held.iter_errors(answer)), change


def test_the_examples_are_answers(api: dict[str, str], described: dict[str, Any]) -> None:
    """An example in the description holds to its own schema, and an example of a parameter leads to a file."""
    shown = 0
    values = {name: one["example"] for name, one in described["components"]["parameters"].items()}
    for operation in OPERATIONS:
        content = described["paths"][f"/{operation.path}"]["get"]["responses"]["200"]["content"]["application/json"]
        assert operation.fill(values) in api
        if "example" in content:
            shown += 1
            assert not list(validator(described, operation).iter_errors(content["example"])), operation.name
    assert shown >= 5


def test_words_of_columns_are_those_of_the_published_schema(made: Material, described: dict[str, Any]) -> None:
    """Every column of a listed report bears the Chinese and the English title of the data package."""
    columns = described["components"]["schemas"]["Report"]["properties"]
    for name in ("disclosure_rate", "requests_new_received_total", "agency_id"):
        assert columns[name]["title"] == f"{made.titles[name]['title']} · {made.titles[name]['title_en']}"


# the envelope --------------------------------------------------------------------------------------------------------


def test_every_answer_tells_version_licence_and_total(api: dict[str, str]) -> None:
    """Whatever file a caller begins with, it says what it is and under which terms."""
    for path in api.keys() - {"openapi.json"}:
        answer = read(api, path)
        assert answer["version"] == {"api": "1", "dataset": read_edition().version}, path
        assert answer["licence"]["name"] == "CC0-1.0", path
        assert answer["total"] >= 0, path


def chain(api: Mapping[str, str], first: str) -> Iterator[Any]:
    """The rows of a list, followed from page to page."""
    path, seen = first, set[str]()
    while path:
        assert path not in seen, "the pages go round in a circle"
        seen.add(path)
        answer = read(api, path)
        yield from answer["data"]
        path = answer["next"]


def test_every_list_is_whole_when_followed(api: dict[str, str]) -> None:
    """From the first page of each list `next` leads over as many rows as `total` says."""
    firsts = [path for path in api if re.search(r"/1\.json$", path)]
    assert len(firsts) > 20
    for path in firsts:
        assert sum(1 for _ in chain(api, path)) == read(api, path)["total"], path


def test_every_path_in_an_answer_leads_to_a_file(api: dict[str, str]) -> None:
    """`path` and its like are paths below `api/v1/` that are there."""
    told = {
        found
        for path in api.keys() - {"openapi.json", "index.json"}
        for found in re.findall(r'"(?:\w*_?path|next|previous)": "([^"]+)"', api[path])
    }
    told |= {found for one in read(api, "subjects.json")["data"] for found in one["paths"].values()}
    assert len(told) > 50
    assert told - api.keys() == set()


def test_a_long_list_is_cut_into_pages() -> None:
    """2,001 rows are three pages, each with the way to the next and the one before; no row is lost or doubled."""
    rows = [{"n": n} for n in range(2001)]
    pages = {
        one.path: one.text
        for number in answers.numbers(len(rows))
        for one in [answers.page("many", number, len(rows), answers.part(rows, number))]
    }
    assert list(pages) == ["many/1.json", "many/2.json", "many/3.json"]
    assert [one["n"] for one in chain(pages, "many/1.json")] == list(range(2001))
    assert [json.loads(pages[path])["previous"] for path in pages] == [None, "many/1.json", "many/2.json"]
    assert {json.loads(text)["pages"] for text in pages.values()} == {3}


def test_an_empty_list_has_one_page(tmp_path: Path) -> None:
    """Without any report every list is there and says that it has no rows."""
    files = written(material(tmp_path, some=[]))
    assert read(files, "agencies/list/1.json") | {"data": []} == read(files, "agencies/list/1.json")
    assert read(files, "agencies/list/1.json")["total"] == 0
    assert read(files, "years/2018/1.json")["total"] == 0
    OpenAPIV31SpecValidator(json.loads(files["openapi.json"])).validate()


def test_where_the_site_stands_is_told_by_the_description_alone(made: Material, api: dict[str, str]) -> None:
    """With a site address the description names the full one; every other answer has the same bytes."""
    there = Material(
        made.dataset, made.checked, made.coverage, made.package, made.output, Site("https://example.org/nb")
    )
    other = written(there)
    assert {path for path in api if api[path] != other[path]} == {"openapi.json"}
    assert json.loads(other["openapi.json"])["servers"] == [{"url": "https://example.org/nb/api/v1"}]
    (server,) = json.loads(api["openapi.json"])["servers"]
    assert urljoin("http://desk/api/v1/openapi.json", server["url"] + "/years.json") == "http://desk/api/v1/years.json"


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A server of files that says nothing."""

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a plain server of a folder."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def test_a_caller_comes_from_the_entry_to_a_figure(api: dict[str, str], tmp_path: Path) -> None:
    """Over a real server, with nothing known but the entry: description, list of organs, organ, report, figure."""
    for path, text in api.items():
        (tmp_path / answers.ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / answers.ROOT / path).write_text(text, encoding="utf-8")
    with served(tmp_path) as site:

        def get(path: str) -> Any:
            with urllib.request.urlopen(f"{site}{answers.ROOT}{path}") as answer:
                assert answer.headers["Content-Type"] == "application/json"
                return json.load(answer)

        entry = get("index.json")["data"]
        described = get(entry["openapi"])
        assert {f"/{one['path']}" for one in entry["paths"]} == described["paths"].keys()
        organ = next(one for one in get("agencies/list/1.json")["data"] if one["agency_id"] == BUREAU)
        newest = get(organ["path"])["data"]["reports"][-1]
        record = get(newest["path"])["data"]["record"]
        assert record["requests"]["granted"][0] == records()[0].figures()["requests.granted.natural"]


# what the answers say ------------------------------------------------------------------------------------------------


def test_listed_rows_are_those_of_the_tables(made: Material, api: dict[str, str]) -> None:
    """A row of a list has the same values under the same names as the published table."""
    for name, first, key in (
        ("agencies", "agencies/list/1.json", "agency_id"),
        ("corrections", "corrections/1.json", "report_id"),
    ):
        rows = {
            row[key]: row
            for row in simplejson.loads((made.output / "data" / f"{name}.json").read_text(), use_decimal=True)
        }
        assert {row[key]: {**row, "path": ""} for row in chain(api, first)} == {
            id: {**row, "path": ""} for id, row in rows.items()
        }
    reports = {
        row["report_id"]: row
        for row in simplejson.loads((made.output / "data" / "reports.json").read_text(), use_decimal=True)
    }
    listed = [row for year in (2020, 2023) for row in chain(api, f"years/{year}/1.json")]
    assert {row["report_id"] for row in listed} == reports.keys()
    for row in listed:
        row.pop("path")
        assert {name: str(value) for name, value in row.items()} == {
            name: str(reports[row["report_id"]][name]) for name in row
        }


def test_findings_by_rule_are_all_findings(made: Material, api: dict[str, str]) -> None:
    """Every row of `findings` stands under its rule, once, and rules.json tells how many."""
    table = simplejson.loads((made.output / "data" / "findings.json").read_text(), use_decimal=True)
    rows = [row for rule in RULES for row in chain(api, f"findings/{rule}/1.json")]
    assert len(rows) > 5
    assert sorted(map(str, rows)) == sorted(map(str, table))
    for rule in read(api, "rules.json")["data"]:
        assert read(api, rule["path"])["total"] == (rule["fails"] or 0)


def test_a_report_is_its_record_its_indicators_and_its_findings(made: Material, api: dict[str, str]) -> None:
    """The record is that of the report's own data.json, to the digit, and the findings are its own."""
    for one in made.dataset.records:
        data = read(api, f"reports/{one.agency_id}/{one.year}.json")["data"]
        own = made.output / "agencies" / one.agency_id / str(one.year) / "data.json"
        assert data["record"] == simplejson.loads(own.read_text(encoding="utf-8"), use_decimal=True)
        assert data["indicators"] == indicators(one)
        assert len(data["findings"]) == len(made.checked.findings[one.report_id])


def test_figures_are_exact_and_blank_is_null(api: dict[str, str]) -> None:
    """A small amount keeps its digits, a blank cell is null, a row that the form lacks is absent."""
    text = api[f"reports/{BUREAU}/2023.json"]
    record = read(api, f"reports/{BUREAU}/2023.json")["data"]["record"]
    assert "0.000001" in text
    assert record["requests"]["partly_granted"][-1] is None
    assert "other_total" not in record["requests"]
    assert "other_total" in read(api, f"reports/{STATE}/2023.json")["data"]["record"]["requests"]


def test_a_rate_without_requests_is_null(api: dict[str, str]) -> None:
    """An organ that received nothing has numerator 0, denominator 0 and no rate."""
    (row,) = [one for one in chain(api, "subjects/disclosure_rate/2023/1.json") if one["agency_id"] == NOBODY]
    assert (row["value"], row["numerator"], row["denominator"]) == (None, 0, 0)


def test_subjects_are_the_indicators_and_every_outcome(api: dict[str, str]) -> None:
    """Each indicator and each outcome of either form is a subject; a report whose form lacks it has no row."""
    known = [one["subject"] for one in read(api, "subjects.json")["data"]]
    assert known[: len(INDICATORS)] == list(INDICATORS)
    assert {"granted", "refused_state_secret", "other_total", "other_fee_not_paid_in_time"} <= {*known}
    assert [one["agency_id"] for one in chain(api, "subjects/other_total/2023/1.json")] == [STATE]
    (row,) = [one for one in chain(api, "subjects/granted/2023/1.json") if one["agency_id"] == STATE]
    (made,) = [one for one in records() if one.agency_id == STATE]
    assert row["numerator"] == made.figures()["requests.granted.total"]
    assert row["denominator"] == made.figures()["requests.total_processed.total"]
    assert set(subjects.subjects()) == {*known}


def test_subjects_are_those_of_the_pages(made: Material) -> None:
    """The pages of subjects and the API have the same subjects, and the same two figures of every report."""
    assert set(subjects.subjects()) == set(SUBJECTS)
    for slug, subject in subjects.subjects().items():
        for one in made.dataset.records:
            shown = SUBJECTS[slug]
            pair = (shown.numerator(one), shown.denominator(one)) if shown.stands_in(one) else None
            assert subject.of(one) == pair, (slug, one.report_id)


def test_places_lead_down_to_organs(api: dict[str, str]) -> None:
    """From the whole country one comes over province and prefecture to the county and its organs."""
    country = read(api, "regions/000000.json")["data"]
    assert (country["agencies"], country["reports"]) == (3, 4)
    assert [one["code"] for one in country["places"]] == ["140000", "990000"]
    county = read(api, "regions/141021.json")["data"]
    assert [one["code"] for one in county["around"]] == ["140000", "141000"]
    assert [one["agency_id"] for one in chain(api, county["agencies_path"])] == [BUREAU]


def test_coverage_tells_what_is_not_held(api: dict[str, str]) -> None:
    """A report that could not be read, and one of an organ not yet told, stand in their years with their status."""
    (refused,) = chain(api, "coverage/2022/1.json")
    assert (refused["agency_id"], refused["status"]) == (BUREAU, "refused")
    (known,) = chain(api, "coverage/2018/1.json")
    assert (known["agency_id"], known["status"]) == (None, "known")
    year = next(one for one in read(api, "years.json")["data"] if one["year"] == 2022)
    assert (year["reports"], year["coverage"]["refused"]) == (0, 1)


def test_a_hostile_name_is_only_a_name(api: dict[str, str]) -> None:
    """Markup and line separators in a name come out of JSON as they went in."""
    assert read(api, f"agencies/{NOBODY}.json")["data"]["agency"]["name"] == HOSTILE


def test_no_answer_is_large() -> None:
    """A full page of the widest rows is under a megabyte, and one of the short rows too."""
    row = {f"some_indicator_of_a_report_{n}": Decimal("0.123456") for n in range(33)} | {"name": "示例" * 100}
    many = [row] * answers.PER_WIDE_PAGE
    assert len(answers.page("wide", 1, len(many), many, answers.PER_WIDE_PAGE).text.encode()) < 1_000_000


def test_the_page_lists_every_operation(made: Material) -> None:
    """The documentation for people names the same paths as the one for machines."""
    page = service.api_page(made)
    assert page.operations == OPERATIONS
    assert {name for one in OPERATIONS for name in one.parameters} == page.examples.keys()
