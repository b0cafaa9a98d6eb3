// Says how far a piece of background work is, and shows the page anew when that begins or is over.

const place = document.querySelector("[data-job]");
const words = place.querySelector("[data-job-words]");
const begun = place.dataset.job;
let pause = 500;

async function look() {
  try {
    const reply = await fetch(location.href, { headers: { "X-Partial": "1" } });
    if (!reply.ok) return location.reload();
    const told = await reply.json();
    if (!told.open || told.state !== begun) return location.reload();
    if (told.words && told.words !== words.textContent) words.textContent = told.words;
    pause = Math.min(pause * 1.2, 4000);
  } catch {
    pause = 5000; // the line is down: the work goes on, and so do we
  }
  setTimeout(look, pause);
}

setTimeout(look, pause);
