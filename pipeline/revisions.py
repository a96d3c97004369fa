"""The data as they stood at a revision of the repository, and as they lie in the folder now."""

import io
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline import ROOT


class NoRevision(Exception):
    """The repository has no such revision, or there is no repository."""


def commit_of(revision: str, root: Path = ROOT) -> str:
    """The full name of the commit that a revision means. Raises NoRevision."""
    asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    found = git(root, *asked, silent=f"the repository has no revision {revision}")
    return found.decode("ascii").strip()


def merge_base(one: str, other: str, root: Path = ROOT) -> str:
    """The last commit that two revisions have in common. Raises NoRevision where there is none."""
    commits = commit_of(one, root), commit_of(other, root)
    try:
        return git(root, "merge-base", *commits).decode("ascii").strip()
    except NoRevision as error:
        raise NoRevision("the two have no commit in common; is the clone cut off too short?") from error


def changed_paths(base: str, head: str | None, root: Path = ROOT) -> list[str]:
    """The paths below the root whose bytes differ between two revisions; head None: the working tree, new files too.

    A file that moved is named under both its names. Raises NoRevision.
    """
    revisions = [commit_of(one, root) for one in (base, head) if one is not None]
    listed = git(root, "diff", "--name-only", "--no-renames", "--no-ext-diff", "--relative", "-z", *revisions, "--")
    if head is None:
        listed += git(root, "ls-files", "--others", "--exclude-standard", "-z")
    return sorted({*listed.decode("utf-8", "replace").split("\0")} - {""})


@contextmanager
def data_at(revision: str | None, root: Path = ROOT) -> Iterator[Path]:
    """The folder `data` at a revision, taken out to look at; None: the one that lies there now.

    Raises NoRevision. Nothing that the revision holds is run, no link in it is followed, and no attribute that it gives
    to a file hides or changes what is taken out.
    """
    if revision is None:
        yield root / "data"
        return
    blobs = _blobs(commit_of(revision, root), root)
    if not blobs:
        raise NoRevision(f"{revision} holds no folder data")
    folder = Path(tempfile.mkdtemp(prefix="gongkai-"))
    try:
        for name, held in blobs.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(held)
        yield folder / "data"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _blobs(commit: str, root: Path) -> dict[str, bytes]:
    """The bytes of every plain file below `data`, by its path; links and modules are none."""
    listed = git(root, "ls-tree", "-r", "-z", commit, "--", "data/").decode("utf-8", "replace")
    found = dict[str, str]()
    for line in filter(None, listed.split("\0")):
        (mode, _, blob), name = line.partition("\t")[0].split(), line.partition("\t")[2]
        if mode.startswith("100") and not {"", ".", ".."} & {*name.split("/")}:
            found[name] = blob
    told = io.BytesIO(git(root, "cat-file", "--batch", given="\n".join(found.values()).encode("ascii")))
    return {name: _next_blob(told) for name in found}


def _next_blob(told: io.BytesIO) -> bytes:
    """One answer of `git cat-file --batch`: a line that ends with the size, the bytes, a line break."""
    size = int(told.readline().split()[-1])
    held = told.read(size)
    told.read(1)
    return held


def git(root: Path, *arguments: str, given: bytes = b"", silent: str = "") -> bytes:
    """What git prints in a folder, `given` on its input. Raises NoRevision with its last words, or `silent` without any."""
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], input=given, capture_output=True, check=False)
    except OSError as error:
        raise NoRevision(f"git cannot be run: {error.strerror}") from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise NoRevision(said[-1] if said else silent or f"git {arguments[0]} failed")
    return done.stdout
