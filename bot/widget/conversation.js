// The conversation: what was asked and answered, kept by a Memory and continued through a Client.
//
// An exchange is { question, wantsPerson, partial, reply, drafts, failure, isStopped, waiting, vote,
// reason, isThanked }; a draft is a ticket of the API and where it is. Both are plain data to keep.

const HISTORY_EXCHANGES = 10; // sent along with a question
const SAVE_AFTER_MS = 250;
const TRIES = 3; // where the bot asks to wait
const LONGEST_WAIT_S = 60;
const LOOK_AFTER_MS = [1000, 2000, 3000, 5000, 10_000, 20_000, 30_000, 60_000]; // at a ticket
const KEPT_OF_A_REPLY = [
  ...["reply_id", "outcome", "answer", "citations", "choices", "related", "notice"],
];
const TICKET_PARTS = ["desk", "kind", "priority", "subject", "description", "fields"];

class Conversation {
  #saving = null;
  #running = null;
  #before = null; // the state that a start over put away
  #isLeft = false; // whether the page goes away, and with it what it waits for

  // `tell` says an event to the page, by name and detail.
  constructor(client, memory, tell) {
    this.client = client;
    this.memory = memory;
    this.tell = tell;
    this.state = memory.read();
    this.profile = null; // of the bot, once it could be read
  }

  get isAnswering() {
    return this.#running !== null;
  }

  get exchanges() {
    return this.state.exchanges;
  }

  get last() {
    return this.exchanges.at(-1);
  }

  // The last question may be asked otherwise as long as nothing was sent because of it.
  get isLastOpen() {
    return Boolean(this.last) && !(this.last.drafts ?? []).some((draft) => draft.ticketId);
  }

  desk(id) {
    return this.profile?.desks.find((desk) => desk.id === id);
  }

  // Keep what is there, soon.
  save() {
    this.#saving ??= setTimeout(() => this.saveNow(), SAVE_AFTER_MS);
  }

  saveNow() {
    clearTimeout(this.#saving);
    this.#saving = null;
    if (!this.#isLeft) this.memory.write(this.state);
  }

  // Keep what is there now, not what breaks off because the page is left.
  leave() {
    this.saveNow();
    this.#isLeft = true;
  }

  comeBack() {
    this.#isLeft = false;
  }

  // Take over what another page of the same site kept.
  reload() {
    this.state = this.memory.read();
  }

  async readProfile() {
    this.profile ??= await this.client.profile();
  }

  add(question) {
    const exchange = { question };
    this.exchanges.push(exchange);
    this.#before = null;
    return exchange;
  }

  remove(exchange) {
    this.exchanges.splice(this.exchanges.indexOf(exchange), 1);
    this.save();
  }

  stop() {
    this.#running?.abort();
  }

  startOver() {
    this.stop();
    this.#before = this.state;
    const { isOpen, startedWith } = this.state;
    this.state = { ...newState(), isOpen, startedWith };
    this.saveNow();
  }

  // Bring back what the last start over put away, if nothing was asked since.
  undoStartOver() {
    this.state = this.#before ?? this.state;
    this.#before = null;
    this.saveNow();
  }

  // Have an exchange answered; `changed` is called whenever it shows something new.
  // Returns the Problem that kept it from being answered, or null.
  async answer(exchange, changed) {
    const running = new AbortController();
    this.#running = running;
    Object.assign(exchange, { partial: "", failure: "", isStopped: false, waiting: null });
    this.saveNow();
    changed();
    let problem = null;
    try {
      const reply = await patiently(
        () => {
          exchange.partial = "";
          return this.client.ask(this.#request(exchange), onToken, running.signal);
        },
        (waiting) => {
          exchange.waiting = waiting;
          changed();
        },
        running.signal,
      );
      this.#finish(exchange, reply);
    } catch (error) {
      if (running.signal.aborted) exchange.isStopped = true;
      else problem = asProblem(error);
      exchange.failure = problem?.message ?? "";
    }
    exchange.waiting = null;
    this.#running = null;
    this.saveNow();
    changed();
    if (exchange.reply) this.tell("reply", exchange.reply);
    if (problem) this.tell("error", { message: problem.message, status: problem.status });
    return problem;

    function onToken(token) {
      exchange.partial += token;
      changed();
    }
  }

  #request(exchange) {
    const earlier = this.exchanges.slice(0, this.exchanges.indexOf(exchange));
    const history = earlier
      .filter((each) => each.reply)
      .slice(-HISTORY_EXCHANGES)
      .flatMap((each) => [
        { role: "user", content: each.question },
        { role: "assistant", content: each.reply.answer },
      ]);
    const { conversation } = this.state;
    return {
      question: exchange.question,
      history,
      ...(conversation ? { conversation_id: conversation } : {}),
    };
  }

  #finish(exchange, reply) {
    this.state.conversation = reply.conversation_id;
    exchange.reply = Object.fromEntries(KEPT_OF_A_REPLY.map((name) => [name, reply[name]]));
    // What was masked shall not stay in the browser either.
    if (reply.notice) exchange.question = reply.question;
    exchange.drafts = [reply.ticket, ...(reply.more_tickets ?? [])].filter(Boolean);
    if (exchange.wantsPerson && reply.ticket) reply.ticket.isOpen = true;
  }

  async vote(exchange) {
    await this.client.vote(exchange.reply.reply_id, exchange.vote, exchange.reason ?? "");
    this.save();
  }

  // Send a draft; throws the Problem that kept it from being taken. `waits` as in `patiently`.
  async sendDraft(exchange, draft, waits) {
    const request = {
      reply_id: exchange.reply.reply_id,
      draft: exchange.drafts.indexOf(draft),
      ticket: Object.fromEntries(TICKET_PARTS.map((name) => [name, draft[name]])),
      contact: { name: this.state.contact.name, email: this.state.contact.email.trim() },
      conversation_id: this.state.conversation,
      send: true,
    };
    const send = async (asked) => {
      const content = JSON.stringify(asked);
      // A repeat of the same is the same ticket, whatever became of the first try.
      if (draft.tried?.content !== content) draft.tried = { content, key: newKey() };
      this.saveNow();
      return this.client.sendTicket(asked, draft.tried.key);
    };
    const taken = await patiently(
      async () => {
        try {
          return await send(request);
        } catch (error) {
          // The bot may have deleted the reply by now; the ticket is whole without it.
          if (error.status !== 404) throw error;
          return send({ ...request, reply_id: null });
        }
      },
      waits,
      new AbortController().signal,
    );
    draft.tried = null;
    this.#note(draft, taken);
  }

  // Look at a ticket that is on its way until it is settled; `changed` is called when it is.
  async follow(draft, changed, signal) {
    for (const wait of LOOK_AFTER_MS) {
      await pause(wait, signal);
      if (signal.aborted) return;
      const now = await this.client.ticket(draft.ticketId).catch(() => null);
      if (now && now.state !== draft.state) {
        this.#note(draft, { ...now, notice: draft.notice });
        changed();
        return;
      }
    }
  }

  #note(draft, { ticket_id: ticketId, state, status, number, how, notice }) {
    Object.assign(draft, { ticketId, state, status, number, how, notice });
    this.saveNow();
    this.tell("ticket", { ticket_id: ticketId, state, number });
  }
}

// Do something, waiting where the bot asks to. `waits` is told { problem, seconds } as they pass,
// and null when a wait is over; a signal that is aborted ends the wait.
async function patiently(attempt, waits, signal) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      const seconds = error.retryAfter ?? Infinity;
      if (tries === TRIES || seconds > LONGEST_WAIT_S) throw error;
      for (let left = seconds; left > 0; left -= 1) {
        waits({ problem: error.message, status: error.status, seconds: left });
        await pause(1000, signal);
        if (signal.aborted) throw error;
      }
      waits(null);
    }
  }
}

function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}

// A Problem as it is; a fault of the widget itself is told to the console.
function asProblem(error) {
  if (error instanceof Problem) return error;
  console.error("support-bot:", error);
  return new Problem("The support bot's window failed: load the page anew and ask again.");
}

// A key that nobody else has; crypto.randomUUID is only there on https.
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
