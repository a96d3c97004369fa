"""Many equal changes as one: the same field, the same words before, and the same or various ones after."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.changes.compared import Moved

LEAST = 3
"""Reports from which on equal changes are told together."""

VARIOUS = object()
"""What a group says where its reports do not say the same."""


@dataclass(frozen=True, slots=True)
class Group:
    """A change that several reports share."""

    field: str
    before: Any
    after: Any
    reports: Sequence[str]


def grouped(moves: Iterable[Moved]) -> tuple[list[Group], dict[str, list[Moved]]]:
    """The changes that several reports share, the largest groups first, and the rest by report.

    Equal changes come first; then, of anything but figures, what stood there before alike; then the field alone.
    """
    found: list[Group] = []
    rest = list(moves)
    for key in (_equal, _from_the_same, _of_the_same_field):
        groups, rest = _taken(rest, key)
        found += groups
    found.sort(key=lambda group: (-len(group.reports), group.field))
    left: dict[str, list[Moved]] = defaultdict(list)
    for one in rest:
        left[one.report_id].append(one)
    return found, dict(left)


def _equal(one: Moved) -> Hashable:
    return one.field, repr(one.before), repr(one.after)


def _from_the_same(one: Moved) -> Hashable | None:
    return None if one.field.count(".") == 2 else (one.field, repr(one.before))


def _of_the_same_field(one: Moved) -> Hashable | None:
    return None if one.field.count(".") == 2 else one.field


def _taken(moves: Sequence[Moved], key: Callable[[Moved], Hashable | None]) -> tuple[list[Group], list[Moved]]:
    alike: Mapping[Hashable, list[Moved]] = _by(moves, key)
    many = {name for name, found in alike.items() if name is not None and len(found) >= LEAST}
    groups = [_group(found) for name, found in alike.items() if name in many]
    return groups, [one for one in moves if key(one) not in many]


def _by(moves: Sequence[Moved], key: Callable[[Moved], Hashable | None]) -> dict[Hashable, list[Moved]]:
    found: dict[Hashable, list[Moved]] = defaultdict(list)
    for one in moves:
        found[key(one)].append(one)
    return found


def _group(moves: Sequence[Moved]) -> Group:
    def common(values: list[Any]) -> Any:
        return values[0] if all(value == values[0] for value in values) else VARIOUS

    before, after = common([one.before for one in moves]), common([one.after for one in moves])
    return Group(moves[0].field, before, after, [one.report_id for one in moves])
