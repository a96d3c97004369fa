"""The workflows do what they promise: each is played from its event to its end, in fresh clones of this tree."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline import ROOT
from pipeline.changes.told import MOST
from pipeline.record import record_path
from tests import made
from tests.expressions import NotPlayed, evaluate, filled
from tests.layouts import lay_out
from tests.playing import REPOSITORY, SHORTER, Play, Run, workflow
from tests.workspace import commit, furnish, git, tree_into

Plain = dict[str, Any]
FOLDER = ROOT / ".github" / "workflows"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yml"))
CONTRIBUTING = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
REPORT = f"{made.ID}-2023"
FIELD = "requests.granted.natural"
CHANGES, CORRECTION, SELF_CHECK = (f"<!-- gongkai-{name} -->" for name in ("changes", "correction", "self-check"))
LABEL = "确认删减 loss-confirmed"


# what stands in the files --------------------------------------------------------------------------------------------


def steps(name: str) -> Iterator[tuple[str, Plain, Plain]]:
    for key, job in workflow(name)["jobs"].items():
        yield from ((key, job, step) for step in job["steps"])


@pytest.mark.parametrize("name", NAMES)
def test_every_action_is_named_by_a_hash_with_its_version_beside_it(name: str) -> None:
    """A tag can be moved to other code, a hash cannot; the same action has the same hash everywhere."""
    lines = [line for line in (FOLDER / f"{name}.yml").read_text(encoding="utf-8").splitlines() if "uses:" in line]
    assert [line for line in lines if not re.search(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line)] == []


def test_an_action_has_one_version() -> None:
    """All workflows use the same version of an action."""
    used = {step["uses"] for name in NAMES for _, _, step in steps(name) if "uses" in step}
    assert len({one.split("@")[0] for one in used}) == len(used)


@pytest.mark.parametrize("name", NAMES)
def test_a_workflow_may_do_nothing_until_a_job_says_what_it_needs(name: str) -> None:
    """The file gives no permission; each job names its own, ends in time and has a name for people."""
    plan = workflow(name)
    assert plan["permissions"] == {}
    assert plan["concurrency"]
    for job in plan["jobs"].values():
        assert job["permissions"]
        assert job["timeout-minutes"] <= 180
        assert job["name"]


@pytest.mark.parametrize("name", NAMES)
def test_no_code_of_ours_runs_beside_a_token_that_writes(name: str) -> None:
    """A job that may write takes a text or a patch from another job, and starts no program of this repository."""
    ours = re.compile(r"\bmake\b|\.venv|\.ci/|\bpython|\bnpm\b|\bpip\b|\bbash\b|\bsh\b|gongkai (?!release create)|\./")
    for key, job, step in steps(name):
        writes = {what for what, level in job["permissions"].items() if level == "write"} - {"pages", "id-token"}
        if writes:
            words = re.sub(r" \./\*$", "", step.get("run", "").strip())
            assert not ours.search(words), f"{name}.{key}: {words}"
            assert "setup-python" not in step.get("uses", ""), f"{name}.{key}"


def test_the_one_run_that_others_start_checks_out_nothing() -> None:
    """`workflow_run` has the rights of main while a stranger's pull request has started it."""
    started = [name for name in NAMES if "workflow_run" in workflow(name)["on"]]
    assert started == ["report"]
    used = [step.get("uses", "a script of its own").split("@")[0] for _, _, step in steps("report")]
    assert used == ["actions/download-artifact", "actions/github-script"]
    assert not [name for name in NAMES if "pull_request_target" in workflow(name)["on"]]


def test_only_two_steps_are_played_shorter_than_they_are() -> None:
    """What would run all tests inside a test, and no more; both steps are really there."""
    runs = [step["run"].strip() for name in NAMES for _, _, step in steps(name) if "run" in step]
    assert [one for one in SHORTER if runs.count(one) != 1] == []


def test_the_maintainers_are_told_which_checks_to_require() -> None:
    """CONTRIBUTING names just the checks that a pull request gets, in both languages."""
    named = {
        job["name"].replace("${{ matrix.python }}", python)
        for name in NAMES
        if "pull_request" in workflow(name)["on"]
        for job in workflow(name)["jobs"].values()
        for python in job.get("strategy", {}).get("matrix", {}).get("python", [""])
    }
    for part in CONTRIBUTING.split("\n## English"):
        told = re.search(r"<!-- checks -->(.*?)<!-- /checks -->", part, re.DOTALL)
        assert told
        assert set(re.findall(r"`([^`]+)`", told[1])) == named


def test_the_maintainers_are_told_which_labels_to_make() -> None:
    """Each label that a workflow or an issue form asks for stands in CONTRIBUTING."""
    text = "".join((FOLDER / f"{name}.yml").read_text(encoding="utf-8") for name in NAMES)
    form = yaml.safe_load((ROOT / ".github" / "ISSUE_TEMPLATE" / "correction.yml").read_text(encoding="utf-8"))
    assert f"'{LABEL}'" in text
    assert form["labels"] == ["correction"]
    for label in (LABEL, "correction", "self-check"):
        assert CONTRIBUTING.count(f"`{label}`") >= 2


# who is asked --------------------------------------------------------------------------------------------------------


def owners(path: str) -> list[str]:
    """Whom CODEOWNERS names for a path: the last line that matches, of the three kinds of patterns that it has."""
    found: list[str] = []
    for line in (ROOT / ".github" / "CODEOWNERS").read_text(encoding="utf-8").splitlines():
        pattern, *names = line.split("#")[0].split() or [""]
        whole = pattern == "*" or pattern == f"/{path}" or (pattern.endswith("/") and f"/{path}".startswith(pattern))
        found = names if pattern and whole else found
        assert not pattern or pattern == "*" or (pattern[0] == "/" and not re.search(r"[*?\[!]", pattern)), pattern
    return found


def test_every_path_has_owners_and_code_has_others_than_data() -> None:
    """Exactly one team is asked about a file; who accepts figures is not who accepts programs."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not in a git checkout")
    asked = {path: owners(path) for path in listed.stdout.split("\0") if path}
    assert [path for path, names in asked.items() if len(names) != 1] == []
    said = {path: names[0] for path, names in asked.items() if path.startswith("data/agencies/")}
    runs = (".github/", ".ci/", "pipeline/", "theme/", "tests/", "requirements/", "Makefile", "pyproject.toml")
    done = {path: names[0] for path, names in asked.items() if path.startswith(runs) or path.endswith((".py", ".js"))}
    assert len({*said.values()}) == len({*done.values()}) == 1
    assert {*said.values()} != {*done.values()}


def test_every_line_of_owners_is_about_something() -> None:
    """A pattern that matches no path any more is taken out."""
    lines = (ROOT / ".github" / "CODEOWNERS").read_text(encoding="utf-8").splitlines()
    patterns = [line.split()[0] for line in lines if line and not line.startswith("#")]
    assert [one for one in patterns if one != "*" and not (ROOT / one.strip("/")).exists()] == []


# the language of expressions -----------------------------------------------------------------------------------------

CONTEXTS: Plain = {
    "github": {"event": {"labels": [{"name": "one"}, {"name": LABEL}], "number": 7}, "event_name": "push"},
    "needs": {"build": {"result": "success", "outputs": {"tag": ""}}},
    "env": {},
}


@pytest.mark.parametrize(
    ("source", "value"),
    [
        (f"contains(github.event.labels.*.name, '{LABEL}') && '--allow-loss' || ''", "--allow-loss"),
        ("contains(github.event.labels.*.name, 'two') && '--allow-loss' || ''", ""),
        ("github.event_name == 'PUSH' && github.event.number != 8", True),
        ("needs.build.outputs.tag != ''", False),
        ("!(needs.build.result == 'success')", False),
        ("github.event.pull_request.head.sha", None),
        ("github.event.limit || 200", 200),
    ],
)
def test_expressions_are_worked_out_as_workflows_mean_them(source: str, value: object) -> None:
    """The forms that the workflows use give what GitHub would make of them."""
    assert evaluate(source, CONTEXTS) == value


@pytest.mark.parametrize(
    "source", ["hashFiles('a')", "steps.one.outputs.two", "needs.biuld.result", "needs.build.outputs.tga", "1 +", "a b"]
)
def test_an_expression_that_the_play_does_not_know_fails_with_a_sentence(source: str) -> None:
    """Nothing is taken for empty that nobody declared."""
    with pytest.raises(NotPlayed, match=r"^(the play|there is no|no expression|something)"):
        evaluate(source, CONTEXTS)


def test_a_text_with_expressions_is_filled_in() -> None:
    """Numbers and absent values stand in a text as GitHub writes them."""
    assert filled("#${{ github.event.number }}-${{ github.event.none }}.", CONTEXTS) == "#7-."


# a repository to play in ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This tree as it lies, with a report of a made-up county among its data, committed."""
    folder = tmp_path_factory.mktemp("tree")
    git(folder, "init", "--quiet", "--initial-branch=main")
    tree_into(folder)
    text = folder.parent / "report.txt"
    text.write_text(lay_out(made.record(fill=made.different()), "pipes"), encoding="utf-8")
    where = ["--url", "https://example.org/nb", "--retrieved", "2024-02-01", "--region", "999901"]
    convert = [sys.executable, "-m", "pipeline", "convert", str(text), *where]
    subprocess.run(convert, cwd=folder, check=True, capture_output=True)
    commit(folder, "the tree as it lies")
    return folder


@pytest.fixture
def play(tmp_path: Path, tree: Path) -> Play:
    return Play(tmp_path / "play", tree)


def record_in(desk: Path) -> Path:
    return record_path(desk / "data" / "agencies", made.record())


def gongkai(desk: Path, *words: str) -> None:
    subprocess.run([desk / ".venv" / "bin" / "gongkai", *words], cwd=desk, check=True, capture_output=True)


def correct(desk: Path, value: str = "4321") -> None:
    """A person corrects the figure at a desk."""
    furnish(desk)
    given = ("--kind", "misread", "--reason", "读错了一位", "--by", "github:reader", "--date", "2026-03-02")
    gongkai(desk, "correct", REPORT, FIELD, value, *given)


def scribble(desk: Path) -> None:
    """Somebody changes the figure and does not say why."""
    path = record_in(desk)
    text = path.read_text(encoding="utf-8")
    figure = str(made.record(fill=made.different()).figures()[FIELD])
    row = re.search(r"^  granted: .*$", text, re.MULTILINE)
    assert row
    path.write_text(text.replace(row[0], row[0].replace(figure, "4321", 1)), encoding="utf-8")


def propose(play: Play, desk: Path, number: int = 1) -> Plain:
    """A reader pushes what lies on the desk to a fork and opens a pull request; gives the event."""
    base = git(desk, "rev-parse", "HEAD")
    git(desk, "checkout", "--quiet", "-B", "patch-1")
    head = commit(desk, "a change")
    git(desk, "push", "--quiet", "origin", f"{head}:refs/pull/{number}/head")
    git(desk, "checkout", "--quiet", "--detach", base)
    who = ("-c", "user.name=GitHub", "-c", "user.email=noreply@example.invalid")
    git(desk, *who, "merge", "--quiet", "--no-ff", "--message", "merge", head)
    git(desk, "push", "--quiet", "--force", "origin", f"HEAD:refs/pull/{number}/merge")
    pull = {
        "number": number,
        "state": "open",
        "labels": [],
        "base": {"ref": "main", "sha": base},
        "head": {"ref": "patch-1", "sha": head, "repo": {"id": 2, "owner": {"login": "reader"}}},
    }
    play.world = play.world | {"pulls": [pull], "next": number + 1}
    return {"action": "opened", "pull_request": pull}


def after(run: Run, **changes: Any) -> Plain:
    """What GitHub tells those who wait for a run of a pull request to end."""
    head = run.event["pull_request"]["head"]
    told = {
        "id": run.number,
        "name": workflow(run.name)["name"],
        "event": run.event_name,
        "conclusion": run.conclusion,
        "head_sha": head["sha"],
        "head_branch": head["ref"],
        "head_repository": head["repo"],
        "html_url": f"https://github.invalid/{REPOSITORY}/actions/runs/{run.number}",
    }
    return {"action": "completed", "workflow_run": told | changes}


def bodies(play: Play) -> list[str]:
    return [str(one["body"]) for one in play.world["comments"]]


# checks, pages -------------------------------------------------------------------------------------------------------


def test_a_push_is_linted_checked_and_built(play: Play) -> None:
    """Every step of the checks goes through in a fresh clone, lint and the whole site included."""
    run = play.run("check", "push", {})
    assert run.results == dict.fromkeys(("lint", "records", "test", "site"), "success"), run.said


def test_main_is_put_on_the_web(play: Play) -> None:
    """The site that is deployed knows its own address."""
    run = play.run("publish", "push", {})
    assert run.results == {"build": "success", "deploy": "success"}, run.said
    assert play.pages
    assert "https://pages.invalid/gongkai" in (play.pages / "index.html").read_text(encoding="utf-8")


# pull requests -------------------------------------------------------------------------------------------------------


def test_a_correction_by_pull_request_hears_one_comment(play: Play) -> None:
    """A good correction passes; the comment draws it, and a second run edits the comment instead of adding one."""
    desk = play.desk("reader")
    correct(desk)
    event = propose(play, desk)
    run = play.run("changes", "pull_request", event, "refs/pull/1/merge")
    assert run.conclusion == "success", run.said
    for _ in range(2):
        report = play.run("report", "workflow_run", after(run))
        assert report.conclusion == "success", report.said
    (comment,) = play.world["comments"]
    assert comment["issue"] == 1
    assert comment["edits"] == 1
    assert comment["body"].startswith(CHANGES)
    assert "4321" in comment["body"]
    assert FIELD in comment["body"] or "予以公开" in comment["body"]


def test_a_change_without_a_reason_is_stopped_and_told_how_to_mend_it(play: Play) -> None:
    """The job fails with an annotation on the line, and the comment has the lines to paste."""
    desk = play.desk("reader")
    scribble(desk)
    run = play.run("changes", "pull_request", propose(play, desk), "refs/pull/1/merge")
    assert run.conclusion == "failure"
    assert re.search(r"^::error file=data/agencies/99/999901/[^,]+/2023\.yaml,line=\d+", run.said, re.MULTILINE)
    play.run("report", "workflow_run", after(run))
    (body,) = bodies(play)
    assert f"field: {FIELD}" in body
    assert "kind: " in body


def test_a_great_loss_takes_a_label(play: Play) -> None:
    """Dropping a report stops the pull request until somebody who may set labels says that it is meant."""
    desk = play.desk("reader")
    for path in record_in(desk).parent.iterdir():
        path.unlink()
    event = propose(play, desk)
    stopped = play.run("changes", "pull_request", event, "refs/pull/1/merge")
    assert stopped.conclusion == "failure", stopped.said
    event = {"action": "labeled", "pull_request": event["pull_request"] | {"labels": [{"name": LABEL}]}}
    meant = play.run("changes", "pull_request", event, "refs/pull/1/merge")
    assert meant.conclusion == "success", meant.said


def test_what_main_has_gained_meanwhile_is_no_change_of_a_pull_request(play: Play) -> None:
    """A pull request that was opened before another was merged is told about its own changes only."""
    other, desk = play.desk("other"), play.desk("reader")
    scribble(other)
    commit(other, "a change on main")
    git(other, "push", "--quiet", "origin", "HEAD:main")
    (desk / "README.md").write_text("# gongkai\n", encoding="utf-8")
    event = propose(play, desk)
    git(desk, "fetch", "--quiet", "origin", "main")
    git(desk, "checkout", "--quiet", "--detach", "FETCH_HEAD")
    who = ("-c", "user.name=GitHub", "-c", "user.email=noreply@example.invalid")
    git(desk, *who, "merge", "--quiet", "--no-ff", "--message", "merge", "patch-1")
    git(desk, "push", "--quiet", "--force", "origin", "HEAD:refs/pull/1/merge")
    run = play.run("changes", "pull_request", event, "refs/pull/1/merge")
    assert FIELD not in run.said


# the comment takes nothing on trust ----------------------------------------------------------------------------------


def told(play: Play, text: str | None, **changes: Any) -> Run:
    """A run of a stranger's pull request that left just this text, and the run that comments."""
    head = {"ref": "patch-1", "sha": "a" * 40, "repo": {"id": 2, "owner": {"login": "reader"}}}
    pull = {"number": 1, "state": "open", "base": {"ref": "main"}, "head": head}
    play.world = play.world | {"pulls": [pull], "next": 2}
    run = Run("changes", 77, "pull_request", {"action": "opened", "pull_request": pull})
    if text is not None:
        folder = play.root / "artifacts" / "77-changes"
        folder.mkdir(parents=True)
        (folder / "changes.md").write_text(text, encoding="utf-8")
    return play.run("report", "workflow_run", after(run, conclusion="success") | changes)


@pytest.mark.parametrize("text", [None, "", "no marker", f" {CHANGES}", f"{CHANGES}\n" + "x" * 64_001])
def test_a_text_that_is_no_report_is_not_put_up(play: Play, text: str | None) -> None:
    """Whatever else a pull request leaves behind, the comment says that the check did not finish."""
    assert told(play, text).conclusion == "success"
    (body,) = bodies(play)
    assert body.startswith(CHANGES)
    assert "did not finish" in body
    assert "xxx" not in body
    assert "no marker" not in body


def test_the_longest_report_fits_into_a_comment(play: Play) -> None:
    """The command cuts its report at a length that the comment takes whole."""
    assert told(play, f"{CHANGES}\n" + "字" * (MOST - len(CHANGES) - 1)).conclusion == "success"
    (body,) = bodies(play)
    assert "did not finish" not in body
    assert body.count("字") == MOST - len(CHANGES) - 1


def test_a_report_calls_nobody(play: Play) -> None:
    """A text that a stranger wrote cannot make the project call people."""
    assert told(play, f"{CHANGES}\n你好 @somebody @gongkai/data").conclusion == "success"
    (body,) = bodies(play)
    assert not re.search(r"@[\w-]", body)


@pytest.mark.parametrize(
    "changes",
    [
        {"head_sha": "b" * 40},
        {"head_branch": "main"},
        {"head_repository": {"id": 3, "owner": {"login": "reader"}}},
        {"head_repository": {"id": 2, "owner": {"login": "another"}}},
        {"head_repository": None},
    ],
)
def test_a_run_comments_on_its_own_pull_request_only(play: Play, changes: Plain) -> None:
    """The pull request has to stand at just the commit that the run was about, in just that repository."""
    pull = {"number": 1, "state": "open", "base": {"ref": "main"}}
    head = {"ref": "patch-1", "sha": "a" * 40, "repo": {"id": 2, "owner": {"login": "reader"}}}
    play.world = play.world | {"pulls": [pull | {"head": head}]}
    run = Run("changes", 77, "pull_request", {"pull_request": {"head": head}})
    assert play.run("report", "workflow_run", after(run, conclusion="failure", **changes)).conclusion == "success"
    assert play.world["comments"] == []


@pytest.mark.parametrize("changes", [{"conclusion": "cancelled"}, {"event": "push"}])
def test_a_run_that_was_stopped_or_is_about_no_pull_request_says_nothing(play: Play, changes: Plain) -> None:
    """A newer run follows one that was cancelled."""
    head = {"ref": "patch-1", "sha": "a" * 40, "repo": {"id": 2, "owner": {"login": "reader"}}}
    run = Run("changes", 77, "pull_request", {"pull_request": {"head": head}})
    assert play.run("report", "workflow_run", after(run, **changes)).conclusion == "skipped"


# issues --------------------------------------------------------------------------------------------------------------


def issue(play: Play, **answers: str) -> Plain:
    """A reader fills in the form as GitHub writes it down; gives the event."""
    form = yaml.safe_load((ROOT / ".github" / "ISSUE_TEMPLATE" / "correction.yml").read_text(encoding="utf-8"))
    printed = made.record(fill=made.different())
    row = [str(value) for name, value in printed.figures().items() if name.startswith("requests.granted.")]
    given = {
        "report_id": REPORT,
        "field": FIELD,
        "shown": str(printed.figures()[FIELD]),
        "printed": "4321",
        "kind": "misread",
        "evidence": " ".join(row),
        "reason": "读错了一位，见 @somebody 和 #1",
    } | answers
    parts = []
    for part in form["body"]:
        if part["type"] == "markdown":
            continue
        answer = given.get(part["id"], "")
        if part["type"] == "dropdown":
            answer = next((one for one in part["attributes"]["options"] if answer and answer in one), answer)
        parts.append(f"### {part['attributes']['label']}\n\n{answer or '_No response_'}")
    told = {
        "number": 5,
        "state": "open",
        "title": "更正 / Correction: ",
        "body": "\n\n".join(parts),
        "user": {"login": "reader", "id": 42},
        "labels": [{"name": "correction"}],
    }
    play.world = play.world | {"issues": [told], "next": 6}
    return {"action": "opened", "issue": told, "sender": {"login": "reader"}}


def branch_of(play: Play) -> tuple[str, list[str]]:
    """Who wrote the last commit of the branch of the correction, and which files it changed."""
    author, *files = git(play.hub, "show", "--format=%an", "--name-only", "correction-5").split()
    return author, files


def test_a_complete_issue_becomes_a_pull_request(play: Play) -> None:
    """The record is edited in the reader's name, the pull request says what changes, and the issue gets its address."""
    run = play.run("correction", "issues", issue(play))
    assert run.results == dict.fromkeys(("read", "propose", "answer"), "success"), run.said
    author, (path,) = branch_of(play)
    assert (author, path) == ("reader", f"data/agencies/99/999901/{made.ID}/2023.yaml")
    assert "4321" in git(play.hub, "show", f"correction-5:{path}")
    (pull,) = play.world["pulls"]
    assert pull["body"].startswith("Closes #5\n")
    assert REPORT in pull["title"]
    assert "4321" in pull["body"]
    assert not re.search(r"@somebody|(?<!Closes )#\d", pull["body"])
    (answer,) = play.world["comments"]
    assert answer["issue"] == 5
    assert answer["body"].startswith(CORRECTION)
    assert f"/pull/{pull['number']}" in answer["body"]


def test_an_issue_that_is_edited_renews_its_pull_request_and_its_answer(play: Play) -> None:
    """First something is missing and the issue hears what; then it is complete; there is one comment all along."""
    first = play.run("correction", "issues", issue(play, printed=""))
    assert first.results == {"read": "success", "propose": "skipped", "answer": "success"}, first.said
    (asked,) = play.world["comments"]
    assert "报告原文印的是" in asked["body"]
    assert play.world["pulls"] == []
    for value in ("4321", "5432"):
        again = play.run("correction", "issues", issue(play, printed=value) | {"action": "edited"})
        assert again.conclusion == "success", again.said
    (pull,) = play.world["pulls"]
    assert "5432" in pull["body"]
    assert "4321" not in pull["body"]
    assert len(play.world["comments"]) == 1


def test_what_people_have_done_on_the_branch_is_left_alone(play: Play) -> None:
    """Once somebody has edited the branch of a correction, the form does not write over it."""
    play.run("correction", "issues", issue(play))
    desk = play.desk("maintainer")
    git(desk, "checkout", "--quiet", "correction-5")
    (desk / "note.txt").write_text("mine\n", encoding="utf-8")
    mine = commit(desk, "a hand")
    git(desk, "push", "--quiet", "origin", "correction-5")
    run = play.run("correction", "issues", issue(play, printed="5432") | {"action": "edited"})
    assert run.conclusion == "success", run.said
    assert git(play.hub, "rev-parse", "correction-5") == mine
    (body,) = bodies(play)
    assert "tree/correction-5" in body


@pytest.mark.parametrize("fault", ["raise RuntimeError", "raise SystemExit(2)", "raise SystemExit(130)"])
def test_a_fault_of_the_program_is_told_as_one(play: Play, fault: str) -> None:
    """When the issue cannot even be read, the reader hears that it is not the form, and where the log is."""
    desk = play.desk("maintainer")
    (desk / "pipeline" / "cli.py").write_text(f"{fault}\n", encoding="utf-8")
    commit(desk, "broken")
    git(desk, "push", "--quiet", "origin", "HEAD:main")
    run = play.run("correction", "issues", issue(play))
    assert run.results == {"read": "failure", "propose": "skipped", "answer": "success"}, run.said
    (body,) = bodies(play)
    assert "actions/runs/1" in body


@pytest.mark.parametrize("changes", [{"labels": []}, {"state": "closed"}])
def test_other_issues_are_none_of_its_business(play: Play, changes: Plain) -> None:
    """Without the label, or once closed, nothing is read and nothing answered."""
    event = issue(play)
    run = play.run("correction", "issues", event | {"issue": event["issue"] | changes})
    assert set(run.results.values()) == {"skipped"}


@pytest.mark.parametrize(
    "patch",
    [
        "--- a/Makefile\n+++ b/Makefile\n@@ -1 +1 @@\n-{line}\n+x\n",
        "--- /dev/null\n+++ b/data/agencies/99/999901/999901-wsjkj/2031.yaml\n@@ -0,0 +1 @@\n+x\n",
        "--- /dev/null\n+++ b/.github/workflows/x.yml\n@@ -0,0 +1 @@\n+x\n",
        "diff --git a/{path} b/{path}\nold mode 100644\nnew mode 100755\n",
        "diff --git a/{path} b/x.yaml\nsimilarity index 100%\nrename from {path}\nrename to x.yaml\n",
    ],
    ids=["elsewhere", "a new record", "a workflow", "its mode", "its name"],
)
def test_the_writing_job_takes_no_other_patch_than_one_of_records(play: Play, tree: Path, patch: str) -> None:
    """Even if the job that reads issues were led astray, what it hands over is held to records that are there."""
    path = record_in(tree).relative_to(tree).as_posix()
    line = (tree / "Makefile").read_text(encoding="utf-8").splitlines()[0]
    text = patch.replace("{path}", path).replace("{line}", line)
    (step,) = [step for _, _, step in steps("correction") if step.get("id") == "words"]
    handed = play.root / "handed"
    handed.mkdir()
    (handed / "correction.patch").write_text(text, encoding="utf-8")
    for name in ("answer.md", "changes.md"):
        (handed / name).write_text("", encoding="utf-8")
    desk = play.desk("writer")
    done = script(play, desk, step["run"])
    assert done.returncode == 1
    assert "does more than edit records" in done.stdout
    assert git(desk, "status", "--porcelain") == ""


# collecting ----------------------------------------------------------------------------------------------------------


def nothing_due(play: Play) -> Path:
    """Empties the list of known reports on main: a played run must not go out, and asks only public addresses."""
    desk = play.desk("maintainer")
    path = desk / "data" / "known_reports.csv"
    path.write_text(path.read_text(encoding="utf-8").splitlines(keepends=True)[0], encoding="utf-8")
    commit(desk, "no known reports")
    git(desk, "push", "--quiet", "origin", "HEAD:main")
    return desk


def test_a_collection_with_nothing_new_opens_nothing(play: Play) -> None:
    """Where nothing is due the run ends well, and no pull request is opened."""
    nothing_due(play)
    run = play.run("collect", "schedule", {})
    assert run.results == {"fetch": "success", "propose": "success"}, run.said
    assert "nothing was due" in run.said
    assert play.world["pulls"] == []


def test_a_collection_goes_on_from_the_open_pull_request(play: Play, tmp_path: Path) -> None:
    """What was collected and is not merged yet, and what people changed in it, stays in the one rolling pull request."""
    desk = nothing_due(play)
    correct(desk)
    text = tmp_path / "report.txt"
    text.write_text(lay_out(made.record(year=2022, fill=made.different(500)), "pipes"), encoding="utf-8")
    gongkai(desk, "convert", str(text), "--region", "999901")
    git(desk, "checkout", "--quiet", "-B", "collect")
    commit(desk, "collected before")
    git(desk, "push", "--quiet", "origin", "collect")
    for _ in range(2):
        run = play.run("collect", "workflow_dispatch", {"inputs": {"limit": 5}})
        assert run.conclusion == "success", run.said
    (pull,) = play.world["pulls"]
    assert pull["head"]["ref"] == "collect"
    assert git(play.hub, "rev-list", "--count", "main..collect") == "1"
    names = git(play.hub, "diff", "--name-only", "main", "collect").split()
    assert [Path(name).name for name in names] == ["2022.source.txt", "2022.yaml", "2023.yaml"]
    assert f"{made.ID}-2022" in pull["body"]


def test_a_collection_that_no_longer_fits_main_says_so(play: Play) -> None:
    """Where main and the open pull request contradict each other, people have to settle it: nothing is thrown away."""
    desk = nothing_due(play)
    git(desk, "branch", "--quiet", "collect")
    for branch, value in (("collect", "4321"), ("main", "5432")):
        git(desk, "checkout", "--quiet", branch)
        path = record_in(desk)
        path.write_text(path.read_text(encoding="utf-8").replace("year: 2023", f"year: {value}", 1), encoding="utf-8")
        commit(desk, branch)
        git(desk, "push", "--quiet", "origin", branch)
    there = git(play.hub, "rev-parse", "collect")
    run = play.run("collect", "schedule", {})
    assert run.results == {"fetch": "failure", "propose": "skipped"}, run.said
    assert "no longer fits main" in run.said
    assert git(play.hub, "rev-parse", "collect") == there


def script(play: Play, desk: Path, source: str) -> subprocess.CompletedProcess[str]:
    """Runs the script of a step by itself."""
    given = {
        "PATH": "/usr/bin:/bin",
        "RUNNER_TEMP": str(play.root),
        "GITHUB_OUTPUT": str(play.root / "o"),
        "ISSUE": "5",
    }
    shell = ["bash", "-eo", "pipefail", "-c", source]
    return subprocess.run(shell, cwd=desk, env=given, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("name", "path"), [("collect", "Makefile"), ("collect", "data/labels.yaml"), ("release", "Makefile")]
)
def test_the_other_writing_jobs_hold_their_patches_too(play: Play, name: str, path: str) -> None:
    """A collection adds and edits records and two lists, a release names a version; nothing else comes in that way."""
    desk = play.desk("writer")
    file = desk / path
    file.write_text(file.read_text(encoding="utf-8") + "x\n", encoding="utf-8")
    patch = git(desk, "diff") + "\n"
    git(desk, "checkout", "--quiet", ".")
    (step,) = [step for _, _, step in steps(name) if step.get("name") == "apply the patch"]
    handed = play.root / "handed"
    handed.mkdir()
    for file_name in ("collected.patch", "release.patch", "summary.md", "changes.md"):
        (handed / file_name).write_text(patch if "patch" in file_name else "", encoding="utf-8")
    done = script(play, desk, step["run"])
    assert done.returncode == 1
    assert "::error::The patch does more than" in done.stdout
    assert git(desk, "status", "--porcelain") == ""


# releases ------------------------------------------------------------------------------------------------------------


def test_a_release_is_prepared_reviewed_and_then_published(play: Play) -> None:
    """Started by hand it proposes a version; merged, its files are built and published once and not twice."""
    prepared = play.run("release", "workflow_dispatch", {})
    assert prepared.results["propose"] == "success", prepared.said
    (pull,) = play.world["pulls"]
    version = re.search(r"\d+\.\d+\.\d+", pull["title"])
    assert version
    git(play.hub, "update-ref", "refs/heads/main", pull["head"]["sha"])
    for expected in ("success", "skipped"):
        run = play.run("release", "push", {})
        assert run.results["build"] == "success", run.said
        assert run.results["publish"] == expected, run.said
    (release,) = play.world["releases"]
    assert release["tag"] == f"v{version[0]}"
    assert git(play.hub, "rev-parse", f"v{version[0]}") == pull["head"]["sha"]
    assert {"SHA256SUMS", "CITATION.cff", "notes.md", f"gongkai-{version[0]}.zip"} <= {*release["files"]}
    assert version[0] in release["notes"]


def test_a_push_that_names_no_new_version_releases_nothing(play: Play) -> None:
    """A change of the citation that is no release is let be."""
    run = play.run("release", "push", {})
    assert run.results["publish"] == "skipped", run.said
    assert play.world["releases"] == []


# the weekly look at everything ---------------------------------------------------------------------------------------


def test_a_self_check_that_fails_opens_one_issue_and_one_that_passes_closes_it(play: Play) -> None:
    """The issue is edited while it is open, says which part fails, and is closed when all holds again."""
    desk = play.desk("maintainer")
    path = record_in(desk)
    path.write_text(path.read_text(encoding="utf-8").replace("year: 2023", "year: 2022", 1), encoding="utf-8")
    commit(desk, "broken")
    git(desk, "push", "--quiet", "origin", "HEAD:main")
    for _ in range(2):
        failing = play.run("self-check", "schedule", {})
        assert failing.results == {"whole": "failure", "tell": "success"}, failing.said
    (one,) = play.world["issues"]
    assert one["state"] == "open"
    assert one["body"].startswith(SELF_CHECK)
    assert len(re.findall(r"没有通过 · fails", one["body"])) == 3
    assert "runs/2" in one["body"]
    git(desk, "reset", "--quiet", "--hard", "HEAD~1")
    git(desk, "push", "--quiet", "--force", "origin", "HEAD:main")
    passing = play.run("self-check", "schedule", {})
    assert passing.results == {"whole": "success", "tell": "success"}, passing.said
    (one,) = play.world["issues"]
    assert one["state"] == "closed"
    (said,) = bodies(play)
    assert "runs/3" in said
