"""Defects that spreadsheets, re-publishers and statistics offices leave in data, found before anyone computes with it.

Each check returns a `DataFinding` (or none) that says what was met and what was done with the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from counterpact.record.reading import DataFinding

# What UTF-8 looks like when read as Latin-1 or Windows-1252: a lead byte's letter, then a continuation byte's sign.
# Last: a question mark inside a word, where a letter was lost.
_DAMAGE = "[ÂÃÄÅÎÏÐÑØÙ][\u0080-\u00bf‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ€]|â€|\ufffd|\\pL\\?\\pL"
_LOOKALIKES = str.maketrans("aAcCeEoOpPxXyKMHTB", "аАсСеЕоОрРхХуКМНТВ")


def _finding(
    rule: str, severity: Literal["note", "warning", "error"], message: str, rows: pl.Series, done: str
) -> DataFinding | None:
    if rows.len() == 0:
        return None
    examples = tuple(str(value) for value in rows.unique(maintain_order=True).head(5))
    return DataFinding(rule, severity, message.format(n=rows.len(), first=examples[0]), rows.len(), done, examples)


def found(*findings: DataFinding | None) -> tuple[DataFinding, ...]:
    """Drop the checks that found nothing."""
    return tuple(finding for finding in findings if finding)


def excel_codes(codes: pl.Series, *, done: str = "set aside") -> DataFinding | None:
    """Codes a spreadsheet turned into numbers: `3.00E+01`, `1E+05`. The code cannot be restored."""
    bad = codes.filter(codes.str.contains(r"^\d(?:\.\d+)?[Ee]\+\d+$").fill_null(False))
    return _finding(
        "spreadsheet-code", "error", "{n} codes were turned into numbers by a spreadsheet, such as {first}", bad, done
    )


def excel_dates(values: pl.Series, *, done: str = "set aside") -> DataFinding | None:
    """Values a spreadsheet turned into dates: `Sep-23`, `1-Mar`."""
    month = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
    bad = values.filter(values.str.contains(rf"^(?:(?:{month})-\d\d|\d{{1,2}}-(?:{month}))$").fill_null(False))
    return _finding(
        "spreadsheet-date", "error", "{n} values were turned into dates by a spreadsheet, such as {first}", bad, done
    )


def letter_o(codes: pl.Series, pattern: str, *, done: str = "kept") -> DataFinding | None:
    """Codes with a letter O where `pattern` wants a digit 0: `OA506` for `0A506`."""
    broken = codes.filter(codes.str.contains("[Oo]").fill_null(False) & ~codes.str.contains(pattern).fill_null(True))
    mended = broken.str.replace_all("[Oo]", "0")
    return _finding(
        "letter-o",
        "warning",
        "{n} codes have a letter O in place of a zero, such as {first}",
        broken.filter(mended.str.contains(pattern)),
        done,
    )


def encoding_damage(values: pl.Series, *, done: str = "kept") -> DataFinding | None:
    """Text decoded in the wrong encoding on its way to us (`Ã©` for `é`), or replacement characters."""
    bad = values.filter(values.str.contains(_DAMAGE).fill_null(False))
    return _finding("encoding", "warning", "{n} texts were damaged by a wrong encoding, such as {first}", bad, done)


def mixed_letters(values: pl.Series, *, done: str = "mended") -> tuple[pl.Series, DataFinding | None]:
    """Cyrillic words with Latin letters that look alike (`Китaй` with a Latin a): mended values, and the finding."""
    mixed = values.str.contains("[а-яёА-ЯЁ]").fill_null(False) & values.str.contains("[A-Za-z]").fill_null(False)
    mended = pl.Series(
        values.name,
        [text.translate(_LOOKALIKES) if bad else text for text, bad in zip(values, mixed, strict=True)],
        dtype=pl.String,
    )
    finding = _finding(
        "mixed-letters",
        "warning",
        "{n} names mix Latin letters into Cyrillic words, such as {first}: they match nothing as they stand",
        values.filter(mixed),
        done,
    )
    return mended, finding


def duplicate_rows(frame: pl.DataFrame, label: str = "rows", *, done: str = "kept") -> DataFinding | None:
    """Rows that stand in the file more than once, cell by cell."""
    extra = frame.height - frame.n_unique()
    if not extra:
        return None
    first = frame.filter(frame.is_duplicated()).row(0)
    shown = ", ".join(str(cell) for cell in first[:4])
    return DataFinding(
        "duplicate", "warning", f"{extra:,} {label} repeat another row, such as {shown}", extra, done, (shown,)
    )


def absurd_jumps(
    frame: pl.DataFrame,
    *,
    by: Sequence[str],
    time: str,
    value: str,
    times: float = 100.0,
    floor: float = 1e6,
    done: str = "kept",
) -> DataFinding | None:
    """Series that rise or fall by a factor from one period to the next, both ends judged above a floor.

    `times`: factor that is not believed; `floor`: the larger end must exceed it, in the unit of `value`.
    """
    ordered = frame.filter(pl.col(value).is_not_null()).sort([*by, time])
    before = pl.col(value).shift(1).over(list(by))
    jumps = ordered.with_columns(before=before).filter(
        (pl.col("before") > 0)
        & (pl.col(value) > 0)
        & (pl.max_horizontal(value, "before") >= floor)
        & ((pl.col(value) / pl.col("before") >= times) | (pl.col("before") / pl.col(value) >= times))
    )
    shown = [
        f"{' '.join(str(row[name]) for name in by)} {row[time]}: {row['before']:,.0f} → {row[value]:,.0f}"
        for row in jumps.sort(value, descending=True).to_dicts()
    ]
    return _finding(
        "absurd-jump",
        "warning",
        f"{{n}} values jump by a factor of {times:g} or more, such as {{first}}",
        pl.Series(shown, dtype=pl.String),
        done,
    )


def silent_reporters(
    frame: pl.DataFrame, *, reporter: str, time: str, least: int = 3, what: str = "reporters", done: str = "kept"
) -> DataFinding | None:
    """Reporters that stop before the end of the table: their absence is not a zero.

    `least`: periods a reporter must have reported to count. `time` must sort. `what`: the word for the message.
    """
    last = str(frame[time].max())
    seen = frame.group_by(reporter).agg(pl.col(time).max().alias("last"), pl.col(time).n_unique().alias("periods"))
    silent = seen.filter((pl.col("last").cast(pl.String) < last) & (pl.col("periods") >= least)).sort("last", reporter)
    shown = [f"{row[reporter]} (last {row['last']})" for row in silent.to_dicts()]
    return _finding(
        "silent-reporter",
        "warning",
        f"{{n}} {what} fall silent before {last}, such as {{first}}: missing, not zero",
        pl.Series(shown, dtype=pl.String),
        done,
    )


def mixed_aggregates(
    frame: pl.DataFrame, *, by: Sequence[str], member: str, value: str, aggregates: Sequence[str], done: str = "kept"
) -> DataFinding | None:
    """Aggregates that stand in one column with their members: a plain sum counts every amount more than once."""
    if not frame.height:
        return None
    is_total = pl.col(member).is_in(list(aggregates))
    totals = frame.filter(is_total)
    if not totals.height:
        return None
    members = frame.filter(~is_total)
    naive, proper = float(frame[value].sum()), float(members[value].sum())
    ratio = f" (×{naive / proper:.1f})" if proper else ""
    names = ", ".join(sorted(totals[member].unique().to_list())[:5])
    return DataFinding(
        "mixed-aggregates",
        "warning",
        f"{totals.height:,} rows are aggregates ({names}) beside their members: a plain sum over {member} "
        f"counts too much{ratio}",
        totals.height,
        done,
        tuple(sorted(set(totals[member]))[:5]),
    )
