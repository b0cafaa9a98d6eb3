// A question that was being written when the tab closed or the network went: kept on the device, and offered back.
// It comes back through the server, which draws as many rows as it had, and with the mark of what its writer had seen.

import { fill, store, tell, word } from "./kit.js";

const form = document.querySelector("[data-editor]");
const sheet = form.querySelector("[data-sheet]");
const place = document.querySelector("[data-kept]");
const own = `ladder:question:${form.dataset.person}:`;
const here = own + location.pathname + location.search;
const sentFrom = `${own}sent`;

const fields = () => {
  const names = new Set([...sheet.querySelectorAll("[name]")].map((one) => one.name));
  return [...new FormData(form)].filter(([name, value]) => names.has(name) && name !== "do" && typeof value === "string");
};
const asText = (entries) => JSON.stringify(entries.filter(([name]) => name !== "q-seen").map(([name, value]) => [name, value.replace(/\r\n/g, "\n")]));

// What was sent and taken is not kept any longer: the page that follows is another, or says that it is saved.
const sent = store.read(sentFrom, null);
if (sent && (sent !== here || document.querySelector(".flashes")?.childElementCount)) store.write(sent, null);
store.write(sentFrom, null);

const loaded = asText(fields());

form.addEventListener("input", (event) => {
  if (event.target.closest("[data-preview]")) return;
  const now = fields();
  store.write(here, asText(now) === loaded ? null : { at: Date.now(), fields: now });
});
form.addEventListener("submit", () => store.write(sentFrom, here));

async function bringBack(kept) {
  const data = new FormData();
  for (const name of ["csrf_token", "kind"]) data.set(name, form.elements[name].value);
  for (const [name, value] of kept.fields) data.append(name, value);
  data.set("do", "kept");
  const reply = await fetch(form.action, { method: "POST", body: data, credentials: "same-origin", headers: { "X-Partial": "1" } });
  if (!reply.ok || !reply.headers.get("Content-Type")?.includes("text/html")) throw new Error(String(reply.status));
  fill(sheet, await reply.text());
  place.hidden = true;
  sheet.querySelector("textarea, input:not([type=hidden])")?.focus();
  sheet.dispatchEvent(new Event("input", { bubbles: true }));
}

const kept = store.read(here, null);
if (kept?.fields && asText(kept.fields) !== loaded) {
  const at = new Date(kept.at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  place.querySelector("[data-kept-words]").textContent = word("kept", { at });
  place.hidden = false;
  place.querySelector("[data-kept-take]").addEventListener("click", () => bringBack(kept).catch(() => tell(word("offline"))));
  place.querySelector("[data-kept-drop]").addEventListener("click", () => { store.write(here, null); place.hidden = true; });
}
