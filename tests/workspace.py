"""The folders in which workflows are played: this tree as it lies, clones of it, and the environment put into them."""

import filecmp
import shutil
import stat
import subprocess
import sysconfig
import venv
from pathlib import Path

import pytest

from pipeline import ROOT


def git(where: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", str(where), *words], check=True, capture_output=True, text=True).stdout.strip()


def commit(where: Path, says: str, by: str = "somebody") -> str:
    """Commits all that lies there, and gives the commit's name."""
    git(where, "add", "--all")
    who = ["-c", f"user.name={by}", "-c", f"user.email={by}@example.invalid"]
    git(where, *who, "commit", "--quiet", "--allow-empty", "--message", says)
    return git(where, "rev-parse", "HEAD")


def tree_into(folder: Path) -> None:
    """Every file of this tree that is or would be committed, as it lies now."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not in a git checkout")
    for name in sorted({*listed.stdout.split("\0")} - {""}):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def furnish(workspace: Path) -> None:
    """Puts the environment that runs the tests into a clone, sealed to the clone's folder as the Makefile wants it."""
    there = workspace / ".venv"
    venv.EnvBuilder(with_pip=False, symlinks=True).create(there)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(there), "platbase": str(there)}))
    (packages / "play.pth").write_text(f"{workspace}\n{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    for script in sorted(Path(sysconfig.get_path("scripts")).iterdir()):
        _take_over(script, there / "bin" / script.name, there / "bin" / "python")
    for seal in (".site", ".test"):
        (there / seal).touch()
    version = subprocess.run([there / "bin" / "python", "--version"], capture_output=True, text=True, check=True).stdout
    (there / ".whole").write_text(f"{workspace} {version}", encoding="utf-8")
    _take_compiled(workspace)
    for name in ("theme", "tests"):
        _take_modules(ROOT / name / "node_modules", workspace / name / "node_modules")


def _take_over(script: Path, target: Path, python: Path) -> None:
    if target.exists() or not script.is_file():
        return
    raw = script.read_bytes()
    if raw.startswith(b"#!") and b"python" in raw.split(b"\n", 1)[0]:
        target.write_bytes(b"#!" + bytes(python) + b"\n" + raw.split(b"\n", 1)[1])
        target.chmod(0o755)
    else:
        target.symlink_to(script)


def _take_compiled(workspace: Path) -> None:
    """What Python has made of a file here serves for the same file there, and no clone compiles it all anew."""
    for compiled in (ROOT / "pipeline").rglob("__pycache__/*.pyc"):
        source = compiled.parent.parent / f"{compiled.name.split('.')[0]}.py"
        target = workspace / source.relative_to(ROOT)
        if target.is_file() and source.is_file() and filecmp.cmp(source, target, shallow=False):
            shutil.copystat(source, target)
            (target.parent / "__pycache__").mkdir(exist_ok=True)
            shutil.copy2(compiled, target.parent / "__pycache__" / compiled.name)


def _take_modules(source: Path, target: Path) -> None:
    if not (source / ".whole").exists():
        return
    target.mkdir()
    for one in source.iterdir():
        if one.name != ".whole":
            (target / one.name).symlink_to(one)
    (target / ".whole").touch()


def executable(path: Path, text: str) -> None:
    """A small program on the path of the steps."""
    path.write_text(text, encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
