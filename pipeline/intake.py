"""A filled-in issue form -> the correction that it asks for, or what is missing: everything in it is a stranger's text."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.correcting import Corrected, Wanted, correct, report_path
from pipeline.corrections import value_of
from pipeline.document import plain
from pipeline.naming import issue_form, read_field, read_kind
from pipeline.quoting import MOST_CHARACTERS, Kept, read_kept
from pipeline.record import Record, read_record
from pipeline.shape import FACTS
from pipeline.typed import Fault, Typed, clean, read_typed, shown, shown_zh

MOST_BYTES = 2_000_000
"""Bytes of an event; GitHub's own bound for the text of an issue is far below."""

REQUIRED = ("report_id", "field", "shown", "printed", "kind", "reason")

_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,38}(\[bot\])?")
_ID = re.compile(r"(?<![\w-])(\d{6}-[a-z]+\d*)[-/](20\d\d)(?![\w-])", re.ASCII)
_NO_RESPONSE = "_No response_"


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue: the text of its form, who wrote it, and where it stands."""

    body: str
    login: str = ""
    number: int | None = None
    url: str = ""


@dataclass(slots=True)
class Asked:
    """What an issue asks for: the record and its path where they are known, and the correction or what is wrong.

    `was_old`: the page that the person looked at said something else than the record says now.
    """

    path: Path | None = None
    record: Record | None = None
    name: str = ""
    made: Corrected | None = None
    faults: list[Fault] = field(default_factory=list)
    was_old: bool = False


def read_issue(path: Path, login: str = "") -> Issue | Fault:
    """The issue in GitHub's event, or the bare text of its form. Raises OSError where the file cannot be read."""
    with path.open("rb") as file:
        text = file.read(MOST_BYTES + 1)
    if len(text) > MOST_BYTES:
        return Fault("issue", "the issue is too long", "问题太长")
    issue = _of_event(text.decode("utf-8", "replace"))
    issue = replace(issue, login=login) if login else issue
    if _LOGIN.fullmatch(issue.login):
        return issue
    return Fault("by", f"“{clean(issue.login, 40)}” is no login: name one with --by", "不知道是谁提出的")


def _of_event(text: str) -> Issue:
    try:
        event = json.loads(text)
    except (ValueError, RecursionError):
        return Issue(text)
    told = event.get("issue") if isinstance(event, dict) else None
    if not isinstance(told, dict):
        return Issue(text)
    user, number = told.get("user"), told.get("number")
    login = user.get("login") if isinstance(user, dict) else ""
    return Issue(
        str(told.get("body") or ""),
        str(login or ""),
        number if isinstance(number, int) else None,
        str(told.get("html_url") or ""),
    )


def read_form(body: str) -> tuple[dict[str, str], list[Fault]]:
    """What stands under each heading of the form, by its id; an answer that is not given is empty.

    A heading is a line `### ` with a label of the form; what else begins so belongs to an answer.
    """
    found, name = dict[str, list[str]](), ""
    faults: list[Fault] = []
    for line in re.split(r"\r\n|\r|\n", body):
        id = issue_form().ids.get(plain(line[4:])) if line.startswith("### ") else None
        if id in found:
            faults.append(Fault(id, "this heading stands twice in the text", "这一栏在正文里出现了两次"))
        if id:
            name, found[id] = id, []
        elif name:
            found[name].append(line)
    told = {id: "\n".join(lines).strip() for id, lines in found.items()}
    return {id: "" if text == _NO_RESPONSE else text for id, text in told.items()}, faults


# what is asked for ---------------------------------------------------------------------------------------------------


def ask(data: Path, issue: Issue, date: str) -> Asked:
    """The correction that an issue asks for, made to a copy of the record; writes nothing and never raises for its text."""
    told, faults = read_form(issue.body)
    asked = Asked(faults=faults)
    if not told:
        says = "the text holds none of the form's headings"
        asked.faults = [Fault("issue", says, "正文里没有这张表的任何一栏；请用“这个数字不对”这张表重新提出")]
        return asked
    asked.faults += [_missing(name) for name in REQUIRED if not told.get(name)]
    asked.faults += [_long(name) for name, text in told.items() if len(text) > MOST_CHARACTERS]
    _find(asked, data, told.get("report_id", ""))
    if asked.record and told.get("field"):
        name = read_field(asked.record, told["field"][:MOST_CHARACTERS])
        if isinstance(name, Fault):
            asked.faults.append(name)
        else:
            asked.name = name
    if asked.record and asked.name and asked.path:
        _is_of_today(asked, asked.record, told)
        _correct(
            asked,
            asked.record,
            read_kept(asked.path, asked.record),
            told,
            Wanted("", "", by=f"github:{issue.login}", date=date),
        )
    return asked


def _missing(name: str) -> Fault:
    return Fault(name, "this is missing", "这一栏还空着")


def _long(name: str) -> Fault:
    return Fault(name, f"at most {MOST_CHARACTERS} characters belong here", f"这一栏最多写{MOST_CHARACTERS}个字")


def _find(asked: Asked, data: Path, text: str) -> None:
    ids = {f"{found[1]}-{found[2]}" for found in _ID.finditer(text[:MOST_CHARACTERS])}
    if not text:
        return
    path = report_path(data, next(iter(ids))) if len(ids) == 1 else None
    if path is None or not path.is_file():
        says = f"the dataset holds no report “{clean(text, 60)}”"
        says_zh = f"数据集里没有报告“{clean(text, 60)}”；编号在报告页的“基本情况”里"
        asked.faults.append(Fault("report_id", says, says_zh))
        return
    loaded = read_record(path)
    if loaded.record is None:
        says, says_zh = (
            "its record is broken at the moment: a maintainer has to mend it first",
            "记录本身有毛病，要先由维护者修好",
        )
        asked.faults.append(Fault("report_id", says, says_zh))
    asked.path, asked.record = path, loaded.record


def _is_of_today(asked: Asked, record: Record, told: Mapping[str, str]) -> None:
    """The page that the person looked at may be old: then the figure of today is told, and nothing is changed."""
    body, sha256 = value_of(record, asked.name), told.get("source_sha256", "").strip().lower()
    now, now_zh = f"the record now says {shown(body)}", f"记录现在是{shown_zh(body)}"
    if not record.source.sha256.startswith(sha256):  # links of the site carry the first digits, which are enough
        says = f"the page was old: the report has been read from another source since, and {now}"
        asked.faults.append(Fault("source_sha256", says, f"您看的页面是旧的：这份报告后来换了原件，{now_zh}"))
        asked.was_old = True
    elif told.get("shown") and not _is_shown(record, asked.name, told["shown"]):
        if _is_shown(record, asked.name, told.get("printed", "")):
            now, now_zh = f"{now}, as you ask for", f"{now_zh}，已经同您说的一样"
        says = f"the page was old, or the figure is another one: {now}"
        asked.faults.append(Fault("shown", says, f"您看的页面是旧的，或者指的是另一个数字：{now_zh}"))
        asked.was_old = True


def _is_shown(record: Record, name: str, text: str) -> bool:
    if plain(text) == plain(record.as_written.get(name, "\0")):
        return True
    read = read_typed(record, name, text, unit="万元")
    return isinstance(read, Typed) and read.value == value_of(record, name)


def _correct(asked: Asked, record: Record, kept: Kept, told: Mapping[str, str], wanted: Wanted) -> None:
    kind = read_kind(told.get("kind", ""))
    if isinstance(kind, Fault):
        asked.faults.append(kind)
        return
    prints_it = asked.name not in FACTS and _is_shown(record, asked.name, told.get("printed", ""))
    wrong = kind == "printed_wrong" or bool(not kind and told.get("should_be") and prints_it)
    asked.faults += [fault for fault in (_printed(asked, record, wrong, prints_it), _should_be(told, wrong)) if fault]
    value = told.get("should_be" if wrong else "printed", "")
    if not value or asked.was_old:
        return
    reason, evidence = clean(told.get("reason", ""), MOST_CHARACTERS), told.get("evidence", "")
    more = {"kind": "printed_wrong" if wrong else kind, "reason": reason, "evidence": evidence}
    made = correct(record, kept, replace(wanted, field=asked.name, value=value, anyway=True, **more))
    if isinstance(made, Corrected):
        asked.made = None if asked.faults else made
        return
    lacking = {fault.about for fault in asked.faults}
    named = [replace(one, about=_part(one.about, wrong)) for one in made]
    asked.faults += [fault for fault in named if fault.about not in lacking]


def _part(about: str, wrong: bool) -> str:
    """The part of the form that a fault of a correction is about."""
    return ("should_be" if wrong else "printed") if about == "value" else about


def _printed(asked: Asked, record: Record, wrong: bool, prints_it: bool) -> Fault | None:
    """Who says that the report itself is in error says what it prints, and the record must say the same."""
    if not wrong or prints_it or asked.name in FACTS or asked.was_old:
        return None
    body = value_of(record, asked.name)
    says = f"the record says {shown(body)}: first correct it to what the report prints, and then note the misprint"
    says_zh = f"记录是{shown_zh(body)}，与原文印的不同：请先把它改成原文印的数，再另填一张表记下原文的错"
    return Fault("printed", says, says_zh)


def _should_be(told: Mapping[str, str], wrong: bool) -> Fault | None:
    given = told.get("should_be", "")
    if wrong and not given:
        return Fault("should_be", "say what it should be", "请写明应当是多少")
    if not wrong and given and given != told.get("printed"):
        says = "this is for errors of the report itself only; leave it empty, or choose printed_wrong"
        return Fault("should_be", says, "这一栏只在“原文自己印错了”时填写；请清空，或改选那一种")
    return None
