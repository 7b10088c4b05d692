// A browser without a window: cookies, forms with their antiforgery token, redirects. Enough to walk through the pages as a person does.
export class Browser {
  #cookies = new Map();

  constructor(server) { this.server = server; }

  async get(path) { return this.#ask(path, {}); }

  /** Fills in the form that is on a page and sends it. */
  async submit(page, fields, action = page) {
    const html = await (await this.get(page)).text();
    return this.post(action, { ...hiddenFields(html), ...fields });
  }

  /** Sends a form's fields. */
  async post(action, fields) {
    return this.#ask(action, { method: "POST", body: new URLSearchParams(fields), headers: { accept: "text/html" } });
  }

  /** What a page's own script asks for. */
  async script(method, path, body) {
    return this.#ask(path, {
      method,
      headers: { "content-type": "application/json", "X-SecureRecorder": "1", accept: "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  }

  async #ask(path, request) {
    const headers = { ...request.headers, cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
    const answer = await fetch(new URL(path, this.server), { ...request, headers, redirect: "manual" });
    for (const line of answer.headers.getSetCookie()) {
      const [pair] = line.split(";");
      this.#cookies.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
    }
    if (answer.status >= 300 && answer.status < 400) { return this.#ask(answer.headers.get("location"), {}); }
    answer.path = new URL(answer.url).pathname;
    return answer;
  }
}

/** The hidden fields of the page's forms: antiforgery token and what else must come back. */
export function hiddenFields(html) {
  return Object.fromEntries([...html.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([tag]) => [attribute(tag, "name"), attribute(tag, "value")]));
}

function attribute(tag, name) {
  const value = new RegExp(`${name}="([^"]*)"`).exec(tag)?.[1] ?? "";
  return value.replaceAll("&#x2B;", "+").replaceAll("&amp;", "&").replaceAll("&quot;", '"').replaceAll("&#x2F;", "/").replaceAll("&#x3D;", "=");
}
