"""The application: settings, rooms, one transaction a request, errors to HTTP."""

from pathlib import Path
from typing import Any

from flask import Flask
from flask_compress import Compress
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect

from lms.foundation.carrier import Carrier
from lms.foundation.engine import prepare_engine
from lms.foundation.events import connect
from lms.foundation.signing import Keys
from lms.foundation.storage import FolderStorage
from lms.foundation.text import plain_text, safe_inline
from lms.foundation.wall import guard_engine
from lms.people.views.room import watch_sign_ins
from lms.rooms import JOBS, LISTENERS, PERMISSIONS, ROOMS
from lms.settings import Settings, read_settings
from lms.web.assets import serve_assets
from lms.web.errors import tell_errors
from lms.web.fragments import keep_fragments
from lms.web.headers import close_pages, tell_head_sizes
from lms.web.language import speak_languages
from lms.web.limits import limiter
from lms.web.navigation import show_navigation
from lms.web.request import db, refuse_nul, refuse_stray_files
from lms.web.telemetry import watch_requests


def create_app(settings: Settings | None = None) -> Flask:
    """Put the whole program together."""
    settings = settings or read_settings()
    app = Flask("lms", root_path=str(Path(__file__).parent), static_folder=None)
    app.config.update(_flask_settings(settings))
    app.extensions["settings"] = settings
    app.extensions["storage"] = FolderStorage(settings.files)
    app.extensions["keys"] = Keys(settings.home)
    app.extensions["permissions"] = PERMISSIONS
    app.extensions["job_kinds"] = JOBS
    app.extensions["post"] = settings.post
    app.extensions["push"] = Carrier(settings.push, settings.push_hosts) if settings.push else None
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
        guard_engine(db.engine)
    connect(LISTENERS)
    watch_requests(app, log=settings.log_requests)
    forms = CSRFProtect(app)
    forms.exempt("lms.learning.views.syncing.sync")  # guarded by its own header: see there
    forms.exempt("lms.learning.views.messages.stop_from_notice")  # so are these two
    forms.exempt("lms.learning.views.messages.renew")
    forms.exempt("lms.tracks.views.by_key.figures_by_key")  # no cookie counts there
    Compress(app)
    speak_languages(app)
    keep_fragments(app)
    limiter.init_app(app)
    refuse_nul(app)
    refuse_stray_files(app)
    watch_sign_ins(app)
    serve_assets(app)
    close_pages(app)
    tell_head_sizes(app)
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
        "RATELIMIT_STORAGE_URI": settings.shared_store or "memory://",
        # Each process counts for itself while the shared store is away: slower to stop a guesser, never closed.
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": bool(settings.shared_store),
    }


def _teach_templates(app: Flask) -> None:
    """The few filters and globals that pages use."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(inline_md=safe_inline, plain_text=plain_text)

    @app.context_processor
    def about_the_request() -> dict[str, Any]:
        return {
            "simulated": bool(current_user and current_user.is_authenticated and current_user.simulated),
        }
