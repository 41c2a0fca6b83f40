// Answering in languages one does not read: beside the reply, and beside what was said, what it says in the reader's
// language, or may mean.

import { coalesced, filled, fragment, part, words } from './api.js';
import { field } from './conversation.js';
import { places, shown } from './shown.js';

const { conversation } = places;

/** @param {string} code */
const nameOf = (code) => new Intl.DisplayNames(document.documentElement.lang, { type: 'language' }).of(code) ?? code;

/** What was inserted last, and the text of its twin. */
let inserted = { of: '', text: '', isChanged: false };

/**
 * Shows what the reply says in the reader's language.
 * @param {string} text what was inserted
 * @param {string | undefined} twin the same in the reader's language
 * @param {string} kind how far it is the same
 * @param {string} theirs language of what was inserted
 */
export function showTwin(text, twin, kind, theirs) {
  inserted = { of: twin ? (shown.open ?? '') : '', text: text.trim(), isChanged: false };
  const place = part(conversation, 'twin');
  const [heading, told] = [part(conversation, 'twin-heading'), part(conversation, 'twin-text')];
  if (!place || !heading || !told) return;
  place.hidden = !twin;
  place.className = `twin ${kind}`;
  if (!twin) return;
  const reads = filled('twinReads', { yours: nameOf(document.documentElement.lang), theirs: nameOf(theirs) });
  heading.textContent = [reads, words[`twin_${kind}`]].join(' · ');
  told.textContent = twin;
}

/** What was changed since says something else than the twin. */
function checkTwin() {
  const place = part(conversation, 'twin');
  if (!place || place.hidden) return;
  const text = field()?.value.trim() ?? '';
  if (!text || inserted.of !== shown.open) {
    place.hidden = true;
    return;
  }
  const isChanged = text !== inserted.text;
  if (isChanged === inserted.isChanged) return;
  inserted.isChanged = isChanged;
  const heading = part(conversation, 'twin-heading');
  if (isChanged && heading) heading.textContent = `${heading.textContent} · ${words.twinChanged}`;
  place.classList.add('changed');
}
conversation.addEventListener('input', (event) => {
  if (event.target === field()) checkTwin();
});
conversation.addEventListener('shown', () => {
  checkTwin();
  applyGlosses();
  refreshGlosses();
});

/** What was found, by conversation and number of the message. @type {Map<string, Element>} */
const found = new Map();
/** The newest message of each conversation that was asked about. @type {Map<string, number>} */
const asked = new Map();
const MAX_KEPT = 500;

/** @returns {HTMLElement[]} what was said in another language than that of the console */
function foreign() {
  const own = document.documentElement.lang.slice(0, 2);
  const all = [...conversation.querySelectorAll('.message:not(.system)[lang]')].filter((message) => message instanceof HTMLElement);
  return all.filter((message) => message.lang.slice(0, 2) !== own);
}

function applyGlosses() {
  for (const message of foreign()) {
    const gloss = found.get(`${shown.open} ${message.dataset.sequence}`);
    if (!gloss || message.querySelector('.gloss')) continue;
    const line = document.createElement('p');
    line.className = 'gloss';
    line.lang = document.documentElement.lang;
    line.append(...[...gloss.childNodes].map((node) => node.cloneNode(true)));
    message.append(line);
  }
}

const refreshGlosses = coalesced(async () => {
  const id = shown.open;
  const newest = Math.max(0, ...foreign().map((message) => Number(message.dataset.sequence)));
  if (!id || newest <= (asked.get(id) ?? 0)) return;
  if (found.size > MAX_KEPT) {
    found.clear();
    asked.clear();
  }
  const fresh = await fragment(`/console/conversations/${id}/glosses`);
  asked.set(id, newest);
  for (const gloss of fresh.querySelectorAll('[data-gloss]')) found.set(`${id} ${gloss.getAttribute('data-gloss')}`, gloss);
  applyGlosses();
});
