// @ts-check
// Talks to the JSON API. Knows nothing of the page.

/**
 * @typedef {{ article: string, title: string }} Option
 * @typedef {{ article: string, language: string, title: string, text: string, link: string, label: string | null, follow_ups: Option[] }} Answer
 * @typedef {{ id: string, decision: 'answer' | 'clarify' | 'escalate', language: string, confidence: number, answer: Answer | null, options: Option[], reason: string | null, message: string, offer_person: boolean }} Reply
 * @typedef {{ id: string, sequence: number, author: 'visitor' | 'bot' | 'agent' | 'system', text: string, language: string | null, created: string, reply: Reply | null }} Message
 * @typedef {{ number: string, status: string }} Ticket
 * @typedef {{ id: string, state: string, last_event: number, messages: Message[], ticket: Ticket | null }} Conversation
 * @typedef {{ question: Message, reply: Message | null, notes: Message[], state: string, ticket: Ticket | null }} Exchange
 * @typedef {{ text: string } | { article: string }} Said
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
}

/** Names a request, so that a retry has no second effect. */
export function freshKey() {
  // crypto.randomUUID exists on secure origins only, and a demo is often tried over plain HTTP.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * @param {string} path
 * @param {string} language of the sentences in replies
 * @param {{ body?: object, key?: string }} [post]
 */
async function call(path, language, post) {
  /** @type {Record<string, string>} */
  const headers = { 'accept-language': language };
  /** @type {RequestInit} */
  const request = { headers };
  if (post) {
    headers['content-type'] = 'application/json';
    if (post.key) headers['idempotency-key'] = post.key;
    request.method = 'POST';
    request.body = JSON.stringify(post.body ?? {});
  }
  const response = await fetch(path, request);
  if (response.status === 204) return null;
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  const body = isJson ? await response.json() : null;
  if (!response.ok) throw new Refused(response.status, body?.message ?? '');
  return body;
}

/** @param {string} id */
const path = (id) => `/v1/conversations/${encodeURIComponent(id)}`;

/**
 * @param {string} language
 * @param {string} key
 * @returns {Promise<Conversation>}
 */
export const openConversation = (language, key) => call('/v1/conversations', language, { body: { page: language }, key });

/**
 * @param {string} id
 * @param {string} language
 * @returns {Promise<Conversation>}
 */
export const readConversation = (id, language) => call(path(id), language);

/**
 * @param {string} id
 * @param {string} language
 * @param {Said} said
 * @param {string} key
 * @returns {Promise<Exchange>}
 */
export const postMessage = (id, language, said, key) =>
  call(`${path(id)}/messages`, language, { body: { ...said, page: language }, key });

/**
 * @param {string} id
 * @param {string} language
 * @param {{ reason: string | null, contact: string | null }} wish
 * @param {string} key
 * @returns {Promise<Ticket>}
 */
export const escalate = (id, language, wish, key) => call(`${path(id)}/escalate`, language, { body: wish, key });

/**
 * @param {string} id
 * @param {string} language
 * @param {string} message
 * @param {'helpful' | 'not_helpful'} rating
 */
export const giveFeedback = (id, language, message, rating) =>
  call(`${path(id)}/messages/${encodeURIComponent(message)}/feedback`, language, { body: { rating }, key: freshKey() });

/**
 * @param {string} article
 * @param {string} language
 * @returns {Promise<{ html: string, link: string }>}
 */
export const readArticle = (article, language) =>
  call(`/v1/articles/${encodeURIComponent(article)}?lang=${encodeURIComponent(language)}`, language);

/**
 * Follows a conversation; the browser reconnects by itself and goes on after the last event it got.
 * @param {string} id
 * @param {number} after
 * @param {{ message: (message: Message) => void, state: (state: string) => void, ticket: (ticket: Ticket) => void, connected: (connected: boolean) => void }} heard
 * @returns {() => void} stops following
 */
export function follow(id, after, heard) {
  /** @type {EventSource | undefined} */
  let source;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let last = after;
  let wait = 1000;
  const connect = () => {
    source = new EventSource(`${path(id)}/events?after=${last}`);
    source.onopen = () => {
      wait = 1000;
      heard.connected(true);
    };
    source.onerror = () => {
      heard.connected(false);
      // A refusal, such as 429, closes the source for good; a lost connection does not.
      if (source?.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(connect, wait);
      wait = Math.min(wait * 2, 60000);
    };
    /** @param {string} kind @param {(data: any) => void} use */
    const on = (kind, use) =>
      source?.addEventListener(kind, (event) => {
        last = Number(event.lastEventId) || last;
        use(JSON.parse(event.data));
      });
    on('message', heard.message);
    on('state', (data) => heard.state(data.state));
    on('ticket', heard.ticket);
    on('feedback', () => {});
  };
  connect();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}
