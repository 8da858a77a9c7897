// What a reader changes in the list of conversations: a title, in place; or one is deleted, after a question.

import { announce } from "./announce.js";
import { api } from "./api.js";
import { addressOf, attempt, fromTemplate, linkOf, nav, retitle, rows, titleOf } from "./conversation_rows.js";

const deletion = nav?.querySelector("#conversation-deletion");

// --- rename

export function rename(row) {
  const form = fromTemplate("title");
  const field = form.elements.title;
  const close = () => {
    const hadFocus = form.contains(document.activeElement);
    form.remove();
    if (hadFocus) linkOf(row).focus();
  };
  field.value = titleOf(row);
  field.addEventListener("blur", () => form.isConnected && form.requestSubmit());
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault(); // or the list, where it lies over the page, closes as well
    field.value = titleOf(row);
    close();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await keepTitle(row, field)) close();
  });
  row.append(form);
  field.focus();
  field.select();
}

/** Whether the field can be closed. */
async function keepTitle(row, field) {
  const title = field.value.trim();
  if (!title || title === titleOf(row)) return true;
  if (field.readOnly) return false; // it is being sent
  field.readOnly = true;
  const done = await attempt(() => api("PATCH", addressOf(row.dataset.id), { title }));
  field.readOnly = false;
  if (!done) return false;
  if (linkOf(row).ariaCurrent) retitlePage(titleOf(row), title);
  for (const same of rows(row.dataset.id)) retitle(same, title);
  announce(nav.dataset.renamed);
  return true;
}

function retitlePage(old, title) {
  document.title = document.title.replace(old, () => title);
  const heading = document.querySelector("main h1");
  if (heading?.textContent.trim() === old) heading.textContent = title;
}

// --- delete

let chosen = null; // the row that the dialog is about

export function askToDelete(row) {
  chosen = row;
  deletion.returnValue = "";
  deletion.querySelector(".which").textContent = titleOf(row);
  deletion.showModal();
}

async function remove(row) {
  const done = await attempt(() => api("DELETE", addressOf(row.dataset.id)).catch(unlessGone));
  if (!done) return;
  if (linkOf(row).ariaCurrent) return location.assign(nav.dataset.home);
  const neighbour = row.nextElementSibling ?? row.previousElementSibling;
  for (const same of rows(row.dataset.id)) same.remove();
  nav.dispatchEvent(new Event("removed"));
  (neighbour ? linkOf(neighbour) : nav.querySelector(".new")).focus();
  announce(nav.dataset.deleted);
}

function unlessGone(error) {
  if (error.status !== 404) throw error;
}

deletion?.addEventListener("close", () => deletion.returnValue && remove(chosen));
