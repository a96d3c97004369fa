"""What tells one file from another: its size and its checksum, as a descriptor writes them."""

import hashlib
from pathlib import Path
from typing import Any


def seal(path: Path) -> dict[str, Any]:
    """The bytes and the SHA-256 of a file. Raises OSError where it cannot be read."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "hash": f"sha256:{digest}"}
