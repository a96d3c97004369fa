"""Commands: correct a figure, and what is done with corrections."""

from pipeline.arguments import Commands


def add(commands: Commands) -> None:
    """Adds the commands of this room."""
