"""The command line: parse, call one function of `counterpact.api`, show. One file per command group."""

from __future__ import annotations


def main() -> None:
    """Entry point: run a command; a known error is printed whole and sets the exit code."""
    import os
    import sys

    # The linear programs have threads of their own; BLAS threads beside them only spin. Before numpy is imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from counterpact.errors import CounterpactError

    try:
        from counterpact.cli.app import app

        app()
    except CounterpactError as error:
        from rich.console import Console

        Console(stderr=True, highlight=False, soft_wrap=True).print(str(error), style="red", markup=False)
        sys.exit(error.exit_code)
