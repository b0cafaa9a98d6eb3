// Today says what this device still has to send, and where to go to send it. Sends nothing itself.

import { word } from "./kit.js";

const place = document.querySelector("[data-waiting]");
const count = (name) => { try { return JSON.parse(localStorage.getItem(name)).length || 0; } catch { return 0; } };

function line(text, href, linkText) {
  const words = document.createElement("p");
  words.append(`${text} ${word("kept")} `);
  if (!href) return words;
  const link = document.createElement("a");
  link.href = href;
  link.textContent = linkText;
  words.append(link);
  return words;
}

const attempts = `ladder:attempt:${place.dataset.person}:`;
const lines = [];
const cards = count(`ladder:progress:${place.dataset.person}`);
if (cards) lines.push(line(word("cards", { n: cards }), document.querySelector("a[href*='/lessons/']")?.href, word("open_lesson")));
for (const name of Object.keys(localStorage)) {
  const [, id, more] = name.startsWith(attempts) ? name.match(/:([0-9a-f-]{36})(:order)?$/) ?? [] : [];
  const answers = id && !more ? count(name) : 0;
  if (answers) lines.push(line(word("answers", { n: answers }), `/attempts/${id}`, word("open_attempt")));
}
if (lines.length) {
  place.className = "notice notice--warn stack stack--tight";
  place.append(...lines);
  place.hidden = false;
}
