// Earlier messages of a long conversation, put above those that are shown without moving what is being read.

import { announce } from "./announce.js";
import { pageAt } from "./answers.js";
import { Refused } from "./api.js";

const refusal = document.querySelector("#refusal");
const root = document.documentElement;

async function load(link) {
  if (link.ariaBusy === "true") return;
  link.ariaBusy = "true";
  try {
    show(await pageAt(link.href), link);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    refusal.textContent = error.message;
  } finally {
    link.ariaBusy = null;
  }
}

function show(page, link) {
  const holder = link.parentElement;
  const reading = holder.nextElementSibling;
  const next = page.querySelector("#messages > .earlier");
  const articles = [...page.querySelectorAll("#messages > article")];
  const top = reading.getBoundingClientRect().top;
  root.style.overflowAnchor = "none"; // of browsers that hold the place themselves, and would do so a second time
  holder.after(...articles);
  if (next) holder.replaceWith(next);
  else holder.remove();
  window.scrollBy({ top: reading.getBoundingClientRect().top - top, behavior: "instant" });
  root.style.overflowAnchor = "";
  (next?.querySelector("a") ?? articles[0])?.focus({ preventScroll: true });
  announce(page.querySelector("#messages").dataset.loaded);
  for (const element of articles) document.dispatchEvent(new CustomEvent("chat:answer", { detail: { element } }));
}

document.addEventListener("click", (event) => {
  const link = event.target.closest(".earlier a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  load(link);
});
