"""What can be typed: the subcommands in the order of the line, their options, and what each option may say."""

import argparse
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pipeline
from pipeline import shape
from pipeline.record import AGENCIES
from pipeline.regions import by_code

if TYPE_CHECKING:
    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    Commands = argparse._SubParsersAction

OUTPUT = pipeline.ROOT / "output"

Run = Callable[[argparse.Namespace], int]


def parser_of(runs: Mapping[str, Run], further: Iterable[Callable[[Commands], None]] = ()) -> argparse.ArgumentParser:
    """The parser of the command line; `runs` gives what each command does by its name.

    `further` adds commands that stand in rooms of their own and say themselves what they do.
    """
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
    for name, command in commands.choices.items():
        command.set_defaults(run=runs[name])
    for add in further:
        add(commands)
    for command in commands.choices.values():
        command.allow_abbrev = False  # `--aga` is no `--again`
    return parser


def _add_show(commands: Commands) -> None:
    parser = commands.add_parser("show", help="show what a document is understood as, cell by cell; writes nothing")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")
    _add_given(parser)


def _add_convert(commands: Commands) -> None:
    parser = commands.add_parser("convert", help="convert documents to records, or refuse them with the reason")
    parser.add_argument("files", type=Path, nargs="+", metavar="PATH", help="documents, or folders of them")
    parser.add_argument("--out", type=Path, default=AGENCIES, metavar="DIR", help="where records lie (data/agencies)")
    parser.add_argument("--again", action="store_true", help="write over a different record, and show the difference")
    parser.add_argument("--url", type=web, help="the address that the document came from")
    parser.add_argument("--retrieved", type=day, metavar="YYYY-MM-DD", help="the day it was fetched")
    parser.add_argument(
        "--keep", action="append", default=[], type=field_name, metavar="FIELD", help="settle: keep the correction"
    )
    parser.add_argument(
        "--take", action="append", default=[], type=field_name, metavar="FIELD", help="settle: take the conversion"
    )
    parser.add_argument(
        "--prose", action="store_true", help="keep the text of the prose in the record; for your own instance only"
    )
    parser.add_argument(
        "--review",
        type=Path,
        metavar="FILE.yaml",
        help="a person's answers for what a scan leaves in doubt; where the file is not there, it is made with the questions",
    )
    _add_bounds(parser)
    _add_given(parser)


def _add_bounds(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--jobs", type=number, metavar="N", help="how many files are read at once (all cores)")
    parser.add_argument("--report", type=Path, metavar="FILE.json", help="write down how each file ended")
    parser.add_argument(
        "--time-limit", type=number, metavar="SECONDS", help="what one file may take (60; slow formats 300)"
    )
    parser.add_argument(
        "--memory-limit", type=number, default=1000, metavar="MB", help="what reading one file may hold (1000)"
    )


def _add_given(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--agency", type=words, metavar="NAME", help="the organ's name, where the report hides it")
    parser.add_argument("--region", type=region, metavar="CODE", help="the six-digit code of its place")
    parser.add_argument("--year", type=year, metavar="YYYY", help="the year reported on")


def _add_check(commands: Commands) -> None:
    parser = commands.add_parser("check", help="check records: every problem with file and line, then the status")
    parser.add_argument("paths", type=Path, nargs="*", metavar="PATH", help="records or folders (data/agencies)")


def _add_format(commands: Commands) -> None:
    parser = commands.add_parser("format", help="write records in their canonical form; changes no value")
    parser.add_argument("paths", type=Path, nargs="*", metavar="PATH", help="records or folders (data/agencies)")


def _add_package(commands: Commands) -> None:
    parser = commands.add_parser("package", help="make the tables and the data package under OUTPUT/data")
    parser.add_argument("--out", type=Path, default=OUTPUT, metavar="OUTPUT", help="the folder (output)")
    parser.add_argument("--schema", action="store_true", help="only write data/datapackage.json, the published schema")


def _add_site(commands: Commands) -> None:
    parser = commands.add_parser("site", help="check, package and build the whole website")
    parser.add_argument("--out", type=Path, default=OUTPUT, metavar="OUTPUT", help="the folder (output)")


def words(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("a name belongs here")
    return text.strip()


def region(text: str) -> str:
    if text not in by_code():
        raise argparse.ArgumentTypeError(f"{text} is no code of data/regions.csv")
    return text


def year(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 2000 <= int(text) <= 2100):
        raise argparse.ArgumentTypeError(f"{text} is no year")
    return int(text)


def day(text: str) -> str:
    if not shape.is_date(text):
        raise argparse.ArgumentTypeError(f"{text} is no day written YYYY-MM-DD")
    return text


def field_name(text: str) -> str:
    if text not in shape.every_field():
        raise argparse.ArgumentTypeError(f"{text} is no field, such as requests.granted.natural")
    return text


def number(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,5}", text):
        raise argparse.ArgumentTypeError("a whole number from 1 on belongs here")
    return int(text)


def web(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s/][^\s]*", text):
        raise argparse.ArgumentTypeError("an http or https address belongs here")
    return text
