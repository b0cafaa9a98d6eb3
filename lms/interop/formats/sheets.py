"""Questions in the first sheet of an XLSX."""

from lms.foundation import tables
from lms.interop.formats.archive import Archive
from lms.interop.formats.contract import Found
from lms.interop.formats.table import XLSX, read_rows


def is_workbook(archive: Archive) -> bool:
    """Whether an archive is an XLSX."""
    return tables.is_workbook(archive.names)


def read(archive: Archive) -> Found:
    """The questions of the first sheet. Raises Invalid."""
    return read_rows(tables.rows_of_sheet(archive.names, archive.get), XLSX)
