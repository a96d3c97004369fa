"""The files of a release, the same bytes from the same commit, with `SHA256SUMS` over all of them."""

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.edition import NAME, Edition, read_edition
from pipeline.record import write_text
from pipeline.released import NAME as RELEASES
from pipeline.released import Release
from pipeline.releases.making import WHOLE, checksum, package_of
from pipeline.releases.notes import changes_name, notes_of
from pipeline.releases.planned import Since, Told, Unready, releases_at, since_revision, tell
from pipeline.releases.repository import commit_of_release, file_at, tagged, uncommitted
from pipeline.releases.rows import changes_text
from pipeline.revisions import commit_of, data_at

SUMS = "SHA256SUMS"
ALONE = (WHOLE, "gongkai.xlsx", "gongkai.sqlite")
"""What of the package is a file of the release by itself; the tables as Parquet are too."""


def build(root: Path, out: Path, since: str | None = None) -> list[Path]:
    """Writes the files of the version that the last commit names to a folder, all of them or none.

    Raises Unready, and NoRevision where the repository lacks what is needed.
    """
    _may_replace(out)
    release, follows = _release(root, since)
    told = tell(root, follows, release.edition)
    texts = {"notes.md": notes_of(told), NAME: str(file_at("HEAD", NAME, root))} | _changes(told)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as name:
        made = Path(name, "made")
        with data_at("HEAD", root) as data, package_of(data, texts[NAME]) as package:
            _hold(package / WHOLE, release)
            _copy(package, made, release.edition)
        for file, text in texts.items():
            write_text(made / file, text)
        write_text(made / SUMS, sums(made))
        if out.exists():
            shutil.rmtree(out)
        made.replace(out)
    return sorted(out.iterdir())


def sums(folder: Path) -> str:
    """The checksums of all files of a folder as `sha256sum` writes them, by name."""
    return "".join(f"{checksum(path)}  {path.name}\n" for path in sorted(folder.iterdir()) if path.name != SUMS)


def _changes(told: Told) -> dict[str, str]:
    name = changes_name(told)
    return {name: changes_text(told.changes)} if name else {}


def _copy(package: Path, made: Path, edition: Edition) -> None:
    """Files of the package under names that tell their version."""
    made.mkdir()
    made.chmod(0o755)
    files = [package / name for name in ALONE if (package / name).is_file()]
    for path in [*files, *sorted(package.glob("*.parquet"))]:
        target = made / f"{path.stem}-{edition.version}{path.suffix}"
        shutil.copyfile(path, target)
        target.chmod(0o644)


# what must be so -----------------------------------------------------------------------------------------------------


def _may_replace(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise Unready(f"{out} is no folder")
    if out.exists() and any(out.iterdir()) and not (out / SUMS).is_file():
        raise Unready(
            f"{out} holds other files than those of a release: name an empty folder, or one that is not there"
        )


def _release(root: Path, since: str | None) -> tuple[Release, Since | None]:
    """The release that the last commit names, and the one before it."""
    if dirty := uncommitted(root):
        raise Unready(
            *(f"{path}: it is not as the last commit has it; a release is made from a commit" for path in dirty)
        )
    releases = releases_at(file_at("HEAD", f"data/{RELEASES}", root), Path("data", RELEASES))
    try:
        edition = read_edition(root / NAME)
    except (OSError, ValueError) as error:
        raise Unready(str(error)) from error
    if not releases or releases[-1].edition != edition:
        raise Unready(
            f"data/{RELEASES}: its last row is not {edition.version} of {edition.date}, which {NAME} names; "
            "`gongkai release prepare` writes both, then commit"
        )
    release, commit = releases[-1], tagged(releases[-1].tag, root)
    if commit and commit != commit_of("HEAD", root):
        raise Unready(f"{release.tag} is the commit {commit}, not the one that is checked out")
    return release, _follows(root, releases[:-1], since)


def _follows(root: Path, before: Sequence[Release], since: str | None) -> Since | None:
    if since is not None:
        return since_revision(root, since)
    return Since(before[-1].version, commit_of_release(before[-1].tag, root)) if before else None


def _hold(whole: Path, release: Release) -> None:
    """What is built is what was prepared: data that came in between were never counted into the version."""
    found = replace(release, sha256=checksum(whole))
    if found != release:
        raise Unready(
            f"{whole.name} has the SHA-256 {found.sha256}, data/{RELEASES} says {release.sha256}: the data or the program "
            "have changed since `gongkai release prepare`, or another machine compresses otherwise; "
            "`gongkai release prepare --again` counts anew"
        )
