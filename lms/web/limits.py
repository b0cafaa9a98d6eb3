"""Rate limits. In this process's memory by default; an address of a shared store when several processes serve."""

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, headers_enabled=True, strategy="moving-window")
