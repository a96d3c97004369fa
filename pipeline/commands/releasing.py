"""Commands: releases of the data."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from pipeline import ROOT
from pipeline.arguments import Commands, Run, day, words
from pipeline.commands import OK, REFUSED, near, say, today

OUT = ROOT / "release"


def add(commands: Commands) -> None:
    """Adds the commands of this room."""
    parser = commands.add_parser("release", help="prepare the next version of the data, or build its files")
    steps = parser.add_subparsers(metavar="STEP", required=True)
    _add_prepare(steps)
    _add_build(steps)
    for step in steps.choices.values():
        step.allow_abbrev = False


def _add_prepare(steps: Commands) -> None:
    parser = steps.add_parser(
        "prepare", help="write the next version to CITATION.cff and data/releases.csv, and show its notes"
    )
    parser.add_argument("--date", type=day, metavar="YYYY-MM-DD", help="the day of the release (today)")
    parser.add_argument("--as", dest="wanted", type=version, metavar="VERSION", help="a higher version than needed")
    parser.add_argument("--again", action="store_true", help="the last version in the list was never cut")
    parser.add_argument("--notes", type=Path, metavar="FILE.md", help="write the notes to a file instead")
    _add_since(parser)
    parser.set_defaults(run=_spoken(_prepare))


def _add_build(steps: Commands) -> None:
    parser = steps.add_parser("build", help="write the files of the version that the last commit names")
    parser.add_argument("--out", type=Path, default=OUT, metavar="DIR", help="the folder (release)")
    _add_since(parser)
    parser.set_defaults(run=_spoken(_build))


def _add_since(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--since", type=words, metavar="REV", help="the release before it (the last one by its tag)")


def version(text: str) -> str:
    """A version of the data, for argparse."""
    from pipeline.edition import is_version

    if not is_version(text):
        raise argparse.ArgumentTypeError(f"{text} is no version such as 1.4.0")
    return text


def _spoken(run: Callable[[argparse.Namespace], None]) -> Run:
    """A step that says in sentences why it cannot be done."""

    def spoken(options: argparse.Namespace) -> int:
        from pipeline.releases.planned import Unready
        from pipeline.revisions import NoRevision

        try:
            run(options)
        except Unready as stop:
            for line in stop.says:
                say(line)
            return REFUSED
        except NoRevision as stop:
            say(str(stop))
            return REFUSED
        return OK

    return spoken


def _root() -> Path:
    """The repository: the folder that holds `data/`."""
    from pipeline.edition import data_folder
    from pipeline.releases.planned import Unready

    folder = data_folder()
    if folder.name != "data" or not folder.is_dir():
        raise Unready(f"{folder}: a release is made of the folder data of a repository")
    return folder.parent


def _prepare(options: argparse.Namespace) -> None:
    from pipeline.releases.planned import Wish
    from pipeline.releases.prepared import prepare

    wish = Wish(options.date or today(), options.since, options.wanted, options.again)
    prepared = prepare(_root(), wish, options.notes)
    for dropped in prepared.plan.dropped:
        say(f"{dropped} was prepared and never cut; its row is taken out of data/releases.csv")
    for reason in prepared.plan.told.reasons:
        say(f"{reason.step.name}: {reason.words_en}")
    say(f"{prepared.edition.version}: {', '.join(str(near(path)) for path in prepared.written)}")
    say(f"Commit them; `gongkai release build` makes the files, and the tag of the commit is {prepared.edition.tag}")
    if not options.notes:
        sys.stdout.write(prepared.notes)


def _build(options: argparse.Namespace) -> None:
    from pipeline.releases.assets import build

    for path in build(_root(), options.out, options.since):
        print(near(path))
