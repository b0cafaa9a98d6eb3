"""A file of figures as a table: what it names its columns, and its rows, as often as somebody goes through them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lms.courses.zips import Zip
from lms.foundation.errors import Invalid
from lms.foundation.tables import decoded, is_workbook, rows_of_csv, rows_of_sheet
from lms.tracks.kpi.mapping import known_columns

MOST_BYTES = 24 * 1024 * 1024


@dataclass
class Table:
    """A file as rows that can be gone through more than once."""

    header: Sequence[str]
    kind: str
    rows: Callable[[], Iterator[tuple[int, list[str]]]]

    def body(self) -> Iterator[tuple[int, list[str]]]:
        """What stands under the header, without empty rows."""
        rows = self.rows()
        for _number, cells in rows:
            if any(cell.strip() for cell in cells):
                break
        for number, cells in rows:
            if any(cell.strip() for cell in cells):
                yield number, cells


def open_table(content: bytes) -> Table:
    """The rows of a CSV or of an XLSX's first sheet. Raises Invalid."""
    if len(content) > MOST_BYTES:
        raise Invalid(
            "The file is larger than %(most)s MB. Split it by month.", most=MOST_BYTES // 1024 // 1024
        )
    if not content.strip():
        raise Invalid("The file is empty. Its first row names the columns.")
    rows: Callable[[], Iterator[tuple[int, list[str]]]]
    if content.startswith(b"PK\x03\x04"):
        archive = Zip(content)
        if not is_workbook(archive.names):
            raise Invalid("This is an archive, not a workbook. Send the CSV or XLSX itself.")
        kind = "xlsx"

        def rows() -> Iterator[tuple[int, list[str]]]:
            return rows_of_sheet(archive.names, archive.get)
    else:
        if content[:4] in (b"\xd0\xcf\x11\xe0", b"%PDF"):
            raise Invalid("This is neither a CSV nor an XLSX. Save the list as one of them.")
        text, kind = decoded(content), "csv"

        def rows() -> Iterator[tuple[int, list[str]]]:
            return rows_of_csv(text, known_columns, strict=True)

    header = next((cells for _line, cells in rows() if any(cell.strip() for cell in cells)), None)
    if header is None:
        raise Invalid("The file is empty. Its first row names the columns.")
    while header and not header[-1].strip():
        header.pop()
    return Table([name.strip() for name in header], kind, rows)
