"""The door: a subcommand for each stop of the line, in its order; the only room that prints."""

import argparse
import io
import os
import re
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pipeline
from pipeline import shape, showing
from pipeline.convert import Options, Outcome, convert, understand
from pipeline.corrections import Settled
from pipeline.dataset import read_dataset
from pipeline.identity import Given
from pipeline.record import AGENCIES, read_record, record_paths, record_to_yaml, write_text
from pipeline.regions import by_code

if TYPE_CHECKING:
    from pipeline.site import Built

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

OK, REFUSED, MISUSE = 0, 1, 2
OUTPUT = pipeline.ROOT / "output"


def main(arguments: Sequence[str]) -> int:
    """The exit status of a command: 0 done, 1 something is refused or wrong, 2 misuse."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a name that the terminal cannot show must not stop the work
    try:
        options = _parser().parse_args(arguments)
    except SystemExit as stop:  # argparse has said why, or shown the help
        return int(stop.code or 0)
    try:
        return int(options.run(options))
    except BrokenPipeError:
        # The reader of our output has gone (`gongkai show … | head`); nothing is left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        print("interrupted; every file that was written is whole", file=sys.stderr)
        return 130
    except OSError as error:
        return _misuse(f"{error.filename or 'output'}: {error.strerror or error}", REFUSED)


# arguments -----------------------------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    line = (pipeline.__doc__ or "").splitlines()[0]
    parser = argparse.ArgumentParser(prog="gongkai", description=line, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"gongkai {pipeline.__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _add_show(commands)
    _add_convert(commands)
    _add_check(commands)
    _add_format(commands)
    _add_package(commands)
    _add_site(commands)
    for command in commands.choices.values():
        command.allow_abbrev = False  # `--aga` is no `--again`
    return parser


def _add_show(commands: "Commands") -> None:
    parser = commands.add_parser("show", help="show what a document is understood as, cell by cell; writes nothing")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
    _add_given(parser)
    parser.set_defaults(run=_show)


def _add_convert(commands: "Commands") -> None:
    parser = commands.add_parser("convert", help="convert documents to records, or refuse them with the reason")
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    parser.add_argument("--out", type=Path, default=AGENCIES, metavar="DIR", help="where records lie (data/agencies)")
    parser.add_argument("--again", action="store_true", help="write over a different record, and show the difference")
    parser.add_argument("--url", type=_web, help="the address that the document came from")
    parser.add_argument("--retrieved", type=_day, metavar="YYYY-MM-DD", help="the day it was fetched")
    parser.add_argument(
        "--keep", action="append", default=[], type=_field, metavar="FIELD", help="settle: keep the correction"
    )
    parser.add_argument(
        "--take", action="append", default=[], type=_field, metavar="FIELD", help="settle: take the conversion"
    )
    _add_given(parser)
    parser.set_defaults(run=_convert)


def _add_given(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--agency", type=_words, metavar="NAME", help="the organ's name, where the report hides it")
    parser.add_argument("--region", type=_region, metavar="CODE", help="the six-digit code of its place")
    parser.add_argument("--year", type=_year, metavar="YYYY", help="the year reported on")


def _add_check(commands: "Commands") -> None:
    parser = commands.add_parser("check", help="check records: every problem with file and line, then the status")
    parser.add_argument("paths", type=Path, nargs="*", metavar="PATH", help="records or folders (data/agencies)")
    parser.set_defaults(run=_check)


def _add_format(commands: "Commands") -> None:
    parser = commands.add_parser("format", help="write records in their canonical form; changes no value")
    parser.add_argument("paths", type=Path, nargs="*", metavar="PATH", help="records or folders (data/agencies)")
    parser.set_defaults(run=_format)


def _add_package(commands: "Commands") -> None:
    parser = commands.add_parser("package", help="make the tables and the data package under OUTPUT/data")
    parser.add_argument("--out", type=Path, default=OUTPUT, metavar="OUTPUT", help="the folder (output)")
    parser.add_argument("--schema", action="store_true", help="only write data/datapackage.json, the published schema")
    parser.set_defaults(run=_package)


def _add_site(commands: "Commands") -> None:
    parser = commands.add_parser("site", help="check, package and build the whole website")
    parser.add_argument("--out", type=Path, default=OUTPUT, metavar="OUTPUT", help="the folder (output)")
    parser.set_defaults(run=_site)


def _words(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("a name belongs here")
    return text.strip()


def _region(text: str) -> str:
    if text not in by_code():
        raise argparse.ArgumentTypeError(f"{text} is no code of data/regions.csv")
    return text


def _year(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 2000 <= int(text) <= 2100):
        raise argparse.ArgumentTypeError(f"{text} is no year")
    return int(text)


def _day(text: str) -> str:
    if not shape.is_date(text):
        raise argparse.ArgumentTypeError(f"{text} is no day written YYYY-MM-DD")
    return text


def _field(text: str) -> str:
    if text not in shape.every_field():
        raise argparse.ArgumentTypeError(f"{text} is no field, such as requests.granted.natural")
    return text


def _web(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s/][^\s]*", text):
        raise argparse.ArgumentTypeError("an http or https address belongs here")
    return text


def _given(options: argparse.Namespace) -> Given:
    return Given(options.agency, options.region, options.year)


def _misuse(says: str, status: int = MISUSE) -> int:
    print(f"gongkai: {says}", file=sys.stderr)
    return status


def _not_there(paths: Sequence[Path]) -> Path | None:
    return next((path for path in paths if not path.exists()), None)


# commands ------------------------------------------------------------------------------------------------------------


def _show(options: argparse.Namespace) -> int:
    understood = understand(options.file, _given(options))
    if understood.document is None:
        problem = understood.problems[0]
        print(_sentence(options.file, problem.where, problem.says, problem.code), file=sys.stderr)
        return REFUSED
    print(showing.as_json(understood) if options.json else showing.as_text(understood))
    return OK


def _convert(options: argparse.Namespace) -> int:
    alone = [name for name in ("agency", "region", "year", "url") if getattr(options, name)]
    if len(options.files) > 1 and (alone or options.keep or options.take):
        what = f"--{alone[0]}" if alone else "--keep and --take"
        return _misuse(f"{what} can only be said of one file at a time")
    if both := sorted({*options.keep} & {*options.take}):
        return _misuse(f"{both[0]} can be kept or taken, not both")
    settled = Settled(options.keep, options.take, f"gongkai {pipeline.__version__}", _today())
    wanted = Options(options.out, options.url, options.retrieved, options.again, settled)
    started, ended = time.monotonic(), list[str]()
    for number, file in enumerate(options.files, start=1):
        outcome = convert(file, _given(options), wanted)
        ended.append(outcome.ended)
        _tell_outcome(file, outcome)
        _progress(number, len(options.files), started)
    if len(ended) > 1:
        print(", ".join(f"{ended.count(how)} {how}" for how in ("written", "unchanged", "refused")), file=sys.stderr)
    return REFUSED if "refused" in ended else OK


def _near(path: Path) -> Path:
    """A path as seen from where the person stands, where it lies below."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _tell_outcome(file: Path, outcome: Outcome) -> None:
    for change in outcome.changes:
        print(f"{file}: {change}")
    for where, says, code in outcome.lines:
        print(_sentence(file, where, says, code), file=sys.stderr if outcome.ended == "refused" else sys.stdout)
    if outcome.ended != "refused":
        print(f"{file}: {outcome.ended}: {_near(outcome.record) if outcome.record else ''}")


def _sentence(file: Path, where: str, says: str, code: str) -> str:
    return f"{file}: {where}: {says} ({code})" if where else f"{file}: {says} ({code})"


def _progress(done: int, of: int, started: float) -> None:
    """A line that overwrites itself; a machine that reads along gets the files' own lines only."""
    if of > 1 and sys.stderr.isatty():
        rate = done / max(time.monotonic() - started, 0.001)
        end = "\n" if done == of else "\r"
        print(f"\033[K{done}/{of}, {rate:.0f} a second, {(of - done) / rate:.0f} s to go", end=end, file=sys.stderr)


def _check(options: argparse.Namespace) -> int:
    if missing := _not_there(options.paths):
        return _misuse(f"{missing} is not there")
    from pipeline import checking  # the second half of the line takes half a second to load; the first does not need it

    dataset = read_dataset(options.paths or [_near(AGENCIES)])
    problems = checking.check(dataset).problems
    for problem in problems:
        print(_annotation(problem) if os.environ.get("GITHUB_ACTIONS") == "true" else problem)
    counts = [sum(p.severity == severity for p in problems) for severity in ("error", "finding", "note")]
    print(f"{len(dataset.loaded)} records: {counts[0]} errors, {counts[1]} findings, {counts[2]} notes")
    return REFUSED if counts[0] else OK


def _annotation(problem: shape.Problem) -> str:
    """The same sentence as an annotation on the line, in the way of GitHub Actions."""
    kind = {"error": "error", "finding": "warning"}.get(problem.severity, "notice")
    says = str(problem).replace("%", "%25").replace("\n", "%0A")
    return f"::{kind} file={problem.path},line={problem.line}::{says}"


def _format(options: argparse.Namespace) -> int:
    status = OK
    if missing := _not_there(options.paths):
        return _misuse(f"{missing} is not there")
    for path in [one for root in options.paths or [_near(AGENCIES)] for one in record_paths(root)]:
        loaded = read_record(path)
        for problem in loaded.problems:
            print(problem, file=sys.stderr)
        if loaded.record is None:
            status = REFUSED
        elif record_to_yaml(loaded.record) != loaded.text:
            write_text(path, record_to_yaml(loaded.record))
            print(f"{path}: written in canonical form")
    return status


def _package(options: argparse.Namespace) -> int:
    from pipeline import site

    if options.schema:
        print(site.write_schema())
        return OK
    return _tell_built(site.build_package(options.out))


def _site(options: argparse.Namespace) -> int:
    from pipeline import site

    return _tell_built(site.build_site(options.out))


def _tell_built(built: "Built") -> int:
    for problem in built.problems:
        print(problem, file=sys.stderr)
    for line in built.lines:
        print(line)
    return REFUSED if built.problems else OK
