// Drawing a place on a picture in the editor: the numbers of the place follow the pointer. They can be typed as well.

const sheet = document.querySelector("[data-sheet]");
let goal = null;
let corners = [];

const round = (share) => Math.round(Math.min(100, Math.max(0, share * 100)) * 10) / 10;
const shapeOf = (field) => document.getElementById(field.id.replace(/-at$/, "-shape"))?.value;

function ready() {
  const place = sheet.querySelector("[data-draw]");
  if (place) place.hidden = false;
}

sheet.addEventListener("focusin", (event) => {
  const field = event.target.closest("input[data-at]");
  if (!field || field === goal) return;
  goal = field;
  corners = [];
});

function tell(numbers) {
  goal.value = numbers.join(" ");
  goal.dispatchEvent(new Event("input", { bubbles: true }));
}

sheet.addEventListener("pointerdown", (event) => {
  const picture = event.target.closest("[data-draw] .spots");
  if (!picture) return;
  goal = goal?.isConnected ? goal : sheet.querySelector("input[data-at]");
  if (!goal) return;
  event.preventDefault();
  const frame = picture.getBoundingClientRect();
  const at = (one) => [round((one.clientX - frame.left) / frame.width), round((one.clientY - frame.top) / frame.height)];
  if (shapeOf(goal) === "polygon") {
    corners.push(...at(event));
    return tell(corners);
  }
  const from = at(event);
  picture.setPointerCapture(event.pointerId);
  const move = (now) => {
    const to = at(now);
    const [left, top] = [Math.min(from[0], to[0]), Math.min(from[1], to[1])];
    tell([left, top, round((Math.max(from[0], to[0]) - left) / 100), round((Math.max(from[1], to[1]) - top) / 100)]);
  };
  picture.addEventListener("pointermove", move);
  picture.addEventListener("pointerup", () => { picture.removeEventListener("pointermove", move); goal.focus({ preventScroll: true }); }, { once: true });
});

new MutationObserver(ready).observe(sheet, { childList: true });
ready();
