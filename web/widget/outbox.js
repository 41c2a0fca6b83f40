// @ts-check
// What is said waits here until the server confirms it: in order, across a lost connection, a reload, a server's restart.

import { freshKey, Refused } from './api.js';

/** @typedef {import('./keeper.js').Unsent} Unsent */

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

export class Outbox {
  isSending = false;
  /** The first entry could not be delivered and is tried again. */
  isWaiting = false;
  /** Why the server will not take the first entry. @type {string | null} */
  failure = null;
  wait = FIRST_WAIT_MS;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer;

  /** @param {import('./chat.js').Chat} chat */
  constructor(chat) {
    this.chat = chat;
  }

  /** @returns {Unsent[]} */
  get entries() {
    return this.chat.keeper.kept.outbox;
  }

  freshKey() {
    return freshKey();
  }

  /** @param {Unsent} entry */
  standingOf(entry) {
    const isFirst = entry === this.entries[0];
    return { failure: isFirst ? this.failure : null, isWaiting: isFirst && this.isWaiting };
  }

  /** @param {import('./api.js').Said} said @param {string} shown */
  add(said, shown) {
    this.keep([...this.entries, { said, shown, key: freshKey() }]);
    this.flush();
  }

  /** @param {Unsent[]} outbox */
  keep(outbox) {
    this.chat.keeper.keep({ outbox });
  }

  /** Sends what waits, one after the other; a retry carries the same key, so the server never takes it twice. */
  async flush() {
    clearTimeout(this.timer);
    if (this.isSending || this.entries.length === 0) {
      this.chat.render();
      return;
    }
    const { chat } = this;
    const { age } = chat;
    const entry = this.entries[0];
    Object.assign(this, { isSending: true, isWaiting: false, failure: null });
    chat.render();
    try {
      const exchange = await chat.inConversation((id) => chat.api.say(id, entry.said, entry.key, chat.context()));
      // A conversation begun meanwhile has no part in this one.
      if (age !== chat.age) return;
      this.keep(this.entries.filter((other) => other.key !== entry.key));
      this.isSending = false;
      this.wait = FIRST_WAIT_MS;
      chat.take(exchange);
    } catch (error) {
      if (age !== chat.age) return;
      this.isSending = false;
      this.fail(error);
    }
    chat.live.keepEarly();
    chat.render();
    if (this.entries.length > 0 && !this.isWaiting && !this.failure) this.flush();
  }

  /** @param {unknown} error */
  fail(error) {
    const { chat } = this;
    if (error instanceof Refused && !error.isPassing) {
      this.failure = chat.sentenceOf(error);
      chat.world.emit('error', { message: this.failure, status: error.status });
      return;
    }
    this.isWaiting = true;
    this.timer = setTimeout(() => this.flush(), this.wait);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
  }

  /** The server seems to have taken a text though its reply was lost; the same key brings the same reply. @param {string} text */
  arrived(text) {
    if (this.isWaiting && this.entries[0]?.shown === text) queueMicrotask(() => this.flush());
  }

  /** @param {Unsent} entry */
  discard(entry) {
    this.keep(this.entries.filter((other) => other !== entry));
    Object.assign(this, { isWaiting: false, failure: null });
    this.chat.render();
    this.flush();
  }

  clear() {
    clearTimeout(this.timer);
    Object.assign(this, { isSending: false, isWaiting: false, failure: null, wait: FIRST_WAIT_MS });
  }
}
