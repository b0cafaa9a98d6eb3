// The attempt: every answer is kept on this device until the server says it is on disk.
// Without this script each question is a plain form with its own Save button.

import { fill, mint, say, signInHref, store, tell, word } from "./kit.js";
import * as box from "./outbox.js";

const main = document.querySelector("main");
const { attempt, timeZone, pack, issued } = main.dataset;
const { person } = document.body.dataset;
// What few questions need is fetched where it is.
const has = (selector) => main.querySelector(selector);
const { keepMedia } = pack && has("[data-kept-medium]") ? await import("./keeping.js") : {};
const { feelTheWait } = has("form[data-steps]") ? await import("./simulation.js") : {};
const { useSenses } = has("[data-spots], [data-dictation]") ? await import("./senses.js") : {};
const { sendFiles } = has("form[data-upload]") ? await import("./upload.js") : {};
const { countKeys } = has("[data-typing]") ? await import("./typing.js") : {};
const name = `ladder:attempt:${document.body.dataset.store}:${attempt}`;
const language = document.documentElement.lang || "en";
const questions = [...main.querySelectorAll("form.question")];
const submitForm = main.querySelector("form[data-submit]");
const byKey = new Map(questions.map((form) => [form.dataset.question, form]));
const pending = new Map();
const touched = new Set();
let waited = false; // whether something could not be sent at once
let order = Math.max(Number(main.dataset.order || 0), store.read(`${name}:order`, 0));

const clock = (at) => (/T/.test(at)
  ? new Date(at).toLocaleTimeString(language, { hour: "numeric", minute: "2-digit", timeZone: timeZone || undefined })
  : at);

function mark(form, state, text) {
  const place = form.querySelector("[data-saved]");
  if (!place) return;
  place.dataset.state = state;
  if (place.textContent !== text) place.textContent = text;
}

const mine = () => box.all().filter((entry) => entry.fact.attempt === attempt);
const handsIn = (entry) => entry?.fact.kind === "submit" && entry.fact.attempt === attempt;

box.hear((entry, state, detail) => {
  if (handsIn(entry) && state === "saved") return location.assign(submitForm.action.replace(/submit$/, "result"));
  if (state === "empty") { if (waited) say(word("all_sent")); waited = false; tell(""); }
  if (state === "waiting" || state === "signed-out") waited = true;
  if (state === "signed-out") tell(word("sign_in"), signInHref(), word("sign_in_link"));
  if (handsIn(entry) && state === "waiting") return showHandedIn();
  const form = entry?.fact.attempt === attempt ? byKey.get(String(entry.fact.position)) : null;
  if (!form) return;
  const newer = mine().some((other) => other.fact.position === entry.fact.position) || pending.has(form);
  if (state === "saved" && !newer) mark(form, "saved", word("saved", { at: clock(detail.at) }));
  if (state === "saved" && !newer && form.dataset.steps) nextStep(form);
  if (state === "saving") mark(form, "saving", word("saving"));
  if (state === "waiting" || state === "signed-out") mark(form, "waiting", word(box.onlyHere() ? "only_here" : pack ? "on_phone" : "waiting"));
  if (state === "kept") mark(form, "waiting", word("refused", { why: detail.why || word("why_unknown") }));
});

/* How long the pack has been here: by a clock that nobody sets, and by the one on the screen. */

const clockName = `${name}:clock`;
const started = performance.now();
let since = store.read(clockName, null);
if (pack && since?.issued !== issued) since = { issued, pack, wall: Date.now(), ran: 0, last: Date.now() };
const ranBefore = since ? since.ran + Math.max(0, Date.now() - since.last) : 0; // the browser was closed in between
const ran = () => Math.round(ranBefore + performance.now() - started);
function keepClock() {
  if (pack) store.write(clockName, { ...since, ran: ran(), last: Date.now() });
}
const clocks = () => (pack ? { pack, elapsed_ms: ran(), wall_ms: Date.now() - since.wall } : {});
keepClock();

/* Answers */

const controls = (form) => [...form.elements].filter((one) => one.name && !["hidden", "submit", "button", "file"].includes(one.type));
const isAnswered = (form) => "upload" in form.dataset ? form.elements.answer.value !== "" : form.dataset.steps ? !form.querySelector("[data-step]") : controls(form).some((one) => !one.matches("[data-flag]")
  && (["radio", "checkbox"].includes(one.type) ? one.checked : one.value.trim() !== ""));

function record(form) {
  clearTimeout(pending.get(form));
  pending.delete(form);
  if (mine().some(handsIn)) return box.flush(); // a field that loses its focus when it is closed says that it changed
  touched.add(form);
  order += 1;
  store.write(`${name}:order`, order);
  keepClock();
  const id = mint();
  const fields = [...new FormData(form)].filter(([field]) => field.startsWith("answer"));
  const flagged = Boolean(form.querySelector("[data-flag]")?.checked);
  store.write(`${name}:ids`, { ...store.read(`${name}:ids`, {}), [form.dataset.question]: id });
  return box.put(`${attempt} ${form.dataset.question}`, {
    id, kind: "response", attempt, position: Number(form.dataset.question), order, fields, flagged, ...clocks(),
  });
}

/** The moment that a call has come to; where it cannot be fetched, the page is asked for again. */
async function nextStep(form) {
  const place = form.querySelector("[data-asked]");
  try {
    const reply = await fetch(form.dataset.steps, { credentials: "same-origin", headers: { "X-Partial": "1" } });
    if (!reply.ok || reply.redirected) throw new Error(String(reply.status));
    fill(place, await reply.text());
  } catch {
    return tell(word("step_failed"), location.href, word("step_link"));
  }
  feelTheWait(place);
  showStates();
  const now = place.querySelector("[data-now]");
  now.tabIndex = -1;
  now.focus({ preventScroll: true });
  now.scrollIntoView({ block: "nearest" });
}

function restore(form, { fields, flagged }) {
  if (form.dataset.steps && fields.find(([field]) => field === "answer-path")?.[1] !== form.elements["answer-path"].value) return;
  for (const one of controls(form)) {
    if (one.matches("[data-flag]")) { one.checked = flagged; continue; }
    const given = fields.filter(([field]) => field === one.name).map(([, value]) => value);
    if (["radio", "checkbox"].includes(one.type)) one.checked = given.includes(one.value);
    else if (given.length) one.value = given[0];
  }
}

const recordPending = () => [...pending.keys()].forEach(record);

function flushAll() {
  recordPending();
  return box.flush();
}

/* The navigator and the pages */

const pages = [...questions, ...main.querySelectorAll("[data-review]")];
let here = -1;

function showStates() {
  for (const link of document.querySelectorAll("[data-navigator] a")) {
    const form = byKey.get(link.dataset.question);
    if (!form) continue;
    const state = isAnswered(form) ? "answered" : "open";
    const flagged = Boolean(form.querySelector("[data-flag]")?.checked);
    link.dataset.state = state;
    link.toggleAttribute("data-flagged", flagged);
    link.querySelector("[data-state-words]").textContent = `, ${word(state)}${flagged ? `, ${word("flagged")}` : ""}`;
  }
  const blank = questions.filter((form) => !isAnswered(form)).length;
  const place = main.querySelector("[data-blank]");
  if (place) place.textContent = blank ? word("blank", { n: blank }) : word("blank_none");
}

function show(index, focus = true) {
  if (index < 0 || index >= pages.length || index === here) return;
  pages[here]?.classList.remove("is-here");
  here = index;
  const page = pages[index];
  page.classList.add("is-here");
  const where = page.matches("form") ? word("status", { at: index + 1, total: questions.length }) : word("review");
  const status = document.querySelector("[data-status]");
  if (status) status.textContent = where;
  const bar = document.querySelector("[data-bar]");
  if (bar) { bar.max = questions.length; bar.value = Math.min(index + 1, questions.length); }
  main.querySelector("[data-previous]")?.toggleAttribute("disabled", index === 0);
  main.querySelector("[data-next]")?.toggleAttribute("hidden", index === pages.length - 1);
  document.querySelectorAll("[data-navigator] a").forEach((link) => {
    if (link.dataset.question === page.dataset.question) link.setAttribute("aria-current", "step");
    else link.removeAttribute("aria-current");
  });
  if (!focus) return;
  history.replaceState(null, "", `#${page.id}`);
  scrollTo(0, 0);
  const heading = page.querySelector("h2, legend") ?? page;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  say(where);
}

/* Time left, by the server's clock */

function keepTime(place) {
  const deadline = Date.parse(place.dataset.deadline);
  const loaded = Date.parse(place.dataset.now);
  let last = Infinity;
  (function tick() {
    const left = (deadline - loaded - ran()) / 1000; // a kept page was loaded when its pack was made
    keepClock();
    const minutes = Math.ceil(left / 60);
    place.textContent = left <= 0 ? word("time_up") : left < 60 ? word("minutes_last") : word("minutes", { n: minutes });
    for (const limit of [300, 60]) if (left <= limit && last > limit && last !== Infinity) say(left <= 60 ? word("minutes", { n: 1 }) : word("minutes", { n: 5 }));
    last = left;
    if (left > 0) setTimeout(tick, left > 90 ? 5000 : 1000);
    else { say(word("time_up")); submitAll(); }
  })();
}

/* Handing in */

function showHandedIn() {
  document.querySelectorAll("form.question input, form.question select, form.question textarea, [data-submit] button").forEach((one) => { one.disabled = true; });
  tell(word("handed", { n: mine().length }));
}

/** From a pack: handing in waits with the answers, and says which ones it hands in. */
function handIn() {
  if (mine().some(handsIn)) return box.flush();
  recordPending();
  order += 1;
  return box.put(`${attempt} submit`, { kind: "submit", attempt, order, answers: Object.values(store.read(`${name}:ids`, {})) });
}

let handing = false;
async function submitAll() {
  if (pack) return handIn();
  if (handing) return;
  handing = true;
  let sent = await flushAll();
  if (pending.size || mine().length) sent = await flushAll();
  handing = false;
  if (sent || !mine().length) return HTMLFormElement.prototype.submit.call(submitForm);
  if (document.querySelector("[data-notice] a")) return;
  tell(word("unsent", { n: mine().length }));
}

if (questions.length && person && attempt) {
  for (const form of questions) {
    if ("upload" in form.dataset) {
      sendFiles(form, { order: () => { order += 1; store.write(`${name}:order`, order); return order; }, mark: (state, text) => mark(form, state, text), clock, after: showStates });
      form.addEventListener("change", (event) => event.target.matches("[data-flag]") && record(form));
      continue;
    }
    form.querySelectorAll("[data-plain]").forEach((button) => { button.hidden = true; });
    form.addEventListener("submit", (event) => { event.preventDefault(); record(form); });
    if (form.dataset.steps) {
      feelTheWait(form);
      form.addEventListener("change", (event) => event.target.matches("[data-flag]") && record(form));
      continue;
    }
    form.addEventListener("change", () => { record(form); showStates(); });
    form.addEventListener("input", (event) => {
      if (!event.target.matches("textarea, input:not([type=radio], [type=checkbox])")) return;
      clearTimeout(pending.get(form));
      pending.set(form, setTimeout(() => { record(form); showStates(); }, 400));
      mark(form, "saving", word("saving"));
    });
  }

  countKeys?.(main, word("no_paste"));
  useSenses?.(main, name);
  keepMedia?.(main);
  if (main.hasAttribute("data-paged")) {
    document.documentElement.classList.add("is-paged");
    main.querySelectorAll("[data-pager]").forEach((pager) => { pager.hidden = false; });
    const wanted = pages.findIndex((page) => `#${page.id}` === location.hash);
    const resume = questions.findIndex((form) => form.dataset.question === main.dataset.resume);
    show(Math.max(0, wanted >= 0 ? wanted : resume), false);
    main.addEventListener("click", (event) => {
      if (event.target.closest("[data-previous]")) show(here - 1);
      if (event.target.closest("[data-next]")) show(here + 1);
    });
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='#']");
      const index = link ? pages.findIndex((page) => `#${page.id}` === link.getAttribute("href")) : -1;
      if (index >= 0) { event.preventDefault(); show(index); }
    });
  }

  submitForm?.addEventListener("submit", (event) => { event.preventDefault(); submitAll(); });
  document.querySelectorAll("[data-timer]").forEach(keepTime);
  document.addEventListener("visibilitychange", () => document.hidden && recordPending());
  addEventListener("pagehide", () => { recordPending(); keepClock(); });
  showStates();
  box.loaded().then((entries) => {
    for (const entry of entries) {
      const form = entry.fact.attempt === attempt ? byKey.get(String(entry.fact.position)) : null;
      if (form && !touched.has(form) && !pending.has(form)) {
        restore(form, entry.fact);
        mark(form, "waiting", word(box.onlyHere() ? "only_here" : pack ? "on_phone" : "waiting"));
      }
      if (handsIn(entry)) showHandedIn();
    }
    showStates();
    box.flush();
  });
}
