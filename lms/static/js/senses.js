// Questions about a picture or a sound. The list beside a picture does all of it without this script, and so does the
// browser's own player; here a press on the picture chooses in the list, labels are dragged, and plays are counted.

import { say, store, word } from "./kit.js";

/** Make the pictures and recordings in an element answer to pointers. `place`: what plays are remembered under. */
export function useSenses(root, place = "") {
  root.querySelectorAll("[data-spots]").forEach((figure) => pressPlaces(figure));
  root.querySelectorAll("[data-dictation]").forEach((box) => hear(box, place));
}

const changed = (field) => field.dispatchEvent(new Event("change", { bubbles: true }));

/* Places on a picture */

function pressPlaces(figure) {
  const group = figure.closest("fieldset, form, section");
  const spots = [...figure.querySelectorAll("[data-spot]")];
  const field = (ref) => group.querySelector(`select[name="answer-${ref}"]`) ?? group.querySelector(`input[name="answer"][value="${ref}"]`);
  const show = () => {
    for (const spot of spots) {
      const one = field(spot.dataset.spot);
      if (!one) continue;
      spot.classList.toggle("spot--chosen", one.matches("select") ? one.value !== "" : one.checked);
      const label = spot.querySelector("[data-spot-label]");
      if (label) label.textContent = one.value ? one.selectedOptions[0].textContent : "";
    }
  };
  const chips = group.querySelector("[data-chips]");
  let held = "";
  const hold = (ref) => {
    held = ref;
    chips?.querySelectorAll("[data-chip]").forEach((chip) => chip.classList.toggle("chip--held", chip.dataset.chip === ref));
  };
  const put = (spot, ref) => {
    const one = field(spot.dataset.spot);
    if (!one || one.disabled) return;
    one.value = ref;
    hold("");
    changed(one);
    show();
  };
  for (const spot of spots) {
    spot.addEventListener("click", () => {
      const one = field(spot.dataset.spot);
      if (!one || one.disabled) return;
      if (one.matches("select")) return held ? put(spot, held) : one.focus();
      one.checked = one.type === "radio" ? true : !one.checked;
      changed(one);
      show();
    });
  }
  if (chips) {
    chips.hidden = false;
    chips.addEventListener("pointerdown", (event) => {
      const chip = event.target.closest("[data-chip]");
      if (!chip) return;
      event.preventDefault();
      const again = held === chip.dataset.chip;
      hold(chip.dataset.chip);
      chip.setPointerCapture(event.pointerId);
      const from = [event.clientX, event.clientY];
      const over = (at) => document.elementsFromPoint(at.clientX, at.clientY).map((one) => one.closest?.("[data-spot]")).find((one) => figure.contains(one));
      const move = (at) => spots.forEach((spot) => spot.classList.toggle("spot--over", spot === over(at)));
      const up = (at) => {
        chip.removeEventListener("pointermove", move);
        spots.forEach((spot) => spot.classList.remove("spot--over"));
        const spot = over(at);
        if (spot) put(spot, chip.dataset.chip);
        else if (Math.hypot(at.clientX - from[0], at.clientY - from[1]) > 8 || again) hold("");
      };
      chip.addEventListener("pointermove", move);
      chip.addEventListener("pointerup", up, { once: true });
      chip.addEventListener("pointercancel", () => { chip.removeEventListener("pointermove", move); hold(""); }, { once: true });
    });
  }
  group.addEventListener("change", show);
  show();
}

/* Dictation */

function hear(box, place) {
  const most = Number(box.dataset.plays);
  const size = Number(box.dataset.size);
  const form = box.closest("form");
  const counter = form?.elements["answer-plays"];
  const player = box.querySelector("audio");
  const left = box.querySelector("[data-plays-left]");
  const name = place && `${place}:plays:${box.dataset.dictation}`;
  let played = Math.max(Number(box.dataset.played), name ? store.read(name, 0) : 0);
  let sound = null;
  let playing = null;
  let busy = false;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button" });
  const tell = () => {
    const over = most > 0 && played >= most && !playing;
    button.textContent = playing ? word("hear_stop") : played ? word("hear_again") : word("hear");
    button.setAttribute("aria-disabled", String(over)); // it keeps the focus of whoever pressed it
    const rest = most ? word("plays_left", { n: Math.max(0, most - played) }) : word("plays_free");
    left.textContent = [size && !sound ? word("data", { n: size }) : "", rest].filter(Boolean).join(" ");
  };
  const stop = () => { playing?.stop(); playing = null; tell(); };
  button.addEventListener("click", async () => {
    if (playing) return stop();
    if (busy || (most && played >= most)) return;
    busy = true;
    try {
      const reply = sound ? null : await fetch(box.dataset.dictation, { credentials: "same-origin" });
      if (reply && !reply.ok) throw new Error(String(reply.status));
      sound ??= await reply.arrayBuffer();
    } catch {
      busy = false;
      left.textContent = word("hear_failed");
      return say(word("hear_failed"));
    }
    const stage = new AudioContext();
    try {
      const source = stage.createBufferSource();
      source.buffer = await stage.decodeAudioData(sound.slice(0));
      source.connect(stage.destination);
      source.addEventListener("ended", () => { if (playing === source) { playing = null; tell(); say(left.textContent); } stage.close(); });
      source.start();
      playing = source;
    } catch { // a browser that reads this format in its own player only: there it may be heard, and nothing counts the plays
      stage.close();
      button.remove();
      player.hidden = false;
      return player.focus();
    }
    busy = false;
    played += 1;
    if (name) store.write(name, played);
    if (counter) counter.value = String(played);
    tell();
  });
  if (counter) counter.value = String(played);
  player.hidden = true;
  player.before(button);
  tell();
}
