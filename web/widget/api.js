// @ts-check
// Talks to the JSON API. Knows nothing of what is shown.

/**
 * @typedef {{ article: string, title: string }} Option
 * @typedef {{ article: string, language: string, title: string, text: string, passage: Passage | null, also: Passage[], link: string, label: string | null, follow_ups: Option[] }} Answer
 * @typedef {{ html: string, heading: string | null, anchor: string | null, whole: boolean }} Passage
 * @typedef {{ id: string, decision: 'answer' | 'clarify' | 'escalate' | 'small_talk', language: string, script: string, elsewhere: { code: string, name: string, message: string } | null, confidence: number, answer: Answer | null, options: Option[], reason: string | null, message: string, sentence: string, offer_person: boolean, collect: string[] }} Reply
 * @typedef {{ id: string, name: string, picture: boolean, address: string }} Attachment
 * @typedef {{ id: string, sequence: number, author: 'visitor' | 'bot' | 'agent' | 'system', text: string, language: string | null, created: string, reply: Reply | null, speaker?: string | null, attachments?: Attachment[] }} Message
 * @typedef {{ number: string, status: string, collect: string[], reachable: boolean, link: string | null }} Ticket
 * @typedef {{ id: string, state: string, last_event: number, messages: Message[], ticket: Ticket | null, satisfaction: number | null, read_by_staff: number }} Conversation
 * @typedef {{ question: Message, reply: Message | null, notes: Message[], state: string, ticket: Ticket | null }} Exchange
 * @typedef {{ text?: string, attachments?: string[] } | { article: string }} Said
 * @typedef {{ name: string, starters: Option[] }} Welcome
 */

/** A request the server refused or failed, with its sentence for the visitor. */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {string} message
   */
  constructor(status, message) {
    super(message);
    this.status = status;
  }

  /** Tells that the same request may succeed later. */
  get isPassing() {
    return this.status === 429 || this.status >= 500;
  }
}

/** Names a request, so that a retry has no second effect. */
export function freshKey() {
  // crypto.randomUUID exists on secure origins only, and a demo is often tried over plain HTTP.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export class Api {
  /**
   * @param {string} server
   * @param {() => string} locale of the sentences in replies
   * @param {(again: boolean) => Promise<string | null>} token that names the visitor; `again` after a refusal
   * @param {() => string | null} secret that opens the conversation of an anonymous visitor
   */
  constructor(server, locale, token, secret) {
    this.server = server;
    this.locale = locale;
    this.token = token;
    this.secret = secret;
  }

  /** @param {string} id */
  path(id) {
    return `v1/conversations/${encodeURIComponent(id)}`;
  }

  /** @param {boolean} again @returns {Promise<Record<string, string>>} */
  async headers(again) {
    const token = await this.token(again);
    const secret = this.secret();
    return {
      'accept-language': this.locale(),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(secret ? { 'mondo-visitor': secret } : {}),
    };
  }

  /**
   * @param {string} path
   * @param {{ body?: object, key?: string, secret?: string | null, reads?: boolean }} [post] a secret of another conversation than the present one
   * @param {boolean} [again]
   * @param {string} [proof] of work, where the server asks strangers for some
   * @returns {Promise<any>}
   */
  async call(path, post, again = false, proof = '') {
    const headers = await this.headers(again);
    /** @type {RequestInit} */
    const request = { headers, credentials: 'omit' };
    if (proof) headers['mondo-proof'] = proof;
    if (post?.secret) headers['mondo-visitor'] = post.secret;
    if (post && !post.reads) {
      headers['content-type'] = 'application/json';
      if (post.key) headers['idempotency-key'] = post.key;
      request.method = 'POST';
      request.body = JSON.stringify(post.body ?? {});
    }
    const response = await fetch(this.server + path, request);
    // The token may just have expired; the host gives another.
    if (response.status === 401 && !again) return this.call(path, post, true);
    if (response.status === 204) return null;
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    const body = isJson ? await response.json() : null;
    if (body?.challenge && !proof) {
      const { solve } = await import('./work.js');
      return this.call(path, post, again, await solve(body.challenge));
    }
    if (!response.ok) throw new Refused(response.status, body?.message ?? '');
    return body;
  }

  /** @param {string} article the visitor is reading @returns {Promise<Welcome>} */
  welcome(article) {
    return this.call(`v1/welcome?lang=${this.locale()}&article=${encodeURIComponent(article)}`);
  }

  /** @param {string} key @param {string} surface where the visitor begins @returns {Promise<Conversation & { visitor_secret: string | null }>} */
  open(key, surface) {
    return this.call('v1/conversations', { body: { page: this.locale(), surface }, key });
  }

  /** @param {string} id @param {string | null} [secret] of an earlier conversation @returns {Promise<Conversation>} */
  read(id, secret) {
    return this.call(this.path(id), { reads: true, secret });
  }

  /** Where the visitor stands. @param {string} id @returns {Promise<{ before: number | null, half_minutes: number | null, most_minutes: number | null, open: boolean, here: boolean, opens: string | null }>} */
  place(id) {
    return this.call(`${this.path(id)}/place`);
  }

  /** When somebody is at the desk. @returns {Promise<{ here: boolean, open: boolean, opens: string | null, hours: { from: string, to: string }[], desk_zone: string, half_minutes: number | null, most_minutes: number | null }>} */
  desk() {
    return this.call('v1/desk');
  }

  /** What every visitor should know now. @returns {Promise<{ notices: { incident: string, text: string, locale: string, expires: string }[] }>} */
  notices() {
    return this.call(`v1/notices?lang=${this.locale()}`);
  }

  /** Makes an anonymous conversation the account's. @param {string} id @param {string} secret */
  claim(id, secret) {
    return this.call(`${this.path(id)}/claim`, { secret });
  }

  /** Says that the visitor is writing. @param {string} id */
  typing(id) {
    return this.call(`${this.path(id)}/typing`, {});
  }

  /** Says how far the visitor has read. @param {string} id @param {number} upTo */
  readUpTo(id, upTo) {
    return this.call(`${this.path(id)}/read`, { body: { up_to: upTo } });
  }

  /** @param {string} id @param {{ score: number, comment: string | null }} opinion */
  satisfaction(id, opinion) {
    return this.call(`${this.path(id)}/satisfaction`, { body: opinion });
  }

  /** @param {string} id @param {Said} said @param {string} key @param {{ article?: string, url: string }} context @returns {Promise<Exchange>} */
  say(id, said, key, context) {
    return this.call(`${this.path(id)}/messages`, { body: { ...said, page: this.locale(), context }, key });
  }

  /** @param {string} id @param {{ reason: string | null, contact: string | null }} wish @param {string} key @returns {Promise<Ticket>} */
  escalate(id, wish, key) {
    return this.call(`${this.path(id)}/escalate`, { body: wish, key });
  }

  /** @param {string} id @param {string} message @param {{ rating: string, reason?: string }} opinion */
  rate(id, message, opinion) {
    return this.call(`${this.path(id)}/messages/${encodeURIComponent(message)}/feedback`, { body: opinion, key: freshKey() });
  }

  /** @param {string} article @param {string} language @returns {Promise<{ html: string, link: string }>} */
  article(article, language) {
    return this.call(`v1/articles/${encodeURIComponent(article)}?lang=${encodeURIComponent(language)}`);
  }
}
