// The desk: a live queue, one conversation, its ticket and suggested replies beside it. The server renders; the modules
// swap what has changed.

import { act, filled, notice, once, trying, words } from './api.js';
import { at } from './base.js';
import { field, markRead, perform, refreshConversation, refreshPresence, send, showWriting, tellPresence } from './conversation.js';
import { follow } from './news.js';
import { isTyping } from './page.js';
import { markOpen, move, refreshQueue } from './queue.js';
import { places, shown } from './shown.js';
import './bulk.js';
import './narrowing.js';
import './slash.js';
import { snooze, wake } from './snoozing.js';
import { insert, refreshSuggestions } from './suggestions.js';
import { noteField, refreshTicket, refreshVisitor } from './ticket.js';

const connection = /** @type {HTMLElement} */ (document.getElementById('connection'));
const side = /** @type {HTMLElement} */ (document.querySelector('.side'));

const desk = /** @type {HTMLElement} */ (document.querySelector('main.desk'));

/** On a small screen: back from a conversation to the queue. */
document.getElementById('back')?.addEventListener('click', () => {
  delete desk.dataset.open;
  const entry = places.queue.querySelector('[aria-current=true]');
  if (entry instanceof HTMLElement) entry.focus();
});

/** @param {string} id */
async function open(id) {
  performance.mark('open');
  const left = shown.open;
  shown.open = id;
  desk.dataset.open = id;
  [shown.used, shown.acts] = [null, []];
  markOpen();
  history.replaceState(null, '', `#${id}`);
  if (left !== id) tellPresence(left);
  await Promise.all([refreshConversation().then(() => performance.measure('shown', 'open')), refreshTicket(), refreshVisitor()]);
  await refreshSuggestions();
}

places.queue.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('.entry') : null;
  if (button instanceof HTMLElement && button.dataset.conversation) open(button.dataset.conversation);
});

/** Takes what fits this agent best, and opens it. */
const takeNext = () =>
  trying(async () => {
    const { conversation, hands_full, others } = await act('POST', '/v1/staff/queue/next', undefined, once());
    if (hands_full) return notice(words.handsFull ?? '');
    if (!conversation) return notice(others > 0 ? filled('othersWait', { n: String(others) }) : (words.nothingNext ?? ''), 'fine');
    refreshQueue();
    await open(conversation);
    field()?.focus();
  });
document.getElementById('next')?.addEventListener('click', takeNext);

/** Where there is no room for both, one of them is shown. @param {string} name */
function showSide(name) {
  side.dataset.side = name;
  for (const button of side.querySelectorAll('[data-show]')) {
    button.setAttribute('aria-pressed', String(button.getAttribute('data-show') === name));
  }
}
side.addEventListener('click', (event) => {
  if (event.target instanceof HTMLElement && event.target.dataset.show) showSide(event.target.dataset.show);
});

places.conversation.addEventListener('worked', refreshTicket);
places.conversation.addEventListener('click', ({ target }) => {
  if (!(target instanceof HTMLButtonElement)) return;
  if (target.dataset.snooze) snooze(target.dataset.snooze);
  else if ('wake' in target.dataset) wake();
});

document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && event.target === field() && !event.isComposing) {
    event.preventDefault();
    send();
    return;
  }
  if (event.key === 'Escape' && event.target instanceof HTMLTextAreaElement) event.target.blur();
  if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  const digit = Number(event.key);
  if (event.key === 'j') move(1);
  else if (event.key === 'k') move(-1);
  else if (event.key === 'c') perform('claim');
  else if (event.key === 'x') takeNext();
  else if (event.key === 'r') field()?.focus();
  else if (event.key === 'n') {
    showSide('ticket');
    noteField()?.focus();
  } else if (event.key === 't') showSide(side.dataset.side === 'ticket' ? 'suggestions' : 'ticket');
  else if (digit >= 1 && digit <= 9) insert(digit - 1);
  else return;
  event.preventDefault();
});

/** Reads the open conversation anew. */
async function refreshOpen() {
  await Promise.all([refreshConversation(), refreshTicket()]);
  await refreshSuggestions();
}

/** Hears the news; after every break everything is read anew, so nothing can be missed. @param {string} kind @param {string} data */
async function hear(kind, data) {
  const [id, more] = data.split(' ');
  const isOpen = id === shown.open;
  if (kind === 'open') connection.textContent = '';
  else if (kind === 'error') connection.textContent = words.offline ?? '';
  else if (kind === 'missed') await Promise.all([refreshQueue(), refreshOpen()]);
  else if (kind === 'changed') {
    refreshQueue();
    if (isOpen) await refreshOpen();
  } else if (isOpen && kind === 'typing') showWriting(words.visitorTyping ?? '');
  else if (isOpen && kind === 'read') markRead(Number(more));
  else if (isOpen) refreshPresence();
}

follow('/v1/staff/news', ['missed', 'changed', 'typing', 'visitor', 'looking', 'read'], hear);
// How long somebody waits is told in words, which change by the minute.
setInterval(() => {
  if (!document.hidden) refreshQueue();
}, 60_000);

/** Opens the conversation that the address names, as links of mails and help desks do. */
function openNamed() {
  const named = location.hash.slice(1);
  if (/^[0-9a-f-]{36}$/.test(named) && named !== shown.open) trying(() => open(named));
}
openNamed();
addEventListener('hashchange', openNamed);
// A message of this browser's was clicked.
navigator.serviceWorker?.addEventListener('message', ({ data }) => {
  if (typeof data?.open === 'string') location.hash = new URL(data.open, location.href).hash;
});
addEventListener('pagehide', () => {
  if (!shown.open) return;
  const path = `/v1/staff/conversations/${shown.open}/presence`;
  fetch(at(path), { method: 'DELETE', keepalive: true, headers: { 'x-csrf-token': document.body.dataset.csrf ?? '' } }).catch(() => {});
});
