// Messages to this browser: asks it whether it may show them, and carries where they go into the form. Without it the page
// explains, and stopping works all the same.

const place = document.querySelector("[data-messages]");
const form = place.querySelector("form");
const line = place.querySelector("[role=status]");
const told = "told" in place.dataset;
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));

async function drop() {
  const registration = await navigator.serviceWorker.getRegistration();
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}

async function subscribed() {
  const { pushManager } = await navigator.serviceWorker.ready;
  const has = await pushManager.getSubscription();
  const signed = has?.options.applicationServerKey;
  if (told && signed && String(new Uint8Array(signed)) === String(bytes(place.dataset.key))) return has;
  await has?.unsubscribe(); // somebody else's, who used this browser before, or made with an earlier key
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(place.dataset.key) });
}

if (navigator.serviceWorker && self.PushManager && self.Notification) {
  place.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    line.textContent = "";
    try {
      if ((await Notification.requestPermission()) !== "granted") throw new DOMException("", "NotAllowedError");
      const { endpoint, keys } = (await subscribed()).toJSON();
      Object.assign(form.elements.endpoint, { value: endpoint });
      Object.assign(form.elements.p256dh, { value: keys.p256dh });
      Object.assign(form.elements.auth, { value: keys.auth });
      HTMLFormElement.prototype.submit.call(form);
    } catch (error) {
      line.textContent = error.name === "NotAllowedError" ? place.dataset.denied : place.dataset.failed;
      button.disabled = false;
    }
  });
} else {
  document.querySelector("[data-no-messages]").hidden = told;
}

document.querySelector("[data-stop]")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  await drop().catch(() => {}); // the server's no is enough; what still lies at the browser's maker is refused there
  HTMLFormElement.prototype.submit.call(event.target);
});
