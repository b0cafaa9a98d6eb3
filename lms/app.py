"""The application: settings, rooms, one transaction a request, errors to HTTP."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import Flask, request
from flask_babel import Babel, format_date, format_datetime, get_locale
from flask_compress import Compress
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect

from lms.foundation.engine import prepare_engine
from lms.foundation.events import connect
from lms.foundation.storage import FolderStorage
from lms.foundation.text import safe_inline
from lms.foundation.wall import guard_engine, guard_sessions
from lms.people.views.room import watch_sign_ins
from lms.rooms import LISTENERS, PERMISSIONS, ROOMS
from lms.settings import Settings, read_settings
from lms.web.assets import serve_assets
from lms.web.errors import tell_errors
from lms.web.headers import close_pages
from lms.web.limits import limiter
from lms.web.navigation import show_navigation
from lms.web.request import db, refuse_nul

LANGUAGES = ("en", "es")


def create_app(settings: Settings | None = None) -> Flask:
    """Put the whole program together."""
    settings = settings or read_settings()
    app = Flask("lms", root_path=str(Path(__file__).parent), static_folder=None)
    app.config.update(_flask_settings(settings))
    app.extensions["settings"] = settings
    app.extensions["storage"] = FolderStorage(settings.files)
    app.extensions["permissions"] = PERMISSIONS
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
        guard_engine(db.engine)
    guard_sessions(db.session)
    connect(LISTENERS)
    CSRFProtect(app)
    Compress(app)
    Babel(app, locale_selector=choose_language, timezone_selector=choose_time_zone)
    limiter.init_app(app)
    refuse_nul(app)
    watch_sign_ins(app)
    serve_assets(app)
    close_pages(app)
    tell_errors(app)
    for room in ROOMS:
        app.register_blueprint(room)
    show_navigation(app)
    _teach_templates(app)
    return app


def _flask_settings(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database,
        "SESSION_COOKIE_NAME": "__Host-form" if settings.secure_cookies else "form",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,
        "MAX_CONTENT_LENGTH": 25 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "MAX_FORM_PARTS": 2000,
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_BR_LEVEL": 5,
        "COMPRESS_MIMETYPES": ["text/html", "application/json", "text/csv"],
        "BABEL_DEFAULT_LOCALE": "en",
        "BABEL_TRANSLATION_DIRECTORIES": "translations",
        "TESTING": settings.testing,
        "RATELIMIT_ENABLED": not settings.testing,
    }


def choose_language() -> str:
    """The person's choice, else the browser's wish, else English."""
    chosen: str | None = current_user.language if current_user and current_user.is_authenticated else None
    return chosen or request.accept_languages.best_match(LANGUAGES) or "en"


def choose_time_zone() -> str:
    """The firm's time zone."""
    return current_user.time_zone if current_user and current_user.is_authenticated else "America/Belize"


def _teach_templates(app: Flask) -> None:
    """The few filters and globals that pages use."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["inline_md"] = safe_inline
    app.jinja_env.filters["local_datetime"] = local_datetime
    app.jinja_env.filters["local_day"] = local_day

    @app.context_processor
    def about_the_request() -> dict[str, Any]:
        return {
            "lang": str(get_locale() or "en"),
            "simulated": bool(current_user and current_user.is_authenticated and current_user.simulated),
        }


def local_day(day: date) -> str:
    """A day in the reader's words."""
    return str(format_date(day, "medium"))


def local_datetime(moment: datetime, form: str = "medium") -> str:
    """A moment in the reader's words and time zone."""
    return str(format_datetime(moment, form))
