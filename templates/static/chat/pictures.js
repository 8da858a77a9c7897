// Images that go along with the next question: pasted, dropped or chosen.

import { fromTemplate } from "./answers.js";

const form = document.querySelector("#composer");
const list = document.querySelector("#pictures");
const refusal = document.querySelector("#refusal");
const most = Number(form?.dataset.mostImages ?? 0);
const TYPES = ["image/png", "image/jpeg", "image/webp", "image/gif"];
const LARGEST_SIDE = 2048; // pixels: models scale larger ones down themselves
const LARGEST_FILE = 3_000_000; // bytes
const PREVIEW_SIDE = 160;

let chosen = []; // each { url, preview, item }: a data URL, a canvas, its place in the list

export function takePictures() {
  const taken = chosen;
  chosen = [];
  list?.replaceChildren();
  return taken;
}

export function putPictures(pictures) {
  for (const picture of pictures) show(picture);
}

async function add(files) {
  refusal.textContent = "";
  for (const file of files) {
    if (chosen.length >= most) {
      refusal.textContent = form.dataset.tooManyImages;
    } else if (!TYPES.includes(file.type)) {
      refusal.textContent = form.dataset.noImage;
    } else {
      await addOne(file);
    }
  }
}

async function addOne(file) {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) {
    refusal.textContent = form.dataset.noImage;
    return;
  }
  const isLarge = file.size > LARGEST_FILE || Math.max(bitmap.width, bitmap.height) > LARGEST_SIDE;
  const url = isLarge ? drawn(bitmap, LARGEST_SIDE).toDataURL("image/jpeg", 0.9) : await dataUrl(file);
  const preview = drawn(bitmap, PREVIEW_SIDE);
  preview.setAttribute("role", "img");
  preview.setAttribute("aria-label", file.name);
  show({ url, preview, name: file.name });
}

function show(picture) {
  const item = fromTemplate("picture");
  const remove = item.querySelector("button");
  remove.querySelector("span").append(` ${picture.name}`);
  item.prepend(picture.preview);
  chosen.push(picture);
  list.append(item);
  remove.addEventListener("click", () => {
    chosen = chosen.filter((other) => other !== picture);
    item.remove();
    form.elements.message.focus();
  });
}

/** The picture on white, no side longer than this. The policy of the page allows no other way to show it. */
function drawn(bitmap, side) {
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext("2d");
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}

function dataUrl(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(file);
  });
}

const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");

if (most) {
  const input = document.querySelector("#image-files");
  document.querySelector("#add-images").addEventListener("click", () => input.click());
  input.addEventListener("change", async () => {
    await add([...input.files]);
    input.value = ""; // so that the same file can be chosen again
    form.elements.message.focus();
  });
  form.elements.message.addEventListener("paste", (event) => {
    const images = [...event.clipboardData.files].filter((file) => file.type.startsWith("image/"));
    if (!images.length) return;
    event.preventDefault();
    add(images);
  });
  document.addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    form.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) form.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    form.classList.remove("dropping");
    if (!holdsFiles(event)) return;
    event.preventDefault();
    add([...event.dataTransfer.files]);
  });
}
