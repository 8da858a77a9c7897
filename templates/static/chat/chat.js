// The chat page: streams an answer into the page that the server made, and lets the server render it when it is complete.

const composer = document.querySelector("#composer");
const messages = document.querySelector("#messages");
const refusal = document.querySelector("#refusal");
const announcer = document.querySelector("#announcer");
const stop = document.querySelector("#stop");
const POLL_MILLISECONDS = 2000;

let current = null; // the AbortController of the answer that is being streamed

class Refused extends Error {} // The server took no question: nothing is stored.

// --- the page

function fromTemplate(name) {
  return document.querySelector(`#${name}-template`).content.firstElementChild.cloneNode(true);
}

function showQuestion(text) {
  const question = fromTemplate("question");
  question.querySelector(".question-text").textContent = text;
  messages.append(question);
  return question;
}

function setBusy(controller) {
  current = controller;
  stop.hidden = !controller;
  composer.querySelector(".send").hidden = Boolean(controller);
}

function grow() {
  if (CSS.supports("field-sizing", "content")) return;
  composer.elements.message.style.height = "auto";
  composer.elements.message.style.height = `${composer.elements.message.scrollHeight}px`;
}

function write(text) {
  composer.elements.message.value = text;
  grow();
}

/** From the first answer on the page has the address of its conversation and stands in the list. */
function nameConversation(id, question) {
  if (!id || composer.elements.session_id.value) return;
  composer.elements.session_id.value = id;
  const address = composer.dataset.sessionUrl.replace(/[0-9a-f-]{36}/, id);
  const item = fromTemplate("conversation");
  const link = item.querySelector("a");
  link.href = address;
  link.textContent = question.slice(0, 80);
  link.setAttribute("aria-current", "page");
  document.querySelector("#conversations ol").prepend(item);
  history.replaceState(null, "", address);
}

// --- asking

/** `asked` is { message, fresh }: what a form asks, and whether it must be answered anew. */
async function ask(asked) {
  const controller = new AbortController();
  const scrolled = window.scrollY;
  const greeting = document.querySelector(".greeting");
  const question = showQuestion(asked.message);
  const answer = messages.appendChild(fromTemplate("answer"));
  greeting?.toggleAttribute("hidden", true);
  refusal.textContent = "";
  setBusy(controller);
  question.scrollIntoView(); // and no further: the answer grows below it while it is being read
  try {
    await follow(await send(asked, controller.signal), answer, asked);
  } catch (error) {
    if (error instanceof Refused) {
      question.remove();
      answer.remove();
      greeting?.toggleAttribute("hidden", false);
      window.scrollTo(0, scrolled);
      refusal.textContent = error.message;
      if (!composer.elements.message.value) write(asked.message);
    } else if (controller.signal.aborted) {
      end(answer, "stopped", asked);
    } else {
      end(answer, "failed", asked, composer.dataset.interrupted);
    }
  } finally {
    setBusy(null);
  }
}

async function send(asked, signal) {
  let response;
  try {
    response = await fetch(composer.dataset.api, {
      method: "POST",
      headers: {
        "Accept": "text/event-stream",
        "Content-Type": "application/json",
        "X-CSRFToken": composer.elements.csrfmiddlewaretoken.value,
      },
      body: JSON.stringify({ ...asked, session_id: composer.elements.session_id.value || null }),
      signal,
    });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Refused(composer.dataset.unreachable);
  }
  if (!response.ok) {
    const refused = await response.json().catch(() => ({}));
    throw new Refused(refused.fields?.message?.[0] ?? refused.detail ?? composer.dataset.unreachable);
  }
  nameConversation(response.headers.get("X-Session-Id"), asked.message);
  return response;
}

/** Show what the stream tells. An end without "done" or "error" is an interruption. */
async function follow(response, answer, asked) {
  const text = answer.querySelector(".answer-text").appendChild(new Text());
  for await (const [name, data] of events(response.body)) {
    if (name === "sources") {
      answer.dataset.phase = "writing";
    } else if (name === "token") {
      answer.dataset.phase = "streaming";
      text.appendData(data.text);
    } else if (name === "done") {
      nameConversation(data.session_id, asked.message);
      return complete(answer, data);
    } else if (name === "error") {
      return end(answer, "failed", asked, data.detail);
    }
  }
  throw new Error("The stream ended early.");
}

/** Server-sent events (HTML Living Standard, 9.2.6) as [name, data]. */
async function* events(body) {
  let rest = "";
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split(/\r?\n\r?\n/);
    rest = blocks.pop();
    for (const block of blocks) {
      const fields = new Map(block.split(/\r?\n/).map((line) => line.split(/: ?(.*)/s, 2)));
      if (fields.has("data")) yield [fields.get("event"), JSON.parse(fields.get("data"))];
    }
  }
}

// --- the end of an answer

async function complete(answer, message) {
  const address = `${composer.dataset.sessionUrl}messages/${message.id}/`.replace(/[0-9a-f-]{36}/, message.session_id);
  const rendered = await render(address).catch(() => null);
  if (rendered) answer.replaceWith(rendered);
  else answer.removeAttribute("data-phase");
  announce(rendered ?? answer, ".answer-text, .before p");
}

/** A message as the server shows it. */
async function render(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(String(response.status));
  return new DOMParser().parseFromString(await response.text(), "text/html").querySelector("article");
}

function end(answer, state, asked, detail = "") {
  const ended = fromTemplate(state);
  ended.querySelector("[name=message]").value = asked.message;
  ended.querySelector("[name=fresh]").value = asked.fresh ? "true" : "";
  if (detail) ended.querySelector(".ended-detail").textContent = detail;
  answer.append(ended);
  answer.removeAttribute("data-phase");
  answer.removeAttribute("aria-busy");
  announce(ended, ".ended-detail");
}

/** Have a screen reader say what these parts of an element hold. */
function announce(element, parts) {
  announcer.textContent = [...element.querySelectorAll(parts)].map((part) => part.textContent.trim()).join(" ");
}

/** An answer that another page, or this one before it was reloaded, is waiting for. */
async function waitFor(answer) {
  for (let shown = answer; shown.dataset.state === "streaming"; ) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
    const rendered = await render(shown.dataset.url);
    shown.replaceWith(rendered);
    shown = rendered;
  }
}

// --- what the reader does

document.addEventListener("submit", (event) => {
  if (!composer || !event.target.matches("[data-ask]")) return;
  event.preventDefault();
  const { message, fresh } = event.target.elements;
  const asked = { message: message.value.trim(), fresh: fresh?.value === "true" };
  if (!asked.message || current) return;
  if (event.target === composer) write("");
  ask(asked);
});

if (composer) {
  composer.elements.message.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    composer.requestSubmit();
  });
  composer.elements.message.addEventListener("input", grow);
  stop.addEventListener("click", () => {
    current?.abort();
    composer.elements.message.focus();
  });
}

for (const answer of document.querySelectorAll("[data-state=streaming]")) waitFor(answer);
if (!location.hash) messages.querySelector(".question:nth-last-of-type(2)")?.scrollIntoView();
