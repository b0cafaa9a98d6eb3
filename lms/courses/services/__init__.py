"""Verbs of the courses room: checking, publishing, uploading, exporting. Names are imported from here."""

from lms.courses.services.exporting import course_folders, export_course, export_version
from lms.courses.services.publishing import (
    Beside,
    CoursePublished,
    PackageRead,
    beside_of,
    lesson_order,
    outline,
    package_hash,
    problems_of,
    publish_draft,
    publish_package,
)
from lms.courses.services.uploading import (
    Upload,
    keep_upload,
    publish_upload,
    put_upload_into_draft,
    see_upload,
)

__all__ = [
    "Beside",
    "CoursePublished",
    "PackageRead",
    "Upload",
    "beside_of",
    "course_folders",
    "export_course",
    "export_version",
    "keep_upload",
    "lesson_order",
    "outline",
    "package_hash",
    "problems_of",
    "publish_draft",
    "publish_package",
    "publish_upload",
    "put_upload_into_draft",
    "see_upload",
]
