// What the player and the attempt share: words, ids, safe HTML, and a box that keeps things until they are sent.

const said = document.querySelector("script[data-words]");
const words = said ? JSON.parse(said.textContent) : {};

/** The server's words for `key`, with {name} filled in; `n` picks key_one for 1. */
export function word(key, values = {}) {
  const text = (values.n === 1 && words[key + "_one"]) || words[key] || "";
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** A new id. `crypto.randomUUID` is missing on plain http. */
export function mint() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

const policy = window.trustedTypes?.createPolicy("ladder", { createHTML: (text) => text });
/** Put a fragment that our own server rendered into an element. */
export function fill(element, text) {
  element.innerHTML = policy ? policy.createHTML(text) : text;
}

/** Read the rest of a live region out, even when the words are the same as before. */
export function say(text) {
  const region = document.querySelector("[data-say]");
  if (!region) return;
  region.textContent = "";
  setTimeout(() => { region.textContent = text; }, 60);
}

/** A notice with an optional link, at the top of main; the same one is reused, and removed when the text is empty. */
export function tell(text, href, linkText) {
  let notice = document.querySelector("[data-notice]");
  if (!text) return notice?.remove();
  if (!notice) {
    notice = document.createElement("div");
    notice.className = "notice notice--warn notice--float";
    notice.dataset.notice = "";
    notice.setAttribute("role", "alert");
    document.querySelector("main").prepend(notice);
  }
  const body = document.createElement("p");
  body.textContent = text + " ";
  if (href) {
    const link = document.createElement("a");
    link.href = href;
    link.textContent = linkText;
    body.append(link);
  }
  notice.replaceChildren(body);
  return notice;
}

const tokens = () => document.querySelectorAll("input[name=csrf_token]");
const token = () => tokens()[0]?.value ?? "";

/** The page's token went stale (it was open for hours): take the one a fresh copy of the page carries. */
async function freshenToken() {
  const reply = await fetch(location.href, { credentials: "same-origin" });
  const found = reply.ok && (await reply.text()).match(/name="csrf_token"[^>]*value="([^"]+)"/);
  if (!found || found[1] === token()) return false;
  tokens().forEach((input) => { input.value = found[1]; });
  return true;
}

/** Post form data. Throws when the network fails; a stale token is renewed once. */
export async function post(url, data, again = true) {
  const body = new URLSearchParams(data);
  body.set("csrf_token", token());
  const { person } = document.querySelector("main").dataset; // the server refuses when somebody else has signed in since
  const reply = await fetch(url, {
    method: "POST", body, credentials: "same-origin", keepalive: true,
    headers: { "X-Partial": "1", "X-CSRFToken": token(), ...(person && { "X-Person": person }) }, signal: AbortSignal.timeout?.(20000),
  });
  if (reply.status === 400 && again && (await freshenToken())) return post(url, data, false);
  return reply;
}

/** localStorage that falls back to memory where it is full or forbidden. */
const memory = new Map();
export const store = {
  read(name, otherwise) {
    try { return JSON.parse(localStorage.getItem(name)) ?? memory.get(name) ?? otherwise; } catch { return memory.get(name) ?? otherwise; }
  },
  write(name, value) {
    try { localStorage.setItem(name, JSON.stringify(value)); memory.delete(name); return true; } catch { memory.set(name, value); return false; }
  },
};

/**
 * A box that keeps entries {id, subject, url, data} on the device until the server has acknowledged them, in order.
 * `taken(entry, reply)` says whether the reply is the acknowledgement. `changed(entry, state, detail)` hears
 * saving, saved, waiting, refused and signed-out. One sender a page; sending an entry twice is safe because it has an id.
 */
export function outbox(name, { taken, changed }) {
  let sending = null;
  let inFlight = null;
  let wait = 1000;
  let timer = 0;
  const refused = new Set();
  const all = () => store.read(name, []);
  const drop = (id) => store.write(name, all().filter((entry) => entry.id !== id));

  function put(entry) {
    const kept = all().filter((old) => old.subject !== entry.subject || old.id === inFlight);
    store.write(name, [...kept, entry]);
    changed(entry, "saving");
    if (!sending) wait = 1000;
    return flush();
  }

  async function sendOne(entry) {
    inFlight = entry.id;
    try {
      const reply = await post(entry.url, entry.data);
      if (reply.status === 401) return "signed-out";
      const detail = reply.ok ? await taken(entry, reply) : null;
      if (detail) { drop(entry.id); changed(entry, "saved", detail); return "saved"; }
      if (reply.status < 500 && reply.status >= 400 && ![408, 425, 429].includes(reply.status)) {
        refused.add(entry.id);
        const told = await reply.json().catch(() => ({}));
        changed(entry, "refused", told.error);
        return "refused";
      }
      return "waiting";
    } catch {
      return "waiting";
    } finally {
      inFlight = null;
    }
  }

  async function sendAll() {
    clearTimeout(timer);
    for (let entry; (entry = all().find((one) => !refused.has(one.id)));) {
      const outcome = await sendOne(entry);
      if (outcome === "saved" || outcome === "refused") { wait = 1000; continue; }
      all().filter((one) => !refused.has(one.id)).forEach((one) => changed(one, outcome));
      if (outcome === "waiting") {
        timer = setTimeout(flush, wait * (0.75 + Math.random() / 2));
        wait = Math.min(wait * 2, 30000);
      }
      return false;
    }
    return all().length === 0;
  }

  /** Send what waits; true when nothing is left. */
  function flush() {
    sending ??= sendAll().finally(() => { sending = null; });
    return sending;
  }

  addEventListener("online", () => { wait = 1000; flush(); });
  document.addEventListener("visibilitychange", () => document.hidden || flush());
  return { put, flush, drop, all };
}

/** Where to sign in and come back to this very page. */
export function signInHref() {
  const base = document.querySelector("main").dataset.signIn || "/sign-in";
  return `${base}?next=${encodeURIComponent(location.pathname + location.search)}`;
}
