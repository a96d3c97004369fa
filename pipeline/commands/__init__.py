"""The rooms behind the door: commands that need more than a few lines, and the one voice in which all commands speak.

Each room adds its commands to the command line by `add`, and nothing but these rooms and the door prints.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from pipeline.shape import Problem

OK, REFUSED, MISUSE, INTERRUPTED = 0, 1, 2, 130
"""The exit statuses: done; something is refused or wrong; misuse; interrupted."""


def say(line: str, stream: TextIO | None = None) -> None:
    """One line, also where the name of a file holds a line break or a command to the terminal."""
    print("".join(c if c.isprintable() or c in "\t\u3000" else _escaped(c) for c in line), file=stream or sys.stderr)


def _escaped(character: str) -> str:
    return repr(character)[1:-1]


def misuse(says: str, status: int = MISUSE) -> int:
    """Says what was asked in a wrong way, and gives the exit status."""
    say(f"gongkai: {says}")
    return status


def sentence(file: Path, where: str, says: str, code: str) -> str:
    """What is wrong, in the one form that every command uses."""
    return f"{file}: {where}: {says} ({code})" if where else f"{file}: {says} ({code})"


def annotation(problem: Problem) -> str:
    """The same sentence as an annotation on the line, in the way of GitHub Actions."""
    kind = {"error": "error", "finding": "warning"}.get(problem.severity, "notice")
    says = str(problem).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::{kind} file={problem.path},line={problem.line}::{says}"


def near(path: Path) -> Path:
    """A path as seen from where the person stands, where it lies below."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def now() -> str:
    """This moment, in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def today() -> str:
    """This day, as an entry is dated."""
    return now()[:10]
