"""Releases: which version comes next and why, what the notes and the table of changes tell, the same bytes twice."""

import contextlib
import copy
import csv
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
import pytest
from lxml import html

from pipeline import ROOT
from pipeline.citation import read_citation
from pipeline.cli import main
from pipeline.descriptor import descriptor_text, schema
from pipeline.edition import Edition, edition_of, read_edition, with_edition
from pipeline.pages.addresses import Site
from pipeline.pages.language import LANGUAGES, Language
from pipeline.pages.releases import Released, released
from pipeline.record import Record, agency_folder, record_path, write_text
from pipeline.released import COLUMNS, Release, read_releases, releases_text
from pipeline.releases import prepared, rows
from pipeline.releases.assets import SUMS
from pipeline.releases.assets import build as build_files
from pipeline.releases.notes import notes_of
from pipeline.releases.planned import Plan, Unready, Wish, plan
from pipeline.releases.structure import differences
from pipeline.releases.version import Reason, Step, next_version
from pipeline.revisions import NoRevision
from tests.made import ID, agency, dataset, different, put, record
from tests.tools import missing

DAY = "2026-03-02"
OTHER = "999902-czj"
CITATION = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
ENTRY = {
    "field": "requests.granted.natural", "kind": "misread", "now": 12,
    "evidence": "予以公开\t12", "reason": "只读到第一位", "by": "github:someone", "date": "2026-03-01",
}  # fmt: skip


class Repository:
    """A real repository with made-up data; a release in it is a commit with a tag and a row in the list."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.data = root / "data"
        root.mkdir()
        self.git("init", "-q", "-b", "main")
        self.hold(record(fill=different()))
        self.write("CITATION.cff", with_edition(CITATION, Edition("0.1.0", "2026-01-01")))
        self.write("data/releases.csv", releases_text([]))
        self.write("data/datapackage.json", descriptor_text(schema()))
        self.commit("the first data")

    def git(self, *arguments: str) -> str:
        who = ("-c", "user.name=someone", "-c", "user.email=someone@example.org", "-c", "commit.gpgsign=false")
        command = ["git", "-C", str(self.root), *who, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def write(self, name: str, text: str) -> None:
        write_text(self.root / name, text)

    def hold(self, *records: Record, **organ: Any) -> None:
        """Puts reports below data/, each with its organ."""
        bearers = [agency(agency_id=one.agency_id, name=one.agency_name, **organ) for one in records]
        assert dataset(self.data, records, bearers).problems == []

    def drop(self, agency_id: str) -> None:
        shutil.rmtree(agency_folder(self.data / "agencies", agency_id))

    def commit(self, message: str) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)

    def cut(self, version: str, date: str = "2026-01-01", described: Any = None) -> None:
        """A release as it stands in the repository once it was prepared, merged and tagged."""
        before, problems = read_releases(self.data / "releases.csv")
        assert problems == []
        row = Release(version, date, f"v{version}", "ab" * 32, "1", "1")
        self.write("data/releases.csv", releases_text([*before, row]))
        self.write("CITATION.cff", with_edition(CITATION, row.edition))
        self.write("data/datapackage.json", descriptor_text(described or schema(row.edition)))
        self.commit(f"release {version}")
        self.git("tag", f"v{version}")

    def plan(self, date: str = DAY, **wished: Any) -> Plan:
        return plan(self.root, Wish(date, **wished))

    def gongkai(self, *arguments: object, umask: int = -1, **environment: str) -> subprocess.CompletedProcess[str]:
        given = os.environ | {"GONGKAI_DATA": str(self.data)} | environment
        command = [sys.executable, "-m", "pipeline", "release", *map(str, arguments)]
        return subprocess.run(command, cwd=ROOT, env=given, umask=umask, capture_output=True, text=True, check=False)

    def files(self) -> dict[str, bytes]:
        """Everything that lies there, the repository's own folder apart."""
        paths = [path for path in self.root.rglob("*") if path.is_file() and ".git" not in path.parts]
        return {str(path.relative_to(self.root)): path.read_bytes() for path in paths}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    if not shutil.which("git"):
        missing("git is not installed")
    return Repository(tmp_path / "repository")


def corrected() -> Record:
    """The report that every repository begins with, one figure of it corrected."""
    made = put(record(fill=different()), requests__granted__natural=12)
    made.corrections = [ENTRY | {"was": record(fill=different()).figures()["requests.granted.natural"]}]
    return made


def budget_office(year: int = 2023, **changes: Any) -> Record:
    """A report of another organ."""
    return record(fill=different(500), year=year, agency_id=OTHER, agency_name="示例市财政局", **changes)


def why(planned: Plan) -> list[tuple[str, str]]:
    return [(one.step.name, one.words_en) for one in planned.told.reasons]


def version(planned: Plan) -> str:
    return planned.told.edition.version


def changed(planned: Plan) -> list[dict[str, str]]:
    """The table of changes, read back, empty cells left out."""
    text = rows.changes_text(planned.told.changes)
    return [{key: cell for key, cell in row.items() if cell} for row in csv.DictReader(io.StringIO(text))]


# which version -------------------------------------------------------------------------------------------------------


def test_the_first_release_has_the_version_that_the_citation_names(repository: Repository) -> None:
    """Where nothing was released before, nothing is compared and no number goes up."""
    planned = repository.plan()
    assert (version(planned), planned.before, planned.told.since, why(planned)) == ("0.1.0", [], None, [])


def test_a_report_that_is_added_raises_the_second_number(repository: Repository) -> None:
    """Reports and organs are added data."""
    repository.cut("0.1.3")
    repository.hold(budget_office())
    planned = repository.plan()
    assert version(planned) == "0.2.0"
    assert why(planned) == [("MINOR", "1 organ is added"), ("MINOR", "1 report is added")]
    assert [one.version for one in planned.before] == ["0.1.3"]


def test_a_known_report_that_is_added_raises_the_second_number(repository: Repository) -> None:
    """What is known to exist is published too."""
    repository.cut("0.1.3")
    dataset(repository.data, [], known="示例镇人民政府,,2023,https://example.org/z,,known\n")
    planned = repository.plan()
    assert (version(planned), why(planned)) == ("0.2.0", [("MINOR", "1 row more in coverage")])


def test_a_correction_raises_the_third_number(repository: Repository) -> None:
    """A corrected figure is told with the correction that says why, and the correction itself is told."""
    repository.cut("1.4.0")
    repository.hold(corrected())
    planned = repository.plan()
    assert (version(planned), why(planned)) == ("1.4.1", [("PATCH", "1 correction is entered")])
    was = str(record(fill=different()).figures()["requests.granted.natural"])
    told = {"reason": "只读到第一位", "by": "github:someone", "date": "2026-03-01", "before": was, "after": "12"}
    about = {"report_id": f"{ID}-2023", "field": "requests.granted.natural", **told}
    assert changed(planned) == [
        {
            "table": "figures",
            "key": f"{ID}-2023 requests.granted.natural",
            "column": "value",
            "change": "changed",
            **about,
        },
        {"table": "corrections", "key": f"{ID}-2023 1", "change": "added", **about},
    ]


def test_a_column_that_is_added_raises_the_first_number(repository: Repository) -> None:
    """Whoever reads columns by their place has to look again; 0.x is no exception."""
    older = schema()
    dropped = older["resources"][1]["schema"]["fields"].pop()["name"]
    repository.cut("0.4.2", described=older)
    repository.hold(budget_office())
    planned = repository.plan()
    assert version(planned) == "1.0.0"
    assert why(planned)[0] == ("MAJOR", f"reports has a new column {dropped}")


def test_an_organ_that_goes_raises_the_first_number(repository: Repository) -> None:
    """Other tables, and other people's, refer to it; why it went stands in the list of retired ids."""
    repository.hold(budget_office())
    repository.cut("0.4.2")
    repository.drop(OTHER)
    repository.write("data/retired.csv", f"id,reason,successor,date\n{OTHER},两个机关合并,{ID},2026-02-20\n")
    planned = repository.plan()
    assert version(planned) == "1.0.0"
    assert why(planned)[:2] == [("MAJOR", "1 organ is no longer held"), ("MAJOR", "1 report is no longer held")]
    assert changed(planned)[0] == {
        "table": "agencies",
        "key": OTHER,
        "change": "removed",
        "reason": f"两个机关合并 -> {ID}",
        "date": "2026-02-20",
    }
    assert {"table": "reports", "key": f"{OTHER}-2023", "report_id": f"{OTHER}-2023", "change": "removed"} in (
        changed(planned)
    )


def test_nothing_is_released_where_nothing_changed(repository: Repository) -> None:
    """No version without a reason; the sentence names the last one."""
    repository.cut("0.1.0")
    with pytest.raises(Unready, match=r"nothing in the data has changed since 0\.1\.0"):
        repository.plan()


def test_words_of_a_report_that_change_are_a_reason(repository: Repository) -> None:
    """A fact, the way a figure is printed, the name of an organ: each gives a version and a row."""
    repository.cut("0.1.0")
    made = record(fill=different(), published="2024-02-03")
    made.as_written = {"requests.granted.natural": "２"}
    repository.hold(made, former_names=["示例县卫生局"], sector="other")
    planned = repository.plan()
    assert version(planned) == "0.1.1"
    assert {(one["table"], one["column"], one.get("before"), one["after"]) for one in changed(planned)} == {
        ("agencies", "sector", "health", "other"),
        ("reports", "published", "2024-01-15", "2024-02-03"),
        ("figures", "as_written", None, "２"),
    }


def test_a_figure_that_appears_or_goes_is_told_from_one_that_is_empty(repository: Repository) -> None:
    """An empty cell is a changed value; a cell that the report does not have came or went."""
    one = record(fill=different(), single=True)
    repository.hold(put(one, requests__granted__natural=None))
    repository.cut("0.1.0")
    repository.hold(record(fill=different()))
    by_field = {one["field"]: one for one in changed(repository.plan()) if one["table"] == "figures"}
    assert by_field["requests.granted.natural"]["change"] == "changed"
    assert "before" not in by_field["requests.granted.natural"]
    assert by_field["requests.other_total.natural"]["change"] == "removed"
    assert by_field["requests.other_fee_not_paid_in_time.natural"]["change"] == "added"


def test_a_person_may_choose_a_higher_version_and_no_lower_one(repository: Repository) -> None:
    """1.0.0 is a promise that a person gives; an addition is never passed off as a correction."""
    repository.cut("0.1.0")
    repository.hold(budget_office())
    planned = repository.plan(version="1.0.0")
    assert version(planned) == "1.0.0"
    assert "0.1.0 → 1.0.0。版本号由人选定。" in notes_of(planned.told)
    with pytest.raises(Unready, match=r"0\.1\.1 is too low: what has changed since 0\.1\.0 asks for 0\.2\.0"):
        repository.plan(version="0.1.1")
    with pytest.raises(Unready, match=r"0\.1\.0 does not come after 0\.1\.0"):
        repository.plan(version="0.1.0")


def test_a_version_is_released_once_and_days_go_on(repository: Repository) -> None:
    """A tag that is there is not used again, and no release lies before the one it follows."""
    repository.cut("0.1.0", "2026-02-01")
    repository.hold(budget_office())
    with pytest.raises(Unready, match="released on 2026-02-01, later than 2026-01-31"):
        repository.plan("2026-01-31")
    repository.git("tag", "v0.2.0")
    with pytest.raises(Unready, match=r"the tag v0\.2\.0 is there already"):
        repository.plan()


def test_data_with_an_error_are_not_released(repository: Repository) -> None:
    """Every error is said with the file as the repository names it."""
    path = record_path(Path("data/agencies"), record())
    (repository.root / path).write_text("report_id: [\n", encoding="utf-8")
    with pytest.raises(Unready) as stop:
        repository.plan()
    assert [said.partition(":")[0] for said in stop.value.says] == [str(path)]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([Step.PATCH], "1.4.8"),
        ([Step.PATCH, Step.MINOR, Step.PATCH], "1.5.0"),
        ([Step.MAJOR, Step.MINOR], "2.0.0"),
        ([], None),
    ],
)
def test_the_gravest_reason_decides(steps: list[Step], expected: str | None) -> None:
    """One number goes up, and those behind it begin again."""
    assert next_version("1.4.7", [Reason(step, "", "") for step in steps]) == expected


# what differs in the schema ------------------------------------------------------------------------------------------


def _table(described: Any, name: str = "reports") -> Any:
    return next(one for one in described["resources"] if one["name"] == name)


def _field(described: Any, table: str, name: str) -> Any:
    return next(one for one in _table(described, table)["schema"]["fields"] if one["name"] == name)


def _renamed(described: Any) -> None:
    _field(described, "reports", "year")["name"] = "period"


def _reordered(described: Any) -> None:
    _table(described)["schema"]["fields"].reverse()


def _of_other_type(described: Any) -> None:
    _field(described, "reports", "year")["type"] = "integer"


def _must_be_there(described: Any) -> None:
    _field(described, "reports", "published").setdefault("constraints", {})["required"] = True


def _may_be_less(described: Any) -> None:
    _field(described, "reports", "findings")["constraints"]["minimum"] = -1


def _must_be_more(described: Any) -> None:
    _field(described, "reports", "findings")["constraints"]["minimum"] = 1


def _may_be_more(described: Any) -> None:
    field = _field(described, "coverage", "status")
    field["constraints"]["enum"] = [*field["constraints"]["enum"], "lost"]
    field["categories"] = [*field["categories"], {"value": "lost", "label": "遗失 lost"}]


def _may_be_fewer(described: Any) -> None:
    field = _field(described, "coverage", "status")
    field["constraints"]["enum"], field["categories"] = field["constraints"]["enum"][1:], field["categories"][1:]


def _other_key(described: Any) -> None:
    _table(described, "figures")["schema"]["primaryKey"] = ["field", "report_id"]


def _refers_more(described: Any) -> None:
    reference = {"resource": "agencies", "fields": ["name"]}
    _table(described)["schema"]["foreignKeys"].append({"fields": ["agency_name"], "reference": reference})


def _refers_elsewhere(described: Any) -> None:
    _table(described)["schema"]["foreignKeys"][0]["reference"]["resource"] = "coverage"


def _refers_less(described: Any) -> None:
    del _table(described)["schema"]["foreignKeys"]


def _without_a_table(described: Any) -> None:
    described["resources"].remove(_table(described, "coverage"))


def _with_another_table(described: Any) -> None:
    described["resources"].append(_table(described, "coverage") | {"name": "places", "path": "places.csv"})


def _written_otherwise(described: Any) -> None:
    _table(described)["dialect"]["delimiter"] = ";"


def _of_another_name(described: Any) -> None:
    described["name"] = "open"


def _told_otherwise(described: Any) -> None:
    _field(described, "reports", "year")["description"] = "另一种说明"


def _labelled_otherwise(described: Any) -> None:
    _field(described, "coverage", "status")["categories"][0]["label"] = "收了 got"


def _under_another_licence(described: Any) -> None:
    described["licenses"] = [{"name": "CC-BY-4.0"}]


def _elsewhere(described: Any) -> None:
    _table(described)["path"] = "tables/reports.csv"


@pytest.mark.parametrize(
    ("change", "step"),
    [
        *((one, Step.MAJOR) for one in (_renamed, _reordered, _of_other_type, _must_be_there, _must_be_more)),
        *((one, Step.MAJOR) for one in (_may_be_fewer, _other_key, _refers_more, _without_a_table)),
        *((one, Step.MAJOR) for one in (_written_otherwise, _of_another_name)),
        *((one, Step.MINOR) for one in (_may_be_less, _may_be_more, _with_another_table)),
        *((one, Step.MINOR) for one in (_refers_elsewhere, _refers_less)),
        *((one, Step.PATCH) for one in (_told_otherwise, _labelled_otherwise, _under_another_licence, _elsewhere)),
    ],
)
def test_each_change_of_the_schema_raises_the_number_of_the_recipe(change: Callable[[Any], None], step: Step) -> None:
    """What breaks a reader is the first number, what adds the second, what only says otherwise the third."""
    before = json.loads(descriptor_text(schema()))
    after = copy.deepcopy(before)
    change(after)
    found = differences(before, after)
    assert [one.step for one in found][:1] == [step]
    assert all(one.words and one.words_en for one in found)


def test_the_same_schema_is_no_difference() -> None:
    """Neither the version itself nor sizes, rows and checksums of the files ask for another version."""
    before = json.loads(descriptor_text(schema()))
    after = copy.deepcopy(before) | {"version": "9.9.9", "created": "2030-01-01T00:00:00Z"}
    for one in after["resources"]:
        one |= {"bytes": 12, "hash": "sha256:00", "rows": 3}
    assert differences(before, after) == []


# what the repository lacks -------------------------------------------------------------------------------------------


def test_a_shallow_clone_is_told_what_to_fetch(repository: Repository, tmp_path: Path) -> None:
    """Without the last release nothing can be compared, and the sentence is the command to run."""
    repository.cut("0.1.0")
    repository.hold(budget_office())
    repository.commit("more")
    shutil.copytree(repository.root, tmp_path / "origin")
    clone = tmp_path / "clone"
    command = ["git", "clone", "-q", "--depth", "1", "--no-tags", (tmp_path / "origin").as_uri(), str(clone)]
    subprocess.run(command, check=True, capture_output=True)
    with pytest.raises(NoRevision, match=r"tag v0\.1\.0, .* run `git fetch --unshallow --tags`"):
        plan(clone, Wish(DAY))
    fetch = ["git", "-C", str(clone), "fetch", "-q", "--unshallow", "--tags"]
    subprocess.run(fetch, check=True, capture_output=True)
    assert version(plan(clone, Wish(DAY))) == "0.2.0"


def test_a_missing_tag_is_told_and_another_revision_can_be_named(repository: Repository) -> None:
    """A release whose tag is not here is fetched, or named by its commit."""
    repository.cut("0.1.0")
    commit = repository.git("rev-parse", "HEAD").strip()
    repository.git("tag", "-d", "v0.1.0")
    repository.hold(budget_office())
    with pytest.raises(NoRevision, match=r"tag v0\.1\.0, .* run `git fetch --tags`, or name its commit with --since"):
        repository.plan()
    assert version(repository.plan(since=commit)) == "0.2.0"
    with pytest.raises(NoRevision, match="no-such-thing"):
        repository.plan(since="no-such-thing")


def test_a_release_that_was_never_cut_is_prepared_again(repository: Repository) -> None:
    """When a person says so, its row goes; one that was cut stays and stops it."""
    repository.cut("0.1.0")
    repository.hold(budget_office())
    repository.cut("0.2.0")
    for wished in ({"again": True}, {"since": "v0.1.0"}):
        with pytest.raises(Unready, match=r"v0\.2\.0 was cut: the next release follows it"):
            repository.plan(**wished)
    repository.git("tag", "-d", "v0.2.0")
    for wished in ({"again": True}, {"since": "v0.1.0"}):
        planned = repository.plan(**wished)
        assert (version(planned), planned.dropped) == ("0.2.0", ["0.2.0"])
        assert [one.version for one in planned.before] == ["0.1.0"]
    repository.git("tag", "-d", "v0.1.0")
    with pytest.raises(NoRevision, match=r"the tag v0\.1\.0, .* where it was never cut, say --again"):
        repository.plan(again=True)


def test_a_first_release_that_was_never_cut_is_prepared_again(repository: Repository) -> None:
    """Also the first one can be overtaken by other data before it is cut."""
    repository.cut("0.1.0")
    repository.git("tag", "-d", "v0.1.0")
    planned = repository.plan(again=True)
    assert (version(planned), planned.before, planned.dropped, planned.told.since) == ("0.1.0", [], ["0.1.0"], None)


def test_what_was_prepared_and_not_committed_is_prepared_anew(repository: Repository) -> None:
    """Preparing twice gives one release."""
    repository.cut("0.1.0")
    repository.hold(budget_office())
    ahead = [Release(one, DAY, f"v{one}", "cd" * 32, "2", "2") for one in ("0.1.0", "0.2.0")]
    repository.write("data/releases.csv", releases_text(ahead))
    assert [one.version for one in repository.plan().before] == ["0.1.0"]


def test_outside_a_repository_the_command_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No traceback where git knows nothing of the folder."""
    dataset(tmp_path / "data", [record()])
    monkeypatch.setenv("GONGKAI_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    for step in ("prepare", "build"):
        assert main(["release", step]) == 1
        said = capsys.readouterr()
        assert (said.out, said.err.count("\n")) == ("", 1)
        assert "not a git repository" in said.err


@pytest.mark.parametrize("path", ["data/agencies/99/note.txt", "CITATION.cff", "pipeline/x.py"])
def test_a_release_is_built_from_a_commit_only(repository: Repository, tmp_path: Path, path: str) -> None:
    """What is not committed is named, and nothing is written."""
    repository.cut("0.1.0")
    (repository.root / path).parent.mkdir(exist_ok=True, parents=True)
    with (repository.root / path).open("a", encoding="utf-8") as file:
        file.write("# later\n")
    with pytest.raises(Unready, match=f"{path}: it is not as the last commit has it"):
        build_files(repository.root, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_was_not_prepared_is_not_built(repository: Repository, tmp_path: Path) -> None:
    """The list of releases has to end with the version that the citation names."""
    with pytest.raises(Unready, match=r"its last row is not 0\.1\.0 of 2026-01-01"):
        build_files(repository.root, tmp_path / "out")


def test_a_folder_with_other_files_is_left_alone(repository: Repository, tmp_path: Path) -> None:
    """Only files of an earlier build are replaced."""
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(Unready, match="holds other files than those of a release"):
        build_files(repository.root, tmp_path)
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "mine"


# notes ---------------------------------------------------------------------------------------------------------------


def test_the_notes_tell_what_the_data_tell(repository: Repository) -> None:
    """Version and why, what came, what was corrected, and the coverage by province before and after."""
    repository.cut("0.1.0")
    repository.hold(corrected(), budget_office(), budget_office(2022))
    notes = notes_of(repository.plan().told)
    assert "0.1.0 → 0.2.0。第二位加一：有新增的数据。 MINOR: data are added." in notes
    assert f"| {OTHER}-2022 | 示例市财政局 2022 |" in notes
    assert "| 读错 | misread | 1 |" in notes
    assert f"| {ID}-2023 `requests.granted.natural` |" in notes
    assert "| 1 → 3 | 0 |" in notes
    assert "`changes-0.1.0-0.2.0.csv`" in notes
    assert "不再收录" not in notes
    assert "表的结构" not in notes
    assert notes.index("数据") < notes.index("version")


def test_words_of_people_are_no_markup_in_the_notes(repository: Repository) -> None:
    """Names and reasons come from documents and from anybody who corrects a figure."""
    repository.cut("0.1.0")
    hostile = "<script>|`x`|[a](b) ![c](d) @all"
    made = corrected()
    made.corrections[0]["reason"] = hostile
    repository.hold(made, record(agency_id=OTHER, agency_name=hostile))
    notes = notes_of(repository.plan().told)
    assert "<script>" not in notes
    assert "@all" not in notes
    assert "\\[a\\](b)" in notes
    for line in (line for line in notes.splitlines() if "&lt;script" in line):
        assert line.replace("\\|", "").count("|") in (3, 5)


def test_a_long_list_in_the_notes_is_cut_and_says_where_the_rest_is(repository: Repository) -> None:
    """GitHub takes no notes without end; the table of changes has every row."""
    repository.cut("0.1.0")
    repository.hold(record())
    planned = repository.plan()
    assert len(changed(planned)) > 100
    notes = notes_of(planned.told)
    assert f"另有{len(changed(planned)) - 40}行，全部见`changes-0.1.0-0.1.1.csv`" in notes
    assert len(notes.splitlines()) < 120


# the version in one place --------------------------------------------------------------------------------------------


def test_the_version_of_the_data_stands_in_the_citation_file_alone() -> None:
    """Descriptor, words of the citation and the committed schema take it from there."""
    edition = read_edition(ROOT / "CITATION.cff")
    committed = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))
    assert {schema()["version"], committed["version"], read_citation().version} == {edition.version}
    assert {schema()["created"], committed["created"]} == {f"{edition.date}T00:00:00Z"}
    assert f"{edition.version}版" in read_citation().words()


def test_the_committed_list_of_releases_is_sound() -> None:
    """Its rows are in order, and the last one is the version that the citation names."""
    releases, problems = read_releases(ROOT / "data" / "releases.csv")
    assert problems == []
    assert [one.edition for one in releases[-1:]] in ([], [read_edition(ROOT / "CITATION.cff")])


def test_another_version_changes_two_lines_of_the_citation_file() -> None:
    """Comments, quotes and order stay as a person wrote them."""
    text = CITATION.replace("\nlicense:", "\nlicense: # of the data\n ").replace("\nversion: ", "\nversion:   ")
    made = with_edition(text, Edition("12.0.3", "2027-01-31"))
    different = [(one, other) for one, other in zip(text.splitlines(), made.splitlines(), strict=True) if one != other]
    assert [new for _, new in different] == ["version: 12.0.3", 'date-released: "2027-01-31"']
    assert edition_of(made) == Edition("12.0.3", "2027-01-31")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("version: 1.0\ndate-released: '2026-01-01'\n", "is no version"),
        ("version: 01.0.0\ndate-released: '2026-01-01'\n", "is no version"),
        ("version: 1.0.0\ndate-released: '2026-02-30'\n", "is no day"),
        ("version: 1.0.0\ndate-released: 2026-01-01\n", "is no day in quotes"),
        ("- version: 1.0.0\n", "is no version"),
        ("version: [\n", "this is no YAML"),
    ],
)
def test_a_citation_file_without_a_version_is_told(text: str, says: str) -> None:
    """The sentence names the line; no traceback, no guess."""
    with pytest.raises(ValueError, match=says):
        edition_of(text)


@pytest.mark.parametrize("text", ["title: x\n", CITATION + "version: 0.1.0\n"])
def test_a_citation_file_is_not_written_where_its_lines_are_not_found(text: str) -> None:
    """Each of the two lines stands in it once, or a person looks at it."""
    with pytest.raises(ValueError, match=r"version: [02] lines begin with it"):
        with_edition(text, Edition("1.0.0", DAY))


SOUND = f"0.1.0,2026-01-01,v0.1.0,{'ab' * 32},3,2"


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (SOUND.replace("0.1.0,", "0.1,"), "version"),
        (SOUND, "version"),
        (SOUND.replace("0.1.0", "0.0.9"), "version"),
        (SOUND.replace("0.1.0", "0.2.0").replace("2026-01-01", "2025-12-31"), "date"),
        (SOUND.replace("0.1.0", "0.2.0").replace("2026-01-01", "2026-1-1"), "date"),
        (SOUND.replace("0.1.0,", "0.2.0,", 1), "tag"),
        (SOUND.replace("0.1.0", "0.2.0").replace("ab" * 32, "AB" * 32), "sha256"),
        (SOUND.replace("0.1.0", "0.2.0").replace(",3,2", ",３,2"), "reports"),
        (SOUND.replace("0.1.0", "0.2.0") + ",1", ""),
    ],
)
def test_a_wrong_row_of_the_list_is_named(tmp_path: Path, row: str, field: str) -> None:
    """Order, days, tags, checksums and counts: each is said where it stands."""
    path = tmp_path / "releases.csv"
    path.write_text(f"{','.join(COLUMNS)}\n{SOUND}\n{row}\n", encoding="utf-8")
    found, problems = read_releases(path)
    assert [one.version for one in found] == ["0.1.0"]
    assert [(one.line, one.field) for one in problems][:1] == [(3, field)]


def test_a_list_of_releases_with_a_sound_row_is_written_as_it_was_read(tmp_path: Path) -> None:
    """Reading and writing give the same bytes."""
    text = f"{','.join(COLUMNS)}\n{SOUND}\n"
    (tmp_path / "releases.csv").write_text(text, encoding="utf-8")
    found, problems = read_releases(tmp_path / "releases.csv")
    assert (releases_text(found), problems) == (text, [])


# older versions on the data page -------------------------------------------------------------------------------------


def test_older_versions_lead_to_their_releases(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last one first, each with its page and its whole dataset; none where no repository is known."""
    repository.cut("0.1.0")
    repository.cut("0.2.0")
    monkeypatch.setenv("GONGKAI_DATA", str(repository.data))
    found = released(Site(repository="https://github.example/a/b"))
    assert [(one.page, one.file) for one in found] == [
        (
            f"https://github.example/a/b/releases/tag/v{one}",
            f"https://github.example/a/b/releases/download/v{one}/gongkai-{one}.zip",
        )
        for one in ("0.2.0", "0.1.0")
    ]
    assert released(Site()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_older_versions_are_shown_in_both_languages(language: Language) -> None:
    """Version, day, counts, file and checksum; and that the program has a version of its own."""
    one = Released(
        Release("0.2.0", DAY, "v0.2.0", "ab" * 32, "12345", "678"), "https://x.example/v", "https://x.example/z"
    )
    text = _rendered(language, [one])
    table = html.document_fromstring(text)
    cells = [str(cell.text_content()) for cell in table.xpath("//tbody/tr/*")]
    assert cells == ["0.2.0", language.day(DAY), "12,345", "678", "gongkai-0.2.0.zip", "ab" * 32]
    assert table.xpath("//tbody//a/@href") == ["https://x.example/v", "https://x.example/z"]
    assert "source.converter" in text
    assert _rendered(language, []).strip() == ""


def _rendered(language: Language, several: list[Released]) -> str:
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ROOT / "theme" / "templates"), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    templates.globals |= language.globals()
    return templates.get_template("_releases.html").render(page=SimpleNamespace(releases=several))


# played through ------------------------------------------------------------------------------------------------------


MACHINES = (
    (0o022, {"TZ": "Asia/Shanghai", "PYTHONHASHSEED": "1", "LC_ALL": "C"}),
    (0o077, {"TZ": "America/New_York", "PYTHONHASHSEED": "77", "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": "1234567890"}),
)
"""Two machines that have as little in common as one can give them."""


def test_a_release_from_an_added_report_to_its_files(repository: Repository, tmp_path: Path) -> None:
    """Prepare, commit, build on two machines: the same bytes, which say what came."""
    if not shutil.which("sha256sum"):
        missing("sha256sum is not installed")
    repository.cut("0.1.0")
    repository.hold(budget_office())
    ran = repository.gongkai("prepare", "--date", DAY)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("# 政府信息公开工作年度报告数据集 0.2.0\n")
    repository.commit("0.2.0")
    built = [tmp_path / "here" / "files", tmp_path / "there"]
    for folder, (umask, environment) in zip(built, MACHINES, strict=True):
        ran = repository.gongkai("build", "--out", folder, umask=umask, **environment)
        assert (ran.returncode, ran.stderr) == (0, "")
        assert ran.stdout.splitlines() == [str(path) for path in sorted(folder.iterdir())]
    one, other = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in built)
    assert one == other
    _hold_files(built[0], repository)
    repository.git("tag", "v0.2.0")
    repository.hold(corrected())
    assert version(repository.plan("2026-03-03")) == "0.2.1"


def _hold_files(folder: Path, repository: Repository) -> None:
    """What lies in the folder of 0.2.0 is whole and says what it is."""
    ran = subprocess.run(["sha256sum", "-c", SUMS], cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert len(ran.stdout.splitlines()) == len(list(folder.iterdir())) - 1
    assert {f"gongkai-0.2.0.{ending}" for ending in ("zip", "xlsx", "sqlite")} <= {one.name for one in folder.iterdir()}
    with zipfile.ZipFile(folder / "gongkai-0.2.0.zip") as whole:
        (name,) = [one for one in whole.namelist() if one.endswith("datapackage.json")]
        assert json.loads(whole.read(name))["version"] == "0.2.0"
    releases, problems = read_releases(repository.data / "releases.csv")
    assert problems == []
    assert [(one.version, one.date, one.reports) for one in releases] == [
        ("0.1.0", "2026-01-01", "1"),
        ("0.2.0", DAY, "2"),
    ]
    sums = dict(line.split("  ")[::-1] for line in (folder / SUMS).read_text(encoding="utf-8").splitlines())
    assert sums["gongkai-0.2.0.zip"] == releases[-1].sha256
    with (folder / "changes-0.1.0-0.2.0.csv").open(encoding="utf-8", newline="") as file:
        assert [(row["table"], row["change"]) for row in csv.DictReader(file)] == [
            ("agencies", "added"),
            ("reports", "added"),
            ("coverage", "added"),
        ]
    checker = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.citation-file-format"]
    ran = subprocess.run([*checker, str(folder / "CITATION.cff")], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert edition_of((folder / "CITATION.cff").read_text(encoding="utf-8")) == Edition("0.2.0", DAY)


def test_what_was_not_counted_into_the_version_is_not_released(repository: Repository, tmp_path: Path) -> None:
    """Other bytes than those that were prepared stop the build, and no file is left."""
    repository.cut("0.1.0")
    ran = repository.gongkai("build", "--out", tmp_path / "out")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert f"data/releases.csv says {'ab' * 32}: the data or the program have changed since" in ran.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["repository"]


def test_a_commit_after_the_release_is_not_built_as_it(repository: Repository, tmp_path: Path) -> None:
    """The tag is the release; what comes later waits for the next one."""
    repository.cut("0.1.0")
    repository.commit("something else")
    with pytest.raises(Unready, match=r"v0\.1\.0 is the commit [0-9a-f]{40}, not the one that is checked out"):
        build_files(repository.root, tmp_path / "out")


def test_a_preparation_that_stops_writes_nothing(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing changed is status 1 with one sentence; a wrong version is misuse."""
    repository.cut("0.1.0")
    before = repository.files()
    monkeypatch.setenv("GONGKAI_DATA", str(repository.data))
    assert main(["release", "prepare", "--date", DAY]) == 1
    said = capsys.readouterr()
    assert said == ("", "nothing in the data has changed since 0.1.0: there is nothing to release\n")
    assert main(["release", "prepare", "--as", "1.0"]) == 2
    assert main(["release", "prepare", "--since", "no-such-thing"]) == 1
    assert repository.files() == before


def test_the_first_release_is_written_down(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The citation, the list, the schema and the notes; what is printed is the notes alone."""
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "gongkai.zip").write_bytes(b"the whole dataset")
    monkeypatch.setattr(prepared, "package_of", lambda *_: contextlib.nullcontext(tmp_path / "package"))
    monkeypatch.setenv("GONGKAI_DATA", str(repository.data))
    before = repository.files()
    assert main(["release", "prepare", "--date", DAY]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("# 政府信息公开工作年度报告数据集 0.1.0\n")
    assert "这是第一版" in said.out
    assert "changes-" not in said.out
    after = repository.files()
    changed_files = {name for name, text in after.items() if before[name] != text}
    assert changed_files == {"CITATION.cff", "data/releases.csv", "data/datapackage.json"}
    assert json.loads(after["data/datapackage.json"])["created"] == f"{DAY}T00:00:00Z"
    sha256 = hashlib.sha256(b"the whole dataset").hexdigest()
    assert after["data/releases.csv"].decode().splitlines()[1:] == [f"0.1.0,{DAY},v0.1.0,{sha256},1,1"]
    assert main(["release", "prepare", "--date", DAY, "--notes", str(tmp_path / "notes.md")]) == 0
    assert (capsys.readouterr().out, (tmp_path / "notes.md").read_text(encoding="utf-8")) == ("", said.out)
