"""Work over several processes."""

import os
from functools import partial

import pytest

from pipeline import workers


def _who(number: int) -> list[str]:
    return [f"{number} {os.getpid()}"]


def _fail(number: int) -> list[str]:
    if number == 77:
        raise ValueError("page 77 cannot be written")
    return []


def _on(cores: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)), raising=False)


def test_what_jobs_give_comes_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several processes do them, none of them this one, and the answer is as if one had."""
    _on(2, monkeypatch)
    given = [one.split() for one in workers.run([partial(_who, n) for n in range(100)])]
    assert [int(number) for number, _ in given] == list(range(100))
    assert str(os.getpid()) not in {process for _, process in given}


@pytest.mark.parametrize(("cores", "jobs"), [(1, 100), (2, 5)])
def test_one_core_or_few_jobs_need_no_other_process(cores: int, jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Starting processes would take longer."""
    _on(cores, monkeypatch)
    assert workers.run([partial(_who, n) for n in range(jobs)]) == [f"{n} {os.getpid()}" for n in range(jobs)]


@pytest.mark.parametrize("cores", [1, 2])
def test_a_job_that_fails_fails_the_run(cores: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """No page is left out in silence."""
    _on(cores, monkeypatch)
    with pytest.raises(ValueError, match="page 77"):
        workers.run([partial(_fail, n) for n in range(100)])


def test_a_single_job_can_be_done_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """What loads much and must leave nothing behind is done in another process even where it is all there is to do."""
    _on(2, monkeypatch)
    ((_, process),) = [one.split() for one in workers.run([partial(_who, 1)], few=0)]
    assert process != str(os.getpid())
