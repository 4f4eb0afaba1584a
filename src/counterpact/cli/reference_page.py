"""The manual page of the commands, written from the commands themselves."""

from __future__ import annotations

from typing import Any

import typer


def render() -> str:
    """`docs/reference/commands.md`: every command, argument and option. A test keeps the page up to date."""
    from counterpact.cli.app import app

    lines = [
        "# Commands",
        "",
        "Written from the commands themselves (`counterpact.cli.reference_page`); a test fails when it is out of date.",
        "",
        "Exit codes: 0 done, 2 wrong use, 3 a broken case or input, 4 no proven answer within the limit.",
    ]
    root = typer.main.get_command(app)
    _walk(root, "counterpact", lines, 2)
    return "\n".join(lines) + "\n"


def _walk(command: Any, path: str, lines: list[str], depth: int) -> None:
    if hasattr(command, "commands"):
        if path != "counterpact":
            lines += ["", f"{'#' * depth} `{path}`", "", _text(command.help)]
            depth += 1
        for name in sorted(command.commands):
            _walk(command.commands[name], f"{path} {name}", lines, depth)
        return
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and not p.hidden and p.name != "help"]
    usage = " ".join(_usage(a) for a in arguments)
    lines += ["", f"{'#' * depth} `{f'{path} {usage}'.strip()}`", "", _text(command.help)]
    if options:
        lines += ["", "| option | meaning | default |", "|---|---|---|"]
        lines += [f"| {_names(o)} | {_text(o.help).replace('|', chr(92) + '|')} | {_default(o)} |" for o in options]


def _usage(argument: Any) -> str:
    name = (argument.name or "").upper() + ("…" if argument.nargs == -1 else "")
    return name if argument.required else f"[{name}]"


def _names(option: Any) -> str:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    return names if option.is_flag else f"{names} *value*"


def _default(option: Any) -> str:
    value = option.default
    if callable(value) or value in (None, (), [], "") or value is False or "Sentinel" in type(value).__name__:
        return ""
    return f"`{value}`"


def _text(text: str | None) -> str:
    return " ".join((text or "").split())


if __name__ == "__main__":
    typer.echo(render(), nl=False)
