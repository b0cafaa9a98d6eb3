// The editors of questions and assessments: rows without a new page, a preview that follows the typing.
// Every button works without this script; it only takes the same reply and puts its parts in place.

import { fill, say, tell, word } from "./kit.js";

const form = document.querySelector("[data-editor]");
const sheet = form.querySelector("[data-sheet]");
const preview = form.querySelector("[data-preview]");
const inPreview = new Set(["preview", "try", "another", "again"]);
let typing = 0;
let asked = 0;

async function ask(act) {
  const mine = ++asked;
  const data = new FormData(form);
  data.set("do", act);
  const reply = await fetch(form.action, { method: "POST", body: data, credentials: "same-origin", headers: { "X-Partial": "1" } });
  const html = reply.headers.get("Content-Type")?.includes("text/html");
  if (!reply.ok || !html) throw new Error(String(reply.status));
  const text = await reply.text();
  return mine === asked ? text : null;
}

/** Each draw says beside its fields what the preview says of it. */
function tellFits() {
  for (const place of sheet.querySelectorAll("[data-fit]")) {
    const said = preview.querySelector(`[data-fit-of="${place.dataset.fit}"]`);
    place.replaceChildren(...(said?.cloneNode(true).childNodes ?? []));
  }
}

function show(text) {
  fill(preview, text);
  tellFits();
}

// What cannot be shown just now is shown after the next key; nothing typed depends on it.
const follow = () => ask("preview").then((text) => text !== null && show(text)).catch(() => {});

async function act(button) {
  clearTimeout(typing);
  form.setAttribute("aria-busy", "true");
  try {
    const text = await ask(button.value);
    if (text === null) return;
    tell("");
    if (inPreview.has(button.value)) {
      show(text);
      const result = preview.querySelector("[data-result]");
      (button.value === "try" && result?.childElementCount ? result : preview.querySelector(`[value="${button.value}"]`) ?? preview.querySelector("button"))?.focus({ preventScroll: true });
      if (button.value === "try") result?.scrollIntoView({ block: "nearest" });
      return;
    }
    fill(sheet, text);
    const wanted = sheet.querySelector("[data-focus]")?.dataset.focus;
    const [verb, list, at] = button.value.split(":");
    const row = wanted?.match(/-(\d+)-/)?.[1] ?? at;
    const again = verb === "up" || verb === "down" ? sheet.querySelector(`[value="${verb}:${list}:${row}"]:enabled`) : null;
    const goal = again ?? document.getElementById(wanted ?? "") ?? document.getElementById(`part-${list}`) ?? sheet.querySelector(`[value="${button.value}"]`);
    goal?.focus();
    if (again) say(word("moved"));
    follow();
  } catch {
    // Nobody is signed in, or there is no network: the plain way shows what to do, or the browser says so.
    if (navigator.onLine) form.requestSubmit(button);
    else tell(word("offline"));
  } finally {
    form.removeAttribute("aria-busy");
  }
}

form.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-act]");
  if (!button || event.defaultPrevented) return;
  event.preventDefault();
  act(button);
});

form.addEventListener("input", (event) => {
  if (event.target.closest("[data-preview]")) return;
  clearTimeout(typing);
  typing = setTimeout(follow, 500);
});
