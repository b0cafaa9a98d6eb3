// Review without a network: the cards that were kept on this phone, one at a time. What is answered goes into the
// outbox with an id of its own; how well it was known is a second fact about the first. The server marks and schedules.

import { mint, say, store, tell, word } from "./kit.js";
import * as box from "./outbox.js";

const ANSWERED = `ladder:reviewed:${document.body.dataset.store}`;
const two = (number) => String(number).padStart(2, "0");
const now = new Date();
const today = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
const name = (card) => `${card.dataset.review} ${card.dataset.nth}`;

const answered = store.read(ANSWERED, {}); // the kept page does not change when its cards are answered
const cards = [...document.querySelectorAll("[data-review]")].filter((card) => card.dataset.from <= today && !answered[name(card)]);
const end = document.querySelector("[data-end]"), left = document.querySelector("[data-left]");
const status = document.querySelector("[data-status]"), bar = document.querySelector("[data-bar]");
const total = cards.length;
let here = null;

function showLeft() {
  const n = box.all().length;
  left.textContent = n ? word("kept", { n }) : word("all_sent");
}

function next(focus = true) {
  if (here) here.hidden = true;
  here = cards.shift() ?? end;
  here.hidden = false;
  const at = total - cards.length;
  status.textContent = here === end ? "" : word("at", { at, total });
  bar.max = total || 1;
  bar.value = here === end ? total : at - 1;
  if (here === end) box.loaded().then(showLeft);
  scrollTo(0, 0);
  if (!focus) return;
  const start = here.querySelector("legend, p");
  start.tabIndex = -1;
  start.focus({ preventScroll: true });
}

document.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target, card = form.closest("[data-review]");
  const fields = [...new FormData(form)];
  if (event.submitter?.name) fields.push([event.submitter.name, event.submitter.value]);
  if (!fields.some(([, value]) => value.trim())) return tell(word("choose"));
  tell("");
  const id = mint();
  card.dataset.fact = id;
  store.write(ANSWERED, { ...store.read(ANSWERED, {}), [name(card)]: today });
  box.put(`review ${name(card)}`, { id, kind: "review", card: card.dataset.review, nth: Number(card.dataset.nth), fields });
  form.querySelectorAll("input, select, textarea, button").forEach((one) => { one.disabled = true; });
  const answer = card.querySelector("[data-answer]");
  answer.hidden = false;
  answer.focus({ preventScroll: true });
  answer.scrollIntoView({ block: "nearest" });
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[name=felt]");
  if (!button) return;
  const card = button.closest("[data-review]");
  if (button.value) box.put(`felt ${name(card)}`, { kind: "felt", answer: card.dataset.fact, felt: button.value });
  next();
});

box.hear(() => { if (here === end) { showLeft(); say(left.textContent); } });
next(false);
