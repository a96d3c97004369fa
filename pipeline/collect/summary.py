"""What a run did, for the people who look at its pull request: Chinese first, English beside it.

What a server, a page or a list says stands in the text only where it can be nothing but words.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from urllib.parse import quote

from pipeline.collect.run import Outcome, Result

MOST_LISTED = 20
MOST_CHARACTERS = 30_000
"""A pull request takes twice as much, and what changed in the data stands there too."""
MOST_WORDS = 300

TITLES = {
    "added": ("新增", "Added"),
    "changed": ("原网页重新发布，记录已更新", "Source republished, record brought up to date"),
    "changed_refused": (
        "原网页重新发布，要请人看一看，记录没有动",
        "Source republished, needs a person; the record stays",
    ),
    "changed_same": ("原网页有变动，数字没有变", "Source republished with the same figures"),
    "held_already": ("数据集里已有，数字相同", "Held already with the same figures"),
    "unchanged": ("没有变化", "Unchanged"),
    "refused": ("未能读取", "Could not be read"),
    "gone": ("原网页已不存在", "Page gone"),
    "address_gone": ("原网页已不存在，记录保留", "Page gone, the record stays"),
    "missing": ("没有找到，改天再看", "Not found, looked for once more on another day"),
    "forbidden": ("不可访问", "May not be asked for"),
    "failed": ("没有取到", "Nothing came"),
    "left": ("所在网站本次不再访问", "Host left alone in this run"),
    "spent": ("请求次数用完，下次再取", "Limit of requests reached, left for the next run"),
    "stopped": ("运行中止，下次再取", "Run ended, left for the next one"),
}
_QUIET = ("unchanged", "spent", "stopped", "changed_same")
"""Endings that are counted and not listed."""


def to_markdown(outcome: Outcome, today: str) -> str:
    """The summary of a run as Markdown."""
    made = ""
    for part in _parts(outcome, today):
        if len(made) + len(part) > MOST_CHARACTERS:
            return made + "\n……（太长，余下从略。Too long; the rest is left out.）\n"
        made += part
    return made


def _parts(outcome: Outcome, today: str) -> Iterator[str]:
    by_ending = {ended: [one for one in outcome.results if one.ended == ended] for ended in TITLES}
    yield f"## 收集报告 · Reports collected（{today}）\n\n{_verdict(outcome, by_ending)}"
    if outcome.results:
        yield "\n| 结果 | Result | 份数 Reports |\n|---|---|---:|\n"
        for ended, (zh, en) in TITLES.items():
            if by_ending[ended]:
                yield f"| {zh} | {en} | {len(by_ending[ended])} |\n"
    for ended, found in by_ending.items():
        if found and ended not in _QUIET:
            yield f"\n### {TITLES[ended][0]} · {TITLES[ended][1]}\n\n"
            yield from _by_code(found) if ended == "refused" else _listed(found)
    if outcome.left:
        yield "\n### 本次不再访问的网站 · Hosts left alone\n\n"
        yield from _bounded([f"- {_code(host)}：{_code(says)}\n" for host, says in outcome.left])


def _verdict(outcome: Outcome, by_ending: dict[str, list[Result]]) -> str:
    counts = [len(by_ending[ended]) for ended in ("added", "changed", "refused", "gone")]
    zh = f"发出{outcome.requests}次请求，看了{len(outcome.results)}份报告：新增{counts[0]}份，更新{counts[1]}份，未能读取{counts[2]}份，原网页已不存在{counts[3]}份。"
    en = f"{outcome.requests} requests for {len(outcome.results)} reports: {counts[0]} added, {counts[1]} updated, {counts[2]} not readable, {counts[3]} gone."
    if outcome.interrupted:
        zh, en = f"运行中途停止。{zh}", f"The run was interrupted. {en}"
    if outcome.waiting:
        zh += f"还有{outcome.waiting}份已到期，留给下一次。"
        en += f" {outcome.waiting} more are due and left for the next run."
    if outcome.next_day:
        zh += f"下一份到期：{outcome.next_day}。"
        en += f" The next is due on {outcome.next_day}."
    return f"{zh}\n\n{en}\n"


def _by_code(found: Sequence[Result]) -> Iterator[str]:
    """Refused reports by the code, each with the sentence that says why."""
    ordered = sorted(found, key=lambda one: one.code)
    for code, of_code in groupby(ordered, key=lambda one: one.code):
        results = list(of_code)
        yield f"\n**{code}**（{len(results)}）\n\n"
        yield from _listed(results)


def _listed(found: Sequence[Result]) -> Iterator[str]:
    yield from _bounded(["".join(_entry(one)) for one in found])


def _bounded(lines: Sequence[str]) -> Iterator[str]:
    yield from lines[:MOST_LISTED]
    if len(lines) > MOST_LISTED:
        rest = len(lines) - MOST_LISTED
        yield f"- 还有{rest}项 · {rest} more\n"


def _entry(one: Result) -> Iterator[str]:
    """A report in a line, with what is to be looked at below it."""
    row = one.row
    name = _plain(f"{row.agency_name} {row.year}".strip() or row.url)
    says = f"：{_code(one.says)}" if one.says else f" {_code(f'{row.agency_id}-{row.year}')}" if row.agency_id else ""
    yield f"- [{name}]({quote(row.url, safe=_SAFE)}){says}\n"
    for line in (*one.changes[:5], *one.lines[:5]):
        yield f"  - {_code(line)}\n"
    if len(one.changes) > 5:
        yield f"  - 共{len(one.changes)}处不同 · {len(one.changes)} differences\n"


_SAFE = "/%:@!$&'*+,;=~?#-._"


def _code(text: str) -> str:
    """Words of others as code, in which nothing is a link, a name to be told or a tag."""
    plain = "".join(c if c.isprintable() else " " for c in text).replace("`", "'").strip()
    return f"`{plain if len(plain) <= MOST_WORDS else plain[:MOST_WORDS] + '…'}`"


def _plain(text: str) -> str:
    """A name within a sentence, each sign of which stands for itself."""
    plain = "".join(c if c.isprintable() else " " for c in text)[:200]
    return "".join(f"\\{c}" if c in "\\`*_{}[]()<>#+!|~@&" else c for c in plain)
