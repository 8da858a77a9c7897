// Files can be dropped, addresses pasted; the page says at once what will happen with them, before anything is sent.

const WAIT = 300;
const LARGEST_HASHED = 60 * 1024 * 1024; // anything larger is refused by its size

const form = document.querySelector("[data-preview-url]");
const zone = form.querySelector("[data-drop-zone]");
const input = zone.querySelector("input[type=file]");
const addresses = form.querySelector("[name=addresses]");
const previews = form.querySelectorAll("[data-preview]");
const chosen = form.querySelector("[data-chosen]");
const tooMany = form.querySelector("[data-too-many]");
const most = Number(zone.dataset.dropZone);
const known = new WeakMap();
let latest = 0;
let timer;

async function look(file) {
  const head = new Uint8Array(await file.slice(0, 1024).arrayBuffer());
  const begins_as_pdf = new TextDecoder("latin1").decode(head).includes("%PDF-");
  return { name: file.name, size: file.size, begins_as_pdf, sha256: begins_as_pdf ? await hash(file) : "" };
}

async function hash(file) {
  if (!globalThis.crypto?.subtle || file.size > LARGEST_HASHED) return ""; // no secure context: the server finds it out
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function described(files) {
  const all = [];
  for (const file of files) { // one after the other: each is held in memory while it is hashed
    if (!known.has(file)) known.set(file, await look(file));
    all.push(known.get(file));
  }
  return all;
}

async function preview() {
  const turn = ++latest;
  const body = new FormData();
  for (const name of ["csrfmiddlewaretoken", "collection", "addresses"]) {
    body.append(name, form.elements[name]?.value ?? "");
  }
  try {
    body.append("offered", JSON.stringify(await described(input.files)));
    const response = turn === latest && (await fetch(form.dataset.previewUrl, { method: "POST", body }));
    if (response && response.ok && !response.redirected && turn === latest) show(await response.text());
  } catch {
    // The line is down, or a file has vanished from the disk: sending the form tells what there is to tell.
  }
}

function show(html) {
  const ticked = new Set([...form.querySelectorAll("[data-preview] input:checked")].map((box) => box.value));
  const answer = document.createElement("template");
  answer.innerHTML = html; // rendered by the server, which escapes names and addresses
  for (const place of previews) {
    const fates = answer.content.querySelector(`[data-fates=${place.dataset.preview}]`);
    place.replaceChildren(...fates.children);
  }
  for (const box of form.querySelectorAll("[data-preview] input")) box.checked = ticked.has(box.value);
  chosen.textContent = "";
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(preview, WAIT);
}

function take(files) {
  const transfer = new DataTransfer();
  for (const file of files.slice(0, most)) transfer.items.add(file);
  input.files = transfer.files;
  tooMany.hidden = files.length <= most;
  chosen.textContent = [...input.files].map((file) => file.name).join("\n");
  soon();
}

function remove(button) {
  if (button.dataset.removeFile !== undefined) {
    take([...input.files].filter((_, index) => index !== Number(button.dataset.removeFile)));
    input.focus();
  } else {
    const lines = addresses.value.split("\n").filter((line) => line.trim() !== button.dataset.removeLine);
    addresses.value = lines.join("\n");
    addresses.focus();
    soon();
  }
}

const lit = (on) => zone.classList.toggle("k-drop-over", on);

input.addEventListener("change", () => take([...input.files]));
form.addEventListener("input", (event) => event.target === addresses && soon());
form.addEventListener("change", (event) => event.target.name === "collection" && soon());
form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-preview] button");
  if (button) remove(button);
});
zone.addEventListener("dragover", (event) => {
  event.preventDefault();
  lit(true);
});
zone.addEventListener("dragleave", () => lit(false));
zone.addEventListener("drop", (event) => {
  event.preventDefault();
  lit(false);
  take([...input.files, ...event.dataTransfer.files]);
});
if (input.files.length || addresses.value.trim()) soon(); // the browser has kept them over a reload
