// One conversation: what was said, what can be done, and the reply. What the agent is typing is never touched.

import { act, coalesced, filled, fragment, once, part, speak, tellTimes, trying } from './api.js';
import { chosen, forget } from './files.js';
import { refreshQueue } from './queue.js';
import { places, shown } from './shown.js';

const { conversation } = places;

export const refreshConversation = coalesced(async () => {
  const id = shown.open;
  if (!id) return;
  const fresh = await fragment(`/console/conversations/${id}`);
  if (id !== shown.open) return;
  const isSame = part(conversation, 'head')?.dataset.conversation === id;
  const atEnd = !isSame || isAtEnd();
  tellTimes(fresh);
  if (isSame) swap(fresh);
  else conversation.replaceChildren(fresh);
  const log = part(conversation, 'messages');
  if (log && atEnd) log.scrollTop = log.scrollHeight;
});

/** @param {ParentNode} fresh */
function swap(fresh) {
  const known = lastSaid(conversation);
  for (const name of ['head', 'messages']) {
    const [old, next] = [part(conversation, name), part(fresh, name)];
    const hadFocus = old?.contains(document.activeElement);
    const scrolled = old?.scrollTop ?? 0;
    if (old && next) old.replaceWith(next);
    if (next) next.scrollTop = scrolled;
    if (hadFocus && next) (next.querySelector('button') ?? next).focus();
  }
  const [composer, next] = [part(conversation, 'composer'), part(fresh, 'composer')];
  if (composer && next) composer.hidden = next.hidden;
  for (const message of conversation.querySelectorAll('.message.visitor')) {
    if (sequenceOf(message) <= known) continue;
    showWriting('');
    const who = message.querySelector('.who')?.firstChild?.textContent?.trim() ?? '';
    speak(filled('newMessage', { who, text: message.querySelector('p')?.textContent ?? '' }));
  }
}

/** How long a sign that somebody writes is good for, and how often one is sent. */
const WRITES_MS = 6_000;
const TELL_WRITING_MS = 4_000;

/** @type {number | undefined} */
let writing;

/** The visitor of the open conversation is writing. @param {string} word */
export function showWriting(word) {
  const place = part(conversation, 'typing');
  if (!place) return;
  place.textContent = word;
  clearTimeout(writing);
  writing = setTimeout(() => (place.textContent = ''), WRITES_MS);
}

let toldWriting = 0;
conversation.addEventListener('input', (event) => {
  const now = Date.now();
  if (event.target !== field() || !shown.open || !field()?.value || now - toldWriting < TELL_WRITING_MS) return;
  toldWriting = now;
  // A courtesy: nobody is bothered when it cannot be told.
  act('POST', `/v1/staff/conversations/${shown.open}/typing`).catch(() => {});
});

/** @param {Element} message */
const sequenceOf = (message) => Number(message.getAttribute('data-sequence'));

/** @param {ParentNode} where */
function lastSaid(where) {
  return Math.max(0, ...[...where.querySelectorAll('.message')].map(sequenceOf));
}

function isAtEnd() {
  const log = part(conversation, 'messages');
  return !log || log.scrollHeight - log.scrollTop - log.clientHeight < 40;
}

export const refreshPresence = coalesced(async () => {
  const id = shown.open;
  if (!id) return;
  const fresh = await fragment(`/console/conversations/${id}/presence`);
  const place = part(conversation, 'presence');
  if (id === shown.open && place) place.replaceWith(fresh);
});

/** How often a browser says that it is still there. */
const THERE_MS = 20_000;

/** Tells colleagues which conversation is looked at. @param {string | null} left */
export function tellPresence(left) {
  // Presence is a courtesy: nobody is bothered when it cannot be told.
  if (left) act('DELETE', `/v1/staff/conversations/${left}/presence`).catch(() => {});
  if (shown.open) act('PUT', `/v1/staff/conversations/${shown.open}/presence`).catch(() => {});
}
setInterval(() => {
  if (!document.hidden) tellPresence(null);
}, THERE_MS);

/** @param {string} name */
export const perform = (name) =>
  trying(async () => {
    if (!shown.open) return;
    await act('POST', `/v1/staff/conversations/${shown.open}/acts`, { act: name }, once());
    refreshQueue();
    await refreshConversation();
    // Whoever has gone elsewhere meanwhile, such as to a note, must not find themselves in the reply.
    const active = document.activeElement;
    const hasStayed = !active || active === document.body || part(conversation, 'head')?.contains(active);
    if ((name === 'claim' || name === 'reopen') && hasStayed) field()?.focus();
  });

/** @returns {HTMLTextAreaElement | null} */
export function field() {
  return conversation.querySelector('#reply');
}

/** A message keeps its key until it has arrived, so that sending again says nothing twice. */
let sending = { text: '', key: '' };

export const send = () =>
  trying(async () => {
    const text = field()?.value.trim() ?? '';
    const files = chosen();
    if ((!text && files.length === 0) || !shown.open) return;
    const said = [text, ...files].join('\n');
    if (sending.text !== said) sending = { text: said, key: crypto.randomUUID() };
    const language = part(conversation, 'head')?.dataset.language || null;
    const body = { text, language, suggestion: shown.used, attachments: files };
    await act('POST', `/v1/staff/conversations/${shown.open}/messages`, body, once(sending.key));
    sending = { text: '', key: '' };
    shown.used = null;
    const box = field();
    if (box && box.value.trim() === text) box.value = '';
    forget(files);
    await refreshConversation();
  });

/** Puts a text where the agent is writing. @param {string} text @param {number} [from] what is replaced before it */
export function insertText(text, from) {
  const box = field();
  if (!box || box.closest('form')?.hidden) return false;
  box.setRangeText(text, from ?? box.selectionStart, box.selectionEnd, 'end');
  box.focus();
  return true;
}

conversation.addEventListener('click', (event) => {
  if (event.target instanceof HTMLButtonElement && event.target.dataset.act) perform(event.target.dataset.act);
});
conversation.addEventListener('submit', (event) => {
  event.preventDefault();
  send();
});
