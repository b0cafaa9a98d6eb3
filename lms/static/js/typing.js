// A typing test: the clock runs from the first key to the last, corrections are counted, paste is refused.

import { say } from "./kit.js";

/** Count what is typed in an element's copies. `words`: what is said when somebody pastes. */
export function countKeys(root, words) {
  for (const area of root.querySelectorAll("[data-typing]")) {
    const form = area.form;
    const seconds = form.elements["answer-seconds"];
    const corrections = form.elements["answer-corrections"];
    let first = 0;
    let counted = Number(corrections.value);
    const before = Number(seconds.value);
    area.addEventListener("beforeinput", (event) => {
      if (event.inputType === "insertFromPaste" || event.inputType === "insertFromDrop") {
        event.preventDefault();
        say(words);
        return;
      }
      first ||= performance.now();
      if (event.inputType.startsWith("delete")) counted += 1;
    });
    area.addEventListener("input", () => {
      seconds.value = (before + (performance.now() - first) / 1000).toFixed(1);
      corrections.value = String(counted);
    });
  }
}
