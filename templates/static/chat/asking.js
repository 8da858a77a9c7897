// A question on its way: sent, answered piece by piece, stopped, refused, or cut off with the line.

import { announce } from "./announce.js";
import { askedBy, forgetGreeting, fromTemplate, pause, rendered, replace, showEnd, showTurn } from "./answers.js";
import { Refused, send } from "./api.js";
import { chosenStyle, form, giveBack, keep, setBusy, take } from "./composer.js";
import { forgetDraft } from "./drafts.js";
import { events } from "./events.js";
import { answerAddress, nameSession, sessionId } from "./session.js";
import { Writing } from "./writing.js";

const refusal = document.querySelector("#refusal");
const stop = document.querySelector("#stop");
const LOOK_AGAIN_MILLISECONDS = [500, 1000, 2000, 4000, 8000, 15000, 30000];
const STILL_WRITING_MILLISECONDS = 1000;
const ATTEMPTS_AFTER_STOP = 3;

let current = null; // the AbortController of the answer that is being written

/** `asked` is what the REST door takes: message, and perhaps fresh, selected_text, assistant, preferences, pictures. */
async function ask(asked) {
  const controller = begin();
  const turn = showTurn(asked);
  try {
    await follow(await sent(asked, controller.signal), turn.answer, asked);
  } catch (error) {
    if (controller.signal.aborted) await stopped(turn.answer, asked);
    else if (error instanceof Refused) refuse(turn, asked, error);
    else await lookFor(turn.answer, asked, controller.signal);
  } finally {
    end(controller);
  }
}

function begin() {
  current = new AbortController();
  refusal.textContent = "";
  setBusy(true);
  return current;
}

function end(controller) {
  if (current !== controller) return;
  current = null;
  setBusy(false);
  if (refusal.textContent === form.dataset.busy) refusal.textContent = "";
}

async function sent(asked, signal) {
  const { pictures = [], ...body } = asked;
  if (pictures.length) body.images = pictures.map((picture) => picture.url);
  return send("POST", form.dataset.api, {
    body: { ...chosenStyle(), ...body, session_id: sessionId() },
    accept: "text/event-stream",
    signal,
  });
}

/** Show what the stream tells. An end without "done" or "error" is an interruption. */
async function follow(response, answer, asked) {
  const session = response.headers.get("X-Session-Id");
  answer.dataset.url = answerAddress(session, response.headers.get("X-Message-Id"));
  forgetGreeting();
  forgetDraft();
  nameSession(session, asked.message);
  keep(); // what is in the box by now is the next question
  announce(answer.querySelector(".phase-searching").textContent);
  let calls = null;
  const writing = new Writing(answer.querySelector(".answer-text"));
  for await (const [name, data] of events(response.body)) {
    if (name === "tool") {
      calls ??= new (await import("./calls.js")).Calls(answer); // few assistants have tools
      calls.tell(data);
    } else if (name === "sources") {
      answer.dataset.phase = "writing";
    } else if (name === "token") {
      answer.dataset.phase = "streaming";
      writing.add(data.text);
    } else if (name === "done") {
      return complete(answer);
    } else if (name === "error") {
      return showEnd(answer, "failed", asked, data.detail);
    }
  }
  throw new Error("The stream ended early.");
}

async function complete(answer) {
  const shown = await rendered(answer.dataset.url).catch(() => null);
  if (shown) {
    replace(answer, shown);
  } else {
    answer.removeAttribute("data-phase");
    answer.removeAttribute("aria-busy");
  }
  announceAnswer(shown ?? answer);
}

function announceAnswer(answer) {
  const parts = [...answer.querySelectorAll(".answer-text, .before p, .written span")];
  announce(parts.map((part) => part.textContent.trim()).join(" "));
}

/** The server has not taken the question: it goes back into the box, or stays if the next one is written there. */
function refuse(turn, asked, { status, code, message }) {
  const sentence = status ? message : form.dataset.unreachable;
  if (giveBack(asked)) {
    turn.withdraw();
    refusal.textContent = sentence;
    if (code === "signed_out") offerToSignIn();
  } else {
    showEnd(turn.answer, "failed", asked, sentence);
  }
}

/** A link that leads back to this conversation, and to what is written there. */
function offerToSignIn() {
  const link = fromTemplate("sign-in");
  refusal.append(" ", link);
  link.search = new URLSearchParams({ next: location.pathname }); // in a template it has no address yet
}

/** What came stays; as soon as the server has stored it, it is shown with its citations. */
async function stopped(answer, asked) {
  showEnd(answer, "stopped", asked);
  keep();
  end(current);
  const stored = await ended(answer, ATTEMPTS_AFTER_STOP);
  if (!stored || answer.nextElementSibling) return; // by now something else may have been asked
  const focused = answer.contains(document.activeElement) ? document.activeElement : null;
  stored.querySelector(".ended")?.replaceWith(answer.querySelector(".ended"));
  replace(answer, stored);
  focused?.focus({ preventScroll: true });
}

/** The line was lost while the answer came: perhaps it is there by now. */
async function lookFor(answer, asked, signal) {
  answer.dataset.phase = "lost";
  announce(answer.querySelector(".phase-lost").textContent);
  const stored = await ended(answer, LOOK_AGAIN_MILLISECONDS.length, signal);
  if (signal.aborted) return showEnd(answer, "stopped", asked);
  if (stored?.dataset.state !== "complete") return showEnd(answer, "failed", asked, form.dataset.interrupted);
  replace(answer, stored);
  announceAnswer(stored);
}

/** The stored answer, once nobody writes it any more; null if the server cannot be asked so many times. */
async function ended(answer, attempts, signal) {
  if (!answer.dataset.url) return null; // the question was not taken
  for (let attempt = 0; attempt < attempts && !signal?.aborted; ) {
    await pause(LOOK_AGAIN_MILLISECONDS[attempt], signal);
    try {
      const stored = await rendered(answer.dataset.url);
      if (stored.dataset.state !== "streaming") return stored;
      await pause(STILL_WRITING_MILLISECONDS, signal);
    } catch (error) {
      if (error.status) return null; // the server is there, and has no such answer
      attempt += 1;
    }
  }
  return null;
}

/** One answer after the other; nobody's question is thrown away. */
function request(asked) {
  if (!asked.message) return;
  if (current) refusal.textContent = form.dataset.busy;
  else ask(asked);
}

if (form) {
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-ask]")) return;
    event.preventDefault();
    if (event.target !== form) request(askedBy(event.target));
    else if (current) refusal.textContent = form.dataset.busy;
    else request(take());
  });
  document.addEventListener("chat:ask", (event) => request(event.detail));
  stop.addEventListener("click", (event) => {
    if (event.detail > 1) return; // a double click on "Ask", where this button has come in between
    current?.abort();
    form.elements.message.focus({ preventScroll: true }); // it is always in sight
  });
}
