"""What is to be said on the changed lines themselves, as problems with file and line."""

from collections.abc import Iterator

from pipeline.changes.verdict import Verdict
from pipeline.checks import Finding
from pipeline.record import Problem

CODE = "Unexplained"

MOST = 50
"""Annotations of one kind; a page shows ten of them."""


def annotations(verdict: Verdict) -> list[Problem]:
    """Errors and unexplained changes as errors, evidence that was not found as a warning, new findings as a notice."""
    kinds = [{*verdict.errors, *_unexplained(verdict)}, {*_evidence(verdict)}, {*_appeared(verdict)}]
    return [one for kind in kinds for one in sorted(kind)[:MOST]]


def _unexplained(verdict: Verdict) -> Iterator[Problem]:
    state = verdict.compared.after
    for one in verdict.unexplained:
        loaded = state.by_id[one.report_id]
        says = {
            "value": "no correction says why this changed",
            "drifted": "the kept cells say neither what the correction corrects nor what it says",
            "written": "no correction says why the printed text changed",
            "converted": "only the conversion tells this, and the kept cells say something else",
            "unlike": "the printed text is not that of the corrected figure",
            "entry": f"correction {one.n} that stood here was changed, moved or taken away; corrections are only added",
            "cells": "the kept cells (source.txt) do not fit this record's source",
        }[one.sort]
        where = {
            "entry": "corrections",
            "cells": "source.sha256",
            **dict.fromkeys(("written", "unlike"), "as_written"),
        }.get(one.sort, one.field)
        yield Problem(state.place(loaded.path), loaded.line_of(where), one.field, says, CODE)


def _evidence(verdict: Verdict) -> Iterator[Problem]:
    state = verdict.compared.after
    for quote in verdict.quoted:
        loaded, where = state.by_id[quote.entered.report_id], f"corrections[{quote.entered.n - 1}]"
        if not quote.at:
            line = loaded.lines.get(f"{where}.evidence", loaded.lines.get(where, 1))
            says = "these words do not stand in the kept cells (source.txt)"
            yield Problem(state.place(loaded.path), line, f"{where}.evidence", says, "Evidence", "finding")


def _appeared(verdict: Verdict) -> Iterator[Problem]:
    state = verdict.compared.after
    added = [one for id in verdict.compared.reports_added for one in state.findings(id) if one.severity != "error"]
    for one in [*verdict.appeared, *added]:
        yield _of_finding(verdict, one)


def _of_finding(verdict: Verdict, one: Finding) -> Problem:
    loaded = verdict.compared.after.by_id[one.report_id]
    path = verdict.compared.after.place(loaded.path)
    return Problem(path, loaded.line_of(one.field), one.field, one.message_en, one.rule, "note")
