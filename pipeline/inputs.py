"""Which files there are to read: those that are named, and below a folder those that could hold a report."""

import os
import re
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

READABLE = frozenset(
    (
        *("txt", "text", "md", "csv", "tsv", "doc", "docx", "docm", "dot", "dotx", "wps", "wpt", "rtf", "odt"),
        *("htm", "html", "xhtml", "shtml", "mht", "mhtml", "eml", "php", "asp", "aspx", "jsp", "do"),
        *("pdf", "ofd", "png", "jpg", "jpeg", "tif", "tiff", "bmp", "xls", "xlsx", "xlsm", "xlsb", "et"),
        *("zip", "rar", "7z", "gz", "tgz"),
    )
)
"""The endings under which reports are found; within a folder a file of another ending is passed over."""

_ENDING = re.compile(r"\.([a-z][a-z0-9]{0,7}|7z)(?:\?.*)?", re.ASCII | re.DOTALL)
"""`2.示例县年报` has no ending, and a page fetched by its address may keep the question behind it: `show.php?id=1`."""

_OF_A_PAGE = ("_files", ".files", "_文件")
"""A page that a browser saved has its images and scripts in a folder of the page's name with one of these behind."""


@dataclass(slots=True)
class Inputs:
    """The files to read, in order and each once; what was passed over, and why; folders that cannot be looked into."""

    files: list[Path] = field(default_factory=list)
    skipped: list[tuple[Path, str]] = field(default_factory=list)
    closed: list[tuple[Path, str]] = field(default_factory=list)

    def passed_over(self) -> list[tuple[str, int]]:
        """How many files were passed over for which reason, the most frequent first."""
        counts = Counter(why for _, why in self.skipped)
        return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def gather(named: Sequence[Path], out: Path) -> Inputs:
    """The files that are named, as they are, and those below each folder, sorted; nothing below `out` but by name."""
    found = Inputs()
    seen: set[tuple[int, int]] = set()
    for path in named:
        for one in sorted(_below(path, _identity(out), found)) if is_folder(path) else [path]:
            identity = _identity(one)
            if identity and identity in seen:
                found.skipped.append((one, "the same file once more"))
                continue
            found.files.append(one)
            if identity:
                seen.add(identity)
    return found


def is_folder(path: Path) -> bool:
    """Whether a folder is there; what cannot be looked at is none, and reading it says why."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        told = path.stat()
    except (OSError, ValueError):
        return None
    return told.st_dev, told.st_ino


def _below(root: Path, out: tuple[int, int] | None, found: Inputs) -> Iterator[Path]:
    def closed(error: OSError) -> None:
        found.closed.append((Path(error.filename), error.strerror or "it cannot be looked into"))

    for name, folders, files in os.walk(root, onerror=closed):
        folder = Path(name)
        if folder != root and _identity(folder) == out:
            folders.clear()
            continue
        folders[:] = [one for one in sorted(folders) if _is_entered(folder / one, files, found)]
        for one in sorted(files):
            why = _why_not(folder / one)
            if why:
                found.skipped.append((folder / one, why))
            else:
                yield folder / one


def _is_entered(folder: Path, beside: Sequence[str], found: Inputs) -> bool:
    why = None
    if folder.name.startswith("."):
        why = "a hidden folder"
    elif folder.is_symlink():
        why = "a link to a folder"
    elif _belongs_to_a_page(folder.name, beside):
        why = "the folder of a saved page"
    if why:
        found.skipped.append((folder, why))
    return not why


def _belongs_to_a_page(name: str, beside: Sequence[str]) -> bool:
    page = next((name.removesuffix(end) for end in _OF_A_PAGE if name.endswith(end)), None)
    return bool(page) and any(one in (f"{page}.html", f"{page}.htm") for one in beside)


def _why_not(path: Path) -> str | None:
    if path.name.startswith((".", "~$")):
        return "a hidden file"
    if path.name.endswith(".source.txt"):
        return "the cells beside a record"
    ending = _ENDING.fullmatch(path.suffix.lower())
    if ending and ending[1] not in READABLE:
        return f"a .{ending[1]} file"
    try:
        regular = stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return None  # a link to nowhere, or a file that may not be looked at: reading it says so
    return None if regular else "no regular file"
