// The conversation as the browser keeps it between pages: within bounds, and for a week.

const MEMORY_VERSION = 1;
const KEPT_MS = 7 * 24 * 60 * 60 * 1000;
const KEPT_EXCHANGES = 30;

function newState() {
  return {
    version: MEMORY_VERSION,
    saved: Date.now(),
    conversation: null, // the id that the bot gave
    exchanges: [],
    typed: "",
    contact: { name: "", email: "" },
    isOpen: null, // null until the visitor opened or closed it
    startedWith: null, // the question that the page itself asked
  };
}

class Memory {
  constructor(key) {
    this.key = key;
    this.isBlocked = false; // whether the browser keeps nothing for this site
  }

  // What was kept; a new state where there is nothing, nothing usable, or only what is too old.
  read() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key));
      const isUsable = kept?.version === MEMORY_VERSION && Array.isArray(kept.exchanges);
      if (isUsable && Date.now() - kept.saved < KEPT_MS) return { ...newState(), ...kept };
    } catch {
      // Blocked, or not of ours: a new conversation begins.
    }
    return newState();
  }

  // Keep the state; where room is short, without its oldest exchanges.
  write(state) {
    state.saved = Date.now();
    state.exchanges.splice(0, state.exchanges.length - KEPT_EXCHANGES);
    for (let count = state.exchanges.length; ; count = Math.floor(count / 2)) {
      const exchanges = count ? state.exchanges.slice(-count) : [];
      try {
        localStorage.setItem(this.key, JSON.stringify({ ...state, exchanges }));
        this.isBlocked = false;
        return;
      } catch {
        if (!count) {
          this.isBlocked = true;
          return;
        }
      }
    }
  }
}
