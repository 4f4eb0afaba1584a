"""A piece of work on another core, in a forked copy of this process; here and now where that cannot be had.

The copy shares what is already in memory, so a large problem is not sent anywhere. It answers with one pickled value.
If it dies or the platform cannot fork, the work is simply done in place: slower, the same answer.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import sys
import warnings
from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


def can_fork() -> bool:
    """True where a forked copy is safe and worth it: Linux with a second core, not switched off by the environment."""
    return sys.platform == "linux" and (os.cpu_count() or 1) > 1 and os.environ.get("COUNTERPACT_FORK", "1") != "0"


class Beside(Generic[T]):
    """`Beside(work).result()` is `work()`. The work must not print, and its answer must pickle."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._child = self._pipe = 0
        if can_fork():
            self._start()

    def _start(self) -> None:
        reading, writing = os.pipe()
        with warnings.catch_warnings():
            # Python warns that other threads' locks stay locked in the copy; the copy takes none of them
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if child:
            os.close(writing)
            self._child, self._pipe = child, reading
            return
        code = 1
        try:
            os.close(reading)
            with os.fdopen(writing, "wb") as stream:
                pickle.dump(self._work(), stream, protocol=pickle.HIGHEST_PROTOCOL)
            code = 0
        finally:
            os._exit(code)

    def result(self) -> T:
        """The answer, waiting for it if need be. Errors of the work are raised here, as if it had been done here."""
        if self._child:
            with os.fdopen(self._pipe, "rb") as stream:
                answer = stream.read()
            _, status = os.waitpid(self._child, 0)
            self._child = 0
            if status == 0:
                value: Any = pickle.loads(answer)
                return value  # type: ignore[no-any-return]
        return self._work()

    def __del__(self) -> None:
        if self._child:
            with contextlib.suppress(OSError):
                os.close(self._pipe)
                os.waitpid(self._child, 0)
