"""Detection networks from files: two CSV tables of the user's own, or the published SNIP files.

CSV: `arcs` with the columns from, to, undetected, undetected_with_sensor (empty: no sensor can stand there) and, if
sensors differ in cost, sensor_cost; `traffic` with origin, destination, probability.

SNIP: `arcgain<I>.txt` (tail, head, r), `intd_arc<I>.txt` (tail, head, r, another q that the known results do not use),
`Scenarios.txt` (origin, destination, probability; lines end in a bare carriage return). The kind sets q: "snipno 3"
is q = .1 r, "snipno 4" is q = 0, as in Towle & Luedtke (2018).
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from counterpact.errors import Problem, SourceError, UsageError, nearest
from counterpact.strategy.detection.network import DetectionNetwork

#: q as a share of r, by the number used in the published instances.
SNIPNO = {3: 0.1, 4: 0.0}
#: How far the probabilities of a file may be from 1 in sum: published files are rounded.
SUM_TOLERANCE = 1e-6

ARC_COLUMNS = ("from", "to", "undetected", "undetected_with_sensor")
TRAFFIC_COLUMNS = ("origin", "destination", "probability")


class _Table:
    """Rows of one file with every defect found in them."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.problems: list[Problem] = []

    def wrong(self, row: int, column: str, what: str, why: str = "", do: str = "") -> None:
        self.problems.append(Problem(self.name, row, column, what, why, do))

    def number(self, text: str, row: int, column: str, low: float, high: float, kind: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            self.wrong(row, column, f'"{text}" is not a number', do=f"Write {kind}")
        elif not low <= value <= high:
            self.wrong(row, column, f"{text} is not {kind}")
        return value


def read_tables(arcs: str | Path, traffic: str | Path) -> DetectionNetwork:
    """A network from two CSV files. Raises `SourceError` with every defect of both, `UsageError` for a path."""
    arc_table, traffic_table = _Table(Path(arcs)), _Table(Path(traffic))
    arc_rows = _csv(Path(arcs), arc_table, ARC_COLUMNS)
    traffic_rows = _csv(Path(traffic), traffic_table, TRAFFIC_COLUMNS)
    build = _Builder(arc_table, traffic_table)
    for row, cells in arc_rows:
        build.arc(row, cells["from"], cells["to"], cells["undetected"], cells["undetected_with_sensor"],
                  cells.get("sensor_cost", ""))  # fmt: skip
    for row, cells in traffic_rows:
        build.scenario(row, cells["origin"], cells["destination"], cells["probability"])
    return build.network()


def read_snip(folder: str | Path, instance: int, snipno: int) -> DetectionNetwork:
    """A published SNIP instance. Raises `UsageError` for an unknown number or file, `SourceError` for its defects."""
    if snipno not in SNIPNO:
        raise UsageError(f"{snipno} is not a known snipno. 3 is q = .1 r, 4 is q = 0.")
    plain, watched, scenarios = (
        Path(folder) / name for name in (f"arcgain{instance}.txt", f"intd_arc{instance}.txt", "Scenarios.txt")
    )
    tables = _Table(plain), _Table(watched), _Table(scenarios)
    build = _Builder(tables[0], tables[2])
    for row, cells in _words(plain, tables[0], 3):
        build.arc(row, cells[0], cells[1], cells[2], "", "")
    build.arcs = tables[1]
    for row, cells in _words(watched, tables[1], 4):
        build.arc(row, cells[0], cells[1], cells[2], SNIPNO[snipno], "")
    for row, cells in _words(scenarios, tables[2], 3):
        build.scenario(row, *cells)
    return build.network(also=tables[0].problems)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        raise UsageError(Problem("", what=f"there is no file {path}", do=nearest(path.name, beside))) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(Problem(path.name, what="the file cannot be read as UTF-8 text", why=str(error))) from None


def _words(path: Path, table: _Table, count: int) -> list[tuple[int, list[str]]]:
    """(line, words) of a table without a header; lines end in CR, LF or both, empty ones are skipped."""
    found = []
    for row, line in enumerate(_text(path).replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        cells = line.split()
        if not cells:
            continue
        if len(cells) == count:
            found.append((row, cells))
        else:
            table.wrong(row, "", f"{len(cells)} values stand where {count} are expected")
    return found


def _csv(path: Path, table: _Table, wanted: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(io.StringIO(_text(path), newline=""), restkey="")
    header = [h.strip() for h in reader.fieldnames or ()]
    missing = [c for c in wanted if c not in header]
    for column in missing:
        table.wrong(1, column, "the column is missing", do=nearest(column, header) or f"Columns: {', '.join(wanted)}")
    if missing:
        return []
    reader.fieldnames = header
    found = []
    for cells in reader:
        if "" in cells or None in cells.values():
            table.wrong(reader.line_num, "", "the row does not have as many cells as the header")
        elif any(v.strip() for v in cells.values()):
            found.append((reader.line_num, {k: v.strip() for k, v in cells.items()}))
    return found


class _Builder:
    """Collects arcs and scenarios, and all that is wrong with them."""

    def __init__(self, arcs: _Table, traffic: _Table) -> None:
        self.arcs, self.traffic = arcs, traffic
        self.place: dict[str, int] = {}
        self.ends: list[tuple[int, int]] = []
        self.chance: list[tuple[float, float]] = []
        self.cost: list[float] = []
        self.sensor: list[int] = []
        self.scenarios: list[tuple[int, int, float]] = []

    def arc(self, row: int, tail: str, head: str, clear: str, watched: str | float, cost: str) -> None:
        """One arc. `watched`: text of q, empty for no sensor, or a share of r."""
        table = self.arcs
        for column, name in (("from", tail), ("to", head)):
            if not name:
                table.wrong(row, column, "the place has no name")
        if tail == head:
            table.wrong(row, "to", f'the arc leads from "{tail}" to itself', do="Drop it: a detour back helps nobody")
        r = table.number(clear, row, "undetected", 0.0, 1.0, "a chance between 0 and 1")
        q = r
        if watched != "":
            column = "undetected_with_sensor"
            q = watched * r if isinstance(watched, float) else table.number(
                watched, row, column, 0.0, 1.0, "a chance between 0 and 1")  # fmt: skip
            if q > r:
                table.wrong(row, column, f"{q:g} with a sensor is more than {r:g} without", "a sensor cannot help them")
            self.sensor.append(len(self.cost))
            self.cost.append(table.number(cost, row, "sensor_cost", 1e-9, 1e12, "a cost above 0") if cost else 1.0)
        else:
            self.sensor.append(-1)
            if cost:
                table.wrong(row, "sensor_cost", "a cost stands where no sensor can stand",
                            do="Fill undetected_with_sensor or drop the cost")  # fmt: skip
        self.ends.append((self.place.setdefault(tail, len(self.place)), self.place.setdefault(head, len(self.place))))
        self.chance.append((r, q))

    def scenario(self, row: int, origin: str, destination: str, probability: str) -> None:
        table = self.traffic
        for column, name in (("origin", origin), ("destination", destination)):
            if name not in self.place:
                table.wrong(row, column, f'no arc starts or ends at "{name}"', do=nearest(name, list(self.place)))
        if origin == destination:
            table.wrong(row, "destination", "origin and destination are the same place")
        p = table.number(probability, row, "probability", 0.0, 1.0, "a probability between 0 and 1")
        self.scenarios.append((self.place.get(origin, -1), self.place.get(destination, -1), p))

    def network(self, also: Sequence[Problem] = ()) -> DetectionNetwork:
        """The network, or a `SourceError` with all problems."""
        problems = [*also, *self.arcs.problems, *self.traffic.problems]
        if not self.ends and not problems:
            problems.append(Problem(self.arcs.name, what="there is no arc in the file"))
        if not self.scenarios and not problems:
            problems.append(Problem(self.traffic.name, what="there is no traffic in the file"))
        total = sum(p for _, _, p in self.scenarios)
        if not problems and abs(total - 1) > SUM_TOLERANCE:
            problems.append(
                Problem(self.traffic.name, 0, "probability", f"the probabilities sum to {total:.9g}, not to 1",
                        do="Divide each by the sum, or add the traffic that is missing")
            )  # fmt: skip
        if problems:
            raise SourceError(problems)
        ends, chance = np.array(self.ends, dtype=np.int64), np.array(self.chance)
        origin, destination, probability = zip(*self.scenarios, strict=True)
        return DetectionNetwork(
            tuple(self.place), ends[:, 0], ends[:, 1], chance[:, 0], chance[:, 1],
            np.array(self.sensor, dtype=np.int64), np.array(self.cost), np.array(origin, dtype=np.int64),
            np.array(destination, dtype=np.int64), np.array(probability),
        )  # fmt: skip
