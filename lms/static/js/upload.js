// A file as an answer: sent whole or not at all. A file does not wait in the outbox; until it has arrived it stays chosen.

import { mint, say, tell, word } from "./kit.js";

const kilobytes = (bytes) => Math.max(1, Math.ceil(bytes / 1024));

/** Send what is chosen in a form. `order()`: the next place among this device's answers; `mark(state, text)`; `clock(at)`; `after()`: the answer has changed. */
export function sendFiles(form, { order, mark, clock, after }) {
  const chosen = form.elements.file;
  const sent = form.querySelector("[data-sent]");
  let id = "";
  chosen.addEventListener("change", () => { id = ""; if (chosen.files.length) form.requestSubmit(); });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const [file] = chosen.files;
    if (!file) return chosen.focus();
    if (file.size > Number(chosen.dataset.most) * 1024 * 1024) return refuse(word("file_big", { n: chosen.dataset.most }));
    id ||= mint(); // the same file again, after a reply that was lost, is the same answer
    const data = new FormData(form);
    data.set("response_id", id);
    data.set("order", String(order()));
    mark("saving", word("sending"));
    form.setAttribute("aria-busy", "true");
    try {
      const reply = await fetch(form.action, { method: "POST", body: data, credentials: "same-origin", headers: { "X-Partial": "1" } });
      const json = reply.headers.get("Content-Type")?.includes("json");
      if ([409, 422].includes(reply.status) && json) return refuse((await reply.json()).error);
      if (!reply.ok || !json) throw new Error(String(reply.status));
      const kept = await reply.json();
      if (!kept.counted) return refuse(word("file_late"));
      form.elements.answer.value = kept.id;
      sent.textContent = word("sent_file", { name: file.name, n: kilobytes(file.size) });
      mark("saved", word("saved", { at: clock(kept.at) }));
      tell("");
      say(sent.textContent);
      after();
    } catch {
      refuse(word("file_failed"));
    } finally {
      form.removeAttribute("aria-busy");
    }
  });

  function refuse(text) {
    mark("waiting", text);
    say(text);
  }
}
