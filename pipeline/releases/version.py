"""How the version of the data goes on: MAJOR.MINOR.PATCH by the recipe "Data Package Version" of the Data Package.

MAJOR: what is incompatible (a column or a table that came, went or moved, a tighter key or bound, an organ or a report
that went, since other tables refer to it). MINOR: what is added (reports, organs, known reports, tables). PATCH: what
is corrected or only described otherwise. The recipe has no exception for 0.x and neither has this: a column that is
added to 0.4.2 gives 1.0.0, and who trusts 0.x is told by the same number as everybody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from pipeline.released import rank


class Step(IntEnum):
    """Which number of the version goes up."""

    PATCH = 1
    MINOR = 2
    MAJOR = 3


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a number goes up, in both languages; nothing of it is markup."""

    step: Step
    words: str
    words_en: str


def next_version(version: str, reasons: Iterable[Reason]) -> str | None:
    """The version after one, for these reasons; None where there is no reason."""
    step = max((one.step for one in reasons), default=None)
    major, minor, patch = rank(version)
    match step:
        case Step.MAJOR:
            return f"{major + 1}.0.0"
        case Step.MINOR:
            return f"{major}.{minor + 1}.0"
        case Step.PATCH:
            return f"{major}.{minor}.{patch + 1}"
    return None
