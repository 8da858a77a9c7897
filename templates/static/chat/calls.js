// Tools that are called while an answer is made: a line says which are being asked, then which were.

import { announce } from "./announce.js";

const LONGEST_ARGUMENTS = 80; // characters that are shown

export class Calls {
  #answer;
  #running = new Map(); // call by number
  #servers = new Set(); // those that were asked

  constructor(answer) {
    this.#answer = answer;
  }

  /** A call that begins, or the same one when it has ended. */
  tell(call) {
    const isRunning = call.outcome === "running";
    if (isRunning) this.#running.set(call.number, call);
    else this.#running.delete(call.number);
    if (!isRunning && call.outcome !== "refused") this.#servers.add(call.server);
    this.#show();
    if (isRunning) announce(this.#line("asking").textContent);
    else if (call.detail) announce(call.detail);
  }

  #show() {
    this.#answer.dataset.phase = this.#running.size ? "asking" : "searching"; // the model may want more of them
    this.#line("asking").querySelector("span span").replaceChildren(...[...this.#running.values()].flatMap(named));
    this.#line("asked").querySelector("bdi").textContent = [...this.#servers].join(", ");
    this.#line("asked").hidden = !this.#servers.size;
  }

  #line(name) {
    return this.#answer.querySelector(`.phase-${name}`);
  }
}

/** A call as elements that keep the direction of their own text, and what stands between it and the one before. */
function named({ server, tool, arguments: given }, index) {
  const parts = [isolated(server ? `${server}: ${tool}` : tool)];
  if (Object.keys(given).length) parts.push(" (", isolated(inWords(given)), ")");
  return index ? [", ", ...parts] : parts;
}

function isolated(text) {
  const element = document.createElement("bdi");
  element.textContent = text;
  return element;
}

/** As people write them: "city: Boston, days: 3". */
function inWords(given) {
  const parts = Object.entries(given).map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`);
  const words = parts.join(", ");
  return words.length > LONGEST_ARGUMENTS ? `${words.slice(0, LONGEST_ARGUMENTS - 1)}…` : words;
}
