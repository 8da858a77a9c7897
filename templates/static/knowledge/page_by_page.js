// A click on a chunk shows its place in the text, and a click in the text its chunk. Without this, the links do it.

const all = (chunk) => document.querySelectorAll(`[data-chunk="${chunk}"], [data-chunks~="${chunk}"]`);
const isCalm = matchMedia("(prefers-reduced-motion: reduce)");

function choose(chunk) {
  for (const lit of document.querySelectorAll(".k-on")) lit.classList.remove("k-on");
  for (const element of all(chunk)) element.classList.add("k-on");
}

function show(element) {
  element?.scrollIntoView({ block: "nearest", behavior: isCalm.matches ? "auto" : "smooth" });
}

document.addEventListener("click", (event) => {
  const part = event.target.closest(".k-run[data-chunk], .k-boundary, .k-piece");
  if (!part || event.target.closest(".k-piece-more") || String(getSelection())) return;
  event.preventDefault();
  const chunk = part.dataset.chunk;
  choose(chunk);
  const isList = part.classList.contains("k-piece");
  show(document.getElementById(isList ? `text-${chunk}` : `chunk-${chunk}`));
  history.replaceState(null, "", `#${isList ? "text" : "chunk"}-${chunk}`);
});

document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea, select") || event.altKey || event.ctrlKey || event.metaKey) return;
  const relation = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  if (relation) document.querySelector(`.k-steps-bar a[rel=${relation}]`)?.click();
});

const named = /^#(?:text|chunk)-(\d+)$/.exec(location.hash);
if (named) choose(named[1]);
