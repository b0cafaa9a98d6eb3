// A simulated call: the wait is felt, never marked. What the customer says when nobody answers is shown once.

/** Watch the wait of the moment that an element shows. */
export function feelTheWait(root) {
  const pressure = root.querySelector("[data-pressure]");
  const late = root.querySelector("[data-late]");
  if (!pressure || !late) return;
  setTimeout(() => { if (late.isConnected) late.hidden = false; }, Number(pressure.dataset.pressure) * 1000);
}
