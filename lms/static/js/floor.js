// Rating on the floor: what is marked is kept on this device until the server has it. Without this script it is a plain form.

import { outbox } from "./box.js";
import { mint, say, signInHref, store, tell, word } from "./kit.js";

const form = document.querySelector("form[data-keep]");
const { person } = form.dataset;
document.body.dataset.person = person; // the server refuses when somebody else has signed in since
const address = new URL(form.action).pathname;
const draft = `ladder:floor:${person}:draft:${address}`;
const fields = () => [...new FormData(form)].filter(([name]) => name !== "csrf_token");

function restore(data) {
  for (const [name, value] of data) {
    for (const one of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (one.type === "radio") one.checked = one.value === value;
      else one.value = value;
    }
  }
}

function fresh() {
  store.write(draft, null);
  form.reset();
  form.elements.evidence_id.value = mint();
}

const box = outbox(`ladder:floor:${person}`, {
  async taken(entry, reply) {
    const told = await reply.json().catch(() => null);
    return told?.saved === true ? told : null;
  },
  changed(entry, state, detail) {
    const here = entry.id === form.elements.evidence_id.value;
    if (state === "saved" && here && new URL(entry.url).pathname === address) {
      store.write(draft, null);
      location.assign(detail.goal);
    } else if (state === "saved") {
      tell(word("sent"));
      say(word("sent"));
    } else if (state === "waiting") {
      tell(word("waiting"));
      if (here) fresh();
    } else if (state === "signed-out") {
      tell(word("sign_in"), signInHref(), word("sign_in_link"));
    } else if (state === "refused") {
      box.drop(entry.id);
      tell(word("refused", { why: detail ?? "" }));
    }
  },
});

form.addEventListener("input", () => store.write(draft, fields()));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const id = form.elements.evidence_id.value;
  box.put({ id, subject: id, url: form.action, data: fields() });
});

const kept = store.read(draft, null);
if (kept?.length && !document.querySelector(".errors")) {
  restore(kept);
  say(word("draft"));
} else {
  form.elements.evidence_id.value ||= mint();
}
box.flush();
