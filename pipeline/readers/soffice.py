"""LibreOffice as a program: turns files of older word processors into .docx, many in one run, each run within bounds."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pipeline.document import UnreadableSource

SECONDS = 60
"""What one run may take, and as much again for each `FILES_A_SPAN` files beyond the first."""
FILES_A_SPAN = 20

_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
</item>
</oor:items>
"""
"""A profile of its own, in which a document runs nothing and fetches nothing."""


def program() -> str | None:
    """Where LibreOffice is installed, or None."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def to_docx(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Each file as .docx, by its name (`1.rtf`; suffix as the format wants); those that cannot be read are left out.

    Raises UnreadableSource where LibreOffice is not installed or takes too long.
    """
    found = program()
    if found is None:
        raise UnreadableSource("LibreOffice is needed to read such a file and is not installed; or save it as .docx")
    with tempfile.TemporaryDirectory(prefix="gongkai-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        for part in ("in", "out", "profile/user"):
            (folder / part).mkdir(parents=True)
        (folder / "profile/user/registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
        for file, data in files.items():
            (folder / "in" / file).write_bytes(data)
        _run(found, folder, sorted(files))
        made = {file: folder / "out" / f"{Path(file).stem}.docx" for file in files}
        return {file: path.read_bytes() for file, path in made.items() if path.is_file()}


def _run(found: str, folder: Path, files: list[str]) -> None:
    command = [found, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore"]
    command += ["--nolockcheck", "--convert-to", "docx:MS Word 2007 XML", "--outdir", str(folder / "out"), *files]
    seconds = SECONDS * (1 + len(files) // FILES_A_SPAN)
    try:
        process = subprocess.Popen(
            command, cwd=folder / "in", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    except OSError as error:
        raise UnreadableSource(f"LibreOffice cannot be started: {error.strerror}") from error
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired as error:
        raise UnreadableSource(f"LibreOffice took longer than {seconds} seconds to open the file") from error
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends the program and what it started: it is a script that starts the program proper."""
    if process.poll() is not None:
        return
    for pid in [*_below(process.pid), process.pid]:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    process.wait()


def _below(pid: int) -> list[int]:
    """The processes that a process started, and those that they started, where the system tells."""
    below: list[int] = []
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, tasks.read_text(encoding="ascii").split()):
                below += [*_below(child), child]
    return below
