"""Commands: releases of the data."""

from pipeline.arguments import Commands


def add(commands: Commands) -> None:
    """Adds the commands of this room."""
