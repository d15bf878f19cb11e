// Notes when something happened to a page, in Unix milliseconds by the page's own clock: each name's last moment, kept over a
// reload. It is put into the page from outside; nothing of it is built.
const moments = (globalThis.moments = JSON.parse(sessionStorage.getItem("moments") ?? "{}"));
const note = (name, at = performance.now()) => (moments[name] = performance.timeOrigin + at);

note("opened", 0);
addEventListener("pagehide", () => sessionStorage.setItem("moments", JSON.stringify(moments)));
// When the browser got the press, and when the page hears of the click.
addEventListener("pointerdown", (event) => note("pressed", event.timeStamp), true);
addEventListener("click", () => note("clicked"), true);

const follow = (prototype, name, then) => {
  const method = prototype[name];
  prototype[name] = async function (...given) {
    const value = await method.apply(this, given);
    then(value);
    return value;
  };
};
const hear = (text) => {
  note("heard");
  if (text.includes('"state":"final"')) note("final");
};
follow(Response.prototype, "text", hear);
follow(ReadableStreamDefaultReader.prototype, "read", ({ value }) => {
  if (!value) return;
  note("brought");
  hear(new TextDecoder().decode(value));
});

// The journal is written to as soon as the reader's bytes make a card, and the payment is posted after that.
const { put } = IDBObjectStore.prototype;
let journaled;
IDBObjectStore.prototype.put = function (...given) {
  journaled = moments.brought;
  return put.apply(this, given);
};
const { fetch } = globalThis;
globalThis.fetch = (url, init) => {
  if (init?.method === "POST") moments.card = journaled;
  return fetch(url, init);
};
// When the browser began to send a call, under the call's path.
new PerformanceObserver((list) => {
  for (const { initiatorType, name, requestStart } of list.getEntries()) {
    if (initiatorType === "fetch") note(new URL(name).pathname, requestStart);
  }
}).observe({ type: "resource" });

// Notes when what the selector finds has been painted with such a text: in a task after the frame that has it.
globalThis.watchFor = (selector, pattern) => {
  delete moments.painted;
  const observer = new MutationObserver(() => {
    const text = document.querySelector(selector)?.textContent;
    if (text === undefined || !new RegExp(pattern).test(text)) return;
    observer.disconnect();
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => note("painted");
      port2.postMessage(0);
    });
  });
  observer.observe(document, { childList: true, subtree: true, characterData: true });
};
