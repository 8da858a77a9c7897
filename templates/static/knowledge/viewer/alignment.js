// Finds a passage in the text of a page, though lines, hyphens, spaces and marks may stand differently there.

const SEED = 16; // so many letters, the same in both, are no chance

/** The letters and digits of a text in their plainest form, each with the offset that it has in the text. */
export function fold(text) {
  let letters = "";
  const origins = [];
  let offset = 0;
  for (const character of text) {
    for (const letter of character.normalize("NFKD").toLowerCase()) {
      if (!/[\p{L}\p{N}]/u.test(letter)) continue;
      letters += letter;
      for (let unit = 0; unit < letter.length; unit += 1) origins.push(offset);
    }
    offset += character.length;
  }
  return { letters, origins };
}

/** The ranges [start, end) of a page that hold the passage, in order and apart; both are folded letters. */
export function align(passage, page) {
  const seed = Math.min(SEED, passage.length);
  if (seed === 0) return [];
  const places = placesOf(page, seed);
  const ranges = [];
  let expected = 0;
  for (let at = 0; at + seed <= passage.length; ) {
    const run = longestRun(places.get(passage.slice(at, at + seed)) ?? [], { passage, at, page, seed, expected });
    if (!run) {
      at += 1;
      continue;
    }
    ranges.push(run);
    at += run[1] - run[0];
    expected = run[1];
  }
  return joined(ranges);
}

function placesOf(page, length) {
  const places = new Map();
  for (let at = 0; at + length <= page.length; at += 1) {
    const letters = page.slice(at, at + length);
    if (places.has(letters)) places.get(letters).push(at);
    else places.set(letters, [at]);
  }
  return places;
}

/** Where most of the rest of the passage follows; among equals the one nearest to where it is expected. */
function longestRun(starts, { passage, at, page, seed, expected }) {
  let best = null;
  for (const start of starts) {
    let length = seed;
    while (at + length < passage.length && passage[at + length] === page[start + length]) length += 1;
    const isLonger = !best || length > best[1] - best[0];
    const isNearer = best && length === best[1] - best[0] && Math.abs(start - expected) < Math.abs(best[0] - expected);
    if (isLonger || isNearer) best = [start, start + length];
  }
  return best;
}

function joined(ranges) {
  const apart = [];
  for (const [start, end] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = apart.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else apart.push([start, end]);
  }
  return apart;
}
