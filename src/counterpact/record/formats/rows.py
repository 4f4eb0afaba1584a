"""Delimited lists with a line above the header, rows that repeat an entry, and other habits of publishers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from counterpact.errors import Problem, SourceError
from counterpact.record.formats.tabular import check_header
from counterpact.record.reading import SourceFile


def rows(
    file: SourceFile,
    columns: Sequence[str],
    *,
    skip: int = 0,
    separator: str = ",",
    encodings: Sequence[str] = ("utf-8-sig", "cp1252"),
    optional: Sequence[str] = (),
) -> Iterator[tuple[int, dict[str, str]]]:
    """Row number (as a spreadsheet counts) and cells by column, stripped; the header must be exactly `columns`.

    `skip`: lines above the header; `optional`: columns of some editions. Raises `SourceError` on a changed header, a
    row with another number of cells, or a quotation mark that is never closed.
    """
    text = file.text(encodings).split("\n", skip)[-1]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        check_header(file.label, header, columns, optional)
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(header):
                raise SourceError(
                    Problem(
                        file.label,
                        reader.line_num + skip,
                        what=f"this row has {len(cells)} cells where the header has {len(header)}",
                        why="the file may be cut short or damaged",
                        do="Get the publisher's original file",
                    )
                )
            yield reader.line_num + skip, dict(zip(header, map(str.strip, cells), strict=True))
    except csv.Error as error:
        raise SourceError(
            Problem(
                file.label,
                reader.line_num + skip,
                what="the table is damaged or cut short",
                why=str(error),
                do="Get the publisher's original file",
            )
        ) from error


def first_line(file: SourceFile) -> str:
    """The line above the header, where some publishers put the day of the list."""
    return file.text(("utf-8-sig", "cp1252")).split("\n", 1)[0].strip().strip('",')
