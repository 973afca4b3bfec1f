// Links in a message open something beside the conversation, or undo what was masked in it; its
// buttons ask, copy or edit. `trigger` tells the page which one.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.(
    'a[href^="#source-"], a[href^="#related-"], a[href^="#draft-"], a[href^="#ticket-"],' +
      ' a[href^="#unmask-"]'
  );
  if (!link) return;
  event.preventDefault();
  const target = link.getAttribute("href").slice(1);
  if (target.startsWith("unmask-")) {
    trigger("unmask", { number: Number(target.slice("unmask-".length)) });
    return;
  }
  supportbot.opener = link;
  trigger("open", { target_id: target });
});

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  if (!button) return;
  if (button.matches("#suggestions .suggestion")) {
    trigger("suggestion", { number: Number(button.value) });
  } else if (button.matches("#conversation .edit")) {
    trigger("edit", {});
  } else if (button.matches("#conversation .copy")) {
    const reply = button.closest(".reply");
    supportbot.copyInto(button, reply.querySelector(".copied").textContent);
  } else if (button.matches(".under-answer .close")) {
    document.querySelector("#close").click();
  }
  const asks = button.matches(".suggestion, #conversation :is(.example, .options button)");
  if (asks) supportbot.asked = button.innerText.trim();
  // What was pressed with a key vanishes; the keyboard goes on where the next question is typed.
  if (event.detail === 0 && (asks || button.id === "send")) supportbot.focusQuestion();
});

for (const scrolls of ["wheel", "touchmove", "pointerdown", "keydown"]) {
  document.addEventListener(scrolls, () => (supportbot.isFollowing = false), { passive: true });
}

// What was asked outlives a server that is lost before it has answered. A key that is held, or a
// hand that trembles, asks once.
function noteSent(event) {
  const isSent = event.type === "click"
    ? event.target.closest?.("#send")
    : event.key === "Enter" && !event.shiftKey && event.target.matches?.("#question textarea");
  if (isSent && (event.repeat || !supportbot.noteAsked())) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}
document.addEventListener("keydown", noteSent, true);
document.addEventListener("click", noteSent, true);

// What is typed anew, or pasted, is meant to be asked again.
document.addEventListener("input", (event) => {
  if (event.target.matches?.("#question textarea")) supportbot.sent = -Infinity;
}, true);

// What the server would not take at all is left out before it is uploaded, the rest goes on.
document.addEventListener("change", (event) => {
  if (!event.target.matches?.("#draft-attachments input[type=file]")) return;
  const largest = window.gradio_config?.max_file_size ?? Infinity;
  const kept = new DataTransfer();
  document.querySelectorAll("#draft-attachments > .refused").forEach((each) => each.remove());
  for (const file of event.target.files) {
    if (file.size <= largest) kept.items.add(file);
    else supportbot.refuse(file, largest);
  }
  if (kept.files.length === event.target.files.length) return;
  event.target.files = kept.files;
  if (!kept.files.length) event.stopPropagation();
}, true);

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  // A box is kept when it is left, and one that vanishes is not left.
  if (document.activeElement?.closest("#draft")) document.activeElement.blur();
  document.querySelector(document.activeElement?.closest("#talk") && supportbot.isEditing()
    ? "#leave" : "#close")?.click();
});

// The chat component labels each message with its HTML, which a screen reader would spell out; the
// finished answer is announced once, apart from it.
new MutationObserver(() => {
  document.querySelectorAll("#conversation [data-testid][aria-label]").forEach((message) => {
    message.removeAttribute("aria-label");
  });
  document.querySelector("#conversation [role=log]")?.setAttribute("aria-live", "off");
  // A list without items, whose buttons say enough by themselves.
  document.querySelector("#conversation .examples[role]")?.removeAttribute("role");
  supportbot.followState();
  supportbot.followSource();
  supportbot.followQuestions();
  supportbot.watchConnection();
  supportbot.restoreAsked();
}).observe(document.body, { childList: true, subtree: true });

const narrow = window.matchMedia("(max-width: 860px)");
narrow.addEventListener("change", () => supportbot.followSource());
window.addEventListener("pagehide", () => supportbot.isLost && supportbot.keep(supportbot.unsent()));

window.supportbot = {
  opener: null, // the link that opened what is open
  section: null, // of the panel, as it was last looked at
  state: null, // the ticket whose form is open, and how far it is
  asked: "", // as it was last sent off
  sent: 0, // when that was, in milliseconds
  questions: 0, // shown in the conversation
  isFollowing: false, // whether the latest question is kept in view
  isLost: false, // whether the server was lost
  isRestored: false, // whether what was asked then has been looked for

  show() {
    // The panel is drawn after the event that fills it.
    const wait = setInterval(() => {
      if (!document.querySelector("#beside h2")) return;
      clearInterval(wait);
      supportbot.followSource();
      const panel = document.querySelector(".under-answer") ?? document.querySelector("#beside");
      const mark = panel.querySelector("mark");
      supportbot.isFollowing = false;
      panel.querySelector("h2").focus({ preventScroll: true });
      panel.scrollTop = 0;
      if (narrow.matches) {
        panel.scrollIntoView({ block: "start" });
        mark?.scrollIntoView({ block: "nearest" });
        return;
      }
      panel.scrollIntoView({ block: "nearest" });
      mark?.scrollIntoView({ block: "center" });
      if (panel.scrollHeight > panel.clientHeight) {
        // A panel that scrolls by itself is in view: what is around it shall stay where it was.
        for (let around = panel.parentElement; around; around = around.parentElement) {
          around.scrollTop = 0;
        }
      }
    }, 50);
    setTimeout(() => clearInterval(wait), 3000);
  },

  // The link that opened what is open, also after its message was drawn again.
  link() {
    const opener = supportbot.opener;
    if (!opener || opener.isConnected) return opener;
    return document.querySelector(`#conversation a[href="${opener.getAttribute("href")}"]`);
  },

  // On a phone a section stands under the answer that its link is in, as a copy of the panel's.
  followSource() {
    const section = document.querySelector("#source .section-view");
    const row = narrow.matches && section && supportbot.link()?.closest(".message-row");
    const shown = document.querySelector(".under-answer");
    if (shown && row === shown.parentElement && supportbot.section === section) return;
    shown?.remove();
    supportbot.section = section;
    if (!row) return;
    const panel = document.createElement("div");
    panel.className = "under-answer";
    const close = document.createElement("button");
    close.className = "close";
    close.textContent = "Close";
    panel.append(close, section.cloneNode(true));
    row.append(panel);
  },

  // A ticket that has got further says so at the top of a form that may be scrolled down.
  followState() {
    const state = document.querySelector("#draft-state");
    if (!state || state.dataset.ticket + state.className === supportbot.state) return;
    const isSame = supportbot.state?.startsWith(state.dataset.ticket);
    supportbot.state = state.dataset.ticket + state.className;
    if (isSame && !document.activeElement.closest("#talk")) {
      state.scrollIntoView({ block: "center" });
    }
  },

  hide() {
    const link = supportbot.link();
    supportbot.opener = null;
    supportbot.followSource();
    (link ?? document.querySelector("#question textarea")).focus();
  },

  focusQuestion() {
    document.querySelector("#question textarea")?.focus();
  },

  isEditing() {
    return Boolean(document.querySelector("#editing")?.offsetParent);
  },

  // The latest question stays at the top while its answer grows, until the reader scrolls.
  followQuestions() {
    const asked = document.querySelectorAll("#conversation .user-row");
    if (asked.length > supportbot.questions) supportbot.isFollowing = true;
    supportbot.questions = asked.length;
    if (asked.length && supportbot.isFollowing) {
      supportbot.scrollToTop(asked[asked.length - 1]);
    }
  },

  // On a phone the page scrolls, elsewhere the conversation by itself.
  scrollToTop(row) {
    if (narrow.matches) {
      row.scrollIntoView({ block: "start" });
    } else {
      const around = row.closest(".bubble-wrap");
      around.scrollTop += row.getBoundingClientRect().top - around.getBoundingClientRect().top - 20;
    }
  },

  // Whether what stands in the box is sent for the first time within a moment.
  noteAsked() {
    const typed = document.querySelector("#question textarea").value;
    const now = performance.now();
    if (typed && typed === supportbot.asked && now - supportbot.sent < 300) return false;
    supportbot.asked = typed;
    supportbot.sent = now;
    if (!supportbot.isLost) document.querySelector("#connection")?.remove();
    return true;
  },

  // Gradio says so in a toast, asks for the server until it is back, and then loads the page anew.
  watchConnection() {
    const toast = document.querySelector(".toast-wrap");
    if (supportbot.isLost || !toast?.textContent.includes("Connection to the server was lost")) return;
    supportbot.isLost = true;
    supportbot.tell(
      "The connection to the server broke: this page goes on by itself as soon as it is back, and" +
        " keeps your question."
    );
  },

  // What stands in the box, or was asked and not answered.
  unsent() {
    const isPending = Boolean(document.querySelector("#stop")?.offsetParent);
    return document.querySelector("#question textarea").value || (isPending ? supportbot.asked : "");
  },

  // Where the browser stores nothing for this page, there is nothing to restore.
  keep(question) {
    try {
      sessionStorage.setItem("supportbot-asked", question);
    } catch {}
  },

  kept() {
    try {
      return sessionStorage.getItem("supportbot-asked");
    } catch {
      return "";
    }
  },

  restoreAsked() {
    const box = document.querySelector("#question textarea");
    if (supportbot.isLost || supportbot.isRestored || !box) return;
    supportbot.isRestored = true;
    const question = supportbot.kept();
    if (!question) return;
    supportbot.keep("");
    box.value = question;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    supportbot.tell("The connection is back: your question stands in the box, send it again.");
  },

  tell(sentence) {
    document.querySelector("#connection")?.remove();
    const told = document.createElement("p");
    told.id = "connection";
    told.setAttribute("role", "alert");
    told.textContent = sentence;
    document.querySelector("#composer").before(told);
  },

  copy(text) {
    supportbot.copyInto(document.querySelector("#draft-copy"), text);
  },

  async copyInto(button, text) {
    const label = button.dataset.label ?? button.textContent;
    button.dataset.label = label;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      // Browsers refuse the clipboard to pages that are not on this machine nor on https.
      button.textContent = "Copying is not allowed here";
    }
    setTimeout(() => (button.textContent = label), 3000);
  },

  follow(address) {
    window.location.href = address;
  },

  refuse(file, largest) {
    const sentence = document.createElement("p");
    sentence.className = "refused";
    sentence.setAttribute("role", "alert");
    sentence.textContent =
      `The file ${file.name} has ${(file.size / 1e6).toFixed(1)} MB and at most ` +
      `${Math.floor(largest / 1e6)} MB can be sent: compress it or attach the part that matters.`;
    document.querySelector("#draft-attachments").append(sentence);
  },

  saveBytes(base64, name) {
    supportbot.save(Uint8Array.from(atob(base64), (each) => each.charCodeAt(0)), name);
  },

  save(content, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([content], { type: "text/plain;charset=utf-8" }));
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
  },
};
