"""The reader's language: which it is, how days and numbers are written in it, and which parts speak another."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache, wraps
from math import floor
from typing import Any

from babel.core import Locale
from flask import Flask, Response, current_app, g, request
from flask_babel import (
    Babel,
    Domain,
    format_date,
    format_datetime,
    format_decimal,
    format_percent,
    format_time,
    get_locale,
    get_translations,
    gettext,
)
from flask_login import current_user
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from lms.foundation.errors import LadderError
from lms.foundation.words import ALSO_IN, LANGUAGES, Sentence

COOKIE = "language"
WRITTEN_AS = {"en": "en", "es": "es_BZ"}
"""How dates and numbers are written: in Spanish as in Belize, 12,345.6 like in the courses, not 12.345,6."""


def kept_language() -> str | None:
    """The language that was chosen on this device."""
    chosen = request.cookies.get(COOKIE, "")
    return chosen if chosen in LANGUAGES else None


def keep_language(reply: Response, language: str) -> Response:
    """Keep a language on the device, for the pages before sign-in."""
    if language in LANGUAGES:
        reply.set_cookie(
            COOKIE,
            language,
            max_age=365 * 24 * 3600,
            httponly=True,
            samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            path="/",
        )
    return reply


def choose_language() -> str:
    """The person's choice, else the device's, else the browser's wish, else English; as a locale."""
    chosen = current_user.language if current_user and current_user.is_authenticated else None
    chosen = chosen or kept_language() or request.accept_languages.best_match(list(LANGUAGES))
    return WRITTEN_AS.get(chosen or "en", "en")


def choose_time_zone() -> str:
    """The firm's time zone."""
    return current_user.time_zone if current_user and current_user.is_authenticated else "America/Belize"


def reader_language() -> str:
    """The language of the page, as its `lang` attribute says it."""
    locale = get_locale()
    return str(locale.language) if locale else "en"


def speaks(language: str) -> Markup:
    """A `lang` attribute for a part in another language than the page, such as a course's title; else nothing."""
    return Markup(' lang="{}"').format(language) if language and language != reader_language() else Markup("")


def speaks_ours(around: str) -> Markup:
    """A `lang` attribute for the page's own words inside a part that is in the language `around`."""
    return Markup(' lang="{}"').format(reader_language()) if speaks(around) else Markup("")


def local_day(day: date) -> str:
    """A day in the reader's words."""
    return str(format_date(day, "medium"))


def local_month(day: date) -> str:
    """The month of a day in the reader's words."""
    return str(format_date(day, "LLLL y"))


def local_datetime(moment: datetime, form: str = "medium") -> str:
    """A moment in the reader's words and time zone: to the minute, since nobody acts on a second."""
    if form == "medium":
        return f"{format_date(moment, 'medium')}, {format_time(moment, 'short')}"
    return str(format_datetime(moment, form))


def local_percent(share: float, decimals: int = 0) -> str:
    """A share from 0 to 1 in percent, halves rounded up as everywhere: 0.745 is 75%; in Spanish 75 %, on one line."""
    hundred = 10 ** (decimals + 2)
    pattern = f"#,##0{'.' if decimals else ''}{'0' * decimals}"
    return str(
        format_percent(
            floor(share * hundred + 0.5 + 1e-9) / hundred, pattern + _percent_sign(reader_language())
        )
    )


def percent_in(text: str, language: str) -> str:
    """A number with its per cent sign, such as the right answer to a question, as the course's language writes it."""
    number = text.removesuffix("%")
    return text if number == text else number.rstrip() + _percent_sign(language)


def _percent_sign(language: str) -> str:
    return "\N{NO-BREAK SPACE}%" if language == "es" else "%"


def shown(value: Any) -> str:
    """A value of a sentence in the reader's words: a day as a day, a number as a number, a framework's name translated."""
    if isinstance(value, date):
        return local_day(value)
    if isinstance(value, int):
        return _whole(get_locale(), value)
    if isinstance(value, float):
        return str(format_decimal(value))
    if isinstance(value, tuple):
        return " · ".join(shown(one) for one in value)
    return gettext(str(value)) if value else ""


@lru_cache(maxsize=1024)
def _whole(_locale: Locale | None, number: int) -> str:
    """A whole number as the locale, which is the reader's now, writes it: a page says the same few over and over."""
    return str(format_decimal(number))


def told(sentence: str) -> str:
    """A sentence of a rule in the reader's language; in English when there is no other."""
    if isinstance(sentence, Sentence):
        values = {
            name: told(value) if isinstance(value, Sentence) else value
            for name, value in sentence.values.items()
        }
        return str(gettext(sentence.template)) % values
    return str(gettext(sentence)) if sentence else ""


def in_words(error: LadderError) -> str:
    """What went wrong, in the reader's language; empty when nothing was said of it."""
    return said({"sentence": error.sentence, "values": error.values})


def said(words: Mapping[str, Any]) -> str:
    """A sentence that a row keeps as {"sentence", "values"}, in the reader's language; empty when it keeps none."""
    sentence = str(words.get("sentence") or "")
    told, values = kept(sentence, words.get("values") or {}) if sentence else ("", {})
    return told % values if values else told


def kept(sentence: str, values: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """A sentence that a row keeps, in the reader's language with its places for values, and the values.

    Rows from before each language set its own per cent sign have a space before it, in the sentence or in a value: they
    are looked up as the sentence is written today.
    """
    found = gettext(sentence)
    if found != sentence:
        return str(found), values
    today = sentence.replace(" %%", "%%")
    shares = [name for name, one in values.items() if isinstance(one, str) and one.endswith(" %")]
    for names in ([], shares, *([name] for name in shares)):
        tried = today
        for name in names:
            tried = tried.replace(f"%({name})s", f"%({name})s%%")
        found = gettext(tried)
        if found != tried:
            return str(found), {**values, **{name: values[name].removesuffix(" %") for name in names}}
    return today, values


Words = dict[str, object]


def once_a_language(words: Callable[[], Words]) -> Callable[[], Words]:
    """Words that every page is given: put together once for each language, since catalogues do not change under a program."""
    kept: dict[Any, Words] = {}

    @wraps(words)
    def said() -> Words:
        catalogue = _catalogue()
        if catalogue not in kept:
            kept[catalogue] = words()
        return kept[catalogue]

    return said


def _catalogue() -> Any:
    """The catalogue of the reader's language, looked for once a request.

    It is kept under the name by which flask-babel forgets it where another language is spoken for a while.
    """
    spoken = g.get("_flask_babel") if g else None
    found = getattr(spoken, "babel_translations", None)
    if found is None:
        found = get_translations()
        if g:
            g._flask_babel.babel_translations = found
    return found


class _Catalogues(Domain):
    """The catalogues by locale: flask-babel's own asks for the locale's name, letter by letter, for every sentence."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[Locale | None, Any] = {}

    def get_translations(self) -> Any:
        """Of the reader's language."""
        locale = get_locale()
        if locale not in self.kept:
            self.kept[locale] = super().get_translations()
        return self.kept[locale]


@lru_cache(maxsize=8192)
def _translated(catalogue: Any, sentence: str, in_html: bool) -> str:
    """A sentence as it stands in the reader's catalogue, with its places for values."""
    words = catalogue.ugettext(sentence)
    return Markup(words) if in_html else words  # noqa: S704  (our own catalogue, as Jinja takes it)


@lru_cache(maxsize=8192)
def _without_values(catalogue: Any, sentence: str, in_html: bool) -> str:
    return _translated(catalogue, sentence, in_html) % {}


@pass_context
def _say(context: Context, sentence: str, /, **values: Any) -> str:
    """A template's sentence in the reader's language. A page says some hundred, and what is said without values stays."""
    asked = _catalogue(), sentence, bool(context.eval_ctx.autoescape)
    return _translated(*asked) % values if values else _without_values(*asked)


def speak_languages(app: Flask) -> None:
    """Teach the application and its templates the reader's language."""
    babel = Babel(app, locale_selector=choose_language, timezone_selector=choose_time_zone)
    babel.domain_instance = _Catalogues()
    app.jinja_env.globals.update({"_": _say, "gettext": _say})
    app.jinja_env.filters.update(
        local_datetime=local_datetime,
        local_day=local_day,
        local_month=local_month,
        percent=local_percent,
        percent_in=percent_in,
        number=format_decimal,
    )
    app.jinja_env.globals.update(
        told=told, said=said, speaks=speaks, speaks_ours=speaks_ours, languages=LANGUAGES, also_in=ALSO_IN
    )

    @app.context_processor
    def language_of_the_page() -> dict[str, str]:
        return {"lang": reader_language()}
