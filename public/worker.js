// Keeps the page's files on the till, so that it starts without a network: the till's page, the office's and the
// customer's, all of one version. What the page asks the proxy for is none of them: this worker neither sees nor keeps
// it, and answers nothing in the proxy's place.
//
// `cargo xtask build` writes the version and the files. A till gets another version when the browser finds that this
// text has changed, and only once the page says so.
const VERSION = "VERSION";
const FILES = ["FILES"];
// Of these only the languages that somebody has chosen on this till.
const TEXTS = ["TEXTS"];
// Files whose name holds the hash of their content, of whatever version.
const HASHED = /^\/(office\/)?[a-z-]+-[0-9a-f]{16}(_bg)?\.(js|wasm|css|txt)$/;

addEventListener("install", (event) => {
  // Where a browser can be told so, a call to the proxy does not even wake this worker.
  event.addRoutes?.({ condition: { urlPattern: "/api/*" }, source: "network" });
  event.waitUntil(keep());
});
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("message", (event) => {
  if (event.data === "take over") skipWaiting();
  if (event.data === "forget") event.waitUntil(forget());
});

addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const { origin, pathname } = new URL(url);
  const isOurs = method === "GET" && origin === location.origin;
  if (isOurs && (FILES.includes(pathname) || HASHED.test(pathname))) event.respondWith(answer(event.request));
});

// All of them, or this version is not installed.
async function keep() {
  const kept = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
  const language = (address) => /-([a-z]{2})-[0-9a-f]{16}\.txt$/.exec(address)?.[1];
  const spoken = kept.flat().map((request) => language(request.url));
  const cache = await caches.open(VERSION);
  await cache.addAll([...FILES, ...TEXTS.filter((text) => spoken.includes(language(text)))]);
}

// From this version's files; an earlier version's for a page of that version; else from the proxy.
async function answer(request) {
  const how = { ignoreSearch: true, ignoreVary: true };
  const own = await caches.match(request, { cacheName: VERSION, ...how });
  return own ?? (await caches.match(request, how)) ?? fetch(request);
}

// Drops what no page needs any more. Each page holds a lock with the name of its version; the files of a version that
// is still to come are nobody's yet.
async function forget() {
  if (registration.installing || registration.waiting) return;
  const { held } = await navigator.locks.query();
  const needed = [VERSION, ...held.map((lock) => lock.name)];
  for (const name of await caches.keys()) {
    if (!needed.includes(name)) await caches.delete(name);
  }
}
