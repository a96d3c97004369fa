"""Work over several processes that share by `fork` what the first one has read, and give back little."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import chain

Job = Callable[[], list[str]]

_FEW = 24
_JOBS: list[Job] = []
"""What the children take by number: a job is never sent, it is there when they are forked."""


def run(jobs: Sequence[Job], few: int = _FEW) -> list[str]:
    """Does every job and gives what they give, in their order. The first that fails raises here, after the others.

    At most `few` jobs, one core or a system without `fork`: all of it is done here.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    if cores == 1 or len(jobs) <= few:
        return list(chain.from_iterable(job() for job in jobs))
    _JOBS[:] = jobs
    try:
        return list(chain.from_iterable(_forked(len(jobs), cores)))
    finally:
        _JOBS.clear()


def _forked(jobs: int, cores: int) -> Iterator[list[str]]:
    with ProcessPoolExecutor(cores, mp_context=multiprocessing.get_context("fork")) as pool:
        yield from pool.map(_do, range(jobs))


def _do(number: int) -> list[str]:
    return _JOBS[number]()
