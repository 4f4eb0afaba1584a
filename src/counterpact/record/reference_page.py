"""The manual's page of sources, made from the catalogue: `docs/reference/sources.md`."""

from __future__ import annotations

from counterpact.record import catalog

GROUPS = {
    "lists": "Sanctions lists",
    "ownership": "Ownership and identity",
    "votes": "Votes",
    "trade": "Trade",
    "security": "Security",
    "cyber": "Cyber",
    "reference": "Reference",
}

_HEAD = """# Sources of the record

The record reads {count} public data sets. None of them is shipped with the program: you fetch or import them, under
their holders' terms. *Rows may be passed on* says whether a bundle with these rows may leave your own machines. *Read
on* says what the reader was tested with.

This page is made from the catalogue (`record/datasets/*/dataset.yml`); do not edit it. The same on screen:
`counterpact record datasets` and `counterpact record show NAME`.
"""


def render() -> str:
    """The page as Markdown; the same catalogue gives the same bytes."""
    described = [catalog.dataset(name) for name in catalog.names()]
    parts = [_HEAD.format(count=len(described)), _overview(described)]
    for group, title in GROUPS.items():
        members = [item for item in described if item.group == group]
        if members:
            parts.append(f"## {title}\n")
            parts += [_section(item) for item in members]
    return "\n".join(parts)


def _overview(described: list[catalog.Dataset]) -> str:
    lines = ["| data set | publisher | licence | rows may be passed on | fetched by command |", "|---|---|---|---|---|"]
    for item in described:
        fetch = "yes" if item.addresses else "import by hand"
        passed = "yes" if item.licence.redistributable else "no"
        cells = (f"[{item.name}](#{item.name})", _cell(item.publisher), _cell(item.licence.name), passed, fetch)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _section(item: catalog.Dataset) -> str:
    licence = f"[{item.licence.name}]({item.licence.url})" if item.licence.url else item.licence.name
    rows = [
        ("publisher", item.publisher),
        ("home page", f"<{item.home}>"),
        ("licence", licence),
        ("rows may be passed on", "yes" if item.licence.redistributable else "no"),
        ("formats", ", ".join(item.formats)),
        ("new edition", _cadence(item.cadence_days)),
        ("used by", ", ".join(item.lines) or "no line yet"),
        ("read on", item.tested_on),
        ("fetch", _fetch(item)),
        ("tables", "; ".join(f"`{name}` ({', '.join(table.columns)})" for name, table in item.tables.items())),
    ]
    body = "\n".join(f"| {name} | {_cell(value)} |" for name, value in rows)
    note = f"\n{item.note}\n" if item.note else ""
    return f"### {item.name}\n\n{item.title}.\n{note}\n| | |\n|---|---|\n{body}\n"


def _cadence(days: int) -> str:
    names = {0: "finished series", 1: "daily", 7: "weekly", 31: "monthly", 365: "yearly"}
    return names.get(days, f"about every {days} days")


def _fetch(item: catalog.Dataset) -> str:
    if not item.addresses:
        return f"by hand, then `counterpact record import {item.name} FILE`"
    key = next((address.key_env for address in item.addresses if address.key_env), "")
    never = "" if any(address.fetched for address in item.addresses) else " (address never fetched by us)"
    return f"`counterpact record fetch {item.name}`{never}" + (f"; needs a key in `{key}`" if key else "")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":  # python -m counterpact.record.reference_page > docs/reference/sources.md
    print(render(), end="")
