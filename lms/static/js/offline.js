// What is on this phone: on the page for when there is no network, on “On this phone” in Me, and on a course's page.

import { say, store, word } from "./kit.js";

const kilobytes = (bytes) => Math.max(1, Math.round(bytes / 1024));
const make = (tag, values = {}, ...inside) => { const one = Object.assign(document.createElement(tag), values); one.append(...inside); return one; };
const body = document.body.dataset;

// The page without a network is everybody's: whose phone it is now, the worker noted.
if (!body.store && self.caches) {
  const noted = await (await caches.match("/who", { cacheName: "ladder-who" }))?.json();
  Object.assign(body, noted);
}
const { all, hear, loaded } = await import("./outbox.js");
const { drop, keep, listKept } = await import("./keeping.js");
const key = body.store;

/* What waits */

const count = document.querySelector("[data-count]");
function showCount() {
  if (!count) return;
  const n = all().length;
  count.textContent = n ? word("waiting", { n }) : word("all_sent");
  count.hidden = !n && !body.person;
}
if (key) { hear(showCount); loaded().then(showCount); }

/* What is kept */

const place = document.querySelector("[data-kept]");
async function openAttempts() {
  if (!self.caches || !key) return [];
  const kept = await (await caches.open(`ladder-kept-${key}`)).keys();
  return kept.map((request) => new URL(request.url).pathname).filter((path) => path.startsWith("/attempts/"));
}

async function showKept() {
  if (!place) return;
  const list = await listKept();
  const courses = Map.groupBy ? Map.groupBy(Object.entries(list), ([, one]) => one.course) : group(Object.entries(list));
  place.replaceChildren();
  const attempts = await openAttempts();
  if (attempts.length) place.append(make("ul", { className: "rows" }, ...attempts.map((path) => row(path, word("assessment")))));
  for (const [course, files] of courses) {
    const lessons = files.filter(([, one]) => one.kind !== "picture");
    const bytes = files.reduce((sum, [, one]) => sum + one.bytes, 0);
    place.append(make("h3", { textContent: course }), make("ul", { className: "rows" }, ...lessons.map(([path, one]) => row(path, one.title))));
    if (!place.hasAttribute("data-removes")) continue;
    const button = make("button", { className: "button button--quiet", type: "button", textContent: `${word("remove")}: ${course}, ${word("size", { n: kilobytes(bytes) })}` });
    button.addEventListener("click", async () => { await drop(course); await showKept(); say(word("removed")); });
    place.append(make("p", {}, button));
  }
  if (!place.childElementCount) place.append(make("p", { textContent: word("nothing") }));
  const storage = document.querySelector("[data-storage]");
  if (storage) storage.textContent = word("storage", { n: Math.round(Object.values(list).reduce((sum, one) => sum + one.bytes, 0) / 1024) });
}

function group(entries) {
  const found = new Map();
  for (const entry of entries) found.set(entry[1].course, [...(found.get(entry[1].course) ?? []), entry]);
  return found;
}

const row = (path, title) => make("li", {}, make("a", { className: "row", href: path }, make("span", { className: "row__body" }, make("span", { className: "row__title", textContent: title }))));

/* The data used */

const used = document.querySelector("[data-used]");
async function showUsed() {
  const month = new Date().toISOString().slice(0, 7);
  const worker = self.caches && (await (await caches.match("/data", { cacheName: `ladder-data-${key}` }))?.json());
  const bytes = (store.read(`ladder:data:${key}`, {})[month] || 0) + (worker?.[month] || 0);
  used.dataset.bytes = bytes;
  used.textContent = bytes ? word("used", { n: kilobytes(bytes) }) : word("unknown");
}
if (used) { addEventListener("load", () => setTimeout(showUsed, 200)); showUsed(); }

/* Keeping a course */

const keeper = document.querySelector("[data-keep]");
if (keeper && self.caches && navigator.serviceWorker) {
  const line = document.querySelector("[data-keep-line]");
  keeper.hidden = false;
  const { course } = keeper.dataset;
  const there = (list) => Object.values(list).filter((one) => one.course === course);
  const tell = (list) => {
    const files = there(list);
    if (files.length) line.textContent = word("kept", { n: kilobytes(files.reduce((sum, one) => sum + one.bytes, 0)) });
  };
  listKept().then(tell);
  keeper.addEventListener("click", async () => {
    keeper.disabled = true;
    try {
      tell(await keep(keeper.dataset.keep, (done, total) => { line.textContent = word("keeping", { done, total }); }));
      await navigator.storage?.persist?.();
    } catch {
      line.textContent = word("keep_failed");
    }
    keeper.disabled = false;
  });
}

document.querySelector("[data-again]")?.setAttribute("href", location.pathname + location.search);
await showKept();
