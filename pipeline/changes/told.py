"""The whole change as one comment in Markdown, Chinese first and English beside it; parts that are empty are left out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.changes import mending, sections
from pipeline.changes.mending import Mend, Writer
from pipeline.changes.neutral import code, fenced
from pipeline.changes.risk import WORDS, Risk
from pipeline.changes.sections import Part
from pipeline.changes.verdict import Verdict

MARKER = "<!-- gongkai-changes -->"
"""The first line, by which the comment is found again and edited in place."""

MOST = 60_000
"""Characters of a comment; the parts' own limits add up to less."""


@dataclass(frozen=True, slots=True)
class Told:
    """The comment and what of it is needed apart: whether it blocks, and everything that has to be mended."""

    markdown: str
    mends: Sequence[Mend]


def told(verdict: Verdict, risk: Risk, writer: Writer) -> Told:
    """The comment. Never longer than MOST; whatever is cut says how much more there is."""
    mends = mending.mends(verdict, writer)
    if not verdict.data_paths and not verdict.blocks:
        lines = [MARKER, "数据没有变化。 Nothing in the data changes."]
        return Told("\n".join([*lines, *_older(verdict)]) + "\n", mends)
    parts = [_mends(mends), *sections.parts(verdict)]
    blocks = [MARKER, *_verdict(verdict, mends), *_risk(risk), *(_whole(part) for part in parts if part.items)]
    return Told("\n\n".join([*blocks, *_older(verdict)]) + "\n", mends)


def _verdict(verdict: Verdict, mends: Sequence[Mend]) -> Iterator[str]:
    if not verdict.blocks:
        yield "## 可以合并 · Can be merged"
    else:
        n = len(mends)
        yield f"## 还不能合并：有{n}处要改 · Not yet: {n} thing{'s' if n > 1 else ''} to mend"
    zh, en = sections.summary(verdict)
    yield f"{zh} {en}"
    if verdict.losses and verdict.loss_allowed:
        yield "大量减少的数据已由标签确认。 The great loss of data is confirmed by its label."


def _risk(risk: Risk) -> Iterator[str]:
    reasons = [f"- {WORDS[one.level]} {one.level}：{one.zh} {one.en}" for one in risk.reasons]
    yield "\n".join([f"**风险：{WORDS[risk.level]} · Risk: {risk.level}**", "", *reasons])


def _mends(mends: Sequence[Mend]) -> Part:
    return Part("怎么改 · How to mend", 16_000, [_mend(one) for one in mends], parted=True)


def _mend(one: Mend) -> str:
    field = f" {code(one.field)}" if one.field else ""
    place = f"**{code(one.path)}:{one.line}**{field}" if one.path.suffix else "**data**"
    lines = [place, "", f"{one.zh} {one.en}"]
    return "\n".join([*lines, "", fenced(one.paste)] if one.paste else lines)


def _older(verdict: Verdict) -> Iterator[str]:
    if n := len(verdict.older):
        yield (
            f"另有{n}处错误原来就有，与这次改动无关，不妨碍合并。"
            f" {n} error{'s' if n > 1 else ''} stood there before and block{'' if n > 1 else 's'} nothing."
        )


def _whole(part: Part) -> str:
    """A part with as many of its items as its limit allows, and a sentence that says how many more there are."""
    head = f"### {part.title}\n\n" + (part.head + "\n" if part.head else "")
    left, shown = part.most - len(head) - 200, list[str]()
    for item in part.items:
        left -= len(item) + 2
        if left < 0:
            break
        shown.append(item)
    text = head + ("\n\n" if part.parted else "\n").join(shown)
    more = len(part.items) - len(shown) + part.more
    return f"{text}\n\n另有{more}项没有列出。 {more} more are not listed here." if more else text
