"""The house stands as its plan says: one direction of imports, one word per thing, nothing lies about."""

import ast
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

import pipeline
from pipeline import ROOT
from pipeline.record import AGENCIES, read_record, record_paths, record_to_yaml
from tests.tools import missing

ROOMS: dict[str, set[str]] = {
    "document": set(),
    "strict": set(),
    "forms": set(),
    "regions": set(),
    "pinyin": {"regions"},
    "claimed": {"forms"},
    "shape": {"claimed", "forms", "strict"},
    "record": {"claimed", "forms", "shape", "strict"},
    "refusals": {"checks", "document", "record", "shape", "strict_csv"},
    "retired": {"record", "shape", "strict_csv"},
    "dataset": {"known_reports", "record", "refusals", "released", "retired"},
    "readers": {"document"},
    "sections": {"document", "forms"},
    "evidence": {"document", "forms"},
    "sentences": {"evidence", "forms"},
    "signature": {"document", "evidence"},
    "frame": {"evidence", "regions"},
    "places": {"evidence", "forms", "frame", "regions"},
    "identity": {"document", "evidence", "frame", "places", "regions", "sentences", "shape", "signature"},
    "corrections": {"record", "shape"},
    "organs": {"document", "identity", "record", "regions"},
    "prose": {"document"},
    "convert": {
        "corrections",
        "document",
        "forms",
        "identity",
        "organs",
        "prose",
        "readers",
        "record",
        "regions",
        "review",
        "sections",
    },
    "limits": set(),
    "inputs": set(),
    "alone": set(),
    "known": set(),
    "turning": {"document", "readers"},
    "batch": {"alone", "convert", "document", "identity", "inputs", "known", "limits", "organs", "readers", "turning"},
    "review": {"document", "forms", "readers", "sections", "strict"},
    "showing": {"convert", "document", "forms", "sections"},
    "checks": {"forms", "record"},
    "indicators": {"checks", "record"},
    "tables": {"checks", "forms", "indicators", "record", "regions", "shape"},
    "descriptor": {"checks", "edition", "forms", "indicators", "shape", "tables"},
    "citation": {"descriptor", "edition"},
    "database": {"descriptor", "tables"},
    "package": {
        "database",
        "dataset",
        "descriptor",
        "downloads",
        "plain",
        "record",
        "regions",
        "seal",
        "tables",
        "validity",
    },
    "api": {"checks", "descriptor", "forms", "indicators", "package", "record", "regions", "shape", "tables"},
    "pages": {
        "api",
        "checks",
        "citation",
        "dataset",
        "descriptor",
        "edition",
        "forms",
        "identity",
        "indicators",
        "opened",
        "package",
        "pinyin",
        "plain",
        "quoting",
        "record",
        "refusals",
        "regions",
        "released",
        "retired",
        "seal",
        "shape",
        "tables",
        "workers",
    },
    "pelicanconf": {"edition"},
    "checking": {"checks", "dataset", "package", "record", "tables"},
    "engines": set(),
    "changes": {
        "checking",
        "checks",
        "correcting",
        "corrections",
        "dataset",
        "document",
        "explained",
        "forms",
        "quoting",
        "record",
        "regions",
        "shape",
        "strict",
        "tables",
    },
    "commands": {
        "absorbing",
        "arguments",
        "changes",
        "collect",
        "correcting",
        "edition",
        "filled",
        "identity",
        "intake",
        "pages",
        "quoting",
        "record",
        "releases",
        "replay",
        "replying",
        "revisions",
        "shape",
        "typed",
    },
    "derived": {"convert", "document", "identity", "record", "sections", "shape"},
    "fillable": set(),
    "revisions": set(),
    "absorbing": {"correcting", "corrections", "explained", "quoting", "record", "shape", "typed"},
    "collect": {
        "alone",
        "batch",
        "convert",
        "document",
        "forms",
        "identity",
        "known",
        "known_reports",
        "limits",
        "organs",
        "places",
        "readers",
        "record",
        "refusals",
        "regions",
    },
    "correcting": {"corrections", "quoting", "record", "shape", "strict", "typed"},
    "downloads": {
        "checks",
        "citation",
        "dataset",
        "derived",
        "descriptor",
        "document",
        "fillable",
        "forms",
        "plain",
        "record",
        "regions",
        "seal",
        "shape",
        "tables",
        "workers",
    },
    "edition": {"shape"},
    "explained": {"correcting", "corrections", "limits", "quoting", "record", "shape", "strict", "typed"},
    "filled": {"correcting", "corrections", "document", "fillable", "naming", "quoting", "record", "typed"},
    "intake": {"correcting", "corrections", "document", "naming", "quoting", "record", "shape", "typed"},
    "known_reports": {"record", "shape", "strict_csv"},
    "naming": {"document", "forms", "record", "shape", "typed"},
    "opened": {"shape"},
    "plain": set(),
    "quoting": {"corrections", "derived", "document", "identity", "record", "shape", "typed"},
    "released": {"edition", "record", "shape", "strict_csv"},
    "releases": {
        "changes",
        "checks",
        "corrections",
        "descriptor",
        "edition",
        "plain",
        "record",
        "regions",
        "released",
        "retired",
        "revisions",
        "seal",
        "shape",
        "tables",
    },
    "replay": {"corrections", "derived", "identity", "limits", "record", "shape", "typed"},
    "replying": {"checks", "correcting", "forms", "intake", "naming", "record", "shape", "typed"},
    "seal": set(),
    "strict_csv": {"document", "record"},
    "typed": {"document", "forms", "record", "shape"},
    "validity": {"descriptor", "plain", "seal", "tables"},
    "workers": set(),
    "site": {"checking", "checks", "dataset", "edition", "engines", "opened", "package", "pages", "record"},
    "arguments": {"record", "regions", "shape"},
    "cli": {
        "arguments",
        "batch",
        "checking",
        "commands",
        "convert",
        "corrections",
        "dataset",
        "explained",
        "identity",
        "inputs",
        "limits",
        "record",
        "review",
        "shape",
        "showing",
        "site",
    },
    "__main__": {"cli"},
    "__init__": set(),
}
"""Who may import whom; a room may always import itself and the package's own name and version."""

SOURCES = sorted((ROOT / "pipeline").rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(ROOT / "pipeline").parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """The rooms that a file imports, also inside functions and for types only."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("pipeline.")}
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "pipeline":
            rest = node.module.split(".")[1:]
            found |= {rest[0]} if rest else {alias.name for alias in node.names if alias.name.islower()}
    return found - {"ROOT", "__version__"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_only_what_the_plan_allows(path: Path) -> None:
    """Every import of ours goes in the direction of the line; a room that the plan does not name fails too."""
    room = room_of(path)
    assert room in ROOMS
    assert imports(path) - ROOMS[room] - {room} == set()


def test_the_plan_names_no_import_that_is_not_there() -> None:
    """A direction that nobody uses any more is taken out of the plan."""
    used = {room: set[str]() for room in ROOMS}
    for path in SOURCES:
        used[room_of(path)] |= imports(path)
    assert {room: allowed - used[room] for room, allowed in ROOMS.items() if allowed - used[room]} == {}


def test_nothing_imports_the_door() -> None:
    """Only the program's own start knows the command line."""
    assert [path.name for path in SOURCES if "cli" in imports(path)] == ["__main__.py"]


def test_only_the_door_prints_or_exits() -> None:
    """Behind the door and its own rooms, what has something to say returns it."""
    for path in [path for path in SOURCES if room_of(path) not in ("cli", "commands", "__main__")]:
        calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
        names = {node.func.id for node in calls if isinstance(node.func, ast.Name)}
        assert not names & {"print", "exit", "quit", "input"}, path


def test_the_line_is_told_the_same_everywhere() -> None:
    """The one sentence that carries the plan opens the package and stands in the README."""
    line = (pipeline.__doc__ or "").splitlines()[0].rstrip(".")
    assert line == "source document -> cells -> form -> record -> checks -> tables -> package -> site"
    assert line in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("heading", "module"),
    [
        ("二、主动公开", "section_2_proactive"),
        ("三、收到和处理", "section_3_requests"),
        ("四、政府信息", "section_4_disputes"),
    ],
)
def test_a_section_is_found_by_its_chinese_heading(heading: str, module: str) -> None:
    """One search for a section's heading has one hit: the docstring of its module."""
    hits = [path.stem for path in SOURCES if heading in path.read_text(encoding="utf-8")]
    assert hits == [module]


def test_modules_stay_small_enough_to_read() -> None:
    """No module of the pipeline grows past 350 lines."""
    assert [path.name for path in SOURCES if len(path.read_text(encoding="utf-8").splitlines()) > 350] == []


# the data that is kept here ------------------------------------------------------------------------------------------

RECORDS = record_paths(AGENCIES)


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_committed_record_is_canonical(path: Path) -> None:
    """Loading and writing a record gives the same bytes."""
    loaded = read_record(path)
    assert loaded.problems == []
    assert loaded.record is not None
    assert record_to_yaml(loaded.record) == loaded.text


def test_no_made_up_place_is_published() -> None:
    """Codes that begin with 99 are for tests."""
    assert not (AGENCIES / "99").exists()


def test_no_folder_holds_more_than_a_website_shows() -> None:
    """GitHub hides what a folder holds past a thousand entries; ours hold at most 900."""
    folders = [AGENCIES, *(path for path in AGENCIES.rglob("*") if path.is_dir())]
    assert max(sum(1 for _ in folder.iterdir()) for folder in folders) <= 900


def test_no_prose_of_a_report_is_kept() -> None:
    """What lies beside a record are cells, titles and dates: no line that holds sentences."""
    for path in AGENCIES.rglob("*.source.txt"):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert "\t" in line or line.count("。") == 0 or len(line) < 60, f"{path}: {line}"
            assert max(len(cell) for cell in line.split("\t")) <= 100, f"{path}: {line}"


# the tree ------------------------------------------------------------------------------------------------------------


def test_dependencies_are_named_alike_in_both_places() -> None:
    """`pyproject.toml` and `requirements/site.in` name the same packages, since the build cannot read one for the other."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = (ROOT / "requirements" / "site.in").read_text(encoding="utf-8").splitlines()
    names = {re.split(r"[<>=!~; #]", line)[0].lower() for line in pinned if line and not line.startswith(("#", "-"))}
    assert names >= {re.split(r"[<>=!~; ]", one)[0].lower() for one in project["dependencies"]}


def test_no_file_names_a_host_of_a_registry_or_a_path_of_a_machine() -> None:
    """What is committed builds anywhere: no registry's address, no folder of somebody's machine."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not in a git checkout")
    words = ["pypi" + ".org", "python" + "hosted", "registry.npm" + "js", "/ho" + "me/", "/wo" + "rk/", "/ro" + "ot/"]
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.is_file() and path.stat().st_size < 2_000_000:
            text = path.read_bytes().decode("utf-8", "replace")
            assert [word for word in words if word in text] == [], name


@pytest.mark.parametrize("command", ["site", "test", "check", "lint"])
def test_every_command_knows_how_to_make_what_it_needs(command: str, tmp_path: Path) -> None:
    """On a fresh machine nothing is there yet: each thing a command stands on has its rule in the Makefile."""
    if not shutil.which("make"):
        missing("make is not installed")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not in a git checkout")
    wanted = [name for name in listed.stdout.split("\0") if name.startswith(("Makefile", "pyproject", "requirements/"))]
    for name in [
        *wanted,
        "theme/package.json",
        "theme/package-lock.json",
        "tests/package.json",
        "tests/package-lock.json",
    ]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    plan = subprocess.run(["make", "-n", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (plan.returncode, plan.stderr) == (0, "")
