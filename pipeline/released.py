"""The releases of the data: `data/releases.csv`, a row for each, the first one first."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from pipeline.edition import Edition, is_version
from pipeline.record import Problem
from pipeline.shape import is_date
from pipeline.strict_csv import read_rows, rows_of

NAME = "releases.csv"
_NUMBER = re.compile(r"0|[1-9][0-9]*", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Release:
    """A release: its tag in the repository, the checksum of `gongkai.zip`, how many reports and organs it holds."""

    version: str
    date: str
    tag: str
    sha256: str
    reports: str
    agencies: str

    @property
    def edition(self) -> Edition:
        return Edition(self.version, self.date)

    @property
    def file(self) -> str:
        """What the whole dataset is called among the files of the release."""
        return f"gongkai-{self.version}.zip"


COLUMNS = tuple(field.name for field in fields(Release))


def rank(version: str) -> tuple[int, ...]:
    """What versions are ordered by."""
    return tuple(int(part) for part in version.split("."))


def read_releases(path: Path) -> tuple[list[Release], list[Problem]]:
    """The sound rows of the list and what is wrong with the others; none of either where there is no file."""
    return read_rows(path, Release, lambda one: one.version, _wrong)


def releases_of(text: str, path: Path) -> tuple[list[Release], list[Problem]]:
    """The same from the text of the file."""
    return rows_of(text, path, Release, lambda one: one.version, _wrong)


def releases_text(releases: Sequence[Release]) -> str:
    """The list as the bytes of its file, as text. No cell of a sound row needs quotes."""
    rows = [[getattr(one, column) for column in COLUMNS] for one in releases]
    return "".join(",".join(cells) + "\n" for cells in [COLUMNS, *rows])


def _wrong(one: Release, found: Mapping[str, Release]) -> Iterator[tuple[str, str]]:
    """Each field that is wrong, and what is wrong with it."""
    last = list(found.values())[-1] if found else None
    if not is_version(one.version):
        yield "version", f"“{one.version}” is no version such as 1.4.0"
    elif last and rank(one.version) <= rank(last.version):
        yield "version", f"{one.version} does not come after {last.version}"
    if not is_date(one.date):
        yield "date", f"“{one.date}” is no day, YYYY-MM-DD"
    elif last and one.date < last.date:
        yield "date", f"{one.date} lies before the release of {last.version} on {last.date}"
    if one.tag != one.edition.tag:
        yield "tag", f"the tag of {one.version} is {one.edition.tag}, not “{one.tag}”"
    if not _SHA256.fullmatch(one.sha256):
        yield "sha256", f"“{one.sha256}” is no SHA-256"
    for name in ("reports", "agencies"):
        if not _NUMBER.fullmatch(getattr(one, name)):
            yield name, f"“{getattr(one, name)}” is no number"
