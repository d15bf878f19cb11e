// What the browser does for the page beside showing it: keeps its files, brings its updates, keeps the screen awake,
// installs it. What a browser has not is left out. The page's own part of it is src/shell.rs.
const page = document.documentElement;
const { version } = page.dataset;
const { locks, serviceWorker, storage, wakeLock } = navigator;
const UPDATE_MS = 600_000;
let registration, installer, isOpen, awake;

// As long as this page lives, the worker keeps the files of its version.
locks?.request(version, { mode: "shared" }, () => new Promise(() => {}));

// Not before the page is there: nothing that a sale needs waits for it.
addEventListener("TrunkApplicationStarted", async () => {
  registration = await serviceWorker?.register("/worker.js");
  if (!registration) return;
  registration.active?.postMessage("forget");
  setInterval(() => registration.update().catch(() => undefined), UPDATE_MS);
});

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  installer = event;
  page.className = "installable";
});
addEventListener("appinstalled", () => {
  page.className = "";
  storage?.persist();
});

// The browser takes the lock back when the page is hidden.
async function stayAwake() {
  awake?.release();
  awake = undefined;
  if (!isOpen || document.hidden) return;
  const lock = await wakeLock?.request("screen").catch(() => undefined);
  if (isOpen) awake = lock;
  else lock?.release();
}
document.addEventListener("visibilitychange", stayAwake);

globalThis.shell = {
  version: () => version,
  // Called once a second.
  keepAwake(open) {
    if (open === isOpen) return;
    // Asked for after a sale: it may show a question.
    if (isOpen) storage?.persist();
    isOpen = open;
    stayAwake();
  },
  updateWaits: () => !!registration?.waiting,
  update() {
    serviceWorker.oncontrollerchange = () => isOpen || location.reload();
    registration.waiting?.postMessage("take over");
  },
  install: () => installer.prompt(),
};
