// Questions and answers as elements of the page. What an answer looks like is rendered by the server.

import { announce } from "./announce.js";
import { send } from "./api.js";

const POLL_MILLISECONDS = 2000;
const messages = document.querySelector("#messages");
const retries = new WeakMap(); // form -> what it asks once more, with all that came along

export function fromTemplate(name) {
  return document.querySelector(`#${name}-template`).content.firstElementChild.cloneNode(true);
}

/** The question and the empty answer below it, at the end of the conversation; `withdraw` takes them away again. */
export function showTurn(asked) {
  const scrolled = window.scrollY;
  const greeting = document.querySelector(".greeting");
  const question = shownQuestion(asked);
  const answer = fromTemplate("answer");
  messages.append(question, answer);
  if (greeting?.contains(document.activeElement)) question.focus({ preventScroll: true });
  if (greeting) greeting.hidden = true;
  question.scrollIntoView(); // and no further: the answer grows below it while it is being read
  const withdraw = () => {
    question.remove();
    answer.remove();
    if (greeting) greeting.hidden = false;
    window.scrollTo(0, scrolled);
  };
  return { answer, withdraw };
}

function shownQuestion(asked) {
  const question = fromTemplate("question");
  question.querySelector(".question-text").textContent = asked.message;
  const about = question.querySelector(".question-about");
  about.textContent = asked.selected_text ?? "";
  about.hidden = !asked.selected_text;
  question.querySelector(".question-pictures").append(...(asked.pictures ?? []).map((picture) => picture.preview));
  return question;
}

/** What remains of it is the heading of the page, for those who hear it. */
export function forgetGreeting() {
  const heading = document.querySelector(".greeting h1");
  heading?.classList.add("visually-hidden");
  heading?.closest(".greeting").replaceWith(heading);
}

/** How an answer ended that is not complete, and a button that asks once more. */
export function showEnd(answer, state, asked, detail = "") {
  const ended = fromTemplate(state);
  const form = ended.querySelector("form");
  form.elements.message.value = asked.message;
  retries.set(form, asked);
  if (detail) ended.querySelector(".ended-detail").textContent = detail;
  answer.append(ended);
  answer.removeAttribute("data-phase");
  answer.removeAttribute("aria-busy");
  announce(ended.querySelector(".ended-detail").textContent);
}

/** What a form of the page asks. */
export function askedBy(form) {
  if (retries.has(form)) return retries.get(form);
  const { message, selected_text, fresh } = Object.fromEntries(new FormData(form));
  const assistant = form.elements.assistant?.value;
  return { message: message.trim(), selected_text, assistant, fresh: fresh === "true" };
}

/** A page of the site, parsed. */
export async function pageAt(address) {
  const response = await send("GET", address, { accept: "text/html" });
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

/** An answer as the server shows it. */
export async function rendered(address) {
  return (await pageAt(address)).querySelector("article.answer");
}

export function replace(answer, by) {
  answer.replaceWith(by);
  document.dispatchEvent(new CustomEvent("chat:answer", { detail: { element: by } }));
}

/** An answer that another page, or this one before it was reloaded, is waiting for. */
export async function waitFor(answer) {
  for (let shown = answer; shown.dataset.state === "streaming"; ) {
    await pause(POLL_MILLISECONDS);
    try {
      const now = await rendered(shown.dataset.url);
      replace(shown, now);
      shown = now;
    } catch (error) {
      if (error.status) return; // the server is there, and the conversation is not
    }
  }
}

/** So long; or until the line is back, or nobody waits any more. */
export function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
    window.addEventListener("online", resolve, { once: true });
    signal?.addEventListener("abort", resolve, { once: true });
  });
}
