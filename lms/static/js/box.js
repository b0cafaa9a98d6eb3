// A box for one form that is sent as it stands (a rating on the floor). What learners do goes into outbox.js instead.

import { post, store } from "./kit.js";

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
