// On a shared PC: lock after quiet minutes. The server does so by itself; this takes the page off the screen too.

import { post } from "./kit.js";
import { all, flush, loaded, wipe } from "./outbox.js";

const QUIET = Number(document.body.dataset.locksAfter) * 60000;
const WARN = 30000, TELL_EVERY = 45000;
const line = document.querySelector("[data-locking]");
const way = document.querySelector(".shared-bar form");
let last = Date.now(), told = Date.now(), locking = false;

const others = self.BroadcastChannel && new BroadcastChannel("ladder-shared"); // a quiet tab must not lock a busy one
others?.addEventListener("message", () => { last = Date.now(); line.hidden = true; });

function stir() {
  if (locking) return;
  if (Date.now() - last > 1000) others?.postMessage("here");
  last = Date.now();
  line.hidden = true;
  if (last - told < TELL_EVERY) return;
  told = last;
  post("/floor/here", {}).catch(() => {}); // without a network nothing is lost but the time
}

async function lock() {
  locking = true;
  await loaded();
  await Promise.race([flush(), new Promise((late) => setTimeout(late, 6000))]);
  if (!all().length) {
    await wipe();
    return HTMLFormElement.prototype.submit.call(way);
  }
  await post("/floor/lock", {}).catch(() => {}); // without a network the server locks by itself
  const page = Object.assign(document.createElement("main"), { className: "page page--narrow" });
  const on = Object.assign(document.createElement("a"), { className: "button button--primary", href: "/floor", textContent: line.dataset.in });
  page.append(Object.assign(document.createElement("h1"), { textContent: line.dataset.title }), line, on);
  document.body.replaceChildren(page);
  document.title = `${line.dataset.title} · Ladder`;
  line.textContent = line.dataset.locked;
  line.hidden = false;
}

function look() {
  const quiet = Date.now() - last;
  if (quiet >= QUIET) return lock();
  if (quiet >= QUIET - WARN && line.hidden) { line.textContent = line.dataset.locking; line.hidden = false; }
  setTimeout(look, 1000);
}

for (const kind of ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"]) addEventListener(kind, stir, { passive: true, capture: true });
look();
