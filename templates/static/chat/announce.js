// What a screen reader says about that which happens on the page.

const region = document.querySelector("#announcer");

export function announce(text) {
  if (!region) return;
  // The same sentence twice in a row is a change only if the region was empty in between.
  region.textContent = "";
  requestAnimationFrame(() => {
    region.textContent = text;
  });
}
