"""Corrections that are proposed and not yet decided: asked of GitHub when the site is built, shown on pages only.

An issue with the label of corrections, and a pull request that changes the record of a report, are each told by their
number, the report and the field. Anybody can open one, so no word of theirs is shown. Where GitHub cannot be asked, or
answers anything else than it should, there is nothing to show, and the build says so in a line and goes on.
"""

import json
import re
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from pipeline.shape import AGENCY_ID, every_field

LABEL = "correction"
COLLECTED = "collect"
"""The branch that new reports come by: it changes records without correcting them."""
SECONDS = 10.0
"""How long all questions together may take."""
STALL = 2.5
"""Seconds in which something has to come."""
MOST_BYTES = 5_000_000
"""Of one answer."""
PER_PAGE = 100
MOST_PAGES = 5
MOST_PULLS = 30
"""How many pull requests are asked for their files, the newest first."""

_ID = re.compile(rf"(?<![0-9a-z-])({AGENCY_ID.pattern}-20\d\d)(?!\d)", re.ASCII)
_RECORD = re.compile(rf"data/agencies/\d\d/\d{{6}}/({AGENCY_ID.pattern})/(20\d\d)\.yaml", re.ASCII)
_FIELD = re.compile(r"[a-z_]+(?:\.[a-z_]+\.[a-z_]+)?", re.ASCII)
_BRANCH = re.compile(r"correction-(\d+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Opened:
    """An issue or a pull request about a report; `field` where it names one that there is."""

    number: int
    field: str | None = None
    is_pull: bool = False


class Unanswered(Exception):
    """GitHub cannot be asked, or its answer is no answer."""


_FOUND: dict[str, tuple[Opened, ...]] = {}


def opened(report_id: str) -> tuple[Opened, ...]:
    """What was found of a report when `ask` asked, by number; nothing where it did not."""
    return _FOUND.get(report_id, ())


def ask(environment: Mapping[str, str], seconds: float = SECONDS) -> str:
    """Asks GitHub for what is open, keeps it for `opened`, and says in a line what came of it. Never raises."""
    _FOUND.clear()
    try:
        _FOUND.update(_asked(environment, time.monotonic() + seconds))
    except Unanswered as error:
        return f"Open corrections: none shown ({error})"
    numbers = {one.number for found in _FOUND.values() for one in found}
    return f"Open corrections: {len(numbers)}, of {len(_FOUND)} reports"


def _asked(environment: Mapping[str, str], until: float) -> dict[str, tuple[Opened, ...]]:
    name, token = environment.get("GITHUB_REPOSITORY", ""), environment.get("GITHUB_TOKEN", "")
    if not name or not token:
        raise Unanswered(f"{'GITHUB_TOKEN' if name else 'GITHUB_REPOSITORY'} is not set")
    top = environment.get("GITHUB_API_URL") or "https://api.github.com"
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", name, re.ASCII) or not top.startswith(("http://", "https://")):
        raise Unanswered("GITHUB_REPOSITORY or GITHUB_API_URL is not what it should be")
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json", "User-Agent": "gongkai"}
    headers["Accept-Encoding"] = "identity"  # what comes compressed all the same is not unpacked: it is no JSON
    try:
        with httpx.Client(headers=headers, trust_env=False) as client:
            return _found(_Asker(client, f"{top.rstrip('/')}/repos/{name}", until))
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise Unanswered(f"GitHub cannot be reached: {type(error).__name__}") from error


def _found(asker: "_Asker") -> dict[str, tuple[Opened, ...]]:
    """By report; an issue that a pull request has taken up is told by the pull request alone."""
    pulls = list(asker.list("pulls", state="open"))
    taken = {int(found[1]) for one in pulls if (found := _BRANCH.fullmatch(_branch(one)))}
    told: dict[str, dict[int, Opened]] = defaultdict(dict)
    for issue in asker.list("issues", state="open", labels=LABEL):
        if "pull_request" not in issue and _number(issue) not in taken:
            for report_id in _reports_of_issue(issue):
                told[report_id][_number(issue)] = Opened(_number(issue), _field(issue))
    for pull in [one for one in pulls if _branch(one) != COLLECTED][:MOST_PULLS]:
        for report_id in _reports_of_pull(asker, pull):
            told[report_id][_number(pull)] = Opened(_number(pull), is_pull=True)
    return {report_id: tuple(found[number] for number in sorted(found)) for report_id, found in told.items()}


# what an answer says -------------------------------------------------------------------------------------------------


def _number(one: Mapping[str, Any]) -> int:
    number = one.get("number")
    if type(number) is not int or not 0 < number < 10**9:
        raise Unanswered("GitHub’s answer is not understood: something has no number")
    return number


def _branch(pull: Mapping[str, Any]) -> str:
    head = pull.get("head")
    return str(head.get("ref", "")) if isinstance(head, dict) else ""


def _reports_of_issue(issue: Mapping[str, Any]) -> Sequence[str]:
    """The report that the form names, else the title."""
    found = _ID.search(_answer(issue, "Report id")) or _ID.search(str(issue.get("title") or "")[:500])
    return [found[1]] if found else []


def _field(issue: Mapping[str, Any]) -> str | None:
    """The first name of a field in the answer of the form, else in the title."""
    for text in (_answer(issue, "Which figure"), str(issue.get("title") or "")[:500]):
        for name in _FIELD.findall(text):
            if name in every_field():
                return str(name)
    return None


def _answer(issue: Mapping[str, Any], label: str) -> str:
    """What stands below the heading that ends with a label, in the text that an issue form makes."""
    body = str(issue.get("body") or "")[:20_000].replace("\r\n", "\n")
    found = re.search(rf"^### [^\n]*{re.escape(label)}[ \t]*\n(.*?)(?=^### |\Z)", body, re.MULTILINE | re.DOTALL)
    return found[1][:500] if found else ""


def _reports_of_pull(asker: "_Asker", pull: Mapping[str, Any]) -> Iterator[str]:
    """The reports whose records it changes; one that it adds is no correction."""
    for file in asker.list(f"pulls/{_number(pull)}/files"):
        found = _RECORD.fullmatch(str(file.get("filename")))
        if found and file.get("status") == "modified":
            yield f"{found[1]}-{found[2]}"


# asking --------------------------------------------------------------------------------------------------------------


class _Asker:
    """Asks one repository until the time is up. Redirects are not followed: the token goes nowhere else."""

    def __init__(self, client: httpx.Client, top: str, until: float) -> None:
        self.client, self.top, self.until = client, top, until

    def list(self, what: str, **query: str) -> Iterator[dict[str, Any]]:
        """The items of a list, page after page, as many pages as are allowed."""
        for page in range(1, MOST_PAGES + 1):
            items = self._page(f"{self.top}/{what}", {**query, "per_page": str(PER_PAGE), "page": str(page)})
            yield from items
            if len(items) < PER_PAGE:
                return

    def _page(self, address: str, query: Mapping[str, str]) -> Sequence[dict[str, Any]]:
        text = self._answer(address, query)
        try:
            read = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise Unanswered("GitHub’s answer is not understood: no JSON") from error
        if not isinstance(read, list) or not all(isinstance(one, dict) for one in read):
            raise Unanswered("GitHub’s answer is not understood: no list")
        return read

    def _answer(self, address: str, query: Mapping[str, str]) -> bytes:
        with self.client.stream("GET", address, params=query, timeout=min(self._left(), STALL)) as answer:
            if answer.status_code != 200:
                raise Unanswered(f"GitHub answers {answer.status_code}")
            text = bytearray()
            for part in answer.iter_raw():
                text += part
                self._left()
                if len(text) > MOST_BYTES:
                    raise Unanswered("GitHub’s answer is too long")
            return bytes(text)

    def _left(self) -> float:
        left = self.until - time.monotonic()
        if left <= 0:
            raise Unanswered("GitHub takes too long")
        return left
