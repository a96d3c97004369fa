"""How much a change can spoil: low, medium or high, each reason said. It blocks nothing; it tells where to look twice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.changes.quoted import Quoted
from pipeline.changes.verdict import Verdict
from pipeline.checks import Finding
from pipeline.shape import FACTS

LEVELS = ("low", "medium", "high")
WORDS = {"low": "低", "medium": "中", "high": "高"}

MANY = 30
"""Figures from which on a change is more than a few corrections."""

_LISTS = ("data/known_reports.csv", "data/refusals.csv", "data/retired.csv", "data/releases.csv")
_READ_BY_NOBODY = ("tests/", "content/", "README", "CHANGELOG", ".github/CONTRIBUTING", ".github/ISSUE_TEMPLATE/")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a change is of some risk: the level, and a sentence in both languages."""

    level: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Risk:
    """The highest level of all reasons, highest first."""

    level: str
    reasons: tuple[Reason, ...]


def risk(verdict: Verdict) -> Risk:
    """The risk of a change, with every reason for it."""
    found = [*_of_files(verdict), *_of_reports(verdict), *_of_corrections(verdict), *_of_values(verdict)]
    found.sort(key=lambda one: -LEVELS.index(one.level))
    return Risk(found[0].level if found else "low", tuple(found))


def _of_files(verdict: Verdict) -> Iterator[Reason]:
    paths = verdict.paths
    if any(path.rsplit("/", 1)[-1] == ".gitattributes" for path in paths):
        yield Reason("high", ".gitattributes改了：它能让网页不显示一些文件的改动。",
                     ".gitattributes changes: it can hide changes of files from who reviews them.")  # fmt: skip
    forms = [path for path in paths if path.startswith("data/forms/")]
    if forms:
        yield Reason("high", f"法定表样改了（{len(forms)}个文件）。", f"The statutory forms change ({_files(forms)}).")
    code = [path for path in paths if _is_code(path)]
    if code:
        yield Reason(
            "high", f"程序或工作流程改了（{len(code)}个文件）。", f"Code or workflows change ({_files(code)})."
        )
    beside = [path for path in paths if path.count("/") == 1 and path.startswith("data/") and path not in _LISTS]
    if beside := [path for path in beside if path not in code]:
        yield Reason("medium", f"辨认行名、地名等所用的资料改了（{len(beside)}个文件）。",
                     f"What labels, places and the like are told by changes ({_files(beside)}).")  # fmt: skip
    if lists := [path for path in paths if path in _LISTS]:
        yield Reason("low", f"名单改了（{len(lists)}个文件）。", f"The lists beside the reports change ({_files(lists)}).")  # fmt: skip


def _is_code(path: str) -> bool:
    return path.endswith(".py") if path.startswith("data/") else not path.startswith(_READ_BY_NOBODY)


def _files(paths: list[str]) -> str:
    return f"{len(paths)} file{'s' if len(paths) > 1 else ''}"


def _of_reports(verdict: Verdict) -> Iterator[Reason]:
    compared = verdict.compared
    both = {*compared.before.by_id} & {*compared.after.by_id}
    if compared.reports_removed:
        n = len(compared.reports_removed)
        yield Reason("high", f"{n}份报告被删去。", f"{n} report{_s(n)} removed.")
    if compared.agencies_removed:
        n = len(compared.agencies_removed)
        yield Reason("high", f"{n}个机关的编号不再使用。", f"The id{_s(n)} of {n} organ{_s(n)} no longer in use.")
    if {one.id for one in compared.before.dataset.retired} - {one.id for one in compared.after.dataset.retired}:
        yield Reason("high", "retired.csv少了停用的编号，这些编号本应永远留着。",
                     "retired.csv lost ids that should stay in it for ever.")  # fmt: skip
    if n := len([one for one in compared.besides if one.field == "form"]):
        yield Reason("high", f"{n}份报告换了表样。", f"{n} report{_s(n)} now of another form.")
    kept = {path for path in verdict.paths if path.endswith(".source.txt")}
    places = {str(compared.after.place(compared.after.kept(id))) for id in both}
    if n := len(kept & places):
        yield Reason(
            "high", f"{n}份原有报告的source.txt改了。", f"source.txt of {n} report{_s(n)} already held changes."
        )
    held = {str(compared.before.place(one.path.with_name("agency.yaml"))) for one in compared.before.by_id.values()}
    if n := len(held & {*verdict.paths}):
        yield Reason("medium", f"{n}个原有机关的资料改了。", f"What is known of {n} organ{_s(n)} already held changes.")
    if n := len(compared.reports_added):
        yield Reason("medium", f"新增{n}份报告。", f"{n} new report{_s(n)}.")


def _s(n: int) -> str:
    return "s" if n > 1 else ""


def _of_corrections(verdict: Verdict) -> Iterator[Reason]:
    if n := len([one for one in verdict.quoted if not one.at]):
        yield Reason("medium", f"{n}条更正的依据在source.txt里找不到。",
                     f"The evidence of {n} correction{_s(n)} does not stand in source.txt.")  # fmt: skip
    if n := len([one for one in verdict.quoted if one.at and not one.names and not _is_borne_out(verdict, one)]):
        yield Reason("medium", f"{n}条更正的依据里没有改成的数，勾稽也不能证实，要看报告原件。",
                     f"Neither the evidence nor a sum bears out the new figure of {n} correction{_s(n)}: see the report itself.")  # fmt: skip
    if n := len([one for one in verdict.quoted if not one.fits]):
        yield Reason("medium", f"{n}条更正的原值与转换结果不合。",
                     f"What stood before, as {n} correction{_s(n)} say{'' if n > 1 else 's'}, is not what the conversion said.")  # fmt: skip
    if n := len([one for one in verdict.quoted if one.is_sound]):
        yield Reason("low", f"{n}条更正，依据都找到了。" if n == len(verdict.quoted) else f"{n}条更正的依据找到了。",
                     f"The evidence of {n} correction{_s(n)} stands in source.txt.")  # fmt: skip


def _is_borne_out(verdict: Verdict, one: Quoted) -> bool:
    """Whether a sum that the figure enters holds with it and did not before, and none holds no more."""
    id, name = one.entered.report_id, one.entered.entry["field"]

    def about(findings: Sequence[Finding]) -> bool:
        return any(found.report_id == id and name in found.fields and found.severity == "finding" for found in findings)

    return about(verdict.ceased) and not about(verdict.appeared)


def _of_values(verdict: Verdict) -> Iterator[Reason]:
    compared = verdict.compared
    facts = {one.report_id for one in compared.moved if one.field in FACTS}
    if facts:
        yield Reason("medium", f"{len(facts)}份报告的名称、范围或日期改了。",
                     f"Name, scope or date of {len(facts)} report{_s(len(facts))} change.")  # fmt: skip
    figures = [one for one in compared.moved if one.field not in FACTS]
    if len(figures) >= MANY:
        yield Reason("medium", f"一次改了{len(figures)}个数字。", f"{len(figures)} figures change at once.")
    yield from _of_bare(verdict, sum(one.entry is None for one in figures))
    prose = {one.report_id for one in compared.besides if one.field.startswith(("narrative", "extra_rows", "source.s"))}
    if prose:
        yield Reason("medium", f"{len(prose)}份报告的来源、文字部分的事实或表外的行改了。",
                     f"Source, facts about the prose or extra rows of {len(prose)} report{_s(len(prose))} change.")  # fmt: skip
    if n := len([one for one in verdict.appeared if one.severity == "finding"]):
        yield Reason("medium", f"新出现{n}条核对意见。", f"{n} new finding{_s(n)}.")


def _of_bare(verdict: Verdict, bare: int) -> Iterator[Reason]:
    """Figures without a correction: unexplained, or told anew by the kept cells."""
    if n := len(verdict.unexplained):
        yield Reason("high", f"{n}处改动无从解释。", f"{n} change{_s(n)} that nothing explains.")
    moved = {(one.report_id, one.field) for one in verdict.compared.moved}
    unexplained = {(one.report_id, one.field) for one in verdict.unexplained if one.sort == "value"} & moved
    if (n := bare - len(unexplained)) > 0:
        yield Reason("medium", f"{n}个数字由重新转换得来。", f"{n} figure{_s(n)} changed by converting again.")
