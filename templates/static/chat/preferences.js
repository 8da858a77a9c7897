// How answers should be written, chosen beside the box: kept with the account, or for a visitor as long as the tab is open.

import { announce } from "./announce.js";
import { Refused, api } from "./api.js";

const menu = document.querySelector("#answer-style");
const { profile } = document.querySelector("#main").dataset;
const refusal = document.querySelector("#refusal");
const KEPT = "expertise";

async function keep(expertise) {
  try {
    if (profile) await api("PATCH", profile, { preferences: { expertise } });
    else sessionStorage.setItem(KEPT, expertise);
    announce(menu.dataset.saved);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    refusal.textContent = error.message;
  }
}

function mark() {
  const chosen = menu.querySelector(":checked");
  document.querySelector("[popovertarget=answer-style]").classList.toggle("chosen", Boolean(chosen?.value));
}

if (menu) {
  const kept = profile ? null : sessionStorage.getItem(KEPT);
  if (kept) menu.querySelector(`[value="${kept}"]`)?.click();
  mark();
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input")) return;
    event.preventDefault(); // it would send the question
    menu.hidePopover();
  });
  menu.addEventListener("change", (event) => {
    mark();
    keep(event.target.value);
  });
}
