"""Which known reports are asked for in a run, and in which order: new ones first, spread over their hosts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

from pipeline.collect.store import Note
from pipeline.known_reports import KnownReport

DAYS: Mapping[str, int] = {"known": 3, "refused": 30, "held": 90, "gone": 180}
"""After how many days a report of each status is asked for again. One that was not found is looked for the next day:
it is gone only when two days say so."""

NO_ANSWER = ("failed", "forbidden", "left")
"""How asking ends without an answer; asking every day would not help."""

_RANKS = ("new", "refused", "known", "held", "gone")


@dataclass(frozen=True, slots=True)
class Task:
    """A report to ask for: its place in the list, its row, its host, and what is known of its address."""

    number: int
    row: KnownReport
    host: str
    note: Note | None


Last = Callable[[KnownReport], str]
"""The last day on which a report is known to have been asked for, where no note tells it; or empty."""


def next_day(row: KnownReport, note: Note | None, version: str, last: Last) -> str:
    """The day from which a report may be asked for again; empty where that is now."""
    asked = note.asked if note else last(row)
    if not asked:
        return ""
    if note and note.missing_since and row.status != "gone":
        return _later(asked, 1)
    if row.status == "refused" and note and note.converter != version:
        return _later(asked, DAYS["known"]) if note.ended in NO_ANSWER else ""
    return _later(asked, DAYS[row.status])


def _later(day: str, days: int) -> str:
    try:
        return (date.fromisoformat(day) + timedelta(days)).isoformat()
    except (ValueError, OverflowError):
        return ""


def host_of(url: str) -> str:
    """The host that an address names, as the plan groups them."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def plan(tasks: Sequence[Task], limit: int | None) -> list[Task]:
    """The tasks of a run in their order: by status, then the first of each host, the second of each, …; at most `limit`
    requests as far as can be told before: one for each report and one for the robots.txt of each host.
    """
    chosen: list[Task] = []
    hosts: set[str] = set()
    left = limit if limit is not None else 2 * len(tasks)
    for task in _spread(tasks):
        cost = 1 + (task.host not in hosts)
        if cost <= left:
            hosts.add(task.host)
            chosen.append(task)
            left -= cost
    return chosen


def _spread(tasks: Sequence[Task]) -> list[Task]:
    turns: dict[tuple[int, str], int] = {}
    keyed: list[tuple[int, int, int, Task]] = []
    for task in sorted(tasks, key=lambda one: one.number):
        rank = _RANKS.index("new" if task.row.status == "known" and not task.note else task.row.status)
        turn = turns[rank, task.host] = turns.get((rank, task.host), -1) + 1
        keyed.append((rank, turn, task.number, task))
    return [task for *_, task in sorted(keyed, key=lambda one: one[:3])]
