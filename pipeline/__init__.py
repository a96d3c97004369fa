"""source document -> cells -> form -> record -> checks -> tables -> package -> site.

A report enters as a file and leaves as a page. No step looks back, no step reaches over another, and the result of
every stage can be looked at (`gongkai show FILE`).
"""

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The checkout: `data/`, `theme/`, `content/` and `output/` lie here."""

try:
    __version__ = version("gongkai")
except PackageNotFoundError:  # a checkout that nobody has installed
    __version__ = "0+checkout"
