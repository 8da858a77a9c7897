// The list of conversations: search, more of them, a menu for each. Without this script it is a list of links.

import { announce } from "./announce.js";
import { api } from "./api.js";
import { askToDelete, rename } from "./conversation_changes.js";
import { attempt, linkOf, nav, newRow, periodOf, periods, place, rows } from "./conversation_rows.js";

const PAGE_SIZE = 100;
const SEARCH_AFTER_MILLISECONDS = 250;

const [list, found, search, more, menu] = [".list", ".found", "[type=search]", ".show-more", "#conversation-menu"].map(
  (part) => nav?.querySelector(part),
);

const isSearching = () => !found.hidden;
const next = { history: more?.hidden ? null : `${nav?.dataset.api}?page_size=${PAGE_SIZE}`, found: null }; // what "Show more" asks for

/** The query of the next page: its host may be another behind a proxy. */
const queryOf = (page) => page.next && nav.dataset.api + new URL(page.next).search;

// --- more of them, and search

async function showMore() {
  const added = await (isSearching() ? moreFound() : moreHistory());
  if (added.length) linkOf(added[0]).focus();
}

async function moreHistory() {
  const page = await api("GET", next.history);
  const added = page.results.filter(({ id }) => !rows(id).length).map(newRow);
  added.forEach(place);
  next.history = queryOf(page);
  more.hidden = !next.history;
  return added;
}

async function moreFound() {
  const page = await api("GET", next.found);
  const added = page.results.map(newRow);
  found.querySelector("ol").append(...added);
  next.found = queryOf(page);
  more.hidden = !next.found;
  count();
  return added;
}

function count() {
  const heading = found.querySelector("h2");
  heading.querySelector(".count").textContent = found.querySelectorAll("li").length + (next.found ? "+" : "");
  announce(heading.textContent);
}

async function find() {
  const words = search.value.trim();
  if (!words) return showHistory();
  const page = await api("GET", `${nav.dataset.api}?search=${encodeURIComponent(words)}`);
  if (words !== search.value.trim()) return; // an answer that came too late
  next.found = queryOf(page);
  found.querySelector("ol").replaceChildren(...page.results.map(newRow));
  found.hidden = false;
  periods.hidden = true;
  more.hidden = !next.found;
  count();
}

function showHistory() {
  if (!isSearching()) return;
  found.hidden = true;
  periods.hidden = false;
  more.hidden = !next.history;
  found.querySelector("ol").replaceChildren();
}

// --- what the reader does

let chosen = null; // the row that the menu is about

function openMenu(button) {
  chosen = button.closest("li");
  const box = button.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const isLow = box.bottom > clientHeight - 140;
  const isRightToLeft = getComputedStyle(nav).direction === "rtl";
  menu.style.insetInlineEnd = `${isRightToLeft ? box.left : clientWidth - box.right}px`;
  menu.style.insetBlockStart = isLow ? "auto" : `${box.bottom + 4}px`;
  menu.style.insetBlockEnd = isLow ? `${clientHeight - box.top + 4}px` : "auto";
}

function chooseFromMenu(action) {
  menu.hidePopover();
  if (action === "rename") rename(chosen);
  else askToDelete(chosen);
}

function moveBetween(link, step) {
  const links = [...list.querySelectorAll("li a")].filter((each) => each.checkVisibility());
  links[links.indexOf(link) + step]?.focus();
}

const KEYS = {
  ArrowDown: (link) => moveBetween(link, 1),
  ArrowUp: (link) => moveBetween(link, -1),
  F2: (link) => rename(link.closest("li")),
  Delete: (link) => askToDelete(link.closest("li")),
};

/** A conversation has got its address: it is the current one. */
function enter({ id, title, url }) {
  const row = periods.querySelector(`li[data-id="${id}"]`) ?? newRow({ id, title, url });
  currentLink()?.removeAttribute("aria-current");
  linkOf(row).setAttribute("aria-current", "page");
  putOnTop(row);
}

function putOnTop(row) {
  row.dataset.updated = new Date().toISOString();
  place(row);
}

const currentLink = () => periods.querySelector("[aria-current=page]");
const topOf = (element) => element.getBoundingClientRect().top;

function begin() {
  for (const row of periods.querySelectorAll("li")) {
    if (!row.closest(`[data-period=${periodOf(row.dataset.updated)}]`)) place(row);
  }
  const current = currentLink();
  if (current) list.scrollTop = topOf(current) - topOf(list) - list.clientHeight / 2;
  listenToReader();
  listenToPage();
}

function listenToReader() {
  nav.addEventListener("click", ({ target }) => {
    if (target.closest(".more")) openMenu(target.closest(".more"));
    const action = target.closest("[data-action]")?.dataset.action;
    if (action) chooseFromMenu(action);
  });
  nav.addEventListener("keydown", (event) => {
    const link = event.target.closest("li > a");
    if (!link || !KEYS[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    KEYS[event.key](link);
  });
  nav.querySelector(".languages").addEventListener("submit", ({ target }) => {
    target.elements.next.value = location.pathname + location.search; // which may have changed since the page was made
  });
  list.addEventListener("scroll", () => menu.hidePopover());
  more.addEventListener("click", () => attempt(showMore));
  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => attempt(find), search.value.trim() ? SEARCH_AFTER_MILLISECONDS : 0);
  });
}

function listenToPage() {
  nav.addEventListener("removed", () => isSearching() && count());
  document.addEventListener("chat:session", ({ detail }) => enter(detail));
  document.addEventListener("chat:answer", ({ detail }) => {
    const link = currentLink();
    if (link && detail.element.matches(":last-child")) putOnTop(link.closest("li"));
  });
}

if (nav) begin();
