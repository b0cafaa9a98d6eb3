// Passkeys: the browser makes them and answers with them; this carries what both sides say. Hidden where it has none.

import { post } from "./kit.js";

const place = document.querySelector("[data-passkey]");
const line = place.querySelector("[role=status]");
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const text = (buffer) => buffer && btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const known = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

/** A credential as the standard writes it in JSON. */
function plain(made) {
  const response = { clientDataJSON: text(made.response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (made.response[name]) response[name] = text(made.response[name]);
  }
  return JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response, clientExtensionResults: {} });
}

async function answer(address, values) {
  const reply = await post(address, values);
  const said = await reply.json().catch(() => ({}));
  if (!reply.ok) throw new Error(said.error || place.dataset.failed);
  return said;
}

async function add(form) {
  const { challenge, options } = await answer("/me/passkeys/ask", {});
  options.challenge = bytes(options.challenge);
  options.user.id = bytes(options.user.id);
  options.excludeCredentials = known(options.excludeCredentials);
  const made = await navigator.credentials.create({ publicKey: options });
  return answer("/me/passkeys", { challenge, credential: plain(made), name: form.elements.name.value });
}

async function enter() {
  const { challenge, options } = await answer("/sign-in/passkey/ask", {});
  options.challenge = bytes(options.challenge);
  options.allowCredentials = known(options.allowCredentials);
  const made = await navigator.credentials.get({ publicKey: options });
  const stays = document.querySelector("[name=remember]")?.checked;
  const next = document.querySelector("[name=next]")?.value ?? "";
  return answer("/sign-in/passkey", { challenge, credential: plain(made), next, ...(stays && { remember: "y" }) });
}

if (window.PublicKeyCredential && navigator.credentials) {
  place.hidden = false;
  const form = place.querySelector("form");
  const button = form.querySelector("button");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    line.textContent = "";
    try {
      const { to } = await (place.dataset.passkey === "add" ? add(form) : enter());
      location.assign(to);
    } catch (error) {
      // The browser's own errors are its own words, in its own language; "not allowed" is a person who went back.
      line.textContent = error instanceof DOMException ? (error.name === "InvalidStateError" ? place.dataset.known : place.dataset.stopped) : error.message;
      button.disabled = false;
    }
  });
} else {
  document.querySelector("[data-no-passkeys]")?.removeAttribute("hidden");
}
