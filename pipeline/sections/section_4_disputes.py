"""四、政府信息公开行政复议、行政诉讼情况: three blocks of five figures side by side, told by the heads above them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pipeline.document import Ambiguous, BrokenForm, Cell, Row
from pipeline.forms import Form, Label, RowOfForm, Vocabulary, vocabulary
from pipeline.sections.slots import (
    Head,
    Labelled,
    Line,
    Reading,
    gather,
    is_figure,
    keep_rest,
    place_rows,
    read_figures,
    strange_head,
)

SECTION = "disputes"


def read(rows: Sequence[Row], form: Form) -> Reading:
    """The figures of section 四. Raises BrokenForm (S03, S04) or Ambiguous."""
    words, reading = vocabulary(form.id, SECTION), Reading(SECTION)
    lines = gather(rows, words.knows)
    heads = [line for line in lines if _is_head(line, words)]
    leaves = _leaves(heads, form, words)
    values = _values(lines, heads, words, len(leaves), reading)
    strange = strange_head(heads, words.knows, words.knows, len(leaves))
    head = replace(_positions(leaves, heads), strange=strange)
    _read_values(values, head, form, reading)
    for line in [*heads, values.line]:
        reading.used.extend(line.rows)
    return reading


def _is_head(line: Line, words: Vocabulary) -> bool:
    return any(_token(cell.text, words) for cell in line.cells)


def _token(text: str, words: Vocabulary) -> str | None:
    return words.row(text) or words.column(text) or words.head(text)


# the heads: a tree read line by line ---------------------------------------------------------------------------------


@dataclass(slots=True)
class _Block:
    """One block of results that is being filled from the heads: its route, where that stood, and each result."""

    route: str
    at: tuple[int, int]
    results: dict[str, tuple[int, int]] = field(default_factory=dict)


Leaf = tuple[str, str, tuple[int, int]]
"""A route, a result, and the line and cell of its head."""


def _leaves(heads: Sequence[Line], form: Form, words: Vocabulary) -> list[Leaf]:
    routes = [row.key for row in form.rows[SECTION]]
    results = [column.key for column in form.rows[SECTION][0].columns]
    blocks: list[_Block] = []
    for n, line in enumerate(heads):
        for i, cell in enumerate(line.cells):
            token = _token(cell.text, words)
            if token in routes:
                _open(blocks, _Block(token, (n, i)), cell)
            elif token in results:
                _fill(blocks, token, (n, i), len(results), cell)
            elif token == "litigation" and not blocks:
                raise Ambiguous(
                    "行政诉讼 stands before 行政复议, and the order of the blocks is not certain", cell.place
                )
    if {block.route for block in blocks} != set(routes) or any(len(b.results) != len(results) for b in blocks):
        raise BrokenForm("S04", "the heads of section 四 do not name three blocks of five results", _place(heads))
    return [(block.route, key, at) for block in blocks for key, at in block.results.items()]


def _open(blocks: list[_Block], block: _Block, cell: Cell) -> None:
    if any(one.route == block.route for one in blocks):
        raise BrokenForm("S03", f"“{cell.text.strip()}” stands twice in the heads of section 四", cell.place)
    blocks.append(block)


def _fill(blocks: list[_Block], result: str, at: tuple[int, int], most: int, cell: Cell) -> None:
    """A result belongs to the first block that is not full yet; a block is filled before the next one begins."""
    block = next((block for block in blocks if len(block.results) < most), None)
    if block is None or result in block.results:
        raise BrokenForm("S04", f"“{cell.text.strip()}” belongs to no block of section 四", cell.place)
    # A block named on the same line to the left of this result would have its own results to the left as well.
    if any(block.at[0] < one.at[0] == at[0] for one in blocks if one is not block):
        raise Ambiguous(f"“{cell.text.strip()}” stands right of the name of another block", cell.place)
    block.results[result] = at


def _place(heads: Sequence[Line]) -> str:
    return heads[0].place if heads else ""


def _positions(leaves: Sequence[Leaf], heads: Sequence[Line]) -> Head:
    order = tuple(f"{route}.{result}" for route, result, _ in leaves)
    widths = {len(line.cells) for line in heads}
    at = [cell for _, _, (_, cell) in leaves]
    if len(widths) != 1 or any(line.gapless for line in heads) or len(set(at)) != len(at) or at != sorted(at):
        return Head(order, widest=max(widths, default=0))
    return Head(order, tuple(at), max(widths), max(widths))


# the figures ---------------------------------------------------------------------------------------------------------


_FIGURES = RowOfForm(SECTION, "figures", Label("行政复议、行政诉讼", "Reviews and suits"), ())


def _values(lines: Sequence[Line], heads: Sequence[Line], words: Vocabulary, count: int, reading: Reading) -> Labelled:
    """The one line with the figures: a table row without a label, or the cells behind the last of one-cell heads."""
    found: list[Labelled] = []
    for line in lines:
        if line in heads:
            found.extend(_behind_heads(line, words))
        elif len(line.cells) >= count or (len(line.cells) > 1 and any(is_figure(cell) for cell in line.cells)):
            found.append(Labelled(line, _FIGURES, -1))
        else:
            keep_rest(reading, line)
    return _only([one for one in found if one.filled] or found[:1], heads)


def _behind_heads(line: Line, words: Vocabulary) -> list[Labelled]:
    last = max(i for i, cell in enumerate(line.cells) if _token(cell.text, words))
    labelled = Labelled(line, _FIGURES, last)
    if labelled.filled and not line.gapless:
        raise BrokenForm("S04", "figures stand in the same row as the heads of section 四", line.place)
    return [labelled] if labelled.filled else []


def _only(found: Sequence[Labelled], heads: Sequence[Line]) -> Labelled:
    if not found:
        raise BrokenForm("S04", "section 四 has no row of figures", _place(heads))
    if len(found) > 1:
        raise BrokenForm("S04", "section 四 has more than one row of figures", found[1].line.place)
    return found[0]


def _read_values(values: Labelled, head: Head, form: Form, reading: Reading) -> None:
    cells = dict(zip(head.order, place_rows([values], head)[0], strict=True))
    for row in form.rows[SECTION]:
        order = [column.key for column in row.columns]
        reading.placed.extend(read_figures(row, order, [cells[f"{row.key}.{key}"] for key in order]))
