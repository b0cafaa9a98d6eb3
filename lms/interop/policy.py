"""What people may do with files of other systems."""

from lms.courses.policy import is_author, owns_it
from lms.foundation.policy import Permission, Policy


class InteropPermission(Permission):
    """Permissions of the interop room."""

    IMPORT = "interop:file:import"


POLICY: Policy = {InteropPermission.IMPORT: [[is_author, owns_it]]}
