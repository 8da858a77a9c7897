// Beneath the search test: fetches the answer that a reader would get, and asks again when its form is sent.

const section = document.querySelector("[data-trial]");

function show(template) {
  const place = section.querySelector("[data-trial-answer]");
  place.replaceChildren(section.querySelector(`[${template}]`).content.cloneNode(true));
  return place;
}

async function load(options = {}) {
  const place = show("data-trial-waiting");
  section.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(section.dataset.trial, options);
    if (!response.ok || response.redirected) throw new Error(response.statusText);
    place.innerHTML = await response.text();
  } catch {
    show("data-trial-failed");
  } finally {
    section.removeAttribute("aria-busy");
  }
}

if (section) {
  section.addEventListener("submit", (event) => {
    event.preventDefault();
    load({ method: "POST", body: new FormData(event.target, event.submitter) });
  });
  load();
}
