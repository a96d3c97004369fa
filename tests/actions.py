"""Stand-ins for the actions that the workflows use, and for the programs that a runner brings.

Each does what the real one would do to files, branches and outputs, and needs the permission that the real one needs.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.expressions import NotPlayed
from tests.tools import missing
from tests.workspace import executable, furnish

Plain = dict[str, Any]
LEVELS = {"read": 1, "write": 2}
BOT = "github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>"
LONGEST_BODY = 65_536


class Refused(Exception):
    """The action fails, as the real one would."""


@dataclass(frozen=True)
class StandIn:
    """The inputs that an action takes here, and what it does: job at play, inputs, step -> outputs."""

    inputs: set[str]
    does: Callable[[Any, Plain, Plain], Plain | None]


def need(job: Any, what: str, level: str) -> None:
    if LEVELS.get(job.permissions.get(what, ""), 0) < LEVELS[level]:
        raise Refused(f"the token of the job '{job.key}' has no permission {what}: {level}")


def _git(where: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(where), *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(done.stderr.strip())
    return done.stdout.strip()


def _checkout(job: Any, given: Plain, step: Plain) -> None:
    """A clone of as much history as asked for, at the commit of the event or at `ref`; no token stays in it."""
    need(job, "contents", "read")
    if given.get("persist-credentials") is not False:
        raise NotPlayed("a checkout leaves its token in the clone: persist-credentials has to be false")
    hub, there, depth = job.play_of.hub, job.workspace, int(given.get("fetch-depth", 1))
    ref = given.get("ref") or job.contexts["github"]["ref"]
    ref = ref if ref.startswith("refs/") else f"refs/heads/{ref}"
    _git(there, "init", "--quiet", "--initial-branch=main")
    _git(there, "remote", "add", "origin", hub.as_uri())
    if depth:
        _git(there, "fetch", "--quiet", "--no-tags", f"--depth={depth}", "origin", ref)
    else:
        _git(there, "fetch", "--quiet", "--tags", "origin", "+refs/heads/*:refs/remotes/origin/*", ref)
    wanted = _git(hub, "rev-parse", ref)
    _git(there, "checkout", "--quiet", *(["-B", ref[11:]] if ref.startswith("refs/heads/") else ["--detach"]), wanted)


def _setup_python(job: Any, given: Plain, step: Plain) -> None:
    furnish(job.workspace)


def _upload(job: Any, given: Plain, step: Plain) -> None:
    source, target = job.workspace / given["path"], _artifact(job, given["name"], job.run.number)
    files = [path for path in source.rglob("*") if path.is_file()] if source.is_dir() else []
    if not files:
        if given.get("if-no-files-found", "warn") == "error":
            raise Refused(f"nothing lies in {given['path']}")
        return
    if target.exists():
        raise Refused(f"the run has an artifact {given['name']} already")
    shutil.copytree(source, target)


def _artifact(job: Any, name: str, run: int) -> Path:
    return Path(job.play_of.root) / "artifacts" / f"{run}-{name}"


def _download(job: Any, given: Plain, step: Plain) -> None:
    run = int(given.get("run-id", job.run.number))
    if run != job.run.number:
        need(job, "actions", "read")
        if given.get("github-token") != job.contexts["github"]["token"]:
            raise Refused("an artifact of another run takes a token")
    source = _artifact(job, given["name"], run)
    if not source.exists():
        raise Refused(f"run {run} has no artifact {given['name']}")
    shutil.copytree(source, job.workspace / given["path"], dirs_exist_ok=True)


def _script(job: Any, given: Plain, step: Plain) -> Plain:
    node = shutil.which("node")
    if not node:
        missing("node is not installed")
    github, play = job.contexts["github"], job.play_of
    owner, repo = github["repository"].split("/")
    told = {
        "script": given["script"],
        "world": str(play.root / "world.json"),
        "hub": str(play.hub),
        "permissions": job.permissions,
        "repository": github["repository"],
        "context": {
            "payload": job.run.event,
            "repo": {"owner": owner, "repo": repo},
            "eventName": github["event_name"],
            "serverUrl": github["server_url"],
            "runId": github["run_id"],
            "sha": github["sha"],
        },
    }
    done = subprocess.run(
        [str(node), str(Path(__file__).with_name("github_script.js"))],
        input=json.dumps(told),
        env=job.environment(step),
        cwd=job.workspace,
        capture_output=True,
        text=True,
        check=False,
    )
    job.said.append(done.stderr)
    if done.returncode:
        raise Refused(done.stderr.strip())
    return dict(json.loads(done.stdout))


def _cache(job: Any, given: Plain, step: Plain) -> Plain:
    """Brings back what was kept under the key or the newest under a prefix; keeps it anew once the job has gone well."""
    kept = job.play_of.caches
    there = Path(given["path"].replace("~", str(job.play_of.home), 1))
    prefixes = str(given.get("restore-keys", "")).split()
    key = next((one for one in reversed(kept) for prefix in [given["key"], *prefixes] if one.startswith(prefix)), None)
    shutil.rmtree(there, ignore_errors=True)
    if key:
        shutil.copytree(kept[key], there)

    def keep() -> None:
        if there.exists() and given["key"] not in kept:
            kept[given["key"]] = job.play_of.root / f"cache-{len(kept)}"
            shutil.copytree(there, kept[given["key"]])

    job.after.append(keep)
    return {"cache-hit": "true" if key == given["key"] else ""}


def _create_pull_request(job: Any, given: Plain, step: Plain) -> Plain:
    """Commits what has changed below `add-paths` onto `base` as `branch`, and opens or renews its pull request."""
    need(job, "contents", "write")
    need(job, "pull-requests", "write")
    there, branch, base = job.workspace, given["branch"], given["base"]
    body = (there / given["body-path"]).read_text(encoding="utf-8")[:LONGEST_BODY]
    _git(there, "add", "--all", "--", *str(given.get("add-paths", ".")).split())
    if not _git(there, "diff", "--cached", "--name-only"):
        return {"pull-request-operation": "none"}
    author, _, mail = given.get("author", BOT).removesuffix(">").partition(" <")
    name, _, address = BOT.removesuffix(">").partition(" <")
    who = ["-c", f"user.name={name}", "-c", f"user.email={address}"]
    _git(there, "checkout", "--quiet", "-B", branch)
    _git(there, *who, "commit", "--quiet", f"--author={author} <{mail}>", "--message", given["commit-message"])
    _git(there, "push", "--quiet", "--force", "origin", f"HEAD:refs/heads/{branch}")
    play = job.play_of
    world, operation = play.world, "updated"
    pull = next((one for one in world["pulls"] if one["head"]["ref"] == branch and one["state"] == "open"), None)
    if pull is None:
        pull, operation = {"number": world["next"], "state": "open", "base": {"ref": base}}, "created"
        world["next"] += 1
        world["pulls"].append(pull)
    owner = job.contexts["github"]["repository"].split("/")[0]
    head = {"ref": branch, "sha": _git(there, "rev-parse", "HEAD"), "repo": {"id": 1, "owner": {"login": owner}}}
    pull |= {"head": head, "title": given["title"], "body": body, "author": f"{author} <{mail}>"}
    play.world = world
    url = f"{job.contexts['github']['server_url']}/{job.contexts['github']['repository']}/pull/{pull['number']}"
    return {"pull-request-number": pull["number"], "pull-request-url": url, "pull-request-operation": operation}


def _configure_pages(job: Any, given: Plain, step: Plain) -> Plain:
    need(job, "pages", "read")
    return {"base_url": "https://pages.invalid/gongkai", "base_path": "/gongkai"}


def _upload_pages(job: Any, given: Plain, step: Plain) -> None:
    _upload(job, {"name": "github-pages", "path": given["path"], "if-no-files-found": "error"}, step)


def _deploy_pages(job: Any, given: Plain, step: Plain) -> Plain:
    need(job, "pages", "write")
    need(job, "id-token", "write")
    source = _artifact(job, "github-pages", job.run.number)
    if not (source / "index.html").is_file():
        raise Refused("the artifact of the pages has no first page")
    job.play_of.pages = source
    return {"page_url": "https://pages.invalid/gongkai/"}


STAND_INS = {
    "actions/checkout": StandIn({"ref", "fetch-depth", "persist-credentials"}, _checkout),
    "actions/setup-python": StandIn({"python-version"}, _setup_python),
    "actions/upload-artifact": StandIn({"name", "path", "if-no-files-found", "retention-days"}, _upload),
    "actions/download-artifact": StandIn({"name", "path", "run-id", "github-token"}, _download),
    "actions/github-script": StandIn({"script"}, _script),
    "actions/cache": StandIn({"path", "key", "restore-keys"}, _cache),
    "actions/configure-pages": StandIn(set(), _configure_pages),
    "actions/upload-pages-artifact": StandIn({"path"}, _upload_pages),
    "actions/deploy-pages": StandIn(set(), _deploy_pages),
    "peter-evans/create-pull-request": StandIn(
        {
            *("branch", "base", "add-paths", "author", "commit-message", "title", "body-path", "delete-branch"),
        },
        _create_pull_request,
    ),
}

GH = '''\
"""Stands in for GitHub's command: knows `gh release create` and `gh release view`, and writes down what was asked."""
import argparse, json, os, pathlib, subprocess, sys

play = pathlib.Path(os.environ["PLAY"])
world = json.loads((play / "world.json").read_text(encoding="utf-8"))
may = json.loads(os.environ.get("GH_TOKEN", ": {}").partition(": ")[2])
parser = argparse.ArgumentParser(prog="gh")
below = parser.add_subparsers(dest="group", required=True).add_parser("release").add_subparsers(dest="verb", required=True)
for verb in ("view", "create"):
    one = below.add_parser(verb)
    one.add_argument("tag")
    one.add_argument("--repo", required=True)
create = below.choices["create"]
for name in ("--target", "--title", "--notes-file"):
    create.add_argument(name, required=True)
create.add_argument("files", nargs="+", type=pathlib.Path)
given = parser.parse_args()
if "contents" not in may or (given.verb == "create" and may["contents"] != "write"):
    sys.exit("gh: HTTP 403: Resource not accessible by integration")
there = [release for release in world["releases"] if release["tag"] == given.tag]
if given.verb == "view":
    sys.exit(None if there else "release not found")
if there:
    sys.exit("gh: a release with the same tag name already exists")
kept = play / "releases" / given.tag
kept.mkdir(parents=True)
for file in given.files:
    (kept / file.name).write_bytes(file.read_bytes())
subprocess.run(["git", "-C", str(play / "hub.git"), "tag", given.tag, given.target], check=True)
notes = pathlib.Path(given.notes_file).read_text(encoding="utf-8")
files = sorted(file.name for file in given.files)
world["releases"].append({"tag": given.tag, "target": given.target, "title": given.title, "notes": notes, "files": files})
(play / "world.json").write_text(json.dumps(world, ensure_ascii=False), encoding="utf-8")
'''

APT = """#!/bin/sh
echo "the play installs no packages of the system: $*"
"""


def lay_programs(play: Any) -> None:
    """Puts the programs of a runner in front of those of this machine."""
    (play.root / "gh.py").write_text(GH, encoding="utf-8")
    executable(play.bin / "gh", f'#!/bin/sh\nexec "{sys.executable}" "{play.root / "gh.py"}" "$@"\n')
    executable(play.bin / "apt-get", APT)
    executable(play.bin / "sudo", '#!/bin/sh\nexec "$@"\n')
