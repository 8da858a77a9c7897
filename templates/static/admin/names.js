// Names for a screen reader that the admin's own widgets leave out.
{ // not a module: the admin loads it as a plain script
  const text = (element) => element?.textContent.trim().replace(/[:*]$/, "").trim() ?? "";

  /** The label of a field; in a table of rows the head of its column. */
  function nameOf(field) {
    const cell = field.closest("td");
    const head = cell && field.closest("table")?.tHead?.rows[0]?.cells[cell.cellIndex];
    return text(document.querySelector(`label[for="${CSS.escape(field.id)}"]`)) || text(head);
  }

  function nameFields() {
    for (const field of document.querySelectorAll("td :is(input:not([type=hidden]), select, textarea)")) {
      if (!field.labels?.length && !field.ariaLabel) field.ariaLabel = nameOf(field) || null;
    }
    // select2 puts a box of its own in the place of a <select>.
    for (const box of document.querySelectorAll(".select2-container")) {
      const name = nameOf(box.previousElementSibling ?? box);
      if (!name) continue;
      for (const part of box.querySelectorAll("[role=combobox], [role=searchbox], [role=textbox]")) part.ariaLabel = name;
    }
    for (const mark of document.querySelectorAll("span.help-tooltip[aria-label]")) mark.role = "img";
  }

  window.addEventListener("load", nameFields);
  document.addEventListener("formset:added", nameFields);
}
