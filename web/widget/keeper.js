// @ts-check
// Keeps what a visitor must not lose across pages: which conversation, and what is not sent yet. Keyed by server and
// subject, so that one account never sees another's.

/**
 * @typedef {object} Unsent something said that the server has not confirmed
 * @property {import('./api.js').Said} said
 * @property {string} shown
 * @property {string} key
 *
 * @typedef {object} Talk a conversation the visitor can go back to
 * @property {string} conversation
 * @property {string | null} secret
 * @property {number} seen
 * @property {boolean} live
 *
 * @typedef {object} Kept
 * @property {string | null} conversation
 * @property {string | null} secret that opens the conversation of an anonymous visitor
 * @property {number} seen number of the last event the visitor has seen
 * @property {boolean} live whether a person is expected to answer
 * @property {Unsent[]} outbox
 * @property {string | null} locale the visitor chose
 * @property {Talk[]} earlier the newest first
 * @property {boolean} nudged whether the line beside the launcher was shown
 */

/** @returns {Kept} */
const nothing = () => ({ conversation: null, secret: null, seen: 0, live: false, outbox: [], locale: null, earlier: [], nudged: false });

/** Conversations that are kept beside the present one. */
const MAX_EARLIER = 20;

export class Keeper {
  /**
   * @param {string} server
   * @param {string} subject whom it belongs to
   */
  constructor(server, subject) {
    this.name = `mondo:${server}:${subject}`;
    /** @type {Kept} */
    this.kept = nothing();
    try {
      Object.assign(this.kept, JSON.parse(localStorage.getItem(this.name) ?? '{}'));
    } catch {
      // A sandboxed frame has no storage, and a damaged entry is none; memory alone will do.
    }
  }

  /** @param {Partial<Kept>} change */
  keep(change) {
    Object.assign(this.kept, change);
    try {
      localStorage.setItem(this.name, JSON.stringify(this.kept));
    } catch {
      // See above.
    }
  }

  /** Puts the conversation to the earlier ones, and goes on with none or with one of those. @param {Talk} [next] */
  setAside(next) {
    const { conversation, secret, seen, live, locale, nudged } = this.kept;
    const here = conversation ? [{ conversation, secret, seen, live }] : [];
    const earlier = [...here, ...this.kept.earlier].filter((talk) => talk.conversation !== next?.conversation);
    this.keep({ ...nothing(), locale, nudged, ...next, earlier: earlier.slice(0, MAX_EARLIER) });
  }

  /** Forgets every conversation, and keeps what was chosen. */
  forget() {
    this.keep({ ...nothing(), locale: this.kept.locale, nudged: this.kept.nudged });
  }
}

/**
 * Reads whom a token names, for storage alone; the server is the one that verifies it.
 * @param {string | null} token
 */
export function subjectOf(token) {
  try {
    const claims = JSON.parse(atob((token ?? '').split('.')[1].replace(/-/g, '+').replace(/_/g, '/')));
    return typeof claims.sub === 'string' ? claims.sub : '';
  } catch {
    return '';
  }
}
