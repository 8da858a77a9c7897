// The site's REST API, as the scripts of the page call it.

const page = document.querySelector("#main");

/** The server, or the line to it, did not do what was asked: `message` is a sentence for the reader. */
export class Refused extends Error {
  constructor(message, { status = 0, code = "", wait = 0 } = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.wait = wait;
  }
}

/** Parsed JSON, or null if there is none. Throws Refused; status 0: the server was not reached. */
export async function api(method, url, body) {
  const response = await send(method, url, { body });
  return response.status === 204 ? null : response.json();
}

/** The response itself, if it is one of success. */
export async function send(method, url, { body, accept = "application/json", signal } = {}) {
  const headers = { "Accept": accept, "X-CSRFToken": csrfToken() };
  if (page.dataset.account) headers["X-Account"] = page.dataset.account; // else a sign-out elsewhere would go unnoticed
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(url, { method, headers, signal, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Refused(page.dataset.unreachable);
  }
  if (!response.ok) throw await refusal(response);
  return response;
}

async function refusal(response) {
  const { code, detail, fields } = await response.json().catch(() => ({}));
  const field = Object.values(fields ?? {}).flat().find((sentence) => typeof sentence === "string");
  const wait = Number(response.headers.get("Retry-After")) || 0;
  return new Refused(field ?? detail ?? page.dataset.unreachable, { status: response.status, code, wait });
}

/** That of the cookie: signing in in another tab makes those in the forms of this page stale. */
function csrfToken() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]*)/)?.[1] ?? "";
}
