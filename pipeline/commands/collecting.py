"""Commands: fetch reports from the web."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import arguments
from pipeline.arguments import Commands
from pipeline.commands import INTERRUPTED, OK, REFUSED, misuse, near, say, today
from pipeline.identity import Given
from pipeline.record import AGENCIES, write_text

if TYPE_CHECKING:
    from pipeline.collect.fetching import Fetcher
    from pipeline.collect.known import Listing
    from pipeline.collect.run import Result, Wanted


def add(commands: Commands) -> None:
    """Adds the commands of this room."""
    _add_collect(commands)
    _add_add(commands)


def _add_collect(commands: Commands) -> None:
    parser = commands.add_parser("collect", help="fetch what is new or due of the known reports, and convert it")
    parser.add_argument("--limit", type=arguments.number, metavar="N", help="make at most so many requests")
    parser.add_argument("--host", type=arguments.words, metavar="HOST", help="only reports of this host")
    parser.add_argument("--again", action="store_true", help="also reports that are not due yet")
    parser.add_argument("--summary", type=Path, metavar="FILE.md", help="write there what the run did")
    _add_places(parser)
    parser.set_defaults(run=_collect)


def _add_add(commands: Commands) -> None:
    parser = commands.add_parser("add", help="fetch one report, convert it, and take it into the list of known reports")
    parser.add_argument("url", type=arguments.web, metavar="URL", help="the address of the report's page or file")
    parser.add_argument("--agency", type=arguments.words, metavar="NAME", help="the organ whose report it is")
    parser.add_argument("--region", type=arguments.region, metavar="CODE", help="the code of its place")
    parser.add_argument("--year", type=arguments.year, metavar="YYYY", help="the year reported on")
    _add_places(parser)
    parser.set_defaults(run=_add)


def _add_places(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=AGENCIES.parent, metavar="DIR", help="the folder data (data)")
    parser.add_argument(
        "--store", type=Path, metavar="DIR", help="where originals are kept (~/.cache/gongkai/originals)"
    )


def _ready(options: argparse.Namespace) -> "tuple[Wanted, Listing, Fetcher] | int":
    """What a run needs, or the exit status where something is wrong."""
    from pipeline.collect.fetching import Fetcher, agent
    from pipeline.collect.known import Listing
    from pipeline.collect.run import Wanted
    from pipeline.collect.store import default_store
    from pipeline.pages.addresses import site_of

    if not options.data.is_dir():
        return misuse(f"{options.data} is no folder")
    listing = Listing(near(options.data))
    for problem in listing.problems:
        say(str(problem))
    if listing.problems:
        return REFUSED
    site = site_of(os.environ)
    wanted = Wanted(near(options.data), options.store or default_store(os.environ))
    return wanted, listing, Fetcher(agent(site.repository or site.url))


def _collect(options: argparse.Namespace) -> int:
    from dataclasses import replace

    from pipeline.collect import run, summary

    if options.summary and (options.summary.is_dir() or not options.summary.absolute().parent.is_dir()):
        return misuse(f"{options.summary} can be no file")
    ready = _ready(options)
    if isinstance(ready, int):
        return ready
    wanted, listing, fetcher = ready
    wanted = replace(wanted, limit=options.limit, host=(options.host or "").lower(), again=options.again)
    try:
        outcome = run.collect(wanted, listing, fetcher, _tell)
    except run.Misplaced as error:
        return misuse(str(error))
    for host, says in outcome.left:
        say(f"{host} left alone: {says}")
    if options.summary:
        write_text(options.summary, summary.to_markdown(outcome, today()))
    counts = {ended: sum(one.ended == ended for one in outcome.results) for ended in run.ENDINGS}
    told = [f"{count} {ended.replace('_', ' ')}" for ended, count in counts.items() if count]
    say(f"{outcome.requests} requests: {', '.join(told) or 'nothing was due'}; {outcome.waiting} left for another run")
    if outcome.interrupted:
        say("interrupted; every file that was written is whole")
    return INTERRUPTED if outcome.interrupted else OK


def _add(options: argparse.Namespace) -> int:
    from pipeline.collect import run

    ready = _ready(options)
    if isinstance(ready, int):
        return ready
    try:
        result = run.add(*ready, options.url, Given(options.agency, options.region, options.year))
    except run.Misplaced as error:
        return misuse(str(error))
    _tell(result)
    return OK if result.row.agency_id and not result.code and result.ended not in _NOTHING else REFUSED


_NOTHING = ("missing", "gone", "address_gone", "forbidden", "failed", "left", "spent", "stopped")


def _tell(result: "Result") -> None:
    """One line about a report, and a line for each thing to look at."""
    from pipeline.collect.run import ENDINGS

    is_well = not result.code and result.ended not in _NOTHING
    for line in (*result.changes, *result.lines):
        say(f"{result.row.url}: {line}", sys.stdout if is_well else None)
    says = f": {result.says}" if result.says else ""
    code = f" ({result.code})" if result.code else ""
    where = f": {near(result.record.absolute())}" if result.record else ""
    say(f"{result.row.url}: {ENDINGS[result.ended]}{says}{code}{where}", sys.stdout if is_well else None)
