"""Two states of the data -> what changed between them, and how that is told."""
