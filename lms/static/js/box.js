// A box for one form that is sent as it stands (a rating on the floor). What learners do goes into outbox.js instead.

import { pacing, post, store } from "./kit.js";

/**
 * A box that keeps entries {id, subject, url, data} on the device until the server has acknowledged them, in order.
 * `taken(entry, reply)` says whether the reply is the acknowledgement. `changed(entry, state, detail)` hears
 * saving, saved, waiting, refused and signed-out. One sender a page; sending an entry twice is safe because it has an id.
 */
export function outbox(name, { taken, changed }) {
  let inFlight = null;
  const refused = new Set();
  const all = () => store.read(name, []);
  const drop = (id) => store.write(name, all().filter((entry) => entry.id !== id));
  const pace = pacing(sendAll);

  function put(entry) {
    const kept = all().filter((old) => old.subject !== entry.subject || old.id === inFlight);
    store.write(name, [...kept, entry]);
    changed(entry, "saving");
    return pace.hurry();
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

  /** Send what waits; true when nothing is left. */
  async function sendAll() {
    for (let entry; (entry = all().find((one) => !refused.has(one.id)));) {
      const outcome = await sendOne(entry);
      if (outcome === "saved" || outcome === "refused") { pace.well(); continue; }
      all().filter((one) => !refused.has(one.id)).forEach((one) => changed(one, outcome));
      if (outcome === "waiting") pace.later();
      return false;
    }
    return all().length === 0;
  }

  return { put, flush: pace.flush, drop, all };
}
