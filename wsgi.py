"""For any WSGI server: `gunicorn wsgi:app`."""

from lms.app import create_app
from lms.operations.working import work_after_the_first_request

app = work_after_the_first_request(create_app())
