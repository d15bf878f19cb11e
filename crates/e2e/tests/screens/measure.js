// What a finger, an eye and a small window find wrong with the screen, a line each. Colours are axe's.
const SMALLEST_TARGET = 48, SMALLEST_KEY = 64, SMALLEST_TEXT = 16;
const faults = new Set(), root = document.documentElement;
// What is only there to be heard is clipped to nothing.
const isClipped = element => element && (getComputedStyle(element).clipPath !== "none" || isClipped(element.parentElement));
const seen = element => element.checkVisibility({ visibilityProperty: true }) && !isClipped(element);
const name = element => {
  const words = element.getAttribute("aria-label") ?? element.textContent.trim().replace(/\s+/g, " ");
  return `${element.localName}${[...element.classList].map(c => `.${c}`).join("")} "${words.slice(0, 30)}"`;
};
const fault = (what, element) => faults.add(`${what}: ${name(element)}`);

// The part of an element that no box with a scroll bar or an edge hides.
const shown = element => {
  let { left, top, right, bottom } = element.getBoundingClientRect();
  for (let box = element.parentElement; box && box !== root; box = box.parentElement) {
    if (getComputedStyle(box).overflow === "visible") continue;
    const edge = box.getBoundingClientRect();
    [left, top] = [Math.max(left, edge.left), Math.max(top, edge.top)];
    [right, bottom] = [Math.min(right, edge.right), Math.min(bottom, edge.bottom)];
  }
  return { left, top, right, bottom, isShown: right - left > 1 && bottom - top > 1 };
};
const scrolls = (element, way) => ["auto", "scroll"].includes(getComputedStyle(element)[`overflow${way}`]);

// Nothing sticks out of the window, of its box, or is cut.
if (root.scrollWidth > root.clientWidth) faults.add(`the page is ${root.scrollWidth - root.clientWidth} px too wide`);
const texts = [];
const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (words.nextNode()) {
  const element = words.currentNode.parentElement;
  if (!words.currentNode.data.trim() || !seen(element) || ["OPTION", "SCRIPT"].includes(element.tagName)) continue;
  if (element.closest("svg")) continue;
  texts.push(element);
  const range = document.createRange();
  range.selectNodeContents(words.currentNode);
  const text = range.getBoundingClientRect();
  if (!text.width) continue;
  for (let box = element; box && box !== document.body; box = box.parentElement) {
    if (box.matches(":popover-open")) break;
    if (scrolls(box, "X") && box.scrollWidth > box.clientWidth && box.localName !== "main") break;
    const edge = box.getBoundingClientRect();
    if (getComputedStyle(box).display === "inline" || getComputedStyle(box).rotate !== "none") continue;
    if (text.left < edge.left - 1 || text.right > edge.right + 1) {
      fault(`text sticks out of ${box.localName}.${box.className}`, element);
      break;
    }
    const hides = getComputedStyle(box).overflowY === "hidden";
    if (hides && (text.top < edge.top - 1 || text.bottom > edge.bottom + 1)) fault("text is cut", element);
  }
}
for (const main of document.querySelectorAll("main")) {
  if (main.scrollWidth > main.clientWidth) faults.add(`main is ${main.scrollWidth - main.clientWidth} px too wide`);
}

// Every text can be read from where a cashier stands; codes, times and the strip's facts may be smaller.
for (const element of texts) {
  const size = parseFloat(getComputedStyle(element).fontSize);
  const isCode = element.closest(".codes, time, pre, small, .paper-roll");
  if (size < (isCode ? 12 : SMALLEST_TEXT)) fault(`text of ${size} px`, element);
}

// The amount is the largest text.
const amounts = [...document.querySelectorAll(".amount")].filter(seen);
for (const amount of amounts) {
  const size = parseFloat(getComputedStyle(amount).fontSize);
  for (const element of texts) {
    if (element.closest(".amount")) continue;
    if (parseFloat(getComputedStyle(element).fontSize) > size) fault("larger than the amount", element);
  }
}

// Every target is large enough, none covers another, and one at most is filled.
const kinds = "a[href], button, input, select, textarea, summary";
// What lies over the screen is all that is to be pressed.
const targets = [...(document.querySelector(":popover-open") ?? document).querySelectorAll(kinds)]
  .filter(seen);
targets.filter(target => target.tabIndex < 0).forEach(target => fault("no key reaches", target));
for (const { effect } of document.getAnimations()) fault("moves, although nothing should", effect.target);
const touched = targets
  // A choice is as large as the label that a finger finds it by; a link in a line of text as large as its line.
  .map(element => (["radio", "checkbox"].includes(element.type) ? element.closest("label") : element))
  .filter(element => getComputedStyle(element).display !== "inline");
for (const target of touched) {
  const { width, height } = target.getBoundingClientRect();
  const least = target.matches(".key, .filled") ? SMALLEST_KEY : SMALLEST_TARGET;
  if (height < least - 0.5) fault(`${Math.round(height)} px high, not ${least}`, target);
  if (width < SMALLEST_TARGET - 0.5) fault(`${Math.round(width)} px wide, not ${SMALLEST_TARGET}`, target);
}
const places = touched.map(target => [target, shown(target)]).filter(([, place]) => place.isShown);
places.forEach(([target, a], at) => {
  for (const [other, b] of places.slice(at + 1)) {
    if (target.contains(other) || other.contains(target)) continue;
    const isOver = a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
    if (isOver) fault(`lies over ${name(other)}`, target);
  }
  const [x, y] = [(a.left + a.right) / 2, (a.top + a.bottom) / 2];
  const hit = document.elementFromPoint(x, y);
  if (hit && !target.contains(hit) && !hit.contains(target)) fault(`is under ${name(hit)}`, target);
});
const filled = touched.filter(target => target.matches(".filled"));
if (filled.length > 1) faults.add(`${filled.length} filled buttons`);
return [...faults];
