"""Which version of the data this is, and since when: `CITATION.cff`, the one place where that is typed.

The descriptor, the API, the words of a citation, the names of released files and the tag `v<version>` all take it from
here. The version of the program is another thing: it stands in `pyproject.toml` and as `converter` in each record.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pipeline import ROOT
from pipeline.shape import is_date

NAME = "CITATION.cff"
_VERSION = re.compile(r"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*)){2}", re.ASCII)
_LINES = {
    "version": re.compile(r"^version:[ \t]*([\"']?)[^\"'#\n]*?\1(?=[ \t]*(?:#.*)?$)", re.MULTILINE),
    "date-released": re.compile(r"^date-released:[ \t]*([\"']?)[^\"'#\n]*?\1(?=[ \t]*(?:#.*)?$)", re.MULTILINE),
}


@dataclass(frozen=True, slots=True)
class Edition:
    """A version of the data, `MAJOR.MINOR.PATCH`, and the day on which it was released, `YYYY-MM-DD`."""

    version: str
    date: str

    @property
    def tag(self) -> str:
        """What the release is called in the repository."""
        return f"v{self.version}"

    @property
    def created(self) -> str:
        """The day as a moment: nothing finer is known, and two builds must say the same."""
        return f"{self.date}T00:00:00Z"


def is_version(text: object) -> bool:
    """Whether a value is a version of the data: three numbers and two points, nothing else."""
    return isinstance(text, str) and _VERSION.fullmatch(text) is not None


def data_folder() -> Path:
    """The folder of the data: that of this checkout, or another that the environment names."""
    given = os.environ.get("GONGKAI_DATA")
    return Path(given) if given else ROOT / "data"


def citation_file() -> Path:
    """The citation file beside the data; that of this checkout where other data have none of their own."""
    own = data_folder().parent / NAME
    return own if own.is_file() else ROOT / NAME


def read_edition(path: Path | None = None) -> Edition:
    """The version that a citation file tells. Raises ValueError with a sentence where it tells none."""
    path = path or citation_file()
    return edition_of(path.read_text(encoding="utf-8"), str(path))


def edition_of(text: str, path: str = NAME) -> Edition:
    """The same from the text of the file."""
    try:
        raw: Any = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise ValueError(f"{path}: this is no YAML: {' '.join(str(error).split())}") from error
    version, date = (raw.get(key) if isinstance(raw, dict) else None for key in ("version", "date-released"))
    if not is_version(version):
        raise ValueError(f"{path}: version: “{version}” is no version such as 1.4.0")
    if not is_date(date):
        raise ValueError(f'{path}: date-released: “{date}” is no day in quotes, such as "2026-03-02"')
    return Edition(str(version), str(date))


def with_edition(text: str, edition: Edition) -> str:
    """The text of a citation file with another version and day; every other byte of it stays.

    Raises ValueError where the two lines do not stand in it once each.
    """
    for key, value in (("version", edition.version), ("date-released", f'"{edition.date}"')):
        text, found = _LINES[key].subn(f"{key}: {value}", text)
        if found != 1:
            raise ValueError(f"{NAME}: {key}: {found} lines begin with it, not one")
    if edition_of(text) != edition:
        raise ValueError(f"{NAME}: version and day cannot be written into it")
    return text
