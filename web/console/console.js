// The desk: a live queue, one conversation, suggested replies beside it.
// The server renders; this module swaps what has changed, and never touches what the agent is typing.

import { act, fragment, notice, Refused, words } from './api.js';

const queue = /** @type {HTMLElement} */ (document.getElementById('queue'));
const conversation = /** @type {HTMLElement} */ (document.getElementById('conversation'));
const suggestions = /** @type {HTMLElement} */ (document.getElementById('suggestions'));
const connection = /** @type {HTMLElement} */ (document.getElementById('connection'));

/** What is shown. @type {{ open: string | null, filter: string, used: object | null, waiting: number }} */
const shown = { open: null, filter: 'all', used: null, waiting: 0 };

/** @param {() => Promise<void>} work */
async function trying(work) {
  try {
    notice('');
    await work();
  } catch (error) {
    notice(error instanceof Refused ? error.message : (words.offline ?? ''));
  }
}

/** Runs work one at a time; a wish that comes in the meantime is done once more afterwards. @param {() => Promise<void>} work */
function coalesced(work) {
  let running = false;
  let again = false;
  return async () => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    do {
      again = false;
      await trying(work);
    } while (again);
    running = false;
  };
}

const refreshQueue = coalesced(async () => {
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.conversation : undefined;
  const fresh = await fragment(`/console/queue?filter=${shown.filter}`);
  queue.replaceChildren(fresh);
  mark();
  if (focused) entry(focused)?.focus();
  const waiting = queue.querySelectorAll('[data-state=queued]').length;
  if (waiting > shown.waiting) alertNew();
  shown.waiting = waiting;
  document.title = `${waiting > 0 ? `(${waiting}) ` : ''}${words.desk} · mondo`;
});

/** @param {string} id @returns {HTMLButtonElement | null} */
function entry(id) {
  return queue.querySelector(`[data-conversation="${CSS.escape(id)}"]`);
}

function mark() {
  for (const button of queue.querySelectorAll('.entry')) {
    const isOpen = button instanceof HTMLElement && button.dataset.conversation === shown.open;
    button.setAttribute('aria-current', String(isOpen));
  }
}

const refreshConversation = coalesced(async () => {
  const id = shown.open;
  if (!id) return;
  const fresh = await fragment(`/console/conversations/${id}`);
  if (id !== shown.open) return;
  const isSame = part(conversation, 'head')?.dataset.conversation === id;
  if (!isSame) {
    conversation.replaceChildren(fresh);
  } else {
    const atEnd = isAtEnd();
    for (const name of ['head', 'messages']) {
      const [old, next] = [part(conversation, name), part(fresh, name)];
      const hadFocus = old?.contains(document.activeElement);
      if (old && next) old.replaceWith(next);
      if (hadFocus && next) (next.querySelector('button') ?? next).focus();
    }
    const [composer, next] = [part(conversation, 'composer'), part(fresh, 'composer')];
    if (composer && next) composer.hidden = next.hidden;
    if (!atEnd) return;
  }
  const log = part(conversation, 'messages');
  if (log) log.scrollTop = log.scrollHeight;
  for (const time of conversation.querySelectorAll('time')) {
    time.textContent = new Date(time.dateTime).toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit' });
  }
});

/** @param {ParentNode} where @param {string} name @returns {HTMLElement | null} */
function part(where, name) {
  return where.querySelector(`[data-part=${name}]`);
}

function isAtEnd() {
  const log = part(conversation, 'messages');
  return !log || log.scrollHeight - log.scrollTop - log.clientHeight < 40;
}

/** The visitor's words the shown suggestions were made for. */
let suggestedFor = '';

const refreshSuggestions = coalesced(async () => {
  const id = shown.open;
  if (!id) return;
  const asked = [...conversation.querySelectorAll('.message.visitor')].at(-1)?.getAttribute('data-sequence') ?? '';
  if (suggestedFor === `${id} ${asked}`) return;
  const fresh = await fragment(`/console/conversations/${id}/suggestions`);
  if (id !== shown.open) return;
  suggestedFor = `${id} ${asked}`;
  suggestions.replaceChildren(fresh);
});

/** @param {string} id */
async function open(id) {
  shown.open = id;
  shown.used = null;
  mark();
  await refreshConversation();
  await refreshSuggestions();
}

/** @param {string} name */
const perform = (name) =>
  trying(async () => {
    if (!shown.open) return;
    await act('POST', `/v1/staff/conversations/${shown.open}/acts`, { act: name }, crypto.randomUUID());
    await Promise.all([refreshConversation(), refreshQueue()]);
    if (name === 'claim' || name === 'reopen') field()?.focus();
  });

/** @returns {HTMLTextAreaElement | null} */
function field() {
  return conversation.querySelector('#reply');
}

/** A message keeps its key until it has arrived, so that sending again says nothing twice. */
let sending = { text: '', key: '' };

const send = () =>
  trying(async () => {
    const text = field()?.value.trim() ?? '';
    if (!text || !shown.open) return;
    if (sending.text !== text) sending = { text, key: crypto.randomUUID() };
    const language = part(conversation, 'head')?.dataset.language || null;
    const body = { text, language, suggestion: shown.used };
    await act('POST', `/v1/staff/conversations/${shown.open}/messages`, body, sending.key);
    sending = { text: '', key: '' };
    shown.used = null;
    const box = field();
    if (box && box.value.trim() === text) box.value = '';
    await refreshConversation();
  });

/** @param {number} place counted from 0 */
function insert(place) {
  const chosen = suggestions.querySelectorAll('.suggestion')[place];
  const box = field();
  if (!(chosen instanceof HTMLElement) || !box || box.closest('form')?.hidden) return;
  const text = chosen.querySelector('.text')?.textContent ?? '';
  box.setRangeText(text, box.selectionStart, box.selectionEnd, 'end');
  box.focus();
  const { source, id, revision, language } = chosen.dataset;
  shown.used = source === 'article' ? { article: id, revision, language, text } : null;
}

queue.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('.entry') : null;
  if (button instanceof HTMLElement && button.dataset.conversation) open(button.dataset.conversation);
});
conversation.addEventListener('click', (event) => {
  if (event.target instanceof HTMLButtonElement && event.target.dataset.act) perform(event.target.dataset.act);
});
conversation.addEventListener('submit', (event) => {
  event.preventDefault();
  send();
});
suggestions.addEventListener('click', (event) => {
  if (!(event.target instanceof HTMLButtonElement)) return;
  const chosen = event.target.closest('.suggestion');
  insert([...suggestions.querySelectorAll('.suggestion')].indexOf(/** @type {Element} */ (chosen)));
});
document.querySelector('.filters')?.addEventListener('change', (event) => {
  if (event.target instanceof HTMLInputElement) shown.filter = event.target.value;
  refreshQueue();
});
document.getElementById('sign-out')?.addEventListener('click', () =>
  trying(async () => {
    await act('DELETE', '/v1/staff/session');
    location.assign('/console/sign-in');
  }),
);
document.getElementById('phrase')?.addEventListener('click', () =>
  trying(async () => {
    const { phrase } = await act('POST', '/v1/staff/phrase');
    notice((words.phraseSaid ?? '{phrase}').replace('{phrase}', phrase));
  }),
);
document.getElementById('notices')?.addEventListener('click', () => Notification.requestPermission());

function alertNew() {
  if (!document.hidden || Notification.permission !== 'granted') return;
  const summary = queue.querySelector('[data-state=queued] .summary')?.textContent ?? '';
  new Notification(words.waiting ?? '', { body: summary, tag: 'mondo-queue' });
}

document.addEventListener('keydown', (event) => {
  // Enter that ends a composition belongs to the input method.
  if (event.isComposing || event.keyCode === 229) return;
  const isTyping = event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && event.target === field()) {
    event.preventDefault();
    send();
    return;
  }
  if (event.key === 'Escape' && event.target instanceof HTMLElement) event.target.blur();
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  const digit = Number(event.key);
  if (event.key === 'j') move(1);
  else if (event.key === 'k') move(-1);
  else if (event.key === 'c') perform('claim');
  else if (event.key === 'r') field()?.focus();
  else if (digit >= 1 && digit <= 9) insert(digit - 1);
  else if (event.key === '?') notice(words.shortcuts ?? '');
  else return;
  event.preventDefault();
});

/** @param {number} by */
function move(by) {
  const entries = [...queue.querySelectorAll('.entry')];
  const place = entries.findIndex((one) => one === document.activeElement);
  const next = entries[Math.min(Math.max(place + by, 0), entries.length - 1)];
  if (next instanceof HTMLElement) next.focus();
}

/** Follows the news; after every break everything is read anew, so nothing can be missed. */
function follow() {
  const news = new EventSource('/v1/staff/news');
  news.addEventListener('open', () => {
    connection.textContent = '';
  });
  news.addEventListener('error', () => {
    connection.textContent = words.offline ?? '';
  });
  news.addEventListener('missed', async () => {
    await Promise.all([refreshQueue(), refreshConversation()]);
    await refreshSuggestions();
  });
  news.addEventListener('changed', async (event) => {
    const [id] = event.data.split(' ');
    refreshQueue();
    if (id !== shown.open) return;
    await refreshConversation();
    await refreshSuggestions();
  });
}

follow();
