"""What every engine has in common: progress, what is kept on disk, and the choice of engine by name."""

from __future__ import annotations

import hashlib
import os
import pickle
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from counterpact.errors import CounterpactError, Problem, UsageError

Shared = TypeVar("Shared")
Batch = TypeVar("Batch")
Answer = TypeVar("Answer")

#: How often a batch is tried whose worker dies; a batch that kills three workers is itself the fault.
ATTEMPTS = 3


class ClusterError(CounterpactError):
    """The cluster is gone or cannot do a batch. `done` holds the answers there are, by the batch's number."""

    exit_code = 4

    def __init__(self, what: str, do: str, done: dict[int, Any]) -> None:
        super().__init__(Problem("", what=what, do=do))
        self.done = done


class Engine(ABC):
    """Maps `work(shared, batch)` over batches. `keep`: a folder that finished batches are written to and read from.

    Only keep in a folder of your own: what is read back from it is unpickled.
    """

    def __init__(self, keep: Path | None = None) -> None:
        self.keep = keep
        self._digested: tuple[object, str] = (None, "")

    def map(
        self,
        work: Callable[[Shared, Batch], Answer],
        batches: Sequence[Batch],
        shared: Shared,
        progress: Callable[[int, int], None] | None = None,
    ) -> list[Answer]:
        """Answers in the order of the batches. `progress(done, all)` is called as batches finish.

        `work` must be a function of a module, and it, the batches and `shared` must pickle. Errors of the work itself
        are raised as they are; `ClusterError` if the workers cannot be had, with what is done.
        """
        names = [self._name(work, shared, batch) for batch in batches] if self.keep else []
        done: dict[int, Answer] = {i: answer for i, name in enumerate(names) for answer in _read(self._file(name))}
        say = progress or (lambda *_: None)
        say(len(done), len(batches))
        todo = [i for i in range(len(batches)) if i not in done]
        try:
            for i, answer in self._run(work, batches, shared, todo) if todo else ():
                done[i] = answer
                if self.keep:
                    _write(self._file(names[i]), answer)
                say(len(done), len(batches))
        except ClusterError as error:
            error.done.update(done)
            kept = f"; {len(done)} of {len(batches)} batches are done"
            kept += f" and kept in {self.keep}: run the same again to go on from there" if self.keep else ""
            raise ClusterError(f"{error.problems[0].what}{kept}", error.problems[0].do, error.done) from error
        return [done[i] for i in range(len(batches))]

    @abstractmethod
    def _run(
        self, work: Callable[[Shared, Batch], Answer], batches: Sequence[Batch], shared: Shared, todo: list[int]
    ) -> Iterator[tuple[int, Answer]]:
        """(number, answer) of each batch to do, in any order."""

    def close(self) -> None:  # noqa: B027
        """Let workers go that this engine started, if any."""

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _name(self, work: Callable[..., Any], shared: object, batch: object) -> str:
        from counterpact.version import __version__

        what = (__version__, work.__module__, work.__qualname__, self._digest(shared), batch)
        return hashlib.sha256(pickle.dumps(what)).hexdigest()[:32]

    def _digest(self, shared: object) -> str:
        if not self._digested[1] or self._digested[0] is not shared:
            self._digested = (shared, hashlib.sha256(pickle.dumps(shared)).hexdigest())
        return self._digested[1]

    def _file(self, name: str) -> Path:
        assert self.keep is not None
        return self.keep / f"{name}.pickle"


class Here(Engine):
    """One batch after the other in this process."""

    def _run(
        self, work: Callable[[Shared, Batch], Answer], batches: Sequence[Batch], shared: Shared, todo: list[int]
    ) -> Iterator[tuple[int, Answer]]:
        for i in todo:
            yield i, work(shared, batches[i])


def engine(where: str = "1", *, keep: Path | None = None) -> Engine:
    """The engine of a name: a number of local processes (`1`: this one), `local:N` for a Dask cluster of N workers on
    this machine, or the address of a Dask scheduler (`tcp://host:8786`).

    Raises `UsageError` for any other name, or if Dask is not installed; `ClusterError` if no cluster answers.
    """
    name, _, count = where.partition(":")
    workers = count if name == "local" else where
    if name == "local" and not count:
        workers = str(os.cpu_count() or 1)
    if workers.isdigit() and int(workers) > 0:
        if name == "local":
            from counterpact.cluster.dask import Dask

            return Dask.local(int(workers), keep)
        if int(workers) == 1:
            return Here(keep)
        from counterpact.cluster.processes import Processes

        return Processes(int(workers), keep)
    if "://" in where:
        from counterpact.cluster.dask import Dask

        return Dask(where, keep)
    raise UsageError(
        Problem("", what=f'"{where}" is no place to work on', do="Give a number of processes, local:N for a Dask "
                "cluster on this machine, or the address of a Dask scheduler as in tcp://host:8786")
    )  # fmt: skip


def _read(file: Path) -> list[Any]:
    """The kept answer, or nothing; a file cut short counts as nothing."""
    try:
        return [pickle.loads(file.read_bytes())]
    except (OSError, EOFError, pickle.UnpicklingError):
        return []


def _write(file: Path, answer: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(f".{os.getpid()}.part")
    part.write_bytes(pickle.dumps(answer, protocol=pickle.HIGHEST_PROTOCOL))
    part.replace(file)
