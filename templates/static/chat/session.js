// The conversation that the page shows: it has no address before its first question is taken.

import { pageAt } from "./answers.js";

const form = document.querySelector("#composer");
const TITLE_LENGTH = 80;

export function sessionId() {
  return form.elements.session_id.value || null;
}

export function addressOf(id) {
  return form.dataset.sessionUrl.replace(/[0-9a-f-]{36}/, id);
}

/** From its first answer on the page has the address of its conversation. */
export function nameSession(id, question) {
  if (!id || sessionId()) return;
  form.elements.session_id.value = id;
  const url = addressOf(id);
  const title = question.length > TITLE_LENGTH ? `${question.slice(0, TITLE_LENGTH - 1)}…` : question;
  history.replaceState(null, "", url);
  document.title = `${title} · ${document.title}`;
  document.dispatchEvent(new CustomEvent("chat:session", { detail: { id, title, url } }));
}

/** The answer to the last question of these words, as it is stored by now; null if there is none. */
export async function storedAnswer(question) {
  const page = await pageAt(addressOf(sessionId()));
  const asked = [...page.querySelectorAll("#messages > .question")].filter(
    (article) => article.querySelector(".question-text").textContent === question,
  );
  const answer = asked.at(-1)?.nextElementSibling;
  return answer?.matches(".answer") ? answer : null;
}
