// The lesson editor: saves as one writes, keeps a copy on the device until the server has it, puts blocks and pictures in,
// tidies what is pasted, shows the draft in the real player. Without this script the page is plain forms.

import { fill, post, say, signInHref, store, tell, word } from "./kit.js";

const form = document.querySelector("[data-studio]");
const body = form.elements.body;
const mark = form.querySelector("[data-saved]");
const panel = document.querySelector("[data-panel]");
const preview = document.querySelector("[data-preview]");
const stale = document.querySelector("[data-stale]");
const main = document.querySelector("main");
main.dataset.person = form.dataset.person;
main.dataset.signIn = form.dataset.signIn;
const copy = `ladder:studio:${form.dataset.person}:${location.pathname}`;
const PAUSE = 1500;
let timer = 0;
let sending = false;
let again = false;
let wait = 2000;

const fields = () => [...new FormData(form)].filter(([name]) => name !== "csrf_token");
const asText = (entries) => JSON.stringify(entries.filter(([name]) => name !== "revision").map(([name, value]) => [name, value.replace(/\r\n/g, "\n")]));
let saved = asText(fields());

function show(state, text) {
  mark.dataset.state = state;
  mark.textContent = text;
}

// Saving

function changed() {
  if (asText(fields()) === saved) return;
  store.write(copy, { at: Date.now(), fields: fields() });
  show("unsaved", word("unsaved"));
  clearTimeout(timer);
  timer = setTimeout(save, PAUSE);
}

async function save() {
  clearTimeout(timer);
  if (sending) { again = true; return; }
  if (!stale.hidden || asText(fields()) === saved) return;
  sending = true;
  const sent = fields();
  show("saving", word("saving"));
  try {
    const reply = await post(form.action, sent);
    if (reply.status === 401) { tell(word("sign_in"), signInHref(), word("sign_in_link")); show("waiting", word("unsaved")); return; }
    const told = await reply.json();
    if (told.stale) { stale.hidden = false; show("waiting", word("unsaved")); return; }
    if (reply.status >= 500) throw new Error(reply.status);
    if (!told.saved) { tell(told.error || word("refused")); show("waiting", word("unsaved")); return; }
    taken(sent, told);
  } catch {
    show("waiting", word("waiting"));
    timer = setTimeout(save, wait);
    wait = Math.min(wait * 2, 30000);
  } finally {
    sending = false;
    if (again) { again = false; changed(); }
  }
}

function taken(sent, told) {
  wait = 2000;
  saved = asText(sent);
  form.elements.revision.value = told.revision;
  tell("");
  fill(panel, told.panel);
  if (asText(fields()) === saved) { store.write(copy, null); show("saved", word("saved", { at: told.at })); }
  else changed();
  refresh();
}

// The phone: the card that is being written, drawn anew.

function cardHere() {
  const heads = [...body.value.slice(0, body.selectionStart).matchAll(/^## .*\{#([a-z0-9-]+)\}\s*$/gm)];
  return heads.at(-1)?.[1] ?? "";
}

function refresh() {
  if (!preview || getComputedStyle(preview.parentElement).display === "none") return;
  const address = new URL(preview.src);
  address.searchParams.set("card", cardHere());
  preview.contentWindow.location.replace(address);
}

// A text that was not saved: offered back after a closed tab or a lost connection.

function offer() {
  const kept = store.read(copy, null);
  const place = document.querySelector("[data-kept]");
  if (!kept?.fields || asText(kept.fields) === saved) return;
  const at = new Date(kept.at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  place.querySelector("[data-kept-words]").textContent = word("kept", { at });
  place.hidden = false;
  place.querySelector("[data-kept-take]").addEventListener("click", () => {
    for (const input of form.querySelectorAll("[type=checkbox]")) input.checked = kept.fields.some(([name, value]) => name === input.name && value === input.value);
    for (const [name, value] of kept.fields) if (["revision", "title", "minutes", "body"].includes(name) && form.elements[name]) form.elements[name].value = value;
    place.hidden = true;
    body.focus();
    changed();
  });
  place.querySelector("[data-kept-drop]").addEventListener("click", () => { store.write(copy, null); place.hidden = true; });
}

// Putting things into the text

/** Replace the selection as if it were typed, so that Ctrl+Z takes it back. */
function type(text, start = body.selectionStart, end = body.selectionEnd) {
  body.focus();
  body.setSelectionRange(start, end);
  if (!document.execCommand("insertText", false, text)) body.setRangeText(text, start, end, "end");
  changed();
}

/** A block on lines of its own, below the line of the caret; `choose` is selected, to be written over. */
function block(text, choose) {
  const here = body.selectionEnd;
  const end = body.value.indexOf("\n", here) < 0 ? body.value.length : body.value.indexOf("\n", here);
  const empty = !body.value.slice(body.value.lastIndexOf("\n", end - 1) + 1, end).trim();
  const before = empty ? "" : "\n\n";
  const after = body.value.slice(end).startsWith("\n\n") || end === body.value.length ? "" : "\n";
  type(before + text + after, end, end);
  const at = choose ? body.value.indexOf(choose, end) : -1;
  if (at >= 0) body.setSelectionRange(at, at + choose.length);
}

function freshKey() {
  let number = 1;
  while (body.value.includes(`key: ${form.dataset.lesson}-${number}\n`)) number += 1;
  return `${form.dataset.lesson}-${number}`;
}

function cardKey() {
  let number = 1;
  while (body.value.includes(`{#card-${number}}`)) number += 1;
  return `card-${number}`;
}

const put = {
  bold() {
    const chosen = body.value.slice(body.selectionStart, body.selectionEnd) || word("words");
    const start = body.selectionStart;
    type(`**${chosen}**`);
    body.setSelectionRange(start + 2, start + 2 + chosen.length);
  },
  card: () => block(`## ${word("w_card")} {#${cardKey()}}\n\n`, word("w_card")),
  list: () => block(`- ${word("w_item")}\n- ${word("w_item")}`, word("w_item")),
  callout: () => block(`::: callout tip\n${word("w_callout")}\n:::`, word("w_callout")),
  steps: () => block(`::: steps\n1. ${word("w_step")}\n2. ${word("w_step_2")}\n:::`, word("w_step")),
  dialogue: () => block(`::: dialogue ${word("w_dialogue")}\nKeisha (agent): ${word("w_agent")}\nMr Hart (caller): ${word("w_customer")}\n> ${word("w_note")}\n:::`, word("w_dialogue")),
  reveal: () => block(`::: reveal ${word("w_reveal")}\n${word("w_reveal_body")}\n:::`, word("w_reveal")),
  worked: () => block(`::: worked ${word("w_worked")}\n1. ${word("w_step")}\n2. ${word("w_step_2")}\n:::`, word("w_worked")),
  check: () => block(
    `::: check\nkey: ${freshKey()}\nkind: single\nstem: ${JSON.stringify(word("w_stem"))}\noptions:\n` +
    [["w_right", "w_right_why", true], ["w_wrong", "w_wrong_why"], ["w_wrong_2", "w_wrong_why"]]
      .map(([text, why, right]) => `  - text: ${JSON.stringify(word(text))}\n${right ? "    correct: true\n" : ""}    why: ${JSON.stringify(word(why))}\n`).join("") + ":::",
    word("w_stem")),
  picture: () => askForWords(null),
};

// Pictures and sound

const mediumPlace = document.querySelector("#medium-place");
const medium = document.querySelector("[data-medium]");
const mediumSaid = medium.querySelector("[data-medium-said]");

/** Open the form; a file that was dropped or pasted is in it already, and waits for its words. */
function askForWords(file) {
  mediumPlace.open = true;
  if (file) {
    const carried = new DataTransfer();
    carried.items.add(file.name ? file : new File([file], "picture.png", { type: file.type }));
    medium.elements.medium.files = carried.files;
  }
  (file ? medium.elements.words : medium.elements.medium).focus();
}

async function sendMedium() {
  mediumSaid.textContent = word("sending");
  const data = new FormData(medium);
  try {
    const reply = await fetch(medium.action, { method: "POST", body: data, credentials: "same-origin", headers: { "X-Partial": "1" } });
    if (reply.status === 401) { mediumSaid.textContent = word("sign_in"); return; }
    const told = await reply.json();
    if (!told.saved) { mediumSaid.textContent = told.error || word("refused"); return; }
    medium.reset();
    mediumSaid.textContent = "";
    mediumPlace.open = false;
    block(told.block);
    say(word("put"));
    save();
  } catch {
    mediumSaid.textContent = word("waiting");
  }
}

// Pasting

async function pasteHtml(html) {
  const start = body.selectionStart;
  const end = body.selectionEnd;
  try {
    const reply = await post(form.dataset.paste, [["html", html]]);
    const told = await reply.json();
    if (!reply.ok) return tell(told.error);
    type(told.text.trimEnd(), start, end);
    say(word("pasted"));
  } catch {
    tell(word("waiting"));
  }
}

body.addEventListener("paste", (event) => {
  const file = [...event.clipboardData.files].find((one) => /^(image|audio)\//.test(one.type));
  const html = event.clipboardData.getData("text/html");
  if (html && /<(p|li|h[1-6]|table|b|strong|i|em|a|span|br|div)[\s>]/i.test(html)) { event.preventDefault(); pasteHtml(html); }
  else if (file) { event.preventDefault(); askForWords(file); }
});
body.addEventListener("dragover", (event) => {
  if (![...event.dataTransfer.types].includes("Files")) return;
  event.preventDefault();
  body.parentElement.classList.add("is-dropping");
});
body.addEventListener("dragleave", () => body.parentElement.classList.remove("is-dropping"));
body.addEventListener("drop", (event) => {
  body.parentElement.classList.remove("is-dropping");
  const [file] = event.dataTransfer.files;
  if (!file) return;
  event.preventDefault();
  askForWords(file);
});

// Lines

function goTo(line) {
  if (line < 1) return form.elements.title?.focus();
  const lines = body.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  body.focus();
  body.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
  const height = parseFloat(getComputedStyle(body).lineHeight);
  body.scrollTop = Math.max(0, (line - 4) * height);
}

panel.addEventListener("click", (event) => {
  const link = event.target.closest("[data-line]");
  if (!link) return;
  event.preventDefault();
  goTo(Number(link.dataset.line));
});

// The toolbar: one stop of the Tab key, arrows within.

const tools = document.querySelector("[data-tools]");
const buttons = [...tools.querySelectorAll("button")];
tools.hidden = false;
buttons.forEach((button, number) => { button.tabIndex = number ? -1 : 0; });
tools.addEventListener("click", (event) => put[event.target.closest("[data-insert]")?.dataset.insert]?.());
tools.addEventListener("keydown", (event) => {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  const at = buttons.indexOf(document.activeElement);
  const next = buttons[(at + by + buttons.length) % buttons.length];
  buttons.forEach((button) => { button.tabIndex = button === next ? 0 : -1; });
  next.focus();
});

form.addEventListener("input", changed);
form.addEventListener("change", changed);
form.addEventListener("submit", (event) => {
  if (!stale.hidden) return; // the plain page shows both texts; the copy stays until this text is saved or forgotten
  event.preventDefault();
  if (asText(fields()) === saved) show("saved", mark.textContent || word("saved", { at: "" }));
  else save();
});
medium.addEventListener("submit", (event) => { event.preventDefault(); sendMedium(); });
medium.querySelector("[data-without-script]")?.setAttribute("hidden", "");
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") { event.preventDefault(); save(); }
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "b" && event.target === body) { event.preventDefault(); put.bold(); }
});
addEventListener("online", () => { wait = 2000; save(); });
addEventListener("pagehide", () => { if (asText(fields()) !== saved) store.write(copy, { at: Date.now(), fields: fields() }); });

offer();
if (form.dataset.at) goTo(Number(form.dataset.at));
