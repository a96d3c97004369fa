"""The list of known reports, written back in its order, and beside it that of the refused ones."""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, astuple, replace
from pathlib import Path

from pipeline.document import UnreadableSource
from pipeline.known_reports import COLUMNS, KnownReport, read_known_reports
from pipeline.record import Problem, write_all
from pipeline.refusals import COLUMNS as REFUSAL_COLUMNS
from pipeline.refusals import Refusal, read_refusals


class Listing:
    """Both lists, as they lie in a folder: what is said of a report changes, and no report ever leaves the list."""

    def __init__(self, data: Path) -> None:
        self._data = data
        path = data / "known_reports.csv"
        self.rows, self.problems = read_known_reports(path)
        if not path.exists():
            says = "the list of known reports is not there"
            self.problems.append(Problem(path, 1, "", says, UnreadableSource.code))
        if not self.problems:
            refusals, self.problems = read_refusals(data / "refusals.csv", [asdict(row) for row in self.rows])
            self._refusals = {one.report: one for one in refusals}

    def refusal(self, row: KnownReport) -> Refusal | None:
        """Why a report was refused."""
        return self._refusals.get(row.report)

    def settle(self, number: int, status: str, agency_id: str = "") -> None:
        """Says what has become of a report; one that is not refused any more is no longer told why it was."""
        row = self.rows[number]
        self._refusals.pop(row.report, None)
        self.rows[number] = replace(row, status=status, agency_id=agency_id or row.agency_id)

    def refuse(self, number: int, code: str, sentence: str, today: str) -> None:
        """Says that a report cannot be read, and why. The day stays where nothing else is said than before."""
        row = self.rows[number]
        before = self._refusals.get(row.report)
        if not before or (before.code, before.sentence) != (code, sentence):
            self._refusals[row.report] = Refusal(*row.report, code, sentence, today)
        self.rows[number] = replace(row, status="refused")

    def add(self, row: KnownReport) -> int:
        """Takes a report in where it belongs: in the order of the list where that has one, else at its end."""
        keys = [one.report for one in self.rows]
        at = (
            next((n for n, key in enumerate(keys) if key > row.report), len(keys))
            if keys == sorted(keys)
            else len(keys)
        )
        self.rows.insert(at, row)
        return at

    def save(self) -> None:
        """Writes both lists, each of them whole, where they say something else than before."""
        ordered = [self._refusals[row.report] for row in self.rows if row.report in self._refusals]
        texts = {
            self._data / "known_reports.csv": _text(COLUMNS, [astuple(row) for row in self.rows]),
            self._data / "refusals.csv": _text(REFUSAL_COLUMNS, [astuple(one) for one in ordered]),
        }
        changed = {
            path: text for path, text in texts.items() if not path.exists() or path.read_bytes() != text.encode()
        }
        write_all(changed)


def _text(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    made = io.StringIO()
    csv.writer(made, lineterminator="\n").writerows([columns, *rows])
    return made.getvalue()
