// The viewer of a PDF: opens it at the page of a citation and marks the passage. Where that fails, the page that the
// server made appears instead.

const viewer = document.querySelector("#viewer");
const box = document.querySelector("#viewer-pages");
const status = document.querySelector("#viewer-status");
const number = document.querySelector("#viewer-number");
const toPassage = viewer.querySelector("[data-do=passage]");
const startPage = Number(viewer.dataset.page);
const passage = new Map(JSON.parse(document.querySelector("#passage-pieces").textContent));

const STEP = 1.2;
const SMALLEST = 0.25;
const LARGEST = 5;
const COMFORTABLE = 1.5; // nobody wants a page wider than that, unless they ask for it

let sheets = null;
let size = "comfortable"; // or "width", or a zoom that the reader chose
let hasArrived = false;

// --- opening

async function open() {
  const assets = new URL(viewer.dataset.library, location.href).href;
  const [library, { openDocument }, { Sheets }, { mark }] = await Promise.all([
    import(`${assets}build/pdf.min.mjs`),
    import("./parts.js"),
    import("./sheets.js"),
    import("./marking.js"),
  ]);
  library.GlobalWorkerOptions.workerSrc = `${assets}build/pdf.worker.min.mjs`;
  const { url, etag } = viewer.dataset;
  const pdf = await openDocument(library, { url, etag, size: Number(viewer.dataset.size), assets, lost: giveUp });
  const drawn = (sheet, parts) => arrive(sheet, passage.has(sheet.number) ? mark(parts, passage.get(sheet.number)) : []);
  sheets = new Sheets({ library, document: pdf, box, label: viewer.dataset.pageLabel, drawn });
  const observe = await sheets.begin(startPage);
  document.querySelector("#viewer-count").textContent = pdf.numPages;
  setSize("comfortable");
  sheets.goTo(startPage);
  observe();
  new ResizeObserver(() => setSize(size)).observe(box);
  box.addEventListener("scroll", () => requestAnimationFrame(showPlace), { passive: true });
  if (document.activeElement === document.body) box.focus({ preventScroll: true, focusVisible: false });
}

/** The first time that the page of the citation is there: show its passage. */
function arrive(sheet, marks) {
  if (hasArrived || sheet.number !== startPage) return;
  hasArrived = true;
  box.setAttribute("aria-busy", "false");
  status.textContent = passage.size && !marks.length ? viewer.dataset.unmarked : "";
  if (toPassage) toPassage.hidden = !marks.length;
  marks[0]?.scrollIntoView({ block: "center", inline: "nearest" });
}

/** The page as the server made it. */
function giveUp(reason) {
  console.warn("The viewer gave up:", reason);
  const figure = document.querySelector(".page-picture");
  const made = new DOMParser().parseFromString(figure.querySelector("noscript")?.textContent ?? "", "text/html");
  figure.append(...made.body.childNodes);
  document.querySelector(".failed").hidden = false;
  document.body.classList.remove("viewing");
  viewer.remove();
  document.querySelector(".text mark")?.scrollIntoView({ block: "center" });
}

// --- moving about

function setSize(chosen) {
  size = chosen;
  const width = sheets.zoomToWidth;
  const zoom = { comfortable: Math.min(width, COMFORTABLE), width }[chosen] ?? chosen;
  sheets.setZoom(Math.min(Math.max(zoom, SMALLEST), LARGEST));
  document.querySelector("#viewer-zoom").textContent = `${Math.round(sheets.zoom * 100)} %`;
  viewer.querySelector("[data-do=width]").setAttribute("aria-pressed", String(chosen === "width"));
}

function showPlace() {
  const current = sheets.current.number;
  if (document.activeElement !== number) number.value = current;
  const address = viewer.dataset.pageUrl.replace("/0/", `/${current}/`) + location.search;
  if (hasArrived && location.pathname + location.search !== address) history.replaceState(null, "", address);
}

function showPassage() {
  const first = passage.has(startPage) ? startPage : passage.keys().next().value;
  const marked = sheets.all[first - 1].querySelector("mark");
  if (marked) marked.scrollIntoView({ block: "center", inline: "nearest" });
  else sheets.goTo(first);
}

const actions = {
  previous: () => sheets.goTo(sheets.current.number - 1),
  next: () => sheets.goTo(sheets.current.number + 1),
  in: () => setSize(sheets.zoom * STEP),
  out: () => setSize(sheets.zoom / STEP),
  width: () => setSize(size === "width" ? "comfortable" : "width"),
  passage: showPassage,
};
const keys = { "+": "in", "=": "in", "-": "out", "0": "width", "ArrowLeft": "previous", "ArrowRight": "next" };

viewer.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button && sheets) actions[button.dataset.do]();
});

box.addEventListener("keydown", (event) => {
  const action = keys[event.key];
  const isScrolling = event.key.startsWith("Arrow") && box.scrollWidth > box.clientWidth;
  if (!sheets || !action || isScrolling || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  actions[action]();
});

number.addEventListener("change", () => {
  const wanted = Number.parseInt(number.value, 10);
  if (sheets && wanted) sheets.goTo(wanted);
  if (sheets) number.value = sheets.current.number;
});
number.addEventListener("focus", () => number.select());
number.addEventListener("keydown", (event) => {
  if (event.key === "Enter") number.blur();
});

open().catch(giveUp);
