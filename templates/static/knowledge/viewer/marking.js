// Marks a passage in the text layer of a page.

import { align, fold } from "./alignment.js";

/** `parts` are the elements of the layer in reading order, each with one text. The marks, in that order. */
export function mark(parts, words) {
  const page = { letters: "", places: [] };
  parts.forEach((part, index) => {
    const { letters, origins } = fold(part.textContent);
    page.letters += letters;
    for (const offset of origins) page.places.push({ index, offset });
  });
  const ranges = align(fold(words).letters, page.letters);
  return [...stretches(parts, ranges, page.places)].map(wrap);
}

/** What the parts hold of the ranges: from letter to letter, with the signs and spaces in between. */
function* stretches(parts, ranges, places) {
  for (const [first, after] of ranges) {
    const [from, to] = [places[first], places[after - 1]];
    for (let index = from.index; index <= to.index; index += 1) {
      const text = parts[index].textContent;
      const start = index === from.index ? from.offset : 0;
      const end = index === to.index ? endOfWord(text, to.offset) : text.length;
      if (start < end) yield { part: parts[index], start, end };
    }
  }
}

/** After the signs that close the word. */
function endOfWord(text, offset) {
  return offset + text.slice(offset).match(/^.[^\p{L}\p{N}\s]*/su)[0].length;
}

function wrap({ part, start, end }) {
  const text = part.lastChild; // what was marked before stands in front of it
  const before = part.textContent.length - text.length;
  const range = document.createRange();
  range.setStart(text, Math.max(start - before, 0));
  range.setEnd(text, end - before);
  const marked = document.createElement("mark");
  range.surroundContents(marked);
  return marked;
}
