// Citations: a number in an answer, or its line below, opens the passage in a panel.

const panel = document.querySelector("#citation-panel");
const body = panel?.querySelector(".panel-body");
const foot = panel?.querySelector("footer");
const isWide = window.matchMedia("(min-width: 64rem)");

let shown = null; // the citation below an answer that the panel shows
let opener = null; // where the focus returns to

/** The citation that a number in an answer, or an address, stands for. */
function named(hash) {
  return document.getElementById(decodeURIComponent(hash.slice(1)))?.closest(".citation");
}

function open(citation, from) {
  if (from) opener = from;
  if (panel.open) panel.querySelector("h2").focus();
  else if (isWide.matches) panel.show();
  else panel.showModal();
  show(citation);
  opener?.scrollIntoView({ block: "nearest" }); // the conversation has become narrower
}

function show(citation) {
  shown = citation;
  const copy = citation.cloneNode(true);
  for (const element of copy.querySelectorAll("[id]")) element.removeAttribute("id");
  copy.querySelector("details").open = true;
  foot.replaceChildren(...copy.querySelectorAll(":scope > .open, :scope > .age"));
  body.replaceChildren(copy);
  showQuoted();
  panel.querySelector("[data-shows=number]").textContent = numberOf(citation);
  panel.querySelector("[data-panel=previous]").disabled = !citation.previousElementSibling;
  panel.querySelector("[data-panel=next]").disabled = !citation.nextElementSibling;
  point(citation);
}

/** Scroll to the longest of the quoted parts, if it is out of sight. */
function showQuoted() {
  const parts = [...body.querySelectorAll("blockquote mark")].sort((a, b) => b.textContent.length - a.textContent.length);
  body.scrollTop = 0;
  if (!parts.length) return;
  const { bottom, height } = parts[0].getBoundingClientRect();
  const hidden = bottom - body.getBoundingClientRect().bottom;
  if (hidden > 0) body.scrollTop = hidden + (body.clientHeight - height) / 2;
}

function numberOf(citation) {
  return citation.querySelector(".number").textContent;
}

/** Show in the answer and below it which one is open; nothing for none. */
function point(citation) {
  for (const element of document.querySelectorAll(".is-open")) element.classList.remove("is-open");
  if (!citation) return;
  const hash = `#${citation.querySelector("blockquote").id}`;
  citation.classList.add("is-open");
  for (const mark of document.querySelectorAll(`.cite[href="${hash}"]`)) mark.classList.add("is-open");
}

function step(to) {
  if (!to) return;
  show(to);
  // A button that has become useless would lose the focus.
  if (document.activeElement?.disabled || document.activeElement === document.body) panel.querySelector("h2").focus();
}

const actions = {
  previous: () => step(shown.previousElementSibling),
  next: () => step(shown.nextElementSibling),
  close: () => panel.close(),
};

function isPlain(event) {
  return event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
}

/** The citation that a click means; links of a citation that lead elsewhere are left alone. */
function meant(event) {
  const mark = event.target.closest("a.cite");
  if (mark) return named(mark.hash);
  if (event.target.closest(".open, .meta a")) return null;
  return event.target.closest(".citations .citation");
}

function onClick(event) {
  const button = event.target.closest("[data-panel]");
  if (button) {
    actions[button.dataset.panel]();
  } else if (event.target === panel) { // its backdrop
    panel.close();
  } else if (isPlain(event)) {
    const citation = meant(event);
    if (!citation) return;
    event.preventDefault();
    open(citation, event.target.closest("a") ?? citation.querySelector("h3 a"));
  }
}

function onKey(event) {
  if (event.key !== "Escape" || event.defaultPrevented || !panel.open || panel.matches(":modal")) return;
  if (!document.querySelector("dialog:modal, :popover-open")) panel.close();
}

function onClose() {
  const hadFocus = panel.contains(document.activeElement) || document.activeElement === document.body;
  point(null);
  if (hadFocus) opener?.focus();
  opener = shown = null;
}

if (panel) {
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onKey);
  panel.addEventListener("close", onClose);
  isWide.addEventListener("change", () => panel.open && panel.close());
  // Before the composer hears of it, because what lies behind an open panel cannot take the focus.
  document.addEventListener("chat:about", () => panel.matches(":modal") && panel.close(), { capture: true });
  const addressed = location.hash.startsWith("#citation-") && named(location.hash);
  if (addressed) open(addressed);
}
