// While a worker reads, the parts of the page that tell of it are asked for again; when nothing is read any more, it stops.

const INTERVAL = 1500;
const LONGEST_INTERVAL = 30000;

const address = document.querySelector("[data-progress-url]")?.dataset.progressUrl;
const elements = () => [...document.querySelectorAll("[data-source][data-part]")];
const active = () => elements().filter((element) => element.dataset.state === "active");

function query() {
  const parameters = new URLSearchParams();
  for (const id of new Set(active().map((element) => element.dataset.source))) parameters.append("source", id);
  for (const part of new Set(active().map((element) => element.dataset.part))) parameters.append("part", part);
  return parameters;
}

function fill(sources) {
  for (const element of active()) {
    const source = sources[element.dataset.source];
    const html = source?.parts[element.dataset.part];
    // The server renders the parts with the same templates as the page, and escapes what came from outside.
    if (html !== undefined && element.lastHtml !== html) element.innerHTML = element.lastHtml = html;
    if (!source?.active) element.dataset.state = "at rest";
  }
}

async function look(wait) {
  if (!active().length) return;
  let next = INTERVAL;
  if (!document.hidden) {
    try {
      const response = await fetch(`${address}?${query()}`, { headers: { Accept: "application/json" } });
      if (response.redirected || [401, 403, 404].includes(response.status)) return; // signed out
      if (!response.ok) throw new Error(response.statusText);
      fill(await response.json());
    } catch {
      next = Math.min(2 * wait, LONGEST_INTERVAL); // the server restarts, or the line is down
    }
  }
  setTimeout(look, next, next);
}

if (address) setTimeout(look, INTERVAL, INTERVAL);
