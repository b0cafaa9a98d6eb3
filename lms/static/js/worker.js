// The worker: the shell of the program for when there is no network, the pages a person keeps on the phone, and the
// outbox when the page is closed. The lines above, written by the server, name this edition: PRINT, SHELL, INSIDE, FORMAT, BYTES.
// It never takes over by itself: a new edition waits until the page says that nothing half-typed can be lost.

const HERE = `ladder-shell-${PRINT}`;
const WHO = "ladder-who";

async function fillShell() {
  const cache = await caches.open(HERE);
  const script = (text) => new Response(text, { headers: { "Content-Type": "text/javascript; charset=utf-8" } });
  await Promise.all([cache.addAll(SHELL), ...Object.entries(INSIDE).map(([address, text]) => cache.put(address, script(text)))]);
}

self.addEventListener("install", (event) => {
  event.waitUntil(fillShell());
  count(BYTES); // itself
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("ladder-shell-") && name !== HERE) await caches.delete(name);
    await self.registration.navigationPreload?.enable();
    await self.clients.claim();
  })());
});

const kept = (store) => `ladder-kept-${store}`;

async function who() {
  const said = await caches.match("/who", { cacheName: WHO });
  return said ? said.json() : null;
}

self.addEventListener("message", (event) => {
  const said = event.data;
  if (said.type === "swap") self.skipWaiting();
  if (said.type === "who") {
    event.waitUntil(caches.open(WHO).then((cache) => cache.put("/who", new Response(JSON.stringify({ store: said.store, person: said.person })))).then(() => count(0)));
  }
});

/** A page: from the network, or as it was kept. A page that is its own pack says so, and is kept as it comes. */
async function page(event) {
  const { pathname } = new URL(event.request.url);
  try {
    const reply = (await event.preloadResponse) ?? (await fetch(event.request));
    const store = reply.headers.get("X-Keep");
    if (reply.ok && store && !reply.redirected) {
      const copy = reply.clone();
      event.waitUntil(caches.open(kept(store)).then((cache) => cache.put(pathname, copy)));
    }
    if (reply.type === "opaqueredirect" && pathname.startsWith("/attempts/")) event.waitUntil(forget(pathname)); // it has been handed in
    return reply;
  } catch (error) {
    const person = await who();
    const found = person && (await caches.match(pathname, { cacheName: kept(person.store) }));
    const shell = found || (await caches.match("/offline", { cacheName: HERE }));
    if (!shell) throw error;
    return shell;
  }
}

async function forget(pathname) {
  const person = await who();
  if (person) await (await caches.open(kept(person.store))).delete(pathname);
}

/** Our own files: of this edition, whatever edition the kept page was written by. */
async function ours(request, name) {
  return (await caches.match(`/static/${PRINT}/${name}`, { cacheName: HERE })) ?? fetch(request);
}

async function medium(request) {
  const person = await who();
  return (person && (await caches.match(request.url, { cacheName: kept(person.store), ignoreVary: true }))) || fetch(request);
}

self.addEventListener("fetch", (event) => {
  const { request } = event, address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin || request.headers.has("range")) return;
  if (request.mode === "navigate") return event.respondWith(page(event));
  const own = address.pathname.match(/^\/static\/[^/]+\/(.+)$/);
  if (own) return event.respondWith(ours(request, own[1]));
  if (address.pathname.startsWith("/courses/media/")) event.respondWith(medium(request));
});

/* What this worker fetched, as the browser counts it: the page's own count has none of it */

const wire = (one) => one.transferSize && one.transferSize + (one.nextHopProtocol === "http/1.1" ? (one.serverTiming?.find((said) => said.name === "head")?.duration || 850) - 300 : 0); // as in app.js
let counting = Promise.resolve();
let unclaimed = 0; // fetched before the page has said whose phone it is
function count(more) {
  counting = counting.then(async () => {
    const person = await who();
    const bytes = unclaimed + more;
    unclaimed = person ? 0 : bytes;
    if (!person || !bytes) return;
    const month = new Date().toISOString().slice(0, 7);
    const cache = await caches.open(`ladder-data-${person.store}`);
    const tally = (await (await cache.match("/data"))?.json()) ?? {};
    await cache.put("/data", new Response(JSON.stringify({ [month]: (tally[month] || 0) + bytes })));
  }).catch(() => {}); // the phone is full: the receipt says less, and nothing else is lost
}
try {
  new PerformanceObserver((seen) => {
    const bytes = seen.getEntries().reduce((sum, one) => sum + wire(one), 0);
    if (bytes) count(bytes);
  }).observe({ type: "resource", buffered: true });
} catch { /* a browser that does not tell */ }

/* The outbox, when no page is open */

const done = (request) => new Promise((good, bad) => { request.onsuccess = () => good(request.result); request.onerror = () => bad(request.error); });

async function send(store) {
  const person = await who();
  if (!person || person.store !== store) return; // somebody else uses the phone now: it waits for its own person
  const database = await done(indexedDB.open(`ladder-${store}`, 1));
  try {
    if (!database.objectStoreNames.contains("facts")) return;
    const entries = await done(database.transaction("facts").objectStore("facts").getAll());
    entries.sort((one, other) => one.n - other.n);
    for (let from = 0; from < entries.length; from += 40) {
      const reply = await fetch("/sync", {
        method: "POST", credentials: "same-origin",
        headers: { "Content-Type": "application/json", "X-Partial": "1", "X-Person": person.person, "X-Store": store },
        body: JSON.stringify({ format: FORMAT, facts: entries.slice(from, from + 40).map((entry) => entry.fact) }),
      });
      if (reply.status === 401) return; // it stays on the phone until they sign in again
      if (!reply.ok) throw new Error(`sync: ${reply.status}`); // the browser tries again later
      const { facts, at } = await reply.json();
      const settled = facts.filter((one) => one.because !== "answers_missing");
      const transaction = database.transaction("facts", "readwrite");
      settled.filter((one) => one.first === "counted").forEach((one) => transaction.objectStore("facts").delete(one.id));
      // what was kept and not counted stays until a page has told the person why
      for (const client of await self.clients.matchAll()) client.postMessage({ type: "heard", store, facts, at });
    }
  } finally {
    database.close();
  }
}

self.addEventListener("sync", (event) => {
  const [name, store] = event.tag.split(" ");
  if (name === "outbox") event.waitUntil(send(store));
});

/* Messages, for whoever asked for them: the server's words, sealed for this browser */

const messages = () => self.registration.pushManager.getSubscription();

async function say(address, said) {
  const person = await who();
  return person && fetch(address, {
    method: "POST", credentials: "same-origin", body: JSON.stringify(said),
    headers: { "Content-Type": "application/json", "X-Partial": "1", "X-Person": person.person, "X-Store": person.store },
  });
}

/** From here on the browser's maker takes no more of them, whatever becomes of the word to our server. */
async function stop() {
  await (await messages())?.unsubscribe();
  await say("/push/stop", {});
}

self.addEventListener("push", (event) => event.waitUntil((async () => {
  if (!(await who())) return (await messages())?.unsubscribe(); // signed out since it was sent
  const { title = "Ladder", body, stop: text, lang } = event.data?.json() ?? {};
  await self.registration.showNotification(title, { body, lang, tag: "ladder", actions: text ? [{ action: "stop", title: text }] : [] });
})()));

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  if (event.action === "stop") return event.waitUntil(stop());
  event.waitUntil(self.clients.matchAll({ type: "window" }).then(([open]) => (open ? open.focus() : self.clients.openWindow("/today")))); // an open page stays as it is: something may be half typed
});

self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil((async () => {
  const how = event.oldSubscription?.options;
  const fresh = event.newSubscription ?? (how && (await self.registration.pushManager.subscribe(how)));
  if (fresh && !(await say("/push/renew", fresh.toJSON()))?.ok) await fresh.unsubscribe(); // nobody asked for it here
})()));
