"""What is to be said of a change, and whether it may be merged: errors, unexplained changes and great losses block."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.changes.compared import Compared, Entered, State, compare
from pipeline.changes.losses import Loss, losses
from pipeline.changes.quoted import Quoted, quoted
from pipeline.changes.unexplained import Unexplained, unexplained
from pipeline.checking import check
from pipeline.checks import Finding
from pipeline.dataset import Dataset
from pipeline.quoting import Kept, read_kept
from pipeline.record import Problem


@dataclass(frozen=True, slots=True)
class Verdict:
    """A change of the data, judged. Paths of problems are as the repository names them.

    `paths`: every file that differs. `errors` block, `older` stood there before and lie in files that nobody touched.
    `appeared` and `ceased` are findings that only one of the two states has, those of new and removed reports apart.
    """

    compared: Compared
    paths: Sequence[str]
    errors: Sequence[Problem] = ()
    older: Sequence[Problem] = ()
    unexplained: Sequence[Unexplained] = ()
    losses: Sequence[Loss] = ()
    loss_allowed: bool = False
    quoted: Sequence[Quoted] = ()
    appeared: Sequence[Finding] = ()
    ceased: Sequence[Finding] = ()

    @property
    def blocks(self) -> bool:
        return bool(self.errors or self.unexplained or (self.losses and not self.loss_allowed))

    @property
    def data_paths(self) -> list[str]:
        """The files of the data that differ; the forms and the spellings among them."""
        return [path for path in self.paths if path.startswith("data/")]


def judge(before: State, after: State, paths: Sequence[str], *, loss_allowed: bool = False) -> Verdict:
    """Judges what differs between two states; `paths` are the files that differ, as the repository names them."""
    compared = compare(before, after)
    touched = sorted(_touched(compared, paths))
    kept = {id: _kept(after, id) for id in touched}
    errors, older = _errors(compared, paths, touched)
    quotes = [quoted(compared, one, kept[one.report_id]) for one in _entered(compared)]
    appeared, ceased = _findings(compared)
    return Verdict(
        compared, paths, errors, older,
        [one for id in touched for one in _unexplained(compared, id, kept[id])],
        list(losses(compared)), loss_allowed, quotes, appeared, ceased,
    )  # fmt: skip


def _entered(compared: Compared) -> list[Entered]:
    """The corrections that were added, also those that a report brings with it."""
    new = sorted({*compared.after.by_id} - {*compared.before.by_id})
    brought = [(id, record.corrections) for id in new if (record := compared.after.record(id))]
    return [*compared.entered, *(Entered(id, n, one) for id, found in brought for n, one in enumerate(found, 1))]


def _touched(compared: Compared, paths: Iterable[str]) -> set[str]:
    """The reports to look at: those whose record or kept cells differ, and those that could not be read before."""
    before, after = compared.before, compared.after
    changed = {Path(path) for path in paths if path.endswith(".source.txt")}
    kept = {f"{path.parent.name}-{path.name.split('.')[0]}" for path in changed}
    return {*compared.both, *({*after.by_id} - {*before.by_id}), *(kept & {*after.by_id})}


def _kept(state: State, id: str) -> Kept:
    """The kept cells of a report; nothing where a state could not read its record."""
    loaded = state.by_id.get(id)
    return read_kept(loaded.path, loaded.record) if loaded else Kept()


def _unexplained(compared: Compared, id: str, after: Kept) -> Iterator[Unexplained]:
    if new := compared.after.record(id):
        yield from unexplained(compared.before.record(id), new, _kept(compared.before, id), after)


# errors --------------------------------------------------------------------------------------------------------------


def _errors(compared: Compared, paths: Collection[str], touched: Sequence[str]) -> tuple[list[Problem], list[Problem]]:
    """Errors that block, and those that stood before in files that nobody touched: the line may differ, no more."""
    before, after = compared.before, compared.after
    paths, known = {*paths}, {_key(one) for one in _named(before, before.checking.problems)}
    organs = {id for id, one in after.by_id.items() if str(after.place(one.path.with_name("agency.yaml"))) in paths}
    found = {*_named(after, after.checking.problems), *_named(after, _of_rows(after, sorted({*touched, *organs})))}
    errors = sorted(one for one in found if one.severity == "error")
    block = [one for one in errors if _key(one) not in known or str(one.path) in paths]
    return block, [one for one in errors if one not in block]


def _key(problem: Problem) -> tuple[str, str, str, str]:
    return str(problem.path), problem.field, problem.says, problem.code


def _named(state: State, problems: Iterable[Problem]) -> Iterator[Problem]:
    """Problems by the names that the repository has for its files, wherever a state was taken out to."""
    for one in problems:
        yield replace(one, path=state.place(one.path), says=one.says.replace(str(state.root), "data"))


def _of_rows(state: State, touched: Sequence[str]) -> list[Problem]:
    """What the published schema says of the rows of the reports that are looked at; asked of all, it takes minutes."""
    loaded = [state.by_id[id] for id in touched if state.by_id[id].path.parent.name in state.dataset.agencies]
    part = Dataset(state.dataset.agencies, loaded)
    return [one for one in check(part).problems if one.severity == "error"] if loaded else []


# findings ------------------------------------------------------------------------------------------------------------


def _findings(compared: Compared) -> tuple[list[Finding], list[Finding]]:
    appeared, ceased = list[Finding](), list[Finding]()
    for id in sorted({*compared.before.by_id} & {*compared.after.by_id}):
        old = {(one.rule, one.field): one for one in compared.before.findings(id)}
        new = {(one.rule, one.field): one for one in compared.after.findings(id)}
        appeared += [one for key, one in new.items() if key not in old and one.severity != "error"]
        ceased += [one for key, one in old.items() if key not in new and one.severity != "error"]
    return appeared, ceased
