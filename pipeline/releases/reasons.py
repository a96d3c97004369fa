"""What changed in the data -> why a version goes on."""

from collections.abc import Iterator, Sequence

from pipeline.changes.compared import Compared
from pipeline.releases.rows import Change
from pipeline.releases.version import Reason, Step


def reasons_of(compared: Compared, changes: Sequence[Change], structure: Sequence[Reason]) -> list[Reason]:
    """Every reason, the gravest first: what differs in the schema, then what went, came and was corrected."""
    found = [*structure, *_gone(compared), *_added(compared, changes), *_corrected(compared, changes)]
    if not found and (compared.tables or compared.both):
        found = [Reason(Step.PATCH, "记录或核对结果另有改动", "records or findings differ otherwise")]
    return sorted(found, key=lambda one: -one.step)


def _gone(compared: Compared) -> Iterator[Reason]:
    """What other tables refer to is not taken away without a new first number, whatever the reason was."""
    if count := len(compared.agencies_removed):
        yield Reason(Step.MAJOR, f"{count}个机关不再收录", _many(count, "organ is", "organs are") + " no longer held")
    if count := len(compared.reports_removed):
        yield Reason(Step.MAJOR, f"{count}份报告不再收录", _many(count, "report is", "reports are") + " no longer held")


def _added(compared: Compared, changes: Sequence[Change]) -> Iterator[Reason]:
    if count := len(compared.agencies_added):
        yield Reason(Step.MINOR, f"新收录{count}个机关", _many(count, "organ is", "organs are") + " added")
    if count := len(compared.reports_added):
        yield Reason(Step.MINOR, f"新收录{count}份报告", _many(count, "report is", "reports are") + " added")
    count = sum(one.table == "coverage" and one.change == "added" for one in changes)
    if count and not compared.reports_added:
        yield Reason(Step.MINOR, f"覆盖范围新增{count}行", _many(count, "row", "rows") + " more in coverage")


def _corrected(compared: Compared, changes: Sequence[Change]) -> Iterator[Reason]:
    if count := len(compared.entered):
        yield Reason(Step.PATCH, f"{count}处更正", _many(count, "correction is", "corrections are") + " entered")
    if count := len(compared.lost):
        yield Reason(Step.PATCH, f"{count}条更正不再列出", _many(count, "correction is", "corrections are") + " gone")
    if count := sum(one.entry is None for one in compared.moved):
        says = _many(count, "figure or fact differs", "figures or facts differ") + " without a correction"
        yield Reason(Step.PATCH, f"{count}处数字或事实有改动，没有更正条目", says)
    if count := sum(one.column not in ("", "value") for one in changes if not _is_fact(one)):
        says = _many(count, "other cell differs", "other cells differ")
        yield Reason(Step.PATCH, f"机关、来源、覆盖范围等另有{count}处改动", says)


def _is_fact(one: Change) -> bool:
    """Whether a change is one of those that are counted with the figures."""
    return one.table == "reports" and one.field != ""


def _many(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"
