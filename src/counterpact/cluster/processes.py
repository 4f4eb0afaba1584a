"""Batches over processes of this machine, with own retry: a worker that is killed is replaced, its batch done again."""

from __future__ import annotations

import multiprocessing
import pickle
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from counterpact.beside import can_fork
from counterpact.cluster.mapping import ATTEMPTS, Answer, Batch, ClusterError, Engine, Shared


class Processes(Engine):
    """A number of workers, each given one batch at a time. Forked where that is safe, so that nothing is copied."""

    def __init__(self, workers: int, keep: Path | None = None) -> None:
        super().__init__(keep)
        self.workers = workers

    def _run(
        self, work: Callable[[Shared, Batch], Answer], batches: Sequence[Batch], shared: Shared, todo: list[int]
    ) -> Iterator[tuple[int, Answer]]:
        waiting, tried = deque(todo), dict.fromkeys(todo, 0)
        workers: dict[Connection, tuple[Any, int]] = {}  # its pipe → the worker, the batch it is at

        def give(pipe: Connection, process: Any) -> None:
            if waiting:
                i = waiting.popleft()
                workers[pipe] = (process, i)
                with suppress(OSError):  # a worker that has just died is noticed when it is waited for
                    pipe.send_bytes(pickle.dumps(batches[i], protocol=pickle.HIGHEST_PROTOCOL))
            else:
                workers.pop(pipe, None)
                with suppress(OSError):
                    pipe.send_bytes(b"")
                process.join()
                pipe.close()

        try:
            for _ in range(min(self.workers, len(todo))):
                give(*_start(work, shared))
            while workers:
                for pipe in wait(list(workers)):
                    assert isinstance(pipe, Connection)
                    process, i = workers[pipe]
                    try:
                        fine, answer = pickle.loads(pipe.recv_bytes())
                    except (EOFError, OSError):
                        del workers[pipe]
                        pipe.close()
                        process.join()
                        tried[i] += 1
                        if tried[i] >= ATTEMPTS:
                            what = f"batch {i} lost its worker {ATTEMPTS} times (exit code {process.exitcode})"
                            raise ClusterError(what, "Is there memory enough? Use fewer processes", {}) from None
                        waiting.appendleft(i)
                        give(*_start(work, shared))
                        continue
                    if not fine:
                        raise answer
                    give(pipe, process)
                    yield i, answer
        finally:
            for pipe, (process, _) in workers.items():
                process.terminate()
                process.join()
                pipe.close()


def _start(work: Callable[..., Any], shared: object) -> tuple[Connection, Any]:
    context: Any = multiprocessing.get_context("fork" if can_fork() else "spawn")
    mine, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, work, shared), daemon=True)
    process.start()
    theirs.close()
    return mine, process


def _serve(pipe: Connection, work: Callable[..., Any], shared: object) -> None:
    """Answer batches until an empty message or the end of the pipe. An error is an answer too."""
    while True:
        try:
            message = pipe.recv_bytes()
        except (EOFError, OSError):
            return
        if not message:
            return
        batch = pickle.loads(message)
        try:
            answer = (True, work(shared, batch))
        except Exception as error:
            answer = (False, error)
        pipe.send_bytes(pickle.dumps(answer, protocol=pickle.HIGHEST_PROTOCOL))
