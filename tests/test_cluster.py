"""The engines against the plain loop, with workers killed, errors, a cluster that vanishes and work that is kept."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from counterpact.cluster import ClusterError, engine
from counterpact.errors import UsageError

BATCHES = [np.arange(k, k + 5.0) for k in range(8)]


def square(shared, batch):
    return shared["factor"] * batch**2


def square_once_killed(shared, batch):
    """The worker that gets batch 3 first kills itself."""
    mark = Path(shared["mark"])
    if batch[0] == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return shared["factor"] * batch**2


def always_killed(shared, batch):
    if batch[0] == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return batch


def broken(shared, batch):
    raise ZeroDivisionError(f"batch {batch[0]:g}")


def counted(shared, batch):
    with Path(shared).open("a") as stream:
        stream.write("x")
    return batch


def ends_the_scheduler(shared, batch):
    """The sixth batch waits until five have been kept, then kills the scheduler."""
    counted(shared["count"], batch)
    if len(Path(shared["count"]).read_text()) == 6:
        while len(list(Path(shared["keep"]).glob("*.pickle"))) < 5:
            time.sleep(0.05)
        os.kill(shared["scheduler"], signal.SIGKILL)
    return batch


@pytest.fixture(scope="module")
def dask():
    with engine("local:2") as two:
        yield two


def test_processes_and_dask_answer_as_the_plain_loop(dask):
    expected = [3 * b**2 for b in BATCHES]
    for where in ("1", "2", "3"):
        with engine(where) as here:
            assert np.array_equal(here.map(square, BATCHES, {"factor": 3}), expected)
    seen = []
    assert np.array_equal(dask.map(square, BATCHES, {"factor": 3}, lambda k, n: seen.append((k, n))), expected)
    assert seen == [(k, 8) for k in range(9)]


@pytest.mark.parametrize("where", ["2", "dask"])
def test_a_killed_worker_loses_nothing(where, dask, tmp_path):
    shared = {"factor": 3, "mark": str(tmp_path / "killed")}
    here = dask if where == "dask" else engine(where)
    assert np.array_equal(here.map(square_once_killed, BATCHES, shared), [3 * b**2 for b in BATCHES])
    assert (tmp_path / "killed").exists()


def test_a_batch_that_kills_every_worker_is_named_and_the_rest_is_kept(tmp_path):
    with pytest.raises(ClusterError, match=r"batch 3 lost its worker 3 times.*kept in"):
        engine("2", keep=tmp_path).map(always_killed, BATCHES, None)
    assert list(tmp_path.glob("*.pickle"))


@pytest.mark.parametrize("where", ["1", "2", "dask"])
def test_an_error_of_the_work_is_raised_as_it_is(where, dask):
    with pytest.raises(ZeroDivisionError, match="batch"):
        (dask if where == "dask" else engine(where)).map(broken, BATCHES, None)


def test_what_is_kept_is_not_done_again_and_a_broken_file_is(tmp_path):
    log, keep = tmp_path / "log", tmp_path / "kept"

    def times():
        engine("1", keep=keep).map(counted, BATCHES, str(log))
        return len(log.read_text())

    assert times() == 8
    assert times() == 8
    first = min(keep.glob("*.pickle"))
    first.write_bytes(first.read_bytes()[:7])
    assert times() == 9


def test_a_cluster_that_vanishes_is_said_and_what_was_done_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr("counterpact.cluster.dask.CONNECT", 5)
    file = tmp_path / "scheduler.json"
    dask_ = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--no-dashboard", "--port", "0", "--host",
             "127.0.0.1", "--scheduler-file", str(file)]  # fmt: skip
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    scheduler = subprocess.Popen(dask_, **quiet)
    while not file.exists():
        time.sleep(0.1)
    address = json.loads(file.read_text())["address"]
    worker = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny",
         "--no-dashboard", "--death-timeout", "10"],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}, **quiet,
    )  # fmt: skip
    try:
        shared = {"scheduler": scheduler.pid, "keep": str(tmp_path / "kept"), "count": str(tmp_path / "count")}
        with (
            engine(address, keep=tmp_path / "kept") as far,
            pytest.raises(ClusterError, match="5 of 8 batches") as lost,
        ):
            far.map(ends_the_scheduler, BATCHES, shared)
        assert "gone" in str(lost.value)
        assert len(lost.value.done) == 5
    finally:
        for process in (scheduler, worker):
            process.kill()
            process.wait()


def test_no_scheduler_and_no_such_place(monkeypatch):
    monkeypatch.setattr("counterpact.cluster.dask.CONNECT", 1)
    with pytest.raises(UsageError, match="no place to work on"):
        engine("everywhere")
    with pytest.raises(UsageError, match="no place to work on"):
        engine("0")
    with pytest.raises(ClusterError, match="no Dask scheduler answers"):
        engine("tcp://127.0.0.1:9")
