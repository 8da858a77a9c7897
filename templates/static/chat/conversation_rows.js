// The rows of the list of conversations, and what goes wrong with one.

import { Refused } from "./api.js";

const DAY = 86_400_000;

export const nav = document.querySelector("#conversations");
export const periods = nav?.querySelector(".periods");
const problem = nav?.querySelector(".problem-note");

export const rows = (id) => nav.querySelectorAll(`li[data-id="${id}"]`);
export const linkOf = (row) => row.querySelector("a");
export const titleOf = (row) => linkOf(row).textContent;

export function fromTemplate(name) {
  const { content } = nav.querySelector(`#conversation-${name}-template`);
  return document.importNode(content.firstElementChild, true);
}

export function newRow({ id, title, updated_at: updated, url }) {
  const row = fromTemplate("item");
  row.dataset.id = id;
  row.dataset.updated = updated;
  linkOf(row).href = url ?? nav.dataset.sessionUrl.replace(/[0-9a-f-]{36}/, id);
  if (linkOf(row).pathname === location.pathname) linkOf(row).setAttribute("aria-current", "page");
  if (title) retitle(row, title); // otherwise the template's words for one without a title stay
  return row;
}

export function retitle(row, title) {
  for (const place of row.querySelectorAll(".title")) place.textContent = title;
}

/** In the reader's own time zone, which the server does not know. */
export function periodOf(moment) {
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(moment).setHours(0, 0, 0, 0)) / DAY);
  if (days < 1) return "today";
  if (days === 1) return "yesterday";
  return days <= 7 ? "week" : "older";
}

/** Put a row where it belongs: under its period, before the first one that is older. */
export function place(row) {
  const updated = Date.parse(row.dataset.updated);
  const rowsThere = periods.querySelector(`[data-period=${periodOf(updated)}] ol`);
  const older = [...rowsThere.children].find((other) => other !== row && Date.parse(other.dataset.updated) < updated);
  rowsThere.insertBefore(row, older ?? null);
}

/** Whether it was done; if not, the list says why. */
export async function attempt(task) {
  problem.textContent = "";
  try {
    await task();
    return true;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    problem.textContent = error.status ? error.message : nav.dataset.unreachable;
    return false;
  }
}

export const addressOf = (id) => `${nav.dataset.api}${id}/`;
