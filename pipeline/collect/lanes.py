"""Hosts side by side, each report of a host after the other: a few threads, and results in the order of the plan."""

import threading
from collections import deque
from collections.abc import Callable, Generator, Sequence

from pipeline.collect.gathering import Gathered
from pipeline.collect.plan import Task
from pipeline.limits import fault

LOOK = 0.1
"""Seconds after which a wait looks up, so that Ctrl-C is heard."""

Work = Callable[[str], Gathered]


class Lanes:
    """The fetching of a run. A thread takes a host with all its reports, and then the next host."""

    def __init__(self, tasks: Sequence[Task], work: Work, jobs: int) -> None:
        by_host: dict[str, list[Task]] = {}
        for task in tasks:
            by_host.setdefault(task.host, []).append(task)
        self._work, self._waiting = work, deque(by_host.values())
        self._order = [task for lane in by_host.values() for task in lane]
        self._done: dict[int, Gathered] = {}
        self._changed = threading.Condition()
        self._threads = [
            threading.Thread(target=self._serve, daemon=True, name=f"lane {number}")
            for number in range(min(jobs, len(by_host)))
        ]

    def results(self, stop_if_asked: Callable[[], None]) -> Generator[tuple[Task, Gathered]]:
        """Each task with what it gave, in the order of the plan host by host. Raises what `stop_if_asked` raises."""
        for thread in self._threads:
            thread.start()
        for task in self._order:
            while True:
                stop_if_asked()
                with self._changed:
                    self._changed.wait_for(lambda task=task: task.number in self._done, LOOK)  # type: ignore[misc]
                    found = self._done.pop(task.number, None)
                if found:
                    yield task, found
                    break

    def join(self, seconds: float) -> None:
        """Waits for the threads, which somebody has told to stop."""
        for thread in self._threads:
            if thread.is_alive():
                thread.join(seconds / len(self._threads))

    def _serve(self) -> None:
        while True:
            try:
                lane = self._waiting.popleft()
            except IndexError:
                return
            for task in lane:
                self._put(task, self._gather(task))

    def _gather(self, task: Task) -> Gathered:
        try:
            return self._work(task.row.url)
        except OSError as error:
            return Gathered("failed", f"the store cannot be written: {error.strerror or error}")
        except Exception as error:  # one report never stops the others
            return Gathered("failed", fault(error))

    def _put(self, task: Task, found: Gathered) -> None:
        with self._changed:
            self._done[task.number] = found
            self._changed.notify_all()
