"""What the repository tells of releases: their tags, files at a commit, and what has not been committed."""

from pathlib import Path

from pipeline.revisions import NoRevision, commit_of, git

COMMITTED = ("data", "CITATION.cff", "pipeline")
"""What decides the bytes of a release: no part of it may differ from the commit."""


def tagged(tag: str, root: Path) -> str | None:
    """The commit that a tag stands at; None where the repository has no such tag. Raises NoRevision without git."""
    if not git(root, "tag", "--list", tag).strip():
        return None
    return commit_of(f"refs/tags/{tag}", root)


def commit_of_release(tag: str, root: Path) -> str:
    """The commit of a release that was cut. Raises NoRevision with what has to be fetched where it is not here."""
    found = tagged(tag, root)
    if found:
        return found
    if git(root, "rev-parse", "--is-shallow-repository").strip() == b"true":
        how = "this clone is shallow: run `git fetch --unshallow --tags`, or in a workflow check out with `fetch-depth: 0`"
    else:
        how = "run `git fetch --tags`, or name its commit with --since; where it was never cut, say --again"
    raise NoRevision(f"the last release has the tag {tag}, which is not in this repository: {how}")


def file_at(revision: str, name: str, root: Path) -> str | None:
    """The text of a file at a revision; None where it has none. Raises NoRevision."""
    commit = commit_of(revision, root)
    if not git(root, "ls-tree", "--name-only", commit, "--", name).strip():
        return None
    try:
        return git(root, "show", f"{commit}:./{name}").decode("utf-8")
    except UnicodeDecodeError as error:
        raise NoRevision(f"{name} at {revision} is no text in UTF-8") from error


def uncommitted(root: Path) -> list[str]:
    """The files that decide the bytes of a release and are not as the commit has them. Raises NoRevision."""
    said = git(root, "status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--", *COMMITTED)
    return sorted(one[3:] for one in said.decode("utf-8", "replace").split("\0") if one)
