// On every page of a signed-in person: the worker and its new editions, what waits to be sent, what is kept by itself
// on Wi-Fi, the data used, and leaving a shared phone clean.

import { signInHref, store, word, workerAddress } from "./kit.js";
import { all, flush, hear, loaded, wipe } from "./outbox.js";

const { person, store: key } = document.body.dataset;

/* What waits */

const place = document.querySelector("[data-waiting]");
let shown = "";
function showWaiting(state) {
  if (!place) return;
  const n = all().length;
  const text = n ? `${word("app_waiting", { n })} ${word(state === "signed-out" ? "app_sign_in" : "app_kept")}` : shown ? word("app_sent") : "";
  if (text === shown) return;
  shown = text;
  place.className = `notice stack stack--tight notice--${n ? "warn" : "good"}`;
  place.replaceChildren(Object.assign(document.createElement("p"), { textContent: text }));
  if (n && state === "signed-out") place.append(Object.assign(document.createElement("a"), { href: signInHref(), textContent: word("app_sign_in_link") }));
  place.hidden = !text;
}
const why = document.querySelector("[data-kept-why]");
hear((entry, state, detail) => {
  showWaiting(state);
  if (state === "kept" && why) {
    why.hidden = false;
    why.append(Object.assign(document.createElement("p"), { textContent: word("app_not_counted", { why: detail.why }) }));
  }
});
loaded().then(() => { showWaiting(); flush(); });

/* The worker */

function offer(waiting) {
  if (place && !document.querySelector("main form textarea, main form input[type=text]")) return waiting.postMessage({ type: "swap" }); // nothing is typed on this page
  if (document.querySelector("[data-edition]")) return;
  const line = document.createElement("div");
  line.className = "notice notice--info";
  line.dataset.edition = "";
  line.setAttribute("role", "status");
  const button = Object.assign(document.createElement("button"), { className: "button", type: "button", textContent: word("app_use_it") });
  button.addEventListener("click", async () => {
    dispatchEvent(new Event("pagehide")); // whatever is half-typed is written down
    await loaded();
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    waiting.postMessage({ type: "swap" });
  });
  document.querySelector("main").prepend(line);
  setTimeout(() => line.append(Object.assign(document.createElement("p"), { textContent: word("app_new") }), button), 60); // a status is read out when it changes
}

async function work() {
  const registration = await navigator.serviceWorker.register(workerAddress("/sw.js"), { updateViaCache: "none" });
  if (registration.waiting && navigator.serviceWorker.controller) offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const coming = registration.installing;
    coming.addEventListener("statechange", () => { if (coming.state === "installed" && navigator.serviceWorker.controller) offer(coming); });
  });
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage({ type: "who", store: key, person });
}

/* Kept by itself */

const MONTH = () => new Date().toISOString().slice(0, 7);
async function keepNext() {
  const { connection } = navigator;
  const free = ["wifi", "ethernet"].includes(connection?.type) && !connection.saveData && !("saver" in document.body.dataset);
  const stamp = `ladder:next:${key}`, today = new Date().toDateString();
  if (!place?.dataset.next || !free || store.read(stamp, "") === today) return;
  const { keep } = await import("./keeping.js");
  await keep(place.dataset.next);
  store.write(stamp, today);
}

/* Data used, as the browser counts it: what came over the wire, headers included */

// A browser says 300 for the head of a reply, whatever it is. The server tells how long it was; HTTP/2 packs it.
const wire = (one) => one.transferSize && one.transferSize + (one.nextHopProtocol === "http/1.1" ? (one.serverTiming?.find((said) => said.name === "head")?.duration || 850) - 300 : 0);
const TALLY = `ladder:data:${key}`;
function count(list) {
  const byWorker = (one) => one.workerStart && (one.entryType === "navigation" || /^\/(static|courses\/media)\//.test(new URL(one.name).pathname)); // it counts those
  const bytes = list.reduce((sum, one) => sum + (byWorker(one) ? 0 : wire(one)), 0);
  if (!bytes) return;
  const tally = store.read(TALLY, {});
  store.write(TALLY, { [MONTH()]: (tally[MONTH()] || 0) + bytes });
}
try {
  const watch = (type) => new PerformanceObserver((seen) => count(seen.getEntries())).observe({ type, buffered: true });
  ["navigation", "resource"].forEach(watch);
} catch { /* a browser that does not tell: nothing is counted, and Me says so */ }

/* Leaving */

const leaving = [...document.querySelectorAll("form")].filter((form) => new URL(form.action).pathname === "/sign-out");
for (const form of leaving) {
  let warned = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await loaded();
    if (all().length && !warned) await Promise.race([flush(), new Promise((late) => setTimeout(late, 6000))]);
    const n = all().length;
    if (n && !warned) {
      warned = true;
      const line = document.createElement("p");
      line.className = "notice notice--warn";
      line.setAttribute("role", "alert");
      line.textContent = word("app_leave", { n });
      form.before(line);
      form.querySelector("button").append(` (${word("app_leave_anyway")})`);
      return;
    }
    await wipe();
    HTMLFormElement.prototype.submit.call(form);
  });
}

// The back button after somebody else has signed in, or nobody is: what the browser kept of the page is not shown.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

if (person && key && !document.body.dataset.locksAfter) { // a shared PC keeps nothing
  if (navigator.serviceWorker && self.caches && self === top) addEventListener("load", () => work().then(keepNext).catch((error) => console.warn(error)));
}
