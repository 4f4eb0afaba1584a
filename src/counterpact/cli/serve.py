"""`counterpact serve`: the HTTP interface of screening."""

from __future__ import annotations

from typing import Annotated

import typer


def serve(
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; the default is this machine alone.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port.")] = 8000,
    lists: Annotated[
        list[str] | None, typer.Option("--list", help="Data set of the record, file, or DATASET=FILE; repeatable.")
    ] = None,
) -> None:
    """Serve match, search, entities and catalog as yente does, on the loopback address."""
    import uvicorn

    import counterpact.api
    from counterpact.service.screening import build

    screener = counterpact.api.screening(lists or (), progress=lambda text: typer.echo(text, err=True))
    if host not in ("127.0.0.1", "localhost", "::1"):
        typer.echo(
            "Anyone who reaches this address can ask; there is no password. Put it behind your own gate.", err=True
        )
    uvicorn.run(build(screener), host=host, port=port, access_log=False, log_level="warning")
