// @ts-check
// The page that asks: one state, one render, and what a visitor can do.

import * as api from './api.js';
import { button, drawMessage, make } from './view.js';

/** @typedef {import('./api.js').Message} Message */
/** @typedef {import('./api.js').Said} Said */
/** @typedef {import('./view.js').Words} Words */

const LANGUAGES = ['en', 'zh', 'ja', 'ko'];
const LANGUAGE_KEY = 'mondo.language';
const CONVERSATION_KEY = 'mondo.conversation';

/**
 * @typedef {object} Unsent something said that the server has not confirmed
 * @property {Said} said
 * @property {string} shown
 * @property {string} key
 * @property {string | null} failure
 */

/** The one state of the page. */
const state = {
  language: 'en',
  /** @type {string | null} */
  conversation: null,
  openKey: api.freshKey(),
  responder: 'bot',
  /** @type {import('./api.js').Ticket | null} */
  ticket: null,
  /** @type {Map<string, Message>} */
  messages: new Map(),
  /** @type {Map<string, string>} */
  ratings: new Map(),
  /** @type {Unsent | null} */
  unsent: null,
  connected: true,
  /** @type {string | null} */
  trouble: null,
};

/** Messages that arrive by events while a reply is awaited; drawn with it, so that nothing shows twice. @type {Message[]} */
let early = [];
/** @type {() => void} */
let unfollow = () => {};
/** @type {Record<string, Words>} */
let texts = {};

const words = () => texts[state.language];
/** @template {HTMLElement} T @param {string} id @param {new () => T} type @returns {T} */
function find(id, type) {
  const node = document.getElementById(id);
  if (!(node instanceof type)) throw new Error(`the template lacks #${id}`);
  return node;
}
const log = find('log', HTMLDivElement);
const text = find('text', HTMLTextAreaElement);
const sendButton = find('send', HTMLButtonElement);
const scroller = find('scroller', HTMLDivElement);
const handoff = find('handoff', HTMLDialogElement);
const composer = find('composer', HTMLFormElement);

// ---- drawing

function render() {
  const { ticket, messages, unsent } = state;
  find('welcome', HTMLElement).hidden = messages.size > 0 || unsent !== null;
  const waiting = unsent !== null && unsent.failure === null;
  find('typing', HTMLElement).hidden = !waiting || state.responder === 'queued' || state.responder === 'agent';
  sendButton.disabled = waiting;
  const banner = find('ticket', HTMLElement);
  const withPerson = ticket !== null && (state.responder === 'queued' || state.responder === 'agent');
  banner.hidden = !withPerson;
  if (withPerson) banner.textContent = words().ticket.replace('{number}', ticket.number);
  find('person', HTMLElement).hidden = withPerson;
  find('again', HTMLElement).hidden = messages.size === 0;
  const trouble = find('trouble', HTMLElement);
  const said = state.trouble ?? (state.connected ? null : words().reconnecting);
  trouble.hidden = said === null;
  if (trouble.textContent !== (said ?? '')) trouble.textContent = said ?? '';
  renderLog();
}

/** Adds what is new; nodes that stand stay, so that focus, opened texts and screen readers are not disturbed. */
function renderLog() {
  const standing = new Map(
    Array.from(log.children, (node) => /** @type {const} */ ([/** @type {HTMLElement} */ (node).dataset.id ?? '', node])),
  );
  /** @type {Element | null} */
  let added = null;
  // After a reload or a change of language everything is new, and the last message is the one to read.
  const isRedrawn = standing.size === 0;
  const inOrder = [...state.messages.values()].sort((one, other) => one.sequence - other.sequence);
  for (const message of inOrder) {
    if (standing.has(message.id)) continue;
    const node = drawMessage(message, words(), actions);
    node.dataset.id = message.id;
    node.dataset.sequence = String(message.sequence);
    const later = Array.from(log.children).find((other) => {
      const sequence = /** @type {HTMLElement} */ (other).dataset.sequence;
      return sequence === undefined || Number(sequence) > message.sequence;
    });
    log.insertBefore(node, later ?? null);
    if (isRedrawn || !added) added = node;
  }
  standing.get('unsent')?.remove();
  if (state.unsent) {
    const node = drawUnsent(state.unsent);
    log.append(node);
    added ??= node;
  }
  if (added) reveal(added);
}

/** Shows the newest as far as fits, but never scrolls past its beginning. @param {Element} node */
function reveal(node) {
  requestAnimationFrame(() => {
    const bottom = scroller.scrollHeight - scroller.clientHeight;
    const beginning = /** @type {HTMLElement} */ (node).offsetTop - scroller.offsetTop - 12;
    scroller.scrollTop = Math.max(scroller.scrollTop, Math.min(bottom, beginning));
  });
}

/** @param {Unsent} unsent */
function drawUnsent(unsent) {
  const node = make('article', 'message visitor unsent');
  node.dataset.id = 'unsent';
  const bubble = make('div', 'bubble');
  bubble.append(make('p', '', unsent.shown));
  const status = make('div', unsent.failure === null ? 'status' : 'status failed', unsent.failure ?? words().sending);
  if (unsent.failure !== null) {
    status.setAttribute('role', 'alert');
    status.append(button('quiet', words().retry, () => deliver()));
  }
  node.append(bubble, status);
  return node;
}

/** Puts the words of the chosen language everywhere. */
function renderWords() {
  document.documentElement.lang = state.language;
  for (const node of document.querySelectorAll('[data-text]')) {
    node.textContent = String(words()[/** @type {HTMLElement} */ (node).dataset.text ?? ''] ?? '');
  }
  for (const node of document.querySelectorAll('[data-label]')) {
    node.setAttribute('aria-label', words()[/** @type {HTMLElement} */ (node).dataset.label ?? '']);
  }
  text.placeholder = words().placeholder;
  const examples = find('examples', HTMLUListElement);
  examples.replaceChildren(
    ...words().examples.map((example) => {
      const item = make('li');
      item.append(button('', example, () => say({ text: example }, example)));
      return item;
    }),
  );
  // What was drawn in the old language is drawn again.
  log.replaceChildren();
  render();
}

// ---- what a visitor does

const actions = {
  /** @param {import('./api.js').Option} option */
  choose: (option) => say({ article: option.article }, option.title),
  person: () => askForPerson(),
  /** @param {string} message @param {'helpful' | 'not_helpful'} rating */
  async rate(message, rating) {
    if (!state.conversation) return;
    await api.giveFeedback(state.conversation, state.language, message, rating);
    state.ratings.set(message, rating);
  },
  /** @param {string} message */
  ratingOf: (message) => state.ratings.get(message),
  /** @param {string} article @param {string} language */
  readHtml: async (article, language) => (await api.readArticle(article, language)).html,
};

/**
 * @param {Said} said
 * @param {string} shown
 */
function say(said, shown) {
  if (state.unsent && state.unsent.failure === null) return;
  state.unsent = { said, shown, key: api.freshKey(), failure: null };
  text.focus();
  deliver();
}

/** Sends what is unsent; a retry carries the same key, so the server never takes it twice. */
async function deliver() {
  const { unsent } = state;
  if (!unsent) return;
  unsent.failure = null;
  state.trouble = null;
  render();
  try {
    const exchange = await inConversation((id) => api.postMessage(id, state.language, unsent.said, unsent.key));
    // A conversation begun meanwhile has no part in this one.
    if (state.unsent !== unsent) return;
    state.unsent = null;
    state.responder = exchange.state;
    state.ticket = exchange.ticket ?? state.ticket;
    const replies = exchange.reply ? [exchange.reply] : [];
    for (const message of [exchange.question, ...replies, ...exchange.notes]) keep(message);
  } catch (error) {
    if (state.unsent !== unsent) return;
    unsent.failure = sentenceOf(error);
  }
  early.forEach(keep);
  early = [];
  render();
}

/**
 * Does something in the conversation, which is opened first when there is none, or none any more.
 * @template T
 * @param {(id: string) => Promise<T>} act
 * @returns {Promise<T>}
 */
async function inConversation(act) {
  if (!state.conversation) await begin();
  try {
    return await act(state.conversation ?? '');
  } catch (error) {
    const isGone = error instanceof api.Refused && error.status === 404 && state.messages.size === 0;
    if (!isGone) throw error;
    forget();
    await begin();
    return await act(state.conversation ?? '');
  }
}

async function begin() {
  const opened = await api.openConversation(state.language, state.openKey);
  state.conversation = opened.id;
  state.openKey = api.freshKey();
  sessionStorage.setItem(CONVERSATION_KEY, opened.id);
  listen(opened.id, opened.last_event);
}

/** @param {string} id @param {number} after */
function listen(id, after) {
  unfollow();
  unfollow = api.follow(id, after, {
    message(message) {
      if (state.unsent && state.unsent.failure === null) {
        early.push(message);
        return;
      }
      keep(message);
      render();
    },
    state(responder) {
      state.responder = responder;
      render();
    },
    ticket(ticket) {
      state.ticket = ticket;
      render();
    },
    connected(connected) {
      state.connected = connected;
      render();
    },
  });
}

/** @param {Message} message */
function keep(message) {
  if (state.messages.has(message.id)) return;
  state.messages.set(message.id, message);
  // The server has taken what seemed to have failed: only its reply was lost.
  const { unsent } = state;
  if (message.author === 'visitor' && unsent?.failure && unsent.shown === message.text) state.unsent = null;
}

/** Leaves the conversation; what is unsent can still be said in another. */
function forget() {
  unfollow();
  sessionStorage.removeItem(CONVERSATION_KEY);
  Object.assign(state, { conversation: null, responder: 'bot', ticket: null, trouble: null, connected: true });
  state.messages.clear();
  state.ratings.clear();
  early = [];
  log.replaceChildren();
}

/** @param {unknown} error */
function sentenceOf(error) {
  return error instanceof api.Refused && error.message ? error.message : words().offline;
}

function askForPerson() {
  handoff.showModal();
  find('reason', HTMLTextAreaElement).focus();
}

/** Stays the same until a hand-over succeeds, so that a retry opens no second ticket. */
let handoffKey = api.freshKey();

async function handOver() {
  const reason = find('reason', HTMLTextAreaElement);
  const contact = find('contact', HTMLInputElement);
  const wish = { reason: reason.value.trim() || null, contact: contact.value.trim() || null };
  let asked = state.conversation;
  try {
    const ticket = await inConversation((id) => {
      asked = id;
      return api.escalate(id, state.language, wish, handoffKey);
    });
    // A conversation begun meanwhile has no ticket.
    if (state.conversation !== asked) return;
    state.ticket = ticket;
    state.responder = 'queued';
    state.trouble = null;
    handoffKey = api.freshKey();
    reason.value = '';
    contact.value = '';
  } catch (error) {
    if (state.conversation !== asked) return;
    state.trouble = sentenceOf(error);
  }
  render();
  text.focus();
}

// ---- wiring

composer.addEventListener('submit', (event) => {
  event.preventDefault();
  const typed = text.value.trim();
  if (!typed || sendButton.disabled) return;
  text.value = '';
  fitText();
  say({ text: typed }, typed);
});

text.addEventListener('keydown', (event) => {
  // Enter that ends a composition (Chinese, Japanese, Korean) must not send half a word; Safari tells by 229 alone.
  if (event.isComposing || event.keyCode === 229) return;
  if (event.key === 'Enter' && !event.shiftKey) {
    event.preventDefault();
    composer.requestSubmit();
  }
});

/** Grows the field with its text where the browser does not by itself. */
function fitText() {
  if (CSS.supports('field-sizing', 'content')) return;
  text.rows = Math.min(5, text.value.split('\n').length);
}
text.addEventListener('input', fitText);

find('person', HTMLButtonElement).addEventListener('click', askForPerson);
find('again', HTMLButtonElement).addEventListener('click', () => {
  forget();
  state.unsent = null;
  handoffKey = api.freshKey();
  render();
  text.focus();
});
find('handoff-cancel', HTMLButtonElement).addEventListener('click', () => handoff.close());
find('handoff-form', HTMLFormElement).addEventListener('submit', handOver);

for (const choice of document.querySelectorAll('input[name="language"]')) {
  choice.addEventListener('change', (event) => {
    state.language = /** @type {HTMLInputElement} */ (event.target).value;
    localStorage.setItem(LANGUAGE_KEY, state.language);
    renderWords();
  });
}

async function start() {
  texts = await (await fetch('/assets/page/texts.json')).json();
  const remembered = localStorage.getItem(LANGUAGE_KEY);
  const served = document.documentElement.lang;
  state.language = [remembered, served, 'en'].find((code) => code && LANGUAGES.includes(code)) ?? 'en';
  const chosen = document.querySelector(`input[name="language"][value="${state.language}"]`);
  if (chosen instanceof HTMLInputElement) chosen.checked = true;
  const kept = sessionStorage.getItem(CONVERSATION_KEY);
  if (kept) await resume(kept);
  renderWords();
  text.focus();
}

/** Goes on with the conversation of this tab after a reload. @param {string} id */
async function resume(id) {
  try {
    const conversation = await api.readConversation(id, state.language);
    state.conversation = conversation.id;
    state.responder = conversation.state;
    state.ticket = conversation.ticket;
    conversation.messages.forEach(keep);
    listen(conversation.id, conversation.last_event);
  } catch (error) {
    if (error instanceof api.Refused && error.status === 404) sessionStorage.removeItem(CONVERSATION_KEY);
    else state.trouble = sentenceOf(error);
  }
}

start();
