// Fetches the parts of a document that are needed, so that a large one opens as fast as a small one.

const PART = 2 ** 17; // bytes
const RETRIES = 3;
const PAUSE_MILLISECONDS = 500;

/** Opens the document. `lost` is called when a part of it cannot be had. */
export function openDocument(library, { url, etag, size, assets, lost }) {
  class Parts extends library.PDFDataRangeTransport {
    requestDataRange(begin, end) {
      part(url, etag, begin, end).then((bytes) => this.onDataRange(begin, bytes), lost);
    }
  }
  return library.getDocument({
    range: new Parts(size, null),
    rangeChunkSize: PART,
    disableAutoFetch: true,
    disableStream: true,
    enableXfa: false,
    cMapUrl: `${assets}cmaps/`,
    standardFontDataUrl: `${assets}standard_fonts/`,
    wasmUrl: `${assets}wasm/`,
    iccUrl: `${assets}iccs/`,
  }).promise;
}

async function part(url, etag, begin, end) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await fetchPart(url, etag, begin, end);
    } catch (error) {
      if (attempt === RETRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS * 2 ** attempt));
    }
  }
}

async function fetchPart(url, etag, begin, end) {
  const controller = new AbortController();
  const headers = { "Range": `bytes=${begin}-${end - 1}`, "If-Range": etag };
  const response = await fetch(url, { headers, signal: controller.signal });
  if (response.status !== 206) { // the whole of another document, or none
    controller.abort();
    throw new Error(String(response.status));
  }
  return new Uint8Array(await response.arrayBuffer());
}
