"""The data as they stood at a revision of the repository, and as they lie in the folder now."""

import io
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline import ROOT


class NoRevision(Exception):
    """The repository has no such revision, or there is no repository."""


def commit_of(revision: str, root: Path = ROOT) -> str:
    """The full name of the commit that a revision means. Raises NoRevision."""
    found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    return found.decode("ascii").strip()


def merge_base(one: str, other: str, root: Path = ROOT) -> str:
    """The last commit that two revisions have in common. Raises NoRevision where there is none."""
    return _git(root, "merge-base", commit_of(one, root), commit_of(other, root)).decode("ascii").strip()


@contextmanager
def data_at(revision: str | None, root: Path = ROOT) -> Iterator[Path]:
    """The folder `data` at a revision, taken out to look at; None: the one that lies there now.

    Raises NoRevision. Nothing that the revision holds is run, no link in it is followed.
    """
    if revision is None:
        yield root / "data"
        return
    packed = _git(root, "archive", "--format=tar", commit_of(revision, root), "data")
    folder = Path(tempfile.mkdtemp(prefix="gongkai-"))
    try:
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            files = [one for one in archive.getmembers() if one.isfile() or one.isdir()]
            archive.extractall(folder, files, filter="data")
        yield folder / "data"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _git(root: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=False)
    except OSError as error:
        raise NoRevision(f"git cannot be run: {error.strerror}") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise NoRevision(
            said[-1] if said else f"the repository has no revision {arguments[-1].removesuffix('^{commit}')}"
        )
    return done.stdout
