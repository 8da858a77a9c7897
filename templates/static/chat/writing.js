// An answer while it is written: its text, with the marks of Markdown made bold, a bullet or the number of a source.
// What it is in the end is rendered by the server.

const FENCE = /^\s*(```|~~~)/;
const HEADING = /^#{1,6}\s+/;
const BULLET = /^(\s*)[-*+]\s+/;
const TABLE_RULE = /^[\s|:-]*-\|[\s|:-]*$/;
const MARKS = /\*\*(?<strong>\S.*?)\*\*|~~(?<s>\S.*?)~~|`(?<code>[^`]+)`|\[(?<cite>\d{1,3})\]|(?<![\w*])\*(?<em>[^\s*][^*]*)\*/g;

function element(name, text) {
  const made = document.createElement(name === "cite" ? "span" : name);
  if (name === "cite") made.className = "cite";
  made.textContent = text;
  return made;
}

/** The marked words of a line as elements, everything else as text. */
function dressed(line) {
  const parts = [];
  let rest = 0;
  for (const mark of line.matchAll(MARKS)) {
    const [name, text] = Object.entries(mark.groups).find(([, group]) => group !== undefined);
    parts.push(line.slice(rest, mark.index), element(name, text));
    rest = mark.index + mark[0].length;
  }
  return [...parts, line.slice(rest)];
}

export class Writing {
  #holder;
  #line; // the element of the line that is being written
  #text = ""; // what it holds
  #isCode = false;

  constructor(holder) {
    this.#holder = holder;
    this.#line = holder.appendChild(element("span", ""));
  }

  /** Only the last line changes: a long answer is written as fast as a short one. */
  add(text) {
    const [first, ...others] = text.split("\n");
    this.#show(this.#text + first);
    for (const line of others) {
      this.#end();
      this.#show(line);
    }
  }

  #show(line) {
    this.#text = line;
    if (this.#isCode || FENCE.test(line)) this.#line.replaceChildren(FENCE.test(line) ? "" : line);
    else if (HEADING.test(line)) this.#line.replaceChildren(element("strong", line.replace(HEADING, "")));
    else this.#line.replaceChildren(...dressed(TABLE_RULE.test(line) ? "" : line.replace(BULLET, "$1• ")));
  }

  #end() {
    if (FENCE.test(this.#text)) this.#isCode = !this.#isCode;
    this.#line = element("span", "");
    this.#holder.append("\n", this.#line);
  }
}
