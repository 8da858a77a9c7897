// "Ask about this": a button beside text that is selected in an answer or a passage.

const template = document.querySelector("#ask-about-template");
const PLACES = ".answer-text, .citation blockquote";
const FEWEST_CHARACTERS = 3;
const GAP = 8; // pixels between the text and the button

let button = null;
let range = null;

/** The words of a range without the numbers of citations, each paragraph on its own line. */
function words(selected) {
  const copy = document.createElement("div");
  copy.append(selected.cloneContents());
  for (const number of copy.querySelectorAll(".cite")) {
    if (number.previousSibling instanceof Text) number.previousSibling.data = number.previousSibling.data.replace(/\u00a0$/, "");
    number.remove();
  }
  for (const block of copy.querySelectorAll("p, li, tr, h3, h4, h5, h6, pre, br")) block.after("\n");
  return copy.textContent.replace(/[^\S\n]+/g, " ").replace(/ ?\n\s*/g, "\n").trim();
}

/** The answer or passage that holds the whole selection. */
function placeOf(selected) {
  const node = selected.commonAncestorContainer;
  return (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest(PLACES);
}

function offer() {
  const selection = document.getSelection();
  if (selection.isCollapsed || !selection.rangeCount) return withdraw();
  const selected = selection.getRangeAt(0);
  const place = placeOf(selected);
  if (!place || words(selected).length < FEWEST_CHARACTERS) return withdraw();
  range = selected.cloneRange();
  button ??= template.content.firstElementChild.cloneNode(true);
  // Not in the conversation, whose parts are laid out each by itself, but in front of it, or of a dialog that is open.
  const home = place.closest("dialog") ?? document.body;
  if (button.parentElement !== home) home.append(button);
  move();
}

/** Below the end of the selection, or above its start where there is no room. */
function move() {
  if (!range) return;
  const lines = [...range.getClientRects()].filter((line) => line.width);
  if (!lines.length) return withdraw();
  const [first, last] = [lines[0], lines.at(-1)];
  const below = last.bottom + GAP;
  const top = below + button.offsetHeight < innerHeight ? below : first.top - button.offsetHeight - GAP;
  const left = Math.min(Math.max(last.right - button.offsetWidth / 2, GAP), document.documentElement.clientWidth - button.offsetWidth - GAP);
  button.style.top = `${top}px`;
  button.style.left = `${left}px`;
  button.hidden = last.bottom < 0 || first.top > innerHeight;
}

function withdraw() {
  button?.remove();
  range = null;
}

function onKey(event) {
  if (!range) return;
  if (event.key === "Escape") {
    withdraw();
  } else if (event.key === "Tab" && !event.shiftKey && document.activeElement !== button) {
    event.preventDefault(); // a selection is no place from which the browser would find the button
    button.focus();
  }
}

function ask() {
  const text = words(range);
  withdraw();
  document.getSelection().removeAllRanges();
  document.dispatchEvent(new CustomEvent("chat:about", { detail: { text } }));
}

if (template && document.querySelector("#composer")) {
  let waiting = 0;
  document.addEventListener("selectionchange", () => {
    if (button?.contains(document.activeElement)) return;
    clearTimeout(waiting);
    waiting = setTimeout(offer, 150); // a selection grows while it is drawn
  });
  document.addEventListener("pointerdown", (event) => {
    if (button?.contains(event.target)) event.preventDefault(); // which keeps the selection
  });
  document.addEventListener("click", (event) => {
    if (button?.contains(event.target)) ask();
  });
  document.addEventListener("keydown", onKey);
  document.addEventListener("scroll", move, { capture: true, passive: true });
  addEventListener("resize", move);
}
