// One conversation: what was said, what can be done, and the reply. What the agent is typing is never touched.

import { act, coalesced, filled, fragment, once, part, speak, tellTimes, trying, words } from './api.js';
import { chosen, forget } from './files.js';
import { drafts, noteRead, refreshQueue } from './queue.js';
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
  else {
    conversation.replaceChildren(fresh);
    const box = field();
    if (box) box.value = drafts.of(id);
  }
  noteShown();
  conversation.dispatchEvent(new Event('shown'));
  const log = part(conversation, 'messages');
  if (log && atEnd) log.scrollTop = log.scrollHeight;
  follows = atEnd;
  markRead();
  tellRead();
});

/** What stands open was read, unless nobody looks. */
function noteShown() {
  const id = part(conversation, 'head')?.dataset.conversation;
  if (id && !document.hidden) noteRead(id, lastSaid(conversation, '.visitor'));
}
document.addEventListener('visibilitychange', () => {
  noteShown();
  tellRead();
});

/** The newest event that this browser has told to be read, by conversation. @type {Map<string, number>} */
const toldRead = new Map();

/** Tells the visitor that a person has read what they said, once it stands before somebody's eyes. */
function tellRead() {
  const head = part(conversation, 'head');
  const { conversation: id, state, works } = head?.dataset ?? {};
  const newest = lastSaid(conversation, '.visitor');
  if (!id || works === undefined || !isSomebodyThere() || !isAtEnd()) return;
  if (!['queued', 'agent'].includes(state ?? '') || newest <= (toldRead.get(id) ?? 0)) return;
  toldRead.set(id, newest);
  // A courtesy: what cannot be told now is told with the next sign.
  act('POST', `/v1/staff/conversations/${id}/read`, { up_to: newest }).catch(() => toldRead.delete(id));
}

/** How far visitors have read, as was heard; a page that was asked for before may come later. @type {Map<string, number>} */
const heardRead = new Map();

/** Marks the last of what we said that the visitor has read. @param {number} [upTo] where more was read meanwhile */
export function markRead(upTo = 0) {
  const log = part(conversation, 'messages');
  const id = part(conversation, 'head')?.dataset.conversation;
  if (!log || !id) return;
  const read = Math.max(upTo, Number(log.dataset.read), heardRead.get(id) ?? 0);
  heardRead.set(id, read);
  log.dataset.read = String(read);
  const ours = [...log.querySelectorAll('.message:is(.agent, .bot)')].filter((message) => sequenceOf(message) <= read);
  log.querySelector('.read')?.remove();
  const mark = document.createElement('span');
  mark.className = 'read';
  mark.textContent = words.visitorRead ?? '';
  ours.at(-1)?.querySelector('.who')?.append(mark);
}

/** Whoever stands at the end of the log follows a picture that has come since. */
let follows = true;
conversation.addEventListener('scroll', (event) => {
  if (event.target !== part(conversation, 'messages')) return;
  follows = isAtEnd();
  tellRead();
}, true);
conversation.addEventListener('load', (event) => {
  const log = part(conversation, 'messages');
  if (log && follows && event.target instanceof HTMLImageElement) log.scrollTop = log.scrollHeight;
}, true);

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
  if (event.target === field() && shown.open) drafts.keep(shown.open, field()?.value ?? '');
  const now = Date.now();
  if (event.target !== field() || !shown.open || !field()?.value || now - toldWriting < TELL_WRITING_MS) return;
  toldWriting = now;
  // A courtesy: nobody is bothered when it cannot be told.
  act('POST', `/v1/staff/conversations/${shown.open}/typing`).catch(() => {});
});

/** @param {Element} message */
const sequenceOf = (message) => Number(message.getAttribute('data-sequence'));

/** @param {ParentNode} where @param {string} [whose] */
function lastSaid(where, whose = '') {
  return Math.max(0, ...[...where.querySelectorAll(`.message${whose}`)].map(sequenceOf));
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
/** Without a touch for so long, nobody sits there, whatever is on the screen. */
const IDLE_MS = 5 * 60_000;
let touched = Date.now();
for (const sign of ['pointermove', 'pointerdown', 'keydown', 'wheel']) addEventListener(sign, () => (touched = Date.now()), { passive: true });
const isSomebodyThere = () => !document.hidden && Date.now() - touched < IDLE_MS;
setInterval(() => {
  if (!isSomebodyThere()) return;
  tellPresence(null);
  tellRead();
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
    const to = shown.open;
    if ((!text && files.length === 0) || !to) return;
    const said = [text, ...files].join('\n');
    if (sending.text !== said) sending = { text: said, key: crypto.randomUUID() };
    const language = part(conversation, 'head')?.dataset.language || null;
    const body = { text, language, suggestion: shown.used, attachments: files };
    await act('POST', `/v1/staff/conversations/${shown.open}/messages`, body, once(sending.key));
    sending = { text: '', key: '' };
    const { acts } = shown;
    [shown.used, shown.acts] = [null, []];
    const box = field();
    if (box && box.value.trim() === text) box.value = '';
    drafts.keep(to, box?.value ?? '');
    conversation.dispatchEvent(new Event('shown'));
    forget(files);
    await follow(to, acts);
    await refreshConversation();
  });

/** Does to the ticket what goes with a macro that was sent. @param {string} id @param {object[]} acts */
async function follow(id, acts) {
  if (acts.length === 0) return;
  const { ticket } = await act('GET', `/v1/staff/conversations/${id}`);
  if (ticket) for (const one of acts) await act('POST', `/v1/staff/tickets/${ticket.number}/work`, one);
  conversation.dispatchEvent(new Event('worked'));
}

/** Puts a text where the agent is writing. @param {string} text @param {number} [from] what is replaced before it */
export function insertText(text, from) {
  const box = field();
  if (!box || box.closest('form')?.hidden) return false;
  box.setRangeText(text, from ?? box.selectionStart, box.selectionEnd, 'end');
  if (shown.open) drafts.keep(shown.open, box.value);
  box.focus();
  return true;
}

conversation.addEventListener('click', (event) => {
  // The second click of two lands on what has taken the place of the first button.
  if (event.detail > 1) return;
  if (event.target instanceof HTMLButtonElement && event.target.dataset.act) perform(event.target.dataset.act);
});
conversation.addEventListener('submit', (event) => {
  event.preventDefault();
  send();
});
