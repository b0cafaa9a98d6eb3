// Keeping pages on the phone: a list from the server says what, each under an address that names its content.

const { store: key } = document.body.dataset;
const LIST = "/kept-list";
const shelf = () => caches.open(`ladder-kept-${key}`);

/** What is kept: {path: {title, course, hash, bytes, kind}}. */
export async function listKept() {
  if (!self.caches || !key) return {};
  const found = await (await shelf()).match(LIST);
  return found ? found.json() : {};
}

async function write(list) {
  await (await shelf()).put(LIST, new Response(JSON.stringify(list), { headers: { "Content-Type": "application/json" } }));
}

/** Fetch what a list names and is not there yet. `step(done, total)` hears how far it is. Throws when the network fails. */
export async function keep(address, step = () => {}) {
  const reply = await fetch(address, { headers: { "X-Partial": "1" } });
  if (!reply.ok) throw new Error(`${address}: ${reply.status}`);
  const { files } = await reply.json();
  const cache = await shelf(), list = await listKept();
  let done = 0;
  for (const file of files) {
    if (list[file.path]?.hash !== file.hash) {
      const came = await fetch(file.url);
      if (!came.ok || came.redirected) throw new Error(`${file.url}: ${came.status}`);
      const body = await came.blob();
      await cache.put(file.path, new Response(body, { headers: came.headers }));
      list[file.path] = { title: file.title, course: file.course, hash: file.hash, bytes: body.size, kind: file.kind };
      await write(list);
    }
    step(++done, files.length);
  }
  return list;
}

/** Take kept pages off the phone: those of one course, or all. */
export async function drop(course) {
  const cache = await shelf(), list = await listKept();
  for (const [path, one] of Object.entries(list)) {
    if (course && one.course !== course) continue;
    await cache.delete(path);
    delete list[path];
  }
  await write(list);
}

/** Keep the pictures and recordings that a kept page of an attempt is about. What is not there yet is fetched; what cannot be is asked for when it is shown. */
export async function keepMedia(root) {
  if (!self.caches || !key) return;
  try {
    const cache = await shelf();
    for (const one of root.querySelectorAll("[data-kept-medium]")) if (!(await cache.match(one.src))) await cache.add(one.src);
  } catch { /* no network, or a full phone: the page says so where the picture or the recording is */ }
}
