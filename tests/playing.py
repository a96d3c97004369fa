"""Plays the workflows at a desk: every job in its order, every `run:` step in a shell, in a fresh clone of this tree.

Actions are replaced by the stand-ins of `tests/actions.py`, GitHub by a file that they and the scripts share, the
program `gh` by one that writes down what it was asked. A token carries its permissions, and whatever it may not do fails.
What a play does not know fails with a sentence: an action, an input of one, an expression, a call of the API.

Three things are not as on GitHub. A clone takes over the environment that runs the tests, so that `make ready` finds
it whole; the system's packages are not installed; and what would run all tests inside this one runs something shorter.
"""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from pipeline import ROOT
from tests import actions
from tests.expressions import NotPlayed, filled, holds, text_of
from tests.workspace import git

REPOSITORY = "gongkai-test/gongkai"
SERVER = "https://github.invalid"
SHORTER = {".ci/run": ".ci/run check", ".ci/run test": ".ci/run tools"}
"""The two steps that run all tests, and what is run in their place."""

Plain = dict[str, Any]


def workflow(name: str) -> Plain:
    """One workflow file as data; `on`, which YAML takes for a truth, under its own name."""
    raw = yaml.safe_load((ROOT / ".github" / "workflows" / f"{name}.yml").read_text(encoding="utf-8"))
    return {"on" if key is True else key: value for key, value in raw.items()}


@dataclass
class Job:
    """A job that was played: how it ended, what it hands on, and what its steps said."""

    result: str
    outputs: Plain = field(default_factory=dict)
    said: str = ""
    steps: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Run:
    """A run of a workflow: its jobs, and the number by which others find its artifacts."""

    name: str
    number: int
    event_name: str
    event: Plain
    jobs: dict[str, Job] = field(default_factory=dict)

    @property
    def conclusion(self) -> str:
        results = {job.result for job in self.jobs.values()}
        return next((one for one in ("failure", "success") if one in results), "skipped")

    @property
    def said(self) -> str:
        return "\n".join(f"== {name}: {job.result}\n{job.said}" for name, job in self.jobs.items())

    @property
    def results(self) -> dict[str, str]:
        return {name: job.result for name, job in self.jobs.items()}


class Play:
    """One repository on a made-up GitHub, and everything that happens to it."""

    def __init__(self, root: Path, tree: Path) -> None:
        self.root = root
        self.hub = root / "hub.git"
        self.home = root / "home"
        self.bin = root / "bin"
        for folder in (self.home, self.bin, root / "artifacts"):
            folder.mkdir(parents=True)
        self.caches: dict[str, Path] = {}
        self.runs: list[Run] = []
        self.pages: Path | None = None
        git(root, "clone", "--quiet", "--bare", str(tree), str(self.hub))
        self.world: Plain = {"issues": [], "comments": [], "pulls": [], "calls": [], "releases": [], "next": 1}
        actions.lay_programs(self)

    @property
    def world(self) -> Plain:
        """What GitHub holds: issues, comments, pull requests, releases, and the calls that were made."""
        return dict(json.loads((self.root / "world.json").read_text(encoding="utf-8")))

    @world.setter
    def world(self, world: Plain) -> None:
        (self.root / "world.json").write_text(json.dumps(world, ensure_ascii=False), encoding="utf-8")

    def desk(self, name: str) -> Path:
        """A contributor's clone of the hub, with the environment in it."""
        there = self.root / name
        git(self.root, "clone", "--quiet", self.hub.as_uri(), str(there))
        return there

    def run(self, name: str, event_name: str, event: Plain, ref: str = "refs/heads/main") -> Run:
        """Plays a workflow for an event. Raises NotPlayed where the event does not start it."""
        plan = workflow(name)
        _hold_to(plan, event_name, event, ref)
        run = Run(name, len(self.runs) + 1, event_name, event)
        self.runs.append(run)
        shared = self._github(run, ref)
        for key, job in _in_order(plan["jobs"]):
            run.jobs[key] = _JobPlay(self, run, plan, key, job, shared).play()
        return run

    def _github(self, run: Run, ref: str) -> Plain:
        # A `pull_request` names its merge, a push its branch or tag; all else stands at main.
        return {
            "repository": REPOSITORY,
            "server_url": SERVER,
            "event_name": run.event_name,
            "event": run.event,
            "workflow": run.name,
            "run_id": run.number,
            "actor": run.event.get("sender", {}).get("login", "somebody"),
            "ref": ref,
            "ref_name": ref.removeprefix("refs/heads/").removeprefix("refs/"),
            "sha": git(self.hub, "rev-parse", ref),
        }


def _hold_to(plan: Plain, event_name: str, event: Plain, ref: str) -> None:
    """Raises NotPlayed where the event would not start the workflow; `paths` are taken to be met."""
    if event_name not in plan["on"]:
        raise NotPlayed(f"the workflow {plan['name']} does not listen to {event_name}")
    asked = plan["on"][event_name]
    branch = event["pull_request"]["base"]["ref"] if "pull_request" in event else ref.removeprefix("refs/heads/")
    given = {"types": event.get("action"), "branches": branch, "workflows": event.get("workflow_run", {}).get("name")}
    for key, value in given.items():
        if isinstance(asked, dict) and value not in asked.get(key, [value]):
            raise NotPlayed(f"the workflow {plan['name']} does not listen to {event_name} with {key} {value}")


def _in_order(jobs: Plain) -> Iterator[tuple[str, Plain]]:
    done: set[str] = set()
    while len(done) < len(jobs):
        ready = [key for key in jobs if key not in done and {*_needs(jobs[key])} <= done]
        if not ready:
            raise NotPlayed(f"these jobs wait for each other or for none that is there: {sorted({*jobs} - done)}")
        for key in ready:
            done.add(key)
            yield key, jobs[key]


def _needs(job: Plain) -> list[str]:
    needs = job.get("needs", [])
    return [needs] if isinstance(needs, str) else list(needs)


class _JobPlay:
    """One job at work: its workspace, its contexts, and what its steps have left so far."""

    def __init__(self, play: Play, run: Run, plan: Plain, key: str, job: Plain, shared: Plain) -> None:
        self.play_of, self.run, self.plan, self.key, self.job = play, run, plan, key, job
        self.permissions: Plain = job["permissions"] if "permissions" in job else plan["permissions"]
        folder = play.root / f"run-{run.number}" / key
        self.workspace, self.temp = folder / "workspace", folder / "temp"
        token = "token of the play: " + json.dumps(self.permissions)
        self.said: list[str] = []
        self.after: list[Any] = []
        self.steps: Plain = {}
        self.played: list[tuple[str, str]] = []
        matrix = job.get("strategy", {}).get("matrix", {})
        self.contexts: Plain = {
            "github": {**shared, "token": token, "workspace": str(self.workspace)},
            "runner": {"temp": str(self.temp), "os": "Linux"},
            "needs": {one: self._need(one) for one in _needs(job)},
            "inputs": run.event.get("inputs", {}),
            "secrets": {"GITHUB_TOKEN": token},
            "matrix": {name: values[0] for name, values in matrix.items()},
            "steps": self.steps,
            "env": {},
        }

    def _need(self, name: str) -> Plain:
        job, declared = self.run.jobs[name], self.plan["jobs"][name].get("outputs", {})
        return {"result": job.result, "outputs": {key: job.outputs.get(key, "") for key in declared}}

    def play(self) -> Job:
        results = [self.run.jobs[name].result for name in _needs(self.job)]
        functions = _status(all(one == "success" for one in results), "failure" in results)
        if not holds(self.job.get("if"), self.contexts, functions):
            return Job("skipped")
        self.workspace.mkdir(parents=True)
        self.temp.mkdir()
        self.contexts["env"] = self._filled({**self.plan.get("env", {}), **self.job.get("env", {})})
        failed = False
        for place, step in enumerate(self.job["steps"]):
            failed |= self._step(step, place, failed) == "failure"
        for post in self.after if not failed else ():
            post()
        outputs = {key: text_of(filled(value, self.contexts)) for key, value in self.job.get("outputs", {}).items()}
        return Job("failure" if failed else "success", outputs, "\n".join(self.said), self.played)

    def _step(self, step: Plain, place: int, failed: bool) -> str:
        """Plays a step and gives its conclusion."""
        name = step.get("name") or step.get("uses", "").split("@")[0] or step["run"].strip().splitlines()[0]
        mine: Plain = {"outputs": {}, "outcome": "skipped", "conclusion": "skipped"}
        if step.get("id"):
            self.steps[step["id"]] = mine
        if holds(step.get("if"), self.contexts, _status(not failed, failed)):
            self.said.append(f"-- {name}")
            well = self._uses(step, mine) if "uses" in step else self._shell(step, place, mine)
            mine["outcome"] = "success" if well else "failure"
            mine["conclusion"] = "success" if step.get("continue-on-error") else mine["outcome"]
        self.played.append((name, mine["outcome"]))
        return str(mine["conclusion"])

    def _filled(self, values: Mapping[str, Any]) -> Plain:
        return {key: filled(value, self.contexts) for key, value in values.items()}

    def environment(self, step: Plain) -> dict[str, str]:
        """What a process of this step sees: of this machine only where programs are, and its words' encoding."""
        github = self.contexts["github"]
        event = self.temp.parent / "event.json"
        event.write_text(json.dumps(self.run.event, ensure_ascii=False), encoding="utf-8")
        named = (
            "repository",
            "server_url",
            "event_name",
            "workflow",
            "run_id",
            "actor",
            "ref",
            "ref_name",
            "sha",
            "workspace",
        )
        given = {key: text_of(value) for key, value in self._filled(step.get("env", {})).items()}
        return {
            "PATH": f"{self.play_of.bin}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.play_of.home),
            "LANG": "C.UTF-8",
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": "http://127.0.0.1:9",  # nobody is there
            **{f"GITHUB_{key.upper()}": text_of(github[key]) for key in named},
            "GITHUB_EVENT_PATH": str(event),
            "RUNNER_TEMP": str(self.temp),
            "PLAY": str(self.play_of.root),
            **{key: text_of(value) for key, value in self.contexts["env"].items()},
            **given,
        }

    def _shell(self, step: Plain, place: int, mine: Plain) -> bool:
        if step.get("shell", "bash") != "bash":
            raise NotPlayed(f"the play knows no shell {step['shell']}")
        source = SHORTER.get(step["run"].strip(), step["run"])
        if "${{" in source:
            raise NotPlayed(f"an expression is written into a script instead of coming by `env`: {source}")
        files = {
            name: self.temp.parent / f"{name}-{place}"
            for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV")
        }
        for file in files.values():
            file.touch()
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", source],
            cwd=self.workspace,
            env={**self.environment(step), **{name: str(file) for name, file in files.items()}},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        self.said += [done.stdout, done.stderr]
        mine["outputs"] = _assignments(files["GITHUB_OUTPUT"])
        self.contexts["env"].update(_assignments(files["GITHUB_ENV"]))
        return done.returncode == 0

    def _uses(self, step: Plain, mine: Plain) -> bool:
        name = step["uses"].split("@")[0]
        if name not in actions.STAND_INS:
            raise NotPlayed(f"the play has no stand-in for the action {name}")
        stand_in = actions.STAND_INS[name]
        given = self._filled(step.get("with", {}) if name != "actions/github-script" else {})
        given = step["with"] if name == "actions/github-script" else given
        if unknown := {*given} - stand_in.inputs:
            raise NotPlayed(f"the stand-in for {name} knows no input {sorted(unknown)}")
        try:
            mine["outputs"] = stand_in.does(self, given, step) or {}
        except actions.Refused as error:
            self.said.append(f"{name}: {error}")
            return False
        return True


def _status(success: bool, failure: bool) -> dict[str, Any]:
    return {
        "always": lambda: True,
        "cancelled": lambda: False,
        "success": lambda: success,
        "failure": lambda: failure,
    }


def _assignments(file: Path) -> Plain:
    found: Plain = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        key, sign, value = line.partition("=")
        if not sign or "<<" in key:
            raise NotPlayed(f"the play reads only `name=value` from a step: {line}")
        found[key] = value
    return found
