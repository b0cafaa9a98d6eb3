"""Every card of every lesson as an agent sees it on a phone, tiled into contact sheets for people to look at.

usage: .venv/bin/python -m bench.sheet --base http://127.0.0.1:8000 --out DIR [--only TEXT] [--themes light,dark]
       .venv/bin/python -m bench.sheet --media seed_courses --out DIR [--only TEXT]    the drawings alone, from their files

Wants a server with the courses and somebody who may learn there (`script/serve` has both). Opens each card, the first page
of each assessment that asks for no code, and each picture of a lesson, at 360×740, light and dark, and writes sheets as
PNG and `told.txt`: whatever a machine can see is wrong (a page wider than the window, a table that has to be pushed, an
empty card, Markdown that was not read, a picture that is not there or says nothing, a complaint of the content policy, and
in pictures: letters under 11 pixels, cut off, on top of each other or too pale). Prints how much it opened.
"""

import argparse
import io
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright

PHONE = {"width": 360, "height": 740}
WIDE, HIGH = 1090, 1090
"""Of a sheet, in pixels: about what a person sees without pushing it about."""
SCALES = {"light": 210, "dark": 148}
"""How wide a card is on its sheet: the words are read in the light, the colours compared in the dark."""
INSIDE = 326
"""How wide a picture is on the phone."""
LEAST = 11
"""Pixels of the smallest letters."""
LOOK = """() => {
  const card = document.querySelector('.lesson-card.is-here, .question.is-here') ?? document.querySelector('main');
  const told = [], root = document.documentElement;
  if (root.scrollWidth > innerWidth) told.push(`the page is ${root.scrollWidth} wide`);
  for (const one of card.querySelectorAll('.wide, pre, fieldset, .cloze')) {
    const more = one.scrollWidth - one.clientWidth;
    if (more > 1) told.push(`${one.className || one.tagName} is ${more} wider than its place`);
  }
  const clone = card.cloneNode(true);
  clone.querySelectorAll('.thumbs, h2, .visually-hidden').forEach((one) => one.remove());
  const words = clone.textContent.trim().split(/\\s+/).filter(Boolean).length;
  if (words < 12 && !clone.querySelector('img, form')) told.push(`only ${words} words`);
  const raw = card.innerText.match(/\\*\\*|:::|!\\[|\\]\\(|\\|--|\\[\\[|\\]\\]|^#+ |&[a-z]+;|\\bundefined\\b|\\bNaN\\b|\\{[#%{]|\\uFFFD/m);
  if (raw) told.push(`shows ${JSON.stringify(raw[0])}`);
  for (const one of card.querySelectorAll('img')) {
    if (!one.complete || !one.naturalWidth) told.push(`not there: ${one.src}`);
    if ((one.alt || '').split(' ').length < 4) told.push(`says nothing: ${one.src}`);
  }
  const boxes = [...card.querySelectorAll('button, a, input:not([type=hidden]), select, textarea, summary')]
    .filter((one) => !one.closest('.thumbs')).map((one) => [one, one.getBoundingClientRect()])
    .filter(([, box]) => box.width > 1 && box.height > 1);
  for (let at = 0; at < boxes.length; at += 1) for (let other = at + 1; other < boxes.length; other += 1) {
    const [a, one] = boxes[at], [b, two] = boxes[other];
    const across = Math.min(one.right, two.right) - Math.max(one.left, two.left);
    const down = Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top);
    if (across > 2 && down > 2 && !a.contains(b) && !b.contains(a)) {
      told.push(`controls overlap: ${a.outerHTML.slice(0, 60)} and ${b.outerHTML.slice(0, 60)}`);
    }
  }
  return { told, pictures: [...card.querySelectorAll('img')].map((one) => one.src) };
}"""
DRAWN = """(least) => {
  const told = [], svg = document.querySelector('svg');
  if (!svg) return [];
  const frame = svg.getBoundingClientRect(), named = (one) => JSON.stringify(one.textContent.trim().slice(0, 30));
  const read = (said) => { const found = said.match(/[\\d.]+/g); return found && said !== 'none' ? found.map(Number) : null; };
  const mix = (top, under) => { const share = top[3] ?? 1; return [0, 1, 2].map((at) => top[at] * share + under[at] * (1 - share)); };
  const linear = (one) => (one / 255 <= .04045 ? one / 255 / 12.92 : ((one / 255 + .055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => .2126 * linear(r) + .7152 * linear(g) + .0722 * linear(b);
  const texts = [...svg.querySelectorAll('text')].filter((one) => one.textContent.trim());
  const boxes = texts.map((one) => one.getBoundingClientRect());
  texts.forEach((one, at) => {
    const box = boxes[at], style = getComputedStyle(one), matrix = one.getScreenCTM();
    const size = parseFloat(style.fontSize) * Math.hypot(matrix.a, matrix.b);
    if (size < least - .05) told.push(`${named(one)} is ${size.toFixed(1)} px`);
    const out = Math.max(frame.left - box.left, box.right - frame.right, frame.top - box.top - 1, box.bottom - frame.bottom - 1);
    if (out > 1) told.push(`${named(one)} is cut off`);
    for (let other = at + 1; other < texts.length; other += 1) {
      const two = boxes[other];
      const across = Math.min(box.right, two.right) - Math.max(box.left, two.left);
      const down = Math.min(box.bottom, two.bottom) - Math.max(box.top, two.top);
      if (across > 2 && down > size * .45) told.push(`${named(one)} is on ${named(texts[other])}`);
    }
    const under = document.elementsFromPoint(box.left + box.width / 2, box.top + box.height / 2)
      .filter((two) => svg.contains(two) && !two.closest('text') && two !== svg);
    let ground = read(getComputedStyle(document.body).backgroundColor).slice(0, 3);
    for (const two of under.reverse()) {
      const said = getComputedStyle(two), fill = read(said.fill);
      let shown = Number(said.fillOpacity);
      for (let up = two; up && up !== svg; up = up.parentElement) shown *= Number(getComputedStyle(up).opacity);
      if (fill) ground = mix([...fill.slice(0, 3), (fill[3] ?? 1) * shown], ground);
    }
    let shown = Number(style.fillOpacity);
    for (let up = one; up && up !== svg; up = up.parentElement) shown *= Number(getComputedStyle(up).opacity);
    const ink = mix([...read(style.fill).slice(0, 3), shown], ground), [a, b] = [light(ink), light(ground)].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) told.push(`${named(one)} has a contrast of ${ratio.toFixed(1)}`);
  });
  return told;
}"""


@dataclass
class Sheets:
    """Tiles on the way to their sheets, and what was said about them."""

    out: Path
    told: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def tile(self, name: str, shots: Sequence[tuple[str, bytes]], wide: int) -> None:
        """Write as many sheets as these pictures need: columns from left to right, each with its caption above."""
        columns = WIDE // (wide + 8)
        sheet, ends, pages = Image.new("RGB", (WIDE, HIGH), "#777"), [0] * columns, 1
        for caption, png in shots:
            picture = Image.open(io.BytesIO(png)).convert("RGB")
            picture = picture.resize(
                (wide, round(picture.height * wide / picture.width)), Image.Resampling.LANCZOS
            )
            picture = picture.crop((0, 0, wide, min(picture.height, HIGH - 16)))
            fits = [at for at in range(columns) if ends[at] + picture.height + 16 <= HIGH]
            if not fits:
                sheet.save(self.out / f"{name}-{pages:03}.png")
                sheet, ends, pages, fits = (
                    Image.new("RGB", (WIDE, HIGH), "#777"),
                    [0] * columns,
                    pages + 1,
                    [0],
                )
            at = max(fits, key=lambda column: ends[column])
            ImageDraw.Draw(sheet).text((at * (wide + 8) + 2, ends[at] + 2), caption[: wide // 6], "#fff")
            sheet.paste(picture, (at * (wide + 8), ends[at] + 15))
            ends[at] += picture.height + 20
        sheet.crop((0, 0, WIDE, max(ends) or 1)).save(self.out / f"{name}-{pages:03}.png")
        self.counts["sheets"] += pages


@dataclass
class Road:
    """A window that is signed in, and where it goes."""

    page: Page
    sheets: Sheets
    theme: str
    where: str = ""
    pictures: dict[str, str] = field(default_factory=dict)

    def complain(self, words: str) -> None:
        """Note what is wrong here."""
        self.sheets.told.append(f"{self.theme} {self.where}: {words}")

    def sign_in(self, name: str, password: str) -> None:
        """As a person does it."""
        self.page.goto("/sign-in")
        self.page.locator("#name").fill(name)
        self.page.locator("#password").fill(password)
        self.page.locator("main form button").first.click()
        self.page.wait_for_url("**/today")

    def links(self, path: str, pattern: str) -> list[str]:
        """Addresses on a page that have this in them, once each, in their order."""
        self.page.goto(path)
        found = self.page.locator(f"main a[href*='{pattern}']").evaluate_all(
            "all => all.map((one) => one.getAttribute('href').split(/[?#]/)[0])"
        )
        return list(dict.fromkeys(found))

    def courses(self) -> list[tuple[str, str]]:
        """Every course of the catalogue with its title."""
        found: dict[str, str] = {}
        address: str | None = "/courses"
        while address:
            self.page.goto(address)
            for link in self.page.locator("main a[href^='/courses/']").all():
                path = str(link.get_attribute("href")).split("?")[0]
                found.setdefault(path, link.get_attribute("title") or link.inner_text())
            onward = self.page.locator("main a[rel=next]")
            address = onward.first.get_attribute("href") if onward.count() else None
        return [(path, title) for path, title in found.items() if path.count("/") == 2]

    def shot(self) -> bytes:
        """The page as it stands, as long as it is, and what the machine sees on it."""
        self.page.evaluate("document.querySelectorAll('img').forEach((one) => { one.loading = 'eager'; })")
        self.page.wait_for_function(
            "() => [...document.querySelectorAll('.is-here img')].every((one) => one.complete)",
            timeout=10_000,
        )
        found = self.page.evaluate(LOOK)
        for words in found["told"]:
            self.complain(words)
        self.pictures.update({src: self.where for src in found["pictures"] if src not in self.pictures})
        card = self.page.locator(".lesson-card.is-here")
        if not card.count():
            return self.page.screenshot(full_page=True)
        # What stays in view would cover a strip of a picture that is longer than the window.
        card.locator("> .thumbs").evaluate("one => { one.style.display = 'none'; }")
        self.page.locator(".slim").evaluate("one => { one.style.position = 'static'; }")
        box = card.bounding_box()
        down = self.page.evaluate("scrollY")
        return self.page.screenshot(full_page=True, clip=box and {**box, "y": box["y"] + down})

    def lesson(self, path: str) -> Iterator[tuple[str, bytes]]:
        """Every card of a lesson."""
        self.page.goto(path)
        cards = self.page.locator(".lesson-card").evaluate_all("all => all.map((one) => one.id)")
        for card in cards:
            self.where = f"{path.rsplit('/', 1)[1]}#{card[5:]}"
            self.page.evaluate("(id) => { location.hash = id; }", card)
            self.page.wait_for_function(
                "(id) => document.getElementById(id).classList.contains('is-here')", arg=card
            )
            yield self.where, self.shot()
            self.sheets.counts[f"cards {self.theme}"] += 1

    def assessment(self, path: str) -> tuple[str, bytes]:
        """The first page of an assessment, or its door where it wants a code or lets nobody in."""
        self.page.goto(path)
        self.where = self.page.locator("h1").inner_text()
        start = self.page.locator("main form button")
        if start.count() and not self.page.locator("#code").count():
            start.first.click()
            self.page.wait_for_url("**/attempts/**")
        self.sheets.counts[f"assessments {self.theme}"] += 1
        return self.where, self.shot()


def drawn(browser: Browser, sheets: Sheets, theme: str, drawings: Mapping[str, str]) -> None:
    """Every drawing as wide as on the phone, inside a page so that its letters can be measured."""
    window = browser.new_page(viewport=PHONE, color_scheme=theme)  # type: ignore[arg-type]
    ground = {"light": "#fffdf9", "dark": "#15262f"}[theme]
    shots = []
    for where, drawing in drawings.items():
        window.set_content(
            f"<body style='margin:0;background:{ground}'><div style='width:{INSIDE}px'>{drawing}</div>"
        )
        found = window.evaluate(DRAWN, LEAST)
        sheets.told += [f"{theme} {where}: picture: {words}" for words in found]
        sheets.counts[f"pictures {theme}"] += 1
        shots.append((where, window.locator("svg").screenshot()))
    sheets.tile(f"pictures-{theme}", shots, 210)
    window.close()


def walk(browser: Browser, wanted: argparse.Namespace, theme: str, sheets: Sheets) -> None:
    """All of it in one theme."""
    context = browser.new_context(
        viewport=PHONE, base_url=wanted.base, color_scheme=theme, locale="en-GB", service_workers="block"
    )
    context.set_default_timeout(30_000)
    road = Road(context.new_page(), sheets, theme)
    road.page.on("pageerror", lambda error: road.complain(f"error: {error}"))
    road.page.on("console", lambda said: road.complain(said.text) if said.type == "error" else None)
    road.sign_in(wanted.name, wanted.password)
    courses = [one for one in road.courses() if wanted.only.lower() in one[1].lower()]
    doors: list[tuple[str, bytes]] = []
    cards: list[tuple[str, bytes]] = []
    for path, title in courses:
        print(theme, title, flush=True)
        lessons = road.links(path, "/lessons/")
        assessments = road.links(path, "/assessments/")
        for lesson in lessons:
            cards += road.lesson(lesson)
            sheets.counts[f"lessons {theme}"] += 1
        doors += [road.assessment(one) for one in assessments]
        (sheets.out / f"told-{theme}.txt").write_text("\n".join(sheets.told))
    sheets.tile(f"cards-{theme}", cards, SCALES[theme])
    sheets.tile(f"assessments-{theme}", doors, SCALES[theme])
    replies = {where: road.page.request.get(src) for src, where in road.pictures.items()}
    drawn(
        browser,
        sheets,
        theme,
        {where: one.text() for where, one in replies.items() if "svg" in one.headers["content-type"]},
    )
    context.close()


def main() -> None:
    """Open everything, write the sheets, print the counts."""
    reader = argparse.ArgumentParser(prog="bench.sheet", description=(__doc__ or "").split("\n")[0])
    where = reader.add_mutually_exclusive_group(required=True)
    where.add_argument("--base", help="Where the server answers.")
    where.add_argument(
        "--media", type=Path, help="A folder of courses, of which only the drawings are wanted."
    )
    reader.add_argument("--out", required=True, type=Path)
    reader.add_argument("--name", default="agent@demo.example")
    reader.add_argument("--password", default="mango bicycle river moon")
    reader.add_argument("--only", default="", help="Courses with this in their title.")
    reader.add_argument("--themes", default="light,dark")
    wanted = reader.parse_args()
    wanted.out.mkdir(parents=True, exist_ok=True)
    sheets = Sheets(wanted.out)
    found = os.environ.get("LADDER_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for theme in wanted.themes.split(","):
            if wanted.media:
                files = sorted(wanted.media.glob(f"*{wanted.only}*/media/*.svg"))
                drawn(
                    browser,
                    sheets,
                    theme,
                    {f"{one.parts[-3][:6]} {one.stem}": one.read_text() for one in files},
                )
            else:
                walk(browser, wanted, theme, sheets)
        browser.close()
    (wanted.out / "told.txt").write_text("\n".join(sheets.told) + "\n")
    print(dict(sheets.counts), f"{len(sheets.told)} things told")


if __name__ == "__main__":
    main()
