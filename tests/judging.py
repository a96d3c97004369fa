"""One rule at a time over a made record, and the cases that every rule's test file collects."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pipeline.checks import RULES, Context, Finding, Judgement
from pipeline.record import Agency, Record
from tests.made import agency


def judge(rule: str, made: Record, *, of: Agency | None = None, **more: Any) -> list[Judgement]:
    look = RULES[rule].judge
    assert look is not None
    return list(look(Context(made, of or agency(), **more)))


def outcomes(rule: str, made: Record, **more: Any) -> Counter[str]:
    return Counter(judgement.outcome for judgement in judge(rule, made, **more))


def findings(rule: str, made: Record, **more: Any) -> list[Finding]:
    return [judgement.finding for judgement in judge(rule, made, **more) if judgement.finding]


Case = tuple[Context, Finding]
"""A record that fails a rule, and exactly what is found."""


def collector(cases: dict[str, Callable[[], Case]]) -> Callable[[Callable[[], Case]], Callable[[], Case]]:
    """A decorator that puts a case into `cases` under the rule's id, which is its name."""

    def fails(make: Callable[[], Case]) -> Callable[[], Case]:
        cases[make.__name__.upper()] = make
        return make

    return fails


def found(context: Context, rule: str, severity: str, field: str, zh: str, en: str, **more: object) -> Case:
    empty = Finding(context.record.report_id, rule, severity, field, None, None, None, (), zh, en)
    return context, replace(empty, **more)  # type: ignore[arg-type]
