"""The data package of a release, made in a process of its own: nothing that this one has read or kept gets into it."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline import ROOT
from pipeline.edition import NAME
from pipeline.releases.planned import Unready
from pipeline.seal import seal

WHOLE = "gongkai.zip"
"""The whole dataset in one file, as the package has it."""


@contextmanager
def package_of(data: Path, citation: str) -> Iterator[Path]:
    """The folder `data` of the package that a folder of records gives under the version of a citation file's text.

    It is taken away in the end. Raises Unready with what the package says where it cannot be made.
    """
    with tempfile.TemporaryDirectory(prefix="gongkai-") as name:
        home, out = Path(name, "home"), Path(name, "out")
        home.mkdir()
        (home / NAME).write_text(citation, encoding="utf-8", newline="\n")
        (home / "data").symlink_to(data.resolve(), target_is_directory=True)
        command = [sys.executable, "-m", "pipeline", "package", "--out", str(out)]
        environment = os.environ | {"GONGKAI_DATA": str(home / "data")}
        made = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if made.returncode:
            raise Unready("the package cannot be made:", *(made.stderr or made.stdout).splitlines())
        if not (out / "data" / WHOLE).is_file():
            raise Unready(f"the package has no {WHOLE}")
        yield out / "data"


def checksum(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    return str(seal(path)["hash"]).removeprefix("sha256:")
