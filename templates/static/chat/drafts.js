// What is written and not asked yet: a reload loses none of it. Each conversation has its own.

const form = document.querySelector("#composer");

const key = () => `draft:${form.elements.session_id.value || "new"}`;

export function keepDraft(draft) {
  if (draft.message || draft.about) store((storage) => storage.setItem(key(), JSON.stringify(draft)));
  else forgetDraft();
}

export function keptDraft() {
  return JSON.parse(store((storage) => storage.getItem(key())) ?? "null");
}

export function forgetDraft() {
  store((storage) => storage.removeItem(key()));
}

/** A browser may forbid its storage, or have none left. */
function store(step) {
  try {
    return step(sessionStorage);
  } catch {
    return null;
  }
}
