"""Parts of pages that are the same for many readers: written once by their macro, kept by all that they say."""

import pickle
import secrets
from hashlib import sha256
from typing import Any

from flask import Flask, request
from flask_babel import get_locale
from jinja2 import Template
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape

from lms.foundation.remembering import Remembered

MOST_KEPT = 4096
"""Parts that a process keeps: a lesson's card is some 2.5 KB."""

_PLACE = secrets.token_hex(16)
"""Where a form's token goes. Nobody knows it, so no text of an author's holds it."""

_KEPT: Remembered[tuple[Macro, str, str, bytes], str] = Remembered(MOST_KEPT)


def once(macro: Macro, token: str, *said: Any) -> Markup:
    """What a macro makes of a token and of all it is told, written anew only when no reader was told the same.

    The macro is one of a file that is imported without the page's context, and says nothing of the time or of who reads.
    """
    # All that the part depends on is its key, letter by letter and not by an id: nothing can go stale, and whoever gets
    # what was kept was about to be told exactly that, so two firms share only what both their pages say. The token is not
    # kept; it is put in anew.
    key = macro, str(get_locale()), request.script_root, sha256(pickle.dumps(said)).digest()
    kept = _KEPT.get(key)
    if kept is None:
        kept = str(macro(_PLACE, *said))
        _KEPT.tell({key: kept})
    return Markup(kept.replace(_PLACE, escape(token)))  # noqa: S704  (a macro escapes what it is told)


class _Template(Template):
    """A template whose macros are read once in a process.

    Jinja compares the names of all globals at each import at each page, in case a template was given more of them than
    another; here none is.
    """

    def _get_default_module(self, _context: Context | None = None) -> TemplateModule:
        return super()._get_default_module()


def keep_fragments(app: Flask) -> None:
    """Teach templates `once`, and to keep their macros."""
    app.jinja_env.template_class = _Template
    app.jinja_env.globals["once"] = once
