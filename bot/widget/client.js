// The bot over HTTP. What goes wrong is a Problem, whose message is one sentence for the visitor.

const PATIENCE_MS = 60_000; // without a word of an answer
const BROKEN_OFF = "The connection broke off before the answer was complete.";
const TOLD = new Set(); // what the console already says to the site's owner

class Problem extends Error {
  constructor(message, { status = 0, retryAfter = null } = {}) {
    super(message);
    this.status = status; // of HTTP; 0 where there was no answer
    this.retryAfter = retryAfter; // seconds, where the bot asks to wait
  }
}

function tellOwner(sentence) {
  if (TOLD.has(sentence)) return;
  TOLD.add(sentence);
  console.error(`support-bot: ${sentence}`);
}

class Client {
  // `bot` is the bot's origin; `identity` gives the signed identity of the visitor, or null.
  constructor(bot, identity) {
    this.bot = bot;
    this.identity = identity;
    this.isBlockedByPolicy = false;
  }

  profile() {
    return this.#json("/widget/profile.json", {});
  }

  // Ask, hand each token to `onToken`, and return the whole reply.
  async ask(request, onToken, signal) {
    const call = new AbortController();
    const stop = () => call.abort();
    signal.addEventListener("abort", stop);
    let patience = setTimeout(stop, PATIENCE_MS);
    try {
      const response = await this.#request("/api/v1/ask", {
        body: request,
        headers: { Accept: "text/event-stream" },
        signal: call.signal,
      });
      for await (const { name, data } of readEvents(response)) {
        clearTimeout(patience);
        patience = setTimeout(stop, PATIENCE_MS);
        if (name === "token") onToken(data);
        if (name === "reply") return this.#withFullLinks(JSON.parse(data));
        if (name === "error") throw problemFrom(JSON.parse(data), null);
      }
      throw new Problem(BROKEN_OFF);
    } catch (error) {
      if (call.signal.aborted && !signal.aborted) {
        throw new Problem("No answer came within a minute.");
      }
      throw error;
    } finally {
      clearTimeout(patience);
      signal.removeEventListener("abort", stop);
    }
  }

  // Approved answers stand on pages of the bot, whose address it need not know itself.
  #withFullLinks(reply) {
    for (const each of [...reply.citations, ...reply.related]) {
      if (each.url.startsWith("/curated/")) each.url = this.bot + each.url;
    }
    return reply;
  }

  vote(replyId, vote, reason) {
    return this.#request("/api/v1/feedback", { body: { reply_id: replyId, vote, reason } });
  }

  sendTicket(request, idempotencyKey) {
    const headers = { "Idempotency-Key": idempotencyKey };
    return this.#json("/api/v1/tickets", { body: request, headers });
  }

  ticket(ticketId) {
    return this.#json(`/api/v1/tickets/${encodeURIComponent(ticketId)}`, {});
  }

  async #json(path, options) {
    const response = await this.#request(path, options);
    try {
      return await response.json();
    } catch {
      throw new Problem("The bot's answer cannot be read: try again.");
    }
  }

  async #request(path, { body, headers = {}, signal }) {
    const identity = this.identity();
    let response;
    try {
      response = await this.#fetch(path, {
        method: body ? "POST" : "GET",
        headers: {
          ...headers,
          ...(body ? { "Content-Type": "application/json" } : {}),
          ...(identity ? { "X-Visitor-Identity": identity } : {}),
        },
        body: body && JSON.stringify(body),
        signal,
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw await this.#unreachable();
    }
    if (response.ok) return response;
    if (response.status === 403) throw this.#refused();
    throw problemFrom(await response.json().catch(() => ({})), response);
  }

  #fetch(path, options) {
    return fetch(this.bot + path, { credentials: "omit", cache: "no-store", ...options });
  }

  // Browsers do not say why a request failed. One that expects no answer passes for every site,
  // so when it does and a plain one does not, the bot is there and refuses this site.
  async #unreachable() {
    if (this.isBlockedByPolicy) {
      tellOwner(`this page's Content-Security-Policy blocks ${this.bot}: add it to connect-src.`);
      return new Problem("This page does not let the support bot be reached.");
    }
    try {
      await this.#fetch("/widget.js", { mode: "no-cors" });
    } catch {
      const reason = navigator.onLine
        ? "cannot be reached"
        : "cannot be reached because you are offline";
      return new Problem(`The support bot ${reason}: try again in a moment.`);
    }
    try {
      await this.#fetch("/widget/profile.json", {});
    } catch {
      return this.#refused();
    }
    return new Problem("The connection to the support bot broke off: try again.");
  }

  #refused() {
    tellOwner(
      `${this.bot} does not allow pages of ${location.origin}: add ${location.origin} to the bot's` +
        ` setting SUPPORTBOT_ORIGINS and restart it.`,
    );
    return new Problem("The support bot is not set up for this site.", { status: 403 });
  }
}

// A problem+json, or whatever else came instead of it, as a Problem.
function problemFrom(problem, response) {
  const status = Number(problem.status ?? response?.status ?? 0);
  const asked = Number.parseInt(response?.headers.get("Retry-After"), 10);
  const retryAfter = Number.isNaN(asked) ? null : Math.max(asked, 1);
  const detail = typeof problem.detail === "string" ? problem.detail : "";
  return new Problem(detail || `The support bot failed (${status}): try again.`, {
    status,
    retryAfter,
  });
}

// The server-sent events of a response, each { name, data }, as they come.
async function* readEvents(response) {
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error) => {
        throw error.name === "AbortError" ? error : new Problem(BROKEN_OFF);
      });
      if (done) return;
      const events = (rest + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/);
      rest = events.pop();
      for (const event of events) yield readEvent(event);
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function readEvent(text) {
  let name = "message";
  const data = [];
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
  }
  return { name, data: data.join("\n") };
}
