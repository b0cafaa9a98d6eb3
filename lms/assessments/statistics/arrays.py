"""The door to numpy: everything in this package that needs it takes it from here."""

from lms.foundation.errors import Invalid

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
