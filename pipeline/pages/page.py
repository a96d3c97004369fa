"""What the generator writes: pages, each in both languages, and files, which have none."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from pipeline.pages.material import Download


class Page(Protocol):
    """What every page has: the template that it is shown by, and the file of its Chinese version."""

    @property
    def template(self) -> str: ...

    @property
    def path(self) -> str: ...


@dataclass(frozen=True, slots=True)
class File:
    """A file that belongs to a page: its address on the site and its text."""

    address: str
    text: str


def offer(file: File) -> Download:
    """A file made with a page, as the page offers it."""
    return Download(file.address, len(file.text.encode()))


Task = Callable[[], Iterable[Page | File]]
"""Some pages and files, made when it is called: what one process writes at a stretch."""
