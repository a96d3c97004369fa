"""Releases of the data: which version comes next and why, what stands in its notes, and the files that are offered."""
