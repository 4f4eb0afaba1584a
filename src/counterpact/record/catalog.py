"""The catalogue: one folder per data set, described by `dataset.yml`, read by `read.py`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from importlib import import_module, resources

from pydantic import BaseModel, ConfigDict, Field

from counterpact.errors import UsageError, nearest
from counterpact.record.reading import Reading, SourceFile

Reader = Callable[[Sequence[SourceFile]], Reading]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Licence(_Strict):
    """The holder's terms."""

    name: str
    """Name of the licence, `none stated`, or the holder's own terms."""
    redistributable: bool
    """May rows be passed on?"""
    url: str = ""
    """Where the terms stand."""


class Address(_Strict):
    """Where a file is fetched from."""

    url: str
    """Address; `{year}` and `{key}` are filled in."""
    file: str
    """Name to store it under."""
    key_env: str = ""
    """Environment variable that holds an API key, if the publisher wants one."""
    fetched: bool = False
    """True once the address was really fetched by us; False is shown as `never fetched`."""


class Table(_Strict):
    """One table of a data set: its columns, key, and assertions."""

    columns: dict[str, str]
    """Column name → polars type name."""
    key: tuple[str, ...] = ()
    """Columns that identify a row within a vintage; used by `changes`."""
    rows: tuple[int, int] = (1, 100_000_000)
    """Least and greatest row count that is believed; outside it the import is refused."""
    ranges: dict[str, tuple[float, float]] = Field(default_factory=dict)
    """Column → least and greatest value believed."""
    not_null: tuple[str, ...] = ()
    """Columns that may not be empty."""


class Dataset(_Strict):
    """A public data set the record reads."""

    name: str
    """Name of its folder."""
    title: str
    """Title."""
    publisher: str
    """Publisher."""
    home: str
    """Home page."""
    licence: Licence
    """Terms of use."""
    formats: tuple[str, ...]
    """Native formats the reader takes."""
    cadence_days: int
    """How often the publisher changes it, in days; older than twice this is stale. 0 = finished series."""
    lines: tuple[str, ...] = ()
    """Lines of effort that use it."""
    group: str
    """lists, ownership, votes, trade, security, cyber, reference."""
    files: tuple[str, ...] = ()
    """Glob patterns (relative to a folder of files) by which `import-all` recognises its files; each match is one
    vintage unless `together` is set."""
    shape: str = ""
    """Name of a common shape in `record/shapes`: its tables are taken from there."""
    together: bool = False
    """True: all files that match form one vintage."""
    addresses: tuple[Address, ...] = ()
    """Where it is fetched."""
    tested_on: str = "real data"
    """`real data`, or `untested on real data` with what was used instead."""
    note: str = ""
    """What one has to know."""
    tables: dict[str, Table] = Field(default_factory=dict)
    """Tables by name; with `shape`, only what differs from the shape."""


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """Names of all data sets, sorted."""
    root = resources.files("counterpact.record") / "datasets"
    return tuple(sorted(entry.name for entry in root.iterdir() if (entry / "dataset.yml").is_file()))


@cache
def dataset(name: str) -> Dataset:
    """One data set's description. Raises `UsageError` with the nearest name if there is none."""
    if name not in names():
        raise UsageError(f'there is no data set "{name}". {nearest(name, names())} See: counterpact record datasets')
    import yaml

    root = resources.files("counterpact.record")
    described = yaml.safe_load((root / "datasets" / name / "dataset.yml").read_text("utf-8"))
    if described.get("shape"):
        common = yaml.safe_load((root / "shapes" / f"{described['shape']}.yml").read_text("utf-8"))
        own = described.get("tables", {})
        described["tables"] = {table: {**shape, **own.get(table, {})} for table, shape in common.items()}
    return Dataset.model_validate({"name": name, **described})


def reader(name: str) -> Reader:
    """The reader of a data set."""
    read: Reader = import_module(f"counterpact.record.datasets.{dataset(name).name}.read").read
    return read
