"""Batches on a Dask distributed cluster, this machine's own or one at an address (extra `cluster`).

What all batches share is one task of its own, so that it travels once to each worker and is made again if the worker
that holds it dies. Workers that die are replaced by the cluster; a batch that loses its worker is submitted again here.
"""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from counterpact.cluster.mapping import ATTEMPTS, Answer, Batch, ClusterError, Engine, Shared
from counterpact.errors import UsageError

#: Seconds to wait for the scheduler, and for it to come back.
CONNECT = 10
GONE = "Start the cluster again (its scheduler log says why it ended), or use --cluster local"


class Dask(Engine):
    """Batches on the cluster whose scheduler listens at `address`."""

    def __init__(self, address: str, keep: Path | None = None, *, cluster: Any = None) -> None:
        super().__init__(keep)
        distributed = _distributed()
        self._cluster = cluster
        self._shipped: tuple[Any, Any] = (None, None)
        try:
            self.client = distributed.Client(cluster or address, timeout=CONNECT, set_as_default=False)
        except (OSError, ValueError) as error:
            what = f"no Dask scheduler answers at {address}: {error}"
            raise ClusterError(what, "Check the address and that the scheduler runs", {}) from error

    @classmethod
    def local(cls, workers: int, keep: Path | None = None) -> Dask:
        """A cluster of so many worker processes on this machine, closed with the engine."""
        distributed = _distributed()
        cluster = distributed.LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
        )
        return cls("", keep, cluster=cluster)

    def close(self) -> None:
        """Leave the cluster; end it if it is this engine's own."""
        self.client.close(timeout=5)
        if self._cluster is not None:
            self._cluster.close(timeout=10)

    def _run(
        self, work: Callable[[Shared, Batch], Answer], batches: Sequence[Batch], shared: Shared, todo: list[int]
    ) -> Iterator[tuple[int, Answer]]:
        distributed = _distributed()
        finished: Any = SimpleQueue()
        tried = dict.fromkeys(todo, 0)
        open_: dict[int, Any] = {}

        def submit(i: int, load: Any) -> None:
            batch = pickle.dumps(batches[i], protocol=pickle.HIGHEST_PROTOCOL)
            open_[i] = self.client.submit(_do, work, load, batch, pure=False)
            open_[i].add_done_callback(lambda future, i=i: finished.put((i, future)))

        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Sending large graph")
            load = self._ship(shared)
            for i in todo:
                submit(i, load)
            while open_:
                try:
                    i, future = finished.get(timeout=1.0)
                except Empty:
                    self._check()
                    continue
                if i not in open_ or future is not open_[i]:
                    continue
                try:
                    fine, answer = pickle.loads(future.result(timeout=CONNECT))
                except (distributed.KilledWorker, distributed.CancelledError, TimeoutError, OSError) as error:
                    self._check()
                    tried[i] += 1
                    if tried[i] >= ATTEMPTS:
                        what = f"batch {i} lost its worker again and again ({type(error).__name__})"
                        raise ClusterError(what, "Is there memory enough on the workers?", {}) from error
                    if load.status in ("cancelled", "lost", "error"):
                        self._shipped = (None, None)
                        load = self._ship(shared)
                    submit(i, load)
                    continue
                del open_[i]
                if not fine:
                    raise answer
                yield i, answer

    def _ship(self, shared: object) -> Any:
        """The task that holds what is shared; kept, so that the next map over the same object sends nothing."""
        if self._shipped[0] is not shared or self._shipped[1].status in ("cancelled", "lost", "error"):
            packed = pickle.dumps(shared, protocol=pickle.HIGHEST_PROTOCOL)
            self._shipped = (shared, self.client.submit(_load, packed, pure=False))
        return self._shipped[1]

    def _check(self) -> None:
        """Raise `ClusterError` if the scheduler is gone or has had no worker for a while."""
        if self.client.status != "running":
            raise ClusterError("the Dask scheduler is gone", GONE, {})
        try:
            workers = self.client.scheduler_info(n_workers=-1)["workers"]
            if not workers:
                self.client.wait_for_workers(1, timeout=3 * CONNECT)
        except TimeoutError as error:
            raise ClusterError("the Dask cluster has no workers left", GONE, {}) from error
        except OSError as error:
            raise ClusterError("the Dask scheduler is gone", GONE, {}) from error


def _distributed() -> Any:
    try:
        import distributed
    except ImportError as error:
        raise UsageError("a cluster needs Dask: install counterpact[cluster]") from error
    return distributed


def _load(shared: bytes) -> Any:
    return pickle.loads(shared)


def _do(work: Callable[..., Any], shared: object, batch: bytes) -> bytes:
    """(fine, answer or error) of one batch on a worker, packed here, so that only bytes are counted and moved."""
    try:
        answer = (True, work(shared, pickle.loads(batch)))
    except Exception as error:
        answer = (False, error)
    return pickle.dumps(answer, protocol=pickle.HIGHEST_PROTOCOL)
