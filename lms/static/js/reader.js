// Reads questions and lessons aloud, for whoever the firm granted it: a button at each question and card, by the voices
// that the phone or PC has. Nothing leaves the device. Kept pages have it too.

import { word } from "./kit.js";

const voice = globalThis.speechSynthesis;
const QUESTIONS = "main fieldset:not(fieldset fieldset)";
const AWAY = "[data-next], [data-previous], [data-navigator] a";
const CARDS = "main section.lesson-card > h2";
const BLOCKS = "legend, p, li, td, th, h2, h3, .choice, option:checked, label";
const QUIET = "button, script, template, svg, .visually-hidden, [hidden], [aria-hidden=true], [data-saved]";
let speaking = null;

/** What stands in an element block by block, each with its language; of a card not what is in a question of it. */
export function blocks(root) {
  const found = [];
  for (const one of root.querySelectorAll(BLOCKS)) {
    if (one.closest(QUIET) || !one.checkVisibility()) continue;
    if (one.querySelector(BLOCKS) || (root.matches("section") && one.closest("form"))) continue;
    const copy = one.cloneNode(true);
    copy.querySelectorAll(QUIET).forEach((quiet) => quiet.remove());
    const text = copy.textContent.replace(/\s+/g, " ").trim();
    if (text) found.push({ text, lang: one.closest("[lang]")?.lang || document.documentElement.lang });
  }
  return found;
}

function show(button, on) {
  button.setAttribute("aria-pressed", on ? "true" : "false");
  button.textContent = word(on ? "read_stop" : "read");
}

function stop() {
  voice.cancel();
  if (speaking) show(speaking, false);
  speaking = null;
}

function read(button, root) {
  const again = speaking === button;
  stop();
  if (again) return;
  const parts = blocks(root).map(({ text, lang }) => Object.assign(new SpeechSynthesisUtterance(text), { lang }));
  if (!parts.length) return;
  speaking = button;
  show(button, true);
  parts.at(-1).addEventListener("end", () => speaking === button && stop());
  parts.forEach((part) => voice.speak(part));
}

function offer(root, put) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--quiet";
  button.dataset.read = "";
  show(button, false);
  button.addEventListener("click", () => read(button, root));
  put(button);
}

if (voice) {
  document.querySelectorAll(QUESTIONS).forEach((root) => offer(root, (button) => root.before(button)));
  document.querySelectorAll(CARDS).forEach((head) => offer(head.parentElement, (button) => head.after(button)));
  document.addEventListener("click", (event) => event.target.closest(AWAY) && stop());
  addEventListener("pagehide", stop);
} else {
  const told = document.createElement("p");
  told.className = "soft small";
  told.textContent = word("read_none");
  document.querySelector("main h1")?.after(told);
}
