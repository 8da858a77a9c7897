// The box in which a question is written.

import { keepDraft, keptDraft } from "./drafts.js";
import { putPictures, takePictures } from "./pictures.js";

export const form = document.querySelector("#composer");

const box = form?.elements.message;
const chip = document.querySelector("#about");

/** What is to be asked. The box is empty from then on; the draft is kept until the server has taken the question. */
export function take() {
  const asked = { message: box.value.trim(), pictures: takePictures() };
  if (form.elements.selected_text.value) asked.selected_text = form.elements.selected_text.value;
  if (form.elements.assistant.value && !form.elements.session_id.value) asked.assistant = form.elements.assistant.value;
  write("");
  showAbout("");
  return asked;
}

/** Put a question that was not taken back; false if something else is written there by now. */
export function giveBack(asked) {
  const isFree = !box.value;
  if (isFree) {
    write(asked.message);
    showAbout(asked.selected_text ?? "");
    putPictures(asked.pictures ?? []);
    box.focus();
  }
  keep();
  return isFree;
}

export function setBusy(busy) {
  document.querySelector("#stop").hidden = !busy;
  form.querySelector(".send").hidden = busy;
}

/** How the answer is to be written. */
export function chosenStyle() {
  const expertise = form.elements.expertise?.value;
  return expertise === undefined ? {} : { preferences: { expertise } };
}

function write(text) {
  box.value = text;
  grow();
}

/** Browsers that do not know `field-sizing`. */
function grow() {
  if (CSS.supports("field-sizing", "content")) return;
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

function showAbout(text) {
  form.elements.selected_text.value = text;
  chip.querySelector(".about-text").textContent = text;
  chip.hidden = !text;
}

export function keep() {
  keepDraft({ message: box.value, about: form.elements.selected_text.value });
}

function restore() {
  const draft = keptDraft();
  if (!draft || box.value) return;
  write(draft.message);
  showAbout(draft.about);
}

if (form) {
  restore();
  box.addEventListener("input", () => {
    grow();
    keep();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  chip.querySelector("button").addEventListener("click", () => {
    showAbout("");
    keep();
    box.focus();
  });
  document.addEventListener("chat:session", () => {
    box.placeholder = form.dataset.followUp;
  });
  document.addEventListener("chat:about", (event) => {
    showAbout(event.detail.text.trim());
    keep();
    box.focus();
  });
}
