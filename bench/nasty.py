"""Hostile requests as bytes: broken HTTP, and sound HTTP with values that nobody's page sends."""

import json
import random
import re
import urllib.parse
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

ARGUMENTS = re.findall(
    r"\w+",
    """q after before from rung as_of page next kind status by for sort team person month months until place metric minutes
    track competency language seed against changed undo on review card framed version saved note role number day""",
)

VALUES: tuple[str, ...] = (
    "",
    "\0",
    "a\0b",
    "'",
    "' OR 1=1 --",
    '"><script>alert(1)</script>',
    "{{7*7}}",
    "${7*7}",
    "%s%n%x",
    "../../../../etc/passwd",
    "..\\..\\windows",
    "/etc/passwd",
    "a" * 5_000,
    "a" * 200_000,
    "9" * 5_000,
    "-1",
    "0",
    "1e309",
    "NaN",
    "-0",
    "99999999999999999999",
    "9223372036854775808",
    "²",
    "٣",
    "½",
    "\u202e\u2066",
    "\ud800",
    "\udfff\ud800",
    "😀" * 500,
    "e" + "\u0301" * 3_000,
    "(a+)+$" + "a" * 60 + "!",
    "a" * 40_000 + "!",
    " " * 40_000 + "x",
    "-" * 20_000,
    "[[" * 10_000,
    "*" * 20_000,
    "<" * 20_000,
    "[](" * 5_000,
    "`" * 9_999,
    "> " * 5_000,
    "1," * 20_000,
    "0000-00-00",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "9999-12-31T23:59:59-14:00",
    "10000-01-01",
    "2026-W01-1",
    "true",
    "null",
    "[]",
    "{}",
    "00000000-0000-0000-0000-000000000000",
    "{" * 2_000,
    "&a: *a",
    "!!python/object/apply:os.system ['true']",
    "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]",
    "=cmd|' /C calc'!A0",
    "\r\nSet-Cookie: evil=1",
    "%0d%0aX: y",
    "İıſK",
    "\ufeff",
    "\ufffe",
    "\x7f\x1b[2J",
)

BAD_BYTES = (b"\xff\xfe", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"caf\xe9", b"\x80" * 300)
METHODS = [
    "GET",
    "POST",
    "HEAD",
    "OPTIONS",
    "PUT",
    "DELETE",
    "PATCH",
    "TRACE",
    "CONNECT",
    "PROPFIND",
    "get",
    "G\x00T",
    "LADDER",
]
HEADERS = (
    "Accept",
    "Accept-Language",
    "Accept-Encoding",
    "Range",
    "If-None-Match",
    "If-Modified-Since",
    "If-Range",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Person",
    "X-Partial",
    "X-Request-ID",
    "HX-Request",
    "Host",
    "Origin",
    "Referer",
    "Authorization",
    "Cookie",
    "Content-Type",
    "Content-Encoding",
    "Expect",
    "Upgrade",
    "User-Agent",
    "Sec-Fetch-Site",
    "X-CSRFToken",
    "Date",
)


@dataclass(frozen=True)
class Target:
    """Where a request may go: addresses to read, forms to send with the fields they have, and whose cookies."""

    reads: Sequence[str]
    forms: Sequence[tuple[str, tuple[tuple[str, str], ...]]]
    cookies: str
    person: str


def value(chance: random.Random) -> str:
    """Something nobody types."""
    return chance.choice(VALUES)


def on_one_line(text: str) -> str:
    """Without what would end a header."""
    return re.sub("[\r\n\0]", "", text)


def quoted(text: str) -> str:
    """As a browser would put it on the line; halves of surrogate pairs go as the bytes they would be."""
    return urllib.parse.quote(text.encode("utf-8", "surrogatepass"), safe="")


def request(
    method: str, address: str, target: Target, *, headers: Sequence[str] = (), body: bytes | None = None
) -> bytes:
    """A request's bytes, with a sound frame."""
    lines = [f"{method} {address} HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
    if target.cookies:
        lines.append(f"Cookie: {target.cookies}")
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    text = "\r\n".join([*lines, *headers]) + "\r\n\r\n"
    return text.encode("utf-8", "surrogatepass") + (body or b"")


FORM = "Content-Type: application/x-www-form-urlencoded"


def a_search(target: Target, chance: random.Random) -> bytes:
    """Values in the address."""
    names = chance.choices(ARGUMENTS, k=chance.randrange(1, 6))
    query = "&".join(f"{name}={quoted(value(chance))}" for name in names)
    return request("GET", f"{chance.choice(target.reads)}?{query}", target)


def wrong_bytes(target: Target, chance: random.Random) -> bytes:
    """Bytes that are no UTF-8, in the address or in a form."""
    bad = chance.choice(BAD_BYTES)
    if chance.random() < 0.5:
        head, rest = request("GET", chance.choice(target.reads), target).split(b" HTTP", 1)
        sent = urllib.parse.quote_from_bytes(bad).encode() if chance.random() < 0.7 else bad
        return head + b"?q=" + sent + b" HTTP" + rest
    action, fields = chance.choice(target.forms)
    body = b"&".join(name.encode() + b"=" + bad for name, _value in fields if name != "csrf_token")
    token = dict(fields).get("csrf_token", "")
    charset = chance.choice(("", "; charset=utf-16", "; charset=utf-7", "; charset=none"))
    return request(
        "POST", action, target, headers=[FORM + charset], body=body + f"&csrf_token={quoted(token)}".encode()
    )


def a_form(target: Target, chance: random.Random) -> bytes:
    """One of the page's own forms with some of its fields changed, doubled or left out."""
    action, fields = chance.choice(target.forms)
    sent: list[tuple[str, str]] = []
    spoilt = chance.choice((0.2, 0.5, 1.0))
    for name, kept in fields:
        if name == "csrf_token" or chance.random() > spoilt:
            sent.append((name, kept))
            continue
        way = chance.random()
        if way < 0.8:
            sent.append((name, value(chance)))
        elif way < 0.9:
            sent += [(name, kept), (name, value(chance)), (name, value(chance))]
    if chance.random() < 0.3:
        sent += [("answer", value(chance)), ("answer-1", value(chance)), ("order", value(chance))]
    if chance.random() < 0.05:
        sent += [(f"f{number}", "x") for number in range(3_000)]
    headers = ["X-Partial: 1"] if chance.random() < 0.4 else []
    if chance.random() < 0.25:
        return request(
            "POST",
            action,
            target,
            headers=[*headers, "Content-Type: multipart/form-data; boundary=x"],
            body=multipart(sent, chance),
        )
    body = "&".join(f"{quoted(name)}={quoted(text)}" for name, text in sent)
    return request("POST", action, target, headers=[*headers, FORM], body=body.encode())


def multipart(fields: Sequence[tuple[str, str]], chance: random.Random) -> bytes:
    """The fields in parts, some as files, some frames broken."""
    parts = []
    for name, text in fields:
        bytes_ = text.encode("utf-8", "surrogatepass")
        if name != "csrf_token" and chance.random() < 0.4:
            file = chance.choice(("x.csv", "../../x", "a\0b.zip", "x" * 3_000, "", "é.yaml", "x.zip"))
            head = f'name="{name}"; filename="{file}"'.encode("utf-8", "surrogatepass")
            bytes_ = chance.choice((bytes_, b"PK\x03\x04" + bytes_[:99], *BAD_BYTES, b"\0" * 9_000))
        else:
            head = f'name="{name}"'.encode()
        parts.append(b"--x\r\nContent-Disposition: form-data; " + head + b"\r\n\r\n" + bytes_ + b"\r\n")
    end = chance.choice((b"--x--\r\n", b"--x--\r\n", b"--x--\r\n", b"", b"--y--"))
    return b"".join(parts) + end


def nested(depth: int, chance: random.Random) -> str:
    """JSON that goes deep."""
    opening, closing = chance.choice((("[", "]"), ('{"a":', "}")))
    return opening * depth + "1" + (closing * depth if chance.random() < 0.8 else "")


def a_batch(target: Target, chance: random.Random) -> bytes:
    """JSON to the door for devices' facts, and to any other."""
    odd: list[object] = [None, -1, 1e308, True, [], {}, "\ud800", "a\0b", "9" * 50, str(uuid.uuid4()), 2**70]
    fact: dict[str, object] = {
        name: chance.choice(odd)
        for name in (
            "id",
            "kind",
            "course",
            "lesson",
            "card",
            "attempt",
            "position",
            "fields",
            "device_at",
            "elapsed_ms",
            "wall_ms",
            "pack",
            "order",
            "answers",
            "flagged",
            "version",
            "check",
        )
        if chance.random() < 0.7
    }
    fact["kind"] = chance.choice(("card", "check", "response", "submit", "other", fact.get("kind")))
    text = chance.choice(
        (
            json.dumps({"format": chance.choice((1, 2, -1, 2**70, "1", None)), "facts": [fact] * 3}),
            json.dumps({"facts": fact}),
            json.dumps([fact]),
            nested(chance.choice((50, 900, 100_000)), chance),
            '{"format":1,"facts":[' + nested(chance.choice((50, 400, 990)), chance) + "]}",
            '{"format":1,"facts":[{"id":' + "9" * 6_000 + "}]}",
            '{"format":1e400,"facts":[NaN,Infinity]}',
            '{"format":1,"format":2,"facts":[],"facts":[1]}',
            "",
            "\ufeff{}",
            '"' + "x" * 300_000 + '"',
        )
    )
    body = text.encode(chance.choice(("utf-8", "utf-8", "utf-16", "utf-32")), "surrogatepass")
    place = "/sync" if chance.random() < 0.8 else chance.choice(target.forms)[0]
    return request(
        "POST",
        place,
        target,
        headers=["Content-Type: application/json", f"X-Person: {target.person}"],
        body=body,
    )


def a_path(target: Target, chance: random.Random) -> bytes:
    """Addresses that lead out of the house, or to things that are none."""
    base = chance.choice(target.reads)
    pieces = base.split("/")
    pieces[chance.randrange(len(pieces))] = quoted(value(chance)[:3_000])
    wanted = chance.choice(
        (
            "/".join(pieces) or "/",
            "/static/" + "../" * chance.randrange(9) + "etc/passwd",
            "/static/x/" + "%2e%2e%2f" * 8 + "lms/app.py",
            "/static/x/..%5c..%5capp.py",
            "//" + "etc/passwd",
            base + "/%00",
            base + ".yaml",
            base + "/" * 500,
            base + ";a=b",
            "/" + "a/" * 3_000,
            "*",
            "http://elsewhere.example/today",
            "/%",
            "/%zz",
        )
    )
    return request(chance.choice(("GET", "GET", "POST")), wanted, target)


def headers(target: Target, chance: random.Random) -> bytes:
    """Header floods, huge cookies, values that mean something to somebody."""
    way = chance.randrange(5)
    if way == 0:
        more = [f"X-{number}: y" for number in range(chance.choice((90, 150, 3_000)))]
    elif way == 1:
        more = ["Cookie: " + "a=b; " * chance.choice((100, 1_500, 20_000))]
    elif way == 2:
        more = ["Cookie: ladder=" + on_one_line(value(chance))[:7_000]]
    else:
        odd = (
            value(chance)[:2_000],
            "bytes=0-0,1-1,-5",
            "bytes=9-1",
            "en;q=x," * 200,
            "es-" + "x" * 900,
            "*",
        )
        more = [
            f"{name}: {on_one_line(chance.choice(odd))}"
            for name in chance.choices(HEADERS, k=chance.randrange(1, 9))
        ]
    return request("GET", chance.choice(target.reads), target, headers=more)


def a_method(target: Target, chance: random.Random) -> bytes:
    """Methods that a page does not use."""
    body = chance.choice((None, b"", b"x" * 70_000))
    return request(chance.choice(METHODS), chance.choice(target.reads), target, body=body)


def broken_frame(target: Target, chance: random.Random) -> bytes:
    """Bytes that are no HTTP, or that lie about their length."""
    sound = request("POST", chance.choice(target.forms)[0], target, headers=[FORM], body=b"a=b")
    return chance.choice(
        (
            b"\0" * 500,
            b"\x16\x03\x01\x02\x00" + bytes(200),
            b"GET\r\n\r\n",
            b"GET / HTTP/9.9\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
            b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
            b"\r\n" * 2_000,
            sound.replace(b"Content-Length: 3", b"Content-Length: -3"),
            sound.replace(b"Content-Length: 3", b"Content-Length: 3\r\nContent-Length: 9"),
            sound.replace(b"Content-Length: 3", b"Content-Length: " + b"9" * 400),
            sound.replace(b"Content-Length: 3", b"Content-Length: 99999999999"),
            sound.replace(b"Content-Length: 3", b"Transfer-Encoding: chunked") + b"\r\nzz\r\n",
            sound.replace(b"Content-Length: 3", b"Transfer-Encoding: chunked\r\nContent-Length: 3"),
            sound.replace(b"Content-Length: 3", b"Transfer-Encoding: gzip, x"),
            sound[: chance.randrange(len(sound))],
        )
    )


KINDS: dict[str, Callable[[Target, random.Random], bytes]] = {
    "form": a_form,
    "search": a_search,
    "batch": a_batch,
    "path": a_path,
    "headers": headers,
    "wrong bytes": wrong_bytes,
    "method": a_method,
    "broken frame": broken_frame,
}
WEIGHTS = (35, 20, 12, 10, 7, 7, 4, 5)
