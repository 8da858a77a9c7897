// Server-sent events (HTML Living Standard, 9.2.6) of a response to a POST, which EventSource cannot send.

/** Each as [name, data]. */
export async function* events(body) {
  let rest = "";
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split(/\r?\n\r?\n/);
    rest = blocks.pop();
    for (const block of blocks) {
      const fields = new Map(block.split(/\r?\n/).map((line) => line.split(/: ?(.*)/s, 2)));
      if (fields.has("data")) yield [fields.get("event"), JSON.parse(fields.get("data"))];
    }
  }
}
