// What the scripts share: words, ids, safe HTML, notices, small notes on the device.

const words = {};
for (const said of document.querySelectorAll("script[data-words]")) Object.assign(words, JSON.parse(said.textContent));

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

const policy = window.trustedTypes?.createPolicy("ladder", {
  createHTML: (text) => text,
  createScriptURL: (address) => { if (address === "/sw.js") return address; throw new TypeError(address); },
});
/** Put a fragment that our own server rendered into an element. */
export function fill(element, text) {
  element.innerHTML = policy ? policy.createHTML(text) : text;
}

/** The address of our own worker, as the browser wants it said. */
export const workerAddress = (address) => (policy ? policy.createScriptURL(address) : address);

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
  const { person } = document.body.dataset; // the server refuses when somebody else has signed in since
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
 * When a box sends what waits: one run of `send` at a time; again when the network is back or the page is looked at.
 * After trouble `send` calls `later`, which waits longer each time; `well` begins anew.
 */
export function pacing(send) {
  let running = null, wait = 1000, timer = 0;
  const well = () => { wait = 1000; };
  const stop = () => clearTimeout(timer);
  function flush() {
    running ??= (stop(), send().finally(() => { running = null; }));
    return running;
  }
  function later() {
    timer = setTimeout(flush, wait * (0.75 + Math.random() / 2));
    wait = Math.min(wait * 2, 30000);
  }
  /** Something new is to be sent: at once, or with the run that is on its way. */
  function hurry() {
    if (!running) well();
    return flush();
  }
  addEventListener("online", () => { well(); flush(); });
  document.addEventListener("visibilitychange", () => document.hidden || flush());
  return { flush, hurry, later, stop, well };
}

/** Where to sign in and come back to this very page. */
export function signInHref() {
  const base = document.querySelector("main").dataset.signIn || "/sign-in";
  return `${base}?next=${encodeURIComponent(location.pathname + location.search)}`;
}
