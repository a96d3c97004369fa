"""Commands: correct a figure, and what is done with corrections."""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import ROOT
from pipeline.arguments import Commands, day, words
from pipeline.commands import OK, REFUSED, misuse, near, say, sentence, today
from pipeline.shape import ERRED, KINDS

if TYPE_CHECKING:
    from pipeline.absorbing import Edit
    from pipeline.correcting import Corrected

DATA = ROOT / "data"


def add(commands: Commands) -> None:
    """Adds the commands of this room."""
    _add_correct(commands)
    parser = commands.add_parser("corrections", help="edits, workbooks and issues become corrections; replay them")
    ways = parser.add_subparsers(metavar="WAY", required=True)
    _add_absorb(ways)
    _add_import(ways)
    _add_issue(ways)
    _add_replay(ways)
    for way in ways.choices.values():
        way.allow_abbrev = False


def _add_correct(commands: Commands) -> None:
    parser = commands.add_parser("correct", help="correct one figure of a record, and write down why")
    parser.add_argument("report", metavar="REPORT", help="the id of a report, or the path of its record")
    parser.add_argument("field", metavar="FIELD", help="such as requests.granted.natural")
    parser.add_argument(
        "value",
        metavar="VALUE",
        help="what the report prints (12, 1,234, /, null); with printed_wrong what it should be",
    )
    parser.add_argument("--kind", required=True, choices=KINDS, help="how the figure came to be wrong")
    parser.add_argument("--evidence", type=words, metavar="TEXT", help="words of source.txt (its own line)")
    parser.add_argument("--date", type=day, metavar="YYYY-MM-DD", help="the day of the correction (today)")
    _add_anyway(parser)
    _add_told(parser, needs_reason=True)
    parser.set_defaults(run=_correct)


def _add_told(parser: argparse.ArgumentParser, needs_reason: bool = False) -> None:
    parser.add_argument("--reason", type=words, required=needs_reason, metavar="TEXT", help="how it went wrong")
    parser.add_argument(
        "--by", type=words, metavar="WHO", help="who corrects (github:$GITHUB_ACTOR, or git's user.name)"
    )
    _add_data(parser)


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=DATA, metavar="DIR", help="the folder of the data (data)")


def _add_anyway(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--anyway", action="store_true", help="the evidence stands in the original, not in source.txt")


def _add_absorb(ways: Commands) -> None:
    parser = ways.add_parser("absorb", help="plain edits of figures since a revision become corrections")
    parser.add_argument("--base", required=True, metavar="REV", help="the revision before the edits")
    parser.add_argument("--kind", choices=ERRED, help="hold all edits to be of this kind (the figures tell it)")
    _add_told(parser)
    parser.set_defaults(run=_absorb)


def _add_import(ways: Commands) -> None:
    parser = ways.add_parser("import", help="a report's data.xlsx with its columns filled in becomes corrections")
    parser.add_argument("file", type=Path, metavar="FILE.xlsx")
    _add_anyway(parser)
    _add_told(parser)
    parser.set_defaults(run=_import)


def _add_issue(ways: Commands) -> None:
    parser = ways.add_parser(
        "issue", help="a filled-in issue form becomes a correction, or an answer that says what lacks"
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="GitHub's event of the issue, or the text of its form")
    parser.add_argument("--by", type=words, metavar="LOGIN", help="who wrote it (as the event says)")
    parser.add_argument("--answer", type=Path, metavar="FILE.md", help="where the answer goes (the terminal)")
    _add_data(parser)
    parser.set_defaults(run=_issue)


def _add_replay(ways: Commands) -> None:
    parser = ways.add_parser("replay", help="which accepted corrections the converter now gets right by itself")
    parser.add_argument(
        "--originals", type=Path, metavar="DIR", help="documents named by their sha256, read where held"
    )
    _add_data(parser)
    parser.set_defaults(run=_replay)


def by_default() -> str:
    """Who sits at the keyboard or started the workflow; empty where nothing tells."""
    if actor := os.environ.get("GITHUB_ACTOR"):
        return f"github:{actor}"
    try:
        done = subprocess.run(["git", "config", "user.name"], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip()


def _nobody() -> int:
    return misuse("who corrects this is not known: name it with --by")


# one figure ----------------------------------------------------------------------------------------------------------


def _correct(options: argparse.Namespace) -> int:
    from pipeline.correcting import Corrected, Wanted, correct, report_path
    from pipeline.quoting import read_kept
    from pipeline.record import read_record, record_to_yaml, write_text

    named = Path(options.report)
    path = named if named.suffix == ".yaml" else report_path(options.data, options.report)
    if path is None or not path.is_file():
        return misuse(f"{options.report} is no report of {near(options.data)}")
    by = options.by or by_default()
    if not by:
        return _nobody()
    loaded = read_record(path)
    if loaded.record is None:
        _tell_all(str(problem) for problem in loaded.problems)
        return REFUSED
    said = (options.reason, by, options.date or today(), options.evidence or "", options.anyway)
    done = correct(
        loaded.record, read_kept(path, loaded.record), Wanted(options.field, options.value, options.kind, *said)
    )
    if not isinstance(done, Corrected):
        _tell_all(sentence(near(path), options.field, fault.says, fault.code) for fault in done)
        return REFUSED
    write_text(path, record_to_yaml(done.record))
    _tell_corrected(path, done)
    return OK


def _tell_corrected(path: Path, done: "Corrected") -> None:
    from pipeline.typed import shown

    entry = done.entry
    change = f"{shown(done.before)} -> {shown(done.after)}"
    if entry["kind"] == "printed_wrong":
        change = f"{shown(entry['printed'])} stays, noted as misprinted for {shown(entry['should_be'])}"
    say(f"{near(path)}: {entry['field']}: {change} ({entry['kind']})", sys.stdout)
    stands = "stands in source.txt" if done.stands else "does not stand in source.txt: look at the original"
    say(f"  the evidence {stands}: {entry['evidence']}", sys.stdout)


def _tell_all(lines: Iterable[str]) -> None:
    for line in lines:
        say(line, sys.stderr)


# plain edits ---------------------------------------------------------------------------------------------------------


def _absorb(options: argparse.Namespace) -> int:
    from pipeline.absorbing import Told, absorb
    from pipeline.record import write_all
    from pipeline.revisions import NoRevision, data_at, merge_base

    data, by = options.data.resolve(), options.by or by_default()
    if data.name != "data" or not data.is_dir():
        return misuse(f"{options.data} is no folder data of a repository")
    if not by:
        return _nobody()
    told = Told(by, today(), options.kind or "", _Asker(options.reason or ""))
    try:
        # What others have done since on the line of REV is no edit that was made here.
        with data_at(merge_base(options.base, "HEAD", data.parent), data.parent) as base:
            absorbed = absorb(base, data, told)
    except NoRevision as error:
        return misuse(f"--base {options.base}: {error}")
    _tell_all(sentence(near(path), where, says, code) for path, where, says, code in absorbed.faults)
    for edit in absorbed.missing:
        say(f"{edit}: a reason is missing; give it with --reason", sys.stderr)
    if absorbed.faults or absorbed.missing:
        return REFUSED
    write_all(absorbed.texts)
    for edit, entry in absorbed.entries:
        say(f"{edit} ({entry['kind']})", sys.stdout)
    say(f"edits that became corrections: {len(absorbed.entries)}", sys.stdout)
    return OK


class _Asker:
    """Asks for the reason of each edit at a terminal; an answer that ends with `*` holds for all that follow."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def __call__(self, edit: "Edit") -> str:
        if self.reason or not sys.stdin.isatty():
            return self.reason
        try:
            answer = input(f"{edit}\n  why? (end with * where this holds for all that follow) ").strip()
        except EOFError:
            return ""
        if answer.endswith("*"):
            self.reason = answer = answer.rstrip("* ")
        return answer


# a workbook, an issue ------------------------------------------------------------------------------------------------


def _import(options: argparse.Namespace) -> int:
    from pipeline.correcting import Wanted
    from pipeline.filled import read_filled
    from pipeline.record import write_text

    if not options.file.is_file():
        return misuse(f"{options.file} is no file")
    by = options.by or by_default()
    if not by:
        return _nobody()
    wanted = Wanted("", "", reason=options.reason or "", by=by, date=today(), anyway=options.anyway)
    filled = read_filled(options.data, options.file, wanted)
    if filled.faults:
        _tell_all(sentence(options.file, where, says, code) for where, says, code in filled.faults)
        return REFUSED
    assert filled.path is not None
    write_text(filled.path, filled.text)
    for made in filled.made:
        _tell_corrected(filled.path, made)
    return OK


def _issue(options: argparse.Namespace) -> int:
    from pipeline.intake import Issue, ask, read_issue
    from pipeline.record import record_to_yaml, write_text
    from pipeline.replying import answer_of, reply

    if not options.file.is_file():
        return misuse(f"{options.file} is no file")
    issue = read_issue(options.file, (options.by or "").removeprefix("github:"))
    if not isinstance(issue, Issue):
        return _answer(options.answer, answer_of(issue), REFUSED)
    asked = ask(options.data, issue, today())
    if asked.made and asked.path:
        write_text(asked.path, record_to_yaml(asked.made.record))
    return _answer(options.answer, reply(asked), OK if asked.made else REFUSED)


def _answer(file: Path | None, text: str, status: int) -> int:
    from pipeline.record import write_text

    if file:
        write_text(file, text)
    else:
        print(text, end="")
    return status


# the converter put to the test ---------------------------------------------------------------------------------------


def _replay(options: argparse.Namespace) -> int:
    from pipeline.replay import ENDINGS, THIRD, replay

    if missing := next((one for one in (options.data, options.originals) if one and not one.is_dir()), None):
        return misuse(f"{missing} is no folder")
    done = replay(options.data, options.originals)
    for one in done.replayed:
        say(f"{near(one.path)}: {one.entry['field']}: {one.sentence}", sys.stdout)
    counts = ", ".join(f"{done.count(ending)} {ending}" for ending in ENDINGS)
    say(f"{len(done.replayed)} accepted corrections: {counts}; {done.confirmed} confirmed before", sys.stdout)
    say(f"the converter gets {done.share} right by itself", sys.stdout)
    return REFUSED if done.count(THIRD) else OK
