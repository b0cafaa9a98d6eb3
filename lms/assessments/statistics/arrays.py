"""The door to numpy: everything in this package that needs it takes it from here."""

import os

from lms.foundation.errors import Invalid

# One thread: our matrices are small, so that threads wait for each other ten times as long as they work on a busy
# machine; and the last digit does not hang on the number of cores. Who set it, or has numpy already, keeps theirs.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")
try:
    import numpy as np
    from numpy.typing import NDArray
except ImportError:
    raise Invalid(
        "This needs numpy, which is not installed. Add it with: pip install 'ladder-lms[statistics]'"
    ) from None

__all__ = ["Array", "Flags", "Places", "np"]

Flags = NDArray[np.bool_]
"""True and False in an array."""

Places = NDArray[np.intp]
"""Positions in an array."""

Array = NDArray[np.float64]
"""Floating-point numbers in an array; the docstring that uses it says its shape."""
