// What the browser does for the page beside showing it: brings its texts, keeps its files, brings its updates, keeps the
// screen awake, installs it. What a browser has not is left out. The page's own part of it is src/shell.rs.
const page = document.documentElement;
const { version } = page.dataset;
const { locks, serviceWorker, storage, wakeLock } = navigator;
const UPDATE_MS = 600_000;
// Where the texts of each language are: the build writes it.
const TEXTS = {};
const LANGUAGE = "mpos-terminal.language";
let registration, installer, isOpen, awake, tag, keeping;

// A file of texts, which the worker then has without a network.
async function read(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw answer.status;
  const kept = answer.clone();
  keeping = globalThis.caches?.open(version).then((cache) => cache.put(address, kept));
  return answer.text();
}

// The texts of a language, whose marks and dates are the page's from then on.
async function texts(code) {
  const text = await read(TEXTS[code]);
  page.lang = code;
  page.dir = code === "ar" ? "rtl" : "ltr";
  // Latin digits in every language, and no month before its day.
  tag = `${code === "en" ? "en-GB" : code}-u-nu-latn`;
  return text;
}

const wanted = () => [localStorage.getItem(LANGUAGE), ...navigator.languages.map((name) => name.slice(0, 2)), "en"];
const spoken = () => wanted().find((code) => TEXTS[code]);
// While the page itself still comes.
let early = texts(spoken());
const first = early.catch(() => {});

// As long as this page lives, the worker keeps the files of its version.
locks?.request(version, { mode: "shared" }, () => new Promise(() => {}));

// Not before the page is there: nothing that a sale needs waits for it.
addEventListener("TrunkApplicationStarted", async () => {
  // The worker finds by it which language is spoken here.
  await first;
  await keeping;
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
  language: () => page.lang,
  // Of the language that was chosen, or of another, which then is the chosen one.
  async texts(code) {
    const text = await (code ? texts(code) : (early ?? texts(spoken())));
    early = undefined;
    if (code) localStorage.setItem(LANGUAGE, code);
    return text;
  },
  speak(text) {
    speechSynthesis.cancel();
    speechSynthesis.speak(Object.assign(new SpeechSynthesisUtterance(text), { lang: page.lang }));
  },
  receiptTexts: (code) => read(TEXTS[`receipt-${code}`]),
  figures: (major, digits) =>
    new Intl.NumberFormat(tag, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(major),
  moment: (at, date, time) =>
    new Intl.DateTimeFormat(tag, {
      dateStyle: date || undefined,
      timeStyle: time || undefined,
      hourCycle: "h23",
    }).format(at),
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
  entitle(title) {
    document.title = title;
  },
  install: () => installer.prompt(),
};
