"""Commands: fetch reports from the web."""

from pipeline.arguments import Commands


def add(commands: Commands) -> None:
    """Adds the commands of this room."""
