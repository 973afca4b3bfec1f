// Links in a message open something beside the conversation, or undo what was masked in it;
// `trigger` tells the page which one.
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
  document.querySelector("#close")?.click();
});

// The chat component labels each message with its HTML, which a screen reader would spell out; the
// finished answer is announced once, apart from it.
new MutationObserver(() => {
  document.querySelectorAll("#conversation [data-testid][aria-label]").forEach((message) => {
    message.removeAttribute("aria-label");
  });
  document.querySelector("#conversation [role=log]")?.setAttribute("aria-live", "off");
  supportbot.followState();
}).observe(document.body, { childList: true, subtree: true });

window.supportbot = {
  opener: null,
  state: null, // the ticket whose form is open, and how far it is

  show() {
    // The panel is drawn after the event that fills it.
    const wait = setInterval(() => {
      const heading = document.querySelector("#beside h2");
      if (!heading) return;
      clearInterval(wait);
      const panel = document.querySelector("#beside");
      const mark = panel.querySelector("mark");
      heading.focus({ preventScroll: true });
      panel.scrollTop = 0;
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
    const opener = supportbot.opener?.isConnected ? supportbot.opener : null;
    (opener ?? document.querySelector("#question textarea")).focus();
  },

  async copy(text) {
    const button = document.querySelector("#draft-copy");
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      // Browsers refuse the clipboard to pages that are not on this machine nor on https.
      button.textContent = "Copying is not allowed here: download it";
    }
    setTimeout(() => (button.textContent = "Copy"), 3000);
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
