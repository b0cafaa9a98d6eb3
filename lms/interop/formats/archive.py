"""A zip of somebody else's, read one entry at a time: nothing is unpacked to disk, all is bounded, every refusal is named."""

import posixpath
import re
from urllib.parse import unquote

from lms.courses.zips import MOST_BYTES, Archive, Zip
from lms.foundation.words import N_
from lms.interop.formats.contract import Gathering

__all__ = ["MOST_BYTES", "Archive", "Zip", "beside", "say_refused"]


def beside(archive: Archive, name: str, wanted: str) -> bytes | None:
    """The file that another one means by a relative address; never one outside the archive."""
    plain = unquote(wanted).split("?")[0].split("#")[0].replace("\\", "/")
    plain = re.sub(r"^(\$|%24)?IMS-CC-FILEBASE(\$|%24)?/?", "web_resources/", plain)
    plain = re.sub(r"^\$CANVAS_OBJECT_REFERENCE\$/", "", plain)
    folder = posixpath.dirname(name)
    for path in (
        posixpath.join(folder, plain),
        plain.lstrip("/"),
        posixpath.join("media", posixpath.basename(plain)),
    ):
        normal = posixpath.normpath(path)
        if not normal.startswith("..") and (content := archive.get(normal)) is not None:
            return content
    last = posixpath.basename(plain)
    same = [one for one in archive.names if posixpath.basename(one) == last] if last else []
    return archive.get(same[0]) if len(same) == 1 else None


def say_refused(archive: Archive, gathering: Gathering) -> None:
    """Name what an archive held that was not read."""
    for name, problem in archive.refused[:50]:
        gathering.remark(N_("%(name)s was not read. %(problem)s"), name=name, problem=problem)
    if len(archive.refused) > 50:
        gathering.remark(N_("%(count)s more files were not read."), count=len(archive.refused) - 50)
