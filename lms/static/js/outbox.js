// What this person did and the server has not yet acknowledged: kept in IndexedDB under the person's own name, sent to
// /sync in order, by this page or by the worker, whichever comes first. Sending twice is safe: every fact has its id.

import { mint, pacing, store } from "./kit.js";

const { person, store: key } = document.body.dataset;
const FORMAT = 1;
const MOST = 40;
const JOURNAL = `ladder:journal:${key}`;
const DATABASE = `ladder-${key}`;

const wanted = (request) => new Promise((good, bad) => { request.onsuccess = () => good(request.result); request.onerror = () => bad(request.error); });

function opened() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => { request.result.createObjectStore("facts", { keyPath: "id" }); };
  return wanted(request);
}

let database;
/** Run one transaction; null where there is no IndexedDB (private windows, locked-down PCs): the journal then holds all. */
async function inside(mode, work) {
  try {
    database ??= opened();
    const transaction = (await database).transaction("facts", mode);
    const result = await work(transaction.objectStore("facts"));
    if (mode === "readwrite") await new Promise((good, bad) => { transaction.oncomplete = good; transaction.onabort = transaction.onerror = bad; });
    return result ?? true;
  } catch {
    database = undefined;
    return null;
  }
}

let entries = [];
const hearers = [];
const inFlight = new Set();
const loose = new Set();
const pace = pacing(sendAll);
/** Send what waits; true when nothing is left. */
export const { flush } = pace;

const tell = (entry, state, detail) => hearers.forEach((hear) => hear(entry, state, detail));
const journal = () => store.read(JOURNAL, []);
const byOrder = (one, other) => one.n - other.n;

/** All that waits, oldest first. */
export const all = () => [...entries];
/** Hear of every change: (entry or null, saving | saved | kept | waiting | signed-out, detail). */
export const hear = (hearer) => { hearers.push(hearer); };

const ready = (async () => {
  if (!person || !key) return;
  const found = await inside("readonly", (facts) => wanted(facts.getAll()));
  const known = new Map([...(Array.isArray(found) ? found : []), ...journal(), ...entries].map((entry) => [entry.id, entry]));
  entries = [...known.values()].sort(byOrder);
  for (const entry of journal()) await settle(entry);
})();
/** What waits, once it has been read from the device. */
export const loaded = () => ready.then(all);

/** Whether something is in this page's memory only, since the device took it nowhere. */
export const onlyHere = () => loose.size > 0;

/** From the journal, which is written at once, into the database, which the worker can read. */
async function settle(entry) {
  if (!(await inside("readwrite", (facts) => { facts.put(entry); }))) return;
  loose.delete(entry.id);
  store.write(JOURNAL, journal().filter((one) => one.id !== entry.id));
}

function forget(id) {
  entries = entries.filter((entry) => entry.id !== id);
  loose.delete(id);
  store.write(JOURNAL, journal().filter((entry) => entry.id !== id));
  return inside("readwrite", (facts) => { facts.delete(id); });
}

/** Whether a hand-in that waits names this answer: it must arrive, or the hand-in would wait for ever. */
const isNamed = (id) => entries.some((one) => one.fact.answers?.includes(id));

/** Keep a fact; one about the same `subject` that has not left yet, and that nothing names, is replaced. True when all is sent. */
export function put(subject, fact) {
  const id = fact.id ?? mint();
  for (const old of entries.filter((one) => one.subject === subject && !inFlight.has(one.id) && !isNamed(one.id))) forget(old.id);
  const n = Math.max(Date.now(), ...entries.map((one) => one.n + 1));
  const entry = { id, subject, n, person, fact: { ...fact, id, device_at: new Date().toISOString() } };
  entries.push(entry);
  if (!store.write(JOURNAL, [...journal(), entry])) loose.add(id);
  settle(entry).then(askForBackground);
  tell(entry, "saving");
  return pace.hurry();
}

/** The worker may send when the network is back, even with the page closed. */
async function askForBackground() {
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.sync?.register(`outbox ${key}`).catch(() => {}); // not allowed here: it is sent on open instead
}

/** What the server said of facts, told to this page or to the worker. */
function heard(verdicts, at) {
  for (const verdict of verdicts) {
    const entry = entries.find((one) => one.id === verdict.id);
    if (!entry) continue;
    if (verdict.because === "answers_missing") { tell(entry, "waiting"); continue; }
    forget(entry.id);
    if (entry.fact.kind === "submit") self.caches?.open(`ladder-kept-${key}`).then((kept) => kept.delete(`/attempts/${entry.fact.attempt}`));
    if (verdict.first === "counted") tell(entry, "saved", { at, verdict });
    else tell(entry, "kept", verdict);
  }
}

async function sendSome(batch) {
  batch.forEach((entry) => inFlight.add(entry.id));
  try {
    const reply = await fetch("/sync", {
      method: "POST", credentials: "same-origin", keepalive: true, signal: AbortSignal.timeout?.(20000),
      headers: { "Content-Type": "application/json", "X-Partial": "1", "X-Person": person, "X-Store": key },
      body: JSON.stringify({ format: FORMAT, facts: batch.map((entry) => entry.fact) }),
    });
    if (reply.status === 401) return "signed-out";
    if (!reply.ok) return "waiting";
    const told = await reply.json();
    heard(told.facts, told.at);
    return told.facts.some((one) => one.because === "answers_missing") ? "waiting" : "sent";
  } catch {
    return "waiting";
  } finally {
    batch.forEach((entry) => inFlight.delete(entry.id));
  }
}

async function sendAll() {
  if (!person || !key) return true;
  await ready;
  while (entries.length) {
    const outcome = await sendSome(entries.slice(0, MOST));
    if (outcome === "sent") { pace.well(); continue; }
    entries.forEach((entry) => tell(entry, outcome));
    if (outcome === "waiting") pace.later();
    return false;
  }
  tell(null, "empty");
  return true;
}

/** Take everything of this person off the device: facts, kept pages, small notes. */
export async function wipe() {
  pace.stop();
  await ready;
  entries = [];
  await inside("readwrite", (facts) => { facts.clear(); });
  if (database) (await database.catch(() => null))?.close();
  await wanted(indexedDB.deleteDatabase(DATABASE)).catch(() => {}); // no database where there is no IndexedDB
  if (self.caches) for (const name of await caches.keys()) if (name.includes(key) || name === "ladder-who") await caches.delete(name);
  for (const box of [localStorage, sessionStorage]) {
    for (const name of Object.keys(box)) if (name.includes(key) || name.includes(person)) box.removeItem(name);
  }
}

addEventListener("beforeunload", (event) => { if (loose.size) event.preventDefault(); });
navigator.serviceWorker?.addEventListener("message", ({ data }) => { if (data?.type === "heard" && data.store === key) heard(data.facts, data.at); });
