"""The corrections that were added, as the comment tells them: what each changes, and whether its evidence was found."""

from collections.abc import Iterator

from pipeline.changes.drawn import shown
from pipeline.changes.mending import evidence_line
from pipeline.changes.neutral import code, fenced, words
from pipeline.changes.quoted import Quoted
from pipeline.shape import ERRED


def told(quote: Quoted) -> str:
    """One correction as an item of a list; where the words were not found, the line to paste stands below it."""
    entry, id = quote.entered.entry, quote.entered.report_id
    lines = [
        f"- {code(id)} {code(entry['field'])} {_change(quote)}（{code(entry['kind'])}）：{''.join(_judged(quote))}"
    ]
    lines.append(f"  依据 evidence：“{words(entry['evidence'], 160)}”")
    lines.append(f"  理由 reason：“{words(entry['reason'])}” {words(entry['by'], 60)} {words(entry['date'], 10)}")
    if not quote.at and (line := evidence_line(quote)):
        lines.append("  这个数字读自这一行，若要引用它 The figure was read from this line; to quote it:")
        lines += ["", *(f"  {one}" for one in fenced(line).split("\n"))]
    return "\n".join(lines).rstrip()


def _change(quote: Quoted) -> str:
    entry = quote.entered.entry
    if entry["kind"] in ERRED:
        return f"{shown(entry['was'])} → {shown(entry['now'])}"
    return f"{shown(entry['printed'])}，应为 should be {shown(entry['should_be'])}"


def _judged(quote: Quoted) -> Iterator[str]:
    if quote.at:
        yield f"依据在source.txt第{quote.at}行。 The evidence stands in line {quote.at} of source.txt."
    else:
        yield "**依据在source.txt里找不到。 The evidence does not stand in source.txt.**"
    if quote.at and not quote.names:
        yield " 这些字里没有所说的数，请对照报告原件。 It does not hold the figure: compare the report itself."
    if not quote.fits:
        what = "was" if quote.entered.entry["kind"] in ERRED else "printed"
        yield f" `{what}`与转换结果不合：那里是{shown(quote.says)}。 What stood there is {shown(quote.says)}."
