"""The last release and the data of today -> the next release: which version, and everything that its notes tell."""

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.changes.compared import Compared, State, compare, read_state
from pipeline.descriptor import descriptor_text, schema
from pipeline.edition import NAME, Edition, edition_of, read_edition
from pipeline.released import NAME as RELEASES
from pipeline.released import Release, rank, releases_of
from pipeline.releases.reasons import reasons_of
from pipeline.releases.repository import commit_of_release, file_at, tagged
from pipeline.releases.rows import Change, changes_of
from pipeline.releases.structure import differences
from pipeline.releases.version import Reason, next_version
from pipeline.revisions import data_at


class Unready(Exception):
    """A release cannot be made; `says` are the sentences that tell why."""

    def __init__(self, *says: str) -> None:
        super().__init__(*says)
        self.says = says


@dataclass(frozen=True, slots=True)
class Since:
    """The release that another one follows: its version, and the commit at which its data stand."""

    version: str
    commit: str


@dataclass(frozen=True, slots=True)
class Told:
    """A release as its notes tell it; `since` None where it is the first one. `structure`: what differs in the schema."""

    edition: Edition
    since: Since | None
    compared: Compared
    changes: Sequence[Change]
    structure: Sequence[Reason]
    reasons: Sequence[Reason]

    @property
    def state(self) -> State:
        return self.compared.after


@dataclass(frozen=True, slots=True)
class Plan:
    """A release to be prepared, the releases before it, and versions that were prepared and never cut."""

    told: Told
    before: Sequence[Release]
    dropped: Sequence[str]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks of the next release.

    `date` is its day; `since` the revision to compare with, the last release unless given; `version` one that is higher
    than needed; `again` says that the last version in the list was never cut.
    """

    date: str
    since: str | None = None
    version: str | None = None
    again: bool = False


def plan(root: Path, wish: Wish) -> Plan:
    """The next release of the data below a folder that is a repository.

    Raises Unready, and NoRevision where the repository lacks what is needed.
    """
    committed, date = _committed(root), wish.date
    follows = _since(root, committed[:-1] if wish.again else committed, wish.since)
    before = [one for one in committed if follows and rank(one.version) <= rank(follows.version)]
    later = [one for one in committed if one not in before]
    if cut := [one.tag for one in later if tagged(one.tag, root)]:
        raise Unready(f"{cut[-1]} was cut: the next release follows it, and it is not prepared again")
    if before and date < before[-1].date:
        raise Unready(f"{before[-1].version} was released on {before[-1].date}, later than {date}")
    told = tell(root, follows, Edition("0.0.0", date))
    version = wish.version or _version(root, follows, told)
    _hold(version, root, told)
    return Plan(replace(told, edition=Edition(version, date)), before, [one.version for one in later])


def tell(root: Path, since: Since | None, edition: Edition) -> Told:
    """What a release brings over the one that it follows, or over nothing. Raises Unready and NoRevision."""
    with _data_of(since, root) as old:
        before, after = read_state(old), read_state(root / "data")
        _sound(before, after, since)
        compared = compare(before, after)
        changes = changes_of(compared)
        structure = differences(_schema_of(old, since), json.loads(descriptor_text(schema()))) if since else []
        reasons = reasons_of(compared, changes, structure) if since else []
    return Told(edition, since, compared, changes, structure, reasons)


def releases_at(text: str | None, path: Path) -> list[Release]:
    """The releases that a file lists, none where there is no file. Raises Unready."""
    releases, problems = releases_of(text or "", path)
    if problems:
        raise Unready(*map(str, problems))
    return releases


# what it follows -----------------------------------------------------------------------------------------------------


def _committed(root: Path) -> list[Release]:
    """The releases that the last commit lists: what was prepared since and not committed is prepared anew."""
    return releases_at(file_at("HEAD", f"data/{RELEASES}", root), Path("data", RELEASES))


def _since(root: Path, committed: Sequence[Release], revision: str | None) -> Since | None:
    if revision is None:
        return Since(committed[-1].version, commit_of_release(committed[-1].tag, root)) if committed else None
    return since_revision(root, revision)


def since_revision(root: Path, revision: str) -> Since:
    """The release that a revision belongs to: the version in its citation file. Raises Unready and NoRevision."""
    text = file_at(revision, NAME, root)
    if text is None:
        raise Unready(f"{revision} has no {NAME}, which would tell its version")
    try:
        return Since(edition_of(text, f"{revision}:{NAME}").version, revision)
    except ValueError as error:
        raise Unready(str(error)) from error


@contextmanager
def _data_of(since: Since | None, root: Path) -> Iterator[Path]:
    """The data of the release before; an empty folder where there is none."""
    if since is None:
        with tempfile.TemporaryDirectory(prefix="gongkai-") as empty:
            yield Path(empty)
        return
    with data_at(since.commit, root) as data:
        yield data


def _schema_of(data: Path, since: Since | None) -> Any:
    try:
        return json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        version = since.version if since else ""
        raise Unready(f"the published schema of {version}, data/datapackage.json, cannot be read: {error}") from error


def _sound(before: State, after: State, since: Since | None) -> None:
    """Nothing is released that has errors, and nothing compared that this program cannot read whole."""
    errors = [one for one in after.checking.problems if one.severity == "error"]
    if errors:
        raise Unready(*(str(replace(one, path=after.place(one.path))) for one in errors))
    if since and before.dataset.problems:
        count, first = len(before.dataset.problems), before.dataset.problems[0]
        says = str(replace(first, path=before.place(first.path)))
        raise Unready(f"{count} problem(s) in the data of {since.version}, so that they cannot be compared: {says}")


# the version ---------------------------------------------------------------------------------------------------------


def _version(root: Path, since: Since | None, told: Told) -> str:
    """The version by the recipe; the first release has the one that stands in the citation file already."""
    if since is None:
        try:
            return read_edition(root / NAME).version
        except (OSError, ValueError) as error:
            raise Unready(f"{root / NAME}: {error}" if isinstance(error, OSError) else str(error)) from error
    version = next_version(since.version, told.reasons)
    if version is None:
        raise Unready(f"nothing in the data has changed since {since.version}: there is nothing to release")
    return version


def _hold(version: str, root: Path, told: Told) -> None:
    """A version that a person chose is not lower than it has to be, and none is used twice."""
    if told.since:
        least = next_version(told.since.version, told.reasons)
        if rank(version) <= rank(told.since.version):
            raise Unready(f"{version} does not come after {told.since.version}")
        if least and rank(version) < rank(least):
            raise Unready(f"{version} is too low: what has changed since {told.since.version} asks for {least}")
    if tagged(f"v{version}", root):
        raise Unready(f"the tag v{version} is there already: a version is released once")
