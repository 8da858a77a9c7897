// Charts of the front page tell their figures under the pointer. The words are those of the table below each of them.

for (const chart of document.querySelectorAll("[data-chart]")) {
  const drawing = chart.querySelector("[data-drawing]");
  const table = chart.querySelector("table");
  if (drawing && table) tell(drawing, table);
}

function tell(drawing, table) {
  const days = [...table.tBodies[0].rows].reverse();
  const headings = [...table.tHead.rows[0].cells].slice(1);
  const note = document.createElement("div");
  note.className = "k-tip";
  const line = document.createElement("div");
  line.className = "k-pointer";
  for (const element of [line, note]) element.hidden = true;
  drawing.append(line, note);

  const dayAt = (event) => {
    const { left, width } = drawing.getBoundingClientRect();
    return Math.min(Math.max(Math.floor(((event.clientX - left) / width) * days.length), 0), days.length - 1);
  };

  const show = (event) => {
    const place = dayAt(event);
    note.replaceChildren(...contents(days[place], headings));
    const middle = (100 * (place + 0.5)) / days.length;
    line.style.insetInlineStart = `${middle}%`;
    note.style.insetInlineStart = middle < 50 ? `calc(${middle}% + 10px)` : "auto";
    note.style.insetInlineEnd = middle < 50 ? "auto" : `calc(${100 - middle}% + 10px)`;
    line.hidden = note.hidden = false;
  };

  const hide = () => { line.hidden = note.hidden = true; };

  drawing.addEventListener("pointermove", show);
  drawing.addEventListener("pointerdown", show);
  drawing.addEventListener("pointerleave", hide);
  drawing.addEventListener("click", (event) => {
    if (event.pointerType === "mouse") days[dayAt(event)].querySelector("a").click();
  });
}

function contents(day, headings) {
  const name = document.createElement("strong");
  name.textContent = day.cells[0].textContent;
  const lines = headings.map((heading, place) => {
    const line = document.createElement("span");
    const swatch = document.createElement("i");
    swatch.className = `k-swatch k-tone-${heading.dataset.tone}`;
    const figure = document.createElement("b");
    figure.textContent = day.cells[place + 1].textContent;
    line.append(swatch, ` ${heading.textContent} `, figure);
    return line;
  });
  return [name, ...lines];
}
