"""Commands: what changed between two states of the data."""

import argparse
import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import ROOT
from pipeline.arguments import Commands
from pipeline.commands import OK, REFUSED, annotation, misuse, say, today

if TYPE_CHECKING:
    from pipeline.changes.risk import Risk
    from pipeline.changes.told import Told
    from pipeline.changes.verdict import Verdict


def add(commands: Commands) -> None:
    """Adds the commands of this room."""
    parser = commands.add_parser("changes", help="tell what changes in the data, and whether that may be merged")
    parser.add_argument("base", metavar="BASE", help="the revision that the change is to go into")
    parser.add_argument("head", nargs="?", metavar="HEAD", help="the revision with the change (the working tree)")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the report there, not to the terminal")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write verdict, risk, what blocks and the counts")
    parser.add_argument("--annotations", action="store_true", help="also say it as annotations on the changed lines")
    parser.add_argument("--allow-loss", action="store_true", help="a great loss of data is meant and blocks nothing")
    parser.add_argument("--data", type=Path, default=ROOT / "data", metavar="DIR", help="the folder (data)")
    parser.set_defaults(run=_changes)


def _changes(options: argparse.Namespace) -> int:
    root = options.data.absolute().parent
    if options.data.name != "data" or not root.is_dir():
        return misuse(f"{options.data} is no folder named data")
    for file in filter(None, (options.markdown, options.json)):
        if file.is_dir() or not file.absolute().parent.is_dir():
            return misuse(f"{file} can be no file")
    from pipeline.revisions import NoRevision, merge_base

    try:
        base = merge_base(options.base, options.head or "HEAD", root)
        verdict, risk, told = _told(base, options, root)
    except NoRevision as error:
        return misuse(f"{options.base}, {options.head or 'the working tree'}: {error}")
    _write(options, base, verdict, risk, told)
    return REFUSED if verdict.blocks else OK


def _told(base: str, options: argparse.Namespace, root: Path) -> "tuple[Verdict, Risk, Told]":
    """Everything that is to be said; made while both states lie there."""
    from pipeline.changes import annotated, told
    from pipeline.changes.compared import read_state
    from pipeline.changes.mending import Writer
    from pipeline.changes.risk import risk
    from pipeline.changes.verdict import judge
    from pipeline.revisions import changed_paths, data_at

    paths = changed_paths(base, options.head, root)
    with data_at(base, root) as before, data_at(options.head, root) as after:
        verdict = judge(read_state(before), read_state(after), paths, loss_allowed=options.allow_loss)
        danger = risk(verdict)
        said = told.told(verdict, danger, Writer(_who(), today()))
        if options.annotations:
            for problem in annotated.annotations(verdict):
                say(annotation(problem), sys.stdout)
    return verdict, danger, said


def _who() -> str:
    """Who is to stand in the lines that are offered to be pasted."""
    actor = os.environ.get("GITHUB_ACTOR", "")
    return f"github:{actor}" if re.fullmatch(r"[A-Za-z0-9-]{1,39}", actor) else "github:your-name"


def _write(options: argparse.Namespace, base: str, verdict: "Verdict", risk: "Risk", told: "Told") -> None:
    from pipeline.record import write_text

    if options.json:
        plain = _as_plain(base, options.head, verdict, risk, told)
        write_text(options.json, json.dumps(plain, ensure_ascii=False, indent=1) + "\n")
    if options.markdown:
        write_text(options.markdown, told.markdown)
        n = len(told.mends)
        say(f"{'blocked' if verdict.blocks else 'mergeable'}, risk {risk.level}, {n} to mend", sys.stdout)
    else:
        for line in told.markdown.splitlines():
            say(line, sys.stdout)


def _as_plain(base: str, head: str | None, verdict: "Verdict", risk: "Risk", told: "Told") -> dict[str, Any]:
    compared = verdict.compared
    blocking = [
        {"path": str(one.path), "line": one.line, "field": one.field, "says": one.en, "says_zh": one.zh}
        for one in told.mends
    ]
    return {
        "verdict": "blocked" if verdict.blocks else "mergeable",
        "base": base,
        "head": head,
        "risk": {"level": risk.level, "reasons": [{"level": r.level, "zh": r.zh, "en": r.en} for r in risk.reasons]},
        "blocking": blocking,
        "losses": [{"what": o.what, "name": o.name, "before": o.before, "gone": o.gone} for o in verdict.losses],
        "counts": {
            "files": len(verdict.paths),
            "reports_changed": len(compared.both),
            "reports_added": len(compared.reports_added),
            "reports_removed": len(compared.reports_removed),
            "moved": len(compared.moved),
            "corrections_added": len(verdict.quoted),
            "corrections_lost": len(compared.lost),
            "evidence_found": sum(one.at > 0 for one in verdict.quoted),
            "errors": len(verdict.errors),
            "older_errors": len(verdict.older),
            "unexplained": len(verdict.unexplained),
            "findings_new": len(verdict.appeared),
            "findings_gone": len(verdict.ceased),
        },
        "tables": {
            name: {"added": len(rows.added), "removed": len(rows.removed), "changed": len(rows.changed)}
            for name, rows in compared.tables.items()
        },
    }
