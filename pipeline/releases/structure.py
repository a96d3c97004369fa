"""Two published schemas -> what differs, and how much that asks of whoever reads the files."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.releases.version import Reason, Step

Plain = Mapping[str, Any]

_TELLS_THE_EDITION = ("version", "created")
_HOW_TO_READ = {"format": "格式", "mediatype": "媒体类型", "encoding": "编码", "dialect": "CSV写法"}
_LOOSER_WHEN_LOWER = ("minimum", "minLength", "exclusiveMinimum")
_LOOSER_WHEN_HIGHER = ("maximum", "maxLength", "exclusiveMaximum")


def differences(before: Plain, after: Plain) -> list[Reason]:
    """What differs between two descriptors, the gravest first; sizes, checksums and the version itself do not count."""
    found = [*_of_package(before, after)]
    old, new = _named(before["resources"]), _named(after["resources"])
    for name in old.keys() - new.keys():
        found.append(Reason(Step.MAJOR, f"{name}表不再有", f"the table {name} is gone"))
    for name in new.keys() - old.keys():
        found.append(Reason(Step.MINOR, f"新增{name}表", f"the table {name} is new"))
    for name in old.keys() & new.keys():
        found += _of_resource(name, old[name], new[name])
    return sorted(found, key=lambda one: (-one.step, one.words_en))


def _named(several: Sequence[Plain]) -> dict[str, Plain]:
    return {str(one["name"]): one for one in several}


def _of_package(before: Plain, after: Plain) -> Iterator[Reason]:
    if before.get("name") != after.get("name"):
        yield Reason(Step.MAJOR, "数据包改名", "the package has another name")
    told = {key for key in {*before, *after} if before.get(key) != after.get(key)}
    if told - {"name", "resources", *_TELLS_THE_EDITION}:
        yield Reason(Step.PATCH, "数据集的说明有改动", "the dataset is described otherwise")


def _of_resource(name: str, before: Plain, after: Plain) -> Iterator[Reason]:
    for key, words in _HOW_TO_READ.items():
        if before.get(key) != after.get(key):
            yield Reason(Step.MAJOR, f"{name}表的{words}不同", f"{key} of the table {name} is another")
    if before.get("path") != after.get("path"):
        # The recipe asks for nothing here; yet files that lie elsewhere cannot bear the same number.
        yield Reason(Step.PATCH, f"{name}表换了地址", f"the table {name} lies at another address")
    ours = {"name", "path", "schema", "bytes", "hash", "rows", *_HOW_TO_READ}
    if {key for key in {*before, *after} - ours if before.get(key) != after.get(key)}:
        yield Reason(Step.PATCH, f"{name}表的说明有改动", f"the table {name} is described otherwise")
    yield from _of_schema(name, before.get("schema", {}), after.get("schema", {}))


def _of_schema(name: str, before: Plain, after: Plain) -> Iterator[Reason]:
    old, new = _named(before.get("fields", ())), _named(after.get("fields", ()))
    for column in sorted(old.keys() - new.keys()):
        yield Reason(Step.MAJOR, f"{name}表不再有{column}列", f"{name} has no column {column} any more")
    for column in sorted(new.keys() - old.keys()):
        yield Reason(Step.MAJOR, f"{name}表新增{column}列", f"{name} has a new column {column}")
    if [column for column in old if column in new] != [column for column in new if column in old]:
        yield Reason(Step.MAJOR, f"{name}表的列换了次序", f"the columns of {name} stand in another order")
    told = [column for column in new if column in old and _words(old[column]) != _words(new[column])]
    for column in (column for column in new if column in old):
        yield from _of_field(f"{name}.{column}", old[column], new[column])
    if told:
        some = "、".join(told[:5]) + ("等" if len(told) > 5 else "")
        says = f"{len(told)} column(s) of {name} are described otherwise: {', '.join(told[:5])}"
        yield Reason(Step.PATCH, f"{name}表{len(told)}列的说明有改动：{some}", says + (", …" if len(told) > 5 else ""))
    yield from _of_keys(name, before, after)


_FIRM = ("name", "type", "format", "constraints", "missingValues")


def _words(field: Plain) -> dict[str, Any]:
    """What of a field is said and not held: its title, its description, the labels of its categories."""
    labels = {one["value"]: one.get("label") for one in field.get("categories", ())}
    return {key: value for key, value in field.items() if key not in (*_FIRM, "categories")} | {"labels": labels}


# one column ----------------------------------------------------------------------------------------------------------


def _of_field(name: str, before: Plain, after: Plain) -> Iterator[Reason]:
    for key, words in (("type", "类型"), ("format", "格式"), ("missingValues", "空值的写法")):
        if before.get(key) != after.get(key):
            was, now = before.get(key, "—"), after.get(key, "—")
            yield Reason(Step.MAJOR, f"{name}的{words}由{was}改为{now}", f"{key} of {name} was {was} and is {now}")
    old, new = _bounds(before), _bounds(after)
    for key in sorted(old.keys() | new.keys()):
        if old.get(key) == new.get(key):
            continue
        if _is_looser(key, old.get(key), new.get(key)):
            yield Reason(Step.MINOR, f"{name}的限制{key}放宽", f"the constraint {key} of {name} is looser")
        else:
            yield Reason(Step.MAJOR, f"{name}的限制{key}收紧", f"the constraint {key} of {name} is tighter")


def _bounds(field: Plain) -> dict[str, Any]:
    """What a field is held to; its categories are a closed list like `enum`, and stand for it where that is missing."""
    values = [one["value"] for one in field.get("categories", ())]
    return ({"enum": values} if values else {}) | dict(field.get("constraints", {}))


def _is_looser(key: str, old: Any, new: Any) -> bool:
    """Whether everything that was allowed still is; where that cannot be told, as of patterns, it is not."""
    if new is None or old is None:
        return new is None
    if key in ("required", "unique"):
        return not new
    if key == "enum":
        return {*map(str, old)} <= {*map(str, new)}
    if key in _LOOSER_WHEN_LOWER:
        return bool(new < old)
    return bool(key in _LOOSER_WHEN_HIGHER and new > old)


# keys ----------------------------------------------------------------------------------------------------------------


def _of_keys(name: str, before: Plain, after: Plain) -> Iterator[Reason]:
    for key, words in (("primaryKey", "主键"), ("missingValues", "空值的写法")):
        if before.get(key) != after.get(key):
            yield Reason(Step.MAJOR, f"{name}表的{words}不同", f"{key} of {name} is another")
    for key, words in (("uniqueKeys", "唯一键"), ("foreignKeys", "外键")):
        old, new = before.get(key, []), after.get(key, [])
        if any(one not in old for one in new) and not _refers_elsewhere(key, old, new):
            yield Reason(Step.MAJOR, f"{name}表的{words}收紧", f"{key} of {name} are tighter")
        elif old != new:
            yield Reason(
                Step.MINOR, f"{name}表的{words}放宽或另有所指", f"{key} of {name} are looser or refer elsewhere"
            )


def _refers_elsewhere(key: str, old: Sequence[Plain], new: Sequence[Plain]) -> bool:
    """Whether the same columns only refer to something else, which the recipe counts as an addition."""
    return key == "foreignKeys" and {str(one["fields"]) for one in new} <= {str(one["fields"]) for one in old}
