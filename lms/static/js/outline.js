// The outline by drag, and by Alt with the arrows. Every act is one of the page's own forms; without this script the buttons do it.

const outline = document.querySelector("[data-outline]");

function act(form, fields) {
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = name;
    input.value = value;
    form.append(input);
  }
  form.submit();
}

function place(key, module, at) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = outline.dataset.action;
  document.body.append(form);
  const token = document.querySelector("input[name=csrf_token]").value;
  act(form, { csrf_token: token, do: "place-lesson", key, module, place: at });
}

function dragging() {
  let dragged = null;
  const over = (row) => {
    outline.querySelectorAll(".is-over").forEach((one) => one.classList.remove("is-over"));
    row?.classList.add("is-over");
  };
  for (const row of outline.querySelectorAll("[data-lesson]")) row.draggable = true;
  outline.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-lesson]");
    dragged?.classList.add("is-dragged");
    event.dataTransfer?.setData("text/plain", dragged?.dataset.lesson ?? "");
  });
  outline.addEventListener("dragend", () => { dragged?.classList.remove("is-dragged"); over(null); });
  outline.addEventListener("dragover", (event) => {
    const list = event.target.closest("[data-module]") ?? event.target.closest(".outline__module")?.querySelector("[data-module]");
    if (!dragged || !list) return;
    event.preventDefault();
    over(event.target.closest("[data-lesson], .outline__none"));
  });
  outline.addEventListener("drop", (event) => {
    const list = event.target.closest("[data-module]") ?? event.target.closest(".outline__module")?.querySelector("[data-module]");
    if (!dragged || !list) return;
    event.preventDefault();
    const rows = [...list.querySelectorAll("[data-lesson]")].filter((row) => row !== dragged);
    const before = rows.indexOf(event.target.closest("[data-lesson]"));
    place(dragged.dataset.lesson, list.dataset.module, before < 0 ? rows.length : before);
  });
}

if (outline) {
  dragging();
  outline.addEventListener("keydown", (event) => {
    const way = { ArrowUp: "up", ArrowDown: "down" }[event.key];
    if (!way || !event.altKey || event.target.closest("input, select")) return;
    const row = event.target.closest("[data-lesson]") ?? event.target.closest(".outline__module");
    const button = row?.querySelector(`.outline__arrows button[value$="-${way}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
  const landed = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (landed?.matches("button")) landed.focus();
}
