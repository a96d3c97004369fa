"""Corrections that are proposed and not decided, asked of a real server that behaves as GitHub does, and as it should not."""

import gzip
import http.server
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from pipeline import opened
from pipeline.opened import Opened

REPORT = "999901-wsjkj-2023"
TOKEN = "ghs_secret"
Answer = Callable[[http.server.BaseHTTPRequestHandler, dict[str, str]], None]


@dataclass
class GitHub:
    """A server for one repository: what it answers by path, and what it was asked."""

    port: int = 0
    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def environment(self) -> dict[str, str]:
        there = f"http://127.0.0.1:{self.port}"
        return {"GITHUB_API_URL": there, "GITHUB_REPOSITORY": "a/b", "GITHUB_TOKEN": TOKEN}

    def ask(self, seconds: float = 60, **changes: str) -> str:
        return opened.ask(self.environment | changes, seconds)


@pytest.fixture
def github() -> Iterator[GitHub]:
    """It has neither issues nor pull requests unless told otherwise."""
    hub = GitHub(answers={"/repos/a/b/issues": [], "/repos/a/b/pulls": []})

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
            hub.asked.append((self.path, self.headers["Authorization"]))
            answer = hub.answers.get(parts.path)
            if callable(answer):
                answer(self, query)
            else:
                give(self, json.dumps(page_of(answer, query)).encode() if answer is not None else None)

        def log_message(self, *arguments: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hub.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield hub
        hub.over.set()
        server.shutdown()
        thread.join()
    opened.ask({})  # nothing of a test is left for the next


def give(to: http.server.BaseHTTPRequestHandler, body: bytes | None, status: int = 200, **headers: str) -> None:
    to.send_response(status if body is not None else 404)
    for name, value in headers.items():
        to.send_header(name.replace("_", "-"), value)
    to.send_header("Content-Length", str(len(body or b"")))
    to.end_headers()
    to.wfile.write(body or b"")


def page_of(items: list[Any], query: dict[str, str]) -> list[Any]:
    size, number = int(query["per_page"]), int(query["page"])
    return items[(number - 1) * size : number * size]


def issue(
    number: int, report: str = REPORT, figure: str = "requests.granted.natural", **changes: Any
) -> dict[str, Any]:
    """An issue as the form makes one."""
    body = f"### 报告编号 / Report id\r\n\r\n{report}\r\n\r\n### 哪个数字 / Which figure\r\n\r\n{figure}\r\n\r\n### 理由 / Reason\r\n\r\nx"
    return {"number": number, "title": "更正 / Correction: ", "body": body, **changes}


def pull(hub: GitHub, number: int, *files: tuple[str, str], branch: str = "patch-1") -> dict[str, Any]:
    told = [{"filename": name, "status": status} for name, status in files]
    hub.answers[f"/repos/a/b/pulls/{number}/files"] = told
    return {"number": number, "title": "x", "head": {"ref": branch}}


RECORD = "data/agencies/99/999901/999901-wsjkj/2023.yaml"


# what is found -------------------------------------------------------------------------------------------------------


def test_issues_are_found_by_the_report_and_the_figure_of_their_form(github: GitHub) -> None:
    """The answer of the form tells the report, else the title does; a pull request in the list of issues is none."""
    titled = {"number": 5, "title": f"更正 / Correction: {REPORT} requests.granted.total", "body": None}
    github.answers["/repos/a/b/issues"] = [
        issue(7),
        titled,
        issue(9, "141021-slwsj-2022", "not a field"),
        issue(7),  # a list that moves while it is read tells one twice
        issue(11, pull_request={"url": "x"}),
        {"number": 12, "title": "hello", "body": "no report"},
    ]
    assert github.ask() == "Open corrections: 3, of 2 reports"
    assert opened.opened(REPORT) == (Opened(5, "requests.granted.total"), Opened(7, "requests.granted.natural"))
    assert opened.opened("141021-slwsj-2022") == (Opened(9),)
    assert opened.opened("999901-wsjkj-2022") == ()
    assert "labels=correction" in github.asked[1][0]


def test_long_lists_are_read_page_by_page(github: GitHub) -> None:
    """Of 230 issues every one is found, and after the last page nothing more is asked."""
    github.answers["/repos/a/b/issues"] = [issue(n, f"999901-wsjkj-{2000 + n % 50}") for n in range(1, 231)]
    assert github.ask() == "Open corrections: 230, of 50 reports"
    pages = [path for path, _ in github.asked if "/issues?" in path]
    assert [parse_qs(urlsplit(path).query)["page"] for path in pages] == [["1"], ["2"], ["3"]]


def test_a_list_without_an_end_is_left(github: GitHub) -> None:
    """A server that always has another page is asked for so many and no more."""

    def endless(to: http.server.BaseHTTPRequestHandler, query: dict[str, str]) -> None:
        give(to, json.dumps([issue(int(query["page"]) * 1000 + n) for n in range(100)]).encode())

    github.answers["/repos/a/b/issues"] = endless
    assert github.ask() == f"Open corrections: {100 * opened.MOST_PAGES}, of 1 reports"


def test_pull_requests_are_found_by_the_records_that_they_change(github: GitHub) -> None:
    """One that changes a record counts; one that adds a report, changes code or collects does not."""
    github.answers["/repos/a/b/pulls"] = [
        pull(github, 20, (RECORD, "modified"), ("README.md", "modified")),
        pull(github, 21, (RECORD.replace("2023", "2024"), "added")),
        pull(github, 22, ("pipeline/cli.py", "modified")),
        pull(github, 23, (RECORD, "modified"), branch="collect"),
    ]
    assert github.ask() == "Open corrections: 1, of 1 reports"
    assert opened.opened(REPORT) == (Opened(20, is_pull=True),)
    assert not [path for path, _ in github.asked if "/23/" in path]


def test_an_issue_that_became_a_pull_request_is_told_once(github: GitHub) -> None:
    """Branch `correction-N` is that of issue N: the pull request alone is shown."""
    github.answers["/repos/a/b/issues"] = [issue(7), issue(8)]
    github.answers["/repos/a/b/pulls"] = [pull(github, 20, (RECORD, "modified"), branch="correction-7")]
    github.ask()
    assert opened.opened(REPORT) == (Opened(8, "requests.granted.natural"), Opened(20, is_pull=True))


def test_no_word_of_a_stranger_is_kept(github: GitHub) -> None:
    """Whatever an issue says, only its number, an id and a field of ours come out of it."""
    hostile = '<script>alert(1)</script>" onload="x'
    github.answers["/repos/a/b/issues"] = [
        issue(7, f"{hostile} {REPORT} {hostile}", hostile * 1000, title=hostile),
        issue(8, "999901-wsjkj-20231"),
        {"number": 9, "title": ["x"], "body": {"a": 1}},
    ]
    assert github.ask() == "Open corrections: 1, of 1 reports"
    assert opened.opened(REPORT) == (Opened(7),)


# where nothing is shown ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["GITHUB_TOKEN", "GITHUB_REPOSITORY"])
def test_without_token_or_repository_nobody_is_asked(github: GitHub, missing: str) -> None:
    """At a desk nothing is shown, and the build says why."""
    assert github.ask(**{missing: ""}) == f"Open corrections: none shown ({missing} is not set)"
    assert github.asked == []


@pytest.mark.parametrize(
    "wrong", [{"GITHUB_REPOSITORY": "a/b/../c?d"}, {"GITHUB_API_URL": "file:///etc"}, {"GITHUB_API_URL": "//[x"}]
)
def test_an_environment_that_is_wrong_asks_nobody(github: GitHub, wrong: dict[str, str]) -> None:
    """What is no repository and no web address is not asked."""
    assert github.ask(**wrong).startswith("Open corrections: none shown (GITHUB_REPOSITORY or GITHUB_API_URL")
    assert github.asked == []


def limited(to: http.server.BaseHTTPRequestHandler, query: dict[str, str]) -> None:
    give(to, b'{"message": "API rate limit exceeded"}', 403, X_RateLimit_Remaining="0")


def moved(to: http.server.BaseHTTPRequestHandler, query: dict[str, str]) -> None:
    give(to, b"", 302, Location="/repos/a/b/pulls/1/files")


def packed(to: http.server.BaseHTTPRequestHandler, query: dict[str, str]) -> None:
    give(to, gzip.compress(b"[" + b" " * 50_000_000 + b"]"), Content_Encoding="gzip")


def long(to: http.server.BaseHTTPRequestHandler, query: dict[str, str]) -> None:
    give(to, b"[" + b" " * (opened.MOST_BYTES + 1) + b"]")


def cut(to: http.server.BaseHTTPRequestHandler, query: dict[str, str]) -> None:
    to.send_response(200)
    to.send_header("Content-Length", "1000")
    to.end_headers()
    to.wfile.write(b"[")


def text(body: bytes) -> Answer:
    return lambda to, query: give(to, body)


LATE = "GitHub cannot be reached: ReadTimeout"
NOT_UNDERSTOOD = "GitHub’s answer is not understood"


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (limited, "GitHub answers 403"),
        (moved, "GitHub answers 302"),
        (text(b"<html>no</html>"), f"{NOT_UNDERSTOOD}: no JSON"),
        (text(b"\xff\xfe\x00"), f"{NOT_UNDERSTOOD}: no JSON"),
        (text(b"[" * 200_000), f"{NOT_UNDERSTOOD}: no JSON"),
        (text(b'{"message": "x"}'), f"{NOT_UNDERSTOOD}: no list"),
        (text(b"[1, 2]"), f"{NOT_UNDERSTOOD}: no list"),
        (text(b'[{"title": "999901-wsjkj-2023"}]'), f"{NOT_UNDERSTOOD}: something has no number"),
        (text(b'[{"number": "7\\"><b>"}]'), f"{NOT_UNDERSTOOD}: something has no number"),
        (packed, f"{NOT_UNDERSTOOD}: no JSON"),
        (long, "GitHub’s answer is too long"),
        (cut, "GitHub cannot be reached: RemoteProtocolError"),
        (None, "GitHub answers 404"),
    ],
    ids=str,
)
def test_an_answer_that_is_none_shows_nothing(github: GitHub, answer: Answer | None, says: str) -> None:
    """Refused, moved, garbage, packed, too long or cut off: a line tells it, and what was known before is forgotten."""
    github.answers["/repos/a/b/issues"] = [issue(7)]
    github.ask()
    assert opened.opened(REPORT)
    github.answers["/repos/a/b/issues"] = answer
    line = github.ask()
    assert line == f"Open corrections: none shown ({says})"
    assert TOKEN not in line
    assert opened.opened(REPORT) == ()


def test_a_server_that_says_nothing_is_left(github: GitHub) -> None:
    """One that never answers, and one that drips for ever, do not hold up the build."""

    def silent(to: http.server.BaseHTTPRequestHandler, query: dict[str, str]) -> None:
        github.over.wait(30)

    def dripping(to: http.server.BaseHTTPRequestHandler, query: dict[str, str]) -> None:
        to.send_response(200)
        to.end_headers()
        for _ in range(1500):
            if github.over.wait(0.02):
                return
            try:
                to.wfile.write(b" ")
                to.wfile.flush()
            except OSError:
                return

    for answer in (silent, dripping):
        github.answers["/repos/a/b/pulls"] = answer
        line = github.ask(0.5)
        assert line in (f"Open corrections: none shown ({why})" for why in ("GitHub takes too long", LATE)), answer


def test_a_server_that_is_not_there_is_no_error(github: GitHub) -> None:
    """Nobody listens: the build goes on."""
    line = github.ask(GITHUB_API_URL="http://127.0.0.1:1")
    assert line == "Open corrections: none shown (GitHub cannot be reached: ConnectError)"


def test_the_token_goes_to_the_server_alone(github: GitHub) -> None:
    """It stands in the header of each question, never in an address."""
    github.answers["/repos/a/b/issues"] = [issue(7)]
    github.ask()
    assert {header for _, header in github.asked} == {f"Bearer {TOKEN}"}
    assert not [path for path, _ in github.asked if TOKEN in path]
