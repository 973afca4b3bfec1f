// An exchange of the conversation: the question, and under it the answer with all that goes along.

const LONGEST_REASON = 2000;

class ExchangeView {
  #body = node("div", { class: "body" });
  #shownReply = null;

  // `actions` is { ask(question), again(exchange), edit(exchange), announce(sentence), signal }.
  constructor(exchange, conversation, actions) {
    this.exchange = exchange;
    this.conversation = conversation;
    this.actions = actions;
    this.question = node("p", { class: "question" });
    this.editButton = button("Edit", () => actions.edit(exchange), "text edit");
    this.element = node(
      "article",
      { class: "exchange" },
      node(
        "div",
        { class: "asked" },
        node("span", { class: "sr" }, "You asked:"),
        this.question,
        this.editButton,
      ),
      this.#body,
    );
    this.show();
  }

  get #base() {
    return this.conversation.profile?.docs_url;
  }

  // Show the exchange as it is now.
  show() {
    const { exchange } = this;
    this.question.textContent = exchange.question;
    if (exchange.reply && exchange.reply === this.#shownReply) return;
    this.#shownReply = exchange.reply ?? null;
    this.#body.replaceChildren(
      ...(exchange.reply ? this.#replyNodes(exchange.reply) : this.#unfinishedNodes()),
    );
  }

  showEdit(isPossible) {
    this.editButton.hidden = !isPossible;
  }

  #unfinishedNodes() {
    const { exchange, conversation, actions } = this;
    const isRunning = conversation.isAnswering && conversation.last === exchange;
    const nodes = [];
    if (exchange.partial) {
      const context = { base: this.#base, marker: markerText };
      nodes.push(node("div", { class: "answer" }, renderMarkdown(exchange.partial, context)));
    }
    if (exchange.waiting)
      nodes.push(node("p", { class: "note" }, waitingSentence(exchange.waiting)));
    else if (isRunning && !exchange.partial) {
      nodes.push(node("p", { class: "pending" }, "Looking in the documentation"));
    }
    if (isRunning) return nodes;
    const again = button("Ask again", () => actions.again(exchange));
    const sentence = exchange.isStopped
      ? "Stopped."
      : exchange.failure || "The page was left before the answer was complete.";
    const kind = exchange.isStopped ? "note" : "problem";
    return [
      ...nodes,
      node("p", { class: kind }, sentence),
      node("div", { class: "actions" }, again),
      ...this.#deskNodes(),
    ];
  }

  #replyNodes(reply) {
    const { exchange, conversation, actions } = this;
    const sources = new SourceView(reply.citations, this.#base);
    const context = { base: this.#base, marker: (n) => sources.marker(n) };
    const { announce, signal } = actions;
    const forms = exchange.drafts.map(
      (draft) => new TicketForm(exchange, draft, conversation, announce, signal).element,
    );
    return [
      reply.notice ? node("p", { class: "note" }, reply.notice) : null,
      node("div", { class: "answer" }, renderMarkdown(reply.answer, context)),
      this.#choices(reply.choices),
      sources.element,
      reply.outcome === "unanswered" ? this.#related(reply.related) : null,
      // What is no answer cannot be voted on.
      ["answered", "unanswered"].includes(reply.outcome) ? this.#votes(reply) : null,
      ...(forms.length ? forms : this.#deskNodes()),
    ].filter(Boolean);
  }

  #choices(choices) {
    if (!choices.length) return null;
    const buttons = choices.map((choice) =>
      button(choice, () => this.actions.ask(choice), "choice"),
    );
    return node("div", { class: "choices" }, ...buttons);
  }

  #related(related) {
    if (!related.length) return null;
    const rows = related.map((each) =>
      node("li", {}, link(each.url, this.#base, headingPath(each))),
    );
    return node(
      "div",
      { class: "links" },
      node("h3", {}, "What the pages say nearby"),
      node("ul", {}, ...rows),
    );
  }

  // Who asked for a person and got no draft is told how to reach the desk.
  #deskNodes() {
    const { exchange, conversation } = this;
    const desk = conversation.desk(conversation.profile?.default_desk);
    if (!exchange.wantsPerson || !desk) return [];
    const ways = [
      desk.url ? link(desk.url, null, desk.url) : null,
      desk.email ? link(`mailto:${desk.email}`, null, desk.email) : null,
    ].filter(Boolean);
    return [
      node(
        "div",
        { class: "desk" },
        node("h3", {}, desk.name),
        node("p", {}, ...spans(desk.how, { base: this.#base, marker: () => null })),
        ...ways.map((way) => node("p", {}, way)),
      ),
    ];
  }

  #votes(reply) {
    const { exchange } = this;
    const status = node("p", { class: "thanks", hidden: true });
    const reason = node("textarea", {
      rows: "1",
      maxlength: String(LONGEST_REASON),
      "aria-label": "Reason for your vote (optional)",
      placeholder: "What was right or wrong? (optional)",
    });
    reason.value = exchange.reason ?? "";
    reason.addEventListener("input", () => {
      exchange.reason = reason.value;
      this.conversation.save();
    });
    const reasonRow = node("div", { class: "reason", hidden: true }, reason);
    const buttons = { up: null, down: null };
    // Hand the vote over, and say so, or why that failed; returns whether it worked.
    const keep = async (thanks) => {
      let sentence = thanks;
      try {
        await this.conversation.vote(exchange);
      } catch (error) {
        sentence = asProblem(error).message;
      }
      status.textContent = sentence;
      status.hidden = !sentence;
      this.actions.announce(sentence);
      return sentence === thanks;
    };
    const show = () => {
      for (const [vote, each] of Object.entries(buttons)) {
        each.setAttribute("aria-pressed", String(exchange.vote === vote));
      }
      reasonRow.hidden = !exchange.vote || Boolean(exchange.isThanked);
    };
    const vote = async (direction) => {
      const before = exchange.vote;
      Object.assign(exchange, { vote: direction, isThanked: false });
      show();
      if (!(await keep(""))) exchange.vote = before;
      show();
    };
    reasonRow.append(
      button("Send reason", async () => {
        exchange.isThanked = await keep("Thank you, this is noted.");
        show();
        if (exchange.isThanked) buttons[exchange.vote].focus();
      }),
    );
    buttons.up = iconButton("up", "This helps", () => vote("up"));
    buttons.down = iconButton("down", "This does not help", () => vote("down"));
    const copying = button("Copy", () => copy(answerText(reply), copying), "text");
    show();
    return node(
      "div",
      { class: "votes" },
      node("div", { class: "row" }, buttons.up, buttons.down, copying),
      reasonRow,
      status,
    );
  }
}

// A marker before it is known what it stands for.
function markerText(n) {
  return node("span", { class: "marker" }, String(n));
}

function waitingSentence({ problem, status, seconds }) {
  const reason = status === 429 ? "That was too much at once." : problem;
  return `${reason} I ask again in ${seconds} second${seconds === 1 ? "" : "s"}.`;
}
