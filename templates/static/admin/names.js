// Names for a screen reader that the admin's own widgets leave out.
{ // not a module: the admin loads it as a plain script
  const text = (element) => element?.textContent.trim().replace(/[:*]$/, "").trim() ?? "";

  /** The label of a field; in a table of rows the head of its column. */
  function nameOf(field) {
    const cell = field.closest("td");
    const head = cell && field.closest("table")?.tHead?.rows[0]?.cells[cell.cellIndex];
    return text(document.querySelector(`label[for="${CSS.escape(field.id)}"]`)) || text(head) || field.title;
  }

  function nameFields() {
    for (const field of document.querySelectorAll("td :is(input:not([type=hidden]), select, textarea)")) {
      if (!field.labels?.length && !field.ariaLabel) field.ariaLabel = nameOf(field) || null;
    }
    // select2 puts a box of its own in the place of a <select>, and opens another at the end of the page.
    for (const box of document.querySelectorAll("select + .select2-container")) {
      const name = nameOf(box.previousElementSibling);
      const parts = "[role=combobox], [role=searchbox], [role=textbox]";
      for (const part of name ? box.querySelectorAll(parts) : []) part.ariaLabel = name;
    }
    const opened = document.querySelector("select + .select2-container--open [role=combobox]")?.ariaLabel;
    const search = document.querySelector(".select2-dropdown [role=searchbox]");
    if (opened && search) search.ariaLabel = opened;
    for (const mark of document.querySelectorAll("span.help-tooltip[aria-label]")) mark.role = "img";
  }

  /** On a phone each cell stands beside its name; the first one is called the box that selects a row, also where there is none. */
  function nameFirstCells() {
    const name = text(document.querySelector("#result_list thead th:first-child .text"));
    const cells = name ? document.querySelectorAll("#result_list tbody td[data-label]:first-child:not(:has(input))") : [];
    for (const cell of cells) cell.dataset.label = name;
  }

  // The widgets are made after the page has been read, some of them when they are first opened.
  document.addEventListener("DOMContentLoaded", () => {
    nameFirstCells();
    nameFields();
    new MutationObserver(nameFields).observe(document.body, { childList: true, subtree: true });
  });
}
