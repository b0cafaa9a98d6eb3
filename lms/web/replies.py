"""How a view answers: a form that was right or wrong, a part of a page, a file."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from lms.foundation.errors import Conflict, Invalid
from lms.web.language import in_words
from lms.web.request import session

T = TypeVar("T")


def answered(
    form: FlaskForm,
    *,
    act: Callable[[], T],
    done: Callable[[T], ResponseReturnValue],
    page: Callable[[], str],
) -> ResponseReturnValue:
    """Do what the form asks and go on, or show the page again with what was typed and why it was not taken."""
    if not form.validate():
        return page(), 422
    try:
        result = act()
    except (Invalid, Conflict) as error:
        session().rollback()
        form.problems = getattr(error, "problems", ())
        form.form_errors.append(in_words(error))
        return page(), 409 if isinstance(error, Conflict) else 422
    return done(result)


def wants_part() -> bool:
    """Whether the page's script asks for the changed part only."""
    return request.headers.get("X-Partial") == "1" or "HX-Request" in request.headers


def csv_reply(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A CSV file that spreadsheets open as it is: UTF-8 with its mark, and no cell that could run as a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    reply = make_response("\ufeff" + text.getvalue())
    reply.headers["Content-Type"] = "text/csv; charset=utf-8"
    reply.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return reply


def harmless(cell: object) -> str:
    """The cell as text; a leading =, +, -, @, tab or return is held down by an apostrophe (OWASP, CSV injection)."""
    text = "" if cell is None else str(cell)
    if text[:1] in ("=", "+", "-", "@", "\t", "\r") and not text.lstrip("+-").replace(".", "", 1).isdigit():
        return "'" + text
    return text
