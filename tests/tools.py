"""The programs that some tests need: a browser and an office program, started the same way everywhere."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def missing(what: str, of_module: bool = False) -> None:
    """Skips the test, or all of its module, that misses something; fails it where tools are required."""
    if os.environ.get("GONGKAI_REQUIRE_TOOLS"):
        pytest.fail(f"{what}, and GONGKAI_REQUIRE_TOOLS is set")
    pytest.skip(what, allow_module_level=of_module)


def office(source: Path, suffix: str) -> Path:
    """The file that LibreOffice makes of a document, beside it, with that suffix."""
    program = shutil.which("soffice")
    if not program:
        missing("LibreOffice is not installed")
    profile = f"-env:UserInstallation={(source.parent / 'profile').as_uri()}"
    command = [
        str(program),
        profile,
        "--headless",
        "--norestore",
        "--convert-to",
        suffix,
        "--outdir",
        str(source.parent),
    ]
    subprocess.run([*command, str(source)], check=True, capture_output=True, timeout=180)
    return source.with_suffix(f".{suffix.partition(':')[0]}")


def print_to_pdf(page: Path) -> Path:
    """The PDF that Chromium prints of a web page, beside it."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not program:
        missing("Chromium is not installed")
    target = page.with_suffix(".pdf")
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--no-pdf-header-footer",
    ]
    profile = f"--user-data-dir={page.parent / 'browser'}"
    command = [str(program), *options, profile, f"--print-to-pdf={target}", page.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return target
