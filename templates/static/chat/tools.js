// Below each answer: copy it, rate it and say why; beside its code: copy that alone. Times are told in the reader's own time zone.

import { announce } from "./announce.js";
import { api, Refused } from "./api.js";

const COPIED_MILLISECONDS = 2000;

/** Do what a reader asked for; if it cannot be done, the tools say why. */
async function attempt(tools, task) {
  const note = tools.querySelector(".tool-note");
  note.textContent = "";
  try {
    await task();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    note.textContent = error.status ? error.message : tools.dataset.unreachable;
  }
}

const copy = (tools, button) => toClipboard(tools.querySelector(".as-text").content.textContent, tools, button);
const copyCode = (tools, button) => toClipboard(button.parentElement.querySelector("pre").textContent, tools, button);

async function toClipboard(text, tools, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    throw new Refused(tools.dataset.uncopied, { status: 403 }); // by the browser: the page has no right, or no HTTPS
  }
  button.classList.add("is-done");
  setTimeout(() => button.classList.remove("is-done"), COPIED_MILLISECONDS);
  announce(tools.dataset.copied);
}

/** A button that is pressed once more takes the rating back, and the comment with it. */
async function rate(tools, button) {
  const isPressed = button.ariaPressed === "true";
  if (isPressed) await api("DELETE", tools.dataset.feedback);
  else await api("PUT", tools.dataset.feedback, { rating: Number(button.dataset.rating) });
  showRating(tools, isPressed ? null : button);
  announce(isPressed ? tools.dataset.takenBack : tools.dataset.thanks);
}

function showRating(tools, pressed) {
  for (const button of tools.querySelectorAll("[data-rating]")) button.ariaPressed = String(button === pressed);
  const comment = tools.querySelector(".comment");
  comment.querySelector("textarea").value = "";
  comment.hidden = !pressed;
  comment.open = pressed?.dataset.rating === "-1";
  if (!comment.open) return;
  comment.querySelector("textarea").focus();
  comment.scrollIntoView({ block: "nearest" }); // all of it, above what lies over the foot of the page
}

async function sendComment(tools, form) {
  const pressed = tools.querySelector("[data-rating][aria-pressed=true]");
  const comment = form.elements.comment.value.trim();
  await api("PUT", tools.dataset.feedback, { rating: Number(pressed.dataset.rating), comment });
  tools.querySelector(".comment").open = false;
  pressed.focus();
  announce(tools.dataset.thanks);
}

function tellLocalTimes(within) {
  const today = new Date().toDateString();
  for (const time of within.querySelectorAll("time[data-local]")) {
    const moment = new Date(time.dateTime);
    const dateStyle = moment.toDateString() === today ? undefined : "medium";
    time.textContent = moment.toLocaleString(document.documentElement.lang, { dateStyle, timeStyle: "short" });
  }
}

/** A button at each block of code, without words of its own: they would stand among those that a reader selects. */
function offerCode(within) {
  for (const code of within.querySelectorAll(".answer-text pre")) {
    const whole = code.closest(".answer").querySelector("[data-tool=copy]");
    if (!whole) continue;
    const button = whole.cloneNode(true);
    button.querySelector("span").remove();
    button.title = button.ariaLabel = whole.closest(".tools").dataset.copyCode;
    button.dataset.tool = "copyCode";
    const block = document.createElement("div");
    block.className = "code";
    code.replaceWith(block);
    block.append(code, button);
  }
}

const TOOLS = { copy, copyCode, rate };

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-tool]");
  if (!button) return;
  const tools = button.closest(".answer").querySelector(".tools");
  attempt(tools, () => TOOLS[button.dataset.tool](tools, button));
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches(".comment form")) return;
  event.preventDefault();
  const tools = form.closest(".tools");
  attempt(tools, () => sendComment(tools, form));
});

function completed(within) {
  tellLocalTimes(within);
  offerCode(within);
}

document.addEventListener("chat:answer", ({ detail }) => completed(detail.element));
completed(document);
