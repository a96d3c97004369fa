"""Real reports with the figures that a reader found in them, where they lie beside the checkout."""

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import ROOT
from pipeline.record import AGENCIES, read_record, record_paths

SHARED = ROOT.parent / "shared"


@pytest.mark.skipif(not (SHARED / "accept.py").exists(), reason="the real reports are not beside this checkout")
def test_real_reports_in_text_are_read_right_and_other_pages_refused() -> None:
    """Every figure of the text reports is right, none is silently wrong, and every other page is refused."""
    command = Path(sys.executable).with_name("gongkai")
    ran = subprocess.run(
        [sys.executable, str(SHARED / "accept.py"), str(command), ".txt"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.skipif(not (SHARED / "reports").exists(), reason="the real reports are not beside this checkout")
def test_the_committed_records_are_those_of_the_real_reports() -> None:
    """Each of the five real reports has its record here, told by its hash."""
    import hashlib

    wanted = {hashlib.sha256(path.read_bytes()).hexdigest() for path in (SHARED / "reports").glob("*.txt")}
    records = [read_record(path).record for path in record_paths(AGENCIES)]
    assert wanted <= {record.source.sha256 for record in records if record}
