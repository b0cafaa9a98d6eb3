// Shows what is typed into a password field while its box is ticked, and never past the moment it is sent.

for (const place of document.querySelectorAll("[data-shows]")) {
  const field = document.getElementById(place.dataset.shows);
  const box = place.querySelector("input");
  const show = (shown) => { field.type = shown ? "text" : "password"; };
  place.hidden = false;
  box.addEventListener("change", () => show(box.checked));
  field.form.addEventListener("submit", () => { box.checked = false; show(false); });
}
