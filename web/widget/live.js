// @ts-check
// What happens while the visitor looks on: the events of the conversation, who is there, what everybody should know.

/** Longest time between two looks at the notices. */
const LOOK_MS = 60_000;
/** How soon what could not be fetched is tried again. */
const AGAIN_MS = 5_000;
/** Everybody hears of a change at once; their requests are spread over this time. */
const SPREAD_MS = 500;

export class Live {
  connected = true;
  /** Whether a person is there; nothing while it is not known. @type {boolean | null} */
  here = null;
  /** Who is writing. @type {string | null} */
  writer = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  writing;
  /** When it was last told that the visitor is writing. */
  told = 0;
  /** Messages that arrive by events while a reply is awaited; drawn with it, so that nothing shows twice. @type {import('./api.js').Message[]} */
  early = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  heeding;
  /** Counts the looks at the notices, so that a late reply to an old one is left alone. */
  looks = 0;
  unfollow = () => {};

  /** @param {import('./chat.js').Chat} chat */
  constructor(chat) {
    this.chat = chat;
  }

  /** @param {string} id @param {number} after */
  async follow(id, after) {
    const { chat } = this;
    this.unfollow();
    const left = new AbortController();
    this.unfollow = () => left.abort();
    let isAgain = false;
    const changed = (/** @type {boolean} */ connected) => {
      this.connected = connected;
      if (!connected) this.here = null;
      if (connected) {
        chat.outbox.flush();
        // Notices may have changed while nobody listened.
        if (isAgain) this.heed();
        isAgain = true;
      }
      chat.render();
    };
    const stream = await import('./stream.js').catch(() => null);
    if (left.signal.aborted) return;
    if (stream) left.signal.addEventListener('abort', stream.follow(chat.api, id, after, (heard) => this.hear(heard), changed));
    else {
      changed(false);
      const again = setTimeout(() => this.follow(id, after), AGAIN_MS);
      left.signal.addEventListener('abort', () => clearTimeout(again));
    }
  }

  /** @param {import('./stream.js').Heard} heard */
  hear({ kind, data }) {
    const { chat } = this;
    if (kind === 'notices') {
      this.heedIn(Math.random() * SPREAD_MS);
      return;
    }
    if (kind === 'message') {
      if (chat.outbox.isSending) this.early.push(data);
      else chat.keep(data);
      if (data.author === 'agent') {
        this.written();
        chat.world.emit('message', data);
      }
    }
    if (kind === 'state') {
      chat.responder = data.state;
      chat.satisfaction = null;
      this.written();
    }
    if (kind === 'presence') this.here = data.here;
    if (kind === 'typing') {
      this.written();
      this.writer = data.name;
      chat.frame.reveal(chat.frame.typing);
      this.writing = setTimeout(() => {
        this.written();
        chat.render();
      }, data.seconds * 1000);
    }
    if (kind === 'ticket') chat.ticket = data;
    if (kind === 'read') chat.read = data.up_to;
    chat.count();
    chat.render();
  }

  /** Nobody is writing any more. */
  written() {
    clearTimeout(this.writing);
    this.writer = null;
  }

  /** Takes what arrived while a reply was awaited. */
  keepEarly() {
    for (const message of this.early.splice(0)) this.chat.keep(message);
  }

  /** Tells the person who answers that the visitor is writing, now and then. */
  tellWriting() {
    const { api, frame, keeper } = this.chat;
    const id = keeper.kept.conversation;
    if (!id || !this.chat.isWithPeople() || !frame.text.value || Date.now() - this.told < 3000) return;
    this.told = Date.now();
    // Nothing is lost when it does not arrive.
    api.typing(id).catch(() => {});
  }

  /** Shows what every visitor should know now; looks again when something ends by itself, and now and then. */
  async heed() {
    const { chat } = this;
    this.heedIn(LOOK_MS);
    if (!chat.isOpen) return;
    chat.lookBack();
    const look = ++this.looks;
    try {
      const { notices } = await chat.api.notices();
      if (look !== this.looks) return;
      chat.frame.tellNotices(notices);
      const ends = notices.map(({ expires }) => Date.parse(expires) - Date.now()).filter((left) => left > 0);
      if (ends.length > 0) this.heedIn(Math.min(LOOK_MS, ...ends.map((left) => left + 50)));
    } catch {
      // What was shown stays until it is known to be over.
    }
  }

  /** Looks at the notices after a while, while the panel is open. @param {number} wait */
  heedIn(wait) {
    clearTimeout(this.heeding);
    if (this.chat.isOpen) this.heeding = setTimeout(() => this.heed(), wait);
  }

  /** Leaves the conversation. */
  forget() {
    this.unfollow();
    this.written();
    Object.assign(this, { connected: true, here: null, told: 0, early: [] });
  }

  stop() {
    this.forget();
    clearTimeout(this.heeding);
    this.looks += 1;
  }
}
