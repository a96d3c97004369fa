"""Everything that programs read rather than people: the API, feeds, linked data, and what crawlers look for."""

from collections.abc import Iterator

from pipeline.pages import crawlers, feeds, linked, service
from pipeline.pages.material import Material
from pipeline.pages.page import Task


def tasks(made: Material) -> Iterator[Task]:
    """All of it, in pieces."""
    for module in (service, feeds, linked, crawlers):
        yield from module.tasks(made)
