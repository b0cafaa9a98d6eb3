// The lesson player: one card at a time, keys and thumbs, progress that survives a lost network.
// Without this script the cards stand one under another and every button is a plain form.

import { fill, mint, post, say, signInHref, store, tell, word } from "./kit.js";
import * as box from "./outbox.js";

const main = document.querySelector("main");
const cards = [...main.querySelectorAll(".lesson-card")];
const status = document.querySelector("[data-status]");
const bar = document.querySelector("[data-bar]");
let here = -1;
let leaving = false;

const { course, version, lesson } = main.dataset; // none in a preview: nothing it does is kept
// What few lessons have is fetched where it is.
const has = (selector) => main.querySelector(selector);
const { feelTheWait } = has(".check [data-now]") ? await import("./simulation.js") : {};
const { useSenses } = has("[data-spots], [data-dictation]") ? await import("./senses.js") : {};
const { countKeys } = has("[data-typing]") ? await import("./typing.js") : {};
const place = `ladder:place:${document.body.dataset.store}:${course}:${lesson}`;

box.hear((_entry, state) => {
  if (state === "empty" && document.querySelector("[data-notice]")) { tell(""); say(word("sent")); }
  if (state === "waiting") tell(word(box.onlyHere() ? "only_here" : "waiting"));
  if (state === "signed-out") tell(word("sign_in"), signInHref(), word("sign_in_link"));
});

const secondsFrom = (index) => cards.slice(index).reduce((sum, card) => sum + Number(card.dataset.seconds || 40), 0);

function statusWords(index) {
  const minutes = Math.round(secondsFrom(index) / 60);
  const left = minutes < 1 ? word("left_last") : word("left", { n: minutes });
  return word("status", { at: index + 1, total: cards.length, left });
}

function show(index, focus = true) {
  if (index < 0 || index >= cards.length || index === here) return;
  cards[here]?.classList.remove("is-here");
  here = index;
  const card = cards[index];
  card.classList.add("is-here");
  status.textContent = statusWords(index);
  bar.max = cards.length;
  bar.value = index + 1;
  main.querySelector(":scope > h1")?.classList.toggle("visually-hidden", index > 0);
  if (self === top) history.replaceState(null, "", `#${card.id}`); // inside the studio it would scroll the page around it
  scrollTo(0, 0);
  if (course) store.write(place, card.dataset.card);
  if (!focus) return;
  const heading = card.querySelector("h2");
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  say(word("where", { at: index + 1, total: cards.length }));
}

async function goOn(form) {
  const { card } = form.closest(".lesson-card").dataset;
  const done = course ? box.put(`${lesson} ${version} ${card}`, { kind: "card", course, version, lesson, card }) : Promise.resolve(true);
  if (here < cards.length - 1) return show(here + 1);
  leaving = true;
  if (course) store.write(place, "");
  if (!(await done)) tell(box.all().length && navigator.onLine ? "" : word(box.onlyHere() ? "only_here" : "waiting"));
  if (main.hasAttribute("data-copy") && !navigator.onLine) return main.dataset.done && location.assign(main.dataset.done);
  while (leaving && !(await box.flush())) await new Promise((again) => setTimeout(again, 1500));
  if (leaving && main.dataset.done) location.assign(main.dataset.done);
}

/** Without a network: the answer waits with the rest, and the explanation comes when it has been sent. */
function keepCheck(form, fields) {
  const { check } = form.dataset;
  box.put(`${lesson} ${version} check ${check}`, { id: form.dataset.fact, kind: "check", course, version, lesson, check, fields });
  form.querySelectorAll("input, select, button").forEach((one) => { one.disabled = true; });
  tell("");
  const line = Object.assign(document.createElement("p"), { className: "why", textContent: word("check_kept"), tabIndex: -1 });
  line.setAttribute("role", "status");
  form.append(line);
  line.focus({ preventScroll: true });
}

async function answerCheck(form, submitter) {
  form.dataset.fact ??= mint();
  const data = [...new FormData(form)].filter(([name]) => name !== "csrf_token");
  if (submitter?.name) data.push([submitter.name, submitter.value]);
  form.setAttribute("aria-busy", "true");
  try {
    const reply = await post(form.action, [...data, ["fact_id", form.dataset.fact]]);
    if (reply.status === 401) return tell(word("sign_in"), signInHref(), word("sign_in_link"));
    if (reply.status === 422) return tell((await reply.json()).error).scrollIntoView({ block: "nearest" });
    if (!reply.ok || !reply.headers.get("Content-Type")?.includes("text/html")) throw new Error(reply.status);
    fill(form, await reply.text());
    delete form.dataset.fact;
    tell("");
    feelTheWait?.(form);
    useSenses?.(form, place);
    const why = form.querySelector("[data-now], .why, [role=status]") ?? form;
    why.tabIndex = -1;
    why.focus({ preventScroll: true });
    why.scrollIntoView({ block: "nearest" });
  } catch {
    if (course && main.hasAttribute("data-copy")) keepCheck(form, data);
    else tell(word("check_failed")).scrollIntoView({ block: "nearest" });
  } finally {
    form.removeAttribute("aria-busy");
  }
}

/* What is half typed goes to the server when the page is left, so that the other device can go on with it */

const typedIn = (form) => [...new FormData(form)].filter(([name, value]) => name.startsWith("answer") && value !== "");
const unanswered = () => [...main.querySelectorAll("form.check")].filter((form) => form.querySelector("fieldset") && !form.querySelector("[disabled], [data-step]"));
const kept = new Map();

function takeUp(form, fields) {
  for (const one of form.elements) {
    if (!one.name?.startsWith("answer") || one.type === "hidden") continue;
    const values = fields.filter(([name]) => name === one.name).map(([, value]) => value);
    if (["radio", "checkbox"].includes(one.type)) one.checked = values.includes(one.value);
    else if (values.length) one.value = values[0];
  }
  kept.set(form, JSON.stringify(typedIn(form)));
}

function keepHalf() {
  for (const form of unanswered()) {
    const fields = typedIn(form), now = JSON.stringify(fields), { check } = form.dataset;
    if (!kept.has(form) || kept.get(form) === now) continue;
    kept.set(form, now);
    box.put(`${lesson} half ${check}`, { kind: "half", course, version, lesson, check, fields });
  }
}

if (cards.length && document.body.dataset.person) {
  document.documentElement.classList.add("is-paged");
  const left = main.hasAttribute("data-copy") ? store.read(place, "") : ""; // a kept page does not know how far its person is
  const wanted = [location.hash.replace("#card-", ""), left, main.dataset.resume];
  const start = wanted.map((key) => cards.findIndex((card) => card.dataset.card === key)).find((index) => index >= 0) ?? 0;
  show(start, false);
  main.querySelectorAll(".check").forEach((form) => feelTheWait?.(form));
  countKeys?.(main, word("no_paste"));
  useSenses?.(main, place);

  main.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches(".check")) { event.preventDefault(); answerCheck(form, event.submitter); }
    else if (form.matches(".lesson-card > .thumbs")) { event.preventDefault(); goOn(form); }
  });

  main.addEventListener("click", (event) => {
    const picture = event.target.closest("[data-picture]"); // where data is saved, a picture comes on a tap
    if (picture) {
      event.preventDefault();
      picture.replaceWith(Object.assign(new Image(), { src: picture.href, alt: picture.dataset.picture }));
    }
    if (!event.target.closest("[data-back]")) return;
    event.preventDefault();
    show(here - 1);
  });

  document.addEventListener("keydown", (event) => {
    const busy = event.altKey || event.ctrlKey || event.metaKey || event.shiftKey;
    if (busy || event.defaultPrevented || event.target.closest("input, select, textarea, audio, video")) return;
    if (event.key === "ArrowLeft") show(here - 1);
    if (event.key === "ArrowRight" && here < cards.length - 1) cards[here].querySelector(":scope > .thumbs").requestSubmit();
  });

  addEventListener("hashchange", () => show(cards.findIndex((card) => `#${card.id}` === location.hash)));
  if (course) {
    unanswered().forEach((form) => takeUp(form, JSON.parse(form.dataset.half ?? "[]")));
    box.loaded().then((entries) => {
      for (const { fact } of entries.filter((one) => one.fact.kind === "half" && one.fact.course === course && one.fact.lesson === lesson)) {
        const form = unanswered().find((one) => one.dataset.check === fact.check);
        if (form && kept.get(form) === JSON.stringify(typedIn(form))) takeUp(form, fact.fields); // it has not left this phone yet
      }
    });
    document.addEventListener("visibilitychange", () => document.hidden && keepHalf());
    addEventListener("pagehide", keepHalf);
  }
  addEventListener("pagehide", () => { leaving = false; });
  box.flush();
}
