// The conversation that the page shows: it has no address before its first question is taken.

const form = document.querySelector("#composer");
const TITLE_LENGTH = 80;

export function sessionId() {
  return form.elements.session_id.value || null;
}

export function addressOf(id) {
  return form.dataset.sessionUrl.replace(/[0-9a-f-]{36}/, id);
}

/** Where the server shows an answer as it is stored by now. */
export function answerAddress(session, message) {
  return `${addressOf(session)}messages/${message}/`;
}

/** From its first answer on the page has the address of its conversation. */
export function nameSession(id, question) {
  if (!id || sessionId()) return;
  form.elements.session_id.value = id;
  const url = addressOf(id);
  const title = question.length > TITLE_LENGTH ? `${question.slice(0, TITLE_LENGTH - 1)}…` : question;
  history.replaceState(null, "", url);
  document.title = `${title} · ${document.title}`;
  document.querySelector("h1").textContent = title;
  document.dispatchEvent(new CustomEvent("chat:session", { detail: { id, title, url } }));
}
