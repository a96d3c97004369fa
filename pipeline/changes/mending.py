"""How to mend what blocks: a sentence in both languages for each thing, and the lines to paste."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import strict
from pipeline.changes.drawn import shown
from pipeline.changes.losses import Loss
from pipeline.changes.neutral import code, words
from pipeline.changes.quoted import Quoted
from pipeline.changes.unexplained import Unexplained
from pipeline.changes.verdict import Verdict
from pipeline.correcting import entry_lines
from pipeline.corrections import GONE
from pipeline.explained import entry_for
from pipeline.record import Problem, record_to_yaml, source_path
from pipeline.shape import FACTS

LABEL = "确认删减 loss-confirmed"
"""The label of a pull request by which a person says that a great loss is meant."""

MOST_LINES, MOST_CHARACTERS = 12, 6_000
"""Of what is offered to be pasted: past that, `gongkai format` is the way."""


@dataclass(frozen=True, slots=True)
class Mend:
    """What is wrong, where (path and line as the repository has them), and the lines that mend it."""

    path: Path
    line: int
    field: str
    zh: str
    en: str
    paste: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes the entries that are offered to be pasted, and on which day."""

    by: str
    date: str


def mends(verdict: Verdict, writer: Writer) -> list[Mend]:
    """Everything that blocks, by file and line; a great loss comes first."""
    lost = [_of_loss(loss) for loss in verdict.losses] if not verdict.loss_allowed else []
    found = [_of_error(verdict, one) for one in verdict.errors]
    found += [_of_unexplained(verdict, one, writer) for one in verdict.unexplained]
    return lost + sorted(found, key=lambda one: (one.path, one.line, one.field))


def _of_loss(loss: Loss) -> Mend:
    what, what_en = {
        "reports": ("报告", "of the reports"),
        "province": (f"{words(loss.name)}的报告", f"of the reports of {words(loss.name)}"),
        "figures": ("填了数的格子", "of the filled figures"),
    }[loss.what]
    zh = f"{what}原有{loss.before}，少了{loss.gone}，超过十分之一。若确要删减，请维护者加上标签“{LABEL}”。"
    en = f"{loss.gone} {what_en} out of {loss.before} are gone, more than a tenth. If that is meant, a maintainer adds the label “{LABEL}”."
    return Mend(Path("data"), 1, "", zh, en)


# errors --------------------------------------------------------------------------------------------------------------


def _of_error(verdict: Verdict, problem: Problem) -> Mend:
    says = words(problem.says, 300)
    where = f"{code(problem.field)}: " if problem.field else ""
    paste = _canonical(verdict, problem) if "not in canonical form" in problem.says else ()
    if paste:
        zh, en = "写法不合规范，请把这几行改成：", "Not in canonical form; write these lines as:"
        return Mend(problem.path, problem.line, problem.field, zh, en, paste)
    return Mend(problem.path, problem.line, problem.field, "格式或规则有误：", f"{where}{says} ({code(problem.code)})")


def _canonical(verdict: Verdict, problem: Problem) -> list[str]:
    """The lines as the emitter writes them where no line came or went, else the first that differs; none if too many."""
    loaded = verdict.compared.after.by_id.get(f"{problem.path.parent.name}-{problem.path.stem}")
    if loaded is None or loaded.record is None:
        return []
    wanted, there = record_to_yaml(loaded.record).split("\n"), loaded.text.split("\n")
    if len(wanted) == len(there):
        lines = [should for should, is_there in zip(wanted, there, strict=True) if should != is_there]
    else:
        lines = wanted[problem.line - 1 : problem.line]
    return lines if len(lines) <= MOST_LINES and sum(map(len, lines)) <= MOST_CHARACTERS else []


# unexplained changes -------------------------------------------------------------------------------------------------


def _of_unexplained(verdict: Verdict, one: Unexplained, writer: Writer) -> Mend:
    loaded = verdict.compared.after.by_id[one.report_id]
    path, line = verdict.compared.after.place(loaded.path), loaded.line_of(one.field)
    if one.sort == "cells":
        return _of_cells(verdict, one, source_path(path))
    if one.sort == "entry":
        return _of_entry(one, path, loaded.line_of("corrections"))
    zh, en = _changed(one)
    if one.sort in ("written", "unlike"):
        return _of_wording(one, path, loaded.line_of("as_written"), zh, en)
    if one.sort == "converted":
        zh = "表样和表外的行只由转换写出，保存的表格说的不是这样。请还原，或者重新转换。"
        en = "Form and extra rows are written by the conversion alone, and the kept cells say something else. Put it back, or convert again."
        return Mend(path, line, one.field, zh, en)
    if one.sort == "drifted":
        zh = f"保存的表格是{shown(one.says)}，更正却既不是从它改来，也不是改成它。`was`要写转换读出的数；若报告换了，请重新转换，再用`--keep`或`--take`定夺。"
        en = f"The kept cells say {shown(one.says)}, which is neither what the correction corrects nor what it says: `was` is what the conversion read; where the report is another one, convert it again and settle it with `--keep` or `--take`."
        return Mend(path, line, one.field, zh, en)
    if one.after is GONE or (one.says is GONE and (one.before is GONE or one.field not in FACTS)):
        zh += "报告用的表样有哪些格子，由转换决定。请还原这一行，或者重新转换。"
        en += " Which cells a report has is for the conversion to say: put the row back, or convert again."
        return Mend(path, line, one.field, zh, en)
    zh += "请在记录末尾的`corrections`里加上这几行，在`reason`里写明怎么错的（若写着`corrections: []`，先删去`[]`）；若报告印的仍是原来的数，请改回，印错的用`printed_wrong`说明。"
    en += " Add these lines at the end of `corrections` and say in `reason` what went wrong (take the `[]` away first); if the report prints the old figure after all, put it back, and tell a misprint by `printed_wrong`."
    was = one.before if one.says is GONE else one.says
    entry = entry_for(one.field, was, one.after, one.line, writer.by, writer.date)
    return Mend(path, line, one.field, zh, en, entry_lines(entry))


def _changed(one: Unexplained) -> tuple[str, str]:
    kept = "没有这一格" if one.says is GONE else shown(one.says)
    kept_en = "have no such cell" if one.says is GONE else f"say {shown(one.says)}"
    if one.before is GONE:
        zh, en = (
            f"记录是{shown(one.after)}，保存的表格",
            f"The record says {shown(one.after)}, the kept cells {kept_en}",
        )
        return (
            f"{zh}{'里' if one.says is GONE else '是'}{kept}，没有更正说明缘由。",
            f"{en}, and no correction says why.",
        )
    zh = f"由{shown(one.before)}改为{shown(one.after)}，没有更正说明缘由；保存的表格{'里' if one.says is GONE else '是'}{kept}。"
    en = (
        f"Changed from {shown(one.before)} to {shown(one.after)}, and no correction says why; the kept cells {kept_en}."
    )
    return zh, en


def _of_wording(one: Unexplained, path: Path, line: int, zh: str, en: str) -> Mend:
    if one.sort == "unlike":
        zh = f"原文写法（`as_written`）“{shown(one.after)}”不是{shown(one.says)}的写法：请照原文改好，或者删去。"
        en = f"How it is printed (`as_written`), “{shown(one.after)}”, is not how {shown(one.says)} is printed: write what the report prints, or take it out."
        return Mend(path, line, one.field, zh, en)
    zh, en = f"原文写法（`as_written`）{zh}请还原。", f"How it is printed (`as_written`): {en} Put it back."
    paste = [] if one.says is GONE else [f"{one.field}: {strict.scalar(one.says)}"]
    return Mend(path, line, one.field, zh, en, paste)


def _of_entry(one: Unexplained, path: Path, line: int) -> Mend:
    if one.after is not GONE:
        zh = f"更正的次序变了：第{one.n}条不在原处。请照原来的次序放回，新的写在最后。"
        en = (
            f"The corrections stand in another order: number {one.n} is not in its place. Put them back, new ones last."
        )
        return Mend(path, line, one.field, zh, en)
    zh = f"更正只增不改，原有的第{one.n}条却被改动或删去。请照原样放回，新的更正写在最后："
    en = f"Corrections are only ever added, and number {one.n} was changed or taken away. Put it back, and write a new one at the end:"
    return Mend(path, line, one.field, zh, en, entry_lines(one.before))


def _of_cells(verdict: Verdict, one: Unexplained, path: Path) -> Mend:
    if one.before is not GONE:
        zh = "这个文件改了，记录里来源的sha256却没有变。它由转换写出，不能用手改：请还原，数字的更正写在记录里。"
        en = "This file changes while source.sha256 in the record does not. The conversion writes it, no hand does: put it back, and correct figures in the record."
        return Mend(path, 1, "", zh, en)
    zh = "这个文件不在，或者读不出完整的表格。它由转换写出，请与记录一起提交，内容不要改。"
    en = "This file is not there, or no whole tables are read from it. The conversion writes it: commit it with the record, unchanged."
    return Mend(path, 1, "", zh, en)


# lines to paste ------------------------------------------------------------------------------------------------------


def evidence_line(quote: Quoted) -> list[str]:
    """The evidence as it stands in the kept cells, to be pasted in place of what does not stand there."""
    return [f"  evidence: {strict.scalar(quote.line)}"] if quote.line else []
