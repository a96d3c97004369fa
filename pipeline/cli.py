"""The door: a subcommand for each stop of the line, in its order; the only room that prints."""

import argparse
import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pipeline
from pipeline import batch, limits, showing
from pipeline.arguments import parser_of
from pipeline.commands import (
    INTERRUPTED,
    OK,
    REFUSED,
    annotation,
    changing,
    collecting,
    correcting,
    misuse,
    near,
    now,
    releasing,
    say,
    sentence,
    today,
)
from pipeline.convert import Options, Outcome, understand
from pipeline.corrections import Settled
from pipeline.dataset import KNOWN_REPORTS, read_dataset
from pipeline.identity import Given
from pipeline.inputs import Inputs, gather, is_folder
from pipeline.record import AGENCIES, read_record, record_paths, record_to_yaml, write_text
from pipeline.review import read_answers
from pipeline.shape import Problem

if TYPE_CHECKING:
    from pipeline.site import Built


COMMANDS = (correcting.add, changing.add, releasing.add, collecting.add)
"""What stands in rooms behind the door, in the order in which the help names it."""


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
        return INTERRUPTED
    except OSError as error:
        return misuse(f"{error.filename or 'output'}: {error.strerror or error}", REFUSED)


def _parser() -> argparse.ArgumentParser:
    runs = {"show": _show, "convert": _convert, "check": _check, "format": _format, "package": _package, "site": _site}
    return parser_of(runs, COMMANDS)


def _given(options: argparse.Namespace) -> Given:
    return Given(options.agency, options.region, options.year, getattr(options, "url", None))


def _not_there(paths: Sequence[Path]) -> Path | None:
    return next((path for path in paths if not path.exists()), None)


# commands ------------------------------------------------------------------------------------------------------------


def _show(options: argparse.Namespace) -> int:
    job = (options.file.absolute(), _given(options), options.json)
    bounds = batch.Bounds(1)
    done = limits.run_one(_shown, job, bounds.patience(options.file, b"%PDF"), bounds.megabytes)
    where, says, code = ("", done.says, "UnreadableSource") if done.says else done.result[1:]
    if says:
        say(sentence(options.file, where, says, code), sys.stderr)
        return REFUSED
    print(done.result[0])
    return OK


def _shown(job: tuple[Path, Given, bool]) -> tuple[str, str, str, str]:
    """What `show` prints, or place, sentence and code of what was wrong with the file."""
    file, given, as_json = job
    understood = understand(file, given)
    if understood.document is None:
        problem = understood.problems[0]
        return "", problem.where, problem.says, problem.code
    return showing.as_json(understood) if as_json else showing.as_text(understood), "", "", ""


def _convert(options: argparse.Namespace) -> int:
    alone = [name for name in ("agency", "region", "year", "url", "review") if getattr(options, name)]
    many = len(options.files) > 1 or is_folder(options.files[0])
    if many and (alone or options.keep or options.take):
        what = f"--{alone[0]}" if alone else "--keep and --take"
        return misuse(f"{what} can only be said of one file at a time")
    if both := sorted({*options.keep} & {*options.take}):
        return misuse(f"{both[0]} can be kept or taken, not both")
    if options.report and (options.report.is_dir() or not options.report.absolute().parent.is_dir()):
        return misuse(f"{options.report} can be no file")
    answers = read_answers(options.review) if options.review and options.review.exists() else None
    if answers and answers.problems:
        for problem in answers.problems:
            say(problem, sys.stderr)
        return REFUSED
    settled = Settled(options.keep, options.take, f"gongkai {pipeline.__version__}", now()[:10])
    wanted = Options(options.out, options.url, options.retrieved, options.again, settled, options.prose, answers)
    return _convert_all(gather(options.files, options.out), wanted, options, many)


def _convert_all(inputs: Inputs, wanted: Options, options: argparse.Namespace, many: bool) -> int:
    jobs = min(options.jobs or limits.cores(), len(inputs.files) or 1)
    bounds = batch.Bounds(jobs, options.memory_limit, options.time_limit)
    started, ended, interrupted = now(), list[batch.Ended](), False
    try:
        with _bar(len(inputs.files)) as bar:
            running = batch.convert_all(inputs, _given(options), wanted, bounds, bar.update if bar else lambda: None)
            with contextlib.closing(running):
                for one in running:
                    ended.append(one)
                    with bar.external_write_mode() if bar else contextlib.nullcontext():
                        _tell_outcome(one.file, one.outcome)
                        _ask(one.outcome, options.review)
    except KeyboardInterrupt:
        interrupted = True
    if options.report:
        told = batch.as_plain(ended, inputs, started, now(), interrupted)
        write_text(options.report, json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    if many or interrupted:
        _tell_summary(ended, inputs)
    if interrupted:
        say(f"interrupted after {len(ended)} of {len(inputs.files)} files; every file that was written is whole")
        return INTERRUPTED
    return REFUSED if any(one.outcome.ended == "refused" for one in ended) else OK


@contextlib.contextmanager
def _bar(files: int) -> Iterator[Any]:
    """A line that overwrites itself, with rate and remaining time; a machine that reads along gets none."""
    if files < 2 or not sys.stderr.isatty():
        yield None
        return
    from tqdm import tqdm

    tqdm.monitor_interval = 0  # no thread: nothing here takes so long
    with tqdm(total=files, unit=" files", dynamic_ncols=True, leave=False) as bar:
        yield bar


def _tell_outcome(file: Path, outcome: Outcome) -> None:
    for change in outcome.changes:
        say(f"{file}: {change}", sys.stdout)
    for where, says, code in outcome.lines:
        say(sentence(file, where, says, code), sys.stderr if outcome.ended == "refused" else sys.stdout)
    if outcome.ended != "refused":
        say(f"{file}: {outcome.ended}: {near(outcome.record) if outcome.record else ''}", sys.stdout)


def _tell_summary(ended: Sequence[batch.Ended], inputs: Inputs) -> None:
    refused = [one for one in ended if one.outcome.ended == "refused"]
    totals = batch.totals(ended, inputs)
    for code, count in totals["refused_by_code"].items():
        such = [str(one.file) for one in refused if one.outcome.lines[0][2] == code]
        say(f"{count} refused ({code}): {', '.join(such[:3])}{', …' if count > 3 else ''}")
    for why, count in inputs.passed_over():
        say(f"{count} skipped: {why}")
    say(", ".join(f"{totals[how]} {how}" for how in batch.ENDINGS))


def _ask(outcome: Outcome, review: Path | None) -> None:
    """Writes the questions of a scan to the file for answers where that is not there yet."""
    if outcome.questions and review and not review.exists():
        write_text(review, outcome.questions)
        say(f"{review}: the questions are written; answer them there and run the same command again", sys.stderr)


def _check(options: argparse.Namespace) -> int:
    if missing := _not_there(options.paths):
        return misuse(f"{missing} is not there")
    # The second half of the line takes half a second to load; the first does not need it.
    from pipeline import checking, explained

    dataset = read_dataset(options.paths or [near(AGENCIES)], near(_lists(options.paths)))
    looks = [explained.Look(problem) for problem in checking.check(dataset).problems]
    looks += explained.explain(dataset.loaded, correcting.by_default(), today())
    for look in sorted(looks, key=lambda look: look.problem):
        _tell_problem(look.problem, look.lines)
    counts = [sum(look.problem.severity == severity for look in looks) for severity in ("error", "finding", "note")]
    print(f"{len(dataset.loaded)} records: {counts[0]} errors, {counts[1]} findings, {counts[2]} notes")
    return REFUSED if counts[0] else OK


def _lists(paths: Sequence[Path]) -> Path:
    """The list of known reports beside the reports that are looked at; that of this checkout for a part of them."""
    whole = [path for path in paths if path.name == AGENCIES.name and path.is_dir()]
    return whole[0].with_name(KNOWN_REPORTS.name) if len(whole) == len(paths) == 1 else KNOWN_REPORTS


def _tell_problem(problem: Problem, paste: Sequence[str]) -> None:
    """One sentence; below it the lines that mend the record, as they are to stand in it."""
    if os.environ.get("GITHUB_ACTIONS") == "true":
        says = "\n".join([f"{problem.says}; below corrections:", *paste]) if paste else problem.says
        print(annotation(replace(problem, says=says)))
        return
    print(problem)
    if paste:
        print("\n".join(["  to be written below `corrections:`, with a reason:", *paste]))


def _format(options: argparse.Namespace) -> int:
    status = OK
    if missing := _not_there(options.paths):
        return misuse(f"{missing} is not there")
    for path in [one for root in options.paths or [near(AGENCIES)] for one in record_paths(root)]:
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
